//! What the command lines of HTTP servers say.

use super::{Server, ServerKind, option};
use crate::source::Text;
use crate::syntax::ini::Entry;

/// Options of gunicorn that stand alone; every other one takes a value.
const GUNICORN_FLAGS: [&str; 18] = [
    "--reload",
    "--preload",
    "--daemon",
    "-D",
    "--capture-output",
    "--check-config",
    "--enable-stdio-inheritance",
    "--no-sendfile",
    "--print-config",
    "--proxy-protocol",
    "-R",
    "--reuse-port",
    "--spew",
    "--disable-redirect-access-to-syslog",
    "--log-syslog",
    "--initgroups",
    "--suppress-ragged-eofs",
    "--do-handshake-on-connect",
];
/// The same for daphne, whose `--access-log` names a file (daphne 4.1, `daphne/cli.py`).
const DAPHNE_FLAGS: [&str; 4] = ["--proxy-headers", "--no-server-name", "-h", "--help"];
/// The same for uvicorn, hypercorn, granian and waitress together.
const OTHER_FLAGS: [&str; 26] = [
    "--reload",
    "--proxy-headers",
    "--no-proxy-headers",
    "--no-server-header",
    "--server-header",
    "--date-header",
    "--no-date-header",
    "--use-colors",
    "--no-use-colors",
    "--no-access-log",
    "--access-log",
    "--factory",
    "--debug",
    "--dev",
    "-d",
    "--version",
    "--help",
    "--no-server-name",
    "--http2",
    "--no-ws",
    "--respawn-failed-workers",
    "--call",
    "--no-expose-tracebacks",
    "--expose-tracebacks",
    "--log-config-none",
    "--static",
];

/// A server other than uWSGI and `runserver`; `None` for any other program.
pub(super) fn server(name: &str, argv: &[Text]) -> Option<Server> {
    let kind = match name {
        "gunicorn" | "gunicorn_django" => ServerKind::Gunicorn,
        "uvicorn" | "uvicorn-worker" => ServerKind::Uvicorn,
        "daphne" => ServerKind::Daphne,
        "hypercorn" => ServerKind::Hypercorn,
        "granian" => ServerKind::Granian,
        "waitress-serve" => ServerKind::Waitress,
        _ => return None,
    };
    let flags: &[&str] = match kind {
        ServerKind::Gunicorn => &GUNICORN_FLAGS,
        ServerKind::Daphne => &DAPHNE_FLAGS,
        _ => &OTHER_FLAGS,
    };
    let app = positional(argv, flags);
    let chdir = ["--chdir", "--app-dir", "--working-dir"].iter().find_map(|o| option(argv, o));
    let mut bind: Vec<Text> =
        ["-b", "--bind", "--host", "--port", "-p", "--listen", "-e", "--endpoint"]
            .iter()
            .filter_map(|o| option(argv, o))
            .collect();
    // `-b0.0.0.0:8000`
    bind.extend(
        argv.iter()
            .filter(|a| kind == ServerKind::Gunicorn && a.starts_with("-b") && a.len() > 2)
            .map(|a| a.slice(2..a.len())),
    );
    // Gunicorn's settings, `daemon`; none of the others leaves the foreground.
    let daemon = argv
        .iter()
        .find(|a| kind == ServerKind::Gunicorn && matches!(a.as_str(), "--daemon" | "-D"))
        .map(Text::span);
    Some(Server {
        kind,
        app,
        manage_py: None,
        chdir,
        bind,
        serves_static: argv.iter().any(|a| a.starts_with("--static-path")),
        daemon,
    })
}

/// The first argument that is neither an option nor an option's value.
fn positional(argv: &[Text], flags: &[&str]) -> Option<Text> {
    let mut at = 1;
    while let Some(arg) = argv.get(at) {
        if arg.as_str() == "--" {
            return argv.get(at + 1).cloned();
        }
        if arg.starts_with('-') {
            let attached = arg.contains('=') || (!arg.starts_with("--") && arg.len() > 2);
            at += if attached || flags.contains(&arg.as_str()) { 1 } else { 2 };
        } else if !arg.is_resolved() {
            return None;
        } else {
            return Some(arg.clone());
        }
    }
    None
}

/// `uwsgi` by its command line and INI file.
pub(super) fn uwsgi(argv: &[Text], ini: &[Entry], workdir: Option<&str>) -> Server {
    let key = |names: &[&str]| {
        ini.iter().find(|e| names.contains(&e.key.as_str())).map(|e| e.value.clone())
    };
    let chdir = option(argv, "--chdir").or_else(|| key(&["chdir"]));
    let file = || {
        let file = option(argv, "--wsgi-file").or_else(|| key(&["wsgi-file", "file"]))?;
        let folder = chdir.as_ref().and_then(|c| c.resolved()).or(workdir).unwrap_or("/");
        module_of_file(&file, folder)
    };
    let app = option(argv, "--module")
        .or_else(|| option(argv, "-w"))
        .or_else(|| key(&["module", "wsgi"]))
        .or_else(file);
    let bind = ["--http", "--http-socket", "--socket", "-s"]
        .iter()
        .filter_map(|o| option(argv, o))
        .chain(key(&["http", "http-socket", "socket", "uwsgi-socket"]))
        .collect();
    let serves_static = argv.iter().any(|a| a.contains("static-map") || a.contains("check-static"))
        || ini.iter().any(|e| e.key.starts_with("static-") || e.key.as_str() == "check-static");
    // uWSGI docs, "Options": `daemonize` (`-d`) and `daemonize2`, which goes to the background once the application is loaded.
    let daemon =
        argv.iter().find(|a| a.starts_with("--daemonize") || a.as_str() == "-d").map(Text::span);
    let line = || {
        ini.iter()
            .find(|e| matches!(e.key.as_str(), "daemonize" | "daemonize2"))
            .map(|e| e.key.span().cover(e.value.span()))
    };
    Server {
        kind: ServerKind::Uwsgi,
        app,
        manage_py: None,
        chdir,
        bind,
        serves_static,
        daemon: daemon.or_else(line),
    }
}

/// The module that `wsgi-file` names by its path, as it is imported from `folder`.
fn module_of_file(file: &Text, folder: &str) -> Option<Text> {
    let at = crate::model::path::join(folder, file.resolved()?);
    let below = crate::model::path::relative_to(&at, folder)?;
    let stem = below.trim_start_matches('/').strip_suffix(".py")?;
    let is_name = |c: char| c.is_alphanumeric() || matches!(c, '_' | '/');
    stem.chars().all(is_name).then(|| Text::derived(stem.replace('/', "."), file.span()))
}
