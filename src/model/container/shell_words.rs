//! Which words of a service a shell of its container reads.

use super::Container;
use crate::facts;
use crate::source::{Span, Text};

impl Container<'_> {
    /// Whether a shell reads the word at a place of the command or the health check; `None` when the place is in neither.
    pub fn shell_reads(&self, at: Span) -> Option<bool> {
        let test = self.service.healthcheck.as_ref().and_then(|h| h.test.as_ref());
        if let Some(test) = test.filter(|t| covers(t.span, at)) {
            return match test.words.as_slice() {
                _ if test.from_string => Some(true),
                [kind, ..] if kind.as_str() == "CMD-SHELL" => Some(true),
                [_, words @ ..] => read_by_shell(words, at),
                [] => None,
            };
        }
        read_by_shell(&self.process.argv, at)
    }
}

/// Whether one of the arguments is the line of a shell (`sh -c LINE`), and holds the place.
fn read_by_shell(argv: &[Text], at: Span) -> Option<bool> {
    let index = argv.iter().position(|word| covers(word.span(), at))?;
    let (before, _) = argv.split_at(index);
    let is_line = before.last().is_some_and(|option| {
        option.starts_with('-') && !option.starts_with("--") && option.ends_with('c')
    });
    Some(
        is_line
            && before
                .iter()
                .any(|word| facts::program_is(word.rsplit('/').next().unwrap_or(""), |p| p.shell)),
    )
}

fn covers(outer: Span, inner: Span) -> bool {
    outer.file == inner.file && outer.start <= inner.start && inner.end <= outer.end
}
