//! Every health check leaves an error in the database's log.

use crate::finding::Finding;
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
            Finding::new(&meta::PG_ISREADY_WRONG_USER, format!("every health check of {} writes to its log:  FATAL:  {what}", db.name()))
                .label(ready.span, why)
                .help(format!(
                    "name the user and the database that are there:\n    test: [\"CMD\", \"pg_isready\", \"-h\", \"127.0.0.1\", \"-U\", \"{user}\", \"-d\", \"{name}\"]"
                )),
        );
    }
}

/// What the server writes, and why.
fn fault(database: &Database, user: &Told, asked: &Told) -> Option<(String, String)> {
    let there = database.user.as_ref()?.as_str();
    let user = match user {
        Told::Unknown => return None,
        Told::Nothing if there == "root" => "root",
        Told::Nothing => {
            return Some((
                "role \"root\" does not exist".into(),
                "without -U it asks as the user it runs as: root".into(),
            ));
        }
        Told::Text(user) => user.as_str(),
    };
    if user != there {
        return Some((
            format!("role \"{user}\" does not exist"),
            format!("asks as {user}, and the image makes {there}"),
        ));
    }
    let name = database.name.as_ref()?.as_str();
    match asked {
        Told::Unknown => None,
        Told::Nothing => (user != name && user != "postgres").then(|| {
            (
                format!("database \"{user}\" does not exist"),
                format!("without -d it asks for a database called like the user, and the image makes {name}"),
            )
        }),
        Told::Text(asked) => (asked != name && asked != "postgres" && !asked.starts_with("template"))
            .then(|| (format!("database \"{asked}\" does not exist"), format!("asks for {asked}, and the image makes {name}"))),
    }
}

fn known(text: Option<&crate::source::Text>) -> &str {
    text.map_or("postgres", |t| t.as_str())
}
