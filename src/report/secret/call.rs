//! Secrets among the arguments of a call: `env("KEY", default="v")`, `["--password", "v"]`.

use super::value::Values;
use super::{blank, has, run, run_back, space, word};

/// Arguments between the name and `default=` that are looked at.
const MAX_ARGUMENTS: usize = 4;
/// Bytes of such an argument at most.
const MAX_ARGUMENT_BYTES: usize = 80;

impl Values<'_> {
    /// Takes the default of a call whose first argument is the name that has its telling part at
    /// `start`; `at` is behind the comma.
    pub(super) fn argument(&mut self, start: usize, at: usize) {
        let first = run_back(self.text, start, |b| word(b) || matches!(b, b'.' | b'-'));
        let value = run(self.text, at, space);
        if self.byte(first) == Some(b'-') {
            self.quoted(value, false);
        } else if self.called(first) {
            self.default_argument(value);
        }
    }

    /// Whether the text in quotes that begins at `first` is the first argument of a call. Without a
    /// name before the bracket it is a tuple, such as the fields of a form.
    fn called(&self, first: usize) -> bool {
        let Some(text) = first.checked_sub(1).and_then(|quote| self.text.get(..quote)) else {
            return false;
        };
        let text = text.strip_suffix(b"\\").unwrap_or(text);
        let open = run_back(text, text.len(), space);
        let name = open.checked_sub(1).filter(|bracket| text[*bracket] == b'(');
        let name = name.map(|end| run_back(text, end, blank));
        name.and_then(|end| end.checked_sub(1)).is_some_and(|last| word(text[last]))
    }

    fn default_argument(&mut self, mut at: usize) {
        for _ in 0..MAX_ARGUMENTS {
            if self.quoted(at, false) {
                return;
            }
            let name = at;
            let sign = self.blanks(run(self.text, at, word));
            if has(self.text, name, "default") && self.byte(sign) == Some(b'=') {
                let value = run(self.text, sign + 1, space);
                self.quoted(value, false);
                return;
            }
            let Some(next) = self.next_argument(at) else { return };
            at = next;
        }
    }

    /// Where the next argument begins; `None` when there is none, or when it is far away.
    fn next_argument(&self, at: usize) -> Option<usize> {
        let mut depth = 0_usize;
        for (index, byte) in self.text.get(at..)?.iter().take(MAX_ARGUMENT_BYTES).enumerate() {
            match byte {
                b'(' | b'[' | b'{' => depth += 1,
                b')' | b']' | b'}' => depth = depth.checked_sub(1)?,
                b',' if depth == 0 => return Some(run(self.text, at + index + 1, space)),
                _ => {}
            }
        }
        None
    }
}
