//! A directive that nginx does not know, or that does not belong where it is.

use crate::finding::{Change, Cure, Finding, Own, prose};
use crate::model::stack::Stack;
use crate::rules::{Check, Rule, Sink, meta};

pub(super) static RULE: Rule =
    Rule { meta: &meta::NGINX_DIRECTIVE_REFUSED, check: Check::Stack(check) };

fn check(stack: &Stack<'_>, sink: &mut Sink) {
    for nginx in &stack.roles.nginx {
        // Another rule reports a file that is mounted to the wrong place, and one that cannot be read.
        let whole = nginx.misplaced.is_none() && nginx.errors.is_empty() && nginx.unknown.is_none();
        let Some(fault) = nginx.refused.as_ref().filter(|_| whole) else { continue };
        let me = stack.container(nginx.container);
        let finding = Finding::new(
            &meta::NGINX_DIRECTIVE_REFUSED,
            prose!("{} does not start: nginx: [emerg] {}", me, fault.message),
        )
        .label(fault.at, "nginx stops here");
        let finding = match fault.meant {
            Some(meant) => finding
                .cure_if(Some(
                    Cure::new("write the directive's name")
                        .change(Change::Replace { at: fault.at, with: meant.into() }),
                ))
                .help(prose!("did you mean `{}`?", Own(meant))),
            None => finding.help("move or correct the directive, then run `nginx -t`"),
        };
        sink.report(finding);
    }
}
