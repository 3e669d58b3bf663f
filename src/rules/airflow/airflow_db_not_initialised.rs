//! Nothing creates the tables of Airflow's metadata database.

use crate::finding::{Confidence, Finding, Own, Severity, prose};
use crate::model::endpoint::Endpoint;
use crate::model::roles::airflow::Airflow;
use crate::model::stack::Stack;
use crate::model::stack::airflow::OptionValue;
use crate::model::stack::network::Resolved;
use crate::rules::{Check, Rule, Sink, meta};

pub(super) static RULE: Rule =
    Rule { meta: &meta::AIRFLOW_DB_NOT_INITIALISED, check: Check::Stack(check) };

fn check(stack: &Stack<'_>, sink: &mut Sink) {
    let all = &stack.roles.airflow;
    if all.is_empty() || !stack.airflow().is_known() || stack.airflow().creates_tables() {
        return;
    }
    let part = |a: &&Airflow| {
        a.component(|c| c.wants_tables).is_some()
            && stack.lifecycle().runs_always(a.container) != Some(false)
    };
    let Some(first) = all.iter().find(part) else { return };
    let Some(run) = first.component(|c| c.wants_tables) else { return };
    let container = stack.container(first.container);
    let mut database = None;
    match stack.airflow().database(first) {
        OptionValue::Is(text, _) => {
            let Some(url) = Endpoint::of_url(&text) else { return };
            if url.scheme != "sqlite" {
                // A database elsewhere may have its tables.
                let Resolved::Service(index) = stack.network().resolve(first.container, &url.host)
                else {
                    return;
                };
                database = Some(index);
            }
        }
        OptionValue::Unset => {}
        OptionValue::Unknown => return,
    }
    // A file of its own that lies in a folder of the host may be there.
    if database.is_none()
        && container
            .service
            .mounts
            .iter()
            .any(|m| m.target.trim_end_matches('/') == "/opt/airflow" || m.target.ends_with(".db"))
    {
        return;
    }
    let migrate = if first.is_at_least("2.7") == Some(false) { "db init" } else { "db migrate" };
    let message = prose!(
        "nothing creates Airflow's tables: {} stops with  ERROR: You need to initialize the database.",
        container
    );
    let mut finding = Finding::new(&meta::AIRFLOW_DB_NOT_INITIALISED, message).label(
        run.span,
        prose!("{} starts at once; no service runs `airflow {}`", container, Own(migrate)),
    );
    if let Some(index) = database {
        finding = finding.label(
            stack.container(index).name_span(),
            "empty at the first `up` and after `down -v`",
        );
    }
    let image = match &container.service.image {
        Some(image) if container.service.build.is_none() => prose!("image: {}", image.text),
        _ => prose!("(the image of {})", container),
    };
    finding = finding.help(prose!("a service of its own that creates them, for which the others wait (condition: service_completed_successfully):\n  airflow-init:\n    {}\n    command: {}\n    environment: (as the others)", image, Own(migrate)));
    let told = ["airflow db ", "airflow-init", "db migrate", "db init"]
        .iter()
        .find_map(|w| stack.repository().line_with(w));
    if let Some(place) = told {
        finding = finding
            .label(place, "run by hand here; a first `up` still fails")
            .at_most(Severity::Warning);
    }
    let open = all.iter().any(|a| stack.container(a.container).environment.open.is_some());
    sink.report(if open || run.conditional { finding.sure(Confidence::Medium) } else { finding });
}
