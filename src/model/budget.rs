//! How much may be worked out for one stack, and for one folder: a checkout must not be able to use up the memory or
//! the time of the machine by what its files multiply to. A thousand services that each run the same long script, or a
//! script whose arguments double in each line, are small as text.
//!
//! What is followed, expanded or evaluated is charged in bytes, roughly those it holds on to. When the budget is
//! exhausted, nothing more is followed: what would come is unknown, and the run says so. A folder is worked out by one
//! thread from beginning to end, so the budget is the thread's own, and the same files always end at the same place.

use std::cell::Cell;

thread_local! {
    static LEFT: Cell<usize> = const { Cell::new(Budget::MAX_OF_STACK) };
    static RESERVE: Cell<usize> = const { Cell::new(Budget::RESERVE) };
}

/// The budget of the thread that works out a folder.
pub struct Budget;

impl Budget {
    /// What one stack may use, in bytes.
    pub(crate) const MAX_OF_STACK: usize = 32 * 1024 * 1024;
    /// What all stacks of one folder may use, in bytes: some projects have dozens.
    const MAX_OF_FOLDER: usize = 16 * Self::MAX_OF_STACK;
    /// What work apart from a folder has beside the budget of its first stack.
    const RESERVE_APART: usize = 4 * Self::MAX_OF_STACK;
    /// What a folder has beside the budget of its first stack.
    const RESERVE: usize = Self::MAX_OF_FOLDER - Self::MAX_OF_STACK;

    /// Begins a folder: the whole budget is there again.
    pub fn reset() {
        LEFT.set(Self::MAX_OF_STACK);
        RESERVE.set(Self::RESERVE);
    }

    /// Begins the next stack of a folder: what the one before used is made up for from what the folder has.
    pub fn refill() {
        let used = (Self::MAX_OF_STACK - LEFT.get()).min(RESERVE.get());
        RESERVE.set(RESERVE.get() - used);
        LEFT.set(LEFT.get() + used);
    }

    /// Does work that takes nothing from the folder: it has a part of a folder's budget for itself.
    pub fn apart<T>(work: impl FnOnce() -> T) -> T {
        let kept = (LEFT.get(), RESERVE.get());
        LEFT.set(Self::MAX_OF_STACK);
        RESERVE.set(Self::RESERVE_APART);
        let result = work();
        LEFT.set(kept.0);
        RESERVE.set(kept.1);
        result
    }

    /// How much is left, in bytes.
    pub(crate) fn left() -> usize {
        LEFT.get()
    }

    /// Uses some of the budget; `false` where there was not enough, and then nothing is left.
    pub(crate) fn charge(bytes: usize) -> bool {
        let left = LEFT.get();
        LEFT.set(left.saturating_sub(bytes));
        bytes < left
    }

    /// Whether nothing is left.
    pub fn is_exhausted() -> bool {
        LEFT.get() == 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_charged_is_gone_until_the_budget_is_reset() {
        Budget::reset();
        assert!(Budget::charge(Budget::MAX_OF_STACK - 1) && !Budget::is_exhausted());
        assert!(!Budget::charge(1) && Budget::is_exhausted() && !Budget::charge(0));
        Budget::reset();
        assert!(!Budget::charge(usize::MAX) && Budget::is_exhausted());
        Budget::reset();
        assert!(!Budget::is_exhausted());
        for _ in 1..Budget::MAX_OF_FOLDER / Budget::MAX_OF_STACK {
            Budget::charge(usize::MAX);
            Budget::refill();
            assert!(Budget::left() == Budget::MAX_OF_STACK);
        }
        Budget::charge(usize::MAX);
        Budget::refill();
        assert!(Budget::is_exhausted(), "the folder has no more");
        Budget::reset();
        assert!(Budget::left() == Budget::MAX_OF_STACK);
    }
}
