//! Whole small projects: what must be reported stands in them as `#~^ rule`, on the line below; what
//! looks like it and is fine must stay silent.
#![allow(clippy::disallowed_methods, reason = "a test looks at the repository itself")]

mod support;

use compose_doctor::source::DiskFiles;
use std::collections::BTreeSet;
use std::path::Path;
use support::{Hit, difference, files_below, findings, folders, home, name};

/// Each `#~^ rule` of a case: one caret for each line up from its own.
fn markers(case: &Path) -> Result<BTreeSet<Hit>, String> {
    let mut hits = BTreeSet::new();
    for file in files_below(case) {
        // A fixture may hold a file that is not text.
        let Ok(text) = std::fs::read_to_string(&file) else { continue };
        let path = file.strip_prefix(case).unwrap_or(&file).to_string_lossy().replace('\\', "/");
        for (index, line) in text.lines().enumerate() {
            let Some(marker) = line.trim().strip_prefix("#~") else { continue };
            let rule = marker.trim_start_matches('^');
            let up = marker.len() - rule.len();
            let rule = rule.trim();
            let line = index + 1;
            if up == 0 || up >= line || rule.is_empty() || rule.contains(char::is_whitespace) {
                return Err(format!(
                    "    {path}:{line}: a marker reads `#~^ rule-name`, one caret for each line up\n"
                ));
            }
            hits.insert(Hit {
                path: path.clone(),
                line: u32::try_from(line - up).unwrap_or(0),
                rule: rule.to_owned(),
            });
        }
    }
    Ok(hits)
}

/// What is wrong with a case; empty when nothing is.
fn judge(case: &Path, must_have: Option<&str>) -> String {
    let expected = match markers(case) {
        Ok(expected) => expected,
        Err(why) => return why,
    };
    let files = match DiskFiles::new(case) {
        Ok(files) => files,
        Err(why) => return format!("    cannot be opened: {why}\n"),
    };
    let mut wrong = difference(&expected, &findings(&files));
    match must_have {
        Some(rule) if !expected.iter().any(|h| h.rule == rule) => {
            wrong += &format!(
                "    no marker `#~^ {rule}`: a bad case marks the line its rule must report\n"
            );
        }
        None if !expected.is_empty() => wrong += "    a good case has no markers\n",
        _ => {}
    }
    wrong
}

fn report(wrong: Vec<String>) {
    assert!(
        wrong.is_empty(),
        "{} cases differ (a line of a file, and what is said of it):\n\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

#[test]
fn bad_projects_yield_exactly_what_they_mark() {
    let mut wrong = Vec::new();
    for rule in folders(&home().join("fixtures")) {
        for case in folders(&rule.join("bad")) {
            let diff = judge(&case, Some(&name(&rule)));
            if !diff.is_empty() {
                wrong.push(format!("  fixtures/{}/bad/{}\n{diff}", name(&rule), name(&case)));
            }
        }
    }
    report(wrong);
}

#[test]
fn good_projects_are_silent() {
    let mut wrong = Vec::new();
    for rule in folders(&home().join("fixtures")) {
        for case in folders(&rule.join("good")) {
            let diff = judge(&case, None);
            if !diff.is_empty() {
                wrong.push(format!("  fixtures/{}/good/{}\n{diff}", name(&rule), name(&case)));
            }
        }
    }
    report(wrong);
}

/// The founding project at each stage of its story.
#[test]
fn each_stage_of_the_founding_project_yields_what_it_marks() {
    let mut wrong = Vec::new();
    for stage in folders(&home().join("fixtures/pop_planner")) {
        let diff = match (markers(&stage), DiskFiles::new(&stage)) {
            (Ok(expected), Ok(files)) => difference(&expected, &findings(&files)),
            (Err(why), _) => why,
            (_, Err(why)) => format!("    cannot be opened: {why}\n"),
        };
        if !diff.is_empty() {
            wrong.push(format!("  fixtures/pop_planner/{}\n{diff}", name(&stage)));
        }
    }
    report(wrong);
}

#[test]
fn markers_count_lines_from_their_own() {
    let case = Path::new(env!("CARGO_TARGET_TMPDIR")).join("markers");
    std::fs::create_dir_all(&case).expect("a folder for the test");
    std::fs::write(case.join("compose.yaml"), "a: 1\n  #~^ one\n  #~^^ two\nb: 2\n")
        .expect("a file for the test");
    let found = markers(&case).expect("the markers are well formed");
    let want =
        ["one", "two"].map(|rule| Hit { path: "compose.yaml".into(), line: 1, rule: rule.into() });
    assert_eq!(found, BTreeSet::from(want));
    std::fs::write(case.join("compose.yaml"), "#~^ one\n").expect("a file for the test");
    assert!(markers(&case).is_err(), "a marker above the first line points nowhere");
}
