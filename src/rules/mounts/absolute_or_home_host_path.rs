//! A path of somebody's own machine.

use crate::finding::{Finding, Prose, Quote, Severity, prose};
use crate::model::compose::MountKind;
use crate::model::stack::Stack;
use crate::rules::{Check, Rule, Sink, meta};

pub(super) static RULE: Rule =
    Rule { meta: &meta::ABSOLUTE_OR_HOME_HOST_PATH, check: Check::Stack(check) };

fn check(stack: &Stack<'_>, sink: &mut Sink) {
    for container in &stack.containers {
        for mount in container.service.mounts.iter().filter(|m| m.kind == MountKind::Bind) {
            let Some(source) = &mount.source else { continue };
            // What a variable says is for each machine to say.
            let Some(whose) = home(source.as_str()).filter(|_| mount.is_literal()) else {
                continue;
            };
            sink.report(
                Finding::new(
                    &meta::ABSOLUTE_OR_HOME_HOST_PATH,
                    prose!("{} mounts {}, which only {} has: elsewhere Docker makes an empty folder in its place", container, source, whose),
                )
                .label(mount.span, "a path of one machine")
                .help("use a path that starts in the project (`./...`), a named volume, or a variable with a default:\n    - ${DATA_DIR:-./data}:...")
                .at_most(Severity::Info),
            );
        }
    }
}

/// Whose machine a path is of: `/home/ann/…`, `/Users/ann/…`, `C:\…`.
fn home(path: &str) -> Option<Prose> {
    let user = ["/home/", "/Users/"]
        .iter()
        .find_map(|p| path.strip_prefix(p))
        .and_then(|rest| rest.split('/').next())
        .filter(|u| !u.is_empty());
    if let Some(user) = user {
        // Accounts that images and servers of a kind all have.
        let common = [
            "ubuntu",
            "ec2-user",
            "pi",
            "docker",
            "app",
            "user",
            "root",
            "runner",
            "vagrant",
            "git",
            "deploy",
            "admin",
            "debian",
            "opc",
            "username",
            "yourname",
            "your_user",
            "your-user",
            "myuser",
            "me",
            "xxx",
        ];
        return (!common.contains(&user)).then(|| prose!("{}'s machine", Quote::name(user)));
    }
    let bytes = path.as_bytes();
    (bytes.len() > 3
        && bytes[0].is_ascii_alphabetic()
        && bytes[1] == b':'
        && matches!(bytes[2], b'\\' | b'/'))
    .then(|| prose!("one Windows machine"))
}
