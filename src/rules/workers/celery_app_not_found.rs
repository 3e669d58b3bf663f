//! Celery is told of an application that is not there.

use crate::finding::{Change, Confidence, Cure, Finding, Prose, Quote, prose};
use crate::model::process::{Step, StepKind};
use crate::model::stack::Stack;
use crate::model::stack::workers::CeleryApp;
use crate::rules::{Check, MAX_LISTED, Rule, Sink, changes, meta};
use crate::source::Text;

pub(super) static RULE: Rule =
    Rule { meta: &meta::CELERY_APP_NOT_FOUND, check: Check::Stack(check) };

fn check(stack: &Stack<'_>, sink: &mut Sink) {
    for (index, container) in stack.containers.iter().enumerate() {
        for step in &container.process.steps {
            let StepKind::Celery { app: Some(app), .. } = &step.kind else { continue };
            let name = app.as_str().split(':').next().unwrap_or(app);
            let workdir = step.workdir.as_deref().unwrap_or("/");
            let (symptom, evidence) = match stack.workers().celery_app(index, step) {
                CeleryApp::Missing => (
                    prose!("The module {} was not found.", app),
                    prose!(
                        "no module {} below {} in the container",
                        Quote::name(name).or_at(app.span()),
                        Quote::path(workdir)
                    ),
                ),
                CeleryApp::NoApp(at) if app.contains(':') => (
                    prose!("The module {} was not found.", app),
                    prose!("{} binds no such name", at),
                ),
                CeleryApp::NoApp(at) => (
                    prose!("Module '{}' has no attribute 'celery'", app),
                    prose!("{} has no application, and no celery.py", at),
                ),
                CeleryApp::Found | CeleryApp::Unknown => continue,
            };
            let there = stack.workers().celery_apps(index, step);
            // Where not all packages are known, one of them may bring the module.
            let sure = container.packages.as_ref().is_some_and(|p| p.incomplete.is_none());
            if !sure && there.is_empty() {
                continue;
            }
            let message = prose!(
                "{} does not start: Unable to load celery application. {}",
                container,
                symptom
            );
            let mut finding = Finding::new(&meta::CELERY_APP_NOT_FOUND, message)
                .label(place(step, app), evidence);
            if step.span.file != container.name_span().file {
                finding = finding.label(container.name_span(), "the service that runs it");
            }
            let split = container.built().and_then(|image| image.spaced_workdir(workdir));
            if let Some(instruction) = split {
                let folder = instruction.split_whitespace().next_back().unwrap_or("");
                finding = finding
                    .label(
                        instruction.span(),
                        "one folder with a blank in its name: WORKDIR takes a single path",
                    )
                    .help(prose!(
                        "name one folder:\n    WORKDIR {}",
                        Quote::path(folder).or_at(instruction.span())
                    ));
                let at = instruction.span();
                let with = prose!("{}", Quote::path(folder).or_at(at));
                let cure = Cure::new("name one folder").change(Change::Replace { at, with });
                sink.report(finding.cure(cure).sure(Confidence::Medium));
                continue;
            }
            let help = match there.as_slice() {
                [] => prose!(
                    "make an application in celery.py of the package, and name the package:\n    celery -A config worker"
                ),
                [(name, file)] => {
                    prose!("name the application in {}:\n    -A {}", file, Quote::name(name))
                }
                all => {
                    let names = all.iter().take(MAX_LISTED).map(|(name, _)| Quote::name(name));
                    prose!("name one that there is: {}", Prose::join(names, ", "))
                }
            };
            let cure = match there.as_slice() {
                [(name, _)] => changes::verbatim(app).map(|at| {
                    Cure::new("name the application that exists")
                        .change(Change::Replace { at, with: prose!("{}", Quote::name(name)) })
                }),
                _ => None,
            };
            finding = finding.help(help).cure_if(cure);
            sink.report(if step.conditional || !sure {
                finding.sure(Confidence::Medium)
            } else {
                finding
            });
        }
    }
}

/// The application's name, where it is written in the command itself.
fn place(step: &Step, app: &Text) -> crate::source::Span {
    if app.span().file == step.span.file && !app.span().is_empty() { app.span() } else { step.span }
}
