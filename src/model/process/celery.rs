//! Command lines of Celery (Celery docs, "Command Line Interface").

use super::{Step, StepKind};
use crate::facts;
use crate::source::Text;

/// Options of `celery` itself that take a value.
const VALUED: [&str; 9] = [
    "-A",
    "--app",
    "-b",
    "--broker",
    "--result-backend",
    "--loader",
    "--config",
    "--workdir",
    "-C",
];

/// `celery -A proj worker`, also the order of Celery 4 (`celery worker -A proj`).
pub(super) fn command(argv: &[Text]) -> StepKind {
    let role = role(argv).map_or_else(String::new, |at| argv[at].as_str().to_owned());
    StepKind::Celery { role, app: app(argv).map(|(_, app)| app) }
}

/// The index of the subcommand.
fn role(argv: &[Text]) -> Option<usize> {
    let valued = |at: usize| at > 1 && VALUED.contains(&argv[at - 1].as_str());
    (1..argv.len()).find(|at| facts::subcommand("celery", &argv[*at]).is_some() && !valued(*at))
}

/// The index of the option that names the application, and its value. Of several the last one counts.
fn app(argv: &[Text]) -> Option<(usize, Text)> {
    argv.iter().enumerate().skip(1).rev().find_map(|(at, word)| match word.as_str() {
        "-A" | "--app" => argv.get(at + 1).map(|app| (at, app.clone())),
        w if w.starts_with("--app=") => Some((at, word.slice("--app=".len()..word.len()))),
        w if w.starts_with("-A") && !w.starts_with("-A=") => Some((at, word.slice(2..word.len()))),
        _ => None,
    })
}

impl Step {
    /// For `celery worker -A proj`, the order that Celery 5 no longer takes: the words from the subcommand to the
    /// option, and the option as it would stand before the subcommand. `multi` hands its options on and takes it anywhere.
    pub fn app_behind_subcommand(&self) -> Option<(&[Text], String)> {
        let StepKind::Celery { role: name, .. } = &self.kind else { return None };
        let (from, (at, app)) = (role(&self.words)?, app(&self.words)?);
        if name == "multi" || at < from {
            return None;
        }
        let option = self.words.get(at).filter(|w| w.starts_with("--")).map_or("-A", |_| "--app");
        Some((self.words.get(from..=at)?, format!("{option} {app}")))
    }

    /// The folder that `celery` changes to first.
    pub fn celery_workdir(&self) -> Option<Text> {
        self.option("--workdir").filter(|_| matches!(self.kind, StepKind::Celery { .. }))
    }
}
