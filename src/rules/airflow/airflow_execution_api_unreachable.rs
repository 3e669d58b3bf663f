//! Tasks of Airflow 3 look for the API server in their own container.

use crate::finding::Finding;
use crate::model::endpoint::Endpoint;
use crate::model::stack::Stack;
use crate::model::stack::airflow::OptionValue;
use crate::model::stack::network::Resolved;
use crate::rules::{Check, Rule, Sink, meta};

pub(super) static RULE: Rule =
    Rule { meta: &meta::AIRFLOW_EXECUTION_API_UNREACHABLE, check: Check::Stack(check) };

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
        let (wrong, place) = match &named {
            OptionValue::Unset if part.entrypoint => (
                "nothing says where the API server is, so that it is localhost:8080".to_owned(),
                run.span,
            ),
            OptionValue::Is(text, span) => {
                let Some(url) = Endpoint::of_url(text) else { continue };
                match stack.network().resolve(part.container, &url.host) {
                    Resolved::Itself => {
                        ("inside this service, that is the container itself".to_owned(), *span)
                    }
                    Resolved::Nothing if stack.network().services_named(&url.host).is_empty() => {
                        (format!("no service is called `{}`", url.host), *span)
                    }
                    _ => continue,
                }
            }
            _ => continue,
        };
        let message = format!(
            "every task of {} fails: httpx.ConnectError: [Errno 111] Connection refused",
            container.name()
        );
        let message = if wrong.starts_with("no service") {
            message
                .replace("[Errno 111] Connection refused", "[Errno -2] Name or service not known")
        } else {
            message
        };
        sink.report(
            Finding::new(&meta::AIRFLOW_EXECUTION_API_UNREACHABLE, message)
                .label(place, wrong)
                .label(there.name_span(), "the API server, which tasks report to since Airflow 3")
                .help(format!(
                    "tell every component where it is:\n    environment:\n      AIRFLOW__CORE__EXECUTION_API_SERVER_URL: http://{}:8080/execution/",
                    there.name()
                )),
        );
    }
}
