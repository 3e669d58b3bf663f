//! Commands that the shell runs itself (POSIX shell, "Special Built-In Utilities"): they change what comes after.

use super::StepKind;
use super::follow::{Cx, Follower};
use crate::model::path;
use crate::source::{Reason, Text};
use crate::syntax::shell::{Part, Simple};
use std::rc::Rc;

impl Follower<'_> {
    /// Does what a builtin command does; `false` where it is none of these.
    pub(super) fn builtin(&mut self, simple: &Simple, words: &[Text], cx: &mut Cx) -> bool {
        let Some(first) = words.first() else { return false };
        match first.as_str() {
            "export" | "local" | "declare" | "typeset" | "readonly" => {
                for word in &words[1..] {
                    if let Some(at) = word.find('=') {
                        Rc::make_mut(&mut cx.vars)
                            .insert(word[..at].to_owned(), word.slice(at + 1..word.len()));
                    }
                }
                // An argument that is not known may set anything, but names of variables are always written out.
                for word in simple.words.iter().skip(1) {
                    if let Some(Part::Literal { text, .. }) = word.parts.first()
                        && let Some(at) = text.find('=')
                        && word.parts.len() > 1
                        && let Some(why) = self.fields(word, cx).iter().find_map(Text::why)
                    {
                        let value = Text::unresolved(why, word.span());
                        Rc::make_mut(&mut cx.vars).insert(text[..at].to_owned(), value);
                    }
                }
            }
            "cd" => {
                cx.workdir = words.get(1).and_then(|w| w.resolved()).and_then(|w| match w {
                    "" => None,
                    w if w.starts_with('/') => Some(path::join("/", w)),
                    w => Some(path::join(cx.workdir.as_deref()?, w)),
                })
            }
            "shift" => {
                let by = words.get(1).and_then(|n| n.parse().ok()).unwrap_or(1);
                cx.args.drain(..cx.args.len().min(by));
            }
            "set" if words.iter().any(|w| w.as_str() == "--") => {
                cx.args =
                    words.iter().skip_while(|w| w.as_str() != "--").skip(1).cloned().collect();
            }
            "set" => {
                let on = |sign: char| {
                    let letters = words.iter().any(|w| {
                        w.starts_with(sign) && w[1..].contains('e') && !w[1..].starts_with(sign)
                    });
                    letters
                        || words.windows(2).any(|w| {
                            w[0].starts_with(sign)
                                && w[0].ends_with('o')
                                && w[1].as_str() == "errexit"
                        })
                };
                if on('-') || on('+') {
                    cx.failing.errexit = on('-');
                }
            }
            // What was sent to the background is done from here on.
            "wait" => {
                let done = self
                    .process
                    .steps
                    .iter_mut()
                    .filter(|s| matches!(s.kind, StepKind::Manage { .. }));
                done.for_each(|s| s.background = false);
            }
            "read" | "unset" => {
                for word in words[1..].iter().filter(|w| !w.starts_with('-')) {
                    let value = match first.as_str() {
                        "unset" => Text::empty(word.span()),
                        _ => Text::unresolved(Reason::ShellForm("what `read` gets"), word.span()),
                    };
                    Rc::make_mut(&mut cx.vars).insert(word.as_str().to_owned(), value);
                }
            }
            "return" => cx.returned |= !cx.conditional,
            "echo" | "printf" | "true" | ":" | "trap" | "[" | "test" | "umask" | "break"
            | "continue" => {}
            "exit" => cx.ended |= !cx.conditional,
            _ => return false,
        }
        true
    }
}

/// Whether an argument of `set` or a shell is a bundle of flags with `e` in it.
pub(super) fn is_flag_e(word: &str) -> bool {
    let flags = word.strip_prefix(['-', '+']).unwrap_or("");
    !flags.is_empty() && flags.contains('e') && flags.bytes().all(|b| b.is_ascii_alphabetic())
}
