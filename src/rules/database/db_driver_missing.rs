//! The driver of the database is not installed.

use crate::facts;
use crate::finding::{Finding, Own, prose};
use crate::model::roles::database::Engine;
use crate::model::roles::django::DjangoService;
use crate::model::stack::Stack;
use crate::rules::{Check, MAX_EVIDENCE, Rule, Sink, changes, meta};
use crate::source::Span;

pub(super) static RULE: Rule = Rule { meta: &meta::DB_DRIVER_MISSING, check: Check::Django(check) };

fn check(service: &DjangoService, stack: &Stack<'_>, sink: &mut Sink) {
    let container = stack.container(service.container);
    let Some(packages) = container.packages.as_ref() else { return };
    // A list without Django in it is not the list that counts.
    if packages.has("django") != Some(true) || packages.incomplete.is_some() {
        return;
    }
    for used in service.databases() {
        let (family, say) = match used.kind {
            Some(Engine::Postgres) => ("postgres", "Error loading psycopg2 or psycopg module"),
            Some(Engine::Mysql) => ("mysql", "Error loading MySQLdb module"),
            _ => continue,
        };
        let Some(driver) = facts::driver(family) else { continue };
        let installed = driver.packages.iter().any(|d| packages.has(d) != Some(false))
            || packages.system.iter().any(|p| p.contains(driver.system) && p.contains("py"));
        let Some(engine) = used.engine.as_ref().filter(|_| !installed) else { continue };
        let mut finding = Finding::new(
            &meta::DB_DRIVER_MISSING,
            prose!(
                "{} cannot load its database driver: ImproperlyConfigured: {}",
                container,
                Own(say)
            ),
        )
        .label(
            stack.environment().written(service, engine).span,
            prose!("needs a driver for {}", Own(used.kind.map_or("it", Engine::name))),
        );
        for (file, named) in packages.files.iter().take(MAX_EVIDENCE) {
            finding = finding
                .label(
                    Span::whole(*file),
                    prose!("{} names none", stack.repository().file_name(Span::whole(*file))),
                )
                .label(*named, "all that is installed");
        }
        sink.report(
            finding
                .help(prose!(
                    "add it to the requirements and build again:\n    {}",
                    Own(driver.install)
                ))
                .cure_if(changes::install(Some(packages), driver.install)),
        );
    }
}
