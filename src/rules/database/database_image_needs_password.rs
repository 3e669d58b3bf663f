//! The image of a database is given no password, without which it makes no database.

use crate::facts::at_least;
use crate::finding::{Confidence, Cure, Finding, Own, Quote, Severity, prose};
use crate::model::compose::MountKind;
use crate::model::container::Container;
use crate::model::image::{DatabaseImage, DatabaseKind, DatabaseVersion};
use crate::model::roles::database::Database;
use crate::model::stack::Stack;
use crate::rules::{Check, Rule, Sink, changes, meta};
use crate::source::{EntryKind, Known};

pub(super) static RULE: Rule =
    Rule { meta: &meta::DATABASE_IMAGE_NEEDS_PASSWORD, check: Check::Stack(check) };

/// The first release of each line of PostgreSQL whose image asks for a password; all later lines do.
const ASKING: [(&str, &str); 5] =
    [("9.5", "9.5.21"), ("9.6", "9.6.17"), ("10", "10.12"), ("11", "11.7"), ("12", "12.2")];

fn check(stack: &Stack<'_>, sink: &mut Sink) {
    for (database, release) in stack.roles.database_releases() {
        let container = stack.container(database.container);
        let Some(known) = container.presumed_image() else { continue };
        let Some(first) = known.needs.first().filter(|_| asks(&release.image)) else { continue };
        let environment = &container.environment;
        // What is not known may set one, or may be a script that does.
        let open = environment.open.is_some()
            || environment.image_open.is_some()
            || container.service.entrypoint.is_some()
            || container.built().is_some_and(|i| i.entrypoint().is_some());
        if open
            || known.needs.iter().any(|name| is_given(container, name))
            || container.any_holds(known.trusts_when)
            || has_data(stack, database)
        {
            continue;
        }
        let says = match release.image.kind {
            DatabaseKind::Postgres => "superuser password is not specified",
            _ => "password option is not specified",
        };
        let blank = known.needs.iter().find_map(|name| environment.written_at(name));
        let mut finding = Finding::new(
            &meta::DATABASE_IMAGE_NEEDS_PASSWORD,
            prose!(
                "{} stops at its first start: Database is uninitialized and {}",
                container,
                Own(says)
            ),
        );
        finding = match blank {
            Some(place) => finding
                .label(place, "is blank")
                .label(release.named.span(), prose!("does not start without {}", Own(first))),
            None => finding
                .label(release.named.span(), prose!("does not start without {}", Own(first)))
                .label(container.name_span(), prose!("nothing sets {} here", Own(first))),
        };
        let value = prose!("${{}:?set it in .env}", Own(first));
        let cure = Cure::new(prose!("give {} a password", container))
            .change(changes::variable(container, first, value))
            .changes(changes::listed_in_template(stack, first))
            .also(prose!("put {} into .env, and give Django the same", Own(first)));
        // What a sample lacks is told with care; a Compose file that is one is there to be filled in.
        if environment.rests_on_templates() {
            finding = finding.at_most(Severity::Warning);
        }
        if stack.repository().is_example() || stack.repository().is_foreign() {
            finding = finding.at_most(Severity::Info).sure(Confidence::Low);
        }
        sink.report(finding.cure(cure).help(prose!(
            "give it a password, and Django the same one:\n    {}:\n      environment:\n        {}: ${{}:?set it in .env}",
            Quote::name(container.name()),
            Own(first),
            Own(first)
        )));
    }
}

/// Whether the image of this release asks for a password. Those of PostgreSQL do since February 2020.
fn asks(image: &DatabaseImage) -> bool {
    match (image.kind, &image.version) {
        (DatabaseKind::Mongo, _) | (_, DatabaseVersion::Unknown) => false,
        (DatabaseKind::Mysql | DatabaseKind::Mariadb, _) | (_, DatabaseVersion::Floating(_)) => {
            true
        }
        (DatabaseKind::Postgres, DatabaseVersion::Named(version)) => {
            let line = |line: &&(&str, &str)| {
                version == line.0
                    || version.strip_prefix(line.0).is_some_and(|r| r.starts_with('.'))
            };
            match ASKING.iter().find(line) {
                // A tag without the last number stands for the newest release of its line.
                Some((line, since)) => version == line || at_least(version, since),
                None => version == "9" || at_least(version, "13"),
            }
        }
    }
}

/// Whether a variable, or the file whose path it names, may have text.
fn is_given(container: &Container<'_>, name: &str) -> bool {
    let vars = &container.environment.vars;
    let filled = vars.get(name).is_some_and(|value| match &value.text {
        Known::Known(text) => !text.is_empty(),
        Known::Partly(..) | Known::Unknown(_) => true,
    });
    filled || vars.contains_key(&format!("{name}_FILE"))
}

/// Whether the database may be there already: in a folder of the checkout, or in a volume that others made.
fn has_data(stack: &Stack<'_>, database: &Database) -> bool {
    let Some(mount) = stack.storage().data_mount(database) else { return false };
    match mount.kind {
        MountKind::Bind => mount
            .host(stack.repository().project_folder())
            .is_some_and(|host| stack.repository().entry_kind(&host) == EntryKind::Folder),
        MountKind::Volume => {
            let name = mount.source.as_ref().map_or("", |s| s.as_str());
            let volumes = &stack.project.volumes;
            volumes.iter().any(|v| v.key.as_str() == name && v.value.get("external").is_some())
        }
        _ => false,
    }
}
