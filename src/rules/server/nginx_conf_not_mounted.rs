//! nginx runs without the configuration that was written for it.

use crate::finding::{Confidence, Cure, Finding, Quote, YamlEdit, YamlValue, prose};
use crate::model::stack::Stack;
use crate::rules::{Check, Rule, Sink, changes, meta};

pub(super) static RULE: Rule =
    Rule { meta: &meta::NGINX_CONF_NOT_MOUNTED, check: Check::Stack(check) };

fn check(stack: &Stack<'_>, sink: &mut Sink) {
    for nginx in &stack.roles.nginx {
        let Some(stray) = stack.proxy().unused_config(nginx) else { continue };
        let me = stack.container(nginx.container);
        let shown = stack.repository().display_path(&stray.path);
        let from_here = stray.path.relative_to(stack.repository().project_folder());
        let from_here = Quote::path(from_here.unwrap_or(&shown));
        sink.report(
            Finding::new(
                &meta::NGINX_CONF_NOT_MOUNTED,
                prose!("{} only shows \"Welcome to nginx!\": {} is not mounted into it, nor copied", me, shown),
            )
            .label(me.name_span(), "has the configuration of its image only")
            .label(stray.host.span(), prose!("passes requests on to {}, and is read by nobody", stray.host))
            .cure(Cure::new("mount the configuration").change(changes::service(
                me,
                YamlEdit::Append(
                    vec!["volumes".to_owned()],
                    YamlValue::text(prose!("./{}:/etc/nginx/conf.d/default.conf:ro", from_here)),
                ),
            )))
            .help(prose!("mount it, with its path as seen from the Compose file:\n    {}:\n      volumes:\n        - ./{}:/etc/nginx/conf.d/default.conf:ro", me, from_here))
            .sure(Confidence::Medium),
        );
    }
}
