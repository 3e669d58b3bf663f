//! The development server serves the public.

use crate::facts;
use crate::finding::{Finding, Severity};
use crate::model::process::ServerKind;
use crate::model::roles::django::DjangoService;
use crate::model::stack::Stack;
use crate::rules::{Check, Rule, Sink, meta};

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
        .and_then(|b| b.value.as_str())
        .map_or_else(
            || "<project>.wsgi:application".to_owned(),
            |w| w.rsplit_once('.').map_or_else(|| w.to_owned(), |(m, a)| format!("{m}:{a}")),
        );
    let message = if production {
        format!(
            "{} serves production with runserver: one process, no security review, \"Do not use it in a production setting\"",
            container.name()
        )
    } else {
        format!(
            "the image of {} can only run runserver: nothing in it can serve in production",
            container.name()
        )
    };
    let mut finding = Finding::new(&meta::RUNSERVER_EFFECTIVE_IN_PROD, message)
        .label(step.span, "the development server");
    if production {
        finding = finding.label(
            container.name_span(),
            format!("looks like production: {}", stack.repository().intent_evidence()),
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
    let finding = finding.help(format!("install gunicorn and start it instead:\n    gunicorn {module} --bind 0.0.0.0:8000\nit serves no static files: add whitenoise or nginx for them"));
    sink.report(if production { finding } else { finding.at_most(Severity::Info) });
}
