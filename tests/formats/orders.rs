//! Texts of a project that a format's reader could obey: markup, workflow commands, mentions, colours.

use super::*;

#[test]
fn nobody_takes_orders_from_a_project() {
    let path = HOSTILE.replace(['/', '\n'], " ");
    let findings = [(Severity::Error, HOSTILE, HOSTILE), (Severity::Info, HOSTILE, HOSTILE)];
    made(&path, &findings, |report, sources| {
        for format in &FORMATS {
            let text = written(format.name, report, sources);
            let raw =
                |c: char| c != '\n' && (c.is_control() || ('\u{202a}'..='\u{202e}').contains(&c));
            assert!(
                !text.contains(raw),
                "{}: {:?}",
                format.name,
                text.matches(raw).collect::<Vec<_>>()
            );
            let own = format.name == "github";
            assert!(
                own || !text.lines().any(|l| l.trim_start().starts_with("::")),
                "{}\n{text}",
                format.name
            );
            assert!(!text.contains("##[error]"), "{}\n{text}", format.name);
        }
        github_lines(&written("github", report, sources), 2);
        let suites = xml::parse(&written("junit", report, sources));
        let failures = suites.all("failure");
        assert_eq!(failures.len(), 2);
        assert!(
            failures[0]
                .attribute("message")
                .contains("<img src=x onerror=alert(1)> a|b `c|d` ``` ]]> </details>"),
            "{failures:?}"
        );
        assert!(failures.iter().all(|f| f.children.is_empty()));
        let log = json(&written("sarif", report, sources));
        let said = log["runs"][0]["results"][0]["message"]["text"].as_str().unwrap();
        assert!(said.contains("[a] (javascript:1) {{0}}"), "{said}");
        assert_eq!(
            json(&written("json", report, sources))["findings"][0]["labels"][0]["path"],
            path.as_str()
        );
        inert(&written("markdown", report, sources), 2);
    });
}

/// Each line is one annotation, and its properties end where they end.
fn github_lines(text: &str, findings: usize) {
    assert_eq!(text.lines().count(), findings, "{text}");
    for line in text.lines() {
        let rest = line
            .strip_prefix("::error ")
            .or_else(|| line.strip_prefix("::notice "))
            .unwrap_or_else(|| panic!("{line}"));
        let (properties, data) = rest.split_once("::").unwrap();
        let names: Vec<&str> =
            properties.split(',').map(|p| p.split_once('=').unwrap().0).collect();
        assert_eq!(names, ["file", "line", "endLine", "col", "endColumn", "title"], "{line}");
        assert!(properties.contains("file=<img src=x onerror=alert(1)> "), "{line}");
        let escaped = data.split('%').skip(1).all(|p| p.starts_with("25") || p.starts_with("0A"));
        assert!(escaped, "{data}");
    }
}

/// What is left when code is taken out has no structure but that of the format.
fn inert(text: &str, findings: usize) {
    let mut rows = 0;
    let mut fence: Option<String> = None;
    for line in text.lines() {
        if let Some(mark) = &fence {
            if line == mark {
                fence = None;
            }
            continue;
        }
        if line.starts_with("```") {
            fence = Some(line.chars().take_while(|c| *c == '`').collect());
            continue;
        }
        let mut rest = line;
        let mut bare = String::new();
        while let Some(at) = rest.find('`') {
            bare += &rest[..at];
            let mark: String = rest[at..].chars().take_while(|c| *c == '`').collect();
            let after = &rest[at + mark.len()..];
            let ends: Vec<usize> = after.match_indices('`').map(|(i, _)| i).collect();
            let end = ends.iter().copied().find(|i| {
                let run = after[*i..].chars().take_while(|c| *c == '`').count();
                run == mark.len() && !after[..*i].ends_with('`')
            });
            let end = end.unwrap_or_else(|| panic!("a code span without an end: {line}"));
            bare += "C";
            rest = &after[end + mark.len()..];
        }
        bare += rest;
        let own = bare
            .replace("<details><summary>", "")
            .replace("</summary>", "")
            .replace("</details>", "")
            .replace("<code>", "")
            .replace("</code>", "")
            .replace("**What happens:**", "")
            .replace("**What to do:**", "");
        let own = own
            .strip_prefix("## compose-doctor: ")
            .or_else(|| own.strip_prefix("- "))
            .unwrap_or(&own);
        if line.starts_with('|') {
            assert_eq!(line.matches('|').count(), 5, "{line}");
            rows += 1;
        } else {
            assert!(!own.contains('|'), "{line}");
            assert!(!own.starts_with(['#', '-', '>', '+', '*', '=']), "{line}");
        }
        let own = own.replace("&#", "");
        assert!(
            !own.contains(['<', '>', '[', ']', '*', '@', '#', '~', '\\', '!', '$'])
                && !own.contains("://"),
            "{line}"
        );
    }
    assert_eq!(fence, None);
    assert_eq!(rows, findings + 2);
    assert_eq!(text.lines().filter(|l| *l == "</details>").count(), findings);
}

#[test]
fn github_says_what_it_will_not_show() {
    let many = |errors: usize, notices: usize| {
        let findings: Vec<_> = std::iter::repeat_n((Severity::Info, "n", ""), notices)
            .chain(std::iter::repeat_n((Severity::Error, "e", ""), errors))
            .collect();
        let text =
            made("compose.yaml", &findings, |report, sources| written("github", report, sources));
        let at = text.lines().position(|l| l.starts_with("::notice title=compose-doctor::"));
        at.map(|at| {
            (
                at,
                text.lines().nth(at).unwrap()["::notice title=compose-doctor::".len()..]
                    .split(' ')
                    .next()
                    .unwrap()
                    .to_owned(),
            )
        })
    };
    assert_eq!(many(10, 10), None);
    assert_eq!(many(12, 0), Some((12, "2".into())));
    assert_eq!(
        many(12, 10),
        Some((12, "3".into())),
        "the word itself takes the place of a notice, and stands before them"
    );
    assert_eq!(many(0, 11), Some((0, "2".into())));
}
