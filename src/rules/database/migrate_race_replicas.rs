//! Several containers migrate the same database at the same time.

use crate::finding::{Finding, Own, Prose, prose};
use crate::model::container::Container;
use crate::model::process::Step;
use crate::model::roles::database::Engine;
use crate::model::roles::django::DjangoService;
use crate::model::stack::Stack;
use crate::model::stack::lifecycle::Together;
use crate::rules::{Check, Rule, Sink, meta};

pub(super) static RULE: Rule =
    Rule { meta: &meta::MIGRATE_RACE_REPLICAS, check: Check::Stack(check) };

fn check(stack: &Stack<'_>, sink: &mut Sink) {
    let migrating: Vec<(&DjangoService, &Step)> = stack
        .datastores()
        .migrating_services()
        .into_iter()
        .filter(|(d, step)| {
            // The others wait for a lock of the database.
            !step.locked
                && d.default_database().is_some_and(|u| u.kind.is_some_and(|k| k != Engine::Sqlite))
        })
        .collect();
    for (at, (service, step)) in migrating.iter().enumerate() {
        let container = stack.container(service.container);
        let apart = |a: usize, b: usize| {
            stack.lifecycle().waits_for(a, b) || stack.lifecycle().waits_for(b, a)
        };
        let rivals: Vec<&(&DjangoService, &Step)> = migrating
            .iter()
            .skip(at + 1)
            .filter(|(d, _)| {
                d.container != service.container
                    && stack.datastores().same_database(service, d)
                    && !apart(service.container, d.container)
                    && stack.lifecycle().run_together(service.container, d.container)
                        == Together::Always
            })
            .collect();
        let replicas = stack.lifecycle().replicas(service.container).filter(|(n, _)| *n > 1);
        if rivals.is_empty()
            && (replicas.is_none()
                || stack
                    .datastores()
                    .database_of(service, service.default_database().as_ref())
                    .is_none())
        {
            continue;
        }
        let all: Vec<&Container<'_>> = std::iter::once(container)
            .chain(rivals.iter().map(|(d, _)| stack.container(d.container)))
            .collect();
        let who = match &replicas {
            Some((number, _)) if rivals.is_empty() => {
                prose!("{} containers of {} migrate", number, container)
            }
            _ => prose!("{} all migrate", list(&all)),
        };
        // Two that create the table of migrations; each program's own words.
        let answer = match service.default_database().and_then(|used| used.kind) {
            Some(Engine::Mysql) => "Table 'django_migrations' already exists",
            _ => "duplicate key value violates unique constraint \"pg_type_typname_nsp_index\"",
        };
        let mut finding = Finding::new(
            &meta::MIGRATE_RACE_REPLICAS,
            prose!(
                "{} at the same time: on the first `up` all but one may fail: {}",
                who,
                Own(answer)
            ),
        )
        .label(step.span, "runs at every start");
        for (other, again) in &rivals {
            finding = finding.label(again.span, "and here");
            finding = finding.label(
                stack.container(other.container).named_at(),
                "does not wait for the other to be done",
            );
        }
        finding =
            finding.label(container.named_at(), "migrates, and starts together with the others");
        if let Some((_, Some(span))) = replicas {
            finding = finding.label(span, "each of them migrates");
        }
        let help = match rivals.first() {
            // The second run finds nothing to do, and so does no harm.
            Some((other, _)) => prose!(
                "start {} once {} has migrated: give {} a `healthcheck` that passes then, or let only one of them migrate:\n    {}:\n      depends_on:\n        {}:\n          condition: service_healthy",
                stack.container(other.container),
                container,
                container,
                stack.container(other.container),
                container
            ),
            None => prose!(
                "take `migrate` out of the start of {}, and run it once before:\n    docker compose run --rm {} python manage.py migrate --noinput",
                container,
                container
            ),
        };
        sink.report(finding.help(help));
        return;
    }
}

fn list(all: &[&Container<'_>]) -> Prose {
    match all {
        [rest @ .., last] if !rest.is_empty() => {
            prose!("{} and {}", Prose::join(rest, ", "), last)
        }
        _ => Prose::concat(all),
    }
}
