//! The release of Debian or Ubuntu that an image stands on, as far as its name tells.

use crate::facts::{self, RELEASES, Reference, Release, STANDS_ON, StandsOn};
use crate::model::exec_context::Dialect;

/// Variants of an image that stand on something else.
const OTHERS: [&str; 6] = ["alpine", "windowsservercore", "nanoserver", "ubi", "oracle", "fips"];

/// Images outside Docker's library that are Debian with its own package servers, named by release
/// (<https://github.com/bitnami/minideb>, <https://circleci.com/docs/circleci-images>, read 2026-11).
const PLAIN: [&str; 3] = ["bitnami/minideb", "circleci/python", "circleci/node"];

/// The release under an image of Docker's library; `None` where it is another system, not known, or held by a digest.
pub(super) fn release_of(image: &str) -> Option<&'static Release> {
    let reference = Reference::of_image(image);
    let is_plain = reference.library() || PLAIN.contains(&reference.name);
    if reference.pinned || !is_plain {
        return None;
    }
    let words: Vec<&str> = reference.tag.unwrap_or("").split('-').collect();
    if words.iter().any(|w| OTHERS.iter().any(|o| w.starts_with(o))) {
        return None;
    }
    if let Some(named) = words.iter().find_map(|w| facts::release(w)) {
        return Some(named);
    }
    let rest: Vec<&str> =
        words.into_iter().filter(|w| !matches!(*w, "" | "slim" | "latest")).collect();
    let version = match rest.as_slice() {
        [] => "",
        [one] if one.bytes().all(|b| b.is_ascii_digit() || b == b'.') => one,
        _ => return None,
    };
    let numbered = |r: &&Release| match r.distribution {
        "Debian" => reference.name == "debian" && version.split('.').next() == Some(r.version),
        _ => reference.name == "ubuntu" && version == r.version,
    };
    if let Some(numbered) = RELEASES.iter().find(numbered) {
        return Some(numbered);
    }
    let (series, rest) = series_of(reference.name, version)?;
    earlier_release(series, rest).or_else(|| facts::release(series.now))
}

/// An image on a release that is served.
#[derive(Debug, PartialEq, Eq)]
pub struct Successor {
    /// Its name and tag.
    pub image: String,
    pub release: &'static Release,
}

/// The release that old bases are brought to: it has long-term support, and each series of Python that is in use was built
/// on it (<https://wiki.debian.org/LTS>, read 2026-11).
const BROUGHT_TO: &str = "bookworm";

/// The same image on a release that is served, by the facts about its series; `None` where there is none, or it is not
/// known. A version that was last built on an older release is brought to its series: `python:3.10.2-buster` to
/// `python:3.10-bookworm`.
pub(super) fn successor_of(image: &str) -> Option<Successor> {
    let reference = Reference::of_image(image);
    // On another release of the distribution itself, Python and pip are other ones as well.
    let is_distribution = matches!(reference.name, "debian" | "ubuntu");
    if reference.pinned || !reference.library() || is_distribution {
        return None;
    }
    let tag = reference.tag.unwrap_or("");
    let words: Vec<&str> = tag.split('-').filter(|w| !matches!(*w, "" | "latest")).collect();
    let is_version = |w: &str| w.bytes().all(|b| b.is_ascii_digit() || b == b'.');
    let is_known = |w: &&str| *w == "slim" || is_version(w) || facts::release(w).is_some();
    if !words.iter().all(is_known) {
        return None;
    }
    let version = words.iter().copied().find(|w| is_version(w)).unwrap_or("");
    let (series, rest) = series_of(reference.name, version)?;
    let wanted = facts::release(BROUGHT_TO)?;
    let newest = facts::release(series.now)?;
    let release = if facts::at_least(newest.version, wanted.version) { wanted } else { newest };
    if release.archived.is_some() {
        return None;
    }
    let was_built_there = rest.is_empty()
        || earlier_release(series, rest)
            .is_none_or(|built_on| facts::at_least(built_on.version, release.version));
    let version = if was_built_there { version } else { series.series };
    let is_named = words.iter().any(|w| facts::release(w).is_some());
    let mut renewed: Vec<&str> = words
        .iter()
        .map(|word| match facts::release(word) {
            Some(_) => release.name,
            None if is_version(word) => version,
            None => word,
        })
        .collect();
    if !is_named {
        renewed.push(release.name);
    }
    let name = image.strip_suffix(tag).and_then(|rest| rest.strip_suffix(':')).unwrap_or(image);
    Some(Successor { image: format!("{name}:{}", renewed.join("-")), release })
}

/// The series a version of an image belongs to, and the rest of the version below it.
fn series_of<'v>(image: &str, version: &'v str) -> Option<(&'static StandsOn, &'v str)> {
    let fits = |s: &&StandsOn| s.image == image && rest_of_series(version, s.series).is_some();
    let series = STANDS_ON.iter().filter(fits).max_by_key(|s| s.series.len())?;
    Some((series, rest_of_series(version, series.series)?))
}

/// The release that a version below a series was last built on, where that is not the one of the series.
fn earlier_release(series: &StandsOn, rest: &str) -> Option<&'static Release> {
    let mut until = series.until.iter().filter_map(|u| u.split_once(' '));
    let (_, release) = until.find(|(last, _)| !rest.is_empty() && facts::at_least(last, rest))?;
    facts::release(release)
}

/// Which shell `/bin/sh` is in an image.
pub(super) fn shell_of(image: &str) -> Dialect {
    let reference = Reference::of_image(image);
    let tag = reference.tag.unwrap_or("");
    if reference.name == "alpine" || tag.split('-').any(|w| w.starts_with("alpine")) {
        return Dialect::Ash;
    }
    let named = tag.split('-').any(|word| facts::release(word).is_some());
    match release_of(image).is_some() || named {
        true => Dialect::Dash,
        false => Dialect::Unknown,
    }
}

/// The rest of a version below a series: empty for the series itself.
fn rest_of_series<'v>(version: &'v str, series: &str) -> Option<&'v str> {
    if let Some(only) = series.strip_prefix('=') {
        return (version == only).then_some("");
    }
    let rest = version.strip_prefix(series)?;
    if rest.is_empty() { Some("") } else { rest.strip_prefix('.') }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_tells_the_release() {
        for (image, wanted) in [
            ("python:3.9-slim-buster", Some("buster")),
            ("docker.io/library/python:3.8.10-slim", Some("buster")),
            ("python:3.8.11", Some("bullseye")),
            ("python:3.8.2", Some("buster")),
            ("python:3.8", Some("bookworm")),
            ("python:3.7.3-slim", Some("stretch")),
            ("python:3.11.3", Some("bullseye")),
            ("python:3.11.4", Some("bookworm")),
            ("python:3.6", Some("bullseye")),
            ("python", Some("trixie")),
            ("python:slim", Some("trixie")),
            ("python:3", Some("trixie")),
            ("python:3.3.7", None),
            ("python:3.8-alpine", None),
            ("python:3.8-alpine3.12", None),
            ("python:3.8.2@sha256:00", None),
            ("python:rc", None),
            ("acme/python:3.8-buster", None),
            ("node:14.17.3", Some("stretch")),
            ("node:14", Some("buster")),
            ("node:140", None),
            ("node:lts-buster-slim", Some("buster")),
            ("debian:10-slim", Some("buster")),
            ("debian:10.13", Some("buster")),
            ("debian", Some("trixie")),
            ("ubuntu:22.10", Some("kinetic")),
            ("ubuntu:mantic-20240530", Some("mantic")),
            ("bitnami/minideb:jessie", Some("jessie")),
            ("bitnami/minideb", None),
            ("circleci/python:3.6-stretch-node", Some("stretch")),
            ("alpine:3.8", None),
            ("nginx:1.21", None),
            ("", None),
        ] {
            assert_eq!(release_of(image).map(|r| r.name), wanted, "{image}");
        }
    }

    #[test]
    fn an_old_base_has_a_successor_that_was_built() {
        for (image, wanted) in [
            ("python:3.10.2-buster", Some("python:3.10-bookworm")),
            ("python:3.9.2-slim-buster", Some("python:3.9-slim-bookworm")),
            ("python:3.11.4-slim-buster", Some("python:3.11.4-slim-bookworm")),
            ("python:3.8.2", Some("python:3.8-bookworm")),
            ("docker.io/python:3.7.3-slim", Some("docker.io/python:3.7-slim-bookworm")),
            ("python:3.6-slim-stretch", Some("python:3.6-slim-bullseye")),
            ("python:slim-buster", Some("python:slim-bookworm")),
            ("python:3-buster", Some("python:3-bookworm")),
            ("python:3.5-buster", None),
            ("python:2.7", None),
            ("node:14-buster", None),
            ("python:3.9-alpine", None),
            ("python:3.9-buster@sha256:00", None),
            ("acme/python:3.9-buster", None),
            ("debian:buster", None),
            ("ubuntu:22.10", None),
        ] {
            assert_eq!(successor_of(image).map(|s| s.image).as_deref(), wanted, "{image}");
        }
    }
}
