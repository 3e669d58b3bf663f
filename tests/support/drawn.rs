//! Everything that the program prints of a project, with every line of every file labelled.
#![allow(dead_code, unreachable_pub, reason = "each test file uses its part")]
#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a test that fails may panic, and sets up real folders"
)]

use compose_doctor::internals::check_with_account;
use compose_doctor::internals::cli::{ConfigCall, EnvCall, config, env};
use compose_doctor::internals::diagnose;
use compose_doctor::internals::finding::{Finding, Report};
use compose_doctor::internals::report::{
    FORMATS, RenderOptions, SafeText, Wanted, account, account_json, baseline, diagnosis,
    diagnosis_json, full, render, render_counts, survey,
};
use compose_doctor::internals::rules::meta;
use compose_doctor::internals::source::{
    DiskFiles, Files, Limit, RelPath, SourceFile, Sources, Span,
};
use compose_doctor::{Options, check};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Wider than any line, so that nothing is only cut off.
pub const WIDE: RenderOptions = RenderOptions { color: false, width: 4_000 };

/// Letters and digits that come out the same in every run.
pub struct Dice(pub u64);

impl Dice {
    pub fn next(&mut self, below: usize) -> usize {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % below
    }

    pub fn of(&mut self, alphabet: &str, count: usize) -> String {
        let letters: Vec<char> = alphabet.chars().collect();
        (0..count).map(|_| letters[self.next(letters.len())]).collect()
    }

    /// A secret by its place alone: nothing in it looks like one, and no other text has it.
    pub fn letters(&mut self) -> String {
        self.of("bcdfghjklmnpqrtvwz", 11)
    }

    pub fn one<'o, T>(&mut self, of: &'o [T]) -> &'o T {
        &of[self.next(of.len())]
    }
}

/// A folder of its own, gone when the test ends.
pub struct Folder(PathBuf);

impl Folder {
    pub fn new(name: &str) -> Self {
        let name = format!("compose-doctor-{name}-{}", std::process::id());
        let folder = std::env::temp_dir().join(name);
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(folder.join("shop")).unwrap();
        Self(folder)
    }

    pub fn path(&self) -> PathBuf {
        self.0.join("shop")
    }

    pub fn write(&self, path: &str, text: &str) {
        let path = self.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// What was printed, and by what.
pub type Output = (&'static str, String);

/// The paths of the files in a folder.
fn paths_below(folder: &Path) -> Vec<String> {
    let below = super::support::files_below(folder);
    let paths = below.iter().filter_map(|p| p.strip_prefix(folder).ok()?.to_str());
    paths.map(str::to_owned).collect()
}

/// The files of those paths that are text.
fn texts(sources: &Sources<'_>, paths: &[String]) -> Vec<Arc<SourceFile>> {
    let paths = paths.iter().filter_map(|p| RelPath::new(p));
    paths.filter_map(|p| sources.read(&p, Limit::Config).ok()).collect()
}

/// A finding with a label over each line, and one with a label above and below it, so that it is drawn between them.
fn label_all(report: &mut Report, sources: &Sources<'_>, paths: &[String]) {
    for file in texts(sources, paths) {
        let lines = file.line_count() as u32;
        let span = |line: u32| {
            let range = file.line(line).unwrap();
            Span::new(file.id, range.start, range.end)
        };
        let finding = |from: &'static str| Finding {
            stacks: vec![0],
            ..Finding::new(&meta::SYNTAX_ERROR, from)
        };
        for line in 1..=lines {
            report.findings.push(finding("a line").label(span(line), "this one"));
            if line % 3 != 0 {
                continue;
            }
            if line + 2 <= lines {
                let two = finding("two lines").label(span(line), "above");
                report.findings.push(two.label(span(line + 2), "below"));
            }
            // A place of few bytes in the middle, as rules have them.
            let whole = span(line);
            let middle = whole.start + (whole.end - whole.start) / 2;
            let text = &file.text;
            if text.is_char_boundary(middle as usize) {
                let some = Span::new(file.id, middle as usize, whole.end as usize);
                report.findings.push(finding("a part").label(some, "the rest"));
            }
        }
    }
}

/// What `check` prints by itself in the format for people, and with every line labelled.
pub fn drawn(folder: &Path) -> Vec<Output> {
    drawn_of(&DiskFiles::new(folder).unwrap(), &paths_below(folder))
}

/// The same of any files.
pub fn drawn_of(files: &dyn Files, paths: &[String]) -> Vec<Output> {
    let sources = Sources::new(files);
    let mut report = check(&sources, &RelPath::root(), &Options::default());
    let mut all = vec![("check", full(&report, &sources, WIDE).to_string())];
    label_all(&mut report, &sources, paths);
    all.push(("labels", full(&report, &sources, WIDE).to_string()));
    all
}

/// What `env`, `config` (its messages) and `inspect` print.
pub fn accounts(folder: &Path) -> Vec<Output> {
    let mut all = Vec::new();
    for (name, as_json) in [("env", false), ("env json", true)] {
        let call = EnvCall { here: folder.to_path_buf(), json: as_json, ..EnvCall::default() };
        let answer = env(&call, WIDE);
        all.push((name, format!("{}{}", answer.out, answer.err)));
    }
    let call = ConfigCall { here: folder.to_path_buf(), ..ConfigCall::default() };
    all.push(("config's messages", config(&call, WIDE).err.to_string()));
    let files = DiskFiles::new(folder).unwrap();
    let sources = Sources::new(&files);
    let report = check_with_account(&sources, &RelPath::root(), &Options::default());
    all.push(("inspect", account(&report, &|_| true, &sources, WIDE).to_string()));
    all.push(("inspect json", account_json(&report, &|_| true, &sources).to_string()));
    all
}

/// What every format of `check` prints, with every line labelled, and the baseline.
pub fn formats_of(files: &dyn Files, paths: &[String]) -> Vec<Output> {
    let sources = Sources::new(files);
    let mut report = check(&sources, &RelPath::root(), &Options::default());
    let mut all = Vec::new();
    let known = compose_doctor::internals::known_findings(&report, &sources, &RelPath::root());
    all.push(("baseline", baseline(&known).to_string()));
    label_all(&mut report, &sources, paths);
    let wanted = Wanted { options: WIDE, most: usize::MAX, above: "" };
    for format in &FORMATS {
        let text = render(format, &report, &sources, &wanted);
        all.push((format.name, format!("{}{}{}", text.text, text.summary, text.closing)));
        let counts = render_counts(format, &report, &sources, &wanted);
        all.push(("statistics", counts.text.to_string()));
    }
    all.push(("survey", survey(&report, &sources, WIDE, &SafeText::own("here")).to_string()));
    all
}

/// What `diagnose` prints of a log.
pub fn diagnosed(folder: &Path, log: &str) -> Vec<Output> {
    let files = DiskFiles::new(folder).unwrap();
    let sources = Sources::new(&files);
    let report = check(&sources, &RelPath::root(), &Options::default());
    let places = diagnose::Places::of_report(&report, &sources);
    let explained =
        diagnose::explain(diagnose::read(log.as_bytes()).unwrap(), Some((&report, &places)));
    vec![
        ("diagnose", diagnosis(&explained, &report, &sources, WIDE).to_string()),
        ("diagnose json", diagnosis_json(&explained, &report, &sources).to_string()),
    ]
}
