//! Airflow without a component that does the work.

use crate::finding::{Confidence, Finding, Own, Quote, prose};
use crate::model::roles::airflow::Airflow;
use crate::model::stack::Stack;
use crate::model::stack::airflow::OptionValue;
use crate::rules::{Check, Rule, Sink, meta};

pub(super) static RULE: Rule =
    Rule { meta: &meta::AIRFLOW_COMPONENT_MISSING, check: Check::Stack(check) };

fn check(stack: &Stack<'_>, sink: &mut Sink) {
    let all = &stack.roles.airflow;
    if all.is_empty()
        || !stack.airflow().is_known()
        || all.iter().any(|a| a.runs(&["standalone"]).is_some())
    {
        return;
    }
    let run = |verbs: &[&str]| all.iter().find(|a| a.runs(verbs).is_some());
    let report = |sink: &mut Sink,
                  at: &Airflow,
                  verb: &str,
                  message: &'static str,
                  why: &'static str,
                  missing: &'static str,
                  sure: Confidence| {
        let container = stack.container(at.container);
        let place = at.runs(&[verb]).map_or(container.name_span(), |r| r.span);
        sink.report(
            Finding::new(&meta::AIRFLOW_COMPONENT_MISSING, message)
                .label(place, why)
                .label(container.name_span(), prose!("no service runs `airflow {}`", Own(missing)))
                .help(prose!("add the service, with the image, environment and volumes of {}:\n  airflow-{}:\n    command: {}", container, Quote::value(&missing.replace(' ', "-")), Own(missing)))
                .sure(sure),
        );
    };
    let server = run(&["webserver", "api-server"])
        .filter(|a| stack.lifecycle().runs_always(a.container) != Some(false));
    let Some(scheduler) = run(&["scheduler"]) else {
        // What shows DAGs and starts none. Another stack may have the scheduler of a database elsewhere.
        if let Some(server) = server.filter(|a| {
            all.iter().all(|b| b.runs(&["celery worker"]).is_none()) && own_database(stack, a)
        }) {
            let verb = server.serves().map_or("webserver", |r| r.verb.as_str());
            let message = "no task ever starts: The scheduler does not appear to be running.";
            report(
                sink,
                server,
                verb,
                message,
                "shows the DAGs, and starts none of them",
                "scheduler",
                Confidence::High,
            );
        }
        return;
    };
    if !own_database(stack, scheduler) {
        return;
    }
    // Since 3.0 the scheduler no longer reads DAG files (Airflow 3 upgrade guide).
    if scheduler.is_at_least("3.0") == Some(true) && run(&["dag-processor"]).is_none() {
        let message = "no DAG ever appears: Airflow 3 reads DAG files in a component of its own, and none runs";
        report(
            sink,
            scheduler,
            "scheduler",
            message,
            "since 3.0 it does not read the DAG files",
            "dag-processor",
            Confidence::High,
        );
    }
    let OptionValue::Is(executor, span) = stack.airflow().option(scheduler, "core", "executor")
    else {
        return;
    };
    if executor.as_str() == "CeleryExecutor" && run(&["celery worker", "worker"]).is_none() {
        let container = stack.container(scheduler.container);
        let finding = Finding::new(&meta::AIRFLOW_COMPONENT_MISSING, "tasks stay queued for ever: CeleryExecutor hands them to workers, and none runs")
            .label(span, "sends every task to a Celery worker")
            .label(container.name_span(), "no service runs `airflow celery worker`")
            .help("add the service, with the image, environment and volumes of the scheduler:\n  airflow-worker:\n    command: celery worker\nor run the tasks in the scheduler: AIRFLOW__CORE__EXECUTOR: LocalExecutor");
        sink.report(finding.sure(Confidence::Medium));
    }
}

/// Whether its metadata database is one of this stack, or a file of its own.
fn own_database(stack: &Stack<'_>, airflow: &Airflow) -> bool {
    match stack.airflow().database(airflow) {
        OptionValue::Is(text, _) => {
            crate::model::endpoint::Endpoint::of_url(&text).is_some_and(|url| {
                url.scheme == "sqlite"
                    || matches!(
                        stack.network().resolve(airflow.container, &url.host),
                        crate::model::stack::network::Resolved::Service(_)
                    )
            })
        }
        OptionValue::Unset => true,
        OptionValue::Unknown => false,
    }
}
