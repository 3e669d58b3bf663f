//! A user who is not root, and a volume that is root's.

use crate::finding::{Change, Cure, Finding, Prose, Quote, StatementEdit, prose};
use crate::model::django::{Settings, ValueKind};
use crate::model::process::StepKind;
use crate::model::roles::database::Engine;
use crate::model::roles::django::DjangoService;
use crate::model::stack::Stack;
use crate::model::stack::storage::RootOwned;
use crate::rules::{Check, Rule, Sink, meta};
use crate::source::Span;

pub(super) static RULE: Rule =
    Rule { meta: &meta::NONROOT_VOLUME_PERMISSIONS, check: Check::Django(check) };

fn check(service: &DjangoService, stack: &Stack<'_>, sink: &mut Sink) {
    let me = stack.container(service.container);
    for (at, place, how, fails) in written(service, stack) {
        let Some(not_writable) = stack.storage().not_writable(service.container, &at) else {
            continue;
        };
        let user = not_writable.user.as_str().split(':').next().unwrap_or("");
        let user = Quote::name(user).or_at(not_writable.user.span());
        let folder = Quote::path(&not_writable.folder);
        let (what, place_of, why, help) = match &not_writable.owner {
            RootOwned::Volume(mount) => (
                prose!("the new volume at {}", folder),
                mount.span,
                prose!("the image has no such folder, so Docker makes it, for root"),
                prose!(
                    "make the folder in the Dockerfile, before USER; a new volume takes its owner over:\n    RUN mkdir -p {} && chown -R {} {}\na volume that is there already keeps its owner: remove it, or chown it once as root",
                    folder,
                    user,
                    folder
                ),
            ),
            RootOwned::HostFolder(mount, host) => (
                prose!("the folder that Docker makes at {}", folder),
                mount.span,
                prose!("{} does not exist, so Docker makes it, for root", host),
                prose!(
                    "give the folder to {} once:\n    docker compose run --rm --user root --entrypoint chown {} -R {} {}",
                    user,
                    me,
                    user,
                    folder
                ),
            ),
            RootOwned::Image(made) => (
                prose!("{}", folder),
                *made,
                prose!("copied for root"),
                prose!(
                    "give the folder to the user, before USER:\n    RUN mkdir -p {} && chown -R {} {}",
                    Quote::path(&at),
                    user,
                    Quote::path(&at)
                ),
            ),
        };
        let finding = Finding::new(
            &meta::NONROOT_VOLUME_PERMISSIONS,
            prose!("{} runs as {}, and {} is root's: {}", me, user, what, fails),
        )
        .label(place_of, why)
        .label(not_writable.user.span(), "not root")
        .label(place, how);
        let made = match &not_writable.owner {
            RootOwned::Volume(_) => Some(Quote::path(&not_writable.folder)),
            RootOwned::Image(_) => Some(Quote::path(&at)),
            RootOwned::HostFolder(..) => None,
        };
        let finding = match made {
            Some(made) => finding.cure(
                Cure::new("create the directory in the image, for that user")
                    .change(Change::Statement(
                        not_writable.user.span(),
                        StatementEdit::Before(prose!(
                            "RUN mkdir -p {} && chown -R {} {}",
                            made,
                            user,
                            made
                        )),
                    ))
                    .also("a volume that exists already keeps its owner"),
            ),
            None => finding,
        };
        sink.report(finding.help(help));
        return;
    }
}

/// What a service surely writes: the path, where that is said, how, and what is met when it fails.
fn written(service: &DjangoService, stack: &Stack<'_>) -> Vec<(String, Span, Prose, Prose)> {
    let mut all = Vec::new();
    let me = stack.container(service.container);
    if let (Some(step), Some(plan)) = (
        me.process.manage("collectstatic").find(|s| !s.conditional),
        stack.storage().static_plan(service),
    ) && let (Some((_, Some(at))), Some(true)) = (&plan.root, plan.local)
    {
        all.push((
            at.clone(),
            step.span,
            prose!("collects to {}", Quote::path(&at)),
            prose!("PermissionError: [Errno 13] Permission denied: '{}/admin'", Quote::path(&at)),
        ));
    }
    if let Some(settings) = service.settings() {
        let migrates = me.process.steps.iter().any(|s| matches!(s.kind, StepKind::Manage { .. }));
        for used in service.databases().into_iter().filter(|d| {
            d.kind == Some(Engine::Sqlite) && (migrates || stack.django().server(service).is_some())
        }) {
            if let Some((at, span)) =
                used.name.as_ref().and_then(|n| Some((absolute(&n.kind)?, n.span)))
            {
                all.push((
                    at.clone(),
                    span,
                    prose!("SQLite writes here"),
                    prose!("OperationalError: unable to open database file"),
                ));
            }
        }
        all.extend(media(service, stack, settings));
    }
    all
}

fn media(
    service: &DjangoService,
    stack: &Stack<'_>,
    _: &Settings,
) -> Option<(String, Span, Prose, Prose)> {
    stack.django().server(service)?;
    let plan = stack.storage().upload_plan(service)?;
    let (at, span) = plan.root;
    Some((
        at.clone(),
        span,
        prose!("uploads go here"),
        prose!("PermissionError: [Errno 13] Permission denied: '{}/...'", Quote::path(&at)),
    ))
}

fn absolute(kind: &ValueKind) -> Option<String> {
    match kind {
        ValueKind::Path(path) => Some(path.clone()),
        ValueKind::Str(text) if text.starts_with('/') => Some(text.as_str().to_owned()),
        _ => None,
    }
}
