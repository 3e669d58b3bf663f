//! Uploads of more than nginx takes.

use crate::finding::{Change, Confidence, Cure, Finding, StatementEdit, prose};
use crate::model::roles::django::DjangoService;
use crate::model::stack::Stack;
use crate::rules::{Check, Rule, Sink, meta};

pub(super) static RULE: Rule = Rule { meta: &meta::NGINX_BODY_SIZE, check: Check::Django(check) };

fn check(service: &DjangoService, stack: &Stack<'_>, sink: &mut Sink) {
    let proxied_locations = stack.proxy().proxied_locations(service);
    // One that sets it somewhere has thought of it.
    let takes = |path: &str| proxied_locations.iter().find(|f| f.location.path.as_str() == path);
    let Some(proxied) = ["/", "/api/", "/api", "/admin/", "/admin"].into_iter().find_map(takes)
    else {
        return;
    };
    if proxied_locations.iter().any(|f| f.pass.body.is_some()) {
        return;
    }
    let Some(field) = stack.storage().upload_field(service) else { return };
    let proxy = stack.container(proxied.nginx.container);
    let container = stack.container(service.container);
    let finding = Finding::new(
        &meta::NGINX_BODY_SIZE,
        prose!("{} answers uploads of more than 1 MB with 413 Request Entity Too Large, and {} never sees them", proxy, container),
    )
    .label(proxied.pass.address.span(), "client_max_body_size is not set, and is 1m")
    .label(field, "takes uploads")
    .help("take what people upload:\n    client_max_body_size 20m;")
    .cure(
        Cure::new("accept larger uploads")
            .change(Change::Statement(
                proxied.pass.address.span(),
                StatementEdit::Before("client_max_body_size 20m;".into()),
            ))
            .also("set the size that the largest upload needs"),
    );
    sink.report(if proxied.nginx.more_listens.is_some() {
        finding.sure(Confidence::Low)
    } else {
        finding
    });
}
