//! A driver that cannot log in to the server, for want of a package.

use crate::facts::{LOGINS, LoginPair};
use crate::finding::{Finding, Own, prose};
use crate::model::django::ValueKind;
use crate::model::image::DatabaseVersion;
use crate::model::roles::django::DjangoService;
use crate::model::stack::Stack;
use crate::rules::{Check, Rule, Sink, changes, meta};

pub(super) static RULE: Rule =
    Rule { meta: &meta::DB_LOGIN_UNSUPPORTED, check: Check::Django(check) };

fn check(service: &DjangoService, stack: &Stack<'_>, sink: &mut Sink) {
    let container = stack.container(service.container);
    let Some(packages) = container.packages.as_deref() else { return };
    // A list without Django in it is not the list that counts.
    if packages.has("django") != Some(true) || !packages.is_closed() || container.adds_packages() {
        return;
    }
    for used in service.databases() {
        let Some(database) = stack.datastores().database_of(service, Some(&used)) else { continue };
        let Some(release) = &database.release else { continue };
        let newer = |pair: &&LoginPair| {
            let old = match &release.image.version {
                DatabaseVersion::Named(v) => !crate::facts::at_least(v, pair.since),
                DatabaseVersion::Floating(latest) => latest.is_none(),
                DatabaseVersion::Unknown => true,
            };
            pair.image == release.image.kind.image() && !old
        };
        let pair = LOGINS.iter().filter(newer).find_map(|p| Some((p, packages.get(p.driver)?)));
        let Some((pair, driver)) = pair else { continue };
        let other = crate::facts::driver("mysql").is_some_and(|d| {
            d.packages.iter().any(|n| *n != pair.driver && packages.get(n).is_some())
        });
        let told = release.options.iter().any(|(name, _)| pair.options.contains(&name.as_str()));
        // TLS, and scripts that make other users, change how it logs in.
        if other
            || told
            || used.has_options && !has_plain_options(service, &used.alias)
            || database.init_scripts
            || driver.extras.iter().any(|e| e == pair.extra)
            || packages.has(pair.needs) != Some(false)
            || packages.locked.contains(pair.needs)
        {
            continue;
        }
        sink.report(
            Finding::new(
                &meta::DB_LOGIN_UNSUPPORTED,
                prose!(
                    "{} cannot log in to {}: {}",
                    container,
                    stack.container(database.container),
                    Own(pair.answer)
                ),
            )
            .label(driver.span, prose!("needs {} for this server", Own(pair.needs)))
            .label(
                release.named.span(),
                prose!("asks for caching_sha2_password since {}", Own(pair.since)),
            )
            .help(prose!("add it to the requirements and build again:\n    {}", Own(pair.needs)))
            .cure_if(changes::install(Some(packages), pair.needs)),
        );
    }
}

/// Whether the options of an entry are all known, and none of them changes how the driver logs in.
fn has_plain_options(service: &DjangoService, alias: &str) -> bool {
    let entry = service
        .settings()
        .and_then(|s| s.get("DATABASES"))
        .and_then(|d| d.value.entry(alias))
        .filter(|e| !e.is_open());
    let Some(options) = entry.and_then(|e| e.entry("OPTIONS")) else { return false };
    let ValueKind::Dict { entries, open: None } = &options.kind else { return false };
    let plain = ["charset", "init_command", "sql_mode", "isolation_level", "connect_timeout"];
    entries.iter().all(|(key, _)| key.as_str().is_some_and(|k| plain.contains(&k)))
}
