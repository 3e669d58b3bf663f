//! A service that builds from nothing.

use crate::finding::{Confidence, Finding};
use crate::model::stack::{Problem, Stack};
use crate::rules::{Check, Rule, Sink, meta};

pub(super) static RULE: Rule = Rule { meta: &meta::DOCKERFILE_MISSING, check: Check::Stack(check) };

fn check(stack: &Stack<'_>, sink: &mut Sink) {
    for problem in &stack.problems {
        let Problem::NoDockerfile { span, path, context, service } = problem else { continue };
        // A submodule is fetched apart.
        if stack.repository().is_in_submodule(path) {
            continue;
        }
        let message = if *context {
            format!("{service} cannot be built: there is no folder {path}")
        } else {
            format!(
                "{service} cannot be built: failed to read dockerfile: open {}: no such file or directory",
                path.file_name()
            )
        };
        let there = stack.repository().similar_file(path);
        let help = match &there {
            Some(other) => format!("there is {other}; name it here"),
            None if *context => {
                "name the folder that holds the Dockerfile, relative to the Compose file".to_owned()
            }
            None => format!(
                "write {path}, or name the Dockerfile there is (relative to the build context)"
            ),
        };
        let finding = Finding::new(&meta::DOCKERFILE_MISSING, message)
            .label(*span, format!("{path} does not exist"))
            .help(help);
        // Relative paths start from the first `-f` file's folder, and which file that is only a default name says.
        sink.report(if stack.repository().has_default_name() {
            finding
        } else {
            finding.sure(Confidence::Medium)
        });
    }
}
