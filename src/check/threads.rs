//! Threads whose stacks hold the deepest trees.

use rayon::prelude::*;

/// The stack of the threads that folders are checked on, in bytes: trees are capped in depth, and this
/// holds the deepest of them in a build without optimisation.
const THREAD_STACK: usize = 16 * 1024 * 1024;

/// Works on one thread where there is little to do, and on a pool of them otherwise; the work is told whether it may
/// take several.
pub(super) fn with_stack<R: Send>(small: bool, work: impl Fn(bool) -> R + Sync) -> R {
    if small {
        // One thread is quicker to have than a pool, and a machine that has none to give does without.
        return std::thread::scope(|scope| {
            let thread = std::thread::Builder::new()
                .stack_size(THREAD_STACK)
                .spawn_scoped(scope, || work(false));
            thread.ok().and_then(|t| t.join().ok()).unwrap_or_else(|| work(false))
        });
    }
    let pool = rayon::ThreadPoolBuilder::new().stack_size(THREAD_STACK).build();
    pool.map_or_else(|_| work(false), |pool| pool.install(|| work(true)))
}

/// What `work` makes of each item, in order.
pub(super) fn map<T: Sync, R: Send>(
    parallel: bool,
    items: &[T],
    work: impl Fn(&T) -> R + Sync,
) -> Vec<R> {
    if parallel && items.len() > 1 {
        items.par_iter().map(&work).collect()
    } else {
        items.iter().map(work).collect()
    }
}
