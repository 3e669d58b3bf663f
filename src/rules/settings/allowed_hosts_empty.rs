//! Every request is answered with 400.

use crate::finding::{Change, Cure, Finding, PyValue, PythonEdit, prose};
use crate::model::roles::django::DjangoService;
use crate::model::stack::Stack;
use crate::rules::{Check, Rule, Sink, changes, meta};

pub(super) static RULE: Rule =
    Rule { meta: &meta::ALLOWED_HOSTS_EMPTY, check: Check::Django(check) };

fn check(service: &DjangoService, stack: &Stack<'_>, sink: &mut Sink) {
    let (Some(settings), Some((step, server))) =
        (service.settings(), stack.django().server(service))
    else {
        return;
    };
    let Some(debug) =
        settings.get("DEBUG").filter(|d| d.is_certain() && d.value.as_bool() == Some(false))
    else {
        return;
    };
    let hosts = settings.get("ALLOWED_HOSTS");
    let empty = match hosts {
        Some(hosts) if !hosts.is_certain() || hosts.value.is_open() => false,
        // `"".split(",")` is a list with one empty name, which no request can match.
        Some(hosts) => {
            hosts.value.items().is_some_and(|items| items.iter().all(|i| i.as_str() == Some("")))
        }
        None => settings.open.is_none(),
    };
    if !empty {
        return;
    }
    let runserver = server.kind == crate::model::process::ServerKind::Runserver;
    let message = if runserver && hosts.is_none_or(|h| h.value.items().is_some_and(<[_]>::is_empty))
    {
        "runserver refuses to start: CommandError: You must set settings.ALLOWED_HOSTS if DEBUG is False."
    } else {
        "every request is answered with 400 Bad Request: Invalid HTTP_HOST header"
    };
    let mut finding = Finding::new(&meta::ALLOWED_HOSTS_EMPTY, message);
    finding = match hosts {
        Some(hosts) => finding
            .label(hosts.name_span, "no host is allowed")
            .label(debug.name_span, "off, so the list counts"),
        None => finding.label(debug.name_span, "off, so ALLOWED_HOSTS counts, and it is not set"),
    };
    if let Some(read) = hosts.and_then(|h| h.value.all_reads().into_iter().next()) {
        finding = finding.label_if(
            stack.container(service.container).environment.written_at(&read.name),
            prose!("{} is set here", read),
        );
    }
    let finding = finding.label(step.span, "serves with these settings");
    let value = PyValue::List(
        ["localhost", "127.0.0.1"].into_iter().map(|h| PyValue::Text(h.into())).collect(),
    );
    let change = match hosts {
        // One that is split from a variable is set there.
        Some(hosts) if !hosts.value.all_reads().is_empty() => {
            let container = stack.container(service.container);
            let reads = hosts.value.all_reads();
            reads.first().map(|r| changes::variable(container, &r.name, "localhost,127.0.0.1"))
        }
        Some(hosts) => Some(Change::Python(PythonEdit::Replace(hosts.value.span, value))),
        None => Some(Change::Python(PythonEdit::Assign {
            after: debug.name_span,
            name: "ALLOWED_HOSTS",
            value,
        })),
    };
    let cure = change.map(|change| {
        Cure::new("list the hosts that requests may name").change(change).also(super::ADD_HOSTS)
    });
    sink.report(finding.cure_if(cure).help("name the hosts people will type:\n    ALLOWED_HOSTS = ['localhost', '127.0.0.1', 'example.com']"));
}
