//! Tasks of Airflow 3 look for the API server in their own container.

use crate::finding::{Cure, Finding, Own, Quote, prose};
use crate::model::endpoint::Endpoint;
use crate::model::stack::Stack;
use crate::model::stack::airflow::OptionValue;
use crate::model::stack::network::Resolved;
use crate::rules::{Check, Rule, Sink, changes, meta};

pub(super) static RULE: Rule =
    Rule { meta: &meta::AIRFLOW_EXECUTION_API_UNREACHABLE, check: Check::Stack(check) };

/// What httpx reports of a port that nothing listens on, and of a name that is not known.
const REFUSED: &str = "[Errno 111] Connection refused";
const NOT_KNOWN: &str = "[Errno -2] Name or service not known";

fn check(stack: &Stack<'_>, sink: &mut Sink) {
    let all = &stack.roles.airflow;
    let Some(server) = all.iter().find(|a| a.runs(&["api-server"]).is_some()) else { return };
    let there = stack.container(server.container);
    for part in all.iter().filter(|a| a.is_at_least("3.0") == Some(true) && !a.unsure) {
        let container = stack.container(part.container);
        // Workers run the tasks, else the scheduler does.
        let works = part.runs(&["celery worker"]).or_else(|| {
            let local = match stack.airflow().option(part, "core", "executor") {
                OptionValue::Is(executor, _) => executor.as_str() == "LocalExecutor",
                OptionValue::Unset => true,
                OptionValue::Unknown => false,
            };
            part.runs(&["scheduler"]).filter(|_| local)
        });
        let Some(run) = works.filter(|_| part.runs(&["api-server", "standalone"]).is_none()) else {
            continue;
        };
        let named = match stack.airflow().option(part, "core", "execution_api_server_url") {
            OptionValue::Unset => stack.airflow().option(part, "api", "base_url"),
            named => named,
        };
        let (wrong, place, error) = match &named {
            OptionValue::Unset if part.entrypoint => (
                prose!("nothing says where the API server is, so that it is localhost:8080"),
                run.span,
                REFUSED,
            ),
            OptionValue::Is(text, span) => {
                let Some(url) = Endpoint::of_url(text) else { continue };
                match stack.network().resolve(part.container, &url.host) {
                    Resolved::Itself => (
                        prose!("inside this service, that is the container itself"),
                        *span,
                        REFUSED,
                    ),
                    Resolved::Nothing if stack.network().services_named(&url.host).is_empty() => {
                        let host = Quote::name(&url.host).or_at(*span);
                        (prose!("no service is called `{}`", host), *span, NOT_KNOWN)
                    }
                    _ => continue,
                }
            }
            _ => continue,
        };
        let message =
            prose!("every task of {} fails: httpx.ConnectError: {}", container, Own(error));
        sink.report(
            Finding::new(&meta::AIRFLOW_EXECUTION_API_UNREACHABLE, message)
                .label(place, wrong)
                .label(there.name_span(), "the API server, which tasks report to since Airflow 3")
                .help(prose!("tell every component where it is:\n    environment:\n      AIRFLOW__CORE__EXECUTION_API_SERVER_URL: http://{}:8080/execution/", there))
                .cure(Cure::new(prose!("tell {} where the API server is", container)).change(
                    changes::variable(
                        container,
                        "AIRFLOW__CORE__EXECUTION_API_SERVER_URL",
                        prose!("http://{}:8080/execution/", there),
                    ),
                )),
        );
    }
}
