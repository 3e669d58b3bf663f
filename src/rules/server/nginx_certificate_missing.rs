//! A certificate that nginx needs to start, in a volume that is empty until nginx runs.

use crate::finding::{Finding, Quote, prose};
use crate::model::stack::Stack;
use crate::rules::{Check, Rule, Sink, meta};

pub(super) static RULE: Rule =
    Rule { meta: &meta::NGINX_CERTIFICATE_MISSING, check: Check::Stack(check) };

fn check(stack: &Stack<'_>, sink: &mut Sink) {
    for nginx in &stack.roles.nginx {
        let Some(lost) = stack.proxy().lost_certificate(nginx) else { continue };
        let container = stack.container(nginx.container);
        let mut finding = Finding::new(
            &meta::NGINX_CERTIFICATE_MISSING,
            prose!(
                "{} does not start: cannot load certificate \"{}\": No such file or directory",
                container,
                Quote::path(&lost.path)
            ),
        )
        .label(lost.path.span(), "is opened when nginx starts")
        .label(lost.mount, "is empty at the first start");
        if let Some(renews) = lost.renews {
            finding = finding.label(renews, "renews certificates, and makes no first one");
        }
        sink.report(finding.help(
            "get the first certificate before nginx needs it: start with a server for http only, or with a self-signed certificate, then run\n    docker compose run --rm certbot certonly --webroot -w /var/www/certbot -d example.org",
        ));
    }
}
