//! The examples on rule pages are run: what a page says fails, fails, and what it says passes, passes.

mod support;

use compose_doctor::internals::rules;
use compose_doctor::internals::source::MemoryFiles;
use std::collections::BTreeMap;
use support::findings;

/// A project: paths and texts.
type Project = BTreeMap<String, String>;

/// The text below a heading, up to the next heading of its level or above. Lines in fences are no headings.
fn section<'t>(page: &'t str, heading: &str) -> Option<&'t str> {
    let level = heading.len() - heading.trim_start_matches('#').len();
    let (mut at, mut start, mut fence) = (0, None, false);
    for line in page.split_inclusive('\n') {
        let hashes = line.len() - line.trim_start_matches('#').len();
        if line.trim_start().starts_with("```") {
            fence = !fence;
        } else if !fence && hashes > 0 {
            if let Some(start) = start
                && hashes <= level
            {
                return page.get(start..at);
            }
            if line.trim_end() == heading {
                start = Some(at + line.len());
            }
        }
        at += line.len();
    }
    start.and_then(|s| page.get(s..))
}

/// What follows a path whose file has the line ends of Windows: an editor or git would change them in the page.
const WINDOWS: &str = "`, with the line ends of Windows:";

/// The files of a section: a line that holds `` `path`: ``, then a fenced block.
fn files(text: &str) -> Result<Project, String> {
    let mut project = Project::new();
    let mut lines = text.lines();
    let (mut path, mut end) = (None::<&str>, "\n");
    while let Some(line) = lines.next() {
        if let Some(named) = line
            .trim()
            .strip_prefix('`')
            .and_then(|l| l.strip_suffix("`:").or_else(|| l.strip_suffix(WINDOWS)))
        {
            path = Some(named);
            end = if line.trim().ends_with(WINDOWS) { "\r\n" } else { "\n" };
        } else if let Some(fence) = line.trim_start().strip_prefix("```") {
            let Some(path) = path.take() else {
                return Err(format!("a block (```{fence}) without a line `path`: above it"));
            };
            let body: Vec<&str> = lines.by_ref().take_while(|l| l.trim() != "```").collect();
            project.insert(path.to_owned(), body.join(end) + end);
        }
    }
    if project.is_empty() {
        Err("no file: write a line `path`: and a fenced block below it".into())
    } else {
        Ok(project)
    }
}

fn run(project: &Project) -> Vec<support::Reported> {
    let mut memory = MemoryFiles::new();
    for (path, text) in project {
        memory.add(path, text.as_str());
        // A file of an example is one that an editor has just saved.
        memory.set_executable(path, false);
    }
    findings(&memory)
}

/// What is wrong with a page's example; empty when nothing is.
fn judge(name: &str, page: &str) -> String {
    let Some(example) = section(page, "## Example") else {
        return "no section `## Example`\n".into();
    };
    let (Some(fails), Some(passes)) =
        (section(example, "### Fails"), section(example, "### Passes"))
    else {
        return "the section `## Example` needs `### Fails` and `### Passes`\n".into();
    };
    let (fails, passes) = match (files(fails), files(passes)) {
        (Ok(fails), Ok(passes)) => (fails, passes),
        (Err(why), _) => return format!("### Fails: {why}\n"),
        (_, Err(why)) => return format!("### Passes: {why}\n"),
    };
    let mut out = String::new();
    let found = run(&fails);
    if !found.iter().any(|r| r.hit.rule == name) {
        out += "### Fails does not yield the rule; it yields:\n";
        out += &found
            .iter()
            .map(|r| format!("    {}:{} {}: {}\n", r.hit.path, r.hit.line, r.hit.rule, r.message))
            .collect::<String>();
    }
    let mut cured = fails;
    for (path, text) in passes {
        if text.trim() == "(removed)" {
            cured.remove(&path);
        } else {
            cured.insert(path, text);
        }
    }
    for r in run(&cured).iter().filter(|r| r.hit.rule == name) {
        out += &format!(
            "### Passes still yields the rule: {}:{} {}\n",
            r.hit.path, r.hit.line, r.message
        );
    }
    out
}

#[test]
fn examples_do_what_their_pages_say() {
    let wrong: Vec<String> = rules::all()
        .map(|r| (r.meta.name, judge(r.meta.name, r.meta.page)))
        .filter(|(_, why)| !why.is_empty())
        .map(|(name, why)| format!("rules/{name}.md: {why}"))
        .collect();
    assert!(wrong.is_empty(), "{} pages do not hold:\n\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn an_example_is_read_as_files() {
    let page = "## Example\n### Fails\n`a.yaml`:\n```yaml\n# ## not a heading\nx: 1\n```\n### Passes\n`a.yaml`:\n```\n(removed)\n```\n## How to fix\n";
    let example = section(page, "## Example").expect("the section is there");
    let fails =
        files(section(example, "### Fails").expect("the section is there")).expect("one file");
    assert_eq!(
        fails,
        Project::from([("a.yaml".to_owned(), "# ## not a heading\nx: 1\n".to_owned())])
    );
    let passes =
        files(section(example, "### Passes").expect("the section is there")).expect("one file");
    assert_eq!(passes["a.yaml"], "(removed)\n");
    assert!(files("```\nx\n```\n").is_err(), "a block without a path");
}

#[test]
fn a_page_that_does_not_hold_is_told() {
    let files = "`compose.yaml`:\n```yaml\nservices: {}\n```\n";
    let page = format!("## Example\n### Fails\n{files}### Passes\n{files}## How to fix\n");
    assert!(judge("no-such-rule", &page).starts_with("### Fails does not yield the rule"));
    assert!(
        judge("no-such-rule", "## Example\n### Fails\n")
            .contains("needs `### Fails` and `### Passes`")
    );
    assert!(judge("no-such-rule", "").contains("no section `## Example`"));
}
