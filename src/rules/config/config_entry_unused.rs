//! An entry of the configuration that nothing came of.

use crate::finding::{ConfigLint, Finding};
use crate::rules::{Check, Rule, Sink, meta};

pub(super) static RULE: Rule =
    Rule { meta: &meta::CONFIG_ENTRY_UNUSED, check: Check::Config(check) };

fn check(lint: &ConfigLint, sink: &mut Sink) {
    for entry in &lint.idle {
        sink.report(
            Finding::new(RULE.meta, entry.message.clone())
                .label(entry.span, "")
                .help(entry.help.clone()),
        );
    }
}
