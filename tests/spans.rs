//! Places: the text under a span is the token it claims, in every reader and in every finding, whatever
//! the file says, in Korean, with Windows line ends, behind a byte order mark, or cut off anywhere.
#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a test that fails may panic, and looks at the repository itself"
)]

#[path = "spans/pieces.rs"]
mod pieces;
mod support;
#[path = "support/tokens.rs"]
mod tokens;

use compose_doctor::internals::source::{MemoryFiles, RelPath, SourceFile, Sources};
use compose_doctor::internals::syntax::yaml::{NodeId, NodeKind, Yaml};
use compose_doctor::{Options, check};
use pieces::{COMPOSE, DOCKERFILE, DOTENV, INI, NGINX, PYTHON, REQUIREMENTS, SHELL, TABLES};
use proptest::prelude::*;
use rayon::prelude::{IntoParallelRefIterator, ParallelIterator};
use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::LazyLock;
use support::cases::{self, Project};
use support::{folders, home};
use tokens::{READERS, Seen};

/// Texts of those pieces, a few of them cut somewhere, with line ends of one kind or the other, and maybe a mark.
fn texts(pieces: &'static [&'static str]) -> impl Strategy<Value = String> {
    let piece = (prop::sample::select(pieces), any::<prop::sample::Index>(), 0..8_u8).prop_map(
        |(piece, index, whole)| {
            if whole > 0 {
                return piece.to_owned();
            }
            let chars: Vec<char> = piece.chars().collect();
            chars[..index.index(chars.len() + 1)].iter().collect()
        },
    );
    (prop::collection::vec(piece, 0..16), any::<bool>(), any::<bool>()).prop_map(
        |(pieces, windows, mark)| {
            let text = pieces.concat();
            let text = if windows { text.replace('\n', "\r\n") } else { text };
            if mark { format!("\u{feff}{text}") } else { text }
        },
    )
}

/// A file in memory.
fn file(sources: &Sources<'_>, name: &str, text: &str) -> std::sync::Arc<SourceFile> {
    sources.add(name, text)
}

/// Reads a text with every reader, or with those of one name.
fn read(name: &str, text: &str, only: Option<&str>) -> Result<usize, String> {
    let memory = MemoryFiles::new();
    let sources = Sources::new(&memory);
    let file = file(&sources, name, text);
    let mut count = 0;
    for (reader, walk) in READERS.iter().filter(|(r, _)| only.is_none_or(|o| o == *r)) {
        let mut seen = Seen::new(&file);
        walk(&file, &mut seen);
        count += seen.count;
        if let Some(wrong) = seen.wrong {
            return Err(format!("{reader}: {wrong}\n--- {name}\n{text:?}"));
        }
    }
    Ok(count)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, failure_persistence: None, rng_seed: proptest::test_runner::RngSeed::Fixed(1), ..ProptestConfig::default() })]

    #[test]
    fn compose(text in texts(COMPOSE)) {
        read("compose.yaml", &text, Some("yaml")).map_err(TestCaseError::fail)?;
    }

    #[test]
    fn dockerfile(text in texts(DOCKERFILE)) {
        read("Dockerfile", &text, Some("dockerfile")).map_err(TestCaseError::fail)?;
    }

    #[test]
    fn shell(text in texts(SHELL)) {
        read("entrypoint.sh", &text, Some("shell")).map_err(TestCaseError::fail)?;
    }

    #[test]
    fn python(text in texts(PYTHON)) {
        read("settings.py", &text, Some("python")).map_err(TestCaseError::fail)?;
    }

    #[test]
    fn nginx(text in texts(NGINX)) {
        read("nginx.conf", &text, Some("nginx")).map_err(TestCaseError::fail)?;
    }

    #[test]
    fn dotenv(text in texts(DOTENV)) {
        read(".env", &text, Some("dotenv")).map_err(TestCaseError::fail)?;
    }

    #[test]
    fn requirements(text in texts(REQUIREMENTS), tables in texts(TABLES)) {
        read("requirements.txt", &text, Some("requirements")).map_err(TestCaseError::fail)?;
        for name in ["pyproject.toml", "Pipfile", "setup.cfg"] {
            read(name, &tables, Some("requirements")).map_err(TestCaseError::fail)?;
        }
    }

    #[test]
    fn ini(text in texts(INI)) {
        read("uwsgi.ini", &text, Some("ini")).map_err(TestCaseError::fail)?;
    }

    /// A shell line inside YAML or a Dockerfile keeps its own places.
    #[test]
    fn shell_inside(text in texts(COMPOSE), other in texts(DOCKERFILE)) {
        read("compose.yaml", &text, Some("shell in yaml")).map_err(TestCaseError::fail)?;
        read("Dockerfile", &other, Some("shell in dockerfile")).map_err(TestCaseError::fail)?;
    }

    /// Every file of the projects, cut off anywhere: what is found lies where it says.
    #[test]
    fn findings_of_projects_cut_off(case in any::<prop::sample::Index>(), cut in any::<prop::sample::Index>(), end in any::<prop::sample::Index>()) {
        let mut project = CASES[case.index(CASES.len())].1.clone();
        let index = cut.index(project.len());
        let length = project[index].1.len();
        project[index].1.truncate(end.index(length + 1));
        findings(&project).map_err(|why| TestCaseError::fail(format!("{} cut at {}: {why}", project[index].0, project[index].1.len())))?;
    }
}

/// A project: paths and bytes.
type Files = Vec<(String, Vec<u8>)>;

/// All projects in `fixtures/`, by name.
static CASES: LazyLock<Vec<(String, Files)>> = LazyLock::new(|| {
    let fixtures = home().join("fixtures");
    let cases = cases::all(&fixtures).unwrap().into_iter().map(|c| (c.title(), files(&c.project)));
    let bases = cases::bases(&fixtures).unwrap().into_iter().map(|(name, p)| (name, files(&p)));
    cases.chain(bases).chain(stages()).collect()
});

/// The founding project at each stage of its story.
fn stages() -> Vec<(String, Files)> {
    let stages = folders(&home().join("fixtures/pop_planner"));
    let read = |stage: &PathBuf| (support::name(stage), files(&Project::read(stage).unwrap()));
    stages.iter().map(read).collect()
}

fn files(project: &Project) -> Files {
    project.files().map(|(path, bytes)| (path.to_owned(), bytes.to_vec())).collect()
}

/// Checks a project; gives the number of places it was told of.
fn findings(project: &[(String, Vec<u8>)]) -> Result<usize, String> {
    let mut memory = MemoryFiles::new();
    for (path, bytes) in project {
        memory.add(path, bytes.as_slice());
    }
    let sources = Sources::new(&memory);
    let report = check(&sources, &RelPath::root(), &Options::default());
    if let Some((path, why)) =
        report.coverage.skipped.iter().find(|(_, why)| why.unmasked().contains("fault"))
    {
        return Err(format!("{path} {}", why.unmasked()));
    }
    let labels =
        report.findings.iter().flat_map(|f| f.labels.iter().map(move |l| (f.rule.name, l.span)));
    let edits = report
        .findings
        .iter()
        .flat_map(|f| f.fixes.iter().flat_map(|x| &x.edits).map(move |e| (f.rule.name, e.span)));
    let secrets = report.secrets.iter().map(|s| ("a secret", *s));
    let mut count = 0;
    for (what, span) in labels.chain(edits).chain(secrets) {
        let file = sources.file(span.file);
        if file.text.get(span.range()).is_none() {
            return Err(format!(
                "{what}: {span:?} is no place in {} ({} bytes)",
                file.path,
                file.text.len()
            ));
        }
        count += 1;
    }
    if let Some(silent) = report.findings.iter().find(|f| f.labels.is_empty()) {
        return Err(format!("{} has no place", silent.rule.name));
    }
    Ok(count)
}

#[test]
fn findings_of_all_projects_lie_in_their_files() {
    let count: usize = CASES
        .par_iter()
        .map(|(name, files)| findings(files).unwrap_or_else(|why| panic!("{name}: {why}")))
        .sum();
    assert!(CASES.len() > 60 && count > 100, "{} projects, {count} places", CASES.len());
}

/// The founding project's files, cut off at every byte (H35 of the hostile cases).
#[test]
fn every_prefix_of_real_files_is_read() {
    let mut count = 0;
    let mut read_already = BTreeSet::new();
    for (_, files) in stages() {
        for (path, bytes) in files {
            let Ok(text) = std::str::from_utf8(&bytes) else { continue };
            // The stages share most of their files.
            if !read_already.insert(bytes.clone()) {
                continue;
            }
            let readers: &[&str] = match path.rsplit(['/', '.']).next().unwrap_or("") {
                "yaml" | "yml" => &["yaml", "shell in yaml"],
                "py" => &["python"],
                "sh" => &["shell"],
                "conf" => &["nginx"],
                "txt" => &["requirements"],
                _ if path.contains("Dockerfile") => &["dockerfile", "shell in dockerfile"],
                _ => &["dotenv"],
            };
            for end in (0..=text.len()).filter(|i| text.is_char_boundary(*i)) {
                for reader in readers {
                    count += read(&path, &text[..end], Some(reader)).unwrap();
                }
            }
        }
    }
    assert!(count > 100_000, "only {count} places were looked at");
}

/// Each reader is fed by its pieces: a test that looks at nothing proves nothing.
#[test]
fn readers_find_something() {
    for (name, pieces, reader) in [
        ("compose.yaml", COMPOSE, "yaml"),
        ("Dockerfile", DOCKERFILE, "dockerfile"),
        ("a.sh", SHELL, "shell"),
        ("settings.py", PYTHON, "python"),
        ("nginx.conf", NGINX, "nginx"),
        (".env", DOTENV, "dotenv"),
        ("requirements.txt", REQUIREMENTS, "requirements"),
        ("pyproject.toml", &TABLES[..4], "requirements"),
        ("uwsgi.ini", INI, "ini"),
        ("compose.yaml", COMPOSE, "shell in yaml"),
        ("Dockerfile", DOCKERFILE, "shell in dockerfile"),
    ] {
        let count = read(name, &pieces.concat(), Some(reader)).unwrap();
        assert!(count >= 10, "{reader} saw {count} places in {name}");
    }
    // Whatever a file is called, no reader fails on it.
    for pieces in [COMPOSE, DOCKERFILE, SHELL, PYTHON, NGINX, DOTENV, REQUIREMENTS, TABLES, INI] {
        read("anything", &pieces.concat(), None).unwrap();
    }
}

/// Our tree and that of an independent reader say the same of every Compose file in `fixtures/`.
#[test]
fn another_yaml_reader_agrees() {
    let mut compared = 0;
    for (name, files) in CASES.iter() {
        for (path, bytes) in
            files.iter().filter(|(p, _)| p.ends_with(".yaml") || p.ends_with(".yml"))
        {
            let Ok(text) = std::str::from_utf8(bytes) else { continue };
            let Ok(other) = serde_yaml::from_str::<serde_yaml::Value>(text) else { continue };
            let memory = MemoryFiles::new();
            let sources = Sources::new(&memory);
            let ours = Yaml::read(&file(&sources, path, text));
            assert!(ours.errors.is_empty(), "{name} {path}: {:?}", ours.errors);
            if let Some(root) = ours.root {
                compared +=
                    same(&ours, root, &other).unwrap_or_else(|why| panic!("{name} {path}: {why}"));
            }
        }
    }
    assert!(compared > 1_000, "only {compared} values were compared");
}

/// How many values are the same, or the first that is not.
fn same(yaml: &Yaml, id: NodeId, other: &serde_yaml::Value) -> Result<usize, String> {
    use serde_yaml::Value as V;
    let differ = || Err(format!("{:?} against {other:?}", yaml.node(id)));
    let other = match other {
        V::Tagged(tagged) => &tagged.value,
        other => other,
    };
    match (yaml.kind(id), other) {
        (Some(NodeKind::Mapping(pairs)), V::Mapping(map)) if pairs.len() == map.len() => {
            pairs.iter().zip(map).try_fold(1, |sum, ((k, v), (key, value))| {
                Ok(sum + same(yaml, *k, key)? + same(yaml, *v, value)?)
            })
        }
        (Some(NodeKind::Sequence(items)), V::Sequence(values)) if items.len() == values.len() => {
            items
                .iter()
                .zip(values)
                .try_fold(1, |sum, (item, value)| Ok(sum + same(yaml, *item, value)?))
        }
        (Some(NodeKind::Scalar(text, _)), value) => {
            let text = text.as_str();
            let fine = match value {
                V::String(s) => text == s,
                V::Bool(b) => text.eq_ignore_ascii_case(&b.to_string()),
                V::Null => matches!(text, "" | "~") || text.eq_ignore_ascii_case("null"),
                V::Number(n) => text.parse().ok() == n.as_f64(),
                _ => false,
            };
            if fine { Ok(1) } else { differ() }
        }
        _ => differ(),
    }
}
