//! What is known of packages of Python, Debian and Alpine: `data/packages.toml`.

/// A package of Python.
#[derive(Debug, PartialEq, Eq)]
pub struct PackageFacts {
    /// Its name, normalised.
    pub name: &'static str,
    /// The modules it is imported by.
    pub modules: &'static [&'static str],
    /// How the names of others begin that bring it along, or have the same module.
    pub brought_by: &'static [&'static str],
    /// The command it installs.
    pub command: Option<&'static str>,
    /// Others that install that command.
    pub command_brought_by: &'static [&'static str],
    /// Whether it serves HTTP.
    pub serves: bool,
    /// When the entry was gone over.
    pub checked: &'static str,
    /// Where to read of it.
    pub source: &'static str,
}

/// Names of packages that are alike.
#[derive(Debug, PartialEq, Eq)]
pub struct PackageNames {
    /// The names, or how they begin.
    pub names: &'static [&'static str],
    /// When the entry was gone over.
    pub checked: &'static str,
    /// Where to read of it.
    pub source: &'static str,
}

/// Packages that bring a client of HTTP along.
#[derive(Debug, PartialEq, Eq)]
pub struct ClientNames {
    /// Whole names.
    pub names: &'static [&'static str],
    /// How names begin.
    pub beginnings: &'static [&'static str],
    /// When the entry was gone over.
    pub checked: &'static str,
    /// Where to read of it.
    pub source: &'static str,
}

/// The drivers of a database.
#[derive(Debug, PartialEq, Eq)]
pub struct Driver {
    /// The name of the database's family.
    pub family: &'static str,
    /// Packages of Python, normalised.
    pub packages: &'static [&'static str],
    /// What the name of the distribution's package has in it.
    pub system: &'static str,
    /// What to add to the requirements.
    pub install: &'static str,
    /// When the entry was gone over.
    pub checked: &'static str,
    /// Where to read of it.
    pub source: &'static str,
}

/// A C library that drivers want.
#[derive(Debug, PartialEq, Eq)]
pub struct Library {
    pub name: &'static str,
    /// How packages begin that bring what compiling wants.
    pub headers: &'static [&'static str],
    /// How packages begin that bring the library itself.
    pub runtime: &'static [&'static str],
    /// The library's file, where Debian and where Alpine have it.
    pub files: &'static [&'static str],
    /// What to install to compile, on Debian.
    pub debian_build: &'static str,
    /// What to install to compile, on Alpine.
    pub alpine_build: &'static str,
    /// What to install to run, on Debian.
    pub debian_run: &'static str,
    /// What to install to run, on Alpine.
    pub alpine_run: &'static str,
    /// When the entry was gone over.
    pub checked: &'static str,
    /// Where to read of it.
    pub source: &'static str,
}

include!(concat!(env!("OUT_DIR"), "/packages.rs"));

/// The package that is meant by a module: `rest_framework`.
pub fn package_of_module(module: &str) -> Option<&'static PackageFacts> {
    PACKAGES.get(super::found(&MODULE_NAMES, module)?)
}

/// The package that installs a command.
pub fn package_of_command(command: &str) -> Option<&'static PackageFacts> {
    PACKAGES.iter().find(|p| p.command == Some(command))
}

/// The names of packages that serve HTTP.
pub fn server_packages() -> impl Iterator<Item = &'static str> {
    PACKAGES.iter().filter(|p| p.serves).map(|p| p.name)
}

/// Whether a package of Python brings `setuptools`, in releases from before 2021.
pub fn brings_setuptools(package: &str) -> bool {
    begins_with_any(package, BRING_SETUPTOOLS)
}

/// The drivers for a database, by the name of its family.
pub fn driver(family: &str) -> Option<&'static Driver> {
    DRIVERS.iter().find(|d| d.family == family)
}

/// A C library by its name.
pub fn library(name: &str) -> Option<&'static Library> {
    LIBRARIES.iter().find(|l| l.name == name)
}

/// Whether a package of Debian or Alpine brings a C compiler.
pub fn brings_compiler(package: &str) -> bool {
    begins_with_any(package, COMPILERS)
}

/// Whether a package of Debian brings `curl` or `wget` along.
pub fn brings_client(package: &str) -> bool {
    CLIENTS
        .iter()
        .any(|c| c.names.contains(&package) || c.beginnings.iter().any(|b| package.starts_with(b)))
}

/// Whether a package of Alpine is known not to bring `bash` along.
pub fn lacks_bash(package: &str) -> bool {
    WITHOUT_BASH.iter().any(|w| w.names.contains(&package))
}

/// Whether a distribution is known to bring along none of the packages that a project's settings name: what it needs is
/// gone over.
pub fn brings_nothing(distribution: &str) -> bool {
    CLOSED.iter().any(|c| c.names.contains(&distribution))
        || PACKAGES.iter().any(|p| p.name == distribution)
}

fn begins_with_any(package: &str, lists: &[PackageNames]) -> bool {
    lists.iter().flat_map(|l| l.names).any(|b| package.starts_with(b))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packages_are_found_by_what_they_bring() {
        assert_eq!(
            package_of_module("rest_framework").map(|p| p.name),
            Some("djangorestframework")
        );
        assert!(package_of_module("shop").is_none());
        assert_eq!(package_of_command("waitress-serve").map(|p| p.name), Some("waitress"));
        assert!(server_packages().any(|name| name == "daphne"));
        assert!(brings_setuptools("zope-interface") && !brings_setuptools("django"));
        assert_eq!(driver("mysql").map(|d| d.install), Some("mysqlclient"));
        assert!(library("libpq").is_some_and(|l| l.headers.contains(&"libpq-dev")));
        assert!(brings_compiler("build-essential") && !brings_compiler("libpq5"));
        assert!(brings_client("gettext") && !brings_client("gettext-base"));
        assert!(lacks_bash("musl-dev") && !lacks_bash("git"));
    }
}
