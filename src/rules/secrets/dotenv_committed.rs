//! An env file with real secrets is in git, or will be with the next `git add`.

use crate::finding::{Change, Confidence, Cure, Finding, Quote, Severity, prose};
use crate::model::stack::Stack;
use crate::model::stack::environment::{EnvSecrets, InGit};
use crate::rules::{Check, Rule, Sink, meta};
use crate::source::RelPath;

pub(super) static RULE: Rule = Rule { meta: &meta::DOTENV_COMMITTED, check: Check::Stack(check) };

/// The most secrets that are underlined in one file.
const MAX_SHOWN: usize = 4;

fn check(stack: &Stack<'_>, sink: &mut Sink) {
    for file in stack.environment().env_secrets() {
        let shown = stack.repository().display_path(&file.path);
        let message = match file.in_git {
            InGit::Ignored => continue,
            InGit::Tracked => prose!(
                "the secrets in {} are in git: whoever can read the repository has them",
                shown
            ),
            InGit::Open => prose!(
                "nothing keeps the secrets in {} out of git: the next `git add .` takes them in",
                shown
            ),
            InGit::Unknown => prose!(
                "nothing keeps the secrets in {} out of the repository: no .gitignore names it",
                shown
            ),
        };
        let mut finding = Finding::new(&meta::DOTENV_COMMITTED, message);
        for (number, (name, span)) in file.secrets.iter().take(MAX_SHOWN).enumerate() {
            let more = file.secrets.len() - MAX_SHOWN.min(file.secrets.len());
            let name = Quote::name(name).or_at(*span);
            finding = finding.label(
                *span,
                match number + 1 {
                    MAX_SHOWN if more > 0 => prose!("{}, and {} more", name, more),
                    _ => prose!("{}", name),
                },
            );
        }
        let ignore = prose!("echo '/{}' >> .gitignore", shown);
        let sample = prose!(
            "and commit a sample without the secrets; a fresh clone copies it first:\n    cp {}.example {}",
            shown,
            shown
        );
        let help = match file.in_git {
            InGit::Tracked => prose!(
                "take it out of git and ignore it, then change the secrets: the old ones stay in the history\n    git rm --cached {}\n    {}\n{}",
                shown,
                ignore,
                sample
            ),
            _ => prose!("ignore it before it is committed\n    {}\n{}", ignore, sample),
        };
        let ignores = RelPath::root().join(".gitignore").filter(|_| file.in_git != InGit::Tracked);
        let cure = ignores.map(|path| {
            let line = prose!("/{}", Quote::path(file.path.as_str()));
            Cure::new("let git ignore the file")
                .change(Change::Line { path, line })
                .also(sample.clone())
        });
        finding = finding.help(help).cure_if(cure);
        // Who only installs images hands out the values everybody is to change.
        let hands_out = stack.containers.iter().all(|c| c.service.build.is_none());
        sink.report(match file.in_git {
            // Values of a machine to develop on, which a line of .gitignore takes in by name.
            _ if of_development(&file.path) && stack.repository().is_taken_in(&file.path) => {
                finding.at_most(Severity::Info)
            }
            // Development by its name and by what it switches on, with secrets that open nothing outside of it.
            _ if of_development(&file.path) && file.inner && is_desk(stack, &file) => {
                finding.at_most(Severity::Info)
            }
            _ if hands_out => finding.at_most(Severity::Info).sure(Confidence::Low),
            InGit::Tracked => finding,
            _ => finding.sure(Confidence::Medium),
        });
    }
}

/// Whether the stack that an env file is found with is no production, or does not take its values.
fn is_desk(stack: &Stack<'_>, file: &EnvSecrets) -> bool {
    let is_taken = || {
        let id = file.secrets.first().map(|(_, span)| span.file);
        let mut values = stack.containers.iter().flat_map(|c| c.environment.vars.values());
        values.any(|value| Some(value.span.file) == id)
    };
    file.debug || !stack.repository().is_production() || !is_taken()
}

/// Whether a path says that it is for development: `.envs/.local/.postgres`.
fn of_development(path: &RelPath) -> bool {
    let mut words = path.as_str().split(['/', '.', '-', '_']);
    words.any(|w| matches!(w, "local" | "dev" | "development" | "test" | "ci"))
}
