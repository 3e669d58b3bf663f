//! The door between a project's bytes and a terminal.
//!
//! A file under check may hold escape sequences that move the cursor or set the clipboard, letters
//! that reverse the line, lines that a CI system takes as commands, and passwords. None of them
//! passes: renderers accept [`SafeText`] alone, and it is made here.

use super::secret;
use crate::finding::{Fragment, Prose, QuoteKind};

/// Text that may be printed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SafeText(String);

impl SafeText {
    /// No text.
    pub fn new() -> Self {
        Self::default()
    }

    /// Text of this program, not of a project.
    pub fn own(text: &'static str) -> Self {
        Self(text.to_owned())
    }

    /// A text from outside, such as an argument: control characters made visible, nothing masked.
    pub fn outside(text: &str) -> Self {
        Self(visible(text))
    }

    /// A sentence about what lies outside of the files that are checked: what it quotes is masked where it looks like a
    /// secret.
    pub fn plain(prose: &Prose) -> Self {
        let mut out = String::new();
        for fragment in prose.fragments() {
            match fragment {
                Fragment::Own(words) => out.push_str(words),
                Fragment::Quote(quote) if quote.kind == QuoteKind::Number => {
                    out.push_str(&quote.text);
                }
                Fragment::Quote(quote) => {
                    out.push_str(&secret::masked(&quote.text, &secret::ranges(&quote.text, &[])));
                }
            }
        }
        Self::outside(&out)
    }

    /// A page of this program with its line breaks; each line as [`SafeText::outside`] takes it.
    pub(super) fn pasted(page: &'static str) -> Self {
        Self(page.lines().map(visible).collect::<Vec<_>>().join("\n"))
    }

    /// A text that was put together from safe parts by something that only knows strings.
    pub(super) fn composed(text: String) -> Self {
        Self(text)
    }

    /// Appends text of this program.
    pub fn push_own(&mut self, text: &'static str) -> &mut Self {
        self.0.push_str(text);
        self
    }

    /// Appends a safe text.
    pub fn push(&mut self, text: &Self) -> &mut Self {
        self.0.push_str(&text.0);
        self
    }

    /// Appends a number.
    pub fn push_number(&mut self, number: usize) -> &mut Self {
        self.0.push_str(&number.to_string());
        self
    }

    /// Appends spaces.
    pub fn push_spaces(&mut self, count: usize) -> &mut Self {
        self.0.extend(std::iter::repeat_n(' ', count));
        self
    }

    /// The text as `write` writes each of its characters, such as with the escapes of a format.
    pub(super) fn rewritten(&self, write: impl Fn(char, &mut String)) -> Self {
        let mut out = String::with_capacity(self.0.len() + self.0.len() / 8);
        self.0.chars().for_each(|c| write(c, &mut out));
        Self(out)
    }

    /// The text without its first `bytes` bytes.
    pub(super) fn strip_bytes(&self, bytes: usize) -> Self {
        Self(self.0.get(bytes..).unwrap_or_default().to_owned())
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether there is no text.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl serde::Serialize for SafeText {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl std::fmt::Display for SafeText {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// How a character is shown where it must not be printed as it is.
pub(super) fn escape(c: char) -> Option<String> {
    match c {
        '\0'..='\u{1f}' => char::from_u32(0x2400 + c as u32).map(String::from),
        '\u{7f}' => Some('\u{2421}'.into()),
        _ if hidden(c) => Some(format!("\\u{{{:X}}}", c as u32)),
        _ => None,
    }
}

/// Characters that are not seen, or that change how others are seen: C1 controls, soft hyphen, joiners, zero-width and
/// bidirectional controls, line separators, tags, selectors of variants, and letters that are drawn as nothing (Unicode
/// 16, `Default_Ignorable_Code_Point`, and the blank of Braille).
pub(super) fn hidden(c: char) -> bool {
    matches!(c, '\u{80}'..='\u{9f}' | '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
        | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
        | '\u{2800}' | '\u{3164}' | '\u{fe00}'..='\u{fe0e}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}'
        | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
}

/// The most marks over one letter that are shown: no language has more, and a stack of them covers the lines above.
const MAX_MARKS: usize = 3;

/// Marks that are drawn over the letter before them.
fn is_mark(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}' | '\u{483}'..='\u{489}' | '\u{1ab0}'..='\u{1aff}' | '\u{1dc0}'..='\u{1dff}'
        | '\u{20d0}'..='\u{20ff}' | '\u{fe20}'..='\u{fe2f}')
}

/// Signs that a picture may precede this one with; anywhere else it is not seen.
fn is_picture(c: char) -> bool {
    matches!(c, '\u{23}' | '\u{2a}' | '0'..='9' | '\u{a9}' | '\u{ae}' | '\u{203c}'..='\u{3299}' | '\u{1f000}'..='\u{1faff}')
}

/// One line in which every control character can be seen, and none is obeyed by a CI system.
pub(super) fn visible(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let (mut before, mut marks) = (None, 0);
    for c in text.chars() {
        marks = if is_mark(c) { marks + 1 } else { 0 };
        // The selector that asks for a picture is seen behind a sign that has one.
        let alone = c == '\u{fe0f}' && !before.is_some_and(is_picture);
        let shown = match escape(c) {
            None if marks > MAX_MARKS || alone => Some(format!("\\u{{{:X}}}", c as u32)),
            shown => shown,
        };
        match shown {
            Some(shown) => out.push_str(&shown),
            None => out.push(c),
        }
        before = Some(c);
    }
    defuse(out)
}

/// GitHub takes `::name …` at the start of a line as a command; GitLab and Azure take `##[name]` and `##vso[name]`, and
/// TeamCity `##teamcity[name …]`, anywhere.
fn defuse(text: String) -> String {
    if !text.contains("::") && !text.contains("##") {
        return text;
    }
    let mut text = text.replace("##[", "##\\x5b");
    for system in ["##vso", "##teamcity"] {
        text = text.replace(&format!("{system}["), &format!("{system}\\x5b"));
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text.as_str();
    let mut before = None;
    while let Some(at) = rest.find("::") {
        let start = rest[..at].chars().next_back().or(before).is_none_or(char::is_whitespace);
        let command = rest[at + 2..].starts_with(|c: char| c.is_ascii_alphabetic());
        out.push_str(&rest[..at]);
        // Text is wrapped later, so any `::name` after white space may come to stand first.
        out.push_str(if start && command { "\\x3a:" } else { "::" });
        before = Some(':');
        rest = &rest[at + 2..];
    }
    out + rest
}
