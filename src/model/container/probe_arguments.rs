//! What the commands of a health check are given, held against what the programs take (`data/programs.toml`, `probe`).

use super::Container;
use crate::facts::{self, ProbeFacts};
use crate::source::Text;
use crate::syntax::shell::Script;

/// An argument that a program of a health check does not take.
#[derive(Debug, Clone)]
pub struct WrongArgument {
    pub probe: &'static ProbeFacts,
    /// The argument.
    pub word: Text,
    /// Whether it would be an option with a dash before it.
    pub dash: Option<String>,
}

impl Container<'_> {
    /// The first argument of the service's own health check that its program does not take.
    pub fn wrong_probe_argument(&self) -> Option<WrongArgument> {
        let own = self.service.healthcheck.as_ref().filter(|h| !h.disabled)?;
        let test = own.test.as_ref()?;
        let written = self.service.node.get("healthcheck")?.get("test")?;
        let lines: Vec<Vec<Text>> = match (written.scalar(), test.words.split_first()) {
            (Some(line), _) => commands(&line.text),
            (None, Some((form, words))) if form.as_str() == "CMD" => vec![words.to_vec()],
            (None, Some((form, words))) if form.as_str() == "CMD-SHELL" => commands(words.first()?),
            _ => return None,
        };
        lines.iter().find_map(|words| wrong(words))
    }
}

/// The words of each command of a line.
fn commands(line: &Text) -> Vec<Vec<Text>> {
    let script = Script::read(line);
    let words = |step: crate::syntax::shell::Step<'_>| {
        step.command.words.iter().map(|w| w.raw.clone()).collect::<Vec<_>>()
    };
    script.body.all_commands().map(words).collect()
}

fn wrong(words: &[Text]) -> Option<WrongArgument> {
    let program = words.first()?.rsplit('/').next().unwrap_or("");
    let probe = facts::probe(program)?;
    let mut at = 1;
    let mut commands = 0;
    while let Some(word) = words.get(at) {
        at += 1;
        if !word.is_resolved() || word.contains(['$', '`']) {
            // It may be an option, or several.
            return None;
        }
        let text = word.trim_matches(['"', '\'']);
        if text.is_empty() {
            return None;
        }
        if let Some(long) = text.strip_prefix("--") {
            at += usize::from(!long.contains('=') && probe.valued.contains(&text));
            continue;
        }
        if text.starts_with('-') {
            at += usize::from(probe.valued.contains(&text));
            continue;
        }
        let known =
            |command: &&&str| command.starts_with(text) && text.len() > 2 || **command == text;
        match probe.commands.iter().find(known) {
            Some(command) => {
                commands += 1;
                // What `kill`, `create` and the like work on.
                if probe.with_argument.contains(command) {
                    return None;
                }
            }
            None => {
                let dash = probe.valued.iter().chain(probe.attached).find(|o| {
                    let letter = o.trim_start_matches('-');
                    text == letter
                        || letter.len() == 1
                            && probe.attached.contains(*o)
                            && text.starts_with(letter)
                });
                return Some(WrongArgument {
                    probe,
                    word: word.clone(),
                    dash: dash.map(|_| format!("-{text}")),
                });
            }
        }
    }
    let _ = commands;
    None
}
