//! An item of an `environment` list that is no `NAME=value`.

use crate::finding::{Change, Confidence, Cure, Finding, NodeEdit, Prose, Quote, YamlValue, prose};
use crate::model::stack::Stack;
use crate::model::stack::environment::{EnvItem, Item};
use crate::rules::{Check, MAX_OF_RULE, Rule, Sink, meta};

pub(super) static RULE: Rule =
    Rule { meta: &meta::ENV_LIST_ITEM_WITHOUT_EQUALS, check: Check::Stack(check) };

fn check(stack: &Stack<'_>, sink: &mut Sink) {
    let items = stack.environment().env_items();
    sink.report_first(MAX_OF_RULE, items.iter().filter_map(judge).collect(), |finding| finding);
}

fn judge(item: &EnvItem) -> Option<Finding> {
    let EnvItem { service, item, span } = item;
    let finding = |message: Prose| Finding::new(&meta::ENV_LIST_ITEM_WITHOUT_EQUALS, message);
    match item {
        Item::Mapping(names) => {
            let name = names.first()?;
            let message = prose!(
                "Compose refuses the file: an item of the environment of {} is a mapping, and must be a text",
                Quote::name(service)
            );
            // `- URL=x: y`
            if let Some(at) = name.find('=') {
                let help = prose!(
                    "put the whole item into quotes:\n    - \"{}=…\"",
                    Quote::name(&name.slice(0..at))
                );
                return Some(
                    finding(message)
                        .label(*span, "the colon and the space make it a mapping")
                        .help(help),
                );
            }
            let help = prose!(
                "write = instead of the colon, or leave out the dash at every variable:\n    - {}=…",
                name
            );
            Some(finding(message).label(*span, "a dash and a colon").help(help))
        }
        Item::Text(text, _) => {
            let name_len = text
                .bytes()
                .take_while(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'.' | b'-'))
                .count();
            let (name, rest) = text.as_str().split_at(name_len);
            if name.is_empty()
                || name.starts_with(|c: char| c.is_ascii_digit())
                || rest.is_empty()
                || rest.starts_with('=')
            {
                return None;
            }
            let name = Quote::name(&text.slice(0..name_len));
            let value = rest.trim_start_matches([':', ' ', '=']).trim();
            let text = prose!("{}={}", name, Quote::value(value).or_at(*span));
            let cure = Cure::new("write = and no spaces around it")
                .change(Change::YamlNode(*span, NodeEdit::Replace(YamlValue::text(text))));
            let finding = |message: Prose| finding(message).cure(cure.clone());
            let lost = prose!(
                "{} does not get {}: without = the whole item is the name of a variable to pass on",
                Quote::name(service),
                name
            );
            let help = prose!("write = and no spaces around it:\n    - {}=…", name);
            if rest.starts_with(':') {
                return Some(finding(lost).label(*span, "a colon where = belongs").help(help));
            }
            let after = rest.trim_start();
            if after.len() == rest.len() || after.is_empty() {
                return None;
            }
            if after.starts_with('=') {
                let message = prose!(
                    "Compose refuses the file: the variable {} of {} is declared with a trailing space",
                    name,
                    Quote::name(service)
                );
                return Some(finding(message).label(*span, "a space before =").help(help));
            }
            Some(
                finding(lost)
                    .label(*span, "a space where = belongs")
                    .help(help)
                    .sure(Confidence::High),
            )
        }
    }
}
