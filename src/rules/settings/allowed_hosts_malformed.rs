//! Entries of ALLOWED_HOSTS that no request can match.

use crate::finding::{
    Change, Confidence, Cure, Finding, Own, Prose, PyValue, PythonEdit, Quote, Severity, prose,
};
use crate::model::django::{Value, ValueKind};
use crate::model::roles::django::DjangoService;
use crate::model::stack::Stack;
use crate::rules::{Check, MAX_LISTED, Rule, Sink, changes, meta};
use crate::source::Span;

pub(super) static RULE: Rule =
    Rule { meta: &meta::ALLOWED_HOSTS_MALFORMED, check: Check::Django(check) };

/// Django's first release that refuses ALLOWED_HOSTS of another type than a list or a tuple (`tuple_settings` in
/// django/conf/__init__.py).
const TYPE_CHECKED_SINCE: &str = "4.0";
/// So many hosts of one character are the letters of a string.
const MIN_LETTERS: usize = 3;
/// The most characters of a value that a message repeats.
const MAX_SHOWN_CHARS: usize = 60;

fn check(service: &DjangoService, stack: &Stack<'_>, sink: &mut Sink) {
    let Some(settings) = service.settings() else { return };
    let Some(hosts) = settings.get("ALLOWED_HOSTS").filter(|h| h.is_certain()) else { return };
    if let ValueKind::Str(text) = &hosts.value.kind {
        let packages = stack.container(service.container).packages.as_ref();
        let django = packages.and_then(|p| p.get("django"));
        // Before, Django looked at the characters of a string as if each were an entry.
        let checked = django.is_none_or(|d| d.newest_is_since(TYPE_CHECKED_SINCE) != Some(false));
        if text.is_empty() || !checked && text.as_str().contains('*') {
            return;
        }
        sink.report(if checked {
            as_string(service, stack, &hosts.value, hosts.name_span)
        } else {
            as_letters(service, stack, &hosts.value, hosts.name_span)
        });
        return;
    }
    let Some(items) = hosts.value.items() else { return };
    if items.iter().any(|i| i.as_str() == Some("*")) {
        return;
    }
    // `list("localhost")`: no host has a name of one character.
    let letter = |i: &Value| i.as_str().is_some_and(|t| t.chars().count() == 1);
    if items.len() >= MIN_LETTERS && !hosts.value.is_open() && items.iter().all(letter) {
        sink.report(as_letters(service, stack, &hosts.value, hosts.name_span));
        return;
    }
    let (dead, alive): (Vec<&Value>, Vec<&Value>) =
        items.iter().partition(|i| i.as_str().is_some_and(|t| flaw(t).is_some()));
    let Some(first) = dead.first() else { return };
    let Some((text, why)) = first.as_str().and_then(|t| Some((t, flaw(t)?))) else { return };
    let read = hosts.value.all_reads().into_iter().find(|r| r.set_at.is_some());
    let place =
        read.and_then(|r| stack.container(service.container).environment.written_at(&r.name));
    let shown = text.trim();
    let message = prose!(
        "{} never matches in ALLOWED_HOSTS: {}; that host is answered with 400 Bad Request",
        name(shown, first.span),
        Own(why)
    );
    let mut finding = Finding::new(&meta::ALLOWED_HOSTS_MALFORMED, message);
    finding = finding.label(place.unwrap_or(first.span), why);
    for more in
        dead.iter().skip(1).take(MAX_LISTED).filter(|v| place.is_none() && v.span != first.span)
    {
        finding = finding.label(more.span, more.as_str().and_then(flaw).unwrap_or("as well"));
    }
    if place.is_some() {
        finding = finding.label(hosts.name_span, "taken from there");
    }
    let cure = match host_of(shown) {
        Some(host) => prose!(
            "write the host alone, without scheme, port or path: '{}'",
            Quote::name(host).or_at(first.span)
        ),
        None => prose!("write one host in each entry, without scheme, port, path or space"),
    };
    let edits: Option<Vec<Change>> = dead
        .iter()
        .map(|item| {
            let ValueKind::Str(text) = &item.kind else { return None };
            let host = host_of(text.as_str().trim())?;
            let with = prose!("{}", Quote::name(host.trim_start_matches('*')).or_at(item.span));
            changes::verbatim(text).map(|at| Change::Replace { at, with })
        })
        .collect();
    finding = finding.help(cure).cure_if(edits.map(|edits| {
        Cure::new("write the hosts alone, without scheme, port or path").changes(edits)
    }));
    // With DEBUG on and no entry at all localhost would do; with entries only they count.
    let only = alive.iter().all(|v| v.as_str() == Some("")) && !hosts.value.is_open();
    finding = if only { finding } else { finding.at_most(Severity::Warning) };
    sink.report(if hosts.value.is_open() { finding.sure(Confidence::Medium) } else { finding });
}

fn as_letters(service: &DjangoService, stack: &Stack<'_>, value: &Value, name: Span) -> Finding {
    let message = "ALLOWED_HOSTS has a host for each letter: every request is answered with 400 Bad Request: Invalid HTTP_HOST header";
    let written = stack.environment().written(service, value).span;
    let (taken, cure) = match &value.kind {
        ValueKind::Str(_) => ("a text, not a list: each character is an entry", as_list(value)),
        _ => ("takes the string apart, character by character", None),
    };
    let help = match value.all_reads().first() {
        Some(read) => prose!(
            "split the string where its commas are:\n    ALLOWED_HOSTS = os.environ['{}'].split(',')",
            read
        ),
        None => prose!("write a list:\n    ALLOWED_HOSTS = ['localhost', '127.0.0.1']"),
    };
    Finding::new(&meta::ALLOWED_HOSTS_MALFORMED, message)
        .label(value.span, taken)
        .label(name, "no request has such a host")
        .label_if((written != value.span).then_some(written), "its value comes from here")
        .cure_if(cure)
        .help(help)
}

fn as_string(service: &DjangoService, stack: &Stack<'_>, value: &Value, name: Span) -> Finding {
    let message = prose!(
        "{} does not start: ImproperlyConfigured: The ALLOWED_HOSTS setting must be a list or a tuple.",
        stack.container(service.container)
    );
    Finding::new(&meta::ALLOWED_HOSTS_MALFORMED, message)
        .label(name, "a text, not a list")
        .label_if((stack.environment().written(service, value).span != name).then(|| stack.environment().written(service, value).span), "its value comes from here")
        .cure_if(as_list(value))
        .help("make a list of it:\n    ALLOWED_HOSTS = os.environ.get('ALLOWED_HOSTS', '').split(',')")
}

/// The hosts of a text as a list.
fn as_list(value: &Value) -> Option<Cure> {
    value.reads.is_empty().then(|| {
        let hosts = value.as_str().unwrap_or_default().split(',').map(str::trim);
        let hosts = hosts.filter(|h| !h.is_empty());
        let hosts = hosts.map(|h| PyValue::Text(prose!("{}", Quote::name(h).or_at(value.span))));
        Cure::new("make a list of it")
            .change(Change::Python(PythonEdit::Replace(value.span, PyValue::List(hosts.collect()))))
    })
}

/// The host in what looks like a URL.
fn host_of(text: &str) -> Option<&str> {
    let rest = text.split_once("://").map_or(text, |(_, rest)| rest);
    let host = rest.split(['/', ':', '?']).next()?.trim();
    let plain = !host.is_empty()
        && host.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '*'));
    plain.then_some(host)
}

/// The entry for a message; a long one is cut.
fn name(text: &str, place: Span) -> Prose {
    let short: String = text.chars().take(MAX_SHOWN_CHARS).collect();
    prose!("`{}`", Quote::value(&short).or_at(place))
}

/// Why Django compares no host with this as equal (`validate_host`: the host of a request has neither scheme, port,
/// path nor space).
fn flaw(text: &str) -> Option<&'static str> {
    if text.trim().is_empty() {
        return None;
    }
    if text.contains("://") {
        Some("a host has no scheme")
    } else if text.contains('/') {
        Some("a host has no path")
    } else if text != text.trim() {
        Some("the space before or after it counts")
    } else if text.contains([' ', ',', ';']) {
        Some("these are several hosts in one text")
    } else if !text.starts_with('[') && text.matches(':').count() == 1 {
        Some("a host has no port here")
    } else if text.starts_with("*.") {
        Some("a leading dot stands for all names below, `*.` for none")
    } else if matches!(text.as_bytes(), [b'\'' | b'"', ..]) {
        Some("the quotes count as part of the name")
    } else {
        None
    }
}
