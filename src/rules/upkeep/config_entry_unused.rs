//! An entry of the configuration that nothing came of.

use crate::finding::{Finding, Upkeep};
use crate::rules::{Check, Rule, Sink, meta};

pub(super) static RULE: Rule =
    Rule { meta: &meta::CONFIG_ENTRY_UNUSED, check: Check::Upkeep(check) };

fn check(upkeep: &Upkeep, sink: &mut Sink) {
    for entry in &upkeep.idle {
        sink.report(
            Finding::new(RULE.meta, entry.message.as_str())
                .label(entry.span, "")
                .help(entry.help.as_str()),
        );
    }
}
