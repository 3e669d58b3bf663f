//! Lines of env files.

use super::draft::Draft;
use crate::syntax::dotenv::EnvFile;

/// Sets a variable: where it is set last, else in a line of its own at the end.
pub(super) fn set(draft: &mut Draft, name: &str, value: &str) -> Option<()> {
    let line = assignment(name, value)?;
    let env = EnvFile::read(&draft.file().body());
    match env.get(name).map(|e| e.span) {
        Some(span) => draft.replace(span.range(), &line),
        None => draft.add_at_end(&line),
    }
    Some(())
}

/// `NAME=value`, quoted so that Compose and shells read the value back.
pub(super) fn assignment(name: &str, value: &str) -> Option<String> {
    let plain = |c: char| c.is_alphanumeric() || "-_./:,@%+?&*[]()!~^{}= ".contains(c);
    let bare = |c: char| c.is_alphanumeric() || "-_./:,@%+?&*!~^=".contains(c);
    if value.chars().all(bare) {
        Some(format!("{name}={value}"))
    } else if value.chars().all(|c| plain(c) || "$#\"`\\".contains(c)) {
        Some(format!("{name}='{value}'"))
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::{MemoryFiles, Sources};

    #[test]
    fn a_variable_has_one_line() {
        for (text, name, value, want) in [
            ("A=1\nB=2\n", "A", "3", "A=3\nB=2\n"),
            ("A=1\r\n", "B", "x y", "A=1\r\nB='x y'\r\n"),
            ("A=1", "B", "x", "A=1\nB=x"),
            ("export A=1 # why\n", "A", "2", "export A=2 # why\n"),
            ("A=1\nA='2'\n", "A", "a$b", "A=1\nA='a$b'\n"),
            ("", "A", "", "A=\n"),
        ] {
            let files = MemoryFiles::new();
            let mut draft = Draft::new(Sources::new(&files).add(".env", text));
            assert_eq!(set(&mut draft, name, value), Some(()));
            assert_eq!(draft.text(), want);
        }
    }
}
