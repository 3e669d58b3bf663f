//! Django looks for the database under a name nobody has.

use crate::finding::{Confidence, Finding};
use crate::model::stack::{DjangoService, Engine, Resolved, Stack};
use crate::rules::{Check, Rule, Sink, meta};

pub(super) static RULE: Rule = Rule { meta: &meta::DB_HOST_UNKNOWN_SERVICE, check: Check::Django(check) };

fn check(service: &DjangoService, stack: &Stack<'_>, sink: &mut Sink) {
    let me = stack.container(service.container);
    for used in service.databases() {
        let Some(host) = used.host.as_ref() else { continue };
        let Some(name) = host.as_str().filter(|_| used.kind.is_some_and(|k| k != Engine::Sqlite)) else { continue };
        // A service that is on other networks only is a matter of networks, not of the name.
        if stack.resolve(service.container, name) != Resolved::Nothing || !stack.called(name).is_empty() {
            continue;
        }
        let written = stack.written(service, host);
        let same = stack.databases.iter().find(|d| Some(d.engine) == used.kind);
        let message = format!("no service is called `{name}`: could not translate host name \"{name}\" to address");
        let finding =
            Finding::new(&meta::DB_HOST_UNKNOWN_SERVICE, message).label(written.span, format!("{} asks for this name", me.name()));
        let finding = match same {
            Some(database) => {
                let db = stack.container(database.container);
                let help = format!("use the service's name: {}", db.name());
                finding.label(db.name_span(), format!("the database service is called {}", db.name())).help(help)
            }
            // Without a database in the stack, the name may belong to another project on the same network.
            None => finding
                .label(me.name_span(), "no service of this stack is a database")
                .help("add the service, or name the host that has the database")
                .sure(Confidence::Medium),
        };
        sink.report(finding);
    }
}
