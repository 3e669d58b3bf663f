//! Commands followed down to their steps, in a small file system of the tests' own.
#![allow(clippy::unwrap_used, reason = "a test that fails may panic")]

mod carriage_returns;
mod constructs;
mod programs;
mod runners;
mod scripts;

use super::*;
use crate::model::django::EnvAnswer;
use crate::model::exec_context::{Dialect, ExecContext, PathLookup};
use crate::source::{EntryKind, Limit, MemoryFiles, Reason, Sources};

/// The project lies in `/app`; `env` as `(name, value)`, `?` for a value that is not known, `blank`
/// for one that a blank file may be given.
struct World {
    sources: &'static Sources<'static>,
    shell: Dialect,
    env: Vec<(&'static str, &'static str)>,
}

impl ExecContext for World {
    fn find(&self, path: &str) -> PathLookup {
        if path.starts_with("/secret") {
            return PathLookup::Unknown(Reason::FileElsewhere(path.to_owned()).into());
        }
        let file = match path {
            "/app" => Some(RelPath::root()),
            path => path.strip_prefix("/app/").and_then(RelPath::new),
        };
        match file.filter(|f| self.sources.kind(f) != EntryKind::Missing) {
            Some(file) => PathLookup::Host(file),
            None => PathLookup::Missing,
        }
    }

    fn env(&self, name: &str) -> EnvAnswer {
        match self.env.iter().find(|(n, _)| *n == name) {
            None => EnvAnswer::Unset,
            Some((_, "?")) => EnvAnswer::Unknown(Reason::FileMissing("web.env".into()).into()),
            Some((_, "blank")) => EnvAnswer::Unknown(Reason::FileEmpty("web.env".into()).into()),
            Some((name, value)) => {
                EnvAnswer::of(self.sources.add(&format!("env-{name}"), value).body())
            }
        }
    }

    fn text(&self, path: &RelPath) -> Option<Text> {
        self.sources.read(path, Limit::Code).ok().map(|f| f.body())
    }

    fn entries(&self, folder: &RelPath) -> Option<Vec<String>> {
        let is_folder = self.sources.kind(folder) == EntryKind::Folder;
        is_folder.then(|| self.sources.list(folder).iter().map(|(name, _)| name.clone()).collect())
    }

    fn shell(&self) -> Dialect {
        self.shell
    }
}

fn world(files: &[(&str, &str)], env: &[(&'static str, &'static str)]) -> World {
    let mut memory = MemoryFiles::new();
    for (path, text) in files {
        memory.add(path, *text);
    }
    let memory: &'static MemoryFiles = Box::leak(Box::new(memory));
    World {
        sources: Box::leak(Box::new(Sources::new(memory))),
        shell: Dialect::Unknown,
        env: env.to_vec(),
    }
}

/// Follows an argument list that starts in `/app`.
fn run_in(world: &World, argv: &[&str]) -> Process {
    let words: Vec<Text> = argv
        .iter()
        .enumerate()
        .map(|(i, w)| world.sources.add(&format!("argv-{i}"), w).body())
        .collect();
    follow(world, &words, Start { workdir: Some("/app".into()) })
}

fn run(files: &[(&str, &str)], argv: &[&str]) -> Process {
    run_in(&world(files, &[]), argv)
}

/// Each step on one line: `?` before one that may not run, `&` behind one that is not waited for, `*` behind
/// one that is tried again; the folder where it is not `/app`.
fn show(process: &Process) -> Vec<String> {
    let step = |s: &Step| {
        let what = match &s.kind {
            StepKind::Manage { command, .. } => format!("manage {command}"),
            StepKind::Server(server) => format!(
                "{} {}",
                server.kind.name(),
                server.app.as_ref().map_or("-", |a| a.as_str())
            ),
            StepKind::Celery { role, app } => {
                format!("celery {role} {}", app.as_ref().map_or("-", |a| a.as_str()))
            }
            StepKind::Wait { host, port } => {
                format!(
                    "wait {}:{}",
                    host.as_deref().unwrap_or("-"),
                    port.map_or_else(|| "-".into(), |p| p.to_string())
                )
            }
            StepKind::Other => s.words.iter().map(|w| w.as_str()).collect::<Vec<_>>().join(" "),
        };
        let before = if s.conditional { "?" } else { "" };
        let after = [(s.background, "&"), (s.retried, "*")]
            .iter()
            .filter(|(on, _)| *on)
            .map(|(_, f)| *f)
            .collect::<String>();
        let at = match s.workdir.as_deref() {
            Some("/app") => String::new(),
            workdir => format!(" @{}", workdir.unwrap_or("?")),
        };
        format!("{before}{what}{after}{at}")
    };
    process.steps.iter().map(step).collect()
}

/// The steps of a line for `sh -c`; panics when not all of it is known.
fn line(text: &str) -> Vec<String> {
    let process = run(&[], &["sh", "-c", text]);
    assert_eq!(process.unknown, None, "{text}");
    show(&process)
}
