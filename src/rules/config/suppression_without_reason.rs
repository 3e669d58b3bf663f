//! A comment that silences a rule and does not say why, where the project wants to know.

use crate::finding::{ConfigLint, Finding};
use crate::rules::{Check, Rule, Sink, meta};

pub(super) static RULE: Rule =
    Rule { meta: &meta::SUPPRESSION_WITHOUT_REASON, check: Check::Config(check) };

fn check(lint: &ConfigLint, sink: &mut Sink) {
    let silent = lint
        .suppressions
        .iter()
        .filter(|c| lint.reason_required && !c.reason && c.broken.is_none());
    for comment in silent {
        sink.report(
            Finding::new(RULE.meta, "this comment does not say why the rule is silenced")
                .label(comment.span, "")
                .help("write the reason behind the bracket:\n  # compose-doctor: ignore[db-migrate-never-run] the release job does it"),
        );
    }
}
