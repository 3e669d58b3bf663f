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
    let fits =
        |s: &&StandsOn| s.image == reference.name && rest_of_series(version, s.series).is_some();
    let series = STANDS_ON.iter().filter(fits).max_by_key(|s| s.series.len())?;
    let rest = rest_of_series(version, series.series)?;
    let earlier = series
        .until
        .iter()
        .filter_map(|u| u.split_once(' '))
        .find(|(last, _)| !rest.is_empty() && facts::at_least(last, rest));
    facts::release(earlier.map_or(series.now, |(_, release)| release))
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
}
