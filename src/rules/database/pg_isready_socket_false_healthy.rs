//! The database counts as healthy while it is still being set up.

use crate::finding::{Change, Cure, Finding, NodeEdit, Prose, YamlValue, prose};
use crate::model::compose::Condition;
use crate::model::stack::Stack;
use crate::model::stack::datastores::Told;
use crate::rules::{Check, Rule, Sink, meta};

pub(super) static RULE: Rule =
    Rule { meta: &meta::PG_ISREADY_SOCKET_FALSE_HEALTHY, check: Check::Stack(check) };

fn check(stack: &Stack<'_>, sink: &mut Sink) {
    // Without scripts of its own the image is done in a second or two, and hardly a check falls into that time.
    for database in stack.roles.sql_databases().filter(|d| d.init_scripts) {
        let Some(ready) =
            stack.datastores().ready_check(database).filter(|r| r.host == Told::Nothing)
        else {
            continue;
        };
        let db = stack.container(database.container);
        let waits = stack.containers.iter().find_map(|c| {
            let found = c.service.depends_on.iter().find(|d| {
                d.service.as_str() == db.name() && d.condition == Condition::ServiceHealthy
            })?;
            Some((c, found.span))
        });
        let Some((waiting, span)) = waits.filter(|_| database.release.is_some()) else { continue };
        let mut finding = Finding::new(
            &meta::PG_ISREADY_SOCKET_FALSE_HEALTHY,
            prose!("{} may start while the first start of {} still runs its scripts: Connection refused", waiting, db),
        )
        .label(ready.span, "asks at the socket, where the temporary server of the first start answers as well")
        .label(span, "takes it for ready");
        let scripts =
            db.service.mounts.iter().find(|m| m.target.contains("docker-entrypoint-initdb.d"));
        finding = finding.label_if(
            scripts.map(|m| m.span),
            "run at the first start, before the server listens on the network",
        );
        let user = Prose::value_or(database.user.as_ref(), "postgres");
        let test = db.service.healthcheck.as_ref().and_then(|h| h.test.as_ref());
        let cure = test.map(|test| {
            let words = ["CMD", "pg_isready", "-h", "127.0.0.1", "-U"].into_iter().map(Prose::from);
            let mut words: Vec<Prose> = words.chain([user.clone()]).collect();
            if let Some(name) = &database.name {
                words.extend(["-d".into(), prose!("{}", name)]);
            }
            Cure::new("ask over the network")
                .change(Change::YamlNode(test.span, NodeEdit::Replace(YamlValue::row(words))))
        });
        sink.report(
            finding.cure_if(cure).help(prose!("ask over the network:\n    test: [\"CMD\", \"pg_isready\", \"-h\", \"127.0.0.1\", \"-U\", \"{}\"]", user)),
        );
    }
}
