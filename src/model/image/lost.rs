//! What a `RUN` line sets for its own shell only: each line has a new one (Dockerfile reference, `RUN`).

use super::{Image, LayerKind, Stage};
use crate::model::path;
use crate::source::{Span, Text};
use crate::syntax::dockerfile::Kind;
use crate::syntax::shell::{Item, Script};

/// What a line sets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LostKind {
    /// `export NAME=…`
    Variable(String),
    /// `cd folder`
    Folder(String),
    /// `source venv/bin/activate`: the environment's folder.
    Environment(String),
}

/// A setting that is gone with the shell of its line.
#[derive(Debug, Clone)]
pub struct Lost {
    /// What is set.
    pub kind: LostKind,
    /// The command that sets it.
    pub span: Span,
    /// The first instruction after it that would need it.
    pub needed: Span,
    /// Whether `source` is no command of the shell that runs the line.
    pub no_such_command: bool,
    /// The value of a variable, where it is written out.
    pub value: Option<String>,
    /// Whether the line does nothing else.
    pub alone: bool,
}

/// Variables that are read by programs rather than by the lines that follow.
const READ_BY_PROGRAMS: [&str; 17] = [
    "C_INCLUDE_PATH",
    "CPLUS_INCLUDE_PATH",
    "CFLAGS",
    "LDFLAGS",
    "PKG_CONFIG_PATH",
    "PATH",
    "PYTHONPATH",
    "DJANGO_SETTINGS_MODULE",
    "SECRET_KEY",
    "DEBIAN_FRONTEND",
    "PYTHONUNBUFFERED",
    "PYTHONDONTWRITEBYTECODE",
    "LANG",
    "LC_ALL",
    "LD_LIBRARY_PATH",
    "VIRTUAL_ENV",
    "NODE_ENV",
];

impl Image {
    /// The settings of the stages that are built that are lost at the end of their line, and needed after it.
    pub fn lost(&self) -> Vec<Lost> {
        self.contributing().into_iter().flat_map(|stage| self.lost_in(stage)).collect()
    }

    fn lost_in(&self, stage: &Stage) -> Vec<Lost> {
        let own_shell = self.tree.instructions.iter().any(|i| matches!(i.kind, Kind::Shell(_)));
        let mut all = Vec::new();
        for (number, layer) in stage.layers.iter().enumerate() {
            let LayerKind::Run(script, _) = &layer.kind else { continue };
            let Some((mut kind, last, sourced)) = last_setting(script) else { continue };
            if let (LostKind::Environment(folder), Some(workdir)) = (&mut kind, &layer.workdir) {
                *folder = path::join(workdir, folder);
            }
            let alone = script.body.items.len() == 1;
            let value = exported(script);
            if matches!(&kind, LostKind::Variable(name) if stage.env.contains_key(name)) {
                continue;
            }
            // A wrong `source` stops a build on Debian; it is a word of Alpine's shell.
            let debian = self.outer(stage).is_some_and(|b| {
                !b.contains("alpine") && super::distribution::release_of(b).is_some()
            });
            let no_such_command = sourced && debian && !own_shell;
            let later = stage.layers[number + 1..].iter().filter_map(|l| match &l.kind {
                LayerKind::Run(script, _) => Some((l.span, Some(script))),
                LayerKind::Copy { .. } => None,
            });
            let own =
                [&stage.cmd, &stage.entrypoint].into_iter().flatten().filter_map(|c| match c {
                    crate::syntax::dockerfile::Command::Shell(line) => Some((line.span(), None)),
                    crate::syntax::dockerfile::Command::Exec(words) => {
                        Some((words.first()?.span(), None))
                    }
                });
            let needed = later.chain(own).find(|(_, script)| match &kind {
                LostKind::Variable(name) => {
                    READ_BY_PROGRAMS.contains(&name.as_str())
                        || script.is_some_and(|s| reads(s, name))
                }
                LostKind::Folder(_) => script.is_some_and(relative),
                LostKind::Environment(_) => script.is_none_or(python),
            });
            if let Some((needed, _)) = needed {
                all.push(Lost { kind, span: last, needed, no_such_command, value, alone });
            } else if no_such_command {
                all.push(Lost { kind, span: last, needed: last, no_such_command, value, alone });
            }
        }
        all
    }

    fn outer<'s>(&'s self, stage: &'s Stage) -> Option<&'s Text> {
        let mut stage = stage;
        for _ in 0..self.stages.len() {
            match &stage.base {
                super::Base::External(name) => return Some(name),
                super::Base::Stage(index) => stage = self.stages.get(*index)?,
                super::Base::Unknown(_) => return None,
            }
        }
        None
    }
}

/// What the last command of a line sets, where it sets something: nothing can come of it.
fn last_setting(script: &Script) -> Option<(LostKind, Span, bool)> {
    let last = script.body.items.last()?;
    let crate::syntax::shell::Command::Simple(simple) = &last.command else { return None };
    let words: Vec<String> = simple
        .words
        .iter()
        .map(|w| w.literal().unwrap_or_else(|| w.raw.as_str().to_owned()))
        .collect();
    let span = |item: &Item| item.span;
    match words.as_slice() {
        [export, assignment, ..] if export == "export" && assignment.contains('=') => {
            let name = assignment.split('=').next()?.to_owned();
            Some((LostKind::Variable(name), span(last), false))
        }
        [cd, folder] if cd == "cd" && !matches!(folder.as_str(), "/" | ".." | "-" | "~" | ".") => {
            Some((LostKind::Folder(folder.clone()), span(last), false))
        }
        [source, file]
            if matches!(source.as_str(), "source" | ".") && file.ends_with("/activate") =>
        {
            let folder = file
                .trim_end_matches("/activate")
                .trim_end_matches("/bin")
                .trim_end_matches("/Scripts");
            Some((LostKind::Environment(folder.to_owned()), span(last), source == "source"))
        }
        _ => None,
    }
}

/// The value that the last command of a line exports, where it is written out.
fn exported(script: &Script) -> Option<String> {
    let crate::syntax::shell::Command::Simple(simple) = &script.body.items.last()?.command else {
        return None;
    };
    let word = simple.words.get(1).filter(|_| simple.words.len() == 2)?.literal()?;
    word.split_once('=').map(|(_, value)| value.to_owned())
}

/// Whether a line reads a variable that it does not set.
fn reads(script: &Script, name: &str) -> bool {
    let sets = script.body.all_commands().any(|s| {
        s.command.assignments.iter().any(|(n, _)| n.as_str() == name)
            || s.command.words.iter().any(|w| w.raw.starts_with(&format!("{name}=")))
    });
    let plain = format!("${name}");
    let named = |t: &str| {
        t.contains(&format!("${{{name}"))
            || t.match_indices(&plain).any(|(at, m)| {
                !t.as_bytes()
                    .get(at + m.len())
                    .is_some_and(|b| b.is_ascii_alphanumeric() || *b == b'_')
            })
    };
    !sets
        && script.body.all_commands().any(|s| s.command.words.iter().any(|w| named(w.raw.as_str())))
}

/// Whether a line begins with something that looks for files where it stands.
fn relative(script: &Script) -> bool {
    let Some(first) = script.body.all_commands().next() else { return false };
    let words: Vec<String> = first.command.words.iter().filter_map(|w| w.literal()).collect();
    match words.first().map(String::as_str) {
        Some("npm" | "yarn" | "make" | "poetry" | "pipenv") => true,
        Some("pip" | "pip3") => {
            words.windows(2).any(|w| matches!(w[0].as_str(), "-r" | "-e") && !w[1].starts_with('/'))
        }
        Some(p) if p.starts_with("python") => {
            words.get(1).is_some_and(|w| w.ends_with(".py") && !w.starts_with('/'))
        }
        Some(p) => p.starts_with("./"),
        None => false,
    }
}

fn python(script: &Script) -> bool {
    script.body.all_commands().any(|s| {
        s.command
            .words
            .first()
            .and_then(|w| w.literal())
            .is_some_and(|w| w.starts_with("pip") || w.starts_with("python"))
    })
}
