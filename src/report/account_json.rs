//! The account of a stack, of a service or of a settings module as one JSON document.

use super::json::written;
use super::ledger::Show;
use super::safe::{Guard, SafeText};
use crate::finding::{
    PlainValue, ProcessAccount, ReadAccount, Report, ServiceAccount, SettingAccount,
    SettingsAccount, prose,
};
use crate::source::{Known, Sources, Span, Text, Unknown};
use serde_json::{Map, Value, json};

/// What stands for a value that is not shown.
const NOT_SHOWN: &str = "a secret, which is not shown";

/// A settings module as one JSON document.
pub fn settings_json(
    account: &SettingsAccount,
    report: &Report,
    sources: &Sources<'_>,
) -> SafeText {
    let show = Show { guard: Guard::new(report, sources), sources };
    let mut document = Map::new();
    document.insert("schema_version".to_owned(), json!(1));
    if let Value::Object(settings) = settings(account, &show) {
        document.extend(settings);
    }
    written(&Value::Object(document))
}

/// One service as one JSON document.
pub fn service_json(account: &ServiceAccount, report: &Report, sources: &Sources<'_>) -> SafeText {
    let show = Show { guard: Guard::new(report, sources), sources };
    let mut document = json!({"schema_version": 1});
    add(&mut document, service(account, &show));
    written(&document)
}

fn service(account: &ServiceAccount, show: &Show<'_>) -> Value {
    json!({
        "service": account.name,
        "at": place(account.at, show),
        "process": process(&account.process, show),
        "settings": account.settings.as_ref().map(|s| settings(s, show)),
    })
}

fn settings(account: &SettingsAccount, show: &Show<'_>) -> Value {
    let values: Map<String, Value> =
        account.values.iter().map(|s| (s.name.clone(), setting(s, show))).collect();
    json!({
        "module": account.module,
        "files": account
            .files
            .iter()
            .map(|f| show.guard.relative(&show.sources.file(*f).path))
            .collect::<Vec<_>>(),
        "values": values,
        "open": account.open.as_ref().map(|why| unknown(why, show)),
        "reads": account.reads.iter().map(|r| read(r, show)).collect::<Vec<_>>(),
        "fails": account.fails.as_ref().map(|f| json!({
            "kind": f.kind,
            "message": show.guard.line(&f.message).as_str(),
            "at": f.at.map(|at| place(at, show)),
        })),
    })
}

fn setting(setting: &SettingAccount, show: &Show<'_>) -> Value {
    let mut out = match setting.known() {
        Known::Known(known) => match value(known, show) {
            Value::Object(hidden) if hidden.len() == 1 && hidden.contains_key("unknown") => {
                json!({"known": "partly", "value": hidden})
            }
            shown => json!({"known": true, "value": shown}),
        },
        Known::Partly(known, why) => {
            let mut out = json!({"known": "partly", "value": value(known, show)});
            add(&mut out, unknown(&why, show));
            out
        }
        Known::Unknown(why) => {
            let mut out = json!({"known": false});
            add(&mut out, unknown(&why, show));
            out
        }
    };
    add(&mut out, json!({"written_at": place(setting.at, show)}));
    out
}

/// Puts the entries of one object into another, where it does not have them.
fn add(into: &mut Value, more: Value) {
    if let (Value::Object(into), Value::Object(more)) = (into, more) {
        for (key, value) in more {
            into.entry(key).or_insert(value);
        }
    }
}

/// A value. Values are at most a few levels deep, so recursion is safe.
fn value(value_of: &PlainValue, show: &Show<'_>) -> Value {
    let hole = |why: &Unknown| json!({"unknown": show.guard.line(&prose!("{}", why)).as_str()});
    let text = |text: &Text, secret: bool| match (text.why(), text.resolved()) {
        (Some(why), _) => hole(&why),
        (None, text) => show
            .guard
            .exact(text.unwrap_or_default(), secret)
            .map_or_else(|| json!({ "unknown": NOT_SHOWN }), Value::String),
    };
    match value_of {
        PlainValue::None => Value::Null,
        PlainValue::Bool(truth) => json!(truth),
        PlainValue::Int(number) => json!(number),
        PlainValue::Float(number) => json!(number),
        PlainValue::Text(t) => text(t, false),
        PlainValue::Secret(t) => text(t, true),
        // What may have been added may be anywhere.
        PlainValue::List { items, more: Some(why) } => {
            let mut all = vec![hole(why)];
            for item in items {
                all.extend([value(item, show), hole(why)]);
            }
            Value::Array(all)
        }
        PlainValue::List { items, more: None } => {
            Value::Array(items.iter().map(|i| value(i, show)).collect())
        }
        PlainValue::Dict { entries, more } => {
            let mut all: Map<String, Value> =
                entries.iter().map(|(k, v)| (k.clone(), value(v, show))).collect();
            if let Some(why) = more {
                all.insert("<more>".to_owned(), hole(why));
            }
            Value::Object(all)
        }
        PlainValue::Unknown(why) => hole(why),
    }
}

fn read(read: &ReadAccount, show: &Show<'_>) -> Value {
    let mut out = json!({
        "name": read.name,
        "required": read.required,
        "at": place(read.at, show),
        "set_at": read.set_at.map(|at| place(at, show)),
    });
    if let Some(default) = &read.default {
        add(&mut out, json!({"default": value(default, show)}));
    }
    out
}

fn unknown(why: &Unknown, show: &Show<'_>) -> Value {
    json!({
        "reason": show.guard.line(&prose!("{}", why)).as_str(),
        "at": why.place.map(|at| place(at, show)),
    })
}

fn place(span: Span, show: &Show<'_>) -> String {
    show.place(span, false).to_string()
}

/// What a container runs.
fn process(process: &ProcessAccount, show: &Show<'_>) -> Value {
    json!({
        "known": process.is_known(),
        "steps": process.steps.iter().map(|step| json!({
            "argv": step.argv.iter().map(|word| argument(word, show)).collect::<Vec<_>>(),
            "cwd": step.cwd,
            "exec": step.exec,
            "background": step.background,
            "conditional": step.conditional,
            "at": place(step.at, show),
        })).collect::<Vec<_>>(),
        "unknown": process.unknown.iter().map(|why| unknown(why, show)).collect::<Vec<_>>(),
    })
}

/// An argument; what is not known of it stands between `«` and `»`.
fn argument(word: &Text, show: &Show<'_>) -> String {
    let mut out = String::new();
    for piece in word.pieces() {
        match piece.unknown() {
            Some(why) => {
                out.push('«');
                out.push_str(&prose!("{}", why).unmasked());
                out.push('»');
            }
            None => {
                let (at, len) = (piece.at as usize, piece.len as usize);
                out.push_str(word.as_str().get(at..at + len).unwrap_or_default());
            }
        }
    }
    show.guard.replacement(&out).unwrap_or(out)
}
