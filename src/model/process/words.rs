//! What the words of a command become (POSIX shell, 2.6; Bash manual, 3.5).

use super::braces;
use super::follow::Follower;
use super::state::Shell;
use crate::finding::prose;
use crate::model::budget::Budget;
use crate::model::path;
use crate::model::search_limit::SearchLimit;
use crate::source::{Known, Piece, Reason, Span, Text, Unknown};
use crate::syntax::shell::{Part, Word};

/// The most words of a command.
pub(super) const MAX_WORDS: usize = 4_096;
/// What a word costs of the folder's budget beside its text, in bytes.
const WORD_COST: usize = 256;
/// Bytes that a word may grow to.
pub(super) const MAX_WORD_BYTES: usize = 64 * 1024;

/// A field that is being put together: runs of text, and whether each is quoted.
#[derive(Debug, Clone, Default)]
pub(super) struct Field {
    pub(super) runs: Vec<(Text, bool)>,
}

impl Field {
    /// The whole text, which stands at `span`.
    pub(super) fn text(&self, span: Span) -> Text {
        match self.runs.as_slice() {
            [(text, _)] => text.clone(),
            runs => {
                let mut all = Text::empty(span);
                runs.iter().for_each(|(text, _)| all.push_text(text));
                all
            }
        }
    }

    /// Whether it holds something that is a pattern where it is not quoted.
    pub(super) fn is_pattern(&self) -> bool {
        self.runs.iter().any(|(text, quoted)| !quoted && text.contains(['*', '?', '[']))
    }

    fn len(&self) -> usize {
        self.runs.iter().map(|(text, _)| text.len()).sum()
    }
}

/// The fields of one word while they are put together.
pub(super) struct Fields {
    pub(super) fields: Vec<Field>,
    /// The last field is still being put together.
    open: bool,
    /// Unquoted values are split.
    split: bool,
    separators: Option<String>,
    span: Span,
}

impl Fields {
    fn new(split: bool, span: Span, separators: Option<String>) -> Self {
        Self { fields: Vec::new(), open: false, split, separators, span }
    }

    /// The field that is being put together.
    fn field(&mut self) -> Option<&mut Field> {
        if !self.open {
            self.fields.push(Field::default());
            self.open = true;
        }
        self.fields.last_mut()
    }

    pub(super) fn add(&mut self, text: Text, quoted: bool) {
        let span = self.span;
        let Some(field) = self.field() else { return };
        if field.len() + text.len() > MAX_WORD_BYTES {
            let why = Text::unresolved(Reason::Limit("one word"), span);
            field.runs = vec![(why, quoted)];
        } else {
            field.runs.push((text, quoted));
        }
    }

    /// Adds what a variable or a substitution gives: split into fields of its own where it is not quoted.
    pub(super) fn value(&mut self, text: Text, quoted: bool) {
        if quoted || !self.split {
            return self.add(text, quoted);
        }
        let separators = self.separators.clone();
        let is_separator = |c: char| match &separators {
            None => matches!(c, ' ' | '\t' | '\n'),
            Some(all) => all.contains(c),
        };
        let mut start = 0;
        let mut at = 0;
        for c in text.chars() {
            if is_separator(c) {
                if at > start {
                    self.add(text.slice(start..at), false);
                } else if !c.is_whitespace() {
                    self.field();
                }
                self.open = false;
                start = at + c.len_utf8();
            }
            at += c.len_utf8();
        }
        if start < text.len() {
            self.add(text.slice(start..text.len()), false);
        }
    }

    /// Adds several values, each a field of its own: `"$@"`. The first and the last join what stands beside them.
    pub(super) fn values(&mut self, values: &[Text], quoted: bool) {
        for (i, value) in values.iter().enumerate() {
            if i > 0 {
                self.open = false;
            }
            if quoted {
                self.add(value.clone(), true);
            } else {
                self.value(value.clone(), false);
            }
        }
    }

    pub(super) fn unresolved(&mut self, why: impl Into<Unknown>, span: Span, quoted: bool) {
        self.add(Text::unresolved(why, span), quoted);
    }

    /// Whether unquoted values are split.
    pub(super) fn splits(&self) -> bool {
        self.split
    }
}

impl Follower<'_> {
    /// The arguments that a word becomes. What is not known of one is unresolved, although it may be several to the
    /// shell, or none.
    pub(super) fn fields(&mut self, word: &Word, sh: &mut Shell) -> Vec<Text> {
        let mut all = Vec::new();
        for word in braces::expand(word, sh.dialect) {
            for field in self.split(&word, sh) {
                if field.is_pattern()
                    && let Some(names) = self.paths(&field, sh)
                {
                    all.extend(names);
                } else {
                    all.push(at_word(field.text(word.span()), word.span()));
                }
            }
        }
        all
    }

    /// The fields before they are held against the files.
    fn split(&mut self, word: &Word, sh: &mut Shell) -> Vec<Field> {
        let separators = match sh.vars.get("IFS").map(Text::resolved) {
            None => None,
            Some(known) => known.map(str::to_owned),
        };
        let mut out = Fields::new(true, word.span(), separators);
        self.parts(word, &mut out, true, sh);
        tilde(word, &mut out.fields);
        out.fields
    }

    /// The one text that a word becomes where it is not split: an assignment, a test, a here-document.
    pub(super) fn text(&mut self, word: &Word, sh: &mut Shell) -> Text {
        let field = self.unsplit(word, sh);
        let text = field.text(word.span());
        text.with_span(word.span())
    }

    /// The same with what is quoted.
    pub(super) fn unsplit(&mut self, word: &Word, sh: &mut Shell) -> Field {
        let mut out = Fields::new(false, word.span(), None);
        self.parts(word, &mut out, true, sh);
        tilde(word, &mut out.fields);
        let mut fields = out.fields.into_iter();
        let mut all = fields.next().unwrap_or_default();
        for field in fields {
            all.runs.push((Text::derived(" ", word.span()), true));
            all.runs.extend(field.runs);
        }
        if all.runs.is_empty() {
            all.runs.push((Text::empty(word.span()), true));
        }
        all
    }

    /// Adds the parts of a word. `own`: the word itself, whose literals are never split.
    pub(super) fn parts(&mut self, word: &Word, out: &mut Fields, own: bool, sh: &mut Shell) {
        for part in &word.parts {
            match part {
                Part::Literal { text, quoted } if own => out.add(text.clone(), *quoted),
                Part::Literal { text, quoted } => out.value(text.clone(), *quoted),
                Part::Variable(v) => self.variable(v, out, own, sh),
                Part::Substitution { body, quoted } => {
                    let value = match self.substitute(body, word.span(), sh) {
                        Known::Known(text) | Known::Partly(text, _) => text,
                        Known::Unknown(why) if why.reason == Reason::CommandOutput => {
                            Text::unresolved(Unknown::at(why.reason, word.span()), word.span())
                        }
                        Known::Unknown(why) => Text::unresolved(why, word.span()),
                    };
                    out.value(value, *quoted);
                }
                Part::Arithmetic(text) => match self.arithmetic(text, sh) {
                    Some(n) => out.add(Text::derived(n.to_string(), word.span()), true),
                    None => out.unresolved(Reason::ShellForm("this sum"), word.span(), true),
                },
                Part::Process(list) => {
                    self.substitute(list, word.span(), sh);
                    out.unresolved(Reason::ShellForm("`<( )`"), word.span(), true);
                }
                Part::Array(_) => out.unresolved(Reason::ShellForm("an array"), word.span(), true),
                Part::Unknown => out.unresolved(Reason::ShellForm("this form"), word.span(), true),
            }
        }
    }

    /// The arguments of a command.
    pub(super) fn argv(&mut self, words: &[Word], sh: &mut Shell) -> Vec<Text> {
        let mut argv = Vec::new();
        for word in words {
            let fields = self.fields(word, sh);
            let affordable = Budget::charge(fields.iter().map(|f| f.len() + WORD_COST).sum());
            argv.extend(fields);
            // `set -- "$@" "$@"` doubles each time.
            if argv.len() > MAX_WORDS {
                too_many(word.span());
            }
            if argv.len() > MAX_WORDS || !affordable {
                break;
            }
        }
        argv.truncate(MAX_WORDS);
        argv
    }

    /// The paths that a pattern fits; `None` where that is not known or nothing fits, so that the pattern stays.
    fn paths(&mut self, field: &Field, sh: &Shell) -> Option<Vec<Text>> {
        let span = field.runs.first()?.0.span();
        let whole = field.text(span);
        let text = whole.resolved()?;
        let absolute = match text.starts_with('/') {
            true => text.to_owned(),
            false => format!("{}/{text}", sh.workdir.as_deref()?),
        };
        let mut found = vec![String::new()];
        for (i, part) in absolute.split('/').enumerate() {
            if i == 0 {
                continue;
            }
            let mut next = Vec::new();
            for folder in &found {
                if !part.contains(['*', '?', '[']) {
                    next.push(format!("{folder}/{part}"));
                    continue;
                }
                let names = self.names_in(&path::join("/", folder), sh)?;
                let pattern = super::patterns::Pattern::of_text(part)?;
                let fits = |n: &String| {
                    pattern.matches(n) && (!n.starts_with('.') || part.starts_with('.'))
                };
                let mut names: Vec<String> = names.into_iter().filter(fits).collect();
                names.sort();
                next.extend(names.into_iter().map(|n| format!("{folder}/{n}")));
            }
            found = next;
        }
        // Of a pattern that has its place in the middle, files must be there to count.
        let written = |found: String| match text.starts_with('/') {
            true => found,
            false => {
                let base =
                    format!("{}/", sh.workdir.as_deref().unwrap_or("").trim_end_matches('/'));
                found.strip_prefix(&base).map_or(found.clone(), str::to_owned)
            }
        };
        let names: Vec<Text> = found.into_iter().map(|f| Text::derived(written(f), span)).collect();
        (!names.is_empty()).then_some(names)
    }
}

/// `~` and `~/…`: the home folder, which is not known.
fn tilde(word: &Word, fields: &mut [Field]) {
    let Some(Part::Literal { text, quoted: false }) = word.parts.first() else { return };
    if text.as_str() != "~" && !text.starts_with("~/") {
        return;
    }
    if let Some(run) = fields.first_mut().and_then(|f| f.runs.first_mut()) {
        let mut home = Text::unresolved(Reason::ShellForm("the home folder"), text.span());
        home.push_text(&text.slice(1..text.len()));
        run.0 = home;
    }
}

/// The places of a word that a variable stands in are those of the word.
fn at_word(text: Text, span: Span) -> Text {
    let same = text.pieces().iter().all(Piece::verbatim);
    let elsewhere = text.pieces().iter().any(|p| p.src.file != span.file);
    if same || elsewhere { text } else { text.with_span(span) }
}

/// Notes that a command has too many words; what follows is not known.
pub(super) fn too_many(span: Span) -> Unknown {
    SearchLimit::note(
        span,
        prose!("a command has more than {} words; the rest is not read", MAX_WORDS),
    );
    Unknown::at(Reason::Limit("words of a command"), span)
}
