//! Which database an image runs, and of which version, as far as its name tells.

use crate::facts::{self, FOLDERS, Latest, MovedFolder, Reference};

/// A database, by the image of Docker's library that it is or is built from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DatabaseKind {
    Postgres,
    Mysql,
    Mariadb,
    Mongo,
}

/// What a tag says of the version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DatabaseVersion {
    /// It names one.
    Named(String),
    /// It names none, so that the image changes with each release; what it stands for at the least, where that is known.
    Floating(Option<&'static Latest>),
    /// It cannot be told: a digest, or a tag of an unknown form.
    Unknown,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DatabaseImage {
    /// Which database.
    pub kind: DatabaseKind,
    pub version: DatabaseVersion,
}

impl DatabaseKind {
    /// The image of Docker's library.
    pub fn image(self) -> &'static str {
        match self {
            Self::Postgres => "postgres",
            Self::Mysql => "mysql",
            Self::Mariadb => "mariadb",
            Self::Mongo => "mongo",
        }
    }
}

/// All of them.
const KINDS: [DatabaseKind; 4] =
    [DatabaseKind::Postgres, DatabaseKind::Mysql, DatabaseKind::Mariadb, DatabaseKind::Mongo];

impl DatabaseImage {
    /// The database that an image is, itself or by what it is built from; `None` for other images, and for those that keep
    /// their data in a way of their own.
    pub fn of_image(image: &str) -> Option<Self> {
        let reference = Reference::of_image(image);
        let known = facts::image(image)?;
        let kind = KINDS.into_iter().find(|k| k.image() == known.like)?;
        let tag = reference.tag.unwrap_or("latest");
        let words = || tag.split('-');
        let number = |w: &str| -> Option<String> {
            let digits = w.strip_prefix("pg").unwrap_or(w);
            let end =
                digits.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(digits.len());
            (end > 0 && digits.starts_with(|c: char| c.is_ascii_digit()))
                .then(|| digits[..end].trim_end_matches('.').to_owned())
        };
        let version = if reference.pinned {
            DatabaseVersion::Unknown
        } else if let Some(start) = known.version_word {
            // `pg17`, `0.8.0-pg17`: the number in front is that of what was added to the server.
            words()
                .find(|w| w.starts_with(start))
                .and_then(number)
                .map_or(DatabaseVersion::Unknown, DatabaseVersion::Named)
        } else if let Some(named) = words().next().and_then(number) {
            // `mysql:8` is the newest of the 8s.
            let whole = format!("{}:{tag}", reference.name);
            DatabaseVersion::Named(facts::latest(&whole).map_or(named, |l| l.version.to_owned()))
        } else if words().all(|w| {
            matches!(w, "latest" | "alpine")
                || w.starts_with("alpine3")
                || facts::release(w).is_some()
        }) {
            DatabaseVersion::Floating(facts::latest(reference.name))
        } else {
            DatabaseVersion::Unknown
        };
        Some(Self { kind, version })
    }

    /// The version, or the least it can be.
    pub fn least(&self) -> Option<&str> {
        match &self.version {
            DatabaseVersion::Named(version) => Some(version),
            DatabaseVersion::Floating(latest) => latest.map(|l| l.version),
            DatabaseVersion::Unknown => None,
        }
    }

    /// The folder whose place depends on the version.
    pub fn moved_folder(&self) -> Option<&'static MovedFolder> {
        FOLDERS.iter().find(|f| f.image == self.kind.image())
    }

    /// The folder that the image declares as its volume; that of the old versions where the version is not known.
    pub fn volume(&self) -> &'static str {
        match (self.kind, self.moved_folder()) {
            (_, Some(moved)) if self.least().is_some_and(|v| facts::at_least(v, moved.since)) => {
                moved.after
            }
            (_, Some(moved)) => moved.before,
            (kind, None) => facts::image(kind.image()).and_then(|i| i.data).unwrap_or_default(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_tells_the_version() {
        let version = |image: &str| match DatabaseImage::of_image(image).map(|d| d.version) {
            Some(DatabaseVersion::Named(v)) => v,
            Some(DatabaseVersion::Floating(latest)) => {
                if latest.is_some() { "latest" } else { "floating" }.to_owned()
            }
            Some(DatabaseVersion::Unknown) => "?".to_owned(),
            None => "-".to_owned(),
        };
        for (image, wanted) in [
            ("postgres", "latest"),
            ("docker.io/library/postgres:alpine", "latest"),
            ("postgres:bookworm", "latest"),
            ("postgres:alpine3.23", "latest"),
            ("postgres:16", "16"),
            ("postgres:16.2-alpine3.19", "16.2"),
            ("postgres:18beta1", "18"),
            ("postgres@sha256:00", "?"),
            ("postgres:16@sha256:00", "?"),
            ("postgis/postgis", "floating"),
            ("postgis/postgis:16-3.4-alpine", "16"),
            ("timescale/timescaledb:2.17.2-pg16", "16"),
            ("timescale/timescaledb:latest-pg17", "17"),
            ("citusdata/citus:12.1", "?"),
            ("bitnami/postgresql:16", "-"),
            ("pgvector/pgvector:0.8.0-pg17", "17"),
            ("pgvector/pgvector:pg18", "18"),
            ("mysql:8", "8.4"),
            ("mysql:8.0.33", "8.0.33"),
            ("mysql:lts", "?"),
            ("acme/postgres", "-"),
            ("timescale/timescaledb-ha:pg18", "-"),
            ("postgres:한글", "?"),
        ] {
            assert_eq!(version(image), wanted, "{image}");
        }
        let volume = |image: &str| DatabaseImage::of_image(image).map(|d| d.volume());
        assert_eq!(volume("postgres:17.9"), Some("/var/lib/postgresql/data"));
        assert_eq!(volume("postgres:18"), Some("/var/lib/postgresql"));
        assert_eq!(volume("postgres"), Some("/var/lib/postgresql"));
        assert_eq!(volume("mongo:8"), Some("/data/db"));
    }
}
