//! The image of MySQL is asked to make a user that is there already.

use crate::finding::{Cure, Finding, Own, YamlEdit, prose};
use crate::model::image::DatabaseKind;
use crate::model::stack::Stack;
use crate::rules::{Check, Rule, Sink, changes, meta};

pub(super) static RULE: Rule = Rule { meta: &meta::MYSQL_USER_ROOT, check: Check::Stack(check) };

fn check(stack: &Stack<'_>, sink: &mut Sink) {
    for (database, release) in stack.roles.database_releases() {
        let container = stack.container(database.container);
        let Some(known) = container.presumed_image() else { continue };
        if !matches!(release.image.kind, DatabaseKind::Mysql | DatabaseKind::Mariadb) {
            continue;
        }
        let Some(name) = known
            .user_variables
            .iter()
            .find(|n| container.env(n).is_some_and(|t| t.as_str() == "root"))
        else {
            continue;
        };
        let prefix = name.split('_').next().unwrap_or("MYSQL");
        let password =
            known.password_variables.iter().find(|n| container.environment.vars.contains_key(**n));
        let says = match release.image.kind {
            DatabaseKind::Mysql => {
                "MYSQL_USER=\"root\", MYSQL_USER and MYSQL_PASSWORD are for configuring a regular user"
            }
            // Without a password MariaDB's image makes no user.
            _ if password.is_none() => continue,
            _ => "ERROR 1396 (HY000): Operation CREATE USER failed for 'root'@'%'",
        };
        let Some(place) = container.environment.written_at(name) else { continue };
        let mut finding = Finding::new(
            &meta::MYSQL_USER_ROOT,
            prose!("{} stops at its first start: {}", container, Own(says)),
        )
        .label(place, "root is there already, and cannot be made a second time");
        if place.file != container.name_span().file {
            finding = finding.label(container.name_span(), "the service that gets it");
        }
        let root = format!("{prefix}_ROOT_PASSWORD");
        let has_root = container.environment.vars.contains_key(&root);
        let cure = has_root.then(|| {
            let remove =
                |n: &str| changes::service(container, YamlEdit::RemoveVariable(n.to_owned()));
            let names = std::iter::once(*name).chain(password.copied());
            Cure::new("remove the user that exists anyway").changes(names.map(remove))
        });
        sink.report(finding.cure_if(cure).help(prose!("take {}_USER and {}_PASSWORD out; root's password is this one:\n    {}_ROOT_PASSWORD: ${DB_ROOT_PASSWORD:?set it in .env}", Own(prefix), Own(prefix), Own(prefix))));
    }
}
