//! Airflow cannot write its logs into a folder of the host.

use crate::finding::{Confidence, Finding, prose};
use crate::model::compose::MountKind;
use crate::model::roles::airflow::Airflow;
use crate::model::stack::Stack;
use crate::rules::{Check, Rule, Sink, meta};

pub(super) static RULE: Rule =
    Rule { meta: &meta::AIRFLOW_UID_PERMISSIONS, check: Check::Stack(check) };

fn check(stack: &Stack<'_>, sink: &mut Sink) {
    let all = &stack.roles.airflow;
    // Somebody gives the folder away, or is told to.
    let gives = |words: &[crate::source::Text]| {
        words.first().is_some_and(|w| matches!(w.rsplit('/').next(), Some("chown" | "chmod")))
    };
    let given =
        stack.containers.iter().any(|c| c.process.unknown.is_some() && c.name().contains("init"))
            || stack.containers.iter().any(|c| c.process.steps.iter().any(|s| gives(&s.words)));
    let told = ["chown", "chmod", "AIRFLOW_UID", "50000"]
        .iter()
        .any(|w| stack.repository().line_with(w).is_some());
    if given || told {
        return;
    }
    for airflow in all {
        let container = stack.container(airflow.container);
        let other = container
            .built()
            .and_then(|i| i.stage().user.as_ref())
            .is_some_and(|u| !matches!(u.split(':').next(), Some("airflow" | "50000")));
        if !airflow.entrypoint || airflow.component(|_| true).is_none() || other {
            continue;
        }
        let Some(mount) =
            stack.airflow().mount(airflow, "logs").filter(|m| m.kind == MountKind::Bind)
        else {
            continue;
        };
        if container.service.node.get("user").is_some()
            || container.service.node.get("userns_mode").is_some()
        {
            continue;
        }
        return sink.report(finding(stack, airflow, mount.span).sure(Confidence::Medium));
    }
}

fn finding(stack: &Stack<'_>, airflow: &Airflow, span: crate::source::Span) -> Finding {
    let container = stack.container(airflow.container);
    Finding::new(
        &meta::AIRFLOW_UID_PERMISSIONS,
        prose!("on Linux {} stops: PermissionError: [Errno 13] Permission denied: '/opt/airflow/logs/…'", container),
    )
    .label(span, "belongs to you, or to root where Docker makes it; user 50000 of the image writes into it")
    .label(container.name_span(), "no `user` says to run as you")
    .help("run as the owner of the folder:\n    user: \"${AIRFLOW_UID:-50000}:0\"\nand make it first:\n    mkdir -p logs && echo \"AIRFLOW_UID=$(id -u)\" >> .env")
}
