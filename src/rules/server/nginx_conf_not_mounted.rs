//! nginx runs without the configuration that was written for it.

use crate::finding::{Confidence, Finding};
use crate::model::stack::Stack;
use crate::rules::{Check, Rule, Sink, meta};

pub(super) static RULE: Rule =
    Rule { meta: &meta::NGINX_CONF_NOT_MOUNTED, check: Check::Stack(check) };

fn check(stack: &Stack<'_>, sink: &mut Sink) {
    for nginx in &stack.roles.nginx {
        let Some(stray) = stack.proxy().unused_config(nginx) else { continue };
        let me = stack.container(nginx.container);
        let shown = stack.repository().display_path(&stray.path);
        sink.report(
            Finding::new(
                &meta::NGINX_CONF_NOT_MOUNTED,
                format!("{} only shows \"Welcome to nginx!\": {shown} is not mounted into it, nor copied", me.name()),
            )
            .label(me.name_span(), "has the configuration of its image only")
            .label(stray.host.span(), format!("passes requests on to {}, and is read by nobody", stray.host))
            .help(format!("mount it, with its path as seen from the Compose file:\n    {}:\n      volumes:\n        - ./{}:/etc/nginx/conf.d/default.conf:ro", me.name(), stray.path.relative_to(stack.repository().project_folder()).unwrap_or(&shown)))
            .sure(Confidence::Medium),
        );
    }
}
