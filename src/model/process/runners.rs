//! Programs that run a line they are given: `su -c`, `xargs`, `find -exec`, `watchfiles`.

use super::StepKind;
use super::follow::Follower;
use super::output::absolute;
use super::state::{Jump, Shell, Status};
use crate::model::budget::Budget;
use crate::source::{Known, Reason, RelPath, Span, Text};

impl Follower<'_> {
    /// Charges the folder's budget; nothing more is followed where it is exhausted.
    pub(super) fn charge(&mut self, bytes: usize) {
        if !Budget::charge(bytes) || !Budget::step(1) {
            self.left = 0;
        }
    }

    /// A program that runs others; `None` for any that does not.
    pub(super) fn runner(
        &mut self,
        name: &str,
        argv: &[Text],
        span: Span,
        sh: &mut Shell,
    ) -> Option<Status> {
        Some(match name {
            "supervisord" => self.supervisor(argv, span, sh),
            "honcho" | "foreman" => self.procfile(name, argv, span, sh),
            "su" | "runuser" => self.as_user(argv, sh),
            "make" => self.make(argv, sh),
            "just" => self.just(argv, span, sh),
            "xargs" => self.xargs(argv, span, sh),
            "find" => return self.find_exec(argv, span, sh),
            "npm" | "yarn" | "pnpm" | "bun" => return self.package_script(name, argv, span, sh),
            "task" | "invoke" | "inv" | "fab" => {
                self.step(StepKind::Other, argv, span, sh);
                self.unknown_at(Reason::NotFollowed(name.to_owned()), &argv[0])
            }
            "init" if argv[0].as_str() == "/init" => return self.s6(argv, span, sh),
            "watchfiles" | "watchmedo" => return self.watched(name, argv, span, sh),
            "coverage" => return self.coverage(argv, span, sh),
            _ if super::wrappers::is_python(name) => return self.python(name, argv, span, sh),
            _ => return None,
        })
    }

    /// A file that a program reads, by its absolute path: its path in the project and its text.
    pub(super) fn read_file(&mut self, at: &str, by: &Text, sh: &Shell) -> Option<(RelPath, Text)> {
        match self.find(at, sh) {
            super::files::Found::Written(text) => Some((RelPath::root(), text)),
            super::files::Found::Host(file) => {
                if self.stack.contains(&file) {
                    self.unknown_at(Reason::RunsItself(at.to_owned()), by);
                    return None;
                }
                let text = self.place.text(&file);
                if text.is_none() {
                    self.unknown_at(Reason::FileUnreadable(at.to_owned()), by);
                }
                let text = text?;
                self.charge(text.len());
                Some((file, text))
            }
            _ => {
                self.unknown_at(Reason::FileElsewhere(at.to_owned()), by);
                None
            }
        }
    }

    /// A shell in which what a program starts runs.
    pub(super) fn inside(&self, step: usize, sh: &Shell) -> Shell {
        let mut inner = sh.child();
        inner.around.inside = Some(step);
        inner.around.exec = false;
        inner.stdin = None;
        inner
    }

    /// `su user -c "line"`, `runuser -u user -- command`.
    fn as_user(&mut self, argv: &[Text], sh: &mut Shell) -> Status {
        let line = super::option(argv, "-c").or_else(|| super::option(argv, "--command"));
        let login = argv.iter().any(|w| matches!(w.as_str(), "-" | "-l" | "--login"));
        if let Some(line) = line {
            let dialect = super::option(argv, "-s")
                .or_else(|| super::option(argv, "--shell"))
                .and_then(|shell| super::simple::program_name(&shell));
            let dialect = match dialect {
                Some(name) => crate::model::exec_context::Dialect::of_name(&name, self.place),
                None => Default::default(),
            };
            let mut child = self.child_shell(sh, dialect, false);
            // A login shell starts in the home of its user.
            child.workdir = child.workdir.filter(|_| !login);
            child.args = std::rc::Rc::default();
            return self.child_line(&line, child, sh);
        }
        // `runuser -u user command`
        let mut at = 1;
        let mut named = false;
        while let Some(word) = argv.get(at) {
            match word.as_str() {
                "--" => {
                    at += 1;
                    break;
                }
                "-u" | "--user" => {
                    named = true;
                    at += 2;
                }
                "-s" | "--shell" | "-g" | "-G" | "-w" => at += 2,
                w if w.starts_with('-') => at += 1,
                _ => break,
            }
        }
        let dashes = argv.iter().position(|w| w.as_str() == "--").map(|at| at + 1);
        match dashes.or_else(|| named.then_some(at)).filter(|at| *at < argv.len()) {
            Some(at) => self.run(&argv[at..], None, sh),
            None => self.unknown_at(Reason::NotFollowed("su".to_owned()), &argv[0]),
        }
    }

    /// `xargs command`: its arguments come from what it is given.
    fn xargs(&mut self, argv: &[Text], span: Span, sh: &mut Shell) -> Status {
        let mut at = 1;
        let mut replaced = None;
        while let Some(word) = argv.get(at).filter(|w| w.starts_with('-')) {
            match word.as_str() {
                w if w.len() > 2 && w.starts_with("-I") => {
                    replaced = Some(word.slice(2..word.len()));
                    at += 1;
                }
                "-I" => {
                    replaced = argv.get(at + 1).cloned();
                    at += 2;
                }
                "-n" | "-P" | "-L" | "-d" | "-s" | "-a" | "--max-args" | "--max-procs" => at += 2,
                _ => at += 1,
            }
        }
        let Some(command) = argv.get(at..).filter(|c| !c.is_empty()) else {
            self.step(StepKind::Other, argv, span, sh);
            return Status::SUCCEEDS;
        };
        let given: Vec<Text> = match sh.stdin.as_deref() {
            Some(Known::Known(text)) => {
                let (mut all, mut from) = (Vec::new(), 0);
                for part in text.split_whitespace() {
                    let start = from + text.as_str()[from..].find(part).unwrap_or(0);
                    from = start + part.len();
                    all.push(text.slice(start..from));
                }
                all
            }
            _ => vec![Text::unresolved(Reason::CommandOutput, argv[0].span())],
        };
        let mut inner = sh.child();
        inner.stdin = None;
        let one = argv[1..at].windows(2).any(|w| w[0].as_str() == "-n" && w[1].as_str() == "1")
            || argv[1..at].iter().any(|w| w.as_str() == "-n1");
        let mut lines: Vec<Vec<Text>> = Vec::new();
        match (&replaced, one) {
            (Some(hole), _) => {
                for item in &given {
                    let put = |w: &Text| {
                        if w.as_str() == hole.as_str() { item.clone() } else { w.clone() }
                    };
                    lines.push(command.iter().map(put).collect());
                }
            }
            (None, true) => {
                lines.extend(given.iter().map(|g| [command, std::slice::from_ref(g)].concat()))
            }
            (None, false) => lines.push([command, &given].concat()),
        }
        let mut status = Status::SUCCEEDS;
        for line in lines.iter().take(super::loops::MAX_ITEMS) {
            status = self.run(line, Some(span), &mut inner);
        }
        self.end_child(inner, sh);
        status
    }

    /// `find … -exec command {} \;`
    fn find_exec(&mut self, argv: &[Text], span: Span, sh: &mut Shell) -> Option<Status> {
        let runs = |w: &Text| matches!(w.as_str(), "-exec" | "-execdir" | "-ok");
        let at = argv.iter().position(runs)? + 1;
        let command = argv.get(at..)?;
        let end = command.iter().position(|w| matches!(w.as_str(), ";" | "+"))?;
        let found = self.found_files(&argv[1..at - 1], sh);
        let mut inner = sh.child();
        let items = match found {
            Some(found) => found,
            None => {
                inner.around.conditional = true;
                vec![Text::unresolved(Reason::CommandOutput, argv[0].span())]
            }
        };
        for item in items.iter().take(super::loops::MAX_ITEMS) {
            let put = |w: &Text| if w.as_str() == "{}" { item.clone() } else { w.clone() };
            let line: Vec<Text> = command[..end].iter().map(put).collect();
            self.run(&line, Some(span), &mut inner);
        }
        self.end_child(inner, sh);
        Some(Status::SUCCEEDS)
    }

    /// Files that `find folder -maxdepth 1 -name pattern` gives; `None` for any other search.
    fn found_files(&mut self, argv: &[Text], sh: &Shell) -> Option<Vec<Text>> {
        let (mut folder, mut pattern, mut flat) = (".", None, false);
        let mut words = argv.iter();
        while let Some(word) = words.next() {
            match word.resolved()? {
                "-maxdepth" => flat = words.next()?.as_str() == "1",
                "-name" => pattern = Some(words.next()?.resolved()?),
                "-type" => {
                    words.next();
                }
                w if w.starts_with('-') => return None,
                w => folder = w,
            }
        }
        let (pattern, at) = (pattern.filter(|_| flat)?, absolute(folder, sh)?);
        let mut names = self.names_in(&at, sh)?;
        names.sort();
        let fits = names.into_iter().filter(|n| super::tools::fits(pattern, n));
        let span = argv.first()?.span();
        Some(fits.map(|n| Text::derived(format!("{folder}/{n}"), span)).collect())
    }

    /// `watchfiles "command" folder`, `watchmedo auto-restart … -- command`: a command that is started again.
    fn watched(&mut self, name: &str, argv: &[Text], span: Span, sh: &mut Shell) -> Option<Status> {
        self.step(StepKind::Other, argv, span, sh);
        let step = self.process.steps.len().saturating_sub(1);
        let mut inner = self.inside(step, sh);
        if name == "watchmedo" {
            let at = argv.iter().position(|w| w.as_str() == "--")?;
            self.run(argv.get(at + 1..)?, None, &mut inner);
        } else {
            let valued = [
                "--filter",
                "--args",
                "--target-type",
                "--ignore-paths",
                "--sigint-timeout",
                "--grace-period",
            ];
            let mut at = 1;
            while let Some(word) = argv.get(at).filter(|w| w.starts_with('-')) {
                at += if valued.contains(&word.as_str()) { 2 } else { 1 };
            }
            let command = argv.get(at)?;
            if command.contains(' ') {
                let words = crate::model::compose::split_words(command);
                self.run(&words, Some(command.span()), &mut inner);
            }
        }
        sh.gone = Some(Jump::Blocked).filter(|_| !sh.around.background).or(sh.gone);
        Some(Status::SUCCEEDS)
    }

    /// `coverage run manage.py command`
    fn coverage(&mut self, argv: &[Text], span: Span, sh: &mut Shell) -> Option<Status> {
        if argv.get(1)?.as_str() != "run" {
            return None;
        }
        let mut at = 2;
        while let Some(word) = argv.get(at).filter(|w| w.starts_with('-')) {
            if word.as_str() == "-m" {
                break;
            }
            at += 1;
            let valued = [
                "--source",
                "--omit",
                "--include",
                "--rcfile",
                "--concurrency",
                "--context",
                "--data-file",
            ];
            if valued.contains(&word.as_str()) {
                at += 1;
            }
        }
        let python = Text::derived("python", argv[0].span());
        let words: Vec<Text> =
            std::iter::once(python).chain(argv.get(at..)?.iter().cloned()).collect();
        let steps = self.process.steps.len();
        let status = self.run(&words, Some(span), sh);
        // The program that is started is coverage.
        if let Some(step) = self.process.steps.get_mut(steps) {
            step.words = argv.to_vec();
        }
        Some(status)
    }
}
