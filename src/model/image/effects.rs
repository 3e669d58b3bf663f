//! What a `RUN` line may do to the files of a stage, worked out once a line.

use crate::facts::{self, Makes};
use crate::model::path;
use crate::syntax::shell::{Joined, Script, Simple, Word};

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

/// The most programs that run each other.
const MAX_WRAPPERS: usize = 4;

/// Files that neither a front end's build nor `collectstatic` makes.
const SOURCES: [&str; 7] = [".py", ".sh", ".conf", ".ini", ".toml", ".txt", ".cfg"];

/// Whether a path is that of code, a script or configuration, by how its name ends.
pub(super) fn is_source(path: &str) -> bool {
    SOURCES.iter().any(|e| path.ends_with(e))
}

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
            effects.command(step.command, workdir.as_deref(), step.item.joined == Joined::Pipe);
        }
        effects
    }

    fn command(&mut self, simple: &Simple, workdir: Option<&str>, piped: bool) {
        let words: Vec<Option<String>> = simple.words.iter().map(Word::literal).collect();
        let written = simple
            .redirects
            .iter()
            .filter(|r| r.operator.contains('>') && !r.operator.contains('&'))
            .filter_map(|r| r.target.literal());
        self.made.extend(
            written.filter(|t| t != "/dev/null").map(|t| path::join(workdir.unwrap_or("/"), &t)),
        );
        let words = program_words(&words);
        let name = words.first().cloned().flatten().unwrap_or_default();
        let name = name.rsplit('/').next().unwrap_or("");
        let operands: Vec<Option<&str>> = words
            .iter()
            .skip(1)
            .map(|w| w.as_deref())
            .filter(|w| w.is_none_or(|w| !w.starts_with('-')))
            .collect();
        if matches!(name, "mkdir" | "touch" | "install") {
            let targets = operands.iter().flatten();
            self.made.extend(targets.map(|w| path::join(workdir.unwrap_or("/"), w)));
            return;
        }
        // Programs that write one place, which they are given.
        if let Some(target) = target(name, words, &operands) {
            let below = target.and_then(|target| match target.starts_with('/') {
                true => Some(path::join("/", &target)),
                false => Some(path::join(workdir?, &target)),
            });
            return self.note(Maybe { below: below.map(|b| vec![b]), assets: false });
        }
        let Some(assets) = writes(name, words) else { return };
        // `curl … | sh` installs a program; it writes none of the project's sources.
        let installer = piped && facts::program_is(name, |p| p.shell) && operands.is_empty();
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
        self.note(Maybe { below, assets: assets || installer });
    }

    fn note(&mut self, maybe: Maybe) {
        if !self.maybe.contains(&maybe) {
            self.maybe.push(maybe);
        }
    }

    /// Whether the line made `path`: `Some(true)` surely, `Some(false)` surely not, `None` perhaps. `source` is what
    /// [`is_source`] says of the path; it is asked once for many lines.
    pub(super) fn makes(&self, path: &str, source: bool) -> Option<bool> {
        if self.made.iter().any(|m| path::relative_to(m, path).is_some()) {
            return Some(true);
        }
        let may = |m: &Maybe| {
            !(m.assets && source)
                && m.below.as_ref().is_none_or(|folders| {
                    folders.iter().any(|f| path::relative_to(path, f).is_some())
                })
        };
        if self.maybe.iter().any(may) { None } else { Some(false) }
    }
}

/// The words from the program on that a program such as `xargs` or `env` runs.
fn program_words(words: &[Option<String>]) -> &[Option<String>] {
    let mut rest = words;
    for _ in 0..MAX_WRAPPERS {
        let name = rest.first().and_then(Option::as_deref).unwrap_or("");
        let last = name.rsplit('/').next().unwrap_or("");
        if !matches!(last, "xargs" | "env" | "exec" | "command" | "time" | "nice" | "sudo") {
            break;
        }
        let skipped = rest.iter().skip(1).take_while(|w| {
            w.as_deref().is_some_and(|w| {
                w.starts_with('-') || w.contains('=') || w.bytes().all(|b| b.is_ascii_digit())
            })
        });
        match rest.get(1 + skipped.count()..) {
            Some(inner) if !inner.is_empty() => rest = inner,
            _ => break,
        }
    }
    rest
}

/// The one place that a program writes, where it writes one: `Some(None)` for one that is not known.
fn target(
    name: &str,
    words: &[Option<String>],
    operands: &[Option<&str>],
) -> Option<Option<String>> {
    let option = |names: &[&str]| -> Option<Option<String>> {
        words.iter().enumerate().find_map(|(i, word)| {
            let word = word.as_deref()?;
            if names.contains(&word) {
                return Some(words.get(i + 1).cloned().flatten());
            }
            let long = names.iter().filter(|n| n.starts_with("--"));
            let value = long.filter_map(|n| word.strip_prefix(*n)?.strip_prefix('=')).next();
            value.map(|v| Some(v.to_owned()))
        })
    };
    let last = || operands.last().copied().flatten().map(str::to_owned);
    let here = || Some(Some(".".to_owned()));
    match name {
        "cp" | "mv" | "ln" | "tee" => Some(last()),
        "curl" => option(&["-o", "--output"]).or_else(|| {
            let kept = words.iter().flatten().any(|w| {
                w == "--remote-name"
                    || w.starts_with('-') && !w.starts_with("--") && w.contains('O')
            });
            // Without an option it writes to its output.
            if kept { here() } else { Some(Some("/dev/null".to_owned())) }
        }),
        "wget" => option(&["-O", "--output-document", "-P", "--directory-prefix"]).or_else(here),
        "tar" => option(&["-C", "--directory"]).or_else(here),
        "unzip" => option(&["-d"]).or_else(here),
        "git" if operands.first() == Some(&Some("clone")) => match operands {
            [_, Some(url)] => {
                let repository = url.trim_end_matches('/').rsplit('/').next().unwrap_or("");
                Some(Some(repository.trim_end_matches(".git").to_owned()))
            }
            _ => Some(last()),
        },
        _ => None,
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
