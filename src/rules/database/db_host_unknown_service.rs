//! Django looks for the database under a name nobody has.

use crate::finding::{Confidence, Finding, Quote, Severity, prose};
use crate::model::django::Value;
use crate::model::roles::database::Engine;
use crate::model::roles::django::DjangoService;
use crate::model::stack::Stack;
use crate::model::stack::network::{NotFound, Resolved};
use crate::rules::{Check, Rule, Sink, changes, hosts, meta};

pub(super) static RULE: Rule =
    Rule { meta: &meta::DB_HOST_UNKNOWN_SERVICE, check: Check::Django(check) };

fn check(service: &DjangoService, stack: &Stack<'_>, sink: &mut Sink) {
    let me = stack.container(service.container);
    for used in service.databases() {
        let Some(host) = used.host.as_ref() else { continue };
        if !host.is_known() {
            documented(service, stack, host, sink);
        }
        let Some(name) = host.as_str().filter(|_| used.kind.is_some_and(|k| k != Engine::Sqlite))
        else {
            continue;
        };
        let Some(why) = stack.network().not_found(service.container, name) else { continue };
        let written = stack.environment().written(service, host);
        if why != NotFound::NoService {
            let answer =
                prose!("could not translate host name \"{}\" to address", Quote::name(host));
            let place = written.span;
            let found =
                Finding::new(&meta::DB_HOST_UNKNOWN_SERVICE, hosts::message(why, me, answer))
                    .label(place, prose!("{} asks for this name", me));
            sink.report(hosts::finish(why, stack, me, found, Quote::name(host)));
            continue;
        }
        let same = stack.roles.sql_databases().find(|d| Some(d.engine) == used.kind);
        let message = prose!(
            "no service is called `{}`: could not translate host name \"{}\" to address",
            Quote::name(host),
            Quote::name(host)
        );
        let finding = Finding::new(&meta::DB_HOST_UNKNOWN_SERVICE, message)
            .label(written.span, prose!("{} asks for this name", me));
        let finding = match same {
            Some(database) => {
                let db = stack.container(database.container);
                let help = prose!("use the service's name: {}", db);
                finding
                    .label(db.name_span(), prose!("the database service is called {}", db))
                    .help(help)
                    .cure_if(changes::name_host(stack, service, host, db, "DB_HOST"))
            }
            // Without a database in the stack, the name may belong to another project on the same network.
            None => {
                let finding = finding
                    .label(me.name_span(), "no service of this stack is a database")
                    .help("add the service, or name the host that has the database")
                    .sure(Confidence::Medium);
                // A template that two stacks share is filled in for each.
                let shared = !written.in_settings
                    && me.environment.rests_on_templates()
                    && stack.repository().other_file_has_service(name);
                if shared { finding.at_most(Severity::Info) } else { finding }
            }
        };
        sink.report(finding);
    }
}

/// A file of variables that is not in the checkout is written as the project's texts say.
fn documented(service: &DjangoService, stack: &Stack<'_>, host: &Value, sink: &mut Sink) {
    let me = stack.container(service.container);
    let mut databases = stack.roles.sql_databases();
    let only = databases.next().filter(|_| databases.next().is_none());
    let (Some(read), Some(database)) = (host.reads.last(), only) else { return };
    if me.environment.open.is_none()
        || me.environment.vars.contains_key(&read.name)
        || host.reads.len() != 1
    {
        return;
    }
    let db = stack.container(database.container);
    let told = stack.repository().documented_values(&read.name);
    // Texts that also tell it right speak of several ways to run the project.
    let right = |value: &str| {
        !matches!(stack.network().resolve(service.container, value), Resolved::Nothing)
    };
    let Some((name, place)) = told.first().filter(|_| !told.iter().any(|(value, _)| right(value)))
    else {
        return;
    };
    let plain = name
        .chars()
        .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '_'))
        && !name.is_empty();
    let blank =
        ["your", "host", "name", "server", "example", "change", "xxx", "my_", "my-", "address"];
    if !plain
        || blank.iter().any(|b| name.contains(b))
        || !stack.network().services_named(name).is_empty()
        || stack.repository().other_file_has_service(name)
    {
        return;
    }
    let file = me.environment.unusable.first();
    let mut finding = Finding::new(
        &meta::DB_HOST_UNKNOWN_SERVICE,
        prose!(
            "whoever follows {} gets: could not translate host name \"{}\" to address",
            stack.repository().file_name(*place),
            Quote::name(name).or_at(*place)
        ),
    )
    .label(*place, prose!("no service is called `{}`", Quote::name(name).or_at(*place)))
    .label(db.name_span(), prose!("the database service is called {}", db));
    if let Some(file) = file {
        finding = finding.label(
            file.named.span(),
            prose!("{} is not in the checkout, and is written as told", file.named),
        );
    }
    let cure = prose!("use the service's name:\n    {}={}", Quote::name(&read.name), db);
    sink.report(finding.at_most(Severity::Warning).help(cure));
}
