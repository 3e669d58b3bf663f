//! Every health check leaves an error in the database's log.

use crate::finding::{Change, Cure, Finding, NodeEdit, Prose, Quote, YamlValue, prose};
use crate::model::container::Container;
use crate::model::roles::database::Database;
use crate::model::stack::Stack;
use crate::model::stack::datastores::Told;
use crate::rules::{Check, Rule, Sink, meta};

pub(super) static RULE: Rule =
    Rule { meta: &meta::PG_ISREADY_WRONG_USER, check: Check::Stack(check) };

fn check(stack: &Stack<'_>, sink: &mut Sink) {
    for database in stack.roles.sql_databases() {
        let Some(ready) = stack.datastores().ready_check(database) else { continue };
        let db = stack.container(database.container);
        // Scripts may make more users and databases; a service may be told whom it runs as.
        if database.init_scripts || db.service.text("user").is_some() {
            continue;
        }
        let Some((what, why)) = fault(database, &ready.user, &ready.database) else { continue };
        let (user, name) = (known(database.user.as_ref()), known(database.name.as_ref()));
        sink.report(
            Finding::new(&meta::PG_ISREADY_WRONG_USER, prose!("every health check of {} writes to its log:  FATAL:  {}", db, what))
                .label(ready.span, why)
                .help(prose!("name the user and the database that are there:\n    test: [\"CMD\", \"pg_isready\", \"-h\", \"127.0.0.1\", \"-U\", \"{}\", \"-d\", \"{}\"]", user, name))
                .cure_if(cure(db, &user, &name)),
        );
    }
}

/// Writes the check again, with the user and the database that exist.
fn cure(db: &Container<'_>, user: &Prose, name: &Prose) -> Option<Cure> {
    let test = db.service.healthcheck.as_ref()?.test.as_ref()?;
    let words = ["CMD", "pg_isready", "-h", "127.0.0.1", "-U"].into_iter().map(Prose::from);
    let words = words.chain([user.clone(), "-d".into(), name.clone()]);
    Some(
        Cure::new("name the user and the database that exist")
            .change(Change::YamlNode(test.span, NodeEdit::Replace(YamlValue::row(words)))),
    )
}

/// What the server writes, and why.
fn fault(database: &Database, user: &Told, asked: &Told) -> Option<(Prose, Prose)> {
    let there = database.user.as_ref()?;
    let user = match user {
        Told::Unknown => return None,
        Told::Nothing if there.as_str() == "root" => "root",
        Told::Nothing => {
            return Some((
                "role \"root\" does not exist".into(),
                "without -U it asks as the user it runs as: root".into(),
            ));
        }
        Told::Text(user) => user.as_str(),
    };
    if user == "postgres" && database.makes_postgres() {
        return None;
    }
    if user != there.as_str() {
        return Some((
            prose!("role \"{}\" does not exist", Quote::name(user)),
            prose!("asks as {}, and the image makes {}", Quote::name(user), Quote::name(there)),
        ));
    }
    let name = database.name.as_ref()?;
    match asked {
        Told::Unknown => None,
        Told::Nothing => (user != name.as_str() && user != "postgres").then(|| {
            (
                prose!("database \"{}\" does not exist", Quote::name(user)),
                prose!("without -d it asks for a database called like the user, and the image makes {}", Quote::name(name)),
            )
        }),
        Told::Text(asked) => (asked.as_str() != name.as_str() && asked != "postgres" && !asked.starts_with("template"))
            .then(|| (prose!("database \"{}\" does not exist", Quote::name(asked)), prose!("asks for {}, and the image makes {}", Quote::name(asked), Quote::name(name)))),
    }
}

fn known(text: Option<&crate::source::Text>) -> Prose {
    Prose::value_or(text.map(Quote::name), "postgres")
}
