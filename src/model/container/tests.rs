//! Services as they run: files under mounts, variables by who sets them, the command that counts.
#![allow(clippy::unwrap_used, reason = "a test that fails may panic")]

use super::*;
use crate::model::compose::load;
use crate::model::django::EnvAnswer;
use crate::model::exec_context::{ExecContext, PathLookup};
use crate::source::{Known, MemoryFiles};

struct Up {
    sources: &'static Sources<'static>,
    project: &'static Project,
    container: Container<'static>,
}

/// Brings up the service `w` of `compose.yml`: `body` are its keys. It builds where they say so.
fn brought_up(body: &str, files: &[(&str, &str)]) -> Up {
    let compose = format!(
        "services:\n  w:\n    {}\nvolumes:\n  data:\n",
        body.trim_end().replace('\n', "\n    ")
    );
    let mut memory = MemoryFiles::new();
    memory.add("compose.yml", compose.as_str());
    for (path, text) in files {
        memory.add(path, *text);
    }
    let memory: &'static MemoryFiles = Box::leak(Box::new(memory));
    let sources: &'static Sources<'static> = Box::leak(Box::new(Sources::new(memory)));
    let project: &'static Project = Box::leak(Box::new(load(
        sources,
        &RelPath::root(),
        &[RelPath::new("compose.yml").unwrap()],
    )));
    let service = &project.services[0];
    let image = service.build.as_ref().map(|b| Image::of_build(sources, b).map(Rc::new));
    Up { sources, project, container: Container::new(sources, project, service, image, None) }
}

impl Up {
    fn kind_at(&self, path: &str) -> String {
        match self.container.filesystem(self.sources, &self.project.folder).find(path) {
            PathLookup::Host(file) => file.as_str().to_owned(),
            PathLookup::Made(_) => "made".into(),
            PathLookup::Missing => "-".into(),
            PathLookup::Unknown(_) => "?".into(),
        }
    }

    fn env(&self, name: &str) -> String {
        match self.container.environment.answer(name) {
            EnvAnswer::Set(Known::Known(text) | Known::Partly(text, _)) => text.as_str().to_owned(),
            EnvAnswer::Set(Known::Unknown(_)) => "set".into(),
            EnvAnswer::Unset => "-".into(),
            EnvAnswer::Unknown(_) => "?".into(),
        }
    }

    /// The words of the steps, `?` behind them when there may be more.
    fn runs(&self) -> String {
        let steps = self
            .container
            .process
            .steps
            .iter()
            .map(|s| s.words.iter().map(|w| w.as_str()).collect::<Vec<_>>().join(" "));
        let end = self.container.process.unknown.as_ref().map(|_| "?".to_owned());
        steps.chain(end).collect::<Vec<_>>().join(" | ")
    }
}

const DOCKERFILE: &str = "FROM python\nWORKDIR /app\nCOPY . .\nRUN mkdir -p /app/media /var/made\n";

#[test]
fn files_under_mounts() {
    let files =
        [("Dockerfile", DOCKERFILE), ("manage.py", ""), ("src/app.py", ""), ("static/x.css", "")];
    let plain = brought_up("build: .", &files);
    assert_eq!(
        [plain.kind_at("/app/manage.py"), plain.kind_at("/var/made"), plain.kind_at("/app/nope")],
        ["manage.py", "made", "-"]
    );
    let bind = brought_up("build: .\nvolumes: ['./src:/app']", &files);
    assert_eq!(
        [
            bind.kind_at("/app/app.py"),
            bind.kind_at("/app/manage.py"),
            bind.kind_at("/var/made"),
            bind.kind_at("/app")
        ],
        ["src/app.py", "-", "made", "src"]
    );
    let volume = brought_up("build: .\nvolumes: ['data:/app/static', '/app/src']", &files);
    assert_eq!(
        [
            volume.kind_at("/app/static/x.css"),
            volume.kind_at("/app/static/new"),
            volume.kind_at("/app/src/app.py"),
            volume.kind_at("/app/src/y")
        ],
        ["static/x.css", "?", "src/app.py", "?"]
    );
    let nested =
        brought_up("build: .\nvolumes: ['.:/app', 'data:/app/static/', './src:/app/code']", &files);
    assert_eq!(
        [
            nested.kind_at("/app/src/app.py"),
            nested.kind_at("/app/code/app.py"),
            nested.kind_at("/app/code/x"),
            nested.kind_at("/application")
        ],
        ["src/app.py", "src/app.py", "-", "-"]
    );
    let elsewhere =
        brought_up("build: .\nvolumes: ['/srv/x:/app', '${NOPE}:/data']\ntmpfs: /var/made", &files);
    assert_eq!(
        [
            elsewhere.kind_at("/app/manage.py"),
            elsewhere.kind_at("/data/x"),
            elsewhere.kind_at("/var/made")
        ],
        ["?", "?", "-"]
    );
    let foreign = brought_up("image: x\nvolumes: ['.:/app']", &files);
    assert_eq!([foreign.kind_at("/app/manage.py"), foreign.kind_at("/bin/x")], ["manage.py", "?"]);
}

#[test]
fn which_storage_is_behind_a_path() {
    let w = brought_up(
        "image: x\nvolumes: ['./src:/app', 'data:/app/media', '/srv/y:/y', '/anon', {type: volume, source: data, target: /z, volume: {subpath: in/side}}]",
        &[],
    );
    let fs = w.container.filesystem(w.sources, &w.project.folder);
    let storage = |path: &str| fs.storage(path).map(|(volume, inside, _)| (volume, inside));
    assert_eq!(storage("/app/media/a/b"), Some((Volume::Named("data".into()), "/a/b".into())));
    assert_eq!(storage("/z/c"), Some((Volume::Named("data".into()), "/in/side/c".into())));
    assert_eq!(
        storage("/app/x"),
        Some((Volume::Host(RelPath::new("src/x").unwrap()), String::new()))
    );
    assert_eq!(storage("/y/q"), Some((Volume::Elsewhere("/srv/y/q".into()), String::new())));
    assert_eq!((storage("/anon/x"), storage("/tmp")), (None, None));
}

#[test]
fn environment_over_env_file_over_image() {
    let files = [
        ("Dockerfile", "FROM python\nENV A=image B=image C=image\n"),
        ("one.env", "B=one\nC=one\nD=one\n"),
        ("two.env", "D=two\nQ='q q'\n"),
        (".env", "PASSED=on\nIN=put\n"),
    ];
    let w = brought_up(
        "build: .\nenv_file: [one.env, two.env]\nenvironment: {C: compose, PASSED: , GONE: , E: 'x-${IN}', F: '${NOPE}', U: 'postgres://u:${NOPE}@db/n'}",
        &files,
    );
    let cases = [
        ("A", "image"),
        ("B", "one"),
        ("C", "compose"),
        ("D", "two"),
        ("Q", "q q"),
        ("PASSED", "on"),
        ("GONE", "set"),
        ("E", "x-put"),
        ("F", "set"),
        ("IN", "-"),
    ];
    for (name, wanted) in cases {
        assert_eq!(w.env(name), wanted, "{name}");
    }
    assert!(w.env("U").starts_with("postgres://u:") && w.env("U").ends_with("@db/n"));
    let by = |name: &str| w.container.environment.vars[name].by;
    assert_eq!((by("A"), by("B"), by("C")), (SetBy::Image, SetBy::EnvFile, SetBy::Compose));
    assert!(
        w.container.environment.vars["E"].via.len() == 1
            && !w.container.environment.vars["E"].literal
    );
}

#[test]
fn an_env_file_that_is_not_there() {
    let files = [("Dockerfile", "FROM python\nENV A=image\n")];
    let w = brought_up("build: .\nenv_file: nope.env\nenvironment: {B: b}", &files);
    assert_eq!((w.env("A"), w.env("B"), w.env("C")), ("set".into(), "b".into(), "?".into()));
    assert_eq!(w.container.environment.unusable.len(), 1);
    let optional = brought_up("build: .\nenv_file: [{path: nope.env, required: false}]", &files);
    assert!(optional.container.environment.unusable.is_empty());
    // Compose goes on without it, so there is nothing that could set more.
    assert_eq!(optional.env("C"), "-");
}

#[test]
fn the_command_that_counts() {
    let exec = "FROM python\nENTRYPOINT [\"tool\"]\nCMD [\"a\", \"b\"]\n";
    let shell = "FROM python\nENTRYPOINT tool x\nCMD [\"a\"]\n";
    let cmd = "FROM python\nCMD gunicorn x\n";
    let cases = [
        (exec, "", "tool a b"),
        (exec, "command: c d", "tool c d"),
        (exec, "command: [c]", "tool c"),
        // An entrypoint in Compose puts CMD out of force.
        (exec, "entrypoint: e", "e"),
        (exec, "entrypoint: [e, f]\ncommand: c", "e f c"),
        (exec, "command:", "tool a b"),
        // The shell form of ENTRYPOINT takes no arguments.
        (shell, "", "tool x"),
        (shell, "command: c", "tool x"),
        (shell, "entrypoint: e", "e"),
        (cmd, "", "gunicorn x"),
        (cmd, "command: sh -c \"c && d\"", "c | d"),
        (cmd, "command: c && d", "c"),
        ("FROM python\nENTRYPOINT [\"tini\", \"--\"]\nCMD gunicorn x\n", "", "gunicorn x"),
        ("FROM python\n", "", "python3"),
        ("FROM me/base\nCMD [\"a\"]\n", "", "a | ?"),
        ("FROM me/base\nENTRYPOINT [\"e\"]\nCMD [\"a\"]\n", "", "e a"),
        ("FROM me/base\nCMD [\"a\"]\n", "entrypoint: [e]", "e"),
    ];
    for (dockerfile, body, wanted) in cases {
        let w = brought_up(&format!("build: .\n{body}"), &[("Dockerfile", dockerfile)]);
        assert_eq!(w.runs(), wanted, "{dockerfile} {body}");
    }
    assert_eq!(
        (brought_up("image: x", &[]).runs(), brought_up("image: x\ncommand: c", &[]).runs()),
        ("?".into(), "c | ?".into())
    );
    assert_eq!(brought_up("image: x\nentrypoint: e", &[]).runs(), "e");
}

#[test]
fn where_the_command_stands() {
    let files = [("Dockerfile", "FROM python\nCMD [\"gunicorn\", \"x\"]\n")];
    let text = |w: &Up| {
        let span = w.container.command_span.unwrap();
        w.sources.file(span.file).text[span.range()].to_owned()
    };
    let image = brought_up("build: .", &files);
    assert_eq!(
        (text(&image).as_str(), image.container.command_in_compose),
        ("\"gunicorn\", \"x\"", false)
    );
    let list = brought_up("build: .\ncommand: [a, b]", &files);
    assert_eq!((text(&list).as_str(), list.container.command_in_compose), ("a, b", true));
    let string = brought_up("build: .\nentrypoint: e f", &files);
    assert_eq!((text(&string).as_str(), string.container.command_in_compose), ("e f", true));
    assert_eq!(list.container.image_process.unwrap().steps[0].words[0].as_str(), "gunicorn");
}

#[test]
fn the_folder_it_starts_in() {
    let workdir = |body: &str, dockerfile: &str| {
        let w = brought_up(&format!("build: .\ncommand: a\n{body}"), &[("Dockerfile", dockerfile)]);
        w.container.process.steps[0].workdir.clone()
    };
    let file = "FROM python\nWORKDIR /app\n";
    assert_eq!(workdir("", file).as_deref(), Some("/app"));
    assert_eq!(workdir("working_dir: /srv/./x/", file).as_deref(), Some("/srv/x"));
    assert_eq!(workdir("", "FROM python\n").as_deref(), Some("/"));
    assert_eq!(workdir("", "FROM me/base\n"), None);
    assert_eq!(workdir("working_dir: /srv", "FROM me/base\n").as_deref(), Some("/srv"));
}

#[test]
fn scripts_come_from_where_the_mounts_say() {
    let files = [
        (
            "Dockerfile",
            "FROM python\nWORKDIR /app\nCOPY built /app\nENTRYPOINT [\"/app/run.sh\"]\nCMD [\"x\"]\n",
        ),
        ("built/run.sh", "from-image \"$@\"\n"),
        ("mounted/run.sh", "from-mount $MODE \"$@\"\n"),
    ];
    assert_eq!(brought_up("build: .", &files).runs(), "from-image x");
    assert_eq!(
        brought_up("build: .\nvolumes: ['./mounted:/app']\nenvironment: [MODE=m]", &files).runs(),
        "from-mount m x"
    );
}

#[test]
fn names_of_images() {
    for (image, bare, tag) in [
        ("postgres", "postgres", None),
        ("postgres:16-alpine", "postgres", Some("16-alpine")),
        ("registry:5000/a/nginx", "nginx", None),
        ("registry:5000/a/nginx:1@sha256:00", "nginx", Some("1")),
    ] {
        assert_eq!((bare_name(image), image_tag(image)), (bare, tag), "{image}");
    }
    assert_eq!(
        brought_up("image: docker.io/library/postgres:16", &[]).container.image_name(),
        Some("postgres")
    );
}
