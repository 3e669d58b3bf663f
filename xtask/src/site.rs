//! The site: the pages of `docs/` and `rules/` as a book.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// The folder of the book's sources, below the root. It has the layout of the repository, so that links between pages hold.
const SOURCES: &str = "target/site-src";
/// Where `book.toml` puts the site.
const SITE: &str = "target/site";
/// The pages in their order: the title in the table of contents, and the file. A title without a file starts a part.
const PAGES: [(&str, &str); 28] = [
    ("compose-doctor", "README.md"),
    ("In a minute", "docs/index.md"),
    ("Using it", ""),
    ("Introduce it in a project", "docs/adopting.md"),
    ("Commands and options", "docs/commands.md"),
    ("Configuration", "docs/configuration.md"),
    ("Suppress a finding", "docs/suppression.md"),
    ("Baseline", "docs/baseline.md"),
    ("pre-commit", "docs/pre-commit.md"),
    ("CI", "docs/ci.md"),
    ("Development or production", "docs/intent.md"),
    ("It reports nothing, or something wrong", "docs/troubleshooting.md"),
    ("Looking into a stack", ""),
    ("inspect", "docs/inspect.md"),
    ("trace", "docs/trace.md"),
    ("graph", "docs/graph.md"),
    ("diagnose", "docs/diagnose.md"),
    ("Reference", ""),
    ("Output formats", "docs/formats.md"),
    ("JSON for programs", "docs/json.md"),
    ("What may change", "docs/versioning.md"),
    ("Safety", "docs/safety.md"),
    ("Changelog", "CHANGELOG.md"),
    ("Working on it", ""),
    ("Write a rule", "docs/writing-rules.md"),
    ("Extend the model", "docs/extending-the-model.md"),
    ("Architecture", "docs/architecture.md"),
    ("Release", "docs/releasing.md"),
];
/// Pages that others link to, without a place in the table of contents of their own.
const LINKED: [(&str, &str); 6] = [
    ("Contributing", "CONTRIBUTING.md"),
    ("Security", "SECURITY.md"),
    ("Libraries", "docs/libraries.md"),
    ("Cases of rules", "fixtures/README.md"),
    ("Proofs", "tests/proofs/README.md"),
    ("All rules", "rules/README.md"),
];

/// Writes the sources of the book.
///
/// # Errors
/// When a page is missing, has no front matter where it needs one, or cannot be written.
pub(crate) fn write(root: &Path) -> Result<(), String> {
    let target = root.join(SOURCES);
    if target.exists() {
        fs::remove_dir_all(&target).map_err(|e| format!("{SOURCES}: {e}"))?;
    }
    let mut summary = String::from("# Summary\n\n");
    for (title, file) in PAGES {
        if file.is_empty() {
            summary += &format!("\n# {title}\n\n");
        } else if file == "README.md" {
            summary += &format!("[{title}]({file})\n");
        } else {
            summary += &format!("- [{title}]({file})\n");
        }
        if !file.is_empty() {
            copy(root, &target, file, |text| text)?;
        }
    }
    for (title, file) in LINKED {
        copy(root, &target, file, |text| text)?;
        summary += &format!("- [{title}]({file})\n");
    }
    summary += "\n# Rules\n\n";
    for (group, rules) in groups(root)? {
        summary += &format!("- [{group}]()\n");
        for rule in rules {
            let file = format!("rules/{rule}.md");
            summary += &format!("  - [{rule}]({file})\n");
            copy(root, &target, &file, |text| page(&rule, &text))?;
        }
    }
    summary += "\n# 한국어\n\n";
    let pages = fs::read_dir(root.join("rules/ko")).map_err(|e| format!("rules/ko: {e}"))?;
    let mut pages: Vec<_> = pages.flatten().map(|f| f.file_name()).collect();
    pages.sort();
    for name in pages {
        let rule = name.to_string_lossy().replace(".md", "");
        let file = format!("rules/ko/{rule}.md");
        summary += &format!("- [{rule}]({file})\n");
        copy(root, &target, &file, |text| {
            let body = text.splitn(3, "+++").nth(2).unwrap_or_default();
            format!("# {rule}\n\n{}\n{body}", value(&text, "summary"))
        })?;
    }
    for folder in ["schemas", "xtask/templates"] {
        let files = fs::read_dir(root.join(folder)).map_err(|e| format!("{folder}: {e}"))?;
        for file in files.flatten().filter(|f| f.path().is_file()) {
            let name = format!("{folder}/{}", file.file_name().to_string_lossy());
            copy(root, &target, &name, |text| text)?;
        }
    }
    for file in ["LICENSE-APACHE", "LICENSE-MIT", "docs/check.svg"] {
        copy(root, &target, file, |text| text)?;
    }
    put(&target.join("SUMMARY.md"), &summary)
}

/// The rules of each group.
fn groups(root: &Path) -> Result<BTreeMap<String, Vec<String>>, String> {
    let mut groups: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let files = fs::read_dir(root.join("rules")).map_err(|e| format!("rules: {e}"))?;
    for path in files.flatten().map(|f| f.path()) {
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        if name != "README" && path.is_file() {
            let text = fs::read_to_string(&path).map_err(|e| format!("{name}: {e}"))?;
            groups.entry(value(&text, "group").to_owned()).or_default().push(name);
        }
    }
    groups.values_mut().for_each(|rules| rules.sort());
    Ok(groups)
}

/// A value of the front matter, without its quotes.
fn value<'t>(text: &'t str, key: &str) -> &'t str {
    let line = text.lines().find(|l| l.split(" = ").next() == Some(key)).unwrap_or_default();
    line.split_once(" = ").map_or("", |(_, value)| value.trim_matches(|c| c == '"' || c == '\''))
}

/// A rule's page with its facts in place of the front matter.
fn page(name: &str, text: &str) -> String {
    let body = text.splitn(3, "+++").nth(2).unwrap_or_default();
    format!(
        "# {name}\n\n{}\n\n*{} · {} confidence · group {} · since {}*\n{body}",
        value(text, "summary"),
        value(text, "severity"),
        value(text, "confidence"),
        value(text, "group"),
        value(text, "since"),
    )
}

fn copy(
    root: &Path,
    target: &Path,
    file: &str,
    change: impl Fn(String) -> String,
) -> Result<(), String> {
    let text = fs::read_to_string(root.join(file)).map_err(|e| format!("{file}: {e}"))?;
    put(&target.join(file), &change(text))
}

fn put(path: &Path, text: &str) -> Result<(), String> {
    let shown = path.display();
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(|e| format!("{shown}: {e}"))?;
    }
    fs::write(path, text).map_err(|e| format!("{shown}: {e}"))
}

/// Looks for links of the built site that lead nowhere within it.
///
/// # Errors
/// Lists them.
pub(crate) fn check_links(root: &Path) -> Result<(), String> {
    let site = root.join(SITE);
    let mut pages = Vec::new();
    list(&site, &mut pages)?;
    let mut dead = Vec::new();
    for page in pages.iter().filter(|p| p.extension().is_some_and(|e| e == "html")) {
        // It holds all pages once more, with the links of each.
        if page.ends_with("print.html") || page.ends_with("404.html") {
            continue;
        }
        let text = fs::read_to_string(page).map_err(|e| format!("{}: {e}", page.display()))?;
        for link in ["href=\"", "src=\""].iter().flat_map(|a| text.split(a).skip(1)) {
            let link = link.split('"').next().unwrap_or_default();
            // An address elsewhere, or code that is shown.
            if link.contains([':', ' ']) || link.starts_with("//") {
                continue;
            }
            let (path, anchor) = link.split_once('#').unwrap_or((link, ""));
            let target = if path.is_empty() {
                page.clone()
            } else {
                page.parent().unwrap_or(&site).join(path)
            };
            let found = if anchor.is_empty() {
                target.exists()
            } else {
                fs::read_to_string(&target).is_ok_and(|t| t.contains(&format!("id=\"{anchor}\"")))
            };
            if !found {
                dead.push(format!(
                    "{}: {link}",
                    page.strip_prefix(&site).unwrap_or(page).display()
                ));
            }
        }
    }
    dead.sort();
    dead.dedup();
    if dead.is_empty() { Ok(()) } else { Err(format!("dead links:\n  {}", dead.join("\n  "))) }
}

/// The files below a folder.
fn list(folder: &Path, files: &mut Vec<std::path::PathBuf>) -> Result<(), String> {
    let entries = fs::read_dir(folder).map_err(|e| format!("{}: {e}", folder.display()))?;
    for path in entries.flatten().map(|e| e.path()) {
        if path.is_dir() {
            list(&path, files)?;
        } else {
            files.push(path);
        }
    }
    Ok(())
}
