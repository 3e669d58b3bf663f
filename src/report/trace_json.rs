//! The way of a request as one JSON document.

use super::guard::Guard;
use super::json::written;
use super::ledger::Show;
use super::safe::SafeText;
use super::trace_document::{
    AnswerDocument, EndingDocument, KnownDocument, StepDocument, TraceDocument, UnknownDocument,
};
use crate::finding::{Report, Trace, TraceAnswer, TraceEnding, TracePass, TraceStep, prose};
use crate::source::{Sources, Unknown};

const VERSION: u32 = 1;
/// Stands for a value that is not shown.
const HIDDEN: &str = "•••";

/// The way of a request as one JSON document.
pub fn trace_json(trace: &Trace, report: &Report, sources: &Sources<'_>) -> SafeText {
    let documents = Documents { show: Show { guard: Guard::new(report, sources), sources } };
    written(&TraceDocument {
        schema_version: VERSION,
        answer: match &trace.answer {
            Ok(answer) => AnswerDocument::Known(documents.answer(answer)),
            Err(why) => AnswerDocument::Unknown(documents.unknown(why)),
        },
        ending: trace.ending.as_ref().map(|ending| documents.ending(ending)),
        steps: trace.steps.iter().map(|step| documents.step(step)).collect(),
    })
}

struct Documents<'r> {
    show: Show<'r>,
}

impl Documents<'_> {
    fn exact(&self, text: &str) -> String {
        self.show.guard.exact(text, false).unwrap_or_else(|| HIDDEN.to_owned())
    }

    fn unknown(&self, why: &Unknown) -> UnknownDocument {
        UnknownDocument {
            known: false,
            reason: self.show.guard.line(&prose!("{}", why)).to_string(),
            at: why.place.map(|at| self.show.place(at, false).to_string()),
        }
    }

    fn ending(&self, ending: &TraceEnding) -> EndingDocument {
        let unknown = ending.unknown.as_ref().map(|why| self.unknown(why));
        EndingDocument {
            known: unknown.is_none(),
            status: ending.status,
            words: self.show.guard.line(&ending.words).to_string(),
            at: unknown.as_ref().and_then(|u| u.at.clone()),
            reason: unknown.map(|u| u.reason),
        }
    }

    fn step(&self, step: &TraceStep) -> StepDocument {
        StepDocument {
            what: self.show.guard.line(&step.what).to_string(),
            at: step.at.map(|at| self.show.place(at, false).to_string()),
        }
    }

    fn answer(&self, answer: &TraceAnswer) -> KnownDocument {
        match answer {
            TraceAnswer::Pass(pass) => self.pass(pass),
            TraceAnswer::File { path, exists } => {
                KnownDocument::File { path: self.exact(path), exists: *exists }
            }
            TraceAnswer::Return { status, location } => {
                KnownDocument::Return { status: *status, location: self.exact(location) }
            }
            TraceAnswer::Status { status, upstream, looked_at } => KnownDocument::Status {
                status: *status,
                upstream: upstream.as_ref().map(|u| self.exact(u)),
                looked_at: looked_at.as_ref().map(|l| self.exact(l)),
            },
            TraceAnswer::Closed => KnownDocument::Closed,
            TraceAnswer::TlsError => KnownDocument::TlsError,
            TraceAnswer::NoListener => KnownDocument::NoListener,
            TraceAnswer::Down => KnownDocument::Down,
        }
    }

    fn pass(&self, pass: &TracePass) -> KnownDocument {
        let headers = pass.headers.iter().map(|(name, value)| {
            let shown = self.show.guard.exact(&format!("{name}: {value}"), false);
            let shown = shown.and_then(|s| s.strip_prefix(&format!("{name}: ")).map(str::to_owned));
            (name.clone(), shown.unwrap_or_else(|| HIDDEN.to_owned()))
        });
        KnownDocument::Pass {
            upstream: pass.upstream.clone(),
            any_of: pass.any_of.clone(),
            path: pass.path.as_ref().map(|p| self.exact(p)),
            headers: headers.collect(),
            protocol: pass.protocol,
        }
    }
}
