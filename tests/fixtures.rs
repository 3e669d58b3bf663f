//! Whole small projects: what must be reported is in them as `#~^ rule`, on the line below; what
//! looks like it and is fine must stay silent. What waits for a fault that hides it is marked as `#~^ rule (waits)`.

mod support;

use compose_doctor::internals::source::Files;
use rayon::prelude::*;
use std::collections::BTreeSet;
use support::cases::{self, Case, Entry, Kind, Project};
use support::{Hit, difference, findings, folders, home, name};

/// So many failing cases are shown with their files.
const MAX_SHOWN: usize = 5;

/// Each `#~^ rule` of a project: one caret for each line up from its own.
fn markers(project: &Project) -> Result<BTreeSet<Hit>, String> {
    let mut hits = BTreeSet::new();
    for (path, bytes) in project.files() {
        // A project may hold a file that is not text.
        let Ok(text) = std::str::from_utf8(bytes) else { continue };
        for (index, line) in text.lines().enumerate() {
            let Some(marker) = line.trim().strip_prefix("#~") else { continue };
            let rule = marker.trim_start_matches('^');
            let up = marker.len() - rule.len();
            let rule = rule.trim();
            let line = index + 1;
            let name = rule.strip_suffix(" (waits)").unwrap_or(rule);
            if up == 0 || up >= line || name.is_empty() || name.contains(char::is_whitespace) {
                return Err(format!(
                    "    {path}:{line}: a marker reads `#~^ rule-name` or `#~^ rule-name (waits)`, one caret for each line up\n"
                ));
            }
            hits.insert(Hit {
                path: path.to_owned(),
                line: u32::try_from(line - up).unwrap_or(0),
                rule: rule.to_owned(),
            });
        }
    }
    Ok(hits)
}

/// What differs between the markers of a project and what is reported; empty when nothing does.
fn judge(project: &Project, files: &dyn Files) -> String {
    match markers(project) {
        Ok(expected) => difference(&expected, &findings(files)),
        Err(why) => why,
    }
}

/// What is wrong with a case; empty when nothing is.
fn judge_case(case: &Case) -> String {
    let mut wrong = judge(&case.project, &case.project.memory());
    let marked = markers(&case.project).unwrap_or_default();
    match case.kind {
        Kind::Bad if !marked.iter().any(|hit| hit.rule == case.rule) => {
            wrong += &format!(
                "    no marker `#~^ {}`: a bad case marks the line its rule must report\n",
                case.rule
            );
        }
        Kind::Good if !marked.is_empty() => wrong += "    a good case has no markers\n",
        _ => {}
    }
    wrong
}

fn report(mut wrong: Vec<(String, String)>) {
    let count = wrong.len();
    for (text, project) in wrong.iter_mut().take(MAX_SHOWN) {
        text.push_str(project);
    }
    let texts: Vec<String> = wrong.into_iter().map(|(text, _)| text).collect();
    assert!(
        texts.is_empty(),
        "{count} projects differ (a line of a file, and what is reported there):\n\n{}",
        texts.join("\n")
    );
}

/// Judges all cases of a kind.
fn judge_all(kind: Kind) {
    let cases = cases::all(&home().join("fixtures")).unwrap_or_else(|why| panic!("{why}"));
    let wrong = cases.par_iter().filter(|case| case.kind == kind).filter_map(|case| {
        let difference = judge_case(case);
        let text = || (format!("  {}\n{difference}", case.title()), case.show());
        (!difference.is_empty()).then(text)
    });
    report(wrong.collect());
}

#[test]
fn bad_projects_yield_exactly_what_they_mark() {
    judge_all(Kind::Bad);
}

#[test]
fn good_projects_are_silent() {
    judge_all(Kind::Good);
}

#[test]
fn bases_are_healthy() {
    let bases = cases::bases(&home().join("fixtures")).unwrap_or_else(|why| panic!("{why}"));
    let wrong = bases.iter().filter_map(|(name, project)| {
        let difference = judge(project, &project.memory());
        let marked = markers(project).is_ok_and(|marked| !marked.is_empty());
        (marked || !difference.is_empty())
            .then(|| (format!("  fixtures/bases/{name}\n{difference}"), String::new()))
    });
    report(wrong.collect());
}

/// The founding project at each stage of its story.
#[test]
fn each_stage_of_the_founding_project_yields_what_it_marks() {
    let mut wrong = Vec::new();
    for stage in folders(&home().join("fixtures/pop_planner")) {
        let project = Project::read(&stage).unwrap_or_else(|why| panic!("{why}"));
        let difference = judge(&project, &project.memory());
        if !difference.is_empty() {
            let title = format!("  fixtures/pop_planner/{}\n{difference}", name(&stage));
            wrong.push((title, String::new()));
        }
    }
    report(wrong);
}

#[test]
fn markers_count_lines_from_their_own() {
    let project = |text: &str| {
        let entry = Entry::File { bytes: text.into(), executable: false };
        Project([("compose.yaml".to_owned(), entry)].into())
    };
    let found = markers(&project("a: 1\n  #~^ one\n  #~^^ two\nb: 2\n"));
    let want =
        ["one", "two"].map(|rule| Hit { path: "compose.yaml".into(), line: 1, rule: rule.into() });
    assert_eq!(found, Ok(BTreeSet::from(want)));
    let above = markers(&project("#~^ one\n"));
    assert!(above.is_err(), "a marker above the first line points nowhere");
}
