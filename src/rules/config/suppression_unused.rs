//! A comment that silences a rule which says nothing there.

use crate::finding::{ConfigLint, Finding};
use crate::rules::{Check, Rule, Sink, meta};

pub(super) static RULE: Rule =
    Rule { meta: &meta::SUPPRESSION_UNUSED, check: Check::Config(check) };

/// The most comments that are looked at.
const MAX_COMMENTS: usize = 1000;

fn check(lint: &ConfigLint, sink: &mut Sink) {
    for comment in
        lint.suppressions.iter().filter(|c| c.judged && c.broken.is_none()).take(MAX_COMMENTS)
    {
        let place = if comment.whole_file { "in this file" } else { "here" };
        for silenced in comment.rules.iter().filter(|s| !s.used) {
            let Some(rule) = silenced.rule else { continue };
            let help = if comment.rules.len() > 1 {
                "take the name out of the list"
            } else {
                "take the comment out"
            };
            sink.report(
                Finding::new(
                    RULE.meta,
                    format!("`{}` finds nothing {place}: the comment silences nothing", rule.name),
                )
                .label(silenced.span, "")
                .help(help),
            );
        }
    }
}
