//! A URL whose password holds a character that ends the host, and is not encoded.

use crate::finding::{Change, Cure, Finding, Prose, Quote, prose};
use crate::model::stack::Stack;
use crate::rules::{Check, Rule, Sink, meta};

pub(super) static RULE: Rule =
    Rule { meta: &meta::URL_PASSWORD_NOT_ENCODED, check: Check::Stack(check) };

fn check(stack: &Stack<'_>, sink: &mut Sink) {
    for (index, container) in stack.containers.iter().enumerate() {
        for url in stack.environment().malformed_urls(index) {
            let encode = |(at, with): &(crate::source::Span, String)| Change::Bytes {
                at: *at,
                with: prose!("{}", Quote::code(with).or_at(*at)),
            };
            // A place that is not one character of the file cannot be changed by itself.
            let changes = url.encoded.iter().all(|(at, _)| at.len() == 1);
            let cure = changes.then(|| {
                Cure::new("encode the characters in the password")
                    .changes(url.encoded.iter().map(encode))
            });
            let with: Prose = match url.encoded.first() {
                Some((at, with)) => prose!("{}", Quote::code(with).or_at(*at)),
                None => "%2F".into(),
            };
            sink.report(
                Finding::new(
                    &meta::URL_PASSWORD_NOT_ENCODED,
                    prose!(
                        "{} cannot read {}: ValueError: Port could not be cast to integer value: '{}' ends the host",
                        container,
                        Quote::name(&url.name),
                        url.character
                    ),
                )
                .label(url.span, "in the password, and not encoded")
                .help(prose!("write it percent-encoded in the URL: {} for `{}`", with, url.character))
                .cure_if(cure),
            );
        }
    }
}
