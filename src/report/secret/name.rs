//! How names end that hold secrets: `DB_PASSWORD`, `secretKey`, `AWS_ACCESS_KEY_ID`, `TOKEN_2`.

use super::run;
use crate::facts::telling_part;

/// The end of the name whose telling part begins at `at`, and whether it is that of a password. What follows decides
/// whether it is a name at all: `PASSWORD_FILE` and `TokenAuthentication` go on with something that no value follows.
pub(super) fn end(text: &[u8], at: usize) -> Option<(usize, bool)> {
    let (end, password) = telling_part(text, at)?;
    let digits = end + usize::from(text.get(end) == Some(&b'_'));
    let last = run(text, digits, |b| b.is_ascii_digit());
    Some((if last > digits { last } else { end }, password))
}
