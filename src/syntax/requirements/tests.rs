//! Real shapes of every format, mistakes, and hostile files.

#![allow(clippy::unwrap_used, reason = "a test that fails may panic")]

use super::*;
use crate::source::{MemoryFiles, Sources};
use proptest::prelude::*;

/// Reads a file and checks what holds for every file: spans lie in it, verbatim pieces are its bytes.
fn read(path: &str, text: &str) -> Requirements {
    let files = MemoryFiles::new();
    let file = Sources::new(&files).add(path, text);
    let out = Requirements::read(&file);
    let inside = |s: Span| assert!(file.text.get(s.range()).is_some(), "{s:?} in {text:?}");
    for part in out.packages.iter().map(|p| &p.written).chain(&out.includes) {
        inside(part.span());
        for piece in part.pieces() {
            inside(piece.src);
            let (at, len) = (piece.at as usize, piece.len as usize);
            assert!(
                !piece.verbatim() || part.get(at..at + len) == file.text.get(piece.src.range()),
                "{piece:?} of {text:?}"
            );
        }
    }
    out.packages.iter().for_each(|p| inside(p.span));
    out.errors.iter().for_each(|e| inside(e.span));
    out
}

/// `name[extras]version;marker(group)` of every package.
fn shown(out: &Requirements) -> Vec<String> {
    let one = |p: &Requirement| {
        let extras =
            if p.extras.is_empty() { String::new() } else { format!("[{}]", p.extras.join(",")) };
        let marker = if p.marker.is_empty() { String::new() } else { format!(";{}", p.marker) };
        let group = p.group.as_ref().map_or(String::new(), |g| format!("({g})"));
        format!("{}{extras}{}{marker}{group}", p.name, p.version)
    };
    out.packages.iter().map(one).collect()
}

#[test]
fn requirement_lines_are_read() {
    for (line, expected, incomplete) in [
        ("Django>=4.2,<5  # 주석", &["django>=4.2,<5"][..], false),
        (
            "psycopg2_binary == 2.9 ; python_version >= '3.8'",
            &["psycopg2-binary== 2.9;python_version >= '3.8'"],
            false,
        ),
        ("celery[redis, S3]~=5.3", &["celery[redis,s3]~=5.3"], false),
        ("zope.interface (>=5.0)", &["zope-interface>=5.0"], false),
        ("\u{feff}a==1\r\nb\r\n", &["a==1", "b"], false),
        ("a==1 \\\n  --hash=sha256:00 \\\n  --hash=sha256:11\nb", &["a==1", "b"], false),
        ("# c \\\na", &["a"], false),
        ("name @ https://x.y/z.zip ; os_name == 'nt'", &["name;os_name == 'nt'"], false),
        ("pip[a]@https://x.y/z.zip", &["pip[a]"], false),
        ("-e git+https://g.h/x.git@main#subdirectory=b&egg=My_App[x]", &["my-app[x]"], false),
        ("git+ssh://git@g.h/x.git", &[], true),
        ("./dist/My_App-1.0-py3-none-any.whl", &["my-app"], false),
        ("-e .\n--editable=./lib\n.[dev]\nvendor/x\nC:\\x\\y", &[], true),
        ("https://x.y/django-4.tar.gz", &[], true),
        (
            "-i https://x.y\n--extra-index-url=https://x\n-c c.txt\n--no-binary :all:\n--pre",
            &[],
            false,
        ),
    ] {
        let out = read("requirements.txt", line);
        assert_eq!(
            (shown(&out), out.incomplete),
            (expected.iter().map(|s| (*s).to_owned()).collect(), incomplete),
            "{line:?}"
        );
        assert_eq!(out.errors, [], "{line:?}");
    }
}

#[test]
fn includes_are_listed_as_written() {
    let out = read(
        "dev.txt",
        "-r base.txt\n-r../a b.txt # c\n--requirement=c.txt\n--requirement \"d e.txt\"\n-c no.txt\n",
    );
    assert_eq!(
        out.includes.iter().map(|i| i.as_str()).collect::<Vec<_>>(),
        ["base.txt", "../a b.txt", "c.txt", "d e.txt"]
    );
    assert!(!out.incomplete);
    assert!(read("dev.txt", "-r https://x.y/r.txt").incomplete);
}

/// A file with one mistake: the text under the error, and what is still read.
#[test]
fn a_mistake_is_located_and_the_rest_is_read() {
    for (path, text, place, expected) in [
        ("r.txt", "a\n{% if x %}\nb", "{% if x %}", &["a", "b"][..]),
        ("r.txt", "Django=4.2\nb", "=4.2", &["django", "b"]),
        ("r.txt", "이것은 글\nb", "이것은 글", &["b"]),
        ("r.txt", "hello world\nb", "world", &["b"]),
        ("r.txt", "a[x\nb", "a[x", &["b"]),
        ("r.txt", "a>=\nb", ">=", &["a", "b"]),
        ("r.txt", "git@github.com:x/y.git\nb", "git@github.com:x/y.git", &["b"]),
        ("r.txt", "-r\nb", "-r", &["b"]),
        ("r.txt", "--foo x\nb", "--foo", &["b"]),
        ("pyproject.toml", "[project]\ndependencies = [\"a=1\", 3, \"b\"]", "=1", &["a", "b"]),
        ("pyproject.toml", "# 한글\n[project]\ndependencies = [\"a\"\nname = 'x'", "n", &[]),
        (
            "pyproject.toml",
            "[dependency-groups]\na = [{include-group = 'no'}, 'b']",
            "{include-group = 'no'}",
            &["b(a)"],
        ),
        ("Pipfile", "[packages]\n\"a b\" = '*'\nc = '*'", "\"a b\"", &["c*"]),
        ("setup.cfg", "[options]\ninstall_requires =\n  a b\n  c\n", "b", &["c"]),
    ] {
        let out = read(path, text);
        assert_eq!(shown(&out), expected, "{text:?}");
        assert!(out.incomplete, "{text:?}");
        assert_eq!(&text[out.errors[0].span.range()], place, "{text:?}: {:?}", out.errors);
    }
}

#[test]
fn pyproject_tables_are_read() {
    let text = r#"# 프로젝트
[project]
name = "x"
dependencies = ["Django>=4.2", "celery[redis]"]
dynamic = ["version"]
[project.optional-dependencies]
s3 = ["boto3"]
[dependency-groups]
test = ["pytest", {include-group = "Type_Check"}]
type-check = ["mypy", {include-group = "test"}]
[tool.poetry.dependencies]
python = "^3.11"
gunicorn = "^21"
uvicorn = {extras = ["standard"], version = "*", markers = "os_name != 'nt'"}
boto = {version = "1", optional = true}
mine = {git = "https://x.y/z"}
two = [{version = "1", python = "<3.9"}, {version = "2"}]
[tool.poetry.extras]
aws = ["boto"]
[tool.poetry.group.dev.dependencies]
black = "*"
[tool.poetry.dev-dependencies]
isort = "*"
[tool.pdm.dev-dependencies]
lint = ["ruff"]
[tool.uv]
dev-dependencies = ["ipython"]
[tool.hatch.envs.docs]
dependencies = ["mkdocs"]
"#;
    let out = read("a/pyproject.toml", text);
    let expected = "django>=4.2 celery[redis] boto3(s3) pytest(test) pytest(type-check) mypy(test) mypy(type-check) gunicorn^21 \
        uvicorn[standard]*;os_name_!=_'nt' boto1(aws) mine two1 black*(dev) isort*(dev) ruff(lint) ipython(dev) mkdocs(docs)";
    assert_eq!(
        shown(&out).iter().map(|s| s.replace(' ', "_")).collect::<Vec<_>>().join(" "),
        expected
    );
    assert!(out.errors.is_empty() && !out.incomplete, "{:?}", out.errors);
    let place = |name: &str| &text[out.get(name).unwrap().span.range()];
    assert_eq!(place("django"), "Django>=4.2");
    assert_eq!(place("gunicorn"), "gunicorn = \"^21\"");
    assert_eq!(&text[out.get("celery").unwrap().written.span().range()], "celery");
}

#[test]
fn dynamic_dependencies_are_incomplete_unless_they_name_files() {
    let dynamic = "[project]\ndynamic = [\"dependencies\"]\n";
    assert!(read("pyproject.toml", dynamic).incomplete);
    let out = read(
        "pyproject.toml",
        &format!("{dynamic}[tool.setuptools.dynamic]\ndependencies = {{file = [\"r.txt\"]}}"),
    );
    assert_eq!((out.includes[0].as_str(), out.incomplete), ("r.txt", false));
}

#[test]
fn pipfile_and_setup_cfg_are_read() {
    let out = read(
        "Pipfile",
        "\u{feff}[[source]]\r\nurl = 'x'\r\n[packages]\r\nDjango = '>=4'\r\nme = {path = '.', editable = true}\r\n[dev-packages]\r\npytest = '*'\r\n[requires]\r\npython_version = '3'\r\n",
    );
    assert_eq!(
        (shown(&out), out.incomplete),
        (vec!["django>=4".into(), "me".into(), "pytest*(dev-packages)".into()], true)
    );
    let text = "[metadata]\nname = x\n[options]\ninstall_requires =\n    Django>=4 ; python_version > '3'\n    # 주석\n    celery[redis]\n[options.extras_require]\ntest = pytest; tox>=1\n";
    let out = read("setup.cfg", text);
    assert_eq!(
        shown(&out),
        ["django>=4;python_version > '3'", "celery[redis]", "pytest(test)", "tox>=1(test)"]
    );
    assert_eq!(
        read("setup.cfg", "[options]\ninstall_requires = file: a.txt, b.txt").includes[1].as_str(),
        "b.txt"
    );
}

#[test]
fn hostile_repetition_is_read_in_linear_time() {
    for (path, piece) in [
        ("r.txt", "a\\\n"),
        ("r.txt", "a[\n"),
        ("r.txt", "-"),
        ("r.txt", " #"),
        ("r.txt", "a @ "),
        ("r.txt", "a,"),
        ("setup.cfg", "[options]\ninstall_requires =;;;;;;;;;;;;\n"),
        ("pyproject.toml", "["),
        ("pyproject.toml", "a={"),
        ("pyproject.toml", "a."),
        ("Pipfile", "\""),
    ] {
        read(path, &piece.repeat(256 * 1024 / piece.len()));
    }
    let groups: String =
        (0..2000).map(|i| format!("g{i} = [{{include-group='g'}}, 'a=']\n")).collect();
    let text = format!("[dependency-groups]\ng = [{}]\n{groups}", "'a=',".repeat(20_000));
    assert!(read("pyproject.toml", &text).errors.len() <= 101);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, rng_seed: proptest::test_runner::RngSeed::Fixed(1), ..ProptestConfig::default() })]

    #[test]
    fn any_text_is_read(path in prop::sample::select(PATHS), text in any::<String>()) {
        read(path, &text);
    }

    #[test]
    fn any_mix_of_signs_is_read(path in prop::sample::select(PATHS), parts in prop::collection::vec(prop::sample::select(SOUP), 0..40)) {
        read(path, &parts.concat());
        read(path, &format!("[project]\ndependencies = [\"{}\", '''\n{}''']", parts.concat(), parts.concat()));
        read(path, &format!("[options]\ninstall_requires = {}", parts.concat()));
    }
}

const PATHS: &[&str] = &["requirements.txt", "pyproject.toml", "Pipfile", "setup.cfg"];
const SOUP: &[&str] = &[
    "a",
    "Django",
    "==",
    ">=",
    "1.0",
    ",",
    ";",
    " ",
    "\n",
    "\r\n",
    "\\\n",
    "[",
    "]",
    "{",
    "}",
    "=",
    "\"",
    "'",
    "#",
    "-r ",
    "-e ",
    "--hash=x",
    "@ ",
    "https://x/",
    "#egg=",
    ".whl",
    "[packages]\n",
    "[tool.poetry.dependencies]\n",
    "한",
    "\u{feff}",
    "/",
    "\\u0041",
];
