//! `new-rule`: the four places of a rule, so that the tests say what to write next.
//!
//! `tests/rules.rs` includes this file and checks the page against what the build accepts.

use std::fs;
use std::path::{Path, PathBuf};

/// The page.
const PAGE: &str = include_str!("../templates/page.md");
/// The file. `src/rules/mod.rs` compiles it in tests, which is why it is written for a rule that exists.
const FILE: &str = include_str!("../templates/rule.rs");
/// The rule in [`FILE`].
const STAND_IN: &str = "VERSION_OBSOLETE";
/// The first cases.
const CASES: &str = include_str!("../templates/cases.md");

/// What is written for a rule: paths below the root of the checkout, and texts.
pub(crate) struct NewRule {
    pub(crate) page: (PathBuf, String),
    pub(crate) file: (PathBuf, String),
    pub(crate) cases: (PathBuf, String),
    /// The list of the group, with the rule in it.
    pub(crate) group: (PathBuf, String),
}

/// Writes a rule's page, file, registration and first cases.
///
/// # Errors
/// When the name cannot be a rule's, there is no such group, or a file is there already.
pub(crate) fn run(root: &Path, group: &str, name: &str) -> Result<(), String> {
    let rule = NewRule::of(root, group, name)?;
    let new = [&rule.page, &rule.file, &rule.cases];
    if let Some((path, _)) = new.iter().find(|(path, _)| root.join(path).exists()) {
        return Err(format!("{} is there already", path.display()));
    }
    for (path, text) in new.into_iter().chain([&rule.group]) {
        let whole = root.join(path);
        fs::write(&whole, text).map_err(|why| format!("{}: {why}", path.display()))?;
        println!("wrote {}", path.display());
    }
    println!(
        "\nFill them in, in any order, and run `cargo test`: each failure names the next step. Then"
    );
    println!(
        "`cargo xtask bless` writes the table of rules again, and `cargo xtask ready` checks all of it."
    );
    Ok(())
}

impl NewRule {
    /// What is to be written for a rule.
    ///
    /// # Errors
    /// When the name cannot be a rule's, or there is no such group.
    pub(crate) fn of(root: &Path, group: &str, name: &str) -> Result<Self, String> {
        check_name(name)?;
        let folder = Path::new("src/rules").join(group);
        let list = folder.join("mod.rs");
        let groups = groups(root);
        if !groups.iter().any(|known| known == group) {
            return Err(format!(
                "there is no group `{group}`; choose one of {}",
                groups.join(", ")
            ));
        }
        let read = |path: &Path| {
            fs::read_to_string(root.join(path)).map_err(|why| format!("{}: {why}", path.display()))
        };
        let module = name.replace('-', "_");
        let version = version(&read(Path::new("Cargo.toml"))?)?;
        let fill = |text: &str| {
            text.replace("NAME", name).replace("GROUP", group).replace("VERSION", &version)
        };
        let registered = register(&read(&list)?, &module)
            .ok_or_else(|| format!("{}: no list `RULES` to add the rule to", list.display()))?;
        Ok(Self {
            page: (Path::new("rules").join(format!("{name}.md")), fill(PAGE)),
            file: (
                folder.join(format!("{module}.rs")),
                FILE.replace(STAND_IN, &module.to_ascii_uppercase()),
            ),
            cases: (Path::new("fixtures").join(format!("{name}.md")), fill(CASES)),
            group: (list, registered),
        })
    }
}

/// The folders of rules.
fn groups(root: &Path) -> Vec<String> {
    let entries = fs::read_dir(root.join("src/rules")).into_iter().flatten().flatten();
    let mut names: Vec<String> = entries
        .filter(|entry| entry.path().join("mod.rs").is_file())
        .filter_map(|entry| entry.file_name().into_string().ok())
        .collect();
    names.sort();
    names
}

/// A rule's name is kebab-case, because it is a file name, a constant, and what people write into comments.
fn check_name(name: &str) -> Result<(), String> {
    let word =
        |w: &str| !w.is_empty() && w.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
    if name.starts_with(|c: char| c.is_ascii_lowercase()) && name.split('-').all(word) {
        Ok(())
    } else {
        Err(format!("`{name}` must be kebab-case: small letters, digits and single `-`"))
    }
}

/// The version in `Cargo.toml`.
fn version(manifest: &str) -> Result<String, String> {
    manifest
        .lines()
        .find_map(|line| line.strip_prefix("version = \"")?.strip_suffix('"'))
        .map(str::to_owned)
        .ok_or_else(|| "Cargo.toml has no version".to_owned())
}

/// A group's `mod.rs` with one more rule: its module among the others by name, the rule last in the list.
fn register(list: &str, module: &str) -> Option<String> {
    let declared = format!("mod {module};");
    let mut out = String::new();
    let mut declared_yet = false;
    let mut after_modules = false;
    for line in list.split_inclusive('\n') {
        let is_module = line.starts_with("mod ");
        after_modules |= out.lines().last().is_some_and(|l| l.starts_with("mod ")) && !is_module;
        if !declared_yet && ((is_module && line.trim_end() > declared.as_str()) || after_modules) {
            out += &declared;
            out.push('\n');
            declared_yet = true;
        }
        out += line;
    }
    let start = out.find("static RULES")?;
    let end = start + out.get(start..)?.find("];")?;
    let before = out.get(..end)?.trim_end();
    let comma = if before.ends_with([',', '[']) { "" } else { "," };
    Some(format!("{before}{comma}\n    &{module}::RULE,\n{}", out.get(end..)?))
}

#[cfg(test)]
mod tests {
    use super::{check_name, register};

    #[test]
    fn a_rule_is_registered_by_name_and_listed_last() {
        let list = "//! Group.\n\nmod b;\nmod d;\n\nuse super::Rule;\n\npub(super) static RULES: &[&Rule] = &[\n    &d::RULE,\n    &b::RULE,\n];\n";
        for (module, modules) in [
            ("a", "mod a;\nmod b;\nmod d;\n\n"),
            ("c", "mod b;\nmod c;\nmod d;\n\n"),
            ("e", "mod b;\nmod d;\nmod e;\n\n"),
        ] {
            let with = register(list, module).expect("the list is found");
            assert!(with.contains(modules), "{with}");
            assert!(with.ends_with(&format!("&b::RULE,\n    &{module}::RULE,\n];\n")), "{with}");
        }
    }

    #[test]
    fn a_list_on_one_line_gets_a_comma() {
        let list = "mod a;\n\npub(super) static RULES: &[&Rule] = &[&a::RULE];\n";
        let with = register(list, "b").expect("the list is found");
        assert!(with.ends_with(" = &[&a::RULE,\n    &b::RULE,\n];\n"), "{with}");
        assert_eq!(register("mod a;\n", "b"), None);
    }

    #[test]
    fn names_are_kebab_case() {
        assert!(check_name("db-host-localhost").is_ok() && check_name("pg18-data").is_ok());
        for wrong in ["", "A", "a_b", "a--b", "-a", "a-", "1a", "a b", "../a"] {
            assert!(check_name(wrong).is_err(), "{wrong}");
        }
    }
}
