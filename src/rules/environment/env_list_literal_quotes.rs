//! Quotes that become part of a value.

use crate::finding::{Change, Confidence, Cure, Finding, Own, Prose, Quote, prose};
use crate::model::django::Cast;
use crate::model::stack::Stack;
use crate::model::stack::environment::{EnvItem, Item};
use crate::rules::{Check, MAX_OF_RULE, Rule, Sink, meta};
use crate::source::Text;

pub(super) static RULE: Rule =
    Rule { meta: &meta::ENV_LIST_LITERAL_QUOTES, check: Check::Stack(check) };

/// The most places that are shown of one service.
const MAX_SHOWN: usize = 6;
/// Words of names whose values a shell or a parser takes apart again, and may want quotes in.
const PARSED: [&str; 13] = [
    "OPTS", "OPT", "OPTIONS", "ARGS", "ARG", "FLAGS", "CMD", "COMMAND", "JSON", "PS1", "RULE",
    "QUERY", "PARAMS",
];

fn check(stack: &Stack<'_>, sink: &mut Sink) {
    let items = stack.environment().env_items();
    let services = items.chunk_by(|a, b| a.service == b.service);
    let services = services.map(|items| items.iter().filter_map(quoted).collect::<Vec<_>>());
    let services = services.filter(|items| !items.is_empty()).collect();
    sink.report_first(MAX_OF_RULE, services, |items| judge(stack, &items));
}

/// An item whose whole value stands in quotes, with its name and the quote.
type Quoted<'i> = (&'i EnvItem, Text, char);

/// The items of one service, of which there is at least one.
fn judge(stack: &Stack<'_>, items: &[Quoted<'_>]) -> Finding {
    let (item, name, quote) = &items[0];
    let service = &item.service;
    let message = prose!(
        "{} gets {} with the quotes in it: in a list they are part of the value",
        Quote::name(service),
        name
    );
    let mut finding = Finding::new(&meta::ENV_LIST_LITERAL_QUOTES, message).label(
        item.span,
        prose!("the value begins and ends with {}", Own(if *quote == '"' { "\"" } else { "'" })),
    );
    for (other, ..) in items.iter().skip(1).take(MAX_SHOWN - 1) {
        finding = finding.label(other.span, "likewise");
    }
    let help =
        prose!("leave the quotes out, or put them around the whole item:\n    - \"{}=…\"", name);
    // Known to be read as it is.
    let read = items.iter().any(|(_, name, _)| read_as_it_is(stack, service, name.as_str()));
    let finding = finding.help(help).cure(unquote(items));
    if read { finding } else { finding.sure(Confidence::Medium) }
}

/// The name and the quote of an item whose whole value stands in quotes.
fn quoted(item: &EnvItem) -> Option<Quoted<'_>> {
    let Item::Text(text, true) = &item.item else { return None };
    let at = text.find('=')?;
    let (name, value) = (text.slice(0..at), &text.as_str()[at + 1..]);
    let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    let inner = value.strip_prefix(quote)?.strip_suffix(quote)?;
    let parsed = name.split('_').any(|part| PARSED.contains(&part.to_ascii_uppercase().as_str()));
    // JSON in quotes, quotes of a shell within quotes.
    let nested = inner.contains(['"', '\''])
        || inner.trim_start().starts_with(['{', '['])
        || inner.contains('`');
    (!parsed && !nested && !name.contains(char::is_whitespace)).then_some((item, name, quote))
}

/// Whether something is known to take the variable's text as it is: a database image, or the settings.
fn read_as_it_is(stack: &Stack<'_>, service: &str, name: &str) -> bool {
    let Some(index) = stack.named(service) else { return false };
    if stack.roles.sql_databases().any(|d| d.container == index) {
        return ["POSTGRES_", "MYSQL_", "MARIADB_"].iter().any(|p| name.starts_with(p));
    }
    let settings =
        stack.roles.django.iter().filter(|d| d.container == index).filter_map(|d| d.settings());
    settings.flat_map(|s| &s.reads).any(|r| r.name == name && r.cast != Cast::Other)
}

/// Takes the quotes out.
fn unquote(items: &[Quoted<'_>]) -> Cure {
    let mut cure = Cure::new("leave the quotes out");
    for (item, ..) in items {
        let Item::Text(text, _) = &item.item else { continue };
        let Some(at) = text.find('=') else { continue };
        for range in [at + 1..at + 2, text.len() - 1..text.len()] {
            let at = text.span_of(range);
            cure = cure.change(Change::Bytes { at, with: Prose::default() });
        }
    }
    cure
}
