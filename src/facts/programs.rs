//! What is known of programs and their commands: `data/programs.toml`.

use super::Contents;

/// What a program may make of a project's files in a build.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Makes {
    /// None.
    Nothing,
    /// What browsers load, but no Python, scripts or configuration.
    Assets,
}

/// What is known of programs that are alike.
#[derive(Debug, PartialEq, Eq)]
pub struct ProgramFacts {
    /// Their names.
    pub names: &'static [&'static str],
    /// Whether it does its work and ends.
    pub one_shot: bool,
    /// Whether its success means that a server answers.
    pub asks: bool,
    /// Whether it only ends a check.
    pub ends_check: bool,
    /// What it may make of a project's files in a build; `None` for anything.
    pub makes: Option<Makes>,
    /// Whether it changes no file of a project when a container starts.
    pub quiet: bool,
    /// Whether it listens, or starts something that may.
    pub listens: bool,
    /// Whether it installs packages.
    pub installs: bool,
    /// Whether it fails without arguments.
    pub wants_arguments: bool,
    /// Whether it is a single file, which images take from images of their own.
    pub copied: bool,
    /// Whether it reads shell.
    pub shell: bool,
    /// Whether it is a server or a worker of Python, by the name of its command.
    pub serves: bool,
    /// When the entry was gone over.
    pub checked: &'static str,
    /// Where to read of it.
    pub source: &'static str,
}

/// A program that health checks call, and the arguments that it takes.
#[derive(Debug, PartialEq, Eq)]
pub struct ProbeFacts {
    pub names: &'static [&'static str],
    /// Options with a value in the next word.
    pub valued: &'static [&'static str],
    /// Options whose value follows the letter at once.
    pub attached: &'static [&'static str],
    /// Words that it knows.
    pub commands: &'static [&'static str],
    /// Those of them with arguments of their own.
    pub with_argument: &'static [&'static str],
    /// What is printed for any other word, which takes the place of `{word}`.
    pub answer: &'static str,
    /// When the entry was gone over.
    pub checked: &'static str,
    /// Where to read of it.
    pub source: &'static str,
}

/// A program that only starts another program.
#[derive(Debug, PartialEq, Eq)]
pub struct Wrapper {
    pub name: &'static str,
    /// Words that follow the name before its options (`run` of `poetry run`).
    pub words: &'static [&'static str],
    /// Options with a value in the next word.
    pub valued: &'static [&'static str],
    /// Arguments before the command (the user of `gosu`).
    pub positional: usize,
    /// Whether assignments may stand before the command (`env A=b`).
    pub assignments: bool,
    /// Whether the command is a Python file, or `-m` and a module, which it loads itself.
    pub python: bool,
    /// When the entry was gone over.
    pub checked: &'static str,
    /// Where to read of it.
    pub source: &'static str,
}

/// What is known of management commands that are alike. None of them migrates unless its name says so.
#[derive(Debug, PartialEq, Eq)]
pub struct ManagementFacts {
    /// Their names.
    pub names: &'static [&'static str],
    /// Whether it does its work and ends.
    pub one_shot: bool,
    /// Whether it does not open the database.
    pub closed: bool,
    /// When the entry was gone over.
    pub checked: &'static str,
    /// Where to read of it.
    pub source: &'static str,
}

/// What is known of commands of a program that are alike.
#[derive(Debug, PartialEq, Eq)]
pub struct SubcommandFacts {
    pub program: &'static str,
    /// Their names: `worker`, `db migrate`.
    pub names: &'static [&'static str],
    /// Whether it runs until it is stopped.
    pub long_running: bool,
    /// Whether it has commands of its own.
    pub group: bool,
    /// Whether it is a part of Airflow, which an image of another name may run.
    pub component: bool,
    /// Whether it stops where the database has no tables.
    pub wants_tables: bool,
    /// Whether it puts the tables into the database.
    pub creates_tables: bool,
    /// When the entry was gone over.
    pub checked: &'static str,
    /// Where to read of it.
    pub source: &'static str,
}

/// A program that scripts call, the packages that bring it, and the bases that have it.
#[derive(Debug, PartialEq, Eq)]
pub struct Tool {
    pub names: &'static [&'static str],
    /// How the names of packages begin that bring it.
    pub packages: &'static [&'static str],
    /// Bases that have it.
    pub there: &'static [Contents],
    /// The package to install on Debian.
    pub debian: &'static str,
    /// The package to install on Alpine.
    pub alpine: &'static str,
    /// When the entry was gone over.
    pub checked: &'static str,
    /// Where to read of it.
    pub source: &'static str,
}

/// Variables that something reads wherever it is installed.
#[derive(Debug, PartialEq, Eq)]
pub struct VariableFacts {
    /// Their names; `*` stands for any rest.
    pub names: &'static [&'static str],
    /// What reads them.
    pub reader: &'static str,
    /// When the entry was gone over.
    pub checked: &'static str,
    /// Where to read of it.
    pub source: &'static str,
}

/// Variables that whoever runs Compose mostly has, or that a shell or a CI gives.
#[derive(Debug, PartialEq, Eq)]
pub struct Surrounding {
    /// Their names.
    pub names: &'static [&'static str],
    /// When the entry was gone over.
    pub checked: &'static str,
    /// Where to read of it.
    pub source: &'static str,
}

include!(concat!(env!("OUT_DIR"), "/programs.rs"));

/// What is known of a program by its name, without its folder.
pub fn program(name: &str) -> Option<&'static ProgramFacts> {
    ALL_PROGRAMS.get(super::found(&PROGRAM_NAMES, name)?)
}

/// Whether something is known to hold of a program.
pub fn program_is(name: &str, holds: fn(&ProgramFacts) -> bool) -> bool {
    program(name).is_some_and(holds)
}

/// What is known of a management command.
pub fn management(command: &str) -> Option<&'static ManagementFacts> {
    MANAGEMENT.get(super::found(&MANAGEMENT_NAMES, command)?)
}

/// What is known of a command of a program: `worker` of `celery`.
pub fn subcommand(program: &str, name: &str) -> Option<&'static SubcommandFacts> {
    SUBCOMMANDS.iter().filter(|s| s.program == program).find(|s| s.names.contains(&name))
}

/// What a program of health checks takes.
pub fn probe(name: &str) -> Option<&'static ProbeFacts> {
    PROBES.get(super::found(&PROBE_NAMES, name)?)
}

/// What brings a program that scripts call.
pub fn tool(name: &str) -> Option<&'static Tool> {
    TOOLS.get(super::found(&TOOL_NAMES, name)?)
}

/// What reads a variable of that name wherever it is installed.
pub fn variable_reader(name: &str) -> Option<&'static str> {
    if name.to_ascii_lowercase().ends_with("_proxy") {
        return Some("the system");
    }
    let reads = |v: &&VariableFacts| v.names.iter().any(|known| super::fits(known, name));
    VARIABLES.iter().find(reads).map(|v| v.reader)
}

/// Whether whoever runs Compose mostly has a variable.
pub fn surrounds(name: &str) -> bool {
    SURROUNDINGS.iter().any(|s| s.names.contains(&name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn programs_and_commands_are_found_by_name() {
        assert!(program_is("cat", |p| p.one_shot) && !program_is("gunicorn", |p| p.one_shot));
        assert_eq!(program("npm").and_then(|p| p.makes), Some(Makes::Assets));
        assert!(management("migrate").is_some_and(|m| m.one_shot && !m.closed));
        assert!(management("import_products").is_none());
        assert!(subcommand("celery", "worker").is_some_and(|s| s.long_running));
        assert!(subcommand("airflow", "worker").is_none());
        assert_eq!(tool("psql").map(|t| t.debian), Some("postgresql-client"));
    }

    #[test]
    fn the_first_reader_that_fits_counts() {
        assert_eq!(variable_reader("PYTHONPATH"), Some("python"));
        assert_eq!(variable_reader("VIRTUAL_ENV"), Some("python"));
        assert_eq!(variable_reader("VIRTUAL_HOST"), Some("nginx-proxy"));
        assert_eq!(variable_reader("https_proxy"), Some("the system"));
        assert_eq!(variable_reader("PATH"), Some("the system"));
        assert_eq!(variable_reader("SHOP_HOST"), None);
    }
}
