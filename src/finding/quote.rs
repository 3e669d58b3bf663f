//! What can be quoted in a sentence, and as what.

use super::prose::{Fragment, Insert, Own, Prose, Quote, QuoteKind};
use crate::source::{RelPath, Span, Spanned, Text};
use std::borrow::Cow;

/// A text of the project, perhaps with its place.
pub trait Quoted {
    /// The text.
    fn text(&self) -> &str;

    /// Where it is written, if that is known.
    fn origin(&self) -> Option<Span> {
        None
    }
}

impl Quote {
    fn new(value: &(impl Quoted + ?Sized), kind: QuoteKind) -> Self {
        let pieces = Vec::new();
        Self { text: value.text().to_owned(), origin: value.origin(), kind, pieces }
    }

    /// What a project calls something.
    pub fn name(name: &(impl Quoted + ?Sized)) -> Self {
        Self::new(name, QuoteKind::Name)
    }

    /// A path or the name of a file.
    pub fn path(path: &(impl Quoted + ?Sized)) -> Self {
        Self::new(path, QuoteKind::Path)
    }

    /// Code, or a command line.
    pub fn code(code: &(impl Quoted + ?Sized)) -> Self {
        Self::new(code, QuoteKind::Code)
    }

    /// What something is set to.
    pub fn value(value: &(impl Quoted + ?Sized)) -> Self {
        Self::new(value, QuoteKind::Value)
    }

    /// The same with where its bytes were taken from.
    #[must_use]
    pub fn made_of(self, pieces: Vec<(usize, Span)>) -> Self {
        Self { pieces, ..self }
    }

    /// The same with a place, where it has none yet.
    #[must_use]
    pub fn or_at(self, place: Span) -> Self {
        Self { origin: self.origin.or(Some(place)), ..self }
    }
}

impl std::ops::Deref for Quote {
    type Target = str;

    fn deref(&self) -> &str {
        &self.text
    }
}

impl Quoted for str {
    fn text(&self) -> &str {
        self
    }
}

impl Quoted for String {
    fn text(&self) -> &str {
        self
    }
}

impl Quoted for Cow<'_, str> {
    fn text(&self) -> &str {
        self
    }
}

impl Quoted for Text {
    fn text(&self) -> &str {
        self.as_str()
    }

    fn origin(&self) -> Option<Span> {
        Some(self.span())
    }
}

impl Quoted for RelPath {
    /// As it is displayed: `.` for the root.
    fn text(&self) -> &str {
        if self.is_root() { "." } else { self.as_str() }
    }
}

impl<T: Quoted> Quoted for Spanned<T> {
    fn text(&self) -> &str {
        self.value.text()
    }

    fn origin(&self) -> Option<Span> {
        Some(self.span)
    }
}

impl<T: Quoted + ?Sized> Quoted for &T {
    fn text(&self) -> &str {
        (**self).text()
    }

    fn origin(&self) -> Option<Span> {
        (**self).origin()
    }
}

impl Insert for Prose {
    fn insert_into(&self, prose: &mut Prose) {
        prose.fragments.extend(self.fragments.iter().cloned());
    }
}

impl Insert for Own {
    fn insert_into(&self, prose: &mut Prose) {
        if !self.0.is_empty() {
            prose.fragments.push(Fragment::Own(self.0));
        }
    }
}

impl Insert for Quote {
    fn insert_into(&self, prose: &mut Prose) {
        prose.fragments.push(Fragment::Quote(self.clone()));
    }
}

impl<T: Insert + ?Sized> Insert for &T {
    fn insert_into(&self, prose: &mut Prose) {
        (**self).insert_into(prose);
    }
}

/// Types that say by themselves what they are.
macro_rules! insert_as {
    ($($kind:ident: $($type:ty),+;)+) => {$($(
        impl Insert for $type {
            fn insert_into(&self, prose: &mut Prose) {
                Quote::new(self, QuoteKind::$kind).insert_into(prose);
            }
        }
    )+)+};
}

insert_as! {
    Value: Text, Spanned<String>;
    Path: RelPath, Spanned<RelPath>;
}

/// A sign of a language.
impl Insert for char {
    fn insert_into(&self, prose: &mut Prose) {
        let sign = Quote { text: self.to_string(), kind: QuoteKind::Code, ..Quote::default() };
        sign.insert_into(prose);
    }
}

/// Numbers are worked out, wherever they come from.
macro_rules! insert_numbers {
    ($($type:ty),+) => {$(
        impl Insert for $type {
            fn insert_into(&self, prose: &mut Prose) {
                let text = self.to_string();
                let number = Quote { text, kind: QuoteKind::Number, ..Quote::default() };
                number.insert_into(prose);
            }
        }
    )+};
}

insert_numbers!(u8, u16, u32, u64, usize, i32, i64, i128);
