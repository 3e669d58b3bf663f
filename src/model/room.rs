//! How much may be worked out for one stack, and for one folder: a checkout must not be able to use up the memory or the time of the
//! machine by what its files multiply to. A thousand services that each run the same long script, or a script whose
//! arguments double in each line, are small as text.
//!
//! What is followed, expanded or evaluated takes room in bytes, roughly those it holds on to. When there is none left,
//! nothing more is followed: what would come is unknown, and the run says so. A folder is worked out by one thread from
//! beginning to end, so the room is the thread's own, and the same files always end at the same place.

use std::cell::Cell;

/// The room for one stack, in bytes.
pub(crate) const MAX_OF_STACK: usize = 32 * 1024 * 1024;
/// The room for all stacks of one folder, in bytes: some projects have dozens.
const MAX_OF_FOLDER: usize = 16 * MAX_OF_STACK;

thread_local! {
    static LEFT: Cell<usize> = const { Cell::new(MAX_OF_STACK) };
    static AFTER: Cell<usize> = const { Cell::new(MAX_OF_FOLDER - MAX_OF_STACK) };
}

/// Begins a folder: all of the room is there again.
pub fn renew() {
    LEFT.set(MAX_OF_STACK);
    AFTER.set(MAX_OF_FOLDER - MAX_OF_STACK);
}

/// Begins the next stack of a folder: what the one before took is made good from what the folder has.
pub fn refill() {
    let taken = (MAX_OF_STACK - LEFT.get()).min(AFTER.get());
    AFTER.set(AFTER.get() - taken);
    LEFT.set(LEFT.get() + taken);
}

/// How much is left, in bytes.
pub(crate) fn left() -> usize {
    LEFT.get()
}

/// Takes some of the room; `false` where there was not enough, and then nothing is left.
pub(crate) fn take(bytes: usize) -> bool {
    let left = LEFT.get();
    LEFT.set(left.saturating_sub(bytes));
    bytes < left
}

/// Whether nothing is left.
pub fn is_spent() -> bool {
    LEFT.get() == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_taken_is_gone_until_it_is_renewed() {
        renew();
        assert!(take(MAX_OF_STACK - 1) && !is_spent());
        assert!(!take(1) && is_spent() && !take(0));
        renew();
        assert!(!take(usize::MAX) && is_spent());
        renew();
        assert!(!is_spent());
        for _ in 1..MAX_OF_FOLDER / MAX_OF_STACK {
            take(usize::MAX);
            refill();
            assert!(left() == MAX_OF_STACK);
        }
        take(usize::MAX);
        refill();
        assert!(is_spent(), "the folder has no more");
        renew();
        assert!(left() == MAX_OF_STACK);
    }
}
