//! What a command really starts: behind `sudo`, `poetry run`, `sh -c`, `ssh`, `docker compose exec`.

use super::call::{self, Verb};
use super::expand::join;
use super::shell::{Shell, Variables, is_shell};
use super::words::{Word, base_name};
use super::{Folder, Form, Inside, Invocation};
use crate::facts::{WRAPPERS, Wrapper};
use crate::source::Span;
use std::sync::Arc;

/// Options of `ssh` with a value in the next word.
const OF_SSH: [&str; 12] = ["-i", "-p", "-o", "-l", "-F", "-J", "-b", "-c", "-D", "-L", "-R", "-W"];
/// Options of `docker exec` and `docker run` with a value in the next word.
const OF_CONTAINERS: [&str; 16] = [
    "-e",
    "--env",
    "--env-file",
    "-u",
    "--user",
    "-w",
    "--workdir",
    "--entrypoint",
    "--name",
    "-p",
    "-v",
    "--volume",
    "--network",
    "--detach-keys",
    "--platform",
    "--mount",
];
/// How many programs that start another are looked through.
const MAX_WRAPPERS: usize = 8;

impl Shell {
    /// Takes a command. `own` are the variables that are set for it alone.
    pub(super) fn invoke(&mut self, mut words: Vec<Word>, own: &Variables, span: Span) {
        let mut own = own.clone();
        for _ in 0..MAX_WRAPPERS {
            // `NAME=value` behind `env`, or out of a variable that holds the whole command.
            while let Some((name, value)) = words.first().and_then(assignment) {
                own.insert(name, vec![super::expand::Value::word(value)]);
                words.remove(0);
            }
            let Some(at) = wrapped(&words) else { break };
            words.drain(..at);
        }
        let Some(name) = words.first() else { return };
        if is_shell(name) {
            let option = words[1..].iter().position(|w| {
                w.known()
                    .is_some_and(|w| w.starts_with('-') && !w.starts_with("--") && w.contains('c'))
            });
            if let Some(text) = option.and_then(|at| words.get(at + 2)) {
                return self.nested(&text.clone(), None, Form::Written, span);
            }
        }
        match name.known().map(base_name) {
            Some("eval") => return self.nested(&join(&words[1..]), None, Form::Written, span),
            Some("ssh") => {
                let host = after_options(&words, 1, &OF_SSH);
                let line = join(words.get(host + 1..).unwrap_or_default());
                return self.nested(&line, Some(Folder::Unknown), Form::Written, span);
            }
            _ => {}
        }
        let call = call::read(&words, &|name| self.seen_by_compose(&own, name)).map(Arc::new);
        self.out.push(Invocation {
            words: words.clone(),
            folder: self.folder.clone(),
            form: self.form,
            inside: self.inside.clone(),
            call: call.clone(),
            span,
        });
        if self.inside.is_some() {
            return;
        }
        let (name, command, is_image) = match &call {
            Some(call) if matches!(call.verb, Verb::Run | Verb::Exec) => {
                (call.services.first().cloned(), call.command.clone(), false)
            }
            Some(_) => return,
            None => match of_container(&words) {
                Some((name, command, is_image)) => (Some(name), command, is_image),
                None => return self.mentioned(&words[1..], span),
            },
        };
        if let Some(name) = name.filter(|_| !command.is_empty()) {
            self.inside = Some(Arc::new(Inside { name, is_image, call }));
            self.invoke(command, &Variables::new(), span);
            self.inside = None;
        }
    }

    /// Commands that one only speaks of: `echo "run docker compose up"`.
    fn mentioned(&mut self, arguments: &[Word], span: Span) {
        for argument in arguments {
            let Some(text) = argument.known().filter(|t| t.contains(' ')) else { continue };
            for hint in super::hints::starts(text) {
                self.nested(&Word::literal(&text[hint]), None, Form::Mentioned, span);
            }
        }
    }
}

/// `NAME=value`
fn assignment(word: &Word) -> Option<(String, Word)> {
    let (name, value) = word.split_once("=")?;
    let name = name.known()?;
    let variable = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    variable.then(|| (name.to_owned(), value))
}

/// The index of the command that a program only starts.
fn wrapped(words: &[Word]) -> Option<usize> {
    let name = base_name(words.first()?.known()?);
    WRAPPERS.iter().filter(|w| w.name == name).find_map(|w| wrapped_by(w, words))
}

fn wrapped_by(wrapper: &Wrapper, words: &[Word]) -> Option<usize> {
    let mut at = 1;
    for wanted in wrapper.words {
        at = after_options(words, at, wrapper.valued);
        (words.get(at)?.known() == Some(*wanted)).then_some(())?;
        at += 1;
    }
    at = after_options(words, at, wrapper.valued) + wrapper.positional;
    (at < words.len()).then_some(at)
}

/// The index of the first word that is no option; `--` ends them.
fn after_options(words: &[Word], mut at: usize, valued: &[&str]) -> usize {
    while let Some(word) = words.get(at).filter(|w| w.head().starts_with('-')) {
        if word.known() == Some("--") {
            return at + 1;
        }
        at += if word.known().is_some_and(|w| valued.contains(&w)) { 2 } else { 1 };
    }
    at
}

/// `docker exec NAME command`, `docker run IMAGE command`: the name, the command, and whether it is an image.
fn of_container(words: &[Word]) -> Option<(Word, Vec<Word>, bool)> {
    let program = base_name(words.first()?.known()?);
    if !matches!(program, "docker" | "podman" | "nerdctl") {
        return None;
    }
    let mut at = 1;
    if words.get(at)?.known() == Some("container") {
        at += 1;
    }
    let verb = words.get(at)?.known();
    matches!(verb, Some("exec" | "run")).then_some(())?;
    at = after_options(words, at + 1, &OF_CONTAINERS);
    Some((words.get(at)?.clone(), words[at + 1..].to_vec(), verb == Some("run")))
}
