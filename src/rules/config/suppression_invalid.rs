//! A comment for this tool that silences nothing, because it is not understood.

use crate::finding::{ConfigLint, Finding};
use crate::rules::{Check, Rule, Sink, meta};

pub(super) static RULE: Rule =
    Rule { meta: &meta::SUPPRESSION_INVALID, check: Check::Config(check) };

/// The most comments that are spoken of.
const MAX_COMMENTS: usize = 100;
const FORM: &str =
    "write it as in:\n  # compose-doctor: ignore[db-migrate-never-run] the release job does it";

fn check(lint: &ConfigLint, sink: &mut Sink) {
    for comment in lint
        .suppressions
        .iter()
        .filter(|c| c.broken.is_some() || c.rules.iter().any(|s| s.rule.is_none()))
        .take(MAX_COMMENTS)
    {
        if let Some(why) = comment.broken {
            sink.report(
                Finding::new(RULE.meta, format!("this comment silences nothing: {why}"))
                    .label(comment.span, "")
                    .help(FORM),
            );
        }
        for silenced in comment.rules.iter().filter(|s| s.rule.is_none()) {
            let help = match silenced.near {
                Some(near) => format!("did you mean `{near}`?"),
                None => "`compose-doctor rules` lists all rules".to_owned(),
            };
            sink.report(
                Finding::new(
                    RULE.meta,
                    format!("this comment silences nothing: there is no rule `{}`", silenced.name),
                )
                .label(silenced.span, "")
                .help(help),
            );
        }
    }
}
