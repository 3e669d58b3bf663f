//! A configuration of nginx in a place where nginx refuses what it says.

use crate::finding::{Change, Cure, Finding, Own, Quote, prose};
use crate::model::path;
use crate::model::stack::Stack;
use crate::rules::{Check, Rule, Sink, changes, meta};

pub(super) static RULE: Rule =
    Rule { meta: &meta::NGINX_CONF_WRONG_LEVEL, check: Check::Stack(check) };

fn check(stack: &Stack<'_>, sink: &mut Sink) {
    for nginx in &stack.roles.nginx {
        let Some(wrong) = &nginx.misplaced else { continue };
        let me = stack.container(nginx.container);
        let mount =
            me.service.mounts.iter().find(|m| path::join("/", m.target.as_str()) == wrong.at);
        let mut finding = Finding::new(
            &meta::NGINX_CONF_WRONG_LEVEL,
            prose!(
                "{} does not start: \"{}\" directive is not allowed here in {}",
                me,
                Quote::name(&wrong.name).or_at(wrong.directive.span()),
                Quote::path(&wrong.at)
            ),
        );
        let what = if wrong.whole {
            "this is nginx's whole configuration"
        } else {
            "what stands here is taken in inside `http`"
        };
        finding = match mount {
            Some(mount) => finding.label(mount.span, what).label(
                wrong.directive.span(),
                if wrong.whole { "belongs inside `http`" } else { "belongs outside `http`" },
            ),
            None => finding.label(wrong.directive.span(), what),
        };
        let to =
            if wrong.whole { "/etc/nginx/conf.d/default.conf" } else { "/etc/nginx/nginx.conf" };
        let cure = mount.and_then(|m| changes::verbatim(&m.target)).map(|at| {
            Cure::new("mount the file where nginx reads such a one")
                .change(Change::Replace { at, with: to.into() })
        });
        sink.report(finding.cure_if(cure).help(prose!("put the file to\n    {}", Own(to))));
    }
}
