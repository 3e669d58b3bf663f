//! What reads the DAG files and what runs their tasks have different folders.

use crate::finding::{Change, Cure, Finding, NodeEdit, Prose, YamlEdit, YamlValue, prose};
use crate::model::roles::airflow::Airflow;
use crate::model::stack::Stack;
use crate::model::stack::airflow::OptionValue;
use crate::rules::{Check, Rule, Sink, changes, meta};

pub(super) static RULE: Rule =
    Rule { meta: &meta::AIRFLOW_DAGS_NOT_SHARED, check: Check::Stack(check) };

fn check(stack: &Stack<'_>, sink: &mut Sink) {
    let all = &stack.roles.airflow;
    let reads = |a: &&Airflow| a.runs(&["dag-processor"]).is_some();
    let Some(reader) =
        all.iter().find(reads).or_else(|| all.iter().find(|a| a.runs(&["scheduler"]).is_some()))
    else {
        return;
    };
    let Some(mount) = stack.airflow().mount(reader, "dags") else { return };
    for part in all {
        let executor = stack.airflow().option(part, "core", "executor");
        let local = matches!(&executor, OptionValue::Is(e, _) if e.as_str() == "LocalExecutor");
        let Some(run) =
            part.runs(&["celery worker"]).or_else(|| part.runs(&["scheduler"]).filter(|_| local))
        else {
            continue;
        };
        // An image that is built may have the files in it; another folder may be named.
        let own = |a: &Airflow| {
            stack.container(a.container).service.build.is_some()
                || stack.container(a.container).image.is_some()
        };
        let moved = |a: &Airflow| {
            !matches!(stack.airflow().option(a, "core", "dags_folder"), OptionValue::Unset)
        };
        if own(part)
            || own(reader) && stack.airflow().mount(part, "dags").is_none()
            || moved(part)
            || moved(reader)
            || part.unsure
            || !stack.airflow().are_apart(reader, part, "dags")
        {
            continue;
        }
        let container = stack.container(part.container);
        let there = stack.container(reader.container);
        let message = prose!(
            "every task fails in {}: it does not have the DAG files that {} reads",
            container,
            there
        );
        let finding = Finding::new(&meta::AIRFLOW_DAGS_NOT_SHARED, message)
            .label(run.span, "runs the tasks, and reads the DAG's file for each");
        let finding = match stack.airflow().mount(part, "dags") {
            Some(other) => finding.label(other.span, "its DAG files come from here"),
            None => finding.label(container.name_span(), "nothing is mounted at /opt/airflow/dags"),
        };
        let folder = Prose::value_or(mount.source.as_ref(), "./dags");
        let text = YamlValue::text(prose!("{}:/opt/airflow/dags", folder));
        let change = match stack.airflow().mount(part, "dags") {
            Some(other) => Change::YamlNode(other.span, NodeEdit::Replace(text)),
            None => changes::service(container, YamlEdit::Append(vec!["volumes".to_owned()], text)),
        };
        let finding = finding.cure(Cure::new("mount the same directory in both").change(change));
        sink.report(finding.label(mount.span, prose!("those of {} come from here", there)).help(
            prose!(
                "mount the same folder in both:\n    volumes:\n      - {}:/opt/airflow/dags",
                folder
            ),
        ));
    }
}
