//! Loops: turn by turn while it is known that there is one, else once as what may run.

use super::follow::Follower;
use super::state::{Jump, Shell, Status};
use super::wait;
use crate::source::{Reason, Span, Text, Unknown};
use crate::syntax::shell::{List, Word};

/// The longest list that a `for` is followed through item by item.
pub(super) const MAX_ITEMS: usize = 64;
/// The longest list of numbers: they count tries.
const MAX_TRIES: usize = 8;
/// The most turns of a loop that are followed.
const MAX_TURNS: usize = 64;

/// What comes after a turn of a loop.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Turn {
    /// The next turn.
    Next,
    /// The end of the loop.
    Done,
    /// The path left the loop and more.
    Leaves,
}

impl Follower<'_> {
    /// `while` and `until`.
    pub(super) fn repeat(
        &mut self,
        until: bool,
        condition: &List,
        body: &List,
        sh: &mut Shell,
        place: Span,
    ) -> Status {
        let (around, maybe) = (sh.around, sh.maybe.clone());
        sh.around.retried = true;
        sh.around.waiting = wait::is_waiting(condition, body, sh);
        let endless = always(condition) == Some(!until);
        for turn in 0..=MAX_TURNS {
            let (waiting, before) = (sh.around.waiting, sh.around);
            let start = sh.clone();
            sh.around.probing = waiting;
            let status = self.condition(condition, sh);
            sh.around.probing = before.probing;
            if sh.gone.is_some() {
                break;
            }
            let goes_on = if until { status.negated() } else { status };
            match (goes_on.ok, goes_on.assumed) {
                (Some(false), false) => break,
                (Some(false), true) => {
                    // The body runs while a program fails that is taken to succeed.
                    let mut failed = sh.clone();
                    failed.around.conditional = true;
                    widen(body, &mut failed);
                    self.list(body, &mut failed);
                    break;
                }
                (Some(true), false) if turn < MAX_TURNS && !self.is_spent() => {
                    match self.turn(body, sh, place) {
                        Turn::Next if !endless && sh.differs(&start) => {}
                        // Time or another container may end it.
                        Turn::Next if !endless => {
                            self.unknown(Unknown::at(Reason::NothingEnds, place));
                            break;
                        }
                        // It goes round until it is broken off, or for ever.
                        Turn::Next => {
                            if !sh.maybe.breaks && !sh.maybe.returns && !sh.maybe.exits {
                                sh.gone = Some(Jump::Blocked);
                            }
                            widen(body, sh);
                            break;
                        }
                        Turn::Done | Turn::Leaves => break,
                    }
                }
                _ => {
                    let mut once = sh.clone();
                    once.around.conditional = true;
                    widen(condition, &mut once);
                    widen(body, &mut once);
                    self.turn(body, &mut once, place);
                    if once.gone.is_none() {
                        widen(body, &mut once);
                    }
                    sh.meet(vec![sh.clone(), once], place);
                    break;
                }
            }
        }
        self.leave_loop(sh, place);
        let errexit = sh.around.failing.errexit;
        sh.around = around;
        sh.around.failing.errexit = errexit;
        sh.maybe.after_loop(&maybe);
        Status { ok: Some(true), assumed: true }
    }

    /// One turn of a body.
    fn turn(&mut self, body: &List, sh: &mut Shell, place: Span) -> Turn {
        self.list(body, sh);
        let turn = match sh.gone {
            None => Turn::Next,
            Some(Jump::Break(1) | Jump::Continue(1)) => {
                let next = sh.gone == Some(Jump::Continue(1));
                let assumed = sh.shadow.take().is_some();
                sh.gone = None;
                // A turn that ends early because something is taken to succeed is not run again.
                if next && !assumed { Turn::Next } else { Turn::Done }
            }
            Some(Jump::Break(n)) => {
                sh.gone = Some(Jump::Break(n - 1));
                Turn::Leaves
            }
            Some(Jump::Continue(n)) => {
                sh.gone = Some(Jump::Continue(n - 1));
                Turn::Leaves
            }
            Some(_) => Turn::Leaves,
        };
        sh.maybe.skips = false;
        sh.land(place, |jump| jump == Jump::Continue(1));
        turn
    }

    /// Where the jumps out of a loop lead.
    fn leave_loop(&mut self, sh: &mut Shell, place: Span) {
        sh.land(place, |jump| matches!(jump, Jump::Break(1)));
        for (jump, _) in &mut sh.maybe.jumped {
            match jump {
                Jump::Break(n) if *n > 1 => *n -= 1,
                Jump::Continue(n) if *n > 1 => *n -= 1,
                _ => {}
            }
        }
    }

    /// `for name in words`, `select`.
    pub(super) fn each(
        &mut self,
        name: &Text,
        words: Option<&[Word]>,
        select: bool,
        body: &List,
        sh: &mut Shell,
        place: Span,
    ) -> Status {
        let mut values = match words {
            Some(words) => self.argv(words, sh),
            None => (*sh.args).clone(),
        };
        let why = values.iter().find(|v| v.is_unresolved()).and_then(Text::why);
        let tries = values.len() > MAX_TRIES && values.iter().all(|v| v.parse::<u32>().is_ok());
        let open = why.is_some() || select || values.len() > MAX_ITEMS;
        if open || tries {
            let why = why.unwrap_or_else(|| match select {
                true => Reason::ShellForm("what `select` gets").into(),
                false => Reason::Limit("items of a loop").into(),
            });
            values = vec![Text::unresolved(why, name.span())];
        }
        let (around, maybe) = (sh.around, sh.maybe.clone());
        sh.around.retried = true;
        sh.around.waiting |= wait::is_waiting(&List::default(), body, sh);
        if open || tries {
            let value = values.remove(0);
            if tries {
                sh.set(name, value);
                widen(body, sh);
                self.turn(body, sh, place);
            } else {
                let mut once = sh.clone();
                once.around.conditional = true;
                once.set(name, value);
                widen(body, &mut once);
                self.turn(body, &mut once, place);
                if once.gone.is_none() {
                    widen(body, &mut once);
                }
                sh.meet(vec![sh.clone(), once], place);
            }
        } else {
            for value in values {
                sh.set(name, value);
                if self.is_spent() || self.turn(body, sh, place) != Turn::Next {
                    break;
                }
            }
        }
        self.leave_loop(sh, place);
        let errexit = sh.around.failing.errexit;
        sh.around = around;
        sh.around.failing.errexit = errexit;
        sh.maybe.after_loop(&maybe);
        Status { ok: Some(true), assumed: true }
    }

    /// `for ((init; condition; step))`
    pub(super) fn counted(
        &mut self,
        header: &Text,
        body: &List,
        sh: &mut Shell,
        place: Span,
    ) -> Status {
        let mut parts = header.split(';').map(|part| header.slice_of(part));
        let empty = || Text::empty(header.span());
        let init = parts.next().unwrap_or_else(empty);
        let condition = parts.next().unwrap_or_else(empty);
        let step = parts.next().unwrap_or_else(empty);
        let (around, maybe) = (sh.around, sh.maybe.clone());
        sh.around.retried = true;
        sh.around.waiting |= wait::is_waiting(&List::default(), body, sh);
        self.arithmetic(&init, sh);
        for turn in 0..=MAX_TRIES {
            let goes_on = match condition.trim().is_empty() {
                true => Some(true),
                false => self.arithmetic(&condition, sh).map(|v| v != 0),
            };
            match goes_on {
                Some(false) => break,
                Some(true) if turn < MAX_TRIES && !self.is_spent() => {
                    if self.turn(body, sh, place) != Turn::Next {
                        break;
                    }
                    self.arithmetic(&step, sh);
                }
                Some(true) => {
                    widen(body, sh);
                    break;
                }
                None => {
                    let mut once = sh.clone();
                    once.around.conditional = true;
                    widen(body, &mut once);
                    self.turn(body, &mut once, place);
                    sh.meet(vec![sh.clone(), once], place);
                    break;
                }
            }
        }
        self.leave_loop(sh, place);
        let errexit = sh.around.failing.errexit;
        sh.around = around;
        sh.around.failing.errexit = errexit;
        sh.maybe.after_loop(&maybe);
        Status { ok: Some(true), assumed: true }
    }
}

/// What a condition always is: `true`, `:`, `false`, `[ 1 ]`.
fn always(condition: &List) -> Option<bool> {
    use crate::syntax::shell::Command;
    let [item] = condition.items.as_slice() else { return None };
    let value = match &item.command {
        Command::Simple(simple) if simple.assignments.is_empty() => {
            let words: Option<Vec<String>> = simple.words.iter().map(Word::literal).collect();
            match words?.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
                ["true" | ":", ..] => true,
                ["false"] => false,
                ["[", one, "]"] => !one.is_empty(),
                _ => return None,
            }
        }
        Command::Test(words) => match words.as_slice() {
            [one] => !one.literal()?.is_empty(),
            _ => return None,
        },
        Command::Arithmetic { text, .. } => text.trim().parse::<i64>().ok()? != 0,
        _ => return None,
    };
    Some(value != item.negated)
}

/// What a body assigns is not known in any turn but the first.
fn widen(body: &List, sh: &mut Shell) {
    for step in body.all_commands() {
        let simple = step.command;
        for (name, value) in &simple.assignments {
            sh.set(name, Text::unresolved(Reason::Condition, value.span()));
        }
        let first = simple.words.first().and_then(Word::literal).unwrap_or_default();
        let names = match first.as_str() {
            "read" | "local" | "export" | "declare" | "typeset" | "let" | "getopts" => {
                &simple.words[1..]
            }
            _ => &[],
        };
        for word in names {
            let raw = word.raw.as_str();
            let name = raw.split(['=', '+']).next().unwrap_or("").trim_matches(['"', '\'']);
            let plain = name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
            // A `read` sets its names anew in each turn.
            if plain && !name.is_empty() && first != "read" {
                sh.set(name, Text::unresolved(Reason::Condition, word.span()));
            }
        }
    }
}
