//! The development server serves the public.

use crate::facts;
use crate::finding::{CommandEdit, Cure, Finding, Quote, Severity, prose};
use crate::model::process::ServerKind;
use crate::model::roles::django::DjangoService;
use crate::model::stack::Stack;
use crate::rules::{Check, Rule, Sink, changes, meta};

pub(super) static RULE: Rule =
    Rule { meta: &meta::RUNSERVER_EFFECTIVE_IN_PROD, check: Check::Django(check) };

fn check(service: &DjangoService, stack: &Stack<'_>, sink: &mut Sink) {
    let Some((step, server)) = stack.django().server(service) else { return };
    if server.kind != ServerKind::Runserver || step.conditional {
        return;
    }
    let container = stack.container(service.container);
    let production = stack.repository().is_production();
    // Nothing says production, but nothing else could serve either.
    let only = !container.command_in_compose
        && !stack.repository().is_named_for_development()
        && container
            .packages
            .as_ref()
            .is_some_and(|p| facts::server_packages().all(|s| p.has(s) == Some(false)));
    if !production && !only {
        return;
    }
    let module = service
        .settings()
        .and_then(|s| s.get("WSGI_APPLICATION"))
        .filter(|b| b.value.as_str().is_some())
        .map_or_else(
            || prose!("<project>.wsgi:application"),
            |b| {
                let name = |name| Quote::name(name).or_at(b.value.span);
                let parts = b.value.as_str().and_then(|w| w.rsplit_once('.'));
                parts.map_or_else(
                    || prose!("{}", Quote::name(&b.value)),
                    |(m, a)| prose!("{}:{}", name(m), name(a)),
                )
            },
        );
    let message = if production {
        prose!(
            "{} serves production with runserver: one process, no security review, \"Do not use it in a production setting\"",
            container
        )
    } else {
        prose!(
            "the image of {} can only run runserver: nothing in it can serve in production",
            container
        )
    };
    let mut finding = Finding::new(&meta::RUNSERVER_EFFECTIVE_IN_PROD, message)
        .label(step.span, "the development server");
    if production {
        finding = finding.label(
            container.name_span(),
            prose!("looks like production: {}", stack.repository().intent_evidence()),
        );
    }
    if let Some((file, _)) =
        container.packages.as_ref().and_then(|p| p.files.first()).filter(|_| !production)
    {
        finding = finding.label(
            crate::source::Span::whole(*file),
            "no production server among the requirements",
        );
    }
    let known = service
        .settings()
        .and_then(|s| s.get("WSGI_APPLICATION"))
        .is_some_and(|b| b.value.as_str().is_some());
    let port = step.words.iter().rev().find_map(|w| {
        let port = w.rsplit(':').next()?.parse::<u16>().ok()?;
        (port > 0).then_some(port)
    });
    let cure = container.packages.as_deref().filter(|_| known).and_then(|packages| {
        let bind = prose!("0.0.0.0:{}", port.unwrap_or(8000));
        let words = vec!["gunicorn".into(), module.clone(), "--bind".into(), bind];
        let cure = Cure::new("start gunicorn instead")
            .change(changes::command(step, [CommandEdit::Replace(words)]));
        Some(match packages.has("gunicorn") {
            Some(true) => cure,
            _ => cure.change(changes::requirement(packages, "gunicorn")?),
        })
    });
    let finding = finding
        .cure_if(cure.map(|c| c.also("it serves no static files: add WhiteNoise, or nginx")));
    let finding = finding.help(prose!("install gunicorn and start it instead:\n    gunicorn {} --bind 0.0.0.0:8000\nit serves no static files: add whitenoise or nginx for them", module));
    sink.report(if production { finding } else { finding.at_most(Severity::Info) });
}
