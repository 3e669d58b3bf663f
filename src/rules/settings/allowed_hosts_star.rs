//! Every host name is taken.

use crate::finding::{Confidence, Finding, prose};
use crate::model::roles::django::DjangoService;
use crate::model::stack::Stack;
use crate::rules::{Check, Rule, Sink, meta};

pub(super) static RULE: Rule =
    Rule { meta: &meta::ALLOWED_HOSTS_STAR, check: Check::Django(check) };

fn check(service: &DjangoService, stack: &Stack<'_>, sink: &mut Sink) {
    let (Some(settings), Some((step, _))) = (service.settings(), stack.django().server(service))
    else {
        return;
    };
    let Some(hosts) = settings.get("ALLOWED_HOSTS").filter(|h| h.is_certain()) else { return };
    let Some(star) =
        hosts.value.items().and_then(|items| items.iter().find(|i| i.as_str() == Some("*")))
    else {
        return;
    };
    if !stack.repository().is_production() || settings.flag("DEBUG") != Some(false) {
        return;
    }
    let container = stack.container(service.container);
    // These write mails with links made from the host that was asked for.
    let mails = ["allauth.account", "dj_rest_auth"].iter().find_map(|app| settings.installed(app));
    sink.report(
        Finding::new(
            &meta::ALLOWED_HOSTS_STAR,
            prose!("{} takes any Host header for its own, and writes it into links, such as those of mails for a new password", container),
        )
        .label(stack.environment().written(service, star).span, "every name")
        .label(hosts.name_span, "holds it")
        .label_if(mails, "mails links with that name")
        .label(step.span, "serves with these settings")
        .help("name the hosts people type:\n    ALLOWED_HOSTS = ['www.example.com']")
        .sure(if mails.is_some() { Confidence::Medium } else { Confidence::Low }),
    );
}
