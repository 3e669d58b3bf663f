//! What the failure of a command does to those after it (POSIX shell, `set -e` and and-or lists).

use crate::syntax::shell::{Joined, List};

/// What the failure of a command does, at one point of a script.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Failing {
    /// `set -e` was given.
    pub(super) errexit: bool,
    /// `set -e` has no effect here: before `&&` or `||`, or in a condition.
    shielded: bool,
    /// The list ends the shell, so that its last status is the shell's.
    tail: bool,
    /// The failure of this shell ends what the container starts.
    shell: bool,
    /// The failure of this command ends what the container starts.
    pub(super) stops: bool,
}

impl Failing {
    /// For a command that Docker starts.
    pub(super) fn start() -> Self {
        Self { tail: true, shell: true, stops: true, ..Self::default() }
    }

    /// For a shell that a command starts; `errexit` where its options say `-e`.
    pub(super) fn of_shell(self, errexit: bool) -> Self {
        Self { errexit, shielded: false, tail: true, shell: self.stops, stops: self.stops }
    }

    /// The same with or without `set -e`.
    pub(super) fn with_errexit(self, errexit: bool) -> Self {
        Self { errexit, ..self }
    }

    /// Whether a failure here is an answer, and ends nothing.
    pub(super) fn is_shielded(self) -> bool {
        self.shielded || !self.errexit && !self.stops && !self.shell
    }

    /// Whether a command that surely fails here ends its shell.
    pub(super) fn ends_shell(self) -> bool {
        self.errexit && !self.shielded
    }

    /// For an item of a list.
    pub(super) fn of_item(self, list: &List, at: usize) -> Self {
        let Some(item) = list.items.get(at) else { return self };
        // What hangs on it: the rest of its and-or list.
        let rest = list.items.get(at + 1..).unwrap_or_default();
        let hanging = rest.iter().take_while(|i| i.joined != Joined::Then).count();
        let rescued = rest[..hanging].iter().any(|i| matches!(i.joined, Joined::Or | Joined::Pipe))
            || item.negated
            || item.background;
        let tail = self.tail && !rescued && hanging == rest.len();
        let shielded = self.shielded || rescued || hanging > 0;
        let stops = self.shell && !item.background && (tail || self.errexit && !shielded);
        Self { errexit: self.errexit, shielded, tail, shell: self.shell, stops }
    }
}
