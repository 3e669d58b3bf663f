//! Tracebacks of Python: which of their lines are said, and which only quote code.
//!
//! A traceback quotes the line that raised, and that line often holds the words of the message:
//! `raise ImproperlyConfigured("Set the X environment variable")`. Frames and the code below them are set in; the
//! exception that closes the traceback is not. Tracebacks that are joined by `During handling of the above exception …`
//! tell of one failure.

use std::collections::HashMap;

const START: &str = "Traceback (most recent call last):";
const JOINTS: [&str; 2] = [
    "During handling of the above exception, another exception occurred:",
    "The above exception was the direct cause of the following exception:",
];
/// Services whose tracebacks are followed; their lines are mixed.
const MAX_SERVICES: usize = 200;

/// What a line is in a traceback.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TracebackLine {
    /// No part of one.
    Outside,
    /// A frame or the code below it.
    Quoted,
    /// The exception at its end; tracebacks of one failure have the same number.
    Raised(u64),
}

#[derive(Default)]
struct State {
    number: u64,
    frames: bool,
    joined: bool,
}

/// Follows the tracebacks of all services.
#[derive(Default)]
pub(super) struct Tracebacks {
    states: HashMap<Option<String>, State>,
    last: u64,
}

impl Tracebacks {
    pub(super) fn part(&mut self, service: Option<&str>, text: &str) -> TracebackLine {
        let starts = text.trim_start().starts_with(START);
        if !starts && self.states.is_empty() {
            return TracebackLine::Outside;
        }
        let key = service.map(str::to_owned);
        if starts && self.states.len() < MAX_SERVICES {
            let state = self.states.entry(key).or_default();
            if !state.joined {
                self.last += 1;
                state.number = self.last;
            }
            (state.frames, state.joined) = (true, false);
            return TracebackLine::Quoted;
        }
        let Some(state) = self.states.get_mut(&key) else { return TracebackLine::Outside };
        if state.frames {
            if text.is_empty() || text.starts_with([' ', '\t']) {
                return TracebackLine::Quoted;
            }
            state.frames = false;
            return TracebackLine::Raised(state.number);
        }
        if JOINTS.contains(&text.trim()) {
            state.joined = true;
            return TracebackLine::Quoted;
        }
        TracebackLine::Outside
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_is_quoted_and_joined_tracebacks_are_one() {
        let mut tracebacks = Tracebacks::default();
        let mut of = |service: &str, text: &str| tracebacks.part(Some(service), text);
        for text in
            [START, "  File \"a.py\", line 1, in <module>", "    raise KeyError('A')", "    ^^^^^"]
        {
            assert_eq!(of("web", text), TracebackLine::Quoted, "{text}");
        }
        assert_eq!(of("db", "    raise KeyError('A')"), TracebackLine::Outside);
        assert_eq!(of("web", "KeyError: 'A'"), TracebackLine::Raised(1));
        assert_eq!(of("web", ""), TracebackLine::Outside);
        assert_eq!(of("web", JOINTS[0]), TracebackLine::Quoted);
        assert_eq!(of("web", START), TracebackLine::Quoted);
        assert_eq!(
            of("web", "django.core.exceptions.ImproperlyConfigured: x"),
            TracebackLine::Raised(1)
        );
        assert_eq!(of("web", "next"), TracebackLine::Outside);
        assert_eq!(of("web", START), TracebackLine::Quoted);
        assert_eq!(of("web", "ValueError"), TracebackLine::Raised(2));
    }
}
