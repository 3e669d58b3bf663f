//! Scripts of the project: found, read and followed in the language of their first line.

use super::How;
use super::builtins::is_flag_e;
use super::files::Found;
use super::follow::Follower;
use super::programs::foreign;
use super::state::{Shell, Status};
use crate::model::exec_context::Dialect;
use crate::source::{Reason, RelPath, Text};
use crate::syntax::shell::Script;
use std::rc::Rc;

impl Follower<'_> {
    /// Follows a script of the project. `None` when the word names no such file.
    pub(super) fn script_file(
        &mut self,
        word: &Text,
        args: &[Text],
        sh: &mut Shell,
        how: How,
    ) -> Option<Status> {
        self.script(word, args, sh, how, None)
    }

    /// The same for a shell that was given options.
    pub(super) fn script(
        &mut self,
        word: &Text,
        args: &[Text],
        sh: &mut Shell,
        how: How,
        given: Option<(Dialect, bool)>,
    ) -> Option<Status> {
        if let Some(why) = word.why() {
            return Some(self.unknown(why));
        }
        let dialect = given.map_or(sh.dialect, |(dialect, _)| dialect);
        self.note(word, how, dialect, sh);
        let sourced = how == How::Sourced;
        let Some(candidates) = self.candidates(word, how, sh) else {
            return Some(self.unknown_at(Reason::WorkingFolder, word));
        };
        for candidate in candidates {
            match self.find(&candidate, sh) {
                Found::Host(file) => {
                    if self.stack.contains(&file) {
                        let reason = Reason::RunsItself(file.as_str().to_owned());
                        return Some(self.unknown_at(reason, word));
                    }
                    // An empty script stands for one that is made elsewhere.
                    let Some(text) = self.place.text(&file).filter(|t| !t.trim().is_empty()) else {
                        return Some(self.not_here(word));
                    };
                    let refused = how == How::Itself
                        && sh.around.in_shell
                        && sh.around.failing.is_shielded()
                        && self.place.executable(&candidate, &file) == Some(false)
                        && !self.process.called.last().is_some_and(|c| c.made_executable);
                    if refused {
                        self.process.refused.push(file);
                        return Some(Status::FALSE);
                    }
                    return Some(self.text_of_script(
                        &text,
                        Some(file),
                        word,
                        args,
                        sh,
                        how,
                        given,
                    ));
                }
                Found::Written(text) => {
                    return Some(self.text_of_script(&text, None, word, args, sh, how, given));
                }
                Found::Removed if word.contains('/') => return Some(Status::FALSE),
                // A program that a RUN line put there.
                Found::Made if known_program(word) => return None,
                Found::Unknown(why) if (word.contains('/') || sourced) && !known_program(word) => {
                    return Some(match why.reason {
                        Reason::Submodule(_) => self.unknown(why),
                        _ => self.not_here(word),
                    });
                }
                _ => {}
            }
        }
        if sh.around.failing.is_shielded() && self.refuses(word, sh) {
            return Some(Status::FALSE);
        }
        if word.contains('/') && !known_program(word) {
            return Some(self.not_here(word));
        }
        None
    }

    /// Follows a text that a word named.
    #[allow(clippy::too_many_arguments, reason = "what a script is started with")]
    fn text_of_script(
        &mut self,
        text: &Text,
        file: Option<RelPath>,
        word: &Text,
        args: &[Text],
        sh: &mut Shell,
        how: How,
        given: Option<(Dialect, bool)>,
    ) -> Status {
        self.charge(text.len());
        let script = Script::read(text);
        let first = script.shebang.clone().filter(|_| how == How::Itself);
        let (interpreter, flags) = first.as_ref().map_or((None, false), |line| interpreter(line));
        let dialect = match (given, interpreter.as_deref()) {
            (Some((dialect, _)), _) => dialect,
            (None, Some(name)) if name.contains("sh") => Dialect::of_name(name, self.place),
            (None, Some(name)) if super::wrappers::is_python(name) => {
                return self.python_script(text, file, word, args, sh);
            }
            (None, Some(_)) => return self.unknown(foreign(word)),
            // Without such a line the shell reads it itself.
            (None, None) if how == How::Itself && !sh.around.in_shell => self.place.shell(),
            (None, None) => sh.dialect,
        };
        let inside = file.clone().unwrap_or_else(RelPath::root);
        self.process.scripts.extend(file);
        self.stack.push(inside);
        let status = if how == How::Sourced {
            self.sourced(&script, word, sh)
        } else {
            let errexit = flags || given.is_some_and(|(_, errexit)| errexit);
            let mut child = self.child_shell(sh, dialect, errexit);
            child.args = Rc::new(args.to_vec());
            child.zero = Some(word.clone());
            child.source = Some(word.clone());
            let status = self.whole_script(&script.body, &mut child);
            self.end_child(child, sh);
            status
        };
        self.stack.pop();
        status
    }

    /// A script that the same shell reads.
    fn sourced(&mut self, script: &Script, word: &Text, sh: &mut Shell) -> Status {
        let source = sh.source.replace(word.clone());
        let maybe = sh.maybe.clone();
        let mut status = self.list(&script.body, sh);
        if sh.gone == Some(super::state::Jump::Return) {
            sh.gone = None;
            sh.shadow = None;
            status = sh.status.unwrap_or(status);
        }
        sh.land(word.span(), |jump| jump == super::state::Jump::Return);
        sh.maybe.returns = maybe.returns;
        sh.source = source;
        status
    }
}

/// The program of a `#!` line, and whether it is given `-e`.
fn interpreter(line: &str) -> (Option<String>, bool) {
    let mut words = line.split_whitespace();
    let mut name = words.next().map(|w| w.rsplit('/').next().unwrap_or(w));
    while matches!(name, Some("env" | "-S" | "with-contenv" | "-S-i")) {
        name = words.next().map(|w| w.rsplit('/').next().unwrap_or(w));
    }
    (name.map(str::to_owned), words.any(is_flag_e))
}

/// Programs that are called by their path.
pub(super) fn known_program(word: &str) -> bool {
    ["/bin/", "/sbin/", "/opt/"].iter().any(|p| word.contains(p))
        && !word.ends_with(".sh")
        && !word.contains("entrypoint")
}

impl Dialect {
    /// By the name of a shell.
    pub(super) fn of_name(name: &str, place: &dyn crate::model::exec_context::ExecContext) -> Self {
        match name {
            "bash" => Self::Bash,
            "dash" => Self::Dash,
            "ash" => Self::Ash,
            "sh" => place.shell(),
            _ => Self::Unknown,
        }
    }
}
