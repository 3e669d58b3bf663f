//! Sentences know what they quote, and nothing that was put together before becomes one.

use super::{Fragment, Insert, Own, Prose, Quote, QuoteKind, prose};
use crate::source::{FileId, Span, Text};
use std::borrow::Cow;

/// Whether a type implements a trait: where it does, a call has two candidates and does not compile.
macro_rules! is_not {
    ($($type:ty),+ => $of:path) => {$({
        trait Candidate<Which> {
            fn call() {}
        }
        struct Implements;
        impl<T: ?Sized> Candidate<()> for T {}
        impl<T: ?Sized + $of> Candidate<Implements> for T {}
        <$type as Candidate<_>>::call();
    })+};
}

#[test]
fn no_string_becomes_a_sentence() {
    is_not!(String, &String, Box<str>, Cow<'static, str>, std::fmt::Arguments<'static> => Into<Prose>);
    // A value for a placeholder says what it is: `Quote::name(&service)`.
    is_not!(String, str, &'static str, Box<str>, Cow<'static, str> => Insert);
}

#[test]
fn each_byte_is_ours_or_a_value_with_its_place() {
    let place = Span::new(FileId(0), 3, 5);
    let host = Text::verbatim(FileId(0), 3, "db");
    let sentence =
        prose!("{} has {} ports, {}: ${NAME} stays", host, 2_usize, Own("which is right"),);
    let quote = |text: &str, origin, kind| {
        Fragment::Quote(Quote { text: text.to_owned(), origin, kind, ..Quote::default() })
    };
    assert_eq!(
        sentence.fragments(),
        [
            quote("db", Some(place), QuoteKind::Value),
            Fragment::Own(" has "),
            quote("2", None, QuoteKind::Number),
            Fragment::Own(" ports, "),
            Fragment::Own("which is right"),
            Fragment::Own(": ${NAME} stays"),
        ]
    );
}
