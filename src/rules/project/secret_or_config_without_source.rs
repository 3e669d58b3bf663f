//! A secret or config that comes from nowhere, or from a file that is not there.

use crate::finding::{Confidence, Finding, Severity, prose};
use crate::model::compose::FaultKind;
use crate::model::stack::Stack;
use crate::model::stack::repository::MissingSecret;
use crate::rules::{Check, MAX_OF_RULE, Rule, Sink, meta};

pub(super) static RULE: Rule =
    Rule { meta: &meta::SECRET_OR_CONFIG_WITHOUT_SOURCE, check: Check::Stack(check) };

fn check(stack: &Stack<'_>, sink: &mut Sink) {
    super::report(FaultKind::NoSource, RULE.meta, stack, sink);
    let missing = stack.repository().missing_secrets();
    // Paths may be meant from another folder, or the file for a tool that fills it in.
    let missing = missing.into_iter().filter(|m| {
        stack.repository().found_from_above(&m.path).is_none()
            && !stack.repository().is_template(m.file.span())
    });
    sink.report_first(MAX_OF_RULE, missing.collect(), |m| judge(stack, &m));
}

fn judge(stack: &Stack<'_>, missing: &MissingSecret<'_>) -> Finding {
    let MissingSecret { file, path, service } = missing;
    let repository = stack.repository();
    let (shown, sample) = (repository.display_path(path), repository.sample_of(path));
    let told = repository.line_on_file(path);
    let help = match &sample {
        Some(sample) => prose!(
            "make it from the sample, and fill it in:\n    cp {} {}",
            repository.display_path(sample),
            shown
        ),
        None => prose!("write the secret into {}, and keep that file out of Git", shown),
    };
    let finding = Finding::new(
        RULE.meta,
        prose!("{} does not start: bind source path does not exist: {}", service, file),
    )
    .label(file.span(), prose!("{} does not exist", shown))
    .help(help);
    // Secrets are made where a project is deployed: what git ignores, or what readers are told to make, is there.
    let is_made = told.is_some() || repository.is_ignored(path) || repository.is_example();
    match (is_made, sample.is_some()) {
        (true, _) => {
            finding.label_if(told, "mentioned here").at_most(Severity::Info).sure(Confidence::Low)
        }
        (_, true) => finding.at_most(Severity::Info).sure(Confidence::Medium),
        _ => finding.at_most(Severity::Warning).sure(Confidence::Medium),
    }
}
