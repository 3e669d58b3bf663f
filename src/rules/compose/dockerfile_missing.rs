//! A service that builds from nothing.

use crate::finding::{Confidence, Finding, Quote, Severity, prose};
use crate::model::stack::{Problem, Stack};
use crate::rules::{Check, Rule, Sink, meta};

pub(super) static RULE: Rule = Rule { meta: &meta::DOCKERFILE_MISSING, check: Check::Stack(check) };

fn check(stack: &Stack<'_>, sink: &mut Sink) {
    for problem in &stack.problems {
        let Problem::NoDockerfile { span, path, context, service, pulled } = problem else {
            continue;
        };
        let message = if *context {
            prose!("{} cannot be built: there is no folder {}", Quote::name(&service), path)
        } else {
            prose!(
                "{} cannot be built: failed to read dockerfile: open {}: no such file or directory",
                Quote::name(&service),
                Quote::path(path.file_name())
            )
        };
        let there = stack.repository().similar_file(path);
        let above = stack.repository().found_from_above(path);
        let file = stack.repository().compose_files().next();
        let help = match (&there, above.zip(file)) {
            (_, Some((above, file))) => prose!(
                "paths start from the folder of the Compose file. From {} it is found: write it as seen from the Compose file, or name that folder\n    docker compose --project-directory {} -f {} up",
                above,
                above,
                file
            ),
            (Some(other), None) => prose!("there is {}; name it here", other),
            (None, None) if *context => {
                prose!("name the folder that holds the Dockerfile, relative to the Compose file")
            }
            (None, None) => prose!(
                "write {}, or name the Dockerfile there is (relative to the build context)",
                path
            ),
        };
        let finding = Finding::new(&meta::DOCKERFILE_MISSING, message)
            .label(*span, prose!("{} does not exist", path))
            .help(help);
        // Compose pulls an image that is named beside `build` before it builds one.
        let finding = match pulled {
            Some(image) => finding
                .label(image.span(), "pulled first, where a registry has it")
                .at_most(Severity::Info),
            None => finding,
        };
        // An excerpt of a manual builds nothing, and a file that is to be copied elsewhere first starts its paths there.
        if stack.repository().is_example() || stack.repository().is_copied_first(path) {
            sink.report(finding.at_most(Severity::Warning).sure(Confidence::Low));
            continue;
        }
        // Relative paths start from the first `-f` file's folder, and which file that is only a default name says.
        sink.report(if stack.repository().has_default_name() {
            finding
        } else {
            finding.sure(Confidence::Medium)
        });
    }
}
