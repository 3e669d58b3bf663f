//! Commands behind one that runs until it is stopped: the shell never comes to them.

use super::follow::Follower;
use super::state::{Jump, Shell};
use super::{Process, StepKind, Unreached, classify, wrappers};
use crate::source::Text;
use crate::syntax::shell::{Command, Item, Joined};

/// How many wrappers (`exec`, `nohup`, `uv run`) are taken off a command.
const MAX_WRAPPERS: usize = 4;

impl Follower<'_> {
    /// Notes the servers, workers and management commands among commands that the shell does not come to.
    pub(super) fn unreached(&mut self, items: &[Item], sh: &Shell) {
        let blocked = sh.gone == Some(Jump::Blocked) && !sh.is_conditional();
        let Some(by) = self.process.steps.iter().rposition(|s| s.stays() && !s.background) else {
            return;
        };
        if !blocked || self.process.unknown.is_some() {
            return;
        }
        for item in items {
            let Command::Simple(simple) = &item.command else { continue };
            // What follows `||` waits for a failure, which may come.
            if item.joined == Joined::Or {
                continue;
            }
            // It does not run: its words are worked out and nothing else.
            let mut aside = Shell { gone: None, ..sh.clone() };
            let steps = self.process.steps.len();
            let mut words = self.argv(&simple.words, &mut aside);
            self.process.steps.truncate(steps);
            self.process.unknown = None;
            for _ in 0..MAX_WRAPPERS {
                let rest = match words.first().map(Text::as_str) {
                    Some("exec") => Some(words[1..].to_vec()),
                    Some(name) => wrappers::strip(name, &words),
                    None => None,
                };
                match rest {
                    Some(rest) => words = rest,
                    None => break,
                }
            }
            let Some(first) = words.first().filter(|w| w.is_resolved()) else { continue };
            let name = first.as_str().rsplit('/').next().unwrap_or_default();
            let kind = classify::classify(self.place, name, &words, &aside);
            // What the entrypoint starts by itself is often the image's CMD once more.
            let ran = self.process.steps[by].words.iter().map(Text::as_str);
            let again = ran.eq(words.iter().map(Text::as_str));
            if let Some(kind) = kind.filter(|kind| !matches!(kind, StepKind::Wait { .. }) && !again)
            {
                self.process.unreached.push(Unreached { by, kind, words, span: item.span });
            }
        }
    }
}

impl Process {
    /// Whether this management command is written behind one that does not end.
    pub fn never_reaches(&self, management: &str) -> bool {
        self.unreached.iter().any(
            |u| matches!(&u.kind, StepKind::Manage { command, .. } if command.as_str() == management),
        )
    }
}
