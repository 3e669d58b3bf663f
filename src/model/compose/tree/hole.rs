//! What stands for text that is not known.

/// Stands in a text for a variable that is set nowhere we can see: a private-use character, so that it
/// never meets one that somebody wrote. Compose itself puts in nothing there.
pub const HOLE: char = '\u{e000}';
