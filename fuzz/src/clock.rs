//! Processor time. A machine that is busy with other work makes nothing slower here, which the clock on the wall would.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// No input takes longer, in milliseconds: two seconds in what is shipped are more in what is built for fuzzing, and are
/// looked at several times.
static MAX_MILLISECONDS: AtomicU64 = AtomicU64::new(5_000);

/// Lets inputs take longer that are made to be as large as can be.
pub fn allow(most: Duration) {
    MAX_MILLISECONDS.store(most.as_millis() as u64, Ordering::Relaxed);
}

/// The processor time of this process so far.
fn now() -> Duration {
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: the call writes one `timespec`, which is ours.
    let status = unsafe { libc::clock_gettime(libc::CLOCK_PROCESS_CPUTIME_ID, &mut time) };
    assert_eq!(status, 0, "the processor time is not known");
    Duration::new(time.tv_sec as u64, time.tv_nsec as u32)
}

/// Does some work, and says how much processor time it took.
pub fn measured<T>(work: impl FnOnce() -> T) -> (T, Duration) {
    let before = now();
    let answer = work();
    (answer, now() - before)
}

/// Does some work, and holds it to what is allowed.
pub fn timed<T>(what: &str, work: impl FnOnce() -> T) -> T {
    let (answer, took) = measured(work);
    assert!(
        took < Duration::from_millis(MAX_MILLISECONDS.load(Ordering::Relaxed)),
        "{what} took {took:?} of processor time"
    );
    answer
}
