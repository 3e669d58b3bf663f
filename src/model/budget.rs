//! How much may be worked out for one stack, and for one folder: a checkout must not be able to use up the memory or
//! the time of the machine by what its files multiply to. A thousand services that each run the same long script, or a
//! script whose arguments double in each line, are small as text.
//!
//! What is followed, expanded or evaluated is charged in bytes, roughly those it holds on to. When the budget is
//! exhausted, nothing more is followed: what would come is unknown, and the run says so. A folder is worked out by one
//! thread from beginning to end, so the budget is the thread's own, and the same files always end at the same place.
//!
//! Work that holds on to nothing is counted in steps: a comparison, a lookup, a value that is evaluated. What many services
//! ask for again and again ends with them. Time is the last net below both, for what nobody thought of: it is looked at
//! between rules and every so many steps, and is far above what the steps take. What ends there may end elsewhere the next
//! time, and says so.

use std::cell::Cell;
use std::time::{Duration, Instant};

thread_local! {
    static LEFT: Cell<usize> = const { Cell::new(Budget::MAX_OF_STACK) };
    static RESERVE: Cell<usize> = const { Cell::new(Budget::RESERVE) };
    static STEPS: Cell<u64> = const { Cell::new(Budget::MAX_STEPS) };
    static ENDS: Cell<Option<Instant>> = const { Cell::new(None) };
    static RUN_ENDS: Cell<Option<Instant>> = const { Cell::new(None) };
    static IS_OVER: Cell<bool> = const { Cell::new(false) };
}

/// What ended a stack's work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Spent {
    /// It took all of its steps.
    Steps,
    /// It took all of its time, or the run's.
    Time,
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

    /// The steps of one stack: a stack of a thousand services takes a few millions.
    pub(crate) const MAX_STEPS: u64 = 100_000_000;
    /// The seconds of one stack: the net below the steps, which take a fifth of them.
    const MAX_SECONDS: u64 = 15;
    /// The seconds of a run: no stack is begun after them, and none goes on.
    const MAX_RUN_SECONDS: u64 = 120;
    /// A build without optimisation takes so many times longer.
    const SLOWER: u64 = if cfg!(debug_assertions) { 20 } else { 1 };
    /// The time of one stack.
    pub(crate) const MAX_TIME: Duration = Duration::from_secs(Self::MAX_SECONDS * Self::SLOWER);
    /// The time of a run.
    pub(crate) const MAX_RUN: Duration = Duration::from_secs(Self::MAX_RUN_SECONDS * Self::SLOWER);
    /// Steps between two looks at the clock.
    const STEPS_OF_LOOK: u64 = 65_536;

    /// Begins a folder of a run that began at that time: the whole budget is there again.
    pub fn begin(run: Instant) {
        Self::reset();
        RUN_ENDS.set(run.checked_add(Self::MAX_RUN));
        Self::begin_stack();
    }

    /// Begins a stack: its steps and its time are there again, as long as the run has time.
    pub fn begin_stack() {
        Self::refill();
        STEPS.set(Self::MAX_STEPS);
        let ends = Instant::now().checked_add(Self::MAX_TIME);
        ENDS.set(match (ends, RUN_ENDS.get()) {
            (Some(ends), Some(run)) => Some(ends.min(run)),
            (ends, run) => ends.or(run),
        });
        IS_OVER.set(false);
    }

    /// Uses some steps; `false` where the stack has none left or its time is over, and then nothing more is worked out.
    pub(crate) fn step(count: usize) -> bool {
        let left = STEPS.get();
        let next = left.saturating_sub(count as u64);
        STEPS.set(next);
        if left / Self::STEPS_OF_LOOK != next / Self::STEPS_OF_LOOK {
            Self::look_at_clock();
        }
        next > 0 && !IS_OVER.get()
    }

    fn look_at_clock() {
        if ENDS.get().is_some_and(|ends| Instant::now() >= ends) {
            IS_OVER.set(true);
        }
    }

    /// What of the stack is spent, its steps or its time; `None` where work goes on.
    pub fn spent() -> Option<Spent> {
        if STEPS.get() == 0 {
            return Some(Spent::Steps);
        }
        Self::look_at_clock();
        IS_OVER.get().then_some(Spent::Time)
    }

    /// Begins a folder: the whole budget is there again.
    pub fn reset() {
        STEPS.set(Self::MAX_STEPS);
        ENDS.set(None);
        RUN_ENDS.set(None);
        IS_OVER.set(false);
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
        LEFT.get() == 0 || STEPS.get() == 0 || IS_OVER.get()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stack_ends_with_its_steps_or_its_time_and_the_next_has_its_own() {
        Budget::begin(Instant::now());
        assert!(Budget::step(1) && Budget::spent().is_none());
        assert!(!Budget::step(usize::MAX) && Budget::spent() == Some(Spent::Steps));
        assert!(Budget::is_exhausted() && !Budget::step(0));
        Budget::begin_stack();
        assert!(Budget::step(1) && !Budget::is_exhausted());
        let Some(long_ago) = Instant::now().checked_sub(Budget::MAX_RUN) else { return };
        Budget::begin(long_ago);
        assert!(Budget::spent() == Some(Spent::Time) && Budget::is_exhausted());
        Budget::begin_stack();
        assert!(Budget::spent() == Some(Spent::Time), "the run has no more");
        Budget::reset();
        assert!(Budget::step(1) && Budget::spent().is_none());
    }

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
