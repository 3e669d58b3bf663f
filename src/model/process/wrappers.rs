//! Programs that only start another program.

use crate::facts::{self, WRAPPERS, Wrapper};
use crate::source::Text;

/// The wrapped command; `None` when `name` wraps nothing here.
pub(super) fn strip(name: &str, argv: &[Text]) -> Option<Vec<Text>> {
    WRAPPERS.iter().filter(|w| w.name == name).find_map(|w| {
        let rest = argv.get(strip_one(w, argv)?..)?.iter().cloned();
        let python = w.python.then(|| Text::derived("python", argv[0].span()));
        Some(python.into_iter().chain(rest).collect())
    })
}

fn strip_one(wrapper: &Wrapper, argv: &[Text]) -> Option<usize> {
    let mut at = 1;
    let mut words = wrapper.words.iter();
    let mut word = words.next();
    let mut positional = wrapper.positional;
    while let Some(arg) = argv.get(at).map(|a| a.as_str()) {
        if arg == "--" {
            at += 1;
            break;
        }
        if wrapper.python && arg == "-m" {
            break;
        }
        if arg.starts_with('-') && arg.len() > 1 {
            at += if wrapper.valued.contains(&arg) { 2 } else { 1 };
        } else if let Some(wanted) = word {
            if arg != *wanted {
                return None;
            }
            word = words.next();
            at += 1;
        } else if positional > 0 {
            positional -= 1;
            at += 1;
        } else if wrapper.assignments && arg.contains('=') {
            at += 1;
        } else {
            break;
        }
    }
    (word.is_none() && at < argv.len()).then_some(at)
}

/// Programs that read shell.
pub(super) fn is_shell(name: &str) -> bool {
    facts::program_is(name, |p| p.shell)
}

/// Whether a word names a Python interpreter.
pub(super) fn is_python(name: &str) -> bool {
    name.strip_prefix("python")
        .is_some_and(|rest| rest.chars().all(|c| c.is_ascii_digit() || c == '.'))
}
