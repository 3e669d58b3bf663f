//! Which step a command is.

use super::celery;
use super::servers;
use super::state::Shell;
use super::wrappers::is_python;
use super::{Server, ServerKind, StepKind};
use super::{gunicorn_config, uwsgi_ini};
use crate::model::exec_context::ExecContext;
use crate::source::Text;

/// The place of the management command's name in `python manage.py name`, `./manage.py name`,
/// `django-admin name`, `python -m django name`: index of `manage.py` and index of the name.
fn management(argv: &[Text]) -> Option<(Option<usize>, usize)> {
    let base = |t: &Text| t.as_str().rsplit('/').next().unwrap_or("").to_owned();
    let first = base(argv.first()?);
    let mut at = 0;
    if is_python(&first) {
        at = 1;
        while argv.get(at).is_some_and(|a| a.starts_with('-') && a.as_str() != "-m") {
            at += if matches!(argv[at].as_str(), "-W" | "-X") { 2 } else { 1 };
        }
        if argv.get(at).is_some_and(|a| a.as_str() == "-m") {
            if argv.get(at + 1)?.as_str() != "django" {
                return None;
            }
            return name_after(argv, at + 2).map(|n| (None, n));
        }
    }
    let program = base(argv.get(at)?);
    match program.as_str() {
        "django-admin" | "django-admin.py" => name_after(argv, at + 1).map(|n| (None, n)),
        "manage.py" => name_after(argv, at + 1).map(|n| (Some(at), n)),
        "manage" if at == 0 => name_after(argv, 1).map(|n| (None, n)),
        _ => None,
    }
}

fn name_after(argv: &[Text], from: usize) -> Option<usize> {
    let valued = |i: usize| {
        i > from
            && matches!(argv[i - 1].as_str(), "--settings" | "--pythonpath" | "-v" | "--verbosity")
    };
    (from..argv.len()).find(|i| !argv[*i].starts_with('-') && !valued(*i))
}

/// Whether these words run a management command.
pub(super) fn is_management(argv: &[Text]) -> bool {
    management(argv).is_some()
}

/// Whether a management command serves HTTP.
pub(super) fn is_server_command(name: &str) -> bool {
    matches!(name, "runserver" | "runserver_plus" | "runserver_https" | "runsslserver")
}

/// What a command is; `None` for nothing known.
pub(super) fn classify(
    place: &dyn ExecContext,
    name: &str,
    argv: &[Text],
    sh: &Shell,
) -> Option<StepKind> {
    // Nothing judges by a part of an argument.
    let known: Vec<Text> = argv.iter().map(|a| a.clone().whole_or_nothing()).collect();
    let found = management(argv);
    let argv = known.as_slice();
    if let Some((manage, at)) = found {
        let command = argv[at].clone();
        let manage_py = manage.map(|m| argv[m].clone()).filter(Text::is_resolved);
        if is_server_command(&command) {
            let bind = argv[at + 1..].iter().filter(|a| !a.starts_with('-')).cloned().collect();
            let insecure = argv.iter().any(|a| a.as_str() == "--insecure");
            return Some(StepKind::Server(Server {
                kind: ServerKind::Runserver,
                app: None,
                manage_py,
                chdir: None,
                bind,
                serves_static: insecure,
                daemon: None,
            }));
        }
        if command.as_str() == "wait_for_db"
            || command.as_str().starts_with("wait_for")
            || command.as_str() == "wait_for_database"
        {
            return Some(StepKind::Wait { host: None, port: None });
        }
        return Some(StepKind::Manage { command, manage_py });
    }
    if name == "celery" {
        return Some(celery::command(argv));
    }
    if name == "uwsgi" {
        let ini = uwsgi_ini::read(place, argv, sh.workdir.as_deref(), &sh.vars).entries;
        return Some(StepKind::Server(servers::uwsgi(argv, &ini, sh.workdir.as_deref())));
    }
    let mut server = servers::server(name, argv)?;
    if server.kind == ServerKind::Gunicorn {
        gunicorn_config::complete(&mut server, place, argv, sh.workdir.as_deref());
    }
    Some(StepKind::Server(server))
}
