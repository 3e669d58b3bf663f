//! The cases H01 to H68 of what a checkout of an attacker may hold, and other broken input, through the program as a person runs it. Whatever the bytes are: no panic,
//! no hang, an exit status that says how it went, a message that names the file and the reason, and
//! everything else is still checked.
#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "a test that fails may panic, and sets up real folders"
)]

#[path = "hostile/catalogue.rs"]
mod catalogue;
#[path = "hostile/compose.rs"]
mod compose;
#[path = "hostile/compose_limits.rs"]
mod compose_limits;
#[path = "hostile/compose_parts.rs"]
mod compose_parts;
#[path = "hostile/configuration.rs"]
mod configuration;
#[path = "hostile/cut.rs"]
mod cut;
#[path = "hostile/dockerfiles.rs"]
mod dockerfiles;
#[cfg(unix)]
#[path = "hostile/files.rs"]
mod files;
#[cfg(unix)]
#[path = "hostile/machine.rs"]
mod machine;
#[cfg(unix)]
#[path = "hostile/names.rs"]
mod names;
#[path = "hostile/outputs.rs"]
mod outputs;
#[path = "hostile/settings.rs"]
mod settings;
mod support;
#[cfg(target_os = "linux")]
#[path = "hostile/traced.rs"]
mod traced;

use compose_doctor::finding::Label;
use compose_doctor::source::{RelPath, Sources};
use compose_doctor::{Options, check};
use rayon::prelude::{IntoParallelRefIterator, ParallelIterator};
use serde_json::Value;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use support::cases::{self, Case, Entry, Kind, Project};
use support::{files_below, folders, home};

/// A run that takes longer hangs, whatever it does; a machine that is busy with other work takes its time.
const LIMIT: Duration = Duration::from_secs(300);
/// No run takes more processor time than this: 2 seconds, or eight times that in a build without optimisation.
const WORK: Duration = Duration::from_secs(if cfg!(debug_assertions) { 16 } else { 2 });
/// No run takes more memory than this, in KiB, where the system tells it.
const MEMORY: u64 = 256 * 1024;
/// How the findings can be written.
const FORMATS: [&str; 3] = ["full", "concise", "json"];
/// A project with one certain finding, which shows that the rest was checked.
const NEIGHBOUR: &str = "services:\n  app:\n    build: ./gone\n";

/// A folder that goes away with the test. It lies outside the repository, so that it is a root of its own.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Self {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let name = format!(
            "compose-doctor-hostile-{}-{}",
            std::process::id(),
            COUNT.fetch_add(1, Ordering::Relaxed)
        );
        let path = std::env::temp_dir().join(name);
        let _ = std::fs::remove_dir_all(&path);
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    /// A folder with `neighbour/compose.yaml` in it.
    fn with_neighbour() -> Self {
        let folder = Self::new();
        folder.write("neighbour/compose.yaml", NEIGHBOUR);
        folder
    }

    fn path(&self, path: &str) -> PathBuf {
        self.0.join(path)
    }

    fn write(&self, path: &str, bytes: impl AsRef<[u8]>) {
        let path = self.path(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    }

    /// A link at `path` to `target`, as written.
    #[cfg(unix)]
    fn link(&self, target: &str, path: &str) {
        std::os::unix::fs::symlink(target, self.path(path)).unwrap();
    }

    /// Runs the program in the folder.
    fn run(&self, args: &[&str]) -> Run {
        run(&self.0, args)
    }

    /// Checks the folder in every format, and gives the runs, which all ended alike.
    fn check(&self) -> Vec<Run> {
        let runs: Vec<Run> = FORMATS
            .iter()
            .map(|f| {
                self.run(&[
                    "check",
                    "--width",
                    "1000",
                    "--min-confidence",
                    "low",
                    "--output-format",
                    f,
                ])
            })
            .collect();
        assert!(
            runs.iter().all(|r| r.status == runs[0].status),
            "the format changes the exit status: {}",
            runs[0].all()
        );
        runs
    }

    /// The same; every format must say each of `words`, and the run end with `status`.
    fn says(&self, status: i32, words: &[&str]) {
        for (run, format) in self.check().iter().zip(FORMATS) {
            let said = run.all() + &skipped(&run.out);
            for word in words {
                assert!(said.contains(word), "{format} does not say {word:?}:\n{}", run.all());
            }
            assert_eq!(run.status, status, "{format}:\n{}", run.all());
        }
    }

    fn json(&self) -> Value {
        serde_json::from_str(
            &self.run(&["check", "--min-confidence", "low", "--output-format", "json"]).out,
        )
        .unwrap()
    }
}

/// What a JSON document says was not read, as the other formats write it.
fn skipped(out: &str) -> String {
    let Ok(json) = serde_json::from_str::<Value>(out) else { return String::new() };
    let all = json["coverage"]["skipped"].as_array().into_iter().flatten();
    all.map(|s| {
        format!("{} {}\n", s["path"].as_str().unwrap_or(""), s["reason"].as_str().unwrap_or(""))
    })
    .collect()
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// What a run wrote and how it ended.
struct Run {
    out: String,
    err: String,
    status: i32,
    /// The processor time it took, as far as it can be told here.
    cpu: Duration,
    /// The most memory it took, in KiB, as far as it can be told here.
    memory: u64,
}

impl Run {
    fn all(&self) -> String {
        format!("{}{}", self.out, self.err)
    }
}

/// Runs the program; kills it and fails when it hangs, and fails when it ends like a program with a fault.
fn run(folder: &Path, args: &[&str]) -> Run {
    let mut command = Command::new(env!("CARGO_BIN_EXE_compose-doctor"));
    command.current_dir(folder).args(args);
    let run = watch(command);
    run.is_sound(&format!("{args:?}"));
    run
}

impl Run {
    /// What holds for every run, whatever it was given.
    fn is_sound(&self, what: &str) {
        let all = self.all();
        assert!((0..=2).contains(&self.status), "{what} ended with {}:\n{all}", self.status);
        for fault in [
            "panicked",
            "RUST_BACKTRACE",
            "stack overflow",
            "fault in compose-doctor",
            "this is a bug",
            "memory allocation",
        ] {
            assert!(!all.contains(fault), "{what}:\n{all}");
        }
        assert!(self.cpu < WORK, "{what}: took {:?} of processor time", self.cpu);
        assert!(self.memory < MEMORY, "{what}: took {} KiB", self.memory);
        assert!(all.len() < 20 << 20, "{what}: wrote {} bytes", all.len());
    }
}

/// Runs a program without what the environment of the tests would change, and kills it when it hangs.
fn watch(mut command: Command) -> Run {
    for name in ["NO_COLOR", "FORCE_COLOR", "CLICOLOR_FORCE", "COLUMNS"] {
        command.env_remove(name);
    }
    for (name, _) in
        std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("COMPOSE_"))
    {
        command.env_remove(name);
    }
    let args = format!("{command:?}");
    let mut child =
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let (mut out, mut err) = (child.stdout.take().unwrap(), child.stderr.take().unwrap());
    let read_out = std::thread::spawn(move || {
        let mut bytes = Vec::new();
        out.read_to_end(&mut bytes).map(|_| bytes)
    });
    let read_err = std::thread::spawn(move || {
        let mut bytes = Vec::new();
        err.read_to_end(&mut bytes).map(|_| bytes)
    });
    let start = Instant::now();
    let (mut cpu, mut memory) = (Duration::ZERO, 0);
    let status = loop {
        cpu = processor_time(child.id()).unwrap_or(cpu);
        memory = most_memory(child.id()).unwrap_or(memory);
        if let Some(status) = child.try_wait().unwrap() {
            break status;
        }
        if start.elapsed() > LIMIT || cpu > 2 * WORK {
            child.kill().unwrap();
            child.wait().unwrap();
            panic!(
                "{args} was still running after {:?}, of which {cpu:?} on the processor",
                start.elapsed()
            );
        }
        std::thread::sleep(Duration::from_millis(2));
    };
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("output is UTF-8");
    Run {
        out: text(read_out.join().unwrap().unwrap()),
        err: text(read_err.join().unwrap().unwrap()),
        status: status.code().unwrap_or(-1),
        cpu,
        memory,
    }
}

/// The most memory a process has held so far in KiB, where the system tells it (proc_pid_status(5): `VmHWM`).
fn most_memory(id: u32) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{id}/status")).ok()?;
    status
        .lines()
        .find_map(|l| l.strip_prefix("VmHWM:"))?
        .trim()
        .strip_suffix("kB")?
        .trim()
        .parse()
        .ok()
}

/// The processor time of a process so far, where the system tells it (proc_pid_stat(5): user and system time, in
/// hundredths of a second).
fn processor_time(id: u32) -> Option<Duration> {
    let stat = std::fs::read_to_string(format!("/proc/{id}/stat")).ok()?;
    let mut fields = stat.rsplit(')').next()?.split_whitespace().skip(11);
    let (user, system): (u64, u64) = (fields.next()?.parse().ok()?, fields.next()?.parse().ok()?);
    Some(Duration::from_millis((user + system) * 10))
}

/// What the neighbour's run says.
const STILL_CHECKED: &str = "app cannot be built";

/// H01: a pipe called `compose.yaml` is not opened.
#[cfg(unix)]
#[test]
fn h01_a_pipe_as_compose_file() {
    let folder = Folder::new();
    match Command::new("mkfifo").arg(folder.path("compose.yaml")).status() {
        Ok(made) if made.success() => {}
        other => return println!("skipped: mkfifo cannot be used here ({other:?})"),
    }
    folder.says(2, &["compose.yaml", "is not a regular file"]);
    let named = folder.run(&["check", "compose.yaml"]);
    assert!(
        named.status == 2 && named.err.contains("neither a folder nor a regular file"),
        "{}",
        named.err
    );
    folder.write("neighbour/compose.yaml", NEIGHBOUR);
    folder.says(1, &["compose.yaml", "is not a regular file", STILL_CHECKED]);
    // A pipe with a better name must not hide the file that can be read.
    let shadowed = Folder::new();
    assert!(
        Command::new("mkfifo")
            .arg(shadowed.path("compose.yml"))
            .status()
            .is_ok_and(|s| s.success())
    );
    shadowed.write("docker-compose.yaml", NEIGHBOUR);
    shadowed.says(1, &["compose.yml", "is not a regular file", STILL_CHECKED]);
}

/// H02: a Dockerfile that is a link to an endless device is not read.
#[cfg(unix)]
#[test]
fn h02_an_endless_device_as_dockerfile() {
    let folder = Folder::with_neighbour();
    folder.write("compose.yaml", "services:\n  web:\n    build: .\n");
    folder.link("/dev/zero", "Dockerfile");
    folder.says(1, &["Dockerfile", "leaves the project", STILL_CHECKED]);
}

/// H03: links and env files that lead out of the project: not a byte of them in any format.
#[cfg(unix)]
#[test]
fn h03_links_and_paths_out_of_the_project() {
    let outside = Folder::new();
    outside.write("kept.py", "SECRET_KEY = 'marker-of-the-outside'\nDEBUG = True\n");
    outside.write("kept.env", "MARKER=marker-of-the-outside\n");
    let name = outside.0.file_name().unwrap().to_str().unwrap().to_owned();
    let folder = Folder::with_neighbour();
    folder.write(
        "compose.yaml",
        format!(
            "services:\n  web:\n    build: .\n    command: python manage.py runserver 0.0.0.0:8000\n    env_file: ../{name}/kept.env\n  other:\n    image: nginx\n    env_file: ../../../../../../../../etc/passwd\n"
        ),
    );
    folder
        .write("Dockerfile", "FROM python:3.12\nWORKDIR /app\nCOPY . .\nRUN pip install django\n");
    folder.write(
        "manage.py",
        "import os\nos.environ.setdefault('DJANGO_SETTINGS_MODULE', 'settings')\n",
    );
    folder.link(outside.path("kept.py").to_str().unwrap(), "settings.py");
    folder.says(1, &["settings.py", "kept.env", "leaves the project", STILL_CHECKED]);
    for run in folder.check() {
        for leaked in ["marker-of-the-outside", "root:", "/bin/"] {
            assert!(!run.all().contains(leaked), "{leaked} got out:\n{}", run.all());
        }
    }
}

/// H05: folders that hold themselves: the walk ends, and each file is read once.
#[cfg(unix)]
#[test]
fn h05_folders_that_hold_themselves() {
    let folder = Folder::new();
    folder.write("a/b/compose.yaml", NEIGHBOUR);
    folder.link(".", "loop");
    folder.link("..", "a/loop");
    folder.link("../..", "a/b/loop");
    folder.says(1, &["a/b/compose.yaml", STILL_CHECKED]);
    let json = folder.json();
    assert_eq!(json["coverage"]["files"]["compose"], 1, "{json:#}");
    assert_eq!(json["findings"].as_array().unwrap().len(), 1, "{json:#}");
}

/// H11: a Compose file of five gigabytes is not read.
#[test]
fn h11_a_huge_compose_file() {
    let folder = Folder::new();
    std::fs::File::create(folder.path("compose.yaml")).unwrap().set_len(5 << 30).unwrap();
    folder.says(2, &["compose.yaml", "is larger than 1024 KiB"]);
    folder.write("neighbour/compose.yaml", NEIGHBOUR);
    folder.says(1, &["compose.yaml", "is larger than 1024 KiB", STILL_CHECKED]);
}

/// H20: a byte order mark changes no finding and no line or column; offsets count its three bytes.
#[test]
fn h20_byte_order_marks_change_nothing() {
    let cases = cases::all(&home().join("fixtures")).unwrap();
    let bad = cases.par_iter().filter(|c| c.kind == Kind::Bad);
    let (compared, wrong): (Vec<usize>, Vec<Vec<String>>) = bad.map(compare_marked).unzip();
    let (compared, wrong) = (compared.iter().sum::<usize>(), wrong.concat());
    assert!(compared > 20, "only {compared} findings were compared");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// How many findings a case has, and which differ where its files have byte order marks.
fn compare_marked(case: &Case) -> (usize, Vec<String>) {
    let mut marked = case.project.clone();
    for (path, entry) in &mut marked.0 {
        let Entry::File { bytes, .. } = entry else { continue };
        let may = [".yaml", ".yml", ".py", ".txt", ".sh", ".env", "Dockerfile"]
            .iter()
            .any(|end| path.ends_with(end));
        if may && !bytes.starts_with(b"\xef\xbb\xbf") && std::str::from_utf8(bytes).is_ok() {
            bytes.splice(..0, *b"\xef\xbb\xbf");
        }
    }
    let (plain, marked) = (places(&case.project), places(&marked));
    let without_offsets = |all: &[(String, Vec<u32>)]| -> Vec<String> {
        all.iter().map(|(text, _)| text.clone()).collect()
    };
    let (without, with) = (without_offsets(&plain), without_offsets(&marked));
    if without != with {
        let title = case.title();
        return (0, vec![format!("{title}:\n  without: {without:#?}\n  with: {with:#?}")]);
    }
    let mut wrong = Vec::new();
    for ((text, before), (_, after)) in plain.iter().zip(&marked) {
        if before.iter().zip(after).any(|(from, to)| to != from && *to != from + 3) {
            wrong.push(format!("{}: {text}: {before:?} became {after:?}", case.title()));
        }
    }
    (plain.len(), wrong)
}

/// Each finding of a project with its lines and columns, and with the offsets of its labels.
fn places(project: &Project) -> Vec<(String, Vec<u32>)> {
    let memory = project.memory();
    let sources = Sources::new(&memory);
    let report = check(&sources, &RelPath::root(), &Options::default());
    let place = |label: &Label| {
        let (path, at) = (sources.file(label.span.file).path.clone(), sources.position(label.span));
        format!("{path} {}:{} {}", at.line, at.column, label.text)
    };
    let found = report.findings.iter().map(|f| {
        let labels: Vec<String> = f.labels.iter().map(place).collect();
        let text = format!("{} {}\n{}", f.rule.name, f.message, labels.join("\n"));
        (text, f.labels.iter().map(|l| l.span.start).collect())
    });
    found.collect()
}

/// H21: what is not UTF-8 says so with the byte; UTF-16 with a byte order mark is read.
#[test]
fn h21_other_encodings() {
    let utf16 = |text: &str, big: bool| -> Vec<u8> {
        let units = std::iter::once(0xfeff).chain(text.encode_utf16());
        units.flat_map(|u| if big { u.to_be_bytes() } else { u.to_le_bytes() }).collect()
    };
    for big in [false, true] {
        let folder = Folder::new();
        folder.write("compose.yaml", utf16(NEIGHBOUR, big));
        folder.says(
            1,
            &["compose.yaml:3:12", STILL_CHECKED]
                .map(|w| if w.starts_with("compose") { "compose.yaml" } else { w }),
        );
        assert_eq!(folder.json()["findings"][0]["labels"][0]["start"]["line"], 3);
        // Half a pair of surrogates, and half a unit.
        for tail in [&[0xd8, 0x00, 0xd8, 0x00][..], &[0x41]] {
            let folder = Folder::with_neighbour();
            folder.write("compose.yaml", [utf16("services: {}\n", big), tail.to_vec()].concat());
            folder.says(1, &[STILL_CHECKED]);
        }
    }
    for (bytes, reason) in [
        (&b"services:\n  caf\xe9:\n    image: x\n"[..], "is not UTF-8 at byte 15"),
        (b"services:\n  a: {image: \xed\xa0\x80}\n", "is not UTF-8 at byte 23"),
        (b"services:\n  a\0: {image: x}\n", "is a binary file (NUL at byte 13)"),
    ] {
        let folder = Folder::with_neighbour();
        folder.write("compose.yaml", bytes);
        folder.says(1, &["compose.yaml", reason, STILL_CHECKED]);
    }
}

/// H25: aliases of aliases, 400 bytes that would unfold to hundreds of millions of values.
#[test]
fn h25_an_alias_bomb() {
    let mut text = "x-a: &a [x,x,x,x,x,x,x,x,x]\n".to_owned();
    for (name, inner) in ('b'..='i').zip('a'..) {
        text += &format!("x-{name}: &{name} [{}]\n", [format!("*{inner}").as_str(); 9].join(","));
    }
    text += "services:\n  web:\n    image: nginx\n    command: *i\n    environment: *i\n    volumes: *i\n";
    let folder = Folder::with_neighbour();
    folder.write("compose.yaml", text);
    folder.says(1, &["compose.yaml", "aliases unfold to more than 50000 values", STILL_CHECKED]);
}

/// H27: nesting without end, open and closed.
#[test]
fn h27_yaml_nested_without_end() {
    let mut wrong = Vec::new();
    let blocks: String =
        (0..1_400).fold(String::new(), |text, level| text + &" ".repeat(level) + "a:\n");
    for (what, text) in [
        ("200,000 [", "[".repeat(200_000)),
        (
            "50,000 [ below a key",
            format!("services:\n  web:\n    image: x\n    command: {}", "[".repeat(50_000)),
        ),
        ("5,000 {?", "{?".repeat(5_000)),
        ("20,000 -", "- ".repeat(20_000)),
        ("20,000 ?", "? ".repeat(20_000)),
        ("100,000 pairs", format!("x: {}{}\n", "[".repeat(100_000), "]".repeat(100_000))),
        ("1,400 levels", blocks),
    ] {
        let folder = Folder::with_neighbour();
        folder.write("compose.yaml", text);
        for run in folder.check() {
            let all = run.all();
            let told = all.contains("syntax-error") && all.contains("compose.yaml");
            if run.status != 1 || !told || !all.contains(STILL_CHECKED) || all.len() > 64 * 1024 {
                wrong.push(format!(
                    "{what} ({} bytes written):\n{}",
                    all.len(),
                    all.chars().take(1_000).collect::<String>()
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{} runs do not tell of it:\n{}", wrong.len(), wrong.join("\n"));
}

/// Numbers that look random and are the same in every run (xorshift64).
struct Numbers(u64);

impl Numbers {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }
}

/// H35: random bytes as every kind of file, and files of real projects cut off anywhere. One run checks
/// a tree of many such projects. (`tests/spans.rs` reads every prefix.)
#[test]
fn h35_random_bytes_and_files_cut_off() {
    let mut numbers = Numbers(0x9e37_79b9_7f4a_7c15);
    let folder = Folder::with_neighbour();
    let compose = "services:\n  web:\n    build: .\n    env_file: app.env\n    entrypoint: ./entrypoint.sh\n    command: gunicorn config.wsgi\n    environment: {DJANGO_SETTINGS_MODULE: settings}\n  nginx:\n    image: nginx\n    volumes: [./nginx.conf:/etc/nginx/conf.d/default.conf]\n";
    let dockerfile =
        "FROM python:3.12\nWORKDIR /app\nCOPY . .\nRUN pip install -r requirements.txt\n";
    let names = [
        "compose.yaml",
        "Dockerfile",
        "app.env",
        "entrypoint.sh",
        "settings.py",
        "nginx.conf",
        "requirements.txt",
        ".dockerignore",
        "manage.py",
        ".env",
    ];
    for broken in names {
        for round in 0..4 {
            let project = format!("random/{}-{round}", broken.trim_start_matches('.'));
            folder.write(&format!("{project}/compose.yaml"), compose);
            folder.write(&format!("{project}/Dockerfile"), dockerfile);
            let length = 16 + (numbers.next() % 2_000) as usize;
            // Bytes of any kind are seldom UTF-8, so half of the files have printable ones, which get further.
            let byte = |n: u64| {
                if round % 2 == 0 {
                    n as u8
                } else {
                    b" \n\t:-[]{}()'\"$&|<>\\#=aZ09.,*!@`%~;/"[(n % 35) as usize]
                }
            };
            folder.write(
                &format!("{project}/{broken}"),
                (0..length).map(|_| byte(numbers.next() >> 11)).collect::<Vec<u8>>(),
            );
        }
    }
    let stages = folders(&home().join("fixtures/pop_planner"));
    assert!(!stages.is_empty());
    for stage in stages {
        let files = files_below(&stage);
        for cut in &files {
            let bytes = std::fs::read(cut).unwrap();
            for round in 0..2 {
                let end = (numbers.next() % (bytes.len() as u64 + 1)) as usize;
                let project =
                    format!("cut/{}-{}-{round}", support::name(&stage), support::name(cut));
                for file in &files {
                    let path =
                        format!("{project}/{}", file.strip_prefix(&stage).unwrap().display());
                    folder.write(
                        &path,
                        if file == cut {
                            bytes[..end].to_vec()
                        } else {
                            std::fs::read(file).unwrap()
                        },
                    );
                }
            }
        }
    }
    let run = folder.run(&["check", "--min-confidence", "low", "--output-format", "json"]);
    assert!(run.status == 1 && run.out.contains(STILL_CHECKED), "{}", run.all());
    let json: Value = serde_json::from_str(&run.out).unwrap();
    assert!(json["coverage"]["files"]["compose"].as_u64().unwrap() > 60, "{:#}", json["coverage"]);
}

/// H42: Python that makes parsers recurse until they die.
#[test]
fn h42_python_nested_without_end() {
    let nested: String = (0..600)
        .fold(String::new(), |text, level| text + &" ".repeat(level) + "if x:\n")
        + &" ".repeat(600)
        + "pass\n";
    for (what, text) in [
        ("200,000 -", format!("X = {}1\n", "-".repeat(200_000))),
        ("50,000 [", format!("X = {}\n", "[".repeat(50_000))),
        ("100,000 .b", format!("X = a{}\n", ".b".repeat(100_000))),
        ("100,000 1+", format!("X = {}1\n", "1+".repeat(100_000))),
        ("50,000 2**", format!("X = {}1\n", "2**".repeat(50_000))),
        ("600 if", nested),
        ("30,000 f-strings", format!("X = {}\n", "f'{".repeat(30_000))),
        ("20,000 lambdas", format!("X = {}1\n", "lambda: ".repeat(20_000))),
        ("20,000 not", format!("X = {}1\n", "not ".repeat(20_000))),
        ("20,000 conditions", format!("X = {}1\n", "1 if x else ".repeat(20_000))),
    ] {
        let folder = Folder::with_neighbour();
        folder.write("compose.yaml", "services:\n  web:\n    build: .\n    command: python manage.py runserver 0.0.0.0:8000\n");
        folder.write(
            "Dockerfile",
            "FROM python:3.12\nWORKDIR /app\nCOPY . .\nRUN pip install django\n",
        );
        folder.write(
            "manage.py",
            "import os\nos.environ.setdefault('DJANGO_SETTINGS_MODULE', 'settings')\n",
        );
        folder.write("settings.py", format!("DEBUG = False\n{text}"));
        for run in folder.check() {
            let all = run.all();
            assert!(run.status == 1 && all.contains(STILL_CHECKED), "{what}:\n{all}");
            assert!(all.contains("settings.py"), "{what}: no word about the file:\n{all}");
            assert!(all.len() < 64 * 1024, "{what}: {} bytes were written", all.len());
        }
    }
}

/// Control characters and escape sequences, as they do harm in terminals: clearing, titles, the clipboard, overwriting.
const CONTROLS: [&str; 9] = [
    "\u{1b}[2J",
    "\u{1b}]0;t\u{7}",
    "\u{1b}]52;c;eA==\u{7}",
    "\u{9b}2J",
    "\u{7}",
    "\u{7f}",
    "\u{8}\u{8}",
    "\u{202e}",
    "a\rb",
];

fn raw_controls(text: &str) -> Vec<char> {
    text.chars()
        .filter(|c| {
            (c.is_control() && *c != '\n')
                || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
        })
        .collect()
}

/// H50: no control character of the input reaches the output, whatever it stands in.
#[test]
fn h50_control_characters_stay_inside() {
    for control in CONTROLS {
        let folder = Folder::with_neighbour();
        let escaped: String = control.chars().map(|c| format!("\\U{:08x}", c as u32)).collect();
        folder.write(
            "compose.yaml",
            format!(
                "version: \"3{escaped}\"\nservices:\n  \"web{escaped}\":\n    build: {{context: ., dockerfile: \"Docker{escaped}\"}}\n    command: \"python manage.py runserver{escaped}\"\n    env_file: \"x{escaped}.env\"\n  raw: # {control}\n    image: \"raw{control}\"\n    depends_on: [\"no{escaped}\"]\n    command: {control}\n  django:\n    build: .\n    command: gunicorn \"config.wsgi{control}\" --bind 0.0.0.0:8000\n"
            ),
        );
        folder.write("Dockerfile", format!("FROM python:3.12\nWORKDIR /app\nCOPY . .\nRUN pip install django{control}\n# {control}\nBAD{control} x\nENV DJANGO_SETTINGS_MODULE=settings SECRET_KEY=\"a{control}\"\n"));
        folder.write(
            "manage.py",
            "import os\nos.environ.setdefault('DJANGO_SETTINGS_MODULE', 'settings')\n",
        );
        folder.write("settings.py", format!("DEBUG = True\nSECRET_KEY = 'x{control}y'\nINSTALLED_APPS = ['django.contrib.sessions']\nDATABASES = {{'default': {{'ENGINE': 'django.db.backends.postgresql', 'HOST': 'nodb{control}', 'PASSWORD': 'p{control}'}}}}\nSTATIC_ROOT = '/s{control}'\nx = = '{control}'\n"));
        #[cfg(unix)]
        folder.write(
            &format!("n{control}/compose{control}.yaml", control = control.replace('/', "")),
            NEIGHBOUR,
        );
        #[cfg(unix)]
        folder.write(&format!("n{}/compose.yaml", control.replace('/', "")), NEIGHBOUR);
        for run in folder.check() {
            let raw = raw_controls(&run.all());
            assert!(raw.is_empty(), "{control:?}: {raw:?} in\n{}", run.all().escape_debug());
            assert!(
                run.status == 1 && run.all().contains(STILL_CHECKED),
                "{control:?}:\n{}",
                run.all()
            );
        }
        let coloured = folder.run(&["check", "--color", "always", "--min-confidence", "low"]).all();
        // Our own colours are `ESC [ numbers m`, and nothing else begins with ESC.
        let mut rest = String::new();
        for (index, part) in coloured.split("\u{1b}[").enumerate() {
            let own = part.trim_start_matches(|c: char| c.is_ascii_digit() || c == ';');
            assert!(
                index == 0 || own.starts_with('m'),
                "{control:?}: {:?}",
                part.chars().take(20).collect::<String>()
            );
            rest.push_str(own);
        }
        assert!(raw_controls(&rest).is_empty(), "{control:?}: {:?}", raw_controls(&rest));
    }
}

/// H50, on the command line: what is wrong with an argument is said without its control characters.
#[test]
fn h50_control_characters_in_arguments() {
    let folder = Folder::with_neighbour();
    let mut wrong = Vec::new();
    for control in CONTROLS {
        let name = format!("x{control}");
        for args in [
            &["explain", &name][..],
            &["check", &name],
            &["check", "--select", &name],
            &["check", "--ignore", &name],
            &["check", "--output-format", &name],
            &["check", &format!("--{name}")],
            &[&name],
        ] {
            let run = folder.run(&[args, &["--color", "never"]].concat());
            if run.status != 2 || !raw_controls(&run.all()).is_empty() {
                wrong.push(format!("{args:?}: status {}, {:?}", run.status, run.all()));
            }
        }
    }
    assert!(wrong.is_empty(), "{} calls:\n{}", wrong.len(), wrong.join("\n"));
}

/// A path that is not there says so.
#[test]
fn bad_a_missing_path() {
    let folder = Folder::with_neighbour();
    let run = folder.run(&["check", "neighbor"]);
    assert_eq!((run.status, run.out.as_str()), (2, ""));
    assert_eq!(run.err, "error: `neighbor` does not exist; did you mean `neighbour`?\n");
}

/// Nothing to check is not a clean run.
#[test]
fn bad_an_empty_folder_and_one_without_compose_files() {
    let folder = Folder::new();
    folder.says(2, &["no Compose file found in `.`", "looked for compose.yaml"]);
    folder.write("README.md", "# docker compose\n");
    folder.write("Dockerfile", "FROM nginx\n");
    folder.write("values.yaml", "services: {}\n");
    folder.says(2, &["no Compose file found in `.`", "looked for compose.yaml"]);
}

/// A Compose file that is a list (or a single word, or nothing).
#[test]
fn bad_a_compose_file_that_is_a_list() {
    let mut wrong = Vec::new();
    for (text, reason) in [
        ("- web\n- db\n", "is a mapping at its top"),
        ("web\n", "is a mapping at its top"),
        ("", "is empty"),
        ("# nothing\n", "is empty"),
    ] {
        let folder = Folder::with_neighbour();
        folder.write("compose.yaml", text);
        let json = folder.json();
        let found = json["findings"].as_array().unwrap();
        let says = |f: &Value, word: &str| f["message"].as_str().unwrap().contains(word);
        let told =
            found.iter().any(|f| f["labels"][0]["path"] == "compose.yaml" && says(f, reason));
        if !told || !found.iter().any(|f| says(f, STILL_CHECKED)) {
            wrong.push(format!("{text:?}: {found:#?}"));
        }
    }
    assert!(
        wrong.is_empty(),
        "no finding in compose.yaml says what is wrong with it:\n{}",
        wrong.join("\n")
    );
}

/// A Dockerfile that is a program.
#[test]
fn bad_a_binary_dockerfile() {
    let folder = Folder::with_neighbour();
    folder.write("compose.yaml", "version: '3'\nservices:\n  web:\n    build: .\n");
    folder.write("Dockerfile", b"\x7fELF\x02\x01\x01\0\0\0\0\xff\xfe");
    folder.says(
        1,
        &["Dockerfile", "is a binary file (NUL at byte 7)", "version-obsolete", STILL_CHECKED],
    );
}

/// Settings that Python would not read either.
#[test]
fn bad_settings_with_a_syntax_error() {
    let folder = Folder::with_neighbour();
    folder.write("compose.yaml", "version: '3'\nservices:\n  web:\n    build: .\n    command: python manage.py runserver 0.0.0.0:8000\n");
    folder
        .write("Dockerfile", "FROM python:3.12\nWORKDIR /app\nCOPY . .\nRUN pip install django\n");
    folder.write(
        "manage.py",
        "import os\nos.environ.setdefault('DJANGO_SETTINGS_MODULE', 'config.settings')\n",
    );
    folder.write("config/__init__.py", "");
    folder.write("config/settings.py", "DEBUG = True\nALLOWED_HOSTS = ['*'\nINSTALLED_APPS = []\n");
    folder.says(1, &["config/settings.py", "syntax-error", "version-obsolete", STILL_CHECKED]);
    let json = folder.json();
    let found = json["findings"].as_array().unwrap();
    let located = |f: &Value| {
        f["rule"] == "syntax-error"
            && f["labels"][0]["path"] == "config/settings.py"
            && f["labels"][0]["start"]["line"].as_u64() > Some(1)
    };
    assert!(found.iter().any(located), "{json:#}");
}

/// A service that names a Dockerfile that is not there; the one that is there is offered.
#[test]
fn bad_a_dockerfile_that_is_not_there() {
    let folder = Folder::with_neighbour();
    folder.write("compose.yaml", "version: '3'\nservices:\n  web:\n    build:\n      context: .\n      dockerfile: Dockerfile.backend\n");
    folder.write("Dockerfile.backnd", "FROM nginx\n");
    folder.says(
        1,
        &["Dockerfile.backend", "no such file or directory", "version-obsolete", STILL_CHECKED],
    );
    assert!(
        folder.run(&["check"]).out.contains("help: there is Dockerfile.backnd"),
        "the one that is there is offered"
    );
    let label = folder.json()["findings"]
        .as_array()
        .unwrap()
        .iter()
        .find(|f| f["rule"] == "dockerfile-missing")
        .unwrap()["labels"][0]
        .clone();
    assert_eq!(
        (label["start"]["line"].as_u64(), label["path"].as_str()),
        (Some(6), Some("compose.yaml")),
        "{label}"
    );
}
