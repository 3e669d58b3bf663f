//! Running a program: what wraps another is taken off, scripts of the project are followed.

use super::builtins::is_flag_e;
use super::files::Found;
use super::follow::Follower;
use super::output::absolute;
use super::simple::program_name;
use super::state::{Shell, Status};
use super::{How, Program, StepKind, classify, uwsgi_ini, wait, wrappers};
use crate::model::exec_context::Dialect;
use crate::source::{Known, Reason, Span, Text, Unknown};
use crate::syntax::shell::Script;
use std::rc::Rc;

/// Programs whose end is an answer: whether something is there, or fits.
const QUESTIONS: [&str; 15] = [
    "grep",
    "egrep",
    "fgrep",
    "pgrep",
    "pidof",
    "which",
    "getent",
    "id",
    "diff",
    "cmp",
    "find",
    "mountpoint",
    "lsof",
    "ps",
    "expr",
];
/// Management commands whose end is an answer.
const ASKING_COMMANDS: [&str; 3] = ["shell", "showmigrations", "shell_plus"];

impl Follower<'_> {
    /// Runs one program.
    pub(super) fn program(&mut self, argv: &[Text], span: Option<Span>, sh: &mut Shell) -> Status {
        let Some(first) = argv.first() else { return Status::TRUE };
        self.left = self.left.saturating_sub(1);
        let span =
            span.unwrap_or_else(|| argv.iter().fold(first.span(), |all, w| all.cover(w.span())));
        let Some(named) = program_name(first) else {
            let why = first.why().unwrap_or_else(|| Reason::CommandOutput.into());
            return self.unknown(why);
        };
        if named.is_empty() {
            return self.unknown_at(Reason::NotFollowed("a command without a name".into()), first);
        }
        // Of a path whose start is not known, the program is.
        let shortened: Vec<Text>;
        let argv = if first.is_resolved() {
            argv
        } else {
            shortened = std::iter::once(named.clone()).chain(argv[1..].iter().cloned()).collect();
            &shortened
        };
        let first = &argv[0];
        let name = named.as_str();
        if !sh.around.asking || sh.around.waiting {
            let (word, conditional) = (first.clone(), sh.is_conditional());
            let tried = sh.around.probing;
            self.process.programs.push(Program { word, conditional, tried });
        }
        if wrappers::is_shell(name) {
            return self.shell(name, argv, sh);
        }
        if let Some(rest) = wrappers::strip(name, argv) {
            return self.run(&rest, None, sh);
        }
        if let Some(status) = self.waits(name, argv, span, sh) {
            return status;
        }
        if let Some(status) = self.runner(name, argv, span, sh) {
            return status;
        }
        if let Some(mut kind) = classify::classify(self.place, name, argv, sh) {
            self.looked_up(&mut kind, first, sh);
            return self.classified(kind, name, argv, span, sh);
        }
        if sh.around.waiting
            && (wait::is_probe(name, argv) || sh.around.probing && !self.resolves(first, sh))
        {
            self.step(wait::probe(argv), argv, span, sh);
            return Status::SUCCEEDS;
        }
        if let Some(status) = self.script_file(first, &argv[1..], sh, How::Itself) {
            return status;
        }
        if let Some(status) = self.console_script(name, argv, span, sh) {
            return status;
        }
        self.step(StepKind::Other, argv, span, sh);
        self.makes_files(name, argv, sh);
        self.ends(name, sh)
    }

    /// How a program ends of which nothing else is known.
    pub(super) fn ends(&self, name: &str, sh: &Shell) -> Status {
        // In a condition, a program of which nothing is known is a question.
        if QUESTIONS.contains(&name) || sh.around.asking && !sh.around.waiting {
            Status::UNKNOWN
        } else {
            Status::SUCCEEDS
        }
    }

    /// `manage.py` without a folder is found through `PATH`.
    fn looked_up(&self, kind: &mut StepKind, first: &Text, sh: &Shell) {
        let manage_py = match kind {
            StepKind::Manage { manage_py, .. } => manage_py,
            StepKind::Server(server) => &mut server.manage_py,
            _ => return,
        };
        if manage_py.as_ref() != Some(first) || first.contains('/') {
            return;
        }
        let candidates = self.candidates(first, How::Itself, sh).unwrap_or_default();
        let searched = candidates.into_iter().skip(usize::from(sh.workdir.is_some()));
        let found = searched.into_iter().find(|c| matches!(self.find(c, sh), Found::Host(_)));
        *manage_py = found.map(|at| Text::derived(at, first.span()));
    }

    /// A management command, a server, Celery.
    fn classified(
        &mut self,
        mut kind: StepKind,
        name: &str,
        argv: &[Text],
        span: Span,
        sh: &mut Shell,
    ) -> Status {
        if name == "manage.py" {
            self.note(&argv[0], How::Itself, sh.dialect, sh);
        }
        if name == "uwsgi" {
            let next = self.process.steps.len();
            self.uwsgi_hooks(argv, next, sh);
        }
        let mut status = Status::SUCCEEDS;
        if let StepKind::Manage { command, manage_py } = &kind {
            // Which command it is may be the one that others look for.
            if let Some(why) = command.why() {
                self.unknown(why);
            }
            let asks = ASKING_COMMANDS.contains(&command.as_str())
                || argv.iter().any(|w| matches!(w.as_str(), "--check" | "--plan"));
            if asks && !sh.around.waiting {
                status = Status::UNKNOWN;
            }
            if self.called_commands(argv, command, manage_py.as_ref(), span, sh) {
                kind = StepKind::Wait { host: None, port: None };
            }
        }
        if name == "uwsgi" {
            // `env = NAME=value` is for the application.
            let mut inner = sh.clone();
            let ini = uwsgi_ini::read(self.place, argv, sh.workdir.as_deref(), &sh.vars);
            for entry in ini.entries.iter().filter(|e| e.key.as_str() == "env") {
                if let Some((name, _)) = entry.value.split_once('=') {
                    let value = entry.value.slice(name.len() + 1..entry.value.len());
                    inner.set(name.trim(), value.trim());
                    inner.export(name.trim());
                }
            }
            self.step(kind, argv, span, &mut inner);
            (sh.gone, sh.serves_behind) = (inner.gone, inner.serves_behind);
            return status;
        }
        self.step(kind, argv, span, sh);
        status
    }

    /// A tool or a script that waits, and goes on with what it is given.
    fn waits(&mut self, name: &str, argv: &[Text], span: Span, sh: &mut Shell) -> Option<Status> {
        let (kind, rest) = wait::of_command(name, argv)?;
        let first = &argv[0];
        let goes_on = rest < argv.len();
        // A script of the project is followed, unless it is called as the well-known one of this name is.
        let known = wait::has_target(argv) && (goes_on || !wait::more_than_a_target(argv));
        if !known && self.resolves(first, sh) {
            return self.waiting_script(kind, argv, span, sh);
        }
        if first.contains('/') || first.ends_with(".sh") {
            self.note(first, How::Itself, sh.dialect, sh);
        }
        self.step(kind, argv, span, sh);
        if goes_on {
            return Some(self.run(&argv[rest..], None, sh));
        }
        let project = first.contains('/') || first.ends_with(".sh");
        if project && wait::more_than_a_target(argv) {
            return Some(self.not_here(first));
        }
        Some(Status::SUCCEEDS)
    }

    /// A script of the project that waits by its name: what it does, and the waiting at least.
    fn waiting_script(
        &mut self,
        kind: StepKind,
        argv: &[Text],
        span: Span,
        sh: &mut Shell,
    ) -> Option<Status> {
        let at = self.process.steps.len();
        let before = sh.clone();
        let status = self.script_file(&argv[0], &argv[1..], sh, How::Itself)?;
        self.waits_at_least(kind, argv, span, before, at);
        Some(status)
    }

    /// Adds the waiting of a script that waits by its name, where nothing of it is among what the script does.
    fn waits_at_least(
        &mut self,
        kind: StepKind,
        argv: &[Text],
        span: Span,
        mut before: Shell,
        at: usize,
    ) {
        let own = self.process.steps.get(at..).unwrap_or_default();
        if own.iter().any(|s| matches!(s.kind, StepKind::Wait { .. })) {
            return;
        }
        self.step(kind, argv, span, &mut before);
        if let Some(step) = self.process.steps.pop() {
            self.process.steps.insert(at, step);
        }
    }

    /// Whether a word names a file whose text is at hand.
    pub(super) fn resolves(&self, word: &Text, sh: &Shell) -> bool {
        let candidates = self.candidates(word, How::Itself, sh).unwrap_or_default();
        candidates.iter().any(|c| match self.find(c, sh) {
            Found::Host(file) => self.place.text(&file).is_some_and(|t| !t.trim().is_empty()),
            Found::Written(_) => true,
            _ => false,
        })
    }

    /// `sh -c "…"`, `sh script`, `sh` that reads its input.
    fn shell(&mut self, name: &str, argv: &[Text], sh: &mut Shell) -> Status {
        let dialect = Dialect::of_name(name, self.place);
        let mut at = 1;
        let (mut errexit, mut line, mut input) = (false, false, false);
        while let Some(word) = argv.get(at) {
            let flags = word.as_str();
            match flags {
                "--" | "-" => {
                    at += 1;
                    break;
                }
                "-o" | "+o" | "-O" | "+O" | "--rcfile" | "--init-file" => {
                    errexit |= argv.get(at + 1).is_some_and(|w| w.as_str() == "errexit");
                    at += 2;
                    continue;
                }
                _ if flags.starts_with("--") => {}
                _ if flags.len() > 1 && flags.starts_with(['-', '+']) => {
                    errexit |= is_flag_e(flags);
                    line |= flags.starts_with('-') && flags.contains('c');
                    input |= flags.contains('s');
                    // `-eo pipefail`
                    if flags.ends_with('o') {
                        at += 1;
                    }
                }
                _ => break,
            }
            at += 1;
        }
        let login = argv[1..at.min(argv.len())].iter().any(|w| {
            w.as_str() == "--login" || w.starts_with('-') && !w.starts_with("--") && w.contains('l')
        });
        let mut child = self.child_shell(sh, dialect, errexit);
        if login {
            // Profiles may set PATH and more; the folder stays.
            child.zero = None;
        }
        if line {
            let Some(text) = argv.get(at).cloned() else { return Status::FALSE };
            child.zero = argv.get(at + 1).cloned().or_else(|| Some(argv[0].clone()));
            child.args = Rc::new(argv.get(at + 2..).unwrap_or_default().to_vec());
            return self.child_line(&text, child, sh);
        }
        match argv.get(at).filter(|_| !input) {
            Some(file) => {
                let (file, rest) = (file.clone(), argv[at + 1..].to_vec());
                // A shell reads its operand as a file whatever it is called.
                let how = How::Shell;
                let called = file.rsplit('/').next().unwrap_or_default();
                let waits =
                    wait::of_command(called, &argv[at..]).map(|(kind, _)| (kind, sh.clone()));
                let next = self.process.steps.len();
                let status = match self.script(&file, &rest, sh, how, Some((dialect, errexit))) {
                    Some(status) => status,
                    None => self.not_here(&file),
                };
                if let Some((kind, before)) = waits {
                    self.waits_at_least(kind, argv, file.span(), before, next);
                }
                status
            }
            None => match sh.stdin.as_deref() {
                Some(Known::Known(text) | Known::Partly(text, _)) => {
                    let text = text.clone();
                    child.args = Rc::new(argv.get(at..).unwrap_or_default().to_vec());
                    child.stdin = None;
                    self.child_line(&text, child, sh)
                }
                Some(Known::Unknown(why)) => {
                    let why = why.clone();
                    self.unknown(why)
                }
                None => {
                    self.step(StepKind::Other, argv, argv[0].span(), sh);
                    Status::SUCCEEDS
                }
            },
        }
    }

    /// A shell that this one starts.
    pub(super) fn child_shell(&self, sh: &Shell, dialect: Dialect, errexit: bool) -> Shell {
        let mut child = sh.child();
        child.dialect = dialect;
        child.around.in_shell = true;
        child.around.exec = false;
        child.around.failing = sh.around.failing.of_shell(errexit);
        (child.functions, child.aliases, child.arrays) = Default::default();
        child.vars = self.environment(sh);
        child.allexport = false;
        (child.source, child.status, child.at_exit) = (None, None, None);
        child.execed = false;
        child.serves_behind = false;
        (child.nounset, child.pipefail) = (false, false);
        child
    }

    /// A line that another shell reads.
    pub(super) fn child_line(&mut self, text: &Text, mut child: Shell, sh: &mut Shell) -> Status {
        if self.stack.len() >= super::follow::MAX_DEPTH {
            return self.unknown_at(Reason::Limit("lines in lines"), text);
        }
        if let Some(why) = text.why().filter(|_| text.is_unresolved()) {
            return self.unknown(why);
        }
        // A part of it may be a word, or hold any command.
        if let Some(why) = text.why() {
            self.unknown(why);
        }
        self.charge(text.len());
        self.stack.push(crate::source::RelPath::root());
        let status = self.whole_script(&Script::read(text).body, &mut child);
        self.stack.pop();
        self.end_child(child, sh);
        status
    }

    /// Notes that a file which a word names is not among those of the project.
    pub(super) fn not_here(&mut self, word: &Text) -> Status {
        match word.why() {
            Some(why) => self.unknown(why),
            None => self.unknown_at(Reason::FileElsewhere(word.as_str().to_owned()), word),
        }
    }

    /// A probe by a redirect: `> /dev/tcp/db/5432`.
    pub(super) fn probe(&mut self, target: &Text, sh: &mut Shell) -> Status {
        if !sh.around.waiting {
            return Status::UNKNOWN;
        }
        let words = std::slice::from_ref(target);
        self.step(wait::probe(words), words, target.span(), sh);
        Status::SUCCEEDS
    }

    /// Whether a word names a file that is surely not there.
    pub(super) fn refuses(&self, word: &Text, sh: &Shell) -> bool {
        let Some(word) = word.resolved().filter(|w| w.contains('/')) else { return false };
        absolute(word, sh).is_some_and(|at| self.is_missing(&at, sh))
    }
}

/// Why the rest of a script is not known.
pub(super) fn foreign(word: &Text) -> Unknown {
    Unknown::at(Reason::ForeignScript(word.as_str().to_owned()), word.span())
}
