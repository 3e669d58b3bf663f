//! One line on the terminal while a long run lasts, gone when it ends.

use super::output::{err, variable};
use crate::report::SafeText;
use std::io::IsTerminal;
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

/// A run that is shorter shows nothing.
const PATIENCE: Duration = Duration::from_millis(500);
/// Time between two looks at how far it is.
const STEP: Duration = Duration::from_millis(100);
/// Back to the start of the line, and the line away.
const CLEAR: &str = "\r\u{1b}[2K";

/// Does the work; where it takes long, `wanted` is true and a person watches, says meanwhile how many files were read.
pub(super) fn shown<T>(
    wanted: bool,
    read: &(dyn Fn() -> usize + Sync),
    work: impl FnOnce() -> T,
) -> T {
    if !wanted || !watched() {
        return work();
    }
    run_beside(&|stopped| tell(stopped, read, &mut |text| err(text)), work)
}

/// Somebody looks at a terminal that can take a line back, and it is no log of a CI system.
fn watched() -> bool {
    let ci = variable("CI").is_some_and(|v| v != "0" && v != "false");
    std::io::stderr().is_terminal() && !ci && variable("TERM").is_some_and(|t| t != "dumb")
}

/// Runs `watch` on a thread while the work lasts. The end of the work, also by a panic, closes the channel, which wakes
/// the thread at once.
fn run_beside<T>(watch: &(dyn Fn(&Receiver<()>) + Sync), work: impl FnOnce() -> T) -> T {
    let (stop, stopped) = channel();
    std::thread::scope(|scope| {
        // Without a thread there is no progress; the work is what counts.
        let _ = std::thread::Builder::new().spawn_scoped(scope, move || watch(&stopped));
        let result = work();
        drop(stop);
        result
    })
}

/// Writes the line again and again until the channel is closed.
fn tell(stopped: &Receiver<()>, read: &dyn Fn() -> usize, write: &mut dyn FnMut(&SafeText)) {
    let begun = Instant::now();
    if stopped.recv_timeout(PATIENCE) != Err(RecvTimeoutError::Timeout) {
        return;
    }
    loop {
        let mut line = SafeText::own(CLEAR);
        let number = read();
        line.push_own("checking: ").push_number(number).push_own(if number == 1 {
            " file read, "
        } else {
            " files read, "
        });
        line.push_number(usize::try_from(begun.elapsed().as_secs()).unwrap_or(0)).push_own(" s");
        write(&line);
        if stopped.recv_timeout(STEP) != Err(RecvTimeoutError::Timeout) {
            break;
        }
    }
    write(&SafeText::own(CLEAR));
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Mutex;

    fn lines_of(work: Duration) -> (Vec<String>, Duration) {
        let lines = Mutex::new(Vec::new());
        let begun = Instant::now();
        let watch = |stopped: &Receiver<()>| {
            tell(stopped, &|| 7, &mut |text| {
                lines.lock().map(|mut l| l.push(text.to_string())).unwrap_or_default()
            });
        };
        assert_eq!(run_beside(&watch, || std::thread::sleep(work)), ());
        let took = begun.elapsed();
        (lines.into_inner().unwrap_or_default(), took)
    }

    #[test]
    fn a_short_run_is_silent_and_not_delayed() {
        let (lines, took) = lines_of(Duration::from_millis(5));
        assert!(lines.is_empty(), "{lines:?}");
        assert!(took < Duration::from_millis(300), "{took:?}");
    }

    #[test]
    fn a_long_run_tells_and_takes_it_back() {
        let (lines, _) = lines_of(Duration::from_millis(900));
        assert!(lines.len() >= 2, "{lines:?}");
        assert!(lines[0].starts_with("\r\u{1b}[2Kchecking: 7 files read, "), "{lines:?}");
        assert_eq!(lines.last().map(String::as_str), Some(CLEAR));
    }
}
