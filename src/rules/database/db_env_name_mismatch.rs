//! Django and its database were told different things.

use crate::finding::{Cure, Finding, Own, Prose, Quote, prose};
use crate::model::django::Value;
use crate::model::roles::database::{Database, DatabaseUse, Engine};
use crate::model::roles::django::DjangoService;
use crate::model::stack::Stack;
use crate::rules::{Check, Rule, Sink, changes, meta};
use crate::source::Text;

pub(super) static RULE: Rule =
    Rule { meta: &meta::DB_ENV_NAME_MISMATCH, check: Check::Django(check) };

fn check(service: &DjangoService, stack: &Stack<'_>, sink: &mut Sink) {
    if stack.datastores().makes_logins() {
        return;
    }
    for used in service.databases() {
        let Some(database) = stack
            .datastores()
            .database_of(service, Some(&used))
            .filter(|d| Some(d.engine) == used.kind && !d.init_scripts)
        else {
            continue;
        };
        let db = stack.container(database.container);
        let root = database.engine == Engine::Mysql
            && used.user.as_ref().and_then(Value::as_str) == Some("root");
        let own_role = database.makes_postgres()
            && used.user.as_ref().and_then(Value::as_str) == Some("postgres");
        let user = used.user.as_ref().map(Quote::name).unwrap_or_default();
        // Django refuses a blank name before it connects (django.db.backends.postgresql.base).
        let unnamed = database.engine == Engine::Postgres
            && used.name.as_ref().and_then(Value::as_str) == Some("");
        // What is asked for, what there is, what to call it, and what the server answers.
        let pairs: [(Option<&Value>, Option<Text>, &'static str, Prose); 3] = [
            (
                used.user.as_ref().filter(|_| !root && !own_role),
                database.user.clone(),
                "user",
                prose!("role \"{}\" does not exist", user),
            ),
            (
                used.password.as_ref(),
                if root { database.root_password.clone() } else { database.password.clone() },
                "password",
                prose!("password authentication failed for user \"{}\"", user),
            ),
            (
                used.name.as_ref(),
                database.name.clone(),
                "database",
                if unnamed {
                    prose!(
                        "ImproperlyConfigured: Please supply the NAME or OPTIONS['service'] value"
                    )
                } else {
                    prose!(
                        "database \"{}\" does not exist",
                        used.name.as_ref().map(Quote::name).unwrap_or_default()
                    )
                },
            ),
        ];
        let wrong: Vec<_> = pairs
            .iter()
            .filter_map(|(asked, there, what, answer)| {
                let (asked, there) = ((*asked)?, there.as_ref()?);
                let text = asked.as_str()?;
                let always = *what == "database" && database.engine.always_has(text);
                (text != there.as_str() && !always).then_some((asked, there, *what, answer))
            })
            .collect();
        if wrong.is_empty() {
            no_password(service, stack, &used, database, sink);
        }
        let first = wrong.iter().find(|(_, _, what, _)| !unnamed || *what == "database");
        let Some((_, _, what, answer)) = first.or(wrong.first()) else { continue };
        let answer = if database.engine == Engine::Mysql && *what != "database" {
            prose!("Access denied for user '{}'", user)
        } else {
            (*answer).clone()
        };
        let mut finding = Finding::new(
            &meta::DB_ENV_NAME_MISMATCH,
            prose!(
                "{} and {} disagree on the {}: {}",
                stack.container(service.container),
                db,
                Own(what),
                answer
            ),
        );
        for (asked, there, what, _) in &wrong {
            let place = stack.environment().written(service, asked).span;
            let variables = match *what {
                "user" => database.image.user_variables,
                "password" if root => database.image.root_password_variables,
                "password" => database.image.password_variables,
                _ => database.image.database_variables,
            };
            let mut written = variables.iter().filter_map(|n| db.environment.written_at(n));
            let other = written.next().unwrap_or(there.span());
            finding = finding
                .label(place, prose!("the {} Django asks for", Own(what)))
                .label(other, prose!("the {} {} has", Own(what), db));
        }
        let edits: Option<Vec<Vec<_>>> = wrong
            .iter()
            .map(|(asked, there, what, _)| {
                let name = match *what {
                    "user" => "DB_USER",
                    "password" => "DB_PASSWORD",
                    _ => "DB_NAME",
                };
                let with = prose!("{}", Quote::value(there));
                changes::write_text(stack, service, asked, with, name)
            })
            .collect();
        let cure = edits.map(|edits| {
            Cure::new(prose!("give Django what {} has", db))
                .changes(edits.into_iter().flatten())
                .also("a volume that was filled before keeps the old values until `docker compose down -v`")
        });
        sink.report(finding.cure_if(cure).help("let both read the same variables, e.g. from one `.env`:\n    POSTGRES_DB: ${DB_NAME:?}\n    DB_NAME: ${DB_NAME:?}\na volume that was filled before keeps the old values until `docker compose down -v`"));
    }
}

/// The database has a password, and Django gives none.
fn no_password(
    service: &DjangoService,
    stack: &Stack<'_>,
    used: &DatabaseUse,
    database: &Database,
    sink: &mut Sink,
) {
    // libpq takes these where Django gives no password (PostgreSQL docs, "Environment Variables").
    const OF_LIBPQ: [&str; 4] = ["PGPASSWORD", "PGPASSFILE", "PGSERVICE", "PGSERVICEFILE"];
    let (me, db) = (stack.container(service.container), stack.container(database.container));
    let asks = used.user.as_ref().and_then(Value::as_str);
    let same_user = asks.zip(database.user.as_ref()).is_some_and(|(a, b)| a == b.as_str());
    let Some(place) = used.no_password().filter(|_| database.has_password && same_user) else {
        return;
    };
    if OF_LIBPQ.iter().any(|name| me.environment.vars.contains_key(*name)) {
        return;
    }
    let answer = match database.engine {
        Engine::Mysql => "(using password: NO)",
        _ => "fe_sendauth: no password supplied",
    };
    let read = used.password.iter().flat_map(|p| &p.reads).find(|r| r.set_at.is_none());
    let given = database.image.password_variables.iter().find_map(|name| {
        db.environment
            .written_at(name)
            .or_else(|| db.environment.written_at(&format!("{name}_FILE")))
    });
    let help = match read {
        Some(read) => prose!(
            "give {} the password that {} has, from `.env`:\n    environment:\n      {}: ${DB_PASSWORD:?}",
            me,
            db,
            Quote::name(&read.name)
        ),
        None => prose!(
            "read it from the environment, and set it there to the password that {} has:\n    'PASSWORD': os.environ['DB_PASSWORD'],",
            db
        ),
    };
    sink.report(
        Finding::new(
            &meta::DB_ENV_NAME_MISMATCH,
            prose!("{} gives {} no password: {}", me, db, Own(answer)),
        )
        .label(place, "no password")
        .label(given.unwrap_or_else(|| db.name_span()), prose!("{} has one", db))
        .help(help),
    );
}
