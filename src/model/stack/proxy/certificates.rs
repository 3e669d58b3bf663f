//! Certificates and keys that nginx opens when it starts, and that nothing puts there before (nginx docs,
//! `ssl_certificate`: a missing file stops nginx).

use super::Proxy;
use crate::model::compose::MountKind;
use crate::model::container::{Container, Volume};
use crate::model::process::Step;
use crate::model::roles::nginx::Nginx;
use crate::source::{Span, Text};

/// A certificate that is not there at the first start.
#[derive(Debug)]
pub struct LostCertificate {
    /// The path, where the directive names it.
    pub path: Text,
    /// The volume that is empty at first.
    pub mount: Span,
    /// The service that only renews certificates.
    pub renews: Option<Span>,
}

/// Words of commands that make a certificate, or bring one.
const MAKING: [&str; 12] = [
    "certonly",
    "openssl",
    "mkcert",
    "--standalone",
    "--nginx",
    "run",
    "acme.sh",
    "lego",
    "dehydrated",
    "cp",
    "certbot/init",
    "dummy",
];
/// Words in the project's own texts by which people make certificates before.
const TOLD: [&str; 6] =
    ["certonly", "openssl req", "mkcert", "init-letsencrypt", "acme.sh", "selfsigned"];

impl Proxy<'_> {
    /// The first certificate of an nginx service that a new volume does not have, where no service of the stack makes it.
    pub fn lost_certificate(&self, nginx: &Nginx) -> Option<LostCertificate> {
        if nginx.unknown.is_some() || !nginx.errors.is_empty() {
            return None;
        }
        // Whatever another script does first may make it.
        let container = self.stack.container(nginx.container);
        let plain = |s: &Step| s.words.first().is_some_and(|w| w.as_str() == "nginx");
        let own = container.service.entrypoint.is_some()
            || container.service.command.is_some() && !container.process.steps.iter().all(plain)
            || container.built().is_some_and(|i| i.entrypoint().is_some());
        if own {
            return None;
        }
        let is_certificate = |p: &&Text| {
            p.starts_with('/')
                && p.is_resolved()
                && !p.contains(['$', '*'])
                && [".pem", ".crt", ".cer"].iter().any(|e| p.ends_with(e))
        };
        let mut paths: Vec<&Text> = nginx.named_paths.iter().filter(is_certificate).collect();
        paths.sort_by_key(|p| (p.span().file, p.span().start));
        for path in paths {
            let stored = self.stack.storage().storage_of(nginx.container, path);
            let Some((Volume::Named(name), _, mount)) = stored else { continue };
            if mount.kind != MountKind::Volume || self.may_have(&name, nginx.container) {
                continue;
            }
            let uses = |c: &&Container<'_>| uses(c, &name);
            let renews = self
                .stack
                .containers
                .iter()
                .filter(uses)
                .find(|c| c.service.image.as_ref().is_some_and(|i| i.text.contains("certbot")));
            if TOLD.iter().any(|w| self.stack.repository().line_with(w).is_some()) {
                return None;
            }
            let renews = renews.map(|c| c.command_span.unwrap_or(c.name_span()));
            return Some(LostCertificate { path: path.clone(), mount: mount.span, renews });
        }
        None
    }

    /// Whether a volume may have something at the first start: it is not the stack's own, or a service fills it.
    fn may_have(&self, volume: &str, nginx: usize) -> bool {
        let special = self.stack.project.volumes.iter().any(|v| {
            v.key.as_str() == volume
                && (v.value.get("external").is_some()
                    || v.value.get("driver_opts").is_some()
                    || v.value.get("name").is_some())
        });
        special
            || self.stack.containers.iter().enumerate().any(|(index, c)| {
                if index == nginx || !uses(c, volume) {
                    return false;
                }
                let commands = [&c.service.entrypoint, &c.service.command];
                let words: Vec<&str> = commands
                    .into_iter()
                    .flatten()
                    .flat_map(|w| &w.words)
                    .map(|w| w.as_str())
                    .collect();
                let certbot = c.service.image.as_ref().is_some_and(|i| i.text.contains("certbot"));
                let makes =
                    words.iter().flat_map(|w| w.split_whitespace()).any(|w| MAKING.contains(&w));
                // What other images do with the volume is not known.
                makes || !certbot || c.service.build.is_some()
            })
    }
}

fn uses(container: &Container<'_>, volume: &str) -> bool {
    container.service.mounts.iter().any(|m| {
        m.kind == MountKind::Volume && m.source.as_ref().is_some_and(|s| s.as_str() == volume)
    })
}
