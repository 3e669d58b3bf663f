//! Pairs that do not go together: `data/pairs.toml`.

/// The oldest server that a release of a package accepts.
#[derive(Debug, PartialEq, Eq)]
pub struct NeedsServer {
    pub package: &'static str,
    /// The first release that checks it.
    pub since: &'static str,
    /// The server's image in Docker's library.
    pub image: &'static str,
    /// The oldest version.
    pub server: &'static str,
    /// The same as the error names it: `PostgreSQL 12`.
    pub title: &'static str,
    /// Since when it holds, or was seen to hold.
    pub date: &'static str,
    /// An official address.
    pub source: &'static str,
}

/// A command or an option that a build tool no longer has.
#[derive(Debug, PartialEq, Eq)]
pub struct ToolCommand {
    /// The program and its package.
    pub tool: &'static str,
    /// The command: `export`.
    pub command: &'static str,
    /// The option or argument of it; `None` where the command itself is gone.
    pub option: Option<&'static str>,
    /// The first version without it.
    pub since: &'static str,
    /// What the tool prints.
    pub answer: &'static str,
    /// What takes its place; `None` where it is only to be left out.
    pub instead: Option<&'static str>,
    /// The package that brings the command back.
    pub plugin: Option<&'static str>,
    /// Since when it holds, or was seen to hold.
    pub date: &'static str,
    /// An official address.
    pub source: &'static str,
}

/// An extension of PostgreSQL.
#[derive(Debug, PartialEq, Eq)]
pub struct Extension {
    /// Its name in `CREATE EXTENSION`.
    pub name: &'static str,
    /// Classes of migration operations that create it.
    pub operations: &'static [&'static str],
    /// Images that surely lack it.
    pub lacking: &'static [&'static str],
    /// An image that has it; `{major}` stands for the first number of the server's version.
    pub instead: Option<&'static str>,
    /// Since when it holds, or was seen to hold.
    pub date: &'static str,
    /// An official address.
    pub source: &'static str,
}

/// What a Python package wants of the system.
#[derive(Debug, PartialEq, Eq)]
pub struct Native {
    /// The package, normalised; `django.contrib.gis` for an app of Django.
    pub package: &'static str,
    /// The module that code imports, where that is what fails or leads to it.
    pub module: Option<&'static str>,
    /// What it wants, as people call it.
    pub library: &'static str,
    /// Whether it wants it to be compiled, beside a compiler; otherwise to be imported or used.
    pub build: bool,
    /// Whether the larger images of Python lack it as well.
    pub full: bool,
    /// Parts of the names of system packages that bring it.
    pub words: &'static [&'static str],
    /// Whole names of system packages that bring it.
    pub names: &'static [&'static str],
    /// Python packages that bring it along.
    pub unless: &'static [&'static str],
    /// What is printed without it.
    pub answer: &'static str,
    /// What to install on Debian.
    pub debian: &'static str,
    /// What to install on Alpine; `None` where nothing is known of it there.
    pub alpine: Option<&'static str>,
    /// Since when it holds, or was seen to hold.
    pub date: &'static str,
    /// An official address.
    pub source: &'static str,
}

/// A driver that a server does not let in unless something is added.
#[derive(Debug, PartialEq, Eq)]
pub struct LoginPair {
    /// The driver's package.
    pub driver: &'static str,
    /// The server's image in Docker's library.
    pub image: &'static str,
    /// The first version of the server of which it holds.
    pub since: &'static str,
    /// The package that the driver wants.
    pub needs: &'static str,
    /// The extra of the driver that brings it.
    pub extra: &'static str,
    /// Options of the server that change how it lets in.
    pub options: &'static [&'static str],
    /// What the driver prints.
    pub answer: &'static str,
    /// Since when it holds, or was seen to hold.
    pub date: &'static str,
    /// An official address.
    pub source: &'static str,
}

/// Schemes of URLs with a login.
#[derive(Debug, PartialEq, Eq)]
pub struct UrlSchemes {
    pub names: &'static [&'static str],
    /// Since when it holds, or was seen to hold.
    pub date: &'static str,
    /// An official address.
    pub source: &'static str,
}

include!(concat!(env!("OUT_DIR"), "/pairs.rs"));
