//! What a `RUN` line may do to the files of a stage, worked out once a line.

use crate::facts::{self, Makes};
use crate::model::path;
use crate::syntax::shell::{Script, Simple, Word};

/// What a `RUN` line may have written.
#[derive(Debug, Clone, Default)]
pub struct Effects {
    /// Paths it surely made (`mkdir`, `touch`).
    made: Vec<String>,
    /// What else it may have written.
    maybe: Vec<Maybe>,
}

/// Writes of a command that is not known well.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Maybe {
    /// Folders below which it may write; `None` for anywhere.
    below: Option<Vec<String>>,
    /// Whether it writes assets only: no Python, no scripts, no configuration.
    assets: bool,
}

/// Files that neither a front end's build nor `collectstatic` makes.
const SOURCES: [&str; 7] = [".py", ".sh", ".conf", ".ini", ".toml", ".txt", ".cfg"];

impl Effects {
    /// What a line may do that runs in `workdir` (`None` where that is not known).
    pub(super) fn of_script(script: &Script, workdir: Option<&str>) -> Self {
        let mut effects = Self::default();
        let mut workdir = workdir.map(str::to_owned);
        for step in script.body.all_commands() {
            let words: Vec<Option<String>> = step.command.words.iter().map(Word::literal).collect();
            if let [Some(cd), target, ..] = words.as_slice()
                && cd == "cd"
            {
                workdir = target.as_ref().and_then(|t| {
                    if t.starts_with('/') {
                        Some(path::join("/", t))
                    } else {
                        Some(path::join(workdir.as_deref()?, t))
                    }
                });
                continue;
            }
            effects.command(step.command, workdir.as_deref());
        }
        effects
    }

    fn command(&mut self, simple: &Simple, workdir: Option<&str>) {
        let words: Vec<Option<String>> = simple.words.iter().map(Word::literal).collect();
        let written = simple
            .redirects
            .iter()
            .filter(|r| r.operator.contains('>') && !r.operator.contains('&'))
            .filter_map(|r| r.target.literal());
        self.made.extend(
            written.filter(|t| t != "/dev/null").map(|t| path::join(workdir.unwrap_or("/"), &t)),
        );
        let name = words.first().cloned().flatten().unwrap_or_default();
        let name = name.rsplit('/').next().unwrap_or("");
        if matches!(name, "mkdir" | "touch" | "install") {
            let targets = words.iter().skip(1).flatten().filter(|w| !w.starts_with('-'));
            self.made.extend(targets.map(|w| path::join(workdir.unwrap_or("/"), w)));
            return;
        }
        let Some(assets) = writes(name, &words) else { return };
        let unknown = workdir.is_none_or(|w| w == "/") || words.iter().skip(1).any(Option::is_none);
        let below = (!unknown).then(|| {
            let named = words
                .iter()
                .skip(1)
                .flatten()
                .filter(|w| w.starts_with('/'))
                .map(|w| path::join("/", w));
            workdir.map(str::to_owned).into_iter().chain(named).collect()
        });
        let maybe = Maybe { below, assets };
        if !self.maybe.contains(&maybe) {
            self.maybe.push(maybe);
        }
    }

    /// Whether the line made `path`: `Some(true)` surely, `Some(false)` surely not, `None` perhaps.
    pub(super) fn makes(&self, path: &str) -> Option<bool> {
        if self.made.iter().any(|m| path::relative_to(m, path).is_some()) {
            return Some(true);
        }
        let source = SOURCES.iter().any(|e| path.ends_with(e));
        let may = |m: &Maybe| {
            !(m.assets && source)
                && m.below.as_ref().is_none_or(|folders| {
                    folders.iter().any(|f| path::relative_to(path, f).is_some())
                })
        };
        if self.maybe.iter().any(may) { None } else { Some(false) }
    }
}

/// Whether a command may write files of a project, and if so whether only assets.
fn writes(name: &str, words: &[Option<String>]) -> Option<bool> {
    let runs_another =
        name == "find" && words.iter().flatten().any(|w| w == "-exec" || w == "-execdir");
    let makes = facts::program(name).and_then(|p| p.makes);
    if makes == Some(Makes::Nothing) && !runs_another || name.is_empty() {
        return None;
    }
    let has =
        |text: &str| words.iter().flatten().any(|w| w == text || w.ends_with(&format!("/{text}")));
    match name {
        _ if makes == Some(Makes::Assets) || name == "manage.py" => Some(true),
        "django-admin" => Some(!has("startproject")),
        n if n.starts_with("python") && (has("pip") || has("venv") || has("compileall")) => None,
        n if n.starts_with("python") && has("manage.py") => Some(true),
        _ => Some(false),
    }
}
