//! What the fuzz targets do with an input, and what must hold of it. A target in `fuzz_targets/` only calls one of these
//! modules. Whatever does not hold is a panic, which libFuzzer keeps with the input that led to it.
//!
//! | module | is given | asks |
//! |---|---|---|
//! | [`readers`] | one file | are all places in the file, is the text under them what the tree says, is it the same each time |
//! | [`compose`] | a folder | loading, and what `config` prints: is it JSON, is it YAML, do both say the same |
//! | [`settings`] | Python files and variables | the evaluator: places, the same each time |
//! | [`check`] | a folder | the whole run and every way to write its result |
//! | [`secrets`] | a folder with a password in it | is the password anywhere in the output |
//! | [`project`] | a configuration, comments, a log, known findings, a git index, a `.gitignore`, a folder | the files that ask for something of the program; every format; every fix |
//! | [`scale`] | a piece of a file | the piece many times over: is the time still bounded |
//!
//! Each of them also holds the time, see [`clock`]; libFuzzer holds the memory.

pub mod check;
pub mod clock;
pub mod compose;
pub mod folder;
pub mod project;
pub mod readers;
pub mod scale;
pub mod secrets;
pub mod settings;

/// Whether an input is worth keeping to make others of: one that nothing could be read of is not.
pub use libfuzzer_sys::Corpus as Worth;

use std::fmt::{self, Write};
use std::hash::{DefaultHasher, Hash, Hasher};

/// A number that stands for what a value shows of itself, without the memory its text would take.
pub fn print_of(value: &impl fmt::Debug) -> u64 {
    struct Sum(DefaultHasher);
    impl Write for Sum {
        fn write_str(&mut self, text: &str) -> fmt::Result {
            self.0.write(text.as_bytes());
            Ok(())
        }
    }
    let mut sum = Sum(DefaultHasher::new());
    write!(sum, "{value:?}").expect("a sum takes any text");
    sum.0.finish()
}

/// One input in `of`, always the same ones: what is dear is not asked of every input.
pub fn chosen(data: &[u8], of: u64) -> bool {
    let mut sum = DefaultHasher::new();
    data.hash(&mut sum);
    sum.finish() % of == 0
}
