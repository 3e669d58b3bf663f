//! Commands that were meant as lists and are none (Dockerfile reference, "Shell and exec form").

use super::{FailedList, Image};

impl Image {
    /// Commands of the build that were meant as lists, and those that a container without a command of its own starts.
    pub fn failed_lists(&self) -> (Vec<&FailedList>, Vec<&FailedList>) {
        let started = [self.entrypoint(), self.cmd()];
        let is_started = |list: &FailedList| {
            started
                .into_iter()
                .flatten()
                .any(|c| c.texts().iter().any(|t| t.span() == list.line.span()))
        };
        let all = self.contributing().into_iter().flat_map(|s| &s.failed_lists);
        let (built, rest): (Vec<_>, Vec<_>) = all.partition(|l| l.keyword == "RUN");
        (built, rest.into_iter().filter(|l| is_started(l)).collect())
    }
}
