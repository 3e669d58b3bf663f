//! Scripts and programs that a process starts, with what decides whether the system can run them.

use super::carriage_returns::{CarriageReturns, outcome};
use super::files::Found;
use super::follow::Follower;
use super::state::Shell;
use crate::model::exec_context::Dialect;
use crate::model::path;
use crate::source::{RelPath, Span, Text};

/// How a script is started.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum How {
    /// By its name: the system needs its execute bit and its `#!` line.
    Itself,
    /// As the operand of a shell, which only reads it.
    Shell,
    /// By `.` or `source`.
    Sourced,
}

/// A script of the project that a process starts.
#[derive(Debug, Clone)]
pub struct Called {
    /// The word that names it.
    pub word: Text,
    /// Its path in the container.
    pub path: String,
    /// The file of the project; `None` where surely nothing stands at that path.
    pub file: Option<RelPath>,
    /// How it is started.
    pub how: How,
    /// Whether Docker itself starts it, rather than a shell or a wrapper. The kernel then gets the last word: a
    /// file without `#!` is no program, whereas a shell and `execvp` would read it as shell.
    pub by_docker: bool,
    /// Whether it may not be started at all.
    pub conditional: bool,
    /// Whether its failure ends what the container starts.
    pub stops: bool,
    /// Whether a step before it changes its mode.
    pub made_executable: bool,
    /// Whether its name has no slash and it lies in the working folder, where no `PATH` is looked up.
    pub beside: bool,
    /// The words after `#!`; `None` where the first line is no such line, or the text is not known.
    pub shebang: Option<Text>,
    /// Whether its text could be read.
    pub readable: bool,
    /// The first carriage return that ends a line.
    pub carriage_return: Option<Span>,
    /// What these do to a shell that reads it.
    pub carriage_returns: Option<CarriageReturns>,
    /// Whether most of its lines end so.
    pub mostly_windows: bool,
    /// Whether it looks at what it is given: `$1`, `"$@"`, `$#`, `shift`.
    pub reads_arguments: bool,
}

/// A program that a process starts.
#[derive(Debug, Clone)]
pub struct Program {
    /// The word that names it.
    pub word: Text,
    /// Whether it may not be started at all.
    pub conditional: bool,
    /// Whether it is only tried in the condition of a loop: a program that is not there keeps the loop going.
    pub tried: bool,
}

/// Folders in which a name without a slash is looked up in nearly every image.
const PATH: [&str; 6] =
    ["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"];

impl Follower<'_> {
    /// The paths a word may stand for, the likeliest first.
    pub(super) fn candidates(&self, word: &str, how: How, sh: &Shell) -> Option<Vec<String>> {
        let workdir = sh.workdir.as_deref();
        if word.contains('/') || how == How::Sourced {
            return match (workdir, word.starts_with('/')) {
                (_, true) => Some(vec![path::join("/", word)]),
                (Some(workdir), _) => Some(vec![path::join(workdir, word)]),
                (None, _) => None,
            };
        }
        // A shell looks in its own folder first when it is given a name without a slash.
        let own = workdir.filter(|_| word.contains('.')).map(|w| path::join(w, word));
        let named = sh.vars.get("PATH").cloned().or_else(|| self.place.env("PATH").text());
        let named = named.filter(Text::is_resolved);
        let folders = named.iter().flat_map(|p| p.split(':')).filter(|p| p.starts_with('/'));
        let usual = ["/usr/local/bin", "/usr/bin", "/bin", "/usr/local/sbin"];
        let searched = folders.chain(usual).map(|p| path::join(p, word));
        Some(own.into_iter().chain(searched).collect())
    }

    /// Notes a script that is started, where it is one of the project's or surely not there.
    pub(super) fn note(&mut self, word: &Text, how: How, dialect: Dialect, sh: &Shell) {
        if !word.is_resolved() {
            return;
        }
        let Some(candidates) = self.candidates(word, how, sh) else { return };
        let mut found = None;
        for candidate in &candidates {
            match self.find(candidate, sh) {
                Found::Missing => {}
                Found::Host(file) => {
                    found = Some((candidate.clone(), Some(file)));
                    break;
                }
                Found::Made | Found::Written(_) | Found::Removed | Found::Unknown(_) => return,
            }
        }
        let named = word.contains('/') || how != How::Itself;
        let Some((path, file)) =
            found.or_else(|| candidates.first().filter(|_| named).map(|c| (c.clone(), None)))
        else {
            return;
        };
        let text = file.as_ref().and_then(|f| self.place.text(f));
        // A folder, or a program that is no text; an empty file stands for one that is made elsewhere.
        if file.is_some() && text.as_ref().is_none_or(|t| t.trim().is_empty()) {
            return;
        }
        // A step before it may have fetched or written it.
        let name = word.rsplit('/').next().unwrap_or("");
        if file.is_none()
            && self.process.steps.iter().any(|s| s.words.iter().any(|w| w.contains(name)))
        {
            return;
        }
        let text = text.unwrap_or_else(|| Text::empty(word.span()));
        let first = text.split('\n').next().unwrap_or("");
        let shebang = first.starts_with("#!").then(|| text.slice(2..first.len()).trim());
        let returned = text.find("\r\n");
        let (windows, lines) = (text.matches("\r\n").count(), text.matches('\n').count());
        let beside = !word.contains('/') && file.is_some() && !PATH.contains(&path::parent(&path));
        let by_docker = !sh.around.in_shell
            && self
                .process
                .argv
                .first()
                .is_some_and(|a| a.span() == word.span() && a.as_str() == word.as_str());
        self.process.called.push(Called {
            word: word.clone(),
            made_executable: self.process.steps.iter().any(|s| changes_mode(&s.words, &path)),
            path,
            readable: file.is_some(),
            file,
            how,
            by_docker,
            conditional: sh.is_conditional(),
            stops: by_docker || sh.around.exec || sh.around.failing.stops,
            beside,
            shebang,
            carriage_returns: outcome(&text, dialect),
            carriage_return: returned.map(|at| text.span_of(at..at + 1)),
            mostly_windows: windows * 2 > lines,
            reads_arguments: reads_arguments(&text),
        });
    }
}

/// Whether a script looks at its arguments.
pub(crate) fn reads_arguments(text: &str) -> bool {
    ["$@", "$*", "${@", "${*", "$#", "${#", "$1", "${1", "$2", "${2", "shift", "$0", "BASH_ARGV"]
        .iter()
        .any(|w| text.contains(w))
}

/// Whether a command may make `path` executable.
fn changes_mode(words: &[Text], path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or("");
    words.first().is_some_and(|w| matches!(w.as_str(), "chmod" | "install"))
        && words
            .iter()
            .skip(1)
            .any(|w| !w.is_resolved() || w.contains(name) || w.contains('*') || w.starts_with("-R"))
}
