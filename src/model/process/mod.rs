//! What a container does when it starts: its command followed through `sh -c`, scripts found in its
//! file system and `exec "$@"`, down to an ordered list of steps that mean something here.
//! The same follower reads the `RUN` lines of a Dockerfile.

mod arithmetic;
mod arrays;
mod braces;
mod builtins;
mod called;
mod carriage_returns;
mod celery;
mod classify;
mod compounds;
mod custom;
mod entries;
mod failing;
mod files;
mod follow;
mod getopts;
pub(crate) mod gunicorn_config;
mod just;
mod left_out;
mod lifetime;
mod loops;
mod make;
mod makefile;
mod output;
mod params;
mod paths;
mod patterns;
mod programs;
mod python;
mod python_calls;
mod python_code;
mod python_starts;
mod python_values;
mod runners;
mod scripts;
mod servers;
mod simple;
mod state;
mod supervisors;
#[cfg(test)]
mod tests;
mod tests_of_shell;
mod tools;
mod unreached;
pub(crate) mod uwsgi_ini;
mod wait;
mod words;
mod wrappers;

pub(crate) use called::reads_arguments;
pub use called::{Called, How, Program};
pub use carriage_returns::CarriageReturns;
pub use follow::{Start, follow, follow_script};
pub use lifetime::Lifetime;

use crate::finding::{Insert, Own, Prose};
use crate::source::{RelPath, Span, Text, Unknown};
use std::collections::BTreeMap;
use std::rc::Rc;

/// What a command line amounts to.
#[derive(Debug, Clone, Default)]
pub struct Process {
    /// In the order they run.
    pub steps: Vec<Step>,
    /// Why not everything it does is known, and from where on; `None` when the list of steps is all there is.
    pub unknown: Option<Unknown>,
    /// Scripts that were followed.
    pub scripts: Vec<RelPath>,
    /// Scripts of the project that a shell does not start for want of their execute bit, and goes on without.
    pub refused: Vec<RelPath>,
    /// The arguments as Docker is given them; empty for a line that a shell reads.
    pub argv: Vec<Text>,
    /// Scripts that are started, those that are not there included.
    pub called: Vec<Called>,
    /// Programs that are started, in order; scripts of the project and words of the shell left out.
    pub programs: Vec<Program>,
    /// Branches that are left out because a variable they ask for is not set.
    pub left_out: Vec<LeftOut>,
    /// Servers, workers and management commands that the shell never comes to.
    pub unreached: Vec<Unreached>,
    /// Whether Python code that it runs has SQL that makes users or databases.
    pub makes_logins: bool,
}

/// A command that never runs, because one before it runs until it is stopped.
#[derive(Debug, Clone)]
pub struct Unreached {
    /// The index of the step before it that does not end.
    pub by: usize,
    /// What it would do.
    pub kind: StepKind,
    /// The command with its arguments.
    pub words: Vec<Text>,
    /// Where the command is.
    pub span: Span,
}

/// A branch of a script that does not run, because no one sets the variable it asks for.
#[derive(Debug, Clone)]
pub struct LeftOut {
    /// The variable.
    pub variable: String,
    /// The value it is held against.
    pub wanted: String,
    /// The condition.
    pub span: Span,
    /// What would run: the first command of it that waits or migrates, or the first that serves.
    pub body: Span,
    /// What that does.
    pub does: LeftOutStep,
}

/// What a branch that does not run would do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LeftOutStep {
    /// It waits for another service.
    Waits,
    /// It migrates.
    Migrates,
    /// It starts a server.
    Serves,
}

/// One step.
#[derive(Debug, Clone)]
pub struct Step {
    /// What it does.
    pub kind: StepKind,
    /// The command with its arguments; one that is not known is unresolved, and may be several arguments or none.
    pub words: Vec<Text>,
    /// Where the command stands.
    pub span: Span,
    /// The folder it runs in; `None` when it is not known.
    pub workdir: Option<String>,
    /// Variables that the script set before, which win over the container's.
    pub vars: Rc<BTreeMap<String, Text>>,
    /// Whether it may not run at all (a branch whose condition is not known, after `||`).
    pub conditional: bool,
    /// Whether the next step does not wait for it.
    pub background: bool,
    /// Whether it is tried again until it works.
    pub retried: bool,
    /// Whether a script or `sh -c` runs it, rather than Docker directly.
    pub in_shell: bool,
    /// Whether nothing after it runs when it fails: under `set -e`, or as what the rest hangs on with `&&`.
    pub stops: bool,
    /// Whether it takes the place of the shell (`exec`), so that signals reach it.
    pub exec: bool,
    /// The file it reads from instead of its standard input (`< file`).
    pub input: Option<Text>,
    /// The file its standard output goes to (`> file`, `>> file`).
    pub output: Option<Text>,
    /// Whether it adds to that file (`>>`).
    pub appends: bool,
    /// Whether its output goes into a pipe or `$( )`.
    pub captured: bool,
    /// Whether the script waits for it later (`wait`), where it runs in the background.
    pub awaited: bool,
    /// Whether the code that runs it has taken a lock of the database before, which others wait for.
    pub locked: bool,
    /// The Python file that it runs, where that sets up Django by itself.
    pub django: Option<RelPath>,
    /// The step whose program starts this one, where that is no shell: `supervisord`, a Python script.
    pub inside: Option<usize>,
}

/// What a step does.
#[derive(Debug, Clone, PartialEq)]
pub enum StepKind {
    /// `manage.py command` or `django-admin command`: the command's name.
    Manage {
        /// `migrate`, `collectstatic`, …
        command: Text,
        /// The word that names `manage.py`; `None` for `django-admin`.
        manage_py: Option<Text>,
    },
    /// Serves HTTP.
    Server(Server),
    /// `celery …`: its role (`worker`, `beat`, `flower`, …) and application.
    Celery {
        /// The subcommand.
        role: String,
        /// `-A` value.
        app: Option<Text>,
    },
    /// Waits for something to be reachable: host and port where they are written.
    Wait {
        /// The host.
        host: Option<String>,
        /// The port.
        port: Option<u16>,
    },
    /// Anything else.
    Other,
}

/// A server of HTTP.
#[derive(Debug, Clone, PartialEq)]
pub struct Server {
    /// Which one.
    pub kind: ServerKind,
    /// `module:attribute`, where it is written.
    pub app: Option<Text>,
    /// The word that names `manage.py`, for `runserver`.
    pub manage_py: Option<Text>,
    /// The folder it changes to first (`--chdir`).
    pub chdir: Option<Text>,
    /// Addresses it listens on, as written.
    pub bind: Vec<Text>,
    /// Whether it serves static files by itself (`uwsgi --static-map`, `runserver --insecure`).
    pub serves_static: bool,
    /// What sends it to the background: an option, or a line of its INI file.
    pub daemon: Option<Span>,
}

/// Servers that are known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names are the programs' own")]
pub enum ServerKind {
    Gunicorn,
    Uvicorn,
    Daphne,
    Hypercorn,
    Granian,
    Uwsgi,
    Waitress,
    /// `runserver` and `runserver_plus`.
    Runserver,
}

impl Insert for ServerKind {
    fn insert_into(&self, prose: &mut Prose) {
        prose.push(&Own(self.name()));
    }
}

impl ServerKind {
    /// The program's name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Gunicorn => "gunicorn",
            Self::Uvicorn => "uvicorn",
            Self::Daphne => "daphne",
            Self::Hypercorn => "hypercorn",
            Self::Granian => "granian",
            Self::Uwsgi => "uwsgi",
            Self::Waitress => "waitress",
            Self::Runserver => "runserver",
        }
    }
}

impl Step {
    /// Whether it is the management command `name`, and does what it is there for: `--check` and `--plan` only look.
    pub fn manages(&self, name: &str) -> bool {
        let looks = |w: &Text| matches!(w.as_str(), "--check" | "--plan" | "--help");
        matches!(&self.kind, StepKind::Manage { command, .. } if command.as_str() == name)
            && !self.words.iter().any(looks)
    }

    /// The server, where it is one.
    pub fn server(&self) -> Option<&Server> {
        match &self.kind {
            StepKind::Server(server) => Some(server),
            _ => None,
        }
    }

    /// Whether it is a server that reloads the code when it changes, and so outlives an error at its start.
    pub fn reloads(&self) -> bool {
        self.server().is_some_and(|s| s.kind == ServerKind::Runserver)
            && !self.words.iter().any(|w| w.as_str() == "--noreload")
    }

    /// The value of an option: `--name=value`, `--name value`.
    pub fn option(&self, name: &str) -> Option<Text> {
        option(&self.words, name)
    }
}

/// The value of an option among arguments: `--name=value` or `--name value`.
pub(crate) fn option(words: &[Text], name: &str) -> Option<Text> {
    words.iter().enumerate().find_map(|(i, word)| {
        let rest = word.strip_prefix(name)?;
        if rest.is_empty() {
            words.get(i + 1).cloned()
        } else if rest.starts_with('=') {
            Some(word.slice(name.len() + 1..word.len()))
        } else {
            None
        }
    })
}

impl Process {
    /// Steps that are the management command `name`.
    pub fn manage<'p>(&'p self, name: &'p str) -> impl Iterator<Item = &'p Step> {
        self.steps.iter().filter(move |s| s.manages(name))
    }

    /// The server it ends in: the last one that surely runs, else the last one.
    pub fn server(&self) -> Option<(&Step, &Server)> {
        let mut servers = self.steps.iter().filter_map(|s| s.server().map(|server| (s, server)));
        let all: Vec<_> = servers.by_ref().collect();
        all.iter().rfind(|(s, _)| !s.conditional).or_else(|| all.last()).copied()
    }
}
