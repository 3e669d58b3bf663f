//! Known findings that are gone: the file that excuses them would excuse them again.

use crate::finding::{ConfigLint, Finding, prose};
use crate::rules::{Check, Rule, Sink, meta};

pub(super) static RULE: Rule =
    Rule { meta: &meta::BASELINE_ENTRY_STALE, check: Check::Config(check) };

/// How many entries are shown.
const MAX_SHOWN: usize = 5;

fn check(lint: &ConfigLint, sink: &mut Sink) {
    let message = match lint.stale.len() {
        0 => return,
        1 => prose!("an entry of the baseline matches nothing any more"),
        many => prose!("{} entries of the baseline match nothing any more", many),
    };
    let mut finding = Finding::new(RULE.meta, message);
    for span in lint.stale.iter().take(MAX_SHOWN) {
        finding = finding.label(*span, "this was mended");
    }
    sink.report(
        finding.help("write the file anew, so that what was mended cannot come back unseen:\n  compose-doctor check . --update-baseline"),
    );
}
