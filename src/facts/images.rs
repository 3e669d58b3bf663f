//! What is known of images by their names: `data/images.toml`.

use super::Reference;

/// A product that images run, whoever built them.
#[derive(Debug, PartialEq, Eq)]
pub struct FamilyFacts {
    /// Its name: `postgres`.
    pub name: &'static str,
    /// The name people use: `PostgreSQL`.
    pub title: &'static str,
    /// What it is there for.
    pub role: Role,
    /// Last parts of names that make an image of any repository one of this family.
    pub bare: &'static [&'static str],
}

/// What a product is there for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    Database,
    Broker,
    Cache,
    Search,
    /// Files, as objects.
    Store,
    /// A web server that mostly passes requests on, other than nginx.
    Proxy,
    Web,
    /// A user interface for another server.
    Interface,
    Mail,
    Language,
    System,
    Application,
    Tool,
}

/// The distribution that an image stands on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum System {
    Debian,
    Ubuntu,
    Alpine,
    Oracle,
    Redhat,
    Other,
}

/// What an image holds besides its own program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Contents {
    /// Debian or Ubuntu with little in it: `debian`, `ubuntu`, `python:…-slim`.
    Little,
    /// Debian with tools for building (`buildpack-deps`): `python:3.12`.
    Full,
    /// The programs of BusyBox, on Alpine.
    Busybox,
}

/// What is known of an image. What is empty or `None` is not known, unless it says otherwise.
#[derive(Debug, PartialEq, Eq)]
pub struct ImageFacts {
    /// What it is called, without Docker's own registry.
    pub names: &'static [&'static str],
    /// The product it runs.
    pub family: Family,
    /// The first name of the image that it is like in all that is not said of it, or its own: it is built from it.
    pub like: &'static str,
    /// What it stands on, where the tag says nothing else.
    pub system: Option<System>,
    /// What it holds besides its program, where the tag says nothing else.
    pub contents: Option<Contents>,
    /// The user it runs as, where that is not root.
    pub runs_as: Option<&'static str>,
    /// Whether it starts in `/`, has no entrypoint that matters, and no files of a project in it.
    pub plain_start: bool,
    /// What it starts when it is given nothing to do: a prompt that waits for a person.
    pub prompt: Option<&'static str>,
    /// How the word of a tag begins that has the version of the server, or of the language, in it.
    pub version_word: Option<&'static str>,
    /// Words with which a command starts the server; options do as well.
    pub server: &'static [&'static str],
    /// Where clients connect.
    pub port: Option<u16>,
    /// All that it listens on, unless it is told otherwise.
    pub ports: &'static [u16],
    /// The folder of its data.
    pub data: Option<&'static str>,
    /// Variables of its user's name, the one that counts first in front. So are those below.
    pub user_variables: &'static [&'static str],
    /// The user where none of them is set.
    pub default_user: Option<&'static str>,
    /// Variables of that user's password.
    pub password_variables: &'static [&'static str],
    /// Variables of the password of the user who may do everything.
    pub root_password_variables: &'static [&'static str],
    /// Variables of the database that it makes; of a broker, of the virtual host.
    pub database_variables: &'static [&'static str],
    /// The database where none of them is set; `{user}` is the user's name.
    pub default_database: Option<&'static str>,
    /// Without any of these variables it does not start.
    pub needs: &'static [&'static str],
    /// With any of these (`NAME`, `NAME=value`) it asks nobody for a password, whatever else is set.
    pub trusts_when: &'static [&'static str],
    /// With any of these it starts without a password.
    pub empty_when: &'static [&'static str],
    /// Variables it reads; `*` stands for any rest.
    pub reads: &'static [&'static str],
    /// Whether it reads no others.
    pub reads_all: bool,
    /// Whether it has a `HEALTHCHECK`.
    pub health_check: Option<bool>,
    /// The words of a health check; `{user}` is the user's name.
    pub probe: &'static [&'static str],
    /// The same for its tags on Alpine, where it is another one.
    pub alpine_probe: &'static [&'static str],
    /// Programs that are in it for certain.
    pub tools: &'static [&'static str],
    /// Programs that are not in it, on the system it mostly stands on.
    pub lacks: &'static [&'static str],
    /// What anyone with access can do where none of `login_variables` is set.
    pub exposes: Option<&'static str>,
    /// Parts of the names of variables that give it a login.
    pub login_variables: &'static [&'static str],
    /// When the source was read.
    pub checked: &'static str,
    /// The address of its maker that says so.
    pub source: &'static str,
}

/// The release that a tag without its name stands on.
#[derive(Debug, PartialEq, Eq)]
pub struct StandsOn {
    /// The image of Docker's library.
    pub image: &'static str,
    /// How the tag begins; after `=` the whole tag.
    pub series: &'static str,
    /// The release of the series itself and of its newest version.
    pub now: &'static str,
    /// `rest release`: up to that version below the series it was another one, ascending.
    pub until: &'static [&'static str],
    /// Since when it holds, or was seen to hold.
    pub checked: &'static str,
    /// An official address.
    pub source: &'static str,
}

include!(concat!(env!("OUT_DIR"), "/images.rs"));

/// What is known of an image by its whole name: `bitnami/postgresql:16`.
pub fn image(image: &str) -> Option<&'static ImageFacts> {
    IMAGES.get(super::found(&IMAGE_NAMES, Reference::of_image(image).name)?)
}

/// What an image is taken for: what it is known to be, else the first image of the family that the last part of its
/// name is of. `registry.example.com/mirror/postgres:16` is taken for `postgres`.
pub fn presumed(reference: &str) -> Option<&'static ImageFacts> {
    image(reference).or_else(|| family_of_bare(super::bare_name(reference))?.image())
}

/// The family of an image of any repository, by the last part of its name.
pub fn family_of_bare(bare: &str) -> Option<Family> {
    ALL_FAMILIES.into_iter().find(|f| f.facts().bare.contains(&bare))
}

/// The images of Docker's own library in which others keep their data or messages, the most common first.
pub fn official_datastores() -> impl Iterator<Item = &'static str> {
    let first = ALL_FAMILIES.into_iter().filter(|f| f.keeps_data()).filter_map(Family::image);
    first.filter_map(|i| i.names.first().copied()).filter(|name| !name.contains('/'))
}

/// Whether a name without registry, user and tag has the name of a proxy in it: `my-traefik`.
pub fn names_proxy(bare: &str) -> bool {
    let proxies = FAMILIES.iter().filter(|f| f.role == Role::Proxy);
    proxies.flat_map(|f| f.bare).any(|name| bare.contains(name))
}

impl Family {
    /// What is known of it.
    pub fn facts(self) -> &'static FamilyFacts {
        &FAMILIES[self as usize]
    }

    /// The name people use.
    pub fn title(self) -> &'static str {
        self.facts().title
    }

    /// Its first image.
    pub fn image(self) -> Option<&'static ImageFacts> {
        IMAGES.iter().find(|i| i.family == self)
    }

    /// The port where its clients connect, unless it is told otherwise.
    pub fn port(self) -> Option<u16> {
        self.image()?.port
    }

    /// Whether others keep their data or messages in it.
    pub fn keeps_data(self) -> bool {
        matches!(
            self.facts().role,
            Role::Database | Role::Broker | Role::Cache | Role::Search | Role::Store
        )
    }
}

impl ImageFacts {
    /// Whether it surely reads a variable.
    pub fn reads(&self, name: &str) -> bool {
        self.reads.iter().any(|read| super::fits(read, name))
    }

    /// Whether a command that begins with this word starts the server.
    pub fn starts_server(&self, word: &str) -> bool {
        let last = word.rsplit('/').next().unwrap_or(word);
        let own = IMAGES.iter().find(|i| i.family == self.family && !i.server.is_empty());
        let words = match (self.server, own) {
            ([], Some(first)) => first.server,
            (own, _) => own,
        };
        word.starts_with('-') || words.contains(&last)
    }

    /// The variables by which it is told of passwords.
    pub fn passwords(&self) -> impl Iterator<Item = &'static str> {
        self.password_variables.iter().chain(self.root_password_variables).copied()
    }

    /// What a tag of it holds besides the program; `None` where that is not known.
    pub fn contents(&self, tag: &str) -> Option<Contents> {
        let own = self.contents?;
        match () {
            () if tag.contains("windows") || tag.contains("nanoserver") => None,
            () if tag.contains("alpine") => Some(Contents::Busybox),
            () if tag.contains("slim") && own == Contents::Full => Some(Contents::Little),
            () => Some(own),
        }
    }

    /// Whether a tag of it stands on Alpine.
    pub fn on_alpine(&self, tag: &str) -> bool {
        tag.contains("alpine") || self.system == Some(System::Alpine)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn images_are_found_by_their_names() {
        let family = |name: &str| image(name).map(|i| i.family);
        assert_eq!(family("postgres"), Some(Family::Postgres));
        assert_eq!(family("docker.io/library/postgres:16@sha256:00"), Some(Family::Postgres));
        assert_eq!(family("docker.io/bitnami/postgresql:16"), Some(Family::Postgres));
        assert_eq!(family("quay.io/minio/minio"), Some(Family::Minio));
        for name in
            ["", "acme/postgres:16", "ghcr.io/acme/redis", "localhost:5000/postgres", "한글"]
        {
            assert_eq!(family(name), None, "{name}");
        }
    }

    #[test]
    fn an_image_of_another_repository_is_taken_for_the_first_of_its_family() {
        let taken = |name: &str| presumed(name).map(|i| i.names[0]);
        assert_eq!(taken("ghcr.io/acme/postgres:16"), Some("postgres"));
        assert_eq!(taken("registry.example.com:5000/mirror/timescaledb"), Some("postgres"));
        assert_eq!(taken("registry.example.com/mirror/valkey:8"), Some("redis"));
        // What is known is not taken for another one.
        assert_eq!(taken("bitnami/redis:7"), Some("bitnami/redis"));
        assert_eq!(taken("acme/web"), None);
    }

    #[test]
    fn each_family_has_its_own_place_and_an_image() {
        for (number, family) in ALL_FAMILIES.into_iter().enumerate() {
            assert_eq!(family as usize, number);
            assert!(IMAGES.iter().any(|i| i.family == family), "{}", family.facts().name);
            for bare in family.facts().bare {
                assert_eq!(family_of_bare(bare), Some(family), "{bare} is of two families");
            }
        }
    }

    #[test]
    fn a_tag_says_what_an_image_holds() {
        let contents = |tag: &str| image("python").and_then(|i| i.contents(tag));
        assert_eq!(contents("3.12"), Some(Contents::Full));
        assert_eq!(contents("3.12-slim-bookworm"), Some(Contents::Little));
        assert_eq!(contents("3.12-alpine"), Some(Contents::Busybox));
        assert_eq!(contents("3.12-windowsservercore"), None);
        assert_eq!(image("nginx").and_then(|i| i.contents("1.27")), None);
    }

    #[test]
    fn variables_are_read_by_name_or_beginning() {
        let postgres = image("postgres").expect("it is known");
        assert!(postgres.reads("POSTGRES_USER") && postgres.reads("PGDATA"));
        assert!(!postgres.reads("POSTGRES_PASWORD"));
        // What is built from it reads the same.
        let timescale = image("timescale/timescaledb:latest-pg17").expect("it is known");
        assert!(timescale.reads("POSTGRES_USER") && timescale.reads("TS_TUNE_MEMORY"));
    }
}
