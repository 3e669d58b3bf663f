//! The examples on rule pages are run: what a page says fails, fails, and what it says passes, passes.
#![allow(clippy::disallowed_methods, reason = "a test looks at the repository itself")]

mod support;

use compose_doctor::internals::rules;
use std::collections::BTreeMap;
use support::cases::{self, Bases, Entry, Project};
use support::{findings, home};

/// Texts by path; `None` where the file does not exist.
type Changes = BTreeMap<String, Option<String>>;

fn bases() -> Bases {
    cases::bases(&home().join("fixtures")).unwrap_or_else(|why| panic!("{why}"))
}

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

/// The line below the heading; before it stands `Base: ...` where the example changes a project of `fixtures/bases`.
const MARKS: &str = "Lines with `-` fail, lines with `+` pass.";
const BASE: &str = "Base: `fixtures/bases/";

/// What may follow a path, and how the lines of that file end where it fails and where it passes.
const LINE_ENDINGS: [(&str, [&str; 2]); 3] = [
    ("`:", ["\n", "\n"]),
    ("`, with CRLF line endings:", ["\r\n", "\r\n"]),
    ("`, with CRLF line endings where it fails:", ["\r\n", "\n"]),
];

/// An example: its base, and what it changes there to fail and to pass. `None` is a file that does not exist.
#[derive(Debug, Default, PartialEq)]
struct Example {
    base: Option<String>,
    fails: Changes,
    passes: Changes,
}

/// Reads the section `## Example`: a line that holds `` `path`: ``, then a fenced block, whose lines have a mark in the
/// first column if it is a `diff`.
fn example(text: &str) -> Result<Example, String> {
    if !text.contains(MARKS) {
        return Err(format!("no line `{MARKS}`"));
    }
    let base = text.split_once(BASE).and_then(|(_, rest)| Some(rest.split_once('`')?.0.to_owned()));
    let mut example = Example { base, ..Example::default() };
    let mut lines = text.lines();
    let mut file: Option<(&str, [&str; 2])> = None;
    while let Some(line) = lines.next() {
        if let Some(fence) = line.trim_start().strip_prefix("```") {
            let Some((path, ends)) = file.take() else {
                return Err(format!("a block (```{fence}) without a line `path`: above it"));
            };
            let body: Vec<&str> = lines.by_ref().take_while(|l| l.trim() != "```").collect();
            for (changes, mark, end) in
                [(&mut example.fails, '-', ends[0]), (&mut example.passes, '+', ends[1])]
            {
                let text = if fence == "diff" { marked(&body, mark)? } else { Some(body.clone()) };
                changes.insert(String::from(path), text.map(|lines| lines.join(end) + end));
            }
        } else if let Some(line) = line.strip_prefix('`') {
            file = LINE_ENDINGS
                .iter()
                .find_map(|(after, ends)| Some((line.strip_suffix(after)?, *ends)));
        }
    }
    if example.fails.is_empty() {
        return Err("no file: write a line `path`: and a fenced block below it".into());
    }
    Ok(example)
}

/// The lines of a diff that have this mark or none; `None` when there is no such line: the file does not exist then.
fn marked<'l>(body: &[&'l str], mark: char) -> Result<Option<Vec<&'l str>>, String> {
    let mut lines = Vec::new();
    for line in body {
        match line.chars().next() {
            None => lines.push(""),
            Some(first) if first == ' ' || first == mark => lines.push(&line[1..]),
            Some('-' | '+') => {}
            Some(_) => return Err(format!("{line:?} starts with none of ` `, `-`, `+`")),
        }
    }
    Ok((!lines.is_empty()).then_some(lines))
}

fn run(base: &Project, changes: &Changes) -> Vec<support::Reported> {
    let mut project = base.clone();
    for (path, text) in changes {
        project.0.remove(path);
        if let Some(text) = text {
            // A file of an example is one that an editor has just saved: it cannot be executed.
            let file = Entry::File { bytes: text.as_bytes().to_vec(), executable: false };
            project.0.insert(path.clone(), file);
        }
    }
    findings(&project.memory())
}

/// What is wrong with a page's example; empty when nothing is.
fn judge(name: &str, page: &str, bases: &Bases) -> String {
    let Some(text) = section(page, "## Example") else {
        return "no section `## Example`\n".into();
    };
    let example = match example(text) {
        Ok(example) => example,
        Err(why) => return format!("{why}\n"),
    };
    let base = match &example.base {
        None => Project::default(),
        Some(base) => match bases.get(base) {
            Some(base) => base.clone(),
            None => return format!("there is no base `{base}`\n"),
        },
    };
    let mut out = String::new();
    let found = run(&base, &example.fails);
    if !found.iter().any(|r| r.hit.rule == name) {
        out += "what fails does not yield the rule; it yields:\n";
        out += &found
            .iter()
            .map(|r| format!("    {}:{} {}: {}\n", r.hit.path, r.hit.line, r.hit.rule, r.message))
            .collect::<String>();
    }
    for r in run(&base, &example.passes).iter().filter(|r| r.hit.rule == name) {
        out += &format!(
            "what passes still yields the rule: {}:{} {}\n",
            r.hit.path, r.hit.line, r.message
        );
    }
    out
}

#[test]
fn examples_do_what_their_pages_say() {
    let bases = bases();
    let wrong: Vec<String> = rules::all()
        .map(|r| (r.meta.name, judge(r.meta.name, r.meta.page, &bases)))
        .filter(|(_, why)| !why.is_empty())
        .map(|(name, why)| format!("rules/{name}.md: {why}"))
        .collect();
    assert!(wrong.is_empty(), "{} pages do not hold:\n\n{}", wrong.len(), wrong.join("\n"));
}

/// The longest that half of all pages may be, in lines, front matter included.
const MAX_MEDIAN_LINES: usize = 60;

#[test]
fn half_of_the_pages_are_short() {
    let page = |name: &str| std::fs::read_to_string(home().join(format!("rules/{name}.md")));
    let mut lines: Vec<usize> = rules::all()
        .map(|r| page(r.meta.name).expect("a rule has a page").lines().count())
        .collect();
    lines.sort_unstable();
    let median = lines[lines.len() / 2];
    assert!(median <= MAX_MEDIAN_LINES, "half of the pages have {median} lines or more");
}

#[test]
fn an_example_is_read_as_files() {
    let text = "Base: `fixtures/bases/x`. Lines with `-` fail, lines with `+` pass.\n\n`a.yaml`:\n```yaml\n# ## not a heading\nx: 1\n```\n\n`b`, with CRLF line endings where it fails:\n```diff\n y\n-z\n\n```\n`c`:\n```diff\n+1\n```\n";
    let read = example(text).expect("it is read");
    assert_eq!(read.base.as_deref(), Some("x"));
    let file = |text: &str| Some(text.to_owned());
    let a = ("a.yaml".to_owned(), file("# ## not a heading\nx: 1\n"));
    let fails = [a.clone(), ("b".to_owned(), file("y\r\nz\r\n\r\n")), ("c".to_owned(), None)];
    let passes = [a, ("b".to_owned(), file("y\n\n")), ("c".to_owned(), file("1\n"))];
    assert_eq!(read.fails, Changes::from(fails));
    assert_eq!(read.passes, Changes::from(passes));
    assert!(example(&format!("{MARKS}\n```\nx\n```\n")).is_err(), "a block without a path");
    assert!(
        example(&format!("{MARKS}\n`a`:\n```diff\nx\n```\n")).is_err(),
        "a line without a mark"
    );
}

#[test]
fn a_page_that_does_not_hold_is_told() {
    let bases = bases();
    let page = |text: &str| format!("## Example\n{text}");
    let judge = |page: &str| judge("no-such-rule", page, &bases);
    let files = format!("{MARKS}\n`compose.yaml`:\n```yaml\nservices: {{}}\n```\n");
    assert!(judge(&page(&files)).starts_with("what fails does not yield the rule"));
    let unknown = format!("Base: `fixtures/bases/none`. {files}");
    assert_eq!(judge(&page(&unknown)), "there is no base `none`\n");
    assert!(judge(&page("")).starts_with("no line"));
    assert!(judge(&page(MARKS)).starts_with("no file"));
    assert!(judge("").contains("no section `## Example`"));
}
