//! `python …`: which code it runs.

use super::follow::Follower;
use super::output::absolute;
use super::state::{Shell, Status};
use super::{StepKind, classify, wait, wrappers};
use crate::source::{Known, RelPath, Span, Text};

/// What `python` is told to run.
enum Told {
    /// `-m module`: the index of its name.
    Module(usize),
    /// `-c code`: the index of the code.
    Code(usize),
    /// A file: the index of its name.
    File(usize),
    /// What stands in its input.
    Input,
}

impl Follower<'_> {
    /// `python -m module`, `python file`, `python -c code`, `python` that reads its input; `None` for a management
    /// command, which is a step of its own.
    pub(super) fn python(
        &mut self,
        name: &str,
        argv: &[Text],
        span: Span,
        sh: &mut Shell,
    ) -> Option<Status> {
        if classify::is_management(argv) {
            return None;
        }
        match told(name, argv) {
            Told::Module(at) if matches!(argv[at].as_str(), "django" | "pip") => None,
            Told::Module(at) => {
                let module = &argv[at..];
                let file = self.module_file(&argv[at], sh);
                Some(match file {
                    Some((file, text)) => {
                        self.python_code(&text, Some(file), module, &argv[at + 1..], span, sh)
                    }
                    None => self.run(module, Some(span), sh),
                })
            }
            Told::Code(at) => {
                let code = argv[at].clone();
                Some(self.python_code(&code, None, argv, &argv[at + 1..], span, sh))
            }
            Told::File(at) => Some(self.python_file(argv, at, span, sh)),
            Told::Input => match sh.stdin.clone().as_deref() {
                Some(Known::Known(text) | Known::Partly(text, _)) => {
                    Some(self.python_code(text, None, argv, &[], span, sh))
                }
                _ => None,
            },
        }
    }

    /// `python file`
    fn python_file(&mut self, argv: &[Text], at: usize, span: Span, sh: &mut Shell) -> Status {
        let file = &argv[at];
        let name = file.rsplit('/').next().unwrap_or("");
        let waits =
            name.starts_with("wait") || name.contains("wait_for") || name.contains("_ready");
        let found = file.resolved().and_then(|f| absolute(f, sh)).map(|at| self.find(&at, sh));
        let (host, text) = match found {
            Some(super::files::Found::Host(host)) => {
                let text = self.place.text(&host);
                (Some(host), text)
            }
            Some(super::files::Found::Written(text)) => (None, Some(text)),
            Some(super::files::Found::Missing) => (None, None),
            _ if waits => (None, None),
            _ => {
                self.step(StepKind::Other, argv, span, sh);
                return self.not_here(file);
            }
        };
        match text {
            Some(text) if host.as_ref().is_none_or(|h| !self.stack.contains(h)) => {
                self.python_code(&text, host, argv, &argv[at + 1..], span, sh)
            }
            _ if waits => {
                self.step(StepKind::Wait { host: None, port: None }, argv, span, sh);
                Status::SUCCEEDS
            }
            _ if sh.around.waiting => {
                self.step(wait::probe(argv), argv, span, sh);
                Status::SUCCEEDS
            }
            _ => {
                self.step(StepKind::Other, argv, span, sh);
                self.ends("python", sh)
            }
        }
    }

    /// A script of the project whose first line names Python.
    pub(super) fn python_script(
        &mut self,
        text: &Text,
        file: Option<RelPath>,
        word: &Text,
        args: &[Text],
        sh: &mut Shell,
    ) -> Status {
        let argv: Vec<Text> = std::iter::once(word).chain(args).cloned().collect();
        let span = argv.iter().fold(word.span(), |all, w| all.cover(w.span()));
        self.python_code(text, file, &argv, args, span, sh)
    }

    /// The file of a module of the project: `pkg.run` is `pkg/run.py`, or `pkg/run/__main__.py`.
    pub(super) fn module_file(&self, module: &Text, sh: &Shell) -> Option<(RelPath, Text)> {
        let relative = module.resolved()?.replace('.', "/");
        ["/__main__.py", ".py"].iter().find_map(|tail| {
            let at = absolute(&format!("{relative}{tail}"), sh)?;
            match self.find(&at, sh) {
                super::files::Found::Host(file) if !self.stack.contains(&file) => {
                    let text = self.place.text(&file)?;
                    Some((file, text))
                }
                _ => None,
            }
        })
    }
}

/// What the options of `python` say.
fn told(name: &str, argv: &[Text]) -> Told {
    debug_assert!(wrappers::is_python(name));
    let mut at = 1;
    while let Some(word) = argv.get(at) {
        match word.as_str() {
            "-m" if argv.len() > at + 1 => return Told::Module(at + 1),
            "-c" if argv.len() > at + 1 => return Told::Code(at + 1),
            "-W" | "-X" => at += 2,
            "-" => return Told::Input,
            w if w.starts_with('-') => at += 1,
            _ => return Told::File(at),
        }
    }
    Told::Input
}
