//! What holds since a day: releases whose packages moved, what a tag stands on, options that are gone.
//! The entries are data, `data/facts.toml`, each with a date and an official source.

use std::cmp::Ordering;

/// A release of a distribution.
#[derive(Debug, PartialEq, Eq)]
pub struct Release {
    /// `Debian` or `Ubuntu`.
    pub distribution: &'static str,
    /// The name in tags and addresses: `buster`.
    pub name: &'static str,
    /// Its number.
    pub version: &'static str,
    /// The server its packages were moved to.
    pub archived: Option<&'static str>,
    /// Since when it holds, or was seen to hold.
    pub date: &'static str,
    /// An official address.
    pub source: &'static str,
}

/// A package that a release and those after it do not have.
#[derive(Debug, PartialEq, Eq)]
pub struct Gone {
    pub package: &'static str,
    pub distribution: &'static str,
    /// The first release without it.
    pub since: &'static str,
    /// What to install.
    pub instead: &'static str,
    /// Since when it holds, or was seen to hold.
    pub date: &'static str,
    /// An official address.
    pub source: &'static str,
}

/// The version that a tag without one stands for, at the least.
#[derive(Debug, PartialEq, Eq)]
pub struct Latest {
    /// The image, with its tag where it has one.
    pub image: &'static str,
    pub version: &'static str,
    /// Since when it holds, or was seen to hold.
    pub date: &'static str,
    /// An official address.
    pub source: &'static str,
}

/// An option that a server stops at, because it no longer knows it.
#[derive(Debug, PartialEq, Eq)]
pub struct RemovedOption {
    pub image: &'static str,
    /// The option, with dashes.
    pub option: &'static str,
    /// The first version without it.
    pub since: &'static str,
    /// What to do.
    pub instead: &'static str,
    /// Since when it holds, or was seen to hold.
    pub date: &'static str,
    /// An official address.
    pub source: &'static str,
}

/// A folder of data that lies elsewhere from a version on.
#[derive(Debug, PartialEq, Eq)]
pub struct MovedFolder {
    pub image: &'static str,
    /// The first version with the new folder.
    pub since: &'static str,
    /// The volume of the versions before.
    pub before: &'static str,
    /// The volume from then on.
    pub after: &'static str,
    /// Since when it holds, or was seen to hold.
    pub date: &'static str,
    /// An official address.
    pub source: &'static str,
}

/// A setting that Django no longer reads.
#[derive(Debug, PartialEq, Eq)]
pub struct RemovedSetting {
    pub setting: &'static str,
    /// The first release that does not read it.
    pub since: &'static str,
    /// The setting in its place.
    pub successor: &'static str,
    /// What comes of it.
    pub effect: &'static str,
    /// What to do.
    pub instead: &'static str,
    /// The value that is in force without it: then nothing is lost.
    pub default: &'static str,
    /// Since when it holds, or was seen to hold.
    pub date: &'static str,
    /// An official address.
    pub source: &'static str,
}

/// A command that a program no longer has.
#[derive(Debug, PartialEq, Eq)]
pub struct RemovedCommand {
    pub program: &'static str,
    pub command: &'static str,
    /// The first version without it.
    pub since: &'static str,
    /// The version that brought it back, where one did.
    pub until: Option<&'static str>,
    /// What the program says.
    pub answer: &'static str,
    /// What to run.
    pub instead: &'static str,
    /// Since when it holds, or was seen to hold.
    pub date: &'static str,
    /// An official address.
    pub source: &'static str,
}

/// Images of which the versions were taken off the registry.
#[derive(Debug, PartialEq, Eq)]
pub struct RemovedImage {
    /// How the name begins, without Docker's own registry.
    pub prefix: &'static str,
    /// What stands there in place of it where they were moved to.
    pub instead: &'static str,
    /// How the names begin of those that were left where they are.
    pub kept: &'static [&'static str],
    /// Since when it holds, or was seen to hold.
    pub date: &'static str,
    /// An official address.
    pub source: &'static str,
}

/// A release of a package with what it wants of Python.
#[derive(Debug, PartialEq, Eq)]
pub struct NeedsPython {
    pub package: &'static str,
    /// The first release that wants it.
    pub since: &'static str,
    /// The oldest Python.
    pub python: &'static str,
    /// Since when it holds, or was seen to hold.
    pub date: &'static str,
    /// An official address.
    pub source: &'static str,
}

/// Releases of a package that a Python no longer runs.
#[derive(Debug, PartialEq, Eq)]
pub struct BreaksOn {
    pub package: &'static str,
    /// The first release that runs again.
    pub before: &'static str,
    /// The first Python that does not run those before.
    pub python: &'static str,
    /// The module that this Python no longer has.
    pub module: &'static str,
    /// Packages that bring the module back.
    pub unless: &'static [&'static str],
    /// Since when it holds, or was seen to hold.
    pub date: &'static str,
    /// An official address.
    pub source: &'static str,
}

/// The first release of a package that comes compiled for a Python.
#[derive(Debug, PartialEq, Eq)]
pub struct Wheel {
    pub package: &'static str,
    /// The Python; those after it are newer entries.
    pub python: &'static str,
    /// The release.
    pub since: &'static str,
    /// Since when it holds, or was seen to hold.
    pub date: &'static str,
    /// An official address.
    pub source: &'static str,
}

/// Programs that images no longer have.
#[derive(Debug, PartialEq, Eq)]
pub struct ProgramGone {
    pub image: &'static str,
    pub program: &'static str,
    /// The first version without it.
    pub since: &'static str,
    /// What to call.
    pub instead: &'static str,
    /// Since when it holds, or was seen to hold.
    pub date: &'static str,
    /// An official address.
    pub source: &'static str,
}

include!(concat!(env!("OUT_DIR"), "/facts.rs"));

/// How two versions compare, number by number; what is missing counts as 0, and what is no number as well.
pub fn compare(a: &str, b: &str) -> Ordering {
    let numbers = |v: &str| -> Vec<u32> { v.split('.').map(|n| n.parse().unwrap_or(0)).collect() };
    let (mut a, mut b) = (numbers(a), numbers(b));
    let length = a.len().max(b.len());
    a.resize(length, 0);
    b.resize(length, 0);
    a.cmp(&b)
}

/// Whether version `a` is `b` or later.
pub fn at_least(a: &str, b: &str) -> bool {
    compare(a, b) != Ordering::Less
}

/// The release called `name` in tags.
pub fn release(name: &str) -> Option<&'static Release> {
    RELEASES.iter().find(|r| r.name == name)
}

/// What is known of an image without a version, or of a tag that names only the first part of one.
pub fn latest(image: &str) -> Option<&'static Latest> {
    LATEST.iter().find(|l| l.image == image)
}
