//! A comment that silences a rule which says nothing there.

use crate::finding::{Change, ConfigLint, Cure, Finding, Own, Prose, prose};
use crate::rules::{Check, Rule, Sink, meta};

pub(super) static RULE: Rule =
    Rule { meta: &meta::SUPPRESSION_UNUSED, check: Check::Config(check) };

/// The most names that are reported: a change of the rules can leave many idle at once.
const MAX_REPORTED: usize = 1000;

fn check(lint: &ConfigLint, sink: &mut Sink) {
    let comments = lint.suppressions.iter().filter(|c| c.judged && c.broken.is_none());
    let unused = comments.flat_map(|comment| {
        let unused = comment.rules.iter().filter(|s| !s.used);
        unused.filter_map(move |silenced| Some((comment, silenced, silenced.rule?)))
    });
    sink.report_first(MAX_REPORTED, unused.collect(), |(comment, silenced, rule)| {
        let place = if comment.whole_file { "in this file" } else { "here" };
        let help = if comment.rules.len() > 1 {
            "take the name out of the list"
        } else {
            "take the comment out"
        };
        let alone = comment.rules.len() == 1;
        let message = prose!(
            "`{}` finds nothing {}: the comment silences nothing",
            Own(rule.name),
            Own(place)
        );
        Finding::new(RULE.meta, message).label(silenced.span, "").help(help).cure_if(alone.then(
            || {
                Cure::new("remove the comment")
                    .safe()
                    .change(Change::Bytes { at: comment.span, with: Prose::default() })
            },
        ))
    });
}
