//! All simple commands of a list, in the order they are written, with what decides whether they run.

use super::{Command, Item, Joined, List, Part, Simple, Word};
use crate::source::Text;

/// What decides whether and how a command runs.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Context<'a> {
    /// It may not run: it stands in a body of `if`, `case` or a loop, in an `elif` condition or after `&&` or `||`.
    pub conditional: bool,
    /// The script does not wait for it: `&` or `coproc`, here or around it.
    pub background: bool,
    /// The innermost function it is part of; it runs where that is called.
    pub in_function: Option<&'a Text>,
    /// It may run more than once: in the body or the condition of a loop.
    pub in_loop: bool,
    /// It is tested by `if`, `elif`, `while` or `until`, so its failure does not end the script.
    pub in_condition: bool,
    /// It stands in `( … )`, where `cd`, `export` and `exit` have no effect outside.
    pub in_subshell: bool,
    /// It stands in `$( … )` or backquotes: its output is what counts.
    pub in_substitution: bool,
}

/// A simple command on the way through a list.
#[derive(Debug, Clone, Copy)]
pub struct Step<'a> {
    pub command: &'a Simple,
    /// The item it is: its joint, `!` and span.
    pub item: &'a Item,
    /// What stands around it.
    pub context: Context<'a>,
}

/// Simple commands in the order they are written; see [`List::simple_commands`].
pub struct Steps<'a> {
    /// Lists that are being walked: the list, the next item, the list's context, and whether the item
    /// before runs conditionally (which a pipe hands on).
    stack: Vec<(&'a List, usize, Context<'a>, bool)>,
    substitutions: bool,
}

impl List {
    /// Every simple command in the order they are written, the bodies of compound commands and
    /// functions included, those in `$( … )` left out.
    pub fn simple_commands(&self) -> Steps<'_> {
        Steps { stack: vec![(self, 0, Context::default(), false)], substitutions: false }
    }

    /// Like [`simple_commands`](Self::simple_commands), with the commands in `$( … )` and
    /// backquotes, each after the command whose word it is part of.
    pub fn all_commands(&self) -> Steps<'_> {
        Steps { substitutions: true, ..self.simple_commands() }
    }
}

impl Word {
    /// The commands in `$( … )` and backquotes of this word, in default values too, but not those
    /// nested in another substitution.
    pub fn substitutions(&self) -> Vec<&List> {
        let mut found = Vec::new();
        let mut words = vec![self];
        while let Some(word) = words.pop() {
            for part in &word.parts {
                match part {
                    Part::Substitution { body, .. } | Part::Process(body) => found.push(body),
                    Part::Array(values) => words.extend(values),
                    Part::Variable(v) => words.extend(v.argument.as_deref()),
                    Part::Literal { .. } | Part::Arithmetic(_) | Part::Unknown => {}
                }
            }
        }
        found
    }
}

impl<'a> Iterator for Steps<'a> {
    type Item = Step<'a>;

    fn next(&mut self) -> Option<Step<'a>> {
        loop {
            let (list, index, around, before) = self.stack.pop()?;
            let Some(item) = list.items.get(index) else { continue };
            let alternative = match item.joined {
                Joined::Then => false,
                Joined::And | Joined::Or => true,
                Joined::Pipe => before,
            };
            self.stack.push((list, index + 1, around, alternative));
            let context = Context {
                conditional: around.conditional || alternative,
                background: around.background || item.background,
                ..around
            };
            if let Some(command) = self.descend(item, context) {
                return Some(Step { command, item, context });
            }
        }
    }
}

impl<'a> Steps<'a> {
    /// Puts the lists in an item on the stack, the first one on top; gives the item's simple command.
    fn descend(&mut self, item: &'a Item, context: Context<'a>) -> Option<&'a Simple> {
        let bottom = self.stack.len();
        let mut push = |list: &'a List, context| self.stack.push((list, 0, context, false));
        let body = Context { conditional: true, ..context };
        let mut words: Vec<&'a Word> = item.redirects.iter().map(|r| &r.target).collect();
        let mut simple = None;
        match &item.command {
            Command::Simple(command) => {
                simple = Some(command);
                words.extend(command.assignments.iter().map(|(_, word)| word));
                words.extend(&command.words);
                words.extend(command.redirects.iter().map(|r| &r.target));
            }
            Command::Group(list) => push(list, context),
            Command::Subshell(list) => push(list, Context { in_subshell: true, ..context }),
            Command::If { arms, otherwise } => {
                for (index, (condition, then)) in arms.iter().enumerate() {
                    push(
                        condition,
                        Context {
                            in_condition: true,
                            conditional: context.conditional || index > 0,
                            ..context
                        },
                    );
                    push(then, body);
                }
                otherwise.iter().for_each(|list| push(list, body));
            }
            Command::While { condition, body: repeated, .. } => {
                push(condition, Context { in_condition: true, in_loop: true, ..context });
                push(repeated, Context { in_loop: true, ..body });
            }
            Command::For { words: values, body: repeated, .. } => {
                words.extend(values.iter().flatten());
                push(repeated, Context { in_loop: true, ..body });
            }
            Command::Case { word, arms } => {
                words.push(word);
                for arm in arms {
                    words.extend(&arm.patterns);
                    push(&arm.body, body);
                }
            }
            Command::Function { name, body } => {
                push(body, Context { in_function: Some(name), ..context })
            }
            Command::ForArithmetic { words: all, body: repeated, .. } => {
                words.extend(all);
                push(repeated, Context { in_loop: true, ..body });
            }
            Command::Test(all) | Command::Arithmetic { words: all, .. } => words.extend(all),
            Command::Opaque => {}
        }
        if self.substitutions {
            let context = Context { in_substitution: true, ..context };
            let mut lists: Vec<_> = words
                .iter()
                .flat_map(|w| w.substitutions())
                .map(|list| (list, 0, context, false))
                .collect();
            lists.append(&mut self.stack.split_off(bottom));
            self.stack.append(&mut lists);
        }
        if let Some(added) = self.stack.get_mut(bottom..) {
            added.reverse();
        }
        simple
    }
}
