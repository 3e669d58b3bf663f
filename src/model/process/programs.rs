//! Running a program: what wraps another is taken off, scripts of the project are followed.

use super::builtins::is_flag_e;
use super::follow::{Cx, Follower};
use super::{How, Program, StepKind, classify, wait, wrappers};
use crate::model::exec_context::PathLookup;
use crate::model::path;
use crate::source::{Reason, Span, Text};
use crate::syntax::shell::Script;
use std::borrow::Cow;

impl Follower<'_> {
    /// Runs one program.
    pub(super) fn program(&mut self, argv: &[Text], span: Option<Span>, cx: &mut Cx) {
        let Some(first) = argv.first() else { return };
        self.left -= 1;
        let span =
            span.unwrap_or_else(|| argv.iter().fold(first.span(), |all, w| all.cover(w.span())));
        if let Some(why) = first.why() {
            return self.unknown(why);
        }
        if first.is_empty() {
            return self.unknown_at(Reason::NotFollowed("a command without a name".into()), first);
        }
        let name = first.as_str().rsplit('/').next().unwrap_or("");
        self.process.programs.push(Program {
            word: first.clone(),
            conditional: cx.conditional,
            tried: false,
        });
        if wrappers::is_shell(name) {
            return self.shell(argv, cx);
        }
        let argv = &*known_or_not(argv);
        if let Some(rest) = wrappers::strip(name, argv) {
            return self.run(&argv[rest..], None, cx);
        }
        if let Some((kind, rest)) = wait::of_command(name, argv) {
            if first.contains('/') || first.ends_with(".sh") {
                self.note(first, How::Itself, cx);
            }
            self.step(kind, argv, span, cx);
            if rest < argv.len() {
                self.run(&argv[rest..], None, cx);
            } else if wait::more_than_a_target(argv) {
                // A project's own script that waits often goes on with its arguments.
                let project = argv[0].contains('/') || argv[0].ends_with(".sh");
                if project && !self.script_file(first, &argv[1..], cx, How::Itself) {
                    self.not_here(first);
                }
            }
            return;
        }
        if let Some(module) = wrappers::python_module(name, argv) {
            return self.run(&argv[module..], Some(span), cx);
        }
        match name {
            "supervisord" => return self.supervisor(argv, cx),
            "honcho" | "foreman" => return self.procfile(argv, cx),
            "su" | "runuser" => return self.as_user(argv, cx),
            "eval" => return self.eval(argv, cx),
            "make" => return self.make(argv, cx),
            "xargs" | "coverage" => {
                return self.unknown_at(Reason::NotFollowed(name.to_owned()), first);
            }
            "just" | "task" | "invoke" => {
                return self.unknown_at(Reason::NotFollowed(name.to_owned()), first);
            }
            _ => {}
        }
        if wrappers::is_python(name)
            && let Some(file) =
                argv.get(1).filter(|f| f.ends_with(".py") && !f.ends_with("manage.py"))
        {
            return self.python_file(argv, file, span, cx);
        }
        if name == "uwsgi" {
            self.uwsgi_hooks(argv, cx);
        }
        if let Some(kind) = classify::classify(self.place, name, argv, cx) {
            if name == "manage.py" {
                self.note(first, How::Itself, cx);
            }
            if let StepKind::Manage { command, manage_py } = &kind {
                // Which command it is may be the one that others look for.
                if let Some(why) = command.why() {
                    self.unknown(why);
                }
                self.called_commands(argv, command, manage_py.as_ref(), span, cx);
            }
            return self.step(kind, argv, span, cx);
        }
        if !self.script_file(first, &argv[1..], cx, How::Itself) {
            self.step(StepKind::Other, argv, span, cx);
        }
    }

    /// `sh -c "…"`, `sh script`.
    fn shell(&mut self, argv: &[Text], cx: &mut Cx) {
        let mut at = 1;
        let errexit = argv[1..].iter().take_while(|w| w.starts_with('-')).any(|w| is_flag_e(w));
        while let Some(word) = argv.get(at) {
            if word.starts_with('-') && !word.starts_with("--") && word.contains('c') {
                let Some(text) = argv.get(at + 1) else { return };
                let script = Script::read(text);
                let failing = cx.failing.of_shell(errexit);
                let args = argv.get(at + 3..).unwrap_or_default().to_vec();
                let mut inner = Cx { args, in_shell: true, exec: false, failing, ..cx.clone() };
                self.list(&script.body, &mut inner);
                cx.ended |= inner.ended;
                return;
            }
            if word.starts_with(['-', '+']) {
                at += if word.as_str() == "-o" || word.as_str() == "+o" { 2 } else { 1 };
                continue;
            }
            let (file, rest) = (word.clone(), argv[at + 1..].to_vec());
            // A shell reads its operand as a file whatever it is called.
            if !self.script_file(&file, &rest, cx, How::Shell) {
                self.not_here(&file);
            }
            return;
        }
        self.step(StepKind::Other, argv, argv[0].span(), cx);
    }

    /// Follows a script of the project. `false` when the word names no such file.
    pub(super) fn script_file(
        &mut self,
        word: &Text,
        args: &[Text],
        cx: &mut Cx,
        how: How,
    ) -> bool {
        if let Some(why) = word.why() {
            self.unknown(why);
            return true;
        }
        self.note(word, how, cx);
        let sourced = how == How::Sourced;
        let Some(candidates) = Self::candidates(word, how, cx.workdir.as_deref()) else {
            return self.unknown_script(word);
        };
        for candidate in candidates {
            match self.place.find(&candidate) {
                PathLookup::Host(file) => {
                    if self.stack.contains(&file) {
                        self.unknown_at(Reason::RunsItself(file.as_str().to_owned()), word);
                        return true;
                    }
                    // An empty script stands for one that is made elsewhere.
                    let Some(text) = self.place.text(&file).filter(|t| !t.trim().is_empty()) else {
                        return self.unknown_script(word);
                    };
                    self.charge(text.len());
                    let script = Script::read(&text);
                    if script.shebang.as_ref().is_some_and(|s| !s.contains("sh")) {
                        return self.foreign_script(&text, word, cx);
                    }
                    self.process.scripts.push(file.clone());
                    self.stack.push(file);
                    let flagged = script
                        .shebang
                        .as_ref()
                        .is_some_and(|s| s.split_whitespace().skip(1).any(is_flag_e));
                    let failing = if sourced {
                        cx.failing
                    } else {
                        cx.failing.of_shell(flagged && how == How::Itself)
                    };
                    let args = if sourced { cx.args.clone() } else { args.to_vec() };
                    let mut inner = Cx { args, in_shell: true, exec: false, failing, ..cx.clone() };
                    self.list(&script.body, &mut inner);
                    self.stack.pop();
                    if sourced {
                        (cx.vars, cx.workdir, cx.failing.errexit) =
                            (inner.vars, inner.workdir, inner.failing.errexit);
                    }
                    cx.ended |= inner.ended && !cx.conditional;
                    return true;
                }
                // A program that a RUN line put there.
                PathLookup::Made(_) if known_program(word) => return false,
                PathLookup::Unknown(_)
                    if (word.contains('/') || sourced) && !known_program(word) =>
                {
                    return self.unknown_script(word);
                }
                _ => {}
            }
        }
        if word.contains('/') && !known_program(word) {
            return self.unknown_script(word);
        }
        false
    }

    fn unknown_script(&mut self, word: &Text) -> bool {
        self.not_here(word);
        true
    }

    /// Notes that a file which a word names is not among those of the project.
    fn not_here(&mut self, word: &Text) {
        self.unknown_at(Reason::FileElsewhere(word.as_str().to_owned()), word);
    }

    /// A script in another language: all that is known is which words stand in it.
    fn foreign_script(&mut self, text: &Text, word: &Text, cx: &mut Cx) -> bool {
        for command in ["migrate", "collectstatic"] {
            if let Some(at) = text.find(command) {
                let place = text.slice(at..at + command.len());
                let kind = StepKind::Manage { command: place.clone(), manage_py: None };
                let mut inner = Cx { conditional: true, ..cx.clone() };
                self.step(kind, std::slice::from_ref(word), place.span(), &mut inner);
            }
        }
        self.unknown_at(Reason::ForeignScript(word.as_str().to_owned()), word);
        true
    }

    /// `python file.py`: a script that waits by its name, or one of which only its words are known.
    fn python_file(&mut self, argv: &[Text], file: &Text, span: Span, cx: &mut Cx) {
        let name = file.rsplit('/').next().unwrap_or("");
        if name.starts_with("wait") || name.contains("wait_for") || name.contains("_ready") {
            return self.step(StepKind::Wait { host: None, port: None }, argv, span, cx);
        }
        let at = cx.workdir.as_deref().map(|w| path::join(w, file));
        let text = match at.map(|at| self.place.find(&at)) {
            Some(PathLookup::Host(host)) => self.place.text(&host),
            Some(PathLookup::Missing) => None,
            _ => return self.not_here(file),
        };
        match text {
            Some(text)
                if ["migrate", "collectstatic", "subprocess", "os.system", "call_command"]
                    .iter()
                    .any(|w| text.contains(w)) =>
            {
                self.foreign_script(&text, file, cx);
            }
            _ => self.step(StepKind::Other, argv, span, cx),
        }
    }

    /// `hook-pre-app = exec:…` and the like run before uWSGI's application is loaded.
    fn uwsgi_hooks(&mut self, argv: &[Text], cx: &mut Cx) {
        for entry in classify::uwsgi_ini(self.place, argv, cx.workdir.as_deref()) {
            if (entry.key.starts_with("hook-") || entry.key.starts_with("exec-"))
                && let Some(at) = entry
                    .value
                    .find("exec:")
                    .map(|i| i + 5)
                    .or(entry.key.starts_with("exec-").then_some(0))
            {
                let script = Script::read(&entry.value.slice(at..entry.value.len()));
                let mut inner = Cx { background: true, in_shell: true, ..cx.clone() };
                self.list(&script.body, &mut inner);
            }
        }
    }
}

/// Arguments that are known in part count as not known: nothing here judges by a part.
fn known_or_not(argv: &[Text]) -> Cow<'_, [Text]> {
    if argv.iter().all(Text::is_resolved) {
        return Cow::Borrowed(argv);
    }
    argv.iter().map(|a| a.clone().whole_or_nothing()).collect()
}

/// Programs that are called by their path.
fn known_program(word: &str) -> bool {
    ["/bin/", "/sbin/", "/opt/"].iter().any(|p| word.contains(p))
        && !word.ends_with(".sh")
        && !word.contains("entrypoint")
}
