//! Airflow with a SQLite file inside each container.

use crate::finding::{Finding, Own, Quote, prose};
use crate::model::roles::airflow::Airflow;
use crate::model::stack::Stack;
use crate::model::stack::airflow::OptionValue;
use crate::rules::{Check, Rule, Sink, meta};

pub(super) static RULE: Rule =
    Rule { meta: &meta::AIRFLOW_SEQUENTIAL_SQLITE, check: Check::Stack(check) };

fn check(stack: &Stack<'_>, sink: &mut Sink) {
    let all = &stack.roles.airflow;
    let parts: Vec<&Airflow> = all
        .iter()
        .filter(|a| !a.unsure && stack.lifecycle().runs_always(a.container) != Some(false))
        .filter(|a| a.component(|c| !c.creates_tables).is_some())
        .collect();
    let file: Vec<&&Airflow> = parts
        .iter()
        .filter(|a| match stack.airflow().database(a) {
            OptionValue::Is(text, _) => text.starts_with("sqlite"),
            OptionValue::Unset => true,
            OptionValue::Unknown => false,
        })
        .collect();
    let Some(scheduler) = file.iter().find(|a| a.runs(&["scheduler"]).is_some()).or(file.first())
    else {
        return;
    };
    let container = stack.container(scheduler.container);
    let run = scheduler.runs(&["scheduler"]).or(scheduler.runs.first());
    let place = run.map_or(container.name_span(), |r| r.span);
    let url =
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN: postgresql+psycopg2://airflow:…@postgres/airflow";
    let help =
        prose!("give every component the same database:\n    environment:\n      {}", Own(url));
    // The name of a section that no version, or not this one, reads.
    let misread = container.environment.vars.iter().find(|(name, _)| {
        name.starts_with("AIRFLOW__")
            && name.ends_with("__SQL_ALCHEMY_CONN")
            && name.as_str() != "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN"
    });
    let noted = |finding: Finding| match misread {
        Some((name, value)) => {
            finding.label(value.span, prose!("{} is not read", Quote::name(name).or_at(value.span)))
        }
        None => finding,
    };
    let executor = stack.airflow().option(scheduler, "core", "executor");
    if let OptionValue::Is(executor, span) = &executor
        && !matches!(executor.as_str(), "" | "SequentialExecutor" | "DebugExecutor")
        && scheduler.runs(&["scheduler"]).is_some()
        && scheduler.is_at_least("3.0") == Some(false)
    {
        let message = prose!("{} stops: error: cannot use SQLite with the {}", container, executor);
        let finding = Finding::new(&meta::AIRFLOW_SEQUENTIAL_SQLITE, message)
            .label(*span, "tasks run beside each other, which SQLite cannot take")
            .label(
                container.name_span(),
                "nothing tells it of a database: it makes a SQLite file in its own container",
            )
            .help(help);
        return sink.report(noted(finding));
    }
    // Each container has its own file, of which the others know nothing.
    let other = file.iter().find(|a| {
        let sqlite_path = matches!(stack.airflow().database(a), OptionValue::Is(..));
        a.container != scheduler.container
            && !sqlite_path
            && stack.airflow().are_apart(a, scheduler, "")
    });
    let Some(other) =
        other.filter(|_| !matches!(stack.airflow().database(scheduler), OptionValue::Is(..)))
    else {
        return;
    };
    let there = stack.container(other.container);
    let message = prose!(
        "{} and {} each have a SQLite file of their own: neither sees what the other does",
        container,
        there
    );
    let finding = Finding::new(&meta::AIRFLOW_SEQUENTIAL_SQLITE, message)
        .label(place, prose!("{} has no AIRFLOW__DATABASE__SQL_ALCHEMY_CONN", container))
        .label(
            there.name_span(),
            "neither has this one: /opt/airflow/airflow.db lies in each container",
        )
        .help(help);
    sink.report(noted(finding));
}
