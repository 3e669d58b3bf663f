//! Which step a command is.

use super::celery;
use super::servers;
use super::state::Shell;
use super::wrappers::is_python;
use super::{Server, ServerKind, StepKind, option};
use crate::model::exec_context::{ExecContext, PathLookup};
use crate::model::path;
use crate::source::Text;
use crate::syntax::ini::{Entry, Ini};

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
        let ini = uwsgi_ini(place, argv, sh.workdir.as_deref());
        return Some(StepKind::Server(servers::uwsgi(argv, &ini)));
    }
    servers::server(name, argv).map(StepKind::Server)
}

/// The lines of the INI file that `uwsgi` is given.
pub(super) fn uwsgi_ini(
    place: &dyn ExecContext,
    argv: &[Text],
    workdir: Option<&str>,
) -> Vec<Entry> {
    let named = option(argv, "--ini")
        .or_else(|| option(argv, "-i"))
        .or_else(|| argv.iter().skip(1).find(|a| a.ends_with(".ini")).cloned());
    let Some(named) = named else { return Vec::new() };
    let Some(absolute) = (if named.starts_with('/') {
        Some(path::join("/", &named))
    } else {
        workdir.map(|w| path::join(w, &named))
    }) else {
        return Vec::new();
    };
    let PathLookup::Host(file) = place.find(&absolute) else { return Vec::new() };
    let entries = place.text(&file).map(|t| Ini::read(&t, '=').entries).unwrap_or_default();
    let known = entries.clone();
    entries
        .into_iter()
        .map(|e| Entry { value: placeholders(&e.value, &known, place), ..e })
        .collect()
}

/// `%(key)` stands for another line of the file, `$(NAME)` for a variable (uWSGI docs, "Placeholders").
fn placeholders(value: &Text, entries: &[Entry], place: &dyn ExecContext) -> Text {
    let mut out = Text::empty(value.span());
    let mut from = 0;
    while let Some(at) = value.as_str()[from..].find(['%', '$']).map(|i| from + i) {
        let rest = &value.as_str()[at + 1..];
        let name = rest.strip_prefix('(').and_then(|r| r.split_once(')')).map(|(n, _)| n);
        let text = name.and_then(|name| {
            let line = || {
                entries
                    .iter()
                    .find(|e| e.key.as_str() == name && !e.value.contains("%("))
                    .map(|e| e.value.as_str().to_owned())
            };
            match (value.as_str().as_bytes()[at], place.env(name)) {
                (b'%', _) => line(),
                (_, answer) => answer.text().map(|text| text.as_str().to_owned()),
            }
        });
        let end = match name {
            Some(name) => at + name.len() + 3,
            None => at + 1,
        };
        out.push_text(&value.slice(from..at));
        match text {
            Some(text) => out.push_derived(&text, value.span_of(at..end)),
            None => out.push_text(&value.slice(at..end)),
        }
        from = end;
    }
    out.push_text(&value.slice(from..value.len()));
    out
}
