//! A comment for this tool that silences nothing, because it is not understood.

use crate::finding::{Change, ConfigLint, Cure, Finding, Own, Quote, prose};
use crate::rules::{Check, MAX_OF_RULE, Rule, Sink, meta};

pub(super) static RULE: Rule =
    Rule { meta: &meta::SUPPRESSION_INVALID, check: Check::Config(check) };

const FORM: &str =
    "write it as in:\n  # compose-doctor: ignore[db-migrate-never-run] the release job does it";

fn check(lint: &ConfigLint, sink: &mut Sink) {
    let mut findings = Vec::new();
    for comment in &lint.suppressions {
        if let Some(why) = comment.broken {
            findings.push(
                Finding::new(RULE.meta, prose!("this comment silences nothing: {}", Own(why)))
                    .label(comment.span, "")
                    .help(FORM),
            );
        }
        for silenced in comment.rules.iter().filter(|s| s.rule.is_none()) {
            let help = match silenced.near {
                Some(near) => prose!("did you mean `{}`?", Own(near)),
                None => prose!("`compose-doctor rules` lists all rules"),
            };
            findings.push(
                Finding::new(
                    RULE.meta,
                    prose!(
                        "this comment silences nothing: there is no rule `{}`",
                        Quote::name(&silenced.name)
                    ),
                )
                .label(silenced.span, "")
                .help(help)
                .cure_if(silenced.near.map(|near| {
                    Cure::new("name the rule that exists")
                        .change(Change::Bytes { at: silenced.span, with: near.into() })
                })),
            );
        }
    }
    sink.report_first(MAX_OF_RULE, findings, |finding| finding);
}
