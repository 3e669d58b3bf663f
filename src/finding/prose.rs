//! Sentences: constant words of this program, and the values of a project that they quote.
//!
//! A [`Prose`] can only be made of both by [`prose!`](macro@crate::finding::prose), never of a finished string, so that
//! whatever prints one knows which of its bytes the project brought, and from where.

use crate::source::{Span, Text};
use std::hash::{Hash, Hasher};

/// What a person reads: a message, a label, advice, a reason. It may have several lines, and indented ones are code.
///
/// Words that are not constant do not become one:
/// ```
/// # use compose_doctor::internals::finding::Prose;
/// let of = |words: &'static str| Prose::from(words);
/// ```
/// ```compile_fail
/// # use compose_doctor::internals::finding::Prose;
/// let of = |words: &str| Prose::from(words);
/// ```
#[derive(Debug, Clone, Default)]
pub struct Prose {
    pub(super) fragments: Vec<Fragment>,
}

/// A run of a [`Prose`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fragment {
    /// Words of this program.
    Own(&'static str),
    /// A value of the project.
    Quote(Quote),
}

/// A value of the project that a sentence quotes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Quote {
    /// The value as it is: nothing masked, nothing escaped.
    pub text: String,
    /// Where it is written, or what it was made of is; `None` where that is not known.
    pub origin: Option<Span>,
    /// What it is.
    pub kind: QuoteKind,
    /// Which of its bytes were taken from where, by their offset in it: what is secret there is secret here.
    pub pieces: Vec<(usize, Span)>,
}

/// What a quoted value is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum QuoteKind {
    /// What a project calls something: a service, a volume, a variable, a setting, a key, a package.
    Name,
    /// A path or the name of a file.
    Path,
    /// Code or a command line, or a part of one.
    Code,
    /// A number that was counted or worked out.
    Number,
    /// Anything else, such as what a variable is set to.
    #[default]
    Value,
}

/// Words of this program that are chosen at run time, for a placeholder.
#[derive(Debug, Clone, Copy)]
pub struct Own(pub &'static str);

/// What fills a placeholder of [`prose!`](macro@crate::finding::prose).
pub trait Insert {
    /// Appends it.
    fn insert_into(&self, prose: &mut Prose);
}

/// A [`Prose`] of constant words, with values for the placeholders: `prose!("no service is called {}", name)`.
///
/// Only `{}` is a placeholder; other braces stand for themselves. Their number is compared at compile time.
macro_rules! prose {
    ($template:literal $(, $value:expr)* $(,)?) => {{
        const TEMPLATE: &str = $template;
        const VALUES: &[&str] = &[$(stringify!($value)),*];
        const { $crate::finding::check_template(TEMPLATE, VALUES.len()) };
        $crate::finding::Prose::filled(TEMPLATE, &[$(&$value as &dyn $crate::finding::Insert),*])
    }};
}
pub(crate) use prose;

/// Refuses a template that has more or fewer placeholders than values, or braces that only `format!` understands.
pub(crate) const fn check_template(template: &str, values: usize) {
    let bytes = template.as_bytes();
    let mut placeholders = 0;
    let mut i = 0;
    while i < bytes.len() {
        if bytes[i] == b'{' && i + 1 < bytes.len() {
            let mut end = i + 1;
            while end < bytes.len()
                && (bytes[end].is_ascii_lowercase() || matches!(bytes[end], b'_' | b':' | b'?'))
            {
                end += 1;
            }
            if end < bytes.len() && bytes[end] == b'}' {
                if end == i + 1 {
                    placeholders += 1;
                } else {
                    let shell = i > 0 && bytes[i - 1] == b'$';
                    assert!(shell, "write `{{}}` and give the value behind the words");
                }
            }
        }
        i += 1;
    }
    assert!(placeholders == values, "as many placeholders as values");
}

impl Prose {
    /// Constant words with each `{}` filled by the value of that place.
    #[doc(hidden)]
    pub fn filled(template: &'static str, values: &[&dyn Insert]) -> Self {
        let mut all = Self { fragments: Vec::with_capacity(values.len() * 2 + 1) };
        let mut values = values.iter();
        for (index, words) in template.split("{}").enumerate() {
            if index > 0
                && let Some(value) = values.next()
            {
                value.insert_into(&mut all);
            }
            all.push(&Own(words));
        }
        all
    }

    /// Several, with constant words between them.
    pub fn join(parts: impl IntoIterator<Item: Insert>, between: &'static str) -> Self {
        let mut all = Self::default();
        for (index, part) in parts.into_iter().enumerate() {
            if index > 0 {
                all.push(&Own(between));
            }
            part.insert_into(&mut all);
        }
        all
    }

    /// A value, or constant words where there is none.
    pub fn value_or(value: Option<impl Insert>, otherwise: &'static str) -> Self {
        let mut all = Self::default();
        match value {
            Some(value) => all.push(&value),
            None => all.push(&Own(otherwise)),
        }
        all
    }

    /// The words of a command, with a blank between them.
    pub fn command<'w>(words: impl IntoIterator<Item = &'w Text>) -> Self {
        Self::join(words.into_iter().map(Quote::code), " ")
    }

    /// Several, one behind the other.
    pub fn concat(parts: impl IntoIterator<Item: Insert>) -> Self {
        Self::join(parts, "")
    }

    /// Appends something.
    pub fn push(&mut self, part: &dyn Insert) {
        part.insert_into(self);
    }

    /// The same with other words for a character, in our own words as in values: the escapes of a language.
    #[must_use]
    pub fn replaced(&self, from: char, to: &'static str) -> Self {
        let mut all = Self::default();
        for fragment in &self.fragments {
            match fragment {
                Fragment::Own(words) => {
                    for (index, part) in words.split(from).enumerate() {
                        if index > 0 {
                            all.push(&Own(to));
                        }
                        all.push(&Own(part));
                    }
                }
                Fragment::Quote(quote) => {
                    let text = quote.text.replace(from, to);
                    let pieces = if text == quote.text { quote.pieces.clone() } else { Vec::new() };
                    all.push(&Quote { text, pieces, ..*quote });
                }
            }
        }
        all
    }

    /// The same with a place for the values that have none yet.
    #[must_use]
    pub fn or_at(mut self, place: Span) -> Self {
        for fragment in &mut self.fragments {
            if let Fragment::Quote(quote) = fragment {
                quote.origin.get_or_insert(place);
            }
        }
        self
    }

    /// The same with other places for the values that have one; those of `None` have none any more.
    #[must_use]
    pub(crate) fn moved(mut self, to: &dyn Fn(Span) -> Option<Span>) -> Self {
        for fragment in &mut self.fragments {
            if let Fragment::Quote(quote) = fragment {
                quote.origin = quote.origin.and_then(to);
                let to = |(at, span): &(usize, Span)| Some((*at, to(*span)?));
                quote.pieces = quote.pieces.iter().filter_map(to).collect();
            }
        }
        self
    }

    /// The values that it quotes.
    pub(crate) fn quotes_mut(&mut self) -> impl Iterator<Item = &mut Quote> {
        self.fragments.iter_mut().filter_map(|fragment| match fragment {
            Fragment::Quote(quote) => Some(quote),
            Fragment::Own(_) => None,
        })
    }

    /// Its characters.
    pub fn chars(&self) -> impl Iterator<Item = char> {
        self.parts().flat_map(str::chars)
    }

    /// What it is made of, in order.
    pub fn fragments(&self) -> &[Fragment] {
        &self.fragments
    }

    /// Whether it has no text.
    pub fn is_empty(&self) -> bool {
        self.parts().all(str::is_empty)
    }

    /// The whole text, secrets and control characters included: for what makes it safe to print, and for tests.
    pub fn unmasked(&self) -> String {
        self.parts().collect()
    }

    fn parts(&self) -> impl Iterator<Item = &str> {
        self.fragments.iter().map(|f| match f {
            Fragment::Own(words) => words,
            Fragment::Quote(quote) => quote.text.as_str(),
        })
    }

    fn bytes(&self) -> impl Iterator<Item = u8> {
        self.parts().flat_map(str::bytes)
    }
}

impl PartialEq for Prose {
    /// Whether they read the same.
    fn eq(&self, other: &Self) -> bool {
        self.bytes().eq(other.bytes())
    }
}

impl Eq for Prose {}

impl PartialEq<str> for Prose {
    fn eq(&self, other: &str) -> bool {
        self.bytes().eq(other.bytes())
    }
}

impl PartialEq<&str> for Prose {
    fn eq(&self, other: &&str) -> bool {
        *self == **other
    }
}

impl Hash for Prose {
    fn hash<H: Hasher>(&self, state: &mut H) {
        // However it is cut into fragments.
        self.bytes().for_each(|b| state.write_u8(b));
    }
}

impl From<&'static str> for Prose {
    fn from(words: &'static str) -> Self {
        Self { fragments: vec![Fragment::Own(words)] }
    }
}

impl From<Own> for Prose {
    fn from(Own(words): Own) -> Self {
        Self::from(words)
    }
}
