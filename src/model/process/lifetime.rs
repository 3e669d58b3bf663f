//! How long a step runs.

use super::{LeftOut, LeftOutStep, Process, Step, StepKind};
use crate::facts;
use crate::source::Text;

/// How long a step runs when nothing goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lifetime {
    /// It does its work and ends.
    OneShot,
    /// Until it is stopped.
    LongRunning,
    /// It cannot be told.
    Unknown,
}

impl Step {
    /// How many seconds a `sleep` takes; nothing for other commands.
    fn pause(&self) -> u64 {
        let [program, times @ ..] = self.words.as_slice() else { return 0 };
        if program.rsplit('/').next() != Some("sleep") {
            return 0;
        }
        let seconds = |word: &Text| {
            let text = word.resolved()?;
            let number = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
            let unit = match &text[number.len()..] {
                "" | "s" => 1,
                "m" => 60,
                "h" => 3600,
                _ => return None,
            };
            // A part of a second counts for nothing here.
            number.split('.').next()?.parse::<u64>().ok()?.checked_mul(unit)
        };
        times.iter().filter_map(seconds).fold(0, u64::saturating_add)
    }

    /// Whether it runs until it is stopped.
    pub fn stays(&self) -> bool {
        self.lifetime() == Lifetime::LongRunning
    }

    /// How long it runs.
    pub fn lifetime(&self) -> Lifetime {
        match &self.kind {
            StepKind::Server(server) if server.daemon.is_some() => Lifetime::Unknown,
            StepKind::Server(_) => Lifetime::LongRunning,
            StepKind::Wait { .. } => Lifetime::OneShot,
            StepKind::Manage { .. } if self.retried => Lifetime::Unknown,
            StepKind::Manage { command, .. }
                if facts::management(command).is_some_and(|m| m.one_shot) =>
            {
                Lifetime::OneShot
            }
            StepKind::Manage { .. } => Lifetime::Unknown,
            // Celery's `worker` and `beat` go to the background with these.
            StepKind::Celery { .. }
                if self.words.iter().any(|w| matches!(w.as_str(), "--detach" | "-D")) =>
            {
                Lifetime::Unknown
            }
            StepKind::Celery { role, .. }
                if facts::subcommand("celery", role).is_some_and(|s| s.long_running) =>
            {
                Lifetime::LongRunning
            }
            StepKind::Celery { .. } => Lifetime::Unknown,
            StepKind::Other if self.retried => Lifetime::Unknown,
            StepKind::Other => {
                let program = self.words.first().map_or("", |w| w.rsplit('/').next().unwrap_or(""));
                // A pause of a known length ends.
                let pause = program == "sleep"
                    && self
                        .words
                        .get(1)
                        .is_some_and(|w| w.as_bytes().first().is_some_and(u8::is_ascii_digit));
                if facts::program_is(program, |p| p.one_shot) || pause {
                    Lifetime::OneShot
                } else {
                    Lifetime::Unknown
                }
            }
        }
    }
}

impl Step {
    /// The management command of this step, and the command that it has taken among its arguments, because nothing
    /// stands between the two: `manage.py migrate gunicorn config.wsgi`.
    pub fn swallowed(&self) -> Option<(Text, Text)> {
        let manage = self.words.iter().position(|w| w.ends_with("manage.py"))?;
        let first = self.words.get(manage + 1)?;
        let rest = self.words.get(manage + 2..)?;
        // What an operator should have joined is another matter.
        let rest = rest.split(|w| matches!(w.as_str(), "&&" | "||" | ";")).next()?;
        rest.windows(2).find_map(|pair| {
            let second = pair[0].rsplit('/').next().unwrap_or("");
            let python = second.starts_with("python") && pair[1].ends_with("manage.py");
            let server = facts::program_is(second, |p| p.serves);
            (python || server && (pair[1].contains(['.', ':']) || pair[1].starts_with('-')))
                .then(|| (first.clone(), pair[0].clone()))
        })
    }
}

impl Process {
    /// Whether it surely connects to no broker and no cache: it ends, and makes only tables and files of Django.
    pub fn opens_no_broker(&self) -> bool {
        let prepares = |s: &Step| match &s.kind {
            StepKind::Manage { command, .. } => {
                command.as_str() == "migrate"
                    || facts::management(command).is_some_and(|m| m.closed)
            }
            StepKind::Wait { .. } => true,
            StepKind::Other => s.lifetime() == Lifetime::OneShot,
            StepKind::Server(_) | StepKind::Celery { .. } => false,
        };
        self.ends() && self.steps.iter().all(prepares)
    }

    /// How many seconds it surely pauses (`sleep 30`) before it comes to a step of its own.
    pub fn pause_before(&self, step: &Step) -> u64 {
        let before = self.steps.iter().take_while(|s| !std::ptr::eq(*s, step));
        before
            .filter(|s| !s.conditional && !s.background && !s.retried && s.inside.is_none())
            .map(Step::pause)
            .sum()
    }

    /// Branches that would start a server, where the rest ends without one: no one sets the variable they ask for.
    pub fn unserved(&self) -> impl Iterator<Item = &LeftOut> {
        let ends = self.ends();
        self.left_out.iter().filter(move |l| ends && l.does == LeftOutStep::Serves)
    }

    /// Whether all of it ends by itself: every step does, and there is at least one that surely runs.
    pub fn ends(&self) -> bool {
        // The pause of a loop that waits ends with the waiting.
        let mut waiting = false;
        let ends = |s: &Step| {
            waiting = matches!(s.kind, StepKind::Wait { .. }) || waiting && s.retried;
            let pause =
                || matches!(s.words.first().map(|w| w.as_str()), Some("sleep" | "echo" | "printf"));
            s.swallowed().is_none() && (s.lifetime() == Lifetime::OneShot || waiting && pause())
        };
        self.unknown.is_none()
            && self.steps.iter().any(|s| !s.conditional)
            && self.steps.iter().all(ends)
    }
}
