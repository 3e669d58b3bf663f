//! A file that is mounted and is not there.

use crate::facts::Family;
use crate::finding::{Confidence, Finding, Prose, Quote, Severity, prose};
use crate::model::compose::{Mount, MountKind};
use crate::model::container::Container;
use crate::model::roles::nginx::Nginx;
use crate::model::stack::Stack;
use crate::rules::{Check, MAX_OF_RULE, Rule, Sink, meta};
use crate::source::{EntryKind, RelPath};
use std::collections::HashSet;

pub(super) static RULE: Rule =
    Rule { meta: &meta::MOUNT_MISSING_FILE_BECOMES_DIR, check: Check::Stack(check) };

/// Endings of files that people write by hand and mount.
const ENDINGS: [&str; 31] = [
    "conf",
    "cnf",
    "cfg",
    "ini",
    "toml",
    "yml",
    "yaml",
    "json",
    "xml",
    "sql",
    "sh",
    "py",
    "env",
    "template",
    "tpl",
    "lua",
    "html",
    "properties",
    "txt",
    "sqlite3",
    "sqlite",
    "db",
    "js",
    "ts",
    "lock",
    "list",
    "rules",
    "acl",
    "htpasswd",
    "vcl",
    "erl",
];
/// Names of files without an ending that says so.
const NAMES: [&str; 10] = [
    ".env",
    ".pgpass",
    ".htpasswd",
    "htpasswd",
    "Caddyfile",
    "Corefile",
    "crontab",
    "Dockerfile",
    "nginx.conf",
    "redis.conf",
];

fn check(stack: &Stack<'_>, sink: &mut Sink) {
    let unusable = stack.containers.iter().flat_map(|c| &c.environment.unusable);
    let env_files: HashSet<RelPath> = unusable.filter_map(|f| f.path.clone()).collect();
    let mounts = stack.containers.iter().flat_map(|c| c.service.mounts.iter().map(move |m| (c, m)));
    let missing = mounts
        .filter(|(_, m)| m.kind == MountKind::Bind)
        .filter_map(|(c, m)| Some((c, m, missing_file(stack, m, &env_files)?)));
    sink.report_first(MAX_OF_RULE, missing.collect(), |(container, mount, host)| {
        judge(stack, container, mount, &host)
    });
}

/// The path of a mount that is surely meant as a file, and that is not there.
fn missing_file(stack: &Stack<'_>, mount: &Mount, env_files: &HashSet<RelPath>) -> Option<RelPath> {
    let source = mount.source.as_ref()?;
    let host = stack.storage().host_path(mount)?;
    if source.ends_with('/')
        || mount.target.ends_with('/')
        || stack.repository().entry_kind(&host) != EntryKind::Missing
        || stack.repository().is_in_submodule(&host)
    {
        return None;
    }
    let target = mount.target.rsplit('/').next().unwrap_or("");
    // The same file as an env file is missed there.
    if env_files.contains(&host) || elsewhere(stack, source) {
        return None;
    }
    // A folder of the container can be called like a file (`conf.d`, `.next`), a file hardly like a folder.
    (is_file(host.file_name()) && (is_file(target) || target == host.file_name())).then_some(host)
}

/// Whether the path is there as seen from a folder above: the file is meant to be used from that folder.
fn elsewhere(stack: &Stack<'_>, source: &str) -> bool {
    let mut folder = stack.repository().project_folder().clone();
    while !folder.is_root() {
        folder = folder.parent();
        let there =
            |p: RelPath| !p.is_root() && stack.repository().entry_kind(&p) != EntryKind::Missing;
        let beside = |p: RelPath| {
            !stack.repository().has_default_name() && p.parent() != folder && there(p.parent())
        };
        if folder.join(source).is_some_and(|p| there(p.clone()) || beside(p)) {
            return true;
        }
    }
    false
}

fn judge(stack: &Stack<'_>, container: &Container<'_>, mount: &Mount, host: &RelPath) -> Finding {
    let source = Prose::value_or(mount.source.as_ref(), "");
    let target = Quote::path(mount.target.rsplit('/').next().unwrap_or("")).or_at(mount.span);
    let shown = stack.repository().display_path(host);
    let (message, label) = match mount.makes_host_path {
        true => (
            prose!(
                "{} finds a folder where it wants the file {}: {} is not there, so Docker makes a folder of that name",
                container,
                target,
                source
            ),
            prose!("{} does not exist", shown),
        ),
        false => (
            prose!("{} does not start: bind source path does not exist: {}", container, source),
            prose!("{} does not exist", shown),
        ),
    };
    let told = stack.repository().line_on_file(host);
    let sample = stack.repository().sample_of(host);
    let there = stack.repository().similar_file(host).filter(|p| {
        stack.repository().entry_kind(p) == EntryKind::File && Some(p) != sample.as_ref()
    });
    let found = stack
        .repository()
        .find_files(stack.repository().project_folder(), host.file_name())
        .into_iter()
        .next();
    let help = match (&sample, &found, &there) {
        (Some(sample), ..) => {
            prose!(
                "make it from the sample:\n    cp {} {}",
                stack.repository().display_path(sample),
                shown
            )
        }
        (_, Some(other), _) => prose!(
            "there is {}; a path counts from the folder of the Compose file",
            stack.repository().display_path(other)
        ),
        (_, _, Some(other)) => {
            prose!("there is {}; name it here", stack.repository().display_path(other))
        }
        _ if mount.makes_host_path => {
            prose!(
                "write {}, or remove the mount; if Docker has made a folder there, remove that first:\n    rmdir {}",
                shown,
                shown
            )
        }
        _ => prose!("write {}, or remove the mount", shown),
    };
    let finding = Finding::new(&meta::MOUNT_MISSING_FILE_BECOMES_DIR, message)
        .label(mount.span, label)
        .help(help);
    let finding = match (told.is_some(), sample.is_some(), stack.repository().is_ignored(host)) {
        // It lies in another place, whatever is said of it.
        (true, ..) if found.is_some() => finding.sure(Confidence::Medium),
        (true, ..) => finding
            .label_if(told, "here it is spoken of")
            .at_most(Severity::Info)
            .sure(Confidence::Low),
        (_, true, _) => finding.at_most(Severity::Info).sure(Confidence::Medium),
        // It is made by hand, or by a program that runs before.
        (_, _, true) => finding.at_most(Severity::Warning).sure(Confidence::Low),
        _ => finding,
    };
    // A server that is given no file to read by its command reads none.
    let finding = if reads_nothing(container, mount) || nginx_passes_over(stack, container, mount) {
        finding.at_most(Severity::Info)
    } else {
        finding
    };
    // An example's reader brings the file.
    let finding = if stack.repository().is_example() {
        finding.at_most(Severity::Info).sure(Confidence::Low)
    } else {
        finding
    };
    if stack.repository().has_default_name() { finding } else { finding.sure(Confidence::Medium) }
}

/// Whether what runs is a server that reads a configuration only where its command names one, and its command does not.
fn reads_nothing(container: &Container<'_>, mount: &Mount) -> bool {
    let image = container.presumed_image().filter(|_| container.built().is_none());
    let told = image.is_some_and(|i| i.family == Family::Redis);
    let service = container.service;
    let words = || service.command.iter().chain(&service.entrypoint).flat_map(|c| &c.words);
    told && !words().any(|w| !w.is_resolved() || w.contains(mount.target.as_str()))
}

/// Whether it is nginx that gets the file, outside the folder of its configuration, and no directive names it.
fn nginx_passes_over(stack: &Stack<'_>, container: &Container<'_>, mount: &Mount) -> bool {
    let is_own = |n: &&Nginx| std::ptr::eq(stack.container(n.container), container);
    let nginx = stack.roles.nginx.iter().find(is_own);
    !mount.target.starts_with("/etc/nginx/")
        && nginx.is_some_and(|n| stack.storage().nginx_reads(n, mount) == Some(false))
}

fn is_file(name: &str) -> bool {
    if NAMES.contains(&name) {
        return true;
    }
    name.rsplit_once('.').is_some_and(|(stem, ending)| {
        !stem.is_empty() && ENDINGS.contains(&ending.to_ascii_lowercase().as_str())
    })
}
