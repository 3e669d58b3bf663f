//! Two places disagree on which server runs.

use crate::finding::{Change, Cure, Finding, Prose, Quote, StatementEdit, prose};
use crate::model::process::ServerKind;
use crate::model::roles::django::DjangoService;
use crate::model::stack::Stack;
use crate::rules::{Check, Rule, Sink, meta};

pub(super) static RULE: Rule =
    Rule { meta: &meta::RUNSERVER_BESIDE_GUNICORN, check: Check::Django(check) };

fn check(service: &DjangoService, stack: &Stack<'_>, sink: &mut Sink) {
    let Some((step, server)) = stack.django().server(service) else { return };
    let container = stack.container(service.container);
    if server.kind != ServerKind::Runserver {
        // The image by itself would run the development server.
        let alone = container.image_process.as_ref().and_then(|p| p.server());
        if let Some((other, _)) =
            alone.filter(|(_, s)| s.kind == ServerKind::Runserver && container.command_in_compose)
        {
            sink.report(
                Finding::new(
                    &meta::RUNSERVER_BESIDE_GUNICORN,
                    prose!("the image of {} starts runserver, Compose starts {}: without Compose it is another server", container, server.kind),
                )
                .label(other.span, "what `docker run` starts")
                .label(step.span, "what Compose starts")
                .cure_if(in_dockerfile(stack, other).then(|| {
                    Cure::new("let the image start the same server").change(Change::Statement(
                        other.span,
                        StatementEdit::Replace(prose!("CMD [{}]", quoted(step))),
                    ))
                }))
                .help(prose!("let the image say what is meant, and leave `command` out of Compose:\n    CMD [{}]", quoted(step))),
            );
        }
        return;
    }
    if stack.repository().is_production() || step.conditional {
        return;
    }
    // Two services with the same settings, one on each server.
    let twin = stack.roles.django.iter().filter(|o| o.container != service.container).find_map(|other| {
        let (their, server) = stack.django().server(other)?;
        let same = matches!((service.settings(), other.settings()), (Some(a), Some(b)) if a.file == b.file);
        let up = !stack.container(other.container).service.has_profile() && !container.service.has_profile();
        (same && up && server.kind != ServerKind::Runserver && !their.conditional).then_some((other, their, server))
    });
    if let Some((other, their, server)) = twin {
        sink.report(
            Finding::new(
                &meta::RUNSERVER_BESIDE_GUNICORN,
                prose!(
                    "{} runs runserver and {} runs {} on the same project",
                    container,
                    stack.container(other.container),
                    server.kind
                ),
            )
            .label(step.span, "the development server")
            .label(their.span, "the same project on another server")
            .help("keep one of the two, or put one behind a profile:\n    profiles: [dev]"),
        );
    }
}

/// Whether a step is written in a Dockerfile itself, not in a script that it starts.
fn in_dockerfile(stack: &Stack<'_>, step: &crate::model::process::Step) -> bool {
    let name = stack.repository().file_name(step.span).to_ascii_lowercase();
    name.contains("dockerfile") && step.words.iter().all(|w| !w.contains('"'))
}

fn quoted(step: &crate::model::process::Step) -> Prose {
    Prose::join(step.words.iter().map(|w| prose!("\"{}\"", Quote::code(w))), ", ")
}
