//! Branches that no one enters, because a variable they ask for is not set.

use super::follow::Follower;
use super::params::Value;
use super::state::Shell;
use super::{LeftOut, LeftOutStep, StepKind, classify};
use crate::source::Text;
use crate::syntax::shell::{Command, List, Variable, Word};

impl Follower<'_> {
    /// The variable of a condition like `[ "$DATABASE" = "postgres" ]` that is set nowhere, and the value it is held
    /// against.
    pub(super) fn unset_condition(
        &mut self,
        condition: &List,
        sh: &Shell,
    ) -> Option<(String, String)> {
        let [item] = condition.items.as_slice() else { return None };
        let words = match &item.command {
            Command::Simple(simple) => &simple.words[..],
            Command::Test(words) => &words[..],
            _ => return None,
        };
        let bracket = |w: &&Word| !matches!(w.literal().as_deref(), Some("[" | "]" | "test"));
        let words: Vec<&Word> = words.iter().filter(bracket).collect();
        let [left, operator, right] = words.as_slice() else { return None };
        let (Some(variable), Some("=" | "=="), Some(wanted)) =
            (left.variable(), operator.literal().as_deref(), right.literal())
        else {
            return None;
        };
        let Variable { name, operator, span, index: None, .. } = variable else { return None };
        let plain =
            operator.is_empty() && name.bytes().next().is_some_and(|b| b.is_ascii_uppercase());
        let unset = plain && self.lookup(name, *span, sh) == Value::Unset;
        let counts = unset && !item.negated && !wanted.is_empty() && !sh.is_conditional();
        counts.then(|| (name.clone(), wanted))
    }

    /// Notes a branch that is left out.
    pub(super) fn leave_out(
        &mut self,
        condition: &List,
        body: &List,
        variable: String,
        wanted: String,
        sh: &Shell,
    ) {
        let Some(span) = condition.items.first().map(|i| i.span) else { return };
        let named = |w: &Word| {
            let literal = w.literal();
            literal.is_some_and(|l| matches!(l.as_str(), "nc" | "pg_isready" | "wait-for-it.sh"))
        };
        let (mut prepares, mut served) = (None, None);
        for step in body.simple_commands() {
            // What stands here does not run: its words are worked out and nothing else.
            let mut aside = sh.clone();
            let (steps, unknown) = (self.process.steps.len(), self.process.unknown.clone());
            let argv = self.argv(&step.command.words, &mut aside);
            self.process.steps.truncate(steps);
            self.process.unknown = unknown;
            let waits = step.command.words.iter().any(named)
                && (step.context.in_loop || step.context.in_condition);
            let migrates =
                classify::is_management(&argv) && argv.iter().any(|w| w.as_str() == "migrate");
            let body = step.item.span;
            if waits {
                prepares.get_or_insert((LeftOutStep::Waits, body));
            } else if migrates {
                prepares.get_or_insert((LeftOutStep::Migrates, body));
            } else if self.serves(&argv, &aside) {
                served.get_or_insert((LeftOutStep::Serves, body));
            }
        }
        for (does, body) in prepares.into_iter().chain(served) {
            let (variable, wanted) = (variable.clone(), wanted.clone());
            self.process.left_out.push(LeftOut { variable, wanted, span, body, does });
        }
    }

    /// Whether a command starts a server.
    fn serves(&self, argv: &[Text], sh: &Shell) -> bool {
        let argv = match argv.first().map(Text::as_str) {
            Some("exec") => &argv[1..],
            _ => argv,
        };
        let name = argv.first().map_or("", |w| w.rsplit('/').next().unwrap_or_default());
        matches!(classify::classify(self.place, name, argv, sh), Some(StepKind::Server(_)))
    }
}
