//! The account of a stack, of a service or of a settings module as one JSON document.

use super::account_document::{
    DjangoDocument, FactDocument, FailureDocument, FaultDocument, InspectDocument, KnownDocument,
    ProcessDocument, ReadDocument, RouteDocument, ServiceAccountDocument, ServiceDocument,
    SettingsAccountDocument, SettingsDocument, StackDocument, StacksDocument, StepDocument,
    UnknownDocument, ValueDocument,
};
use super::guard::Guard;
use super::json::written;
use super::ledger::Show;
use super::safe::SafeText;
use super::secret;
use crate::finding::{
    DjangoAccount, Fact, Finding, PlainKey, PlainValue, ProcessAccount, Prose, ReadAccount, Report,
    ServiceAccount, SettingsAccount, StepAccount, prose,
};
use crate::source::{Known, Sources, Span, Text, Unknown};
use serde_json::{Map, Value, json};
use std::ops::Range;

/// The version of the contract.
const VERSION: u32 = 1;
/// What stands for a value that is not shown.
const NOT_SHOWN: &str = "a secret, which is not shown";

/// The account of every stack as one JSON document, with the services that are `shown`. The report's findings are what
/// Compose does not accept.
pub fn account_json(
    report: &Report,
    shown: &dyn Fn(&ServiceAccount) -> bool,
    sources: &Sources<'_>,
) -> SafeText {
    let show = Documents { show: Show { guard: Guard::new(report, sources), sources } };
    let stacks = report.stacks.iter().enumerate().map(|(number, stack)| {
        let services = stack.account.iter().flat_map(|a| &a.services).filter(|s| shown(s));
        let faults = report.findings.iter().filter(|f| f.stacks.contains(&number));
        StackDocument {
            files: stack
                .files
                .iter()
                .take(stack.own)
                .map(|f| show.show.guard.relative(f))
                .collect(),
            faults: faults.map(|f| show.fault(f)).collect(),
            services: services.map(|s| show.service(s)).collect(),
        }
    });
    let stacks = stacks.collect();
    written(&InspectDocument::Stacks(StacksDocument { schema_version: VERSION, stacks }))
}

/// One service as one JSON document.
pub fn service_json(account: &ServiceAccount, report: &Report, sources: &Sources<'_>) -> SafeText {
    let show = Documents { show: Show { guard: Guard::new(report, sources), sources } };
    let service = show.service(account);
    let document = ServiceDocument { schema_version: VERSION, service };
    written(&InspectDocument::Service(Box::new(document)))
}

/// A settings module as one JSON document.
pub fn settings_json(
    account: &SettingsAccount,
    report: &Report,
    sources: &Sources<'_>,
) -> SafeText {
    let show = Documents { show: Show { guard: Guard::new(report, sources), sources } };
    let settings = show.settings(account);
    written(&InspectDocument::Settings(SettingsDocument { schema_version: VERSION, settings }))
}

/// Makes documents of accounts.
struct Documents<'r> {
    show: Show<'r>,
}

impl Documents<'_> {
    fn place(&self, span: Span) -> String {
        self.show.place(span, false).to_string()
    }

    fn line(&self, text: &Prose) -> String {
        self.show.guard.line(text).to_string()
    }

    fn unknown(&self, why: &Unknown) -> UnknownDocument {
        UnknownDocument {
            reason: self.line(&prose!("{}", why)),
            at: why.place.map(|at| self.place(at)),
        }
    }

    fn fault(&self, finding: &Finding) -> FaultDocument {
        FaultDocument {
            rule: finding.rule.name,
            message: self.line(&finding.message),
            at: finding.labels.first().map(|l| self.place(l.span)),
        }
    }

    fn service(&self, account: &ServiceAccount) -> ServiceAccountDocument {
        ServiceAccountDocument {
            service: self.show.guard.name(&account.name).to_string(),
            at: self.place(account.at),
            image: self.facts(&account.image),
            files: self.facts(&account.files),
            more_variables: account.more_variables.as_ref().map(|why| self.unknown(why)),
            process: self.process(&account.process),
            listens: self.facts(&account.listens),
            reached_by: self.facts(&account.reached_by),
            django: account.django.as_ref().map(|d| self.django(d)),
        }
    }

    fn django(&self, account: &DjangoAccount) -> DjangoDocument {
        let settings = match &account.settings {
            Known::Known(settings) | Known::Partly(settings, _) => Ok(self.settings(settings)),
            Known::Unknown(why) => Err(self.unknown(why)),
        };
        let (settings, settings_unknown) = match settings {
            Ok(settings) => (Some(settings), None),
            Err(why) => (None, Some(why)),
        };
        DjangoDocument {
            module: self.fact(&account.module),
            settings,
            settings_unknown,
            databases: self.facts(&account.databases),
            brokers: self.facts(&account.brokers),
            static_files: self.facts(&account.static_files),
            media: self.facts(&account.media),
        }
    }

    fn settings(&self, account: &SettingsAccount) -> SettingsAccountDocument {
        let file = |f| self.show.guard.relative(&self.show.sources.file(f).path);
        SettingsAccountDocument {
            module: self.show.guard.name(&account.module).to_string(),
            files: account.files.iter().map(|f| file(*f)).collect(),
            values: account.values.iter().map(|f| (self.line(&f.subject), self.value(f))).collect(),
            open: account.open.as_ref().map(|why| self.unknown(why)),
            reads: account.reads.iter().map(|r| self.read(r)).collect(),
            fails: account.fails.as_ref().map(|failure| FailureDocument {
                kind: failure.kind.clone(),
                message: self.line(&failure.message),
                at: failure.at.map(|at| self.place(at)),
            }),
        }
    }

    fn read(&self, read: &ReadAccount) -> ReadDocument {
        ReadDocument {
            name: self.show.guard.name_at(&read.name, read.at).to_string(),
            required: read.required,
            at: self.place(read.at),
            set_at: read.set_at.map(|at| self.place(at)),
            default: read.default.as_ref().map(|d| self.plain(d)),
        }
    }

    fn facts(&self, facts: &[Fact]) -> Vec<FactDocument> {
        facts.iter().map(|f| self.fact(f)).collect()
    }

    fn fact(&self, fact: &Fact) -> FactDocument {
        FactDocument { subject: self.line(&fact.subject), value: self.value(fact) }
    }

    fn value(&self, fact: &Fact) -> ValueDocument {
        let partly = KnownDocument::Partly("partly");
        let (known, value, why) = match fact.known() {
            Known::Known(value) => match self.plain(value) {
                hidden if is_unknown(&hidden) => (partly, Some(hidden), None),
                shown => (KnownDocument::Wholly(true), Some(shown), None),
            },
            Known::Partly(value, why) => (partly, Some(self.plain(value)), Some(why)),
            Known::Unknown(why) => (KnownDocument::Wholly(false), None, Some(why)),
        };
        let why = why.map(|why| self.unknown(&why));
        let possible = fact.uncertain.is_some() && fact.value.why().is_none();
        ValueDocument {
            perhaps: possible.then(|| self.plain(&fact.value)),
            known,
            value,
            at: why.as_ref().and_then(|why| why.at.clone()),
            reason: why.map(|why| why.reason),
            written_at: fact.at.map(|at| self.place(at)),
            route: fact
                .route
                .iter()
                .map(|step| RouteDocument { by: self.line(&step.by), at: self.place(step.at) })
                .collect(),
        }
    }

    /// A value. Values are at most a few levels deep, so recursion is safe.
    fn plain(&self, value: &PlainValue) -> Value {
        let hole = |why: &Unknown| json!({ "unknown": self.line(&prose!("{}", why)) });
        // What protects nothing is shown wherever it is written.
        let text = |text: &Text, secret: bool, weak: bool| match (text.why(), text.resolved()) {
            (Some(why), _) => hole(&why),
            (None, resolved) => {
                let guard = &self.show.guard;
                let known = if weak { Vec::new() } else { guard.secret_parts(text) };
                guard
                    .exact_parts(resolved.unwrap_or_default(), secret, known)
                    .map_or_else(|| json!({ "unknown": NOT_SHOWN }), Value::String)
            }
        };
        match value {
            PlainValue::None => Value::Null,
            PlainValue::Bool(truth) => json!(truth),
            PlainValue::Int(number) => json!(number),
            PlainValue::Float(number) => json!(number),
            PlainValue::Text(t) => text(t, false, false),
            // What protects nothing is shown, so that two accounts can be compared.
            PlainValue::Secret { text: t, weak } => text(t, !weak, *weak),
            PlainValue::Words(words) => json!(self.line(words)),
            // What may have been added may be anywhere.
            PlainValue::List { items, more: Some(why) } => {
                let mut all = vec![hole(why)];
                for item in items {
                    all.extend([self.plain(item), hole(why)]);
                }
                Value::Array(all)
            }
            PlainValue::List { items, more: None } => {
                Value::Array(items.iter().map(|i| self.plain(i)).collect())
            }
            PlainValue::Dict { entries, more } => {
                let mut all: Map<String, Value> =
                    entries.iter().map(|(k, v)| (self.key(k), self.plain(v))).collect();
                if let Some(why) = more {
                    all.insert("<more>".to_owned(), hole(why));
                }
                Value::Object(all)
            }
            PlainValue::Unknown(why) => hole(why),
        }
    }

    /// A key of a dict, as it is.
    fn key(&self, key: &PlainKey) -> String {
        match key {
            PlainKey::Own(word) => (*word).to_owned(),
            PlainKey::Text(text) => secret::masked(text.as_str(), &self.secret_parts(text)),
        }
    }

    /// What of a text is secret, by its places or by itself.
    fn secret_parts(&self, text: &Text) -> Vec<Range<usize>> {
        let found = secret::tokens(text.as_str());
        secret::merge([found, self.show.guard.secret_parts(text)].concat())
    }

    fn process(&self, process: &ProcessAccount) -> ProcessDocument {
        ProcessDocument {
            known: process.is_known(),
            steps: process.steps.iter().map(|step| self.step(step)).collect(),
            unknown: process.unknown.iter().map(|why| self.unknown(why)).collect(),
        }
    }

    fn step(&self, step: &StepAccount) -> StepDocument {
        StepDocument {
            // What is not known of an argument is between `«` and `»`.
            argv: self.show.guard.words(
                &step.argv.iter().map(|word| self.show.guard.pieces(word)).collect::<Vec<_>>(),
            ),
            cwd: step.cwd.as_ref().map(|cwd| self.show.guard.name(cwd).to_string()),
            exec: step.exec,
            background: step.background,
            conditional: step.conditional,
            captured: step.captured,
            at: self.place(step.at),
            starts: step.starts.iter().map(|step| self.step(step)).collect(),
        }
    }
}

fn is_unknown(value: &Value) -> bool {
    matches!(value, Value::Object(entries) if entries.len() == 1 && entries.contains_key("unknown"))
}
