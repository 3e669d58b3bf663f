//! `DEBUG` is a text, and every text but the empty one is true.

use crate::finding::{Change, Cure, Finding, PyValue, PythonEdit, Severity, prose};
use crate::model::django::{Cast, ValueKind};
use crate::model::roles::django::DjangoService;
use crate::model::stack::Stack;
use crate::rules::{Check, Rule, Sink, meta};

pub(super) static RULE: Rule =
    Rule { meta: &meta::DEBUG_ENV_STRING_TRUTHY, check: Check::Django(check) };

fn check(service: &DjangoService, stack: &Stack<'_>, sink: &mut Sink) {
    let Some(settings) = service.settings() else { return };
    let Some(debug) = settings.get("DEBUG") else { return };
    let read = match &debug.value.kind {
        ValueKind::Str(_) => {
            debug.value.reads.iter().find(|r| matches!(r.cast, Cast::Raw | Cast::BoolOfText))
        }
        // A text that went through something unknown may have been parsed there.
        ValueKind::Unknown(_) | ValueKind::Partly(_) => debug.value.reads.iter().find(|r| {
            r.cast == Cast::BoolOfText || r.cast == Cast::Raw && r.span == debug.value.span
        }),
        _ => debug.value.reads.iter().find(|r| r.cast == Cast::BoolOfText).or_else(|| {
            // The default that the read itself gives; a condition or a table may mean anything by the text.
            debug.value.reads.iter().find(|r| {
                let (read, value) = (r.span, debug.value.span);
                let inside =
                    read.file == value.file && read.start <= value.start && value.end <= read.end;
                r.cast == Cast::Raw && r.set_at.is_none() && inside
            })
        }),
    };
    let Some(read) = read else { return };
    let container = stack.container(service.container);
    let answer = container.environment.answer(&read.name).text();
    let text = answer.or_else(|| read.set_at.clone());
    let falsy = text.as_ref().is_some_and(|t| {
        matches!(
            t.trim().to_ascii_lowercase().as_str(),
            "false" | "0" | "no" | "off" | "f" | "n" | "none"
        )
    });
    let message = match &text {
        Some(text) if falsy => prose!(
            "DEBUG stays on although {} is \"{}\": a text that is not empty is true",
            read,
            text
        ),
        _ => prose!(
            "DEBUG cannot be switched off with {}=False: a text that is not empty is true",
            read
        ),
    };
    let why = match read.cast {
        Cast::BoolOfText => "bool() of a text is true unless it is empty",
        _ => "a text, not a boolean",
    };
    let finding =
        Finding::new(&meta::DEBUG_ENV_STRING_TRUTHY, message).label(debug.value.span, why);
    // An empty text is the only one that is false.
    let is_empty = text.as_ref().is_some_and(|t| t.is_empty());
    let finding = finding.label_if(
        container.environment.written_at(&read.name).filter(|_| !is_empty),
        if falsy { "meant to switch it off" } else { "this text is true as well" },
    );
    let finding =
        finding.help(prose!("compare the text:\n    DEBUG = os.environ.get('{}', '').lower() in {'1', 'true', 'yes', 'on'}", read));
    // The value may be the default that the call is given.
    let (value, call) = (debug.value.span, read.span);
    let inside = call.file == value.file && call.start <= value.start && value.end <= call.end;
    let whole = if inside { call } else { value };
    let code = prose!("os.environ.get('{}', '').lower() in {'1', 'true', 'yes', 'on'}", read);
    let cure = Cure::new("compare the variable's text")
        .change(Change::Python(PythonEdit::Replace(whole, PyValue::Code(code))));
    let hosts = super::hosts_without_debug(settings, debug.name_span).filter(|_| falsy);
    let finding = finding.cure(match hosts {
        Some(hosts) => cure.change(hosts).also(super::ADD_HOSTS),
        None => cure,
    });
    sink.report(if falsy { finding } else { finding.at_most(Severity::Warning) });
}
