//! The environment ledger as one JSON document.

use super::env_document::{
    EnvDocument, ReadDocument, ServiceEnvDocument, SetDocument, VariableDocument,
};
use super::json::written;
use super::ledger::{Show, effective};
use super::safe::SafeText;
use crate::finding::{Ledger, Reader, Report, Setter, Variable, Worth, prose};
use crate::source::{Sources, Span, Unknown};

/// The ledger as one JSON document.
pub fn ledger_json(ledger: &Ledger, report: &Report, sources: &Sources<'_>) -> SafeText {
    let show = Show::new(report, sources);
    let place = |span: Span| show.place(span, false).to_string();
    let variable = |v: &Variable| {
        let value = |worth: &Worth| show.value(v, worth).map(|t| t.to_string());
        VariableDocument {
            state: v.state.as_str(),
            secret: v.secret,
            value: effective(v).and_then(value),
            set: v
                .set
                .iter()
                .enumerate()
                .map(|(index, s)| SetDocument {
                    by: Setter::as_str(s.by),
                    place: place(s.span),
                    value: value(&s.worth),
                    via: s.via.iter().map(|v| place(*v)).collect(),
                    from_shell: s.shell,
                    wins: index + 1 == v.set.len(),
                })
                .collect(),
            read: v
                .read
                .iter()
                .map(|r| ReadDocument {
                    by: r.by.as_str(),
                    program: if let Reader::Program(name) = r.by { Some(name) } else { None },
                    place: r.span.map(place),
                    cast: r.cast,
                    default: r.default.as_ref().and_then(value),
                    required: r.required,
                })
                .collect(),
        }
    };
    let reason = |why: &Unknown| show.guard.line(&prose!("{}", why)).to_string();
    let services = ledger.services.iter().map(|s| ServiceEnvDocument {
        service: show.guard.name(&s.service).to_string(),
        variables: s.variables.iter().map(|v| (show.name(v).to_string(), variable(v))).collect(),
        more_may_be_set: s.open.as_ref().map(&reason),
        readers_not_known: s.unread.as_ref().map(&reason),
    });
    written(&EnvDocument { schema_version: 1, services: services.collect() })
}
