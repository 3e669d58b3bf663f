//! The database counts as healthy while it is still being set up.

use crate::finding::{Change, Cure, Finding, NodeEdit, Own, Prose, YamlValue, prose};
use crate::model::compose::Condition;
use crate::model::stack::Stack;
use crate::model::stack::datastores::{ReadyCheck, Told};
use crate::rules::{Check, Rule, Sink, meta};
use crate::source::Span;

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
        // At another port the check does not see the temporary server.
        if !ready.reaches_first_start() {
            continue;
        }
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
        let cure = Cure::new("ask over the network").changes(over_network(&ready));
        sink.report(
            finding.cure(cure).help(prose!("ask over the network:\n    test: [\"CMD\", \"pg_isready\", \"-h\", \"127.0.0.1\", \"-U\", \"{}\"]", user)),
        );
    }
}

/// Names the host, and leaves everything else of the check as it is.
fn over_network(ready: &ReadyCheck) -> Vec<Change> {
    let host = ["-h", "127.0.0.1"];
    match &ready.first_option {
        _ if ready.in_shell => {
            let at = ready.program.span();
            let with = prose!(" {} {}", Own(host[0]), Own(host[1]));
            vec![Change::Bytes { at: Span { start: at.end, ..at }, with }]
        }
        Some(option) => host
            .map(|word| {
                Change::YamlNode(option.span(), NodeEdit::InsertBefore(YamlValue::text(word)))
            })
            .into(),
        None => {
            let words = ["CMD", "pg_isready", host[0], host[1]];
            vec![Change::YamlNode(ready.span, NodeEdit::Replace(YamlValue::row(words)))]
        }
    }
}
