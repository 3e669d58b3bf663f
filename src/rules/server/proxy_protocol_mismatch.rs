//! A proxy or a browser that speaks another protocol than the server it connects to.

use crate::finding::{Change, Cure, Finding, Own, Quote, StatementEdit, prose};
use crate::model::stack::Stack;
use crate::model::stack::network::{Protocol, Resolved};
use crate::rules::{Check, Rule, Sink, meta};

pub(super) static RULE: Rule =
    Rule { meta: &meta::PROXY_PROTOCOL_MISMATCH, check: Check::Stack(check) };

fn check(stack: &Stack<'_>, sink: &mut Sink) {
    for nginx in &stack.roles.nginx {
        let proxy = stack.container(nginx.container);
        for upstream in nginx.upstreams.iter() {
            let spoken = match upstream.by {
                "proxy_pass" => Protocol::Http,
                "uwsgi_pass" => Protocol::Uwsgi,
                _ => continue,
            };
            let target = stack.network().resolve(nginx.container, &upstream.host);
            let (Resolved::Service(index), Some(port)) = (target, upstream.port) else { continue };
            let Some(heard) = stack.network().protocol_at(index, port) else { continue };
            if heard.protocol == spoken {
                continue;
            }
            let server = stack.container(index);
            let (error, listens, help) = match spoken {
                Protocol::Http => (
                    "502: upstream prematurely closed connection",
                    "speaks uWSGI's own protocol",
                    prose!(
                        "speak it in nginx, or let uWSGI listen by http-socket:\n    include uwsgi_params;\n    uwsgi_pass {}:{};",
                        Quote::name(&upstream.host),
                        port
                    ),
                ),
                Protocol::Uwsgi => (
                    "502: upstream sent no valid response",
                    "speaks HTTP",
                    prose!(
                        "pass it on by HTTP:\n    proxy_pass http://{}:{};",
                        Quote::name(&upstream.host),
                        port
                    ),
                ),
            };
            let written = prose!("{} connects by {}", proxy, Own(upstream.by));
            // The name of the option that speaks HTTP, at the end that is uWSGI's.
            sink.report(
                Finding::new(
                    &meta::PROXY_PROTOCOL_MISMATCH,
                    prose!(
                        "{} answers {}: {} speaks another protocol at port {}",
                        proxy,
                        Own(error),
                        server,
                        port
                    ),
                )
                .label(upstream.span, written)
                .label(heard.span, listens)
                .help(help)
                .cure_if(
                    (spoken == Protocol::Http && direct(upstream.host.span(), upstream.span)).then(
                        || {
                            Cure::new("speak uWSGI's protocol in nginx").change(Change::Statement(
                                upstream.span,
                                StatementEdit::Replace(prose!(
                                    "include uwsgi_params;\nuwsgi_pass {}:{};",
                                    Quote::name(&upstream.host),
                                    port
                                )),
                            ))
                        },
                    ),
                ),
            );
        }
    }
    published(stack, sink);
}

/// Whether an address is written where requests are passed on, rather than in a group of servers.
fn direct(host: crate::source::Span, address: crate::source::Span) -> bool {
    host.file == address.file && host.start > address.start
}

/// Sockets of uWSGI that are published, so that browsers connect to them.
fn published(stack: &Stack<'_>, sink: &mut Sink) {
    for (index, container) in stack.containers.iter().enumerate() {
        for published in stack.network().host_ports(index) {
            let Some(target) = published.target else { continue };
            let Some(heard) = stack.network().protocol_at(index, target) else { continue };
            // Another proxy of the host may speak it.
            if heard.protocol != Protocol::Uwsgi || published.is_narrow() {
                continue;
            }
            sink.report(
                Finding::new(
                    &meta::PROXY_PROTOCOL_MISMATCH,
                    prose!(
                        "browsers get no answer from {} at port {}: invalid request block size: 21573",
                        container,
                        published.first
                    ),
                )
                .label(published.span, "browsers connect by HTTP")
                .label(heard.span, "speaks uWSGI's own protocol")
                .help("let uWSGI speak HTTP there:\n    http-socket = :8000")
                .at_most(crate::finding::Severity::Warning)
                .sure(crate::finding::Confidence::Medium),
            );
        }
    }
}
