//! A folder with a project, a run of the program in it, and what holds for every run.

use serde_json::Value;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

/// A run that takes longer hangs, whatever it does; a machine that is busy with other work takes its time.
pub(crate) const LIMIT: Duration = Duration::from_secs(300);
/// No run takes more processor time than this: 2 seconds, or eight times that in a build without optimisation.
pub(crate) const WORK: Duration = Duration::from_secs(if cfg!(debug_assertions) { 16 } else { 2 });
/// No run takes more memory than this, in KiB, where the system tells it.
pub(crate) const MEMORY: u64 = 256 * 1024;
/// How the findings can be written.
pub(crate) const FORMATS: [&str; 3] = ["full", "concise", "json"];
/// A project with one certain finding, which shows that the rest was checked.
pub(crate) const NEIGHBOUR: &str = "services:\n  app:\n    build: ./gone\n";

/// A folder that goes away with the test. It lies outside the repository, so that it is a root of its own.
pub(crate) struct Folder(pub(crate) PathBuf);

impl Folder {
    pub(crate) fn new() -> Self {
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
    pub(crate) fn with_neighbour() -> Self {
        let folder = Self::new();
        folder.write("neighbour/compose.yaml", NEIGHBOUR);
        folder
    }

    pub(crate) fn path(&self, path: &str) -> PathBuf {
        self.0.join(path)
    }

    pub(crate) fn write(&self, path: &str, bytes: impl AsRef<[u8]>) {
        let path = self.path(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    }

    /// A link at `path` to `target`, as written.
    #[cfg(unix)]
    pub(crate) fn link(&self, target: &str, path: &str) {
        std::os::unix::fs::symlink(target, self.path(path)).unwrap();
    }

    /// Runs the program in the folder.
    pub(crate) fn run(&self, args: &[&str]) -> Run {
        run(&self.0, args)
    }

    /// Checks the folder in every format, and gives the runs, which all ended alike.
    pub(crate) fn check(&self) -> Vec<Run> {
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
    pub(crate) fn says(&self, status: i32, words: &[&str]) {
        for (run, format) in self.check().iter().zip(FORMATS) {
            let said = run.all() + &skipped(&run.out);
            for word in words {
                assert!(said.contains(word), "{format} does not say {word:?}:\n{}", run.all());
            }
            assert_eq!(run.status, status, "{format}:\n{}", run.all());
        }
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(
            &self.run(&["check", "--min-confidence", "low", "--output-format", "json"]).out,
        )
        .unwrap()
    }
}

/// What a JSON document says was not read, as the other formats write it.
pub(crate) fn skipped(out: &str) -> String {
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
pub(crate) struct Run {
    pub(crate) out: String,
    pub(crate) err: String,
    pub(crate) status: i32,
    /// The processor time it took, as far as it can be told here.
    pub(crate) cpu: Duration,
    /// The most memory it took, in KiB, as far as it can be told here.
    pub(crate) memory: u64,
}

impl Run {
    pub(crate) fn all(&self) -> String {
        format!("{}{}", self.out, self.err)
    }
}

/// Runs the program; kills it and fails when it hangs, and fails when it ends like a program with a fault.
pub(crate) fn run(folder: &Path, args: &[&str]) -> Run {
    let mut command = Command::new(env!("CARGO_BIN_EXE_compose-doctor"));
    command.current_dir(folder).args(args);
    let run = watch(command);
    run.is_sound(&format!("{args:?}"));
    run
}

impl Run {
    /// What holds for every run, whatever it was given.
    pub(crate) fn is_sound(&self, what: &str) {
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
pub(crate) fn watch(mut command: Command) -> Run {
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
pub(crate) fn most_memory(id: u32) -> Option<u64> {
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
pub(crate) fn processor_time(id: u32) -> Option<Duration> {
    let stat = std::fs::read_to_string(format!("/proc/{id}/stat")).ok()?;
    let mut fields = stat.rsplit(')').next()?.split_whitespace().skip(11);
    let (user, system): (u64, u64) = (fields.next()?.parse().ok()?, fields.next()?.parse().ok()?);
    Some(Duration::from_millis((user + system) * 10))
}

/// What the neighbour's run says.
pub(crate) const STILL_CHECKED: &str = "app cannot be built";

/// Numbers that look random and are the same in every run (xorshift64).
pub(crate) struct Numbers(pub(crate) u64);

impl Numbers {
    pub(crate) fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }
}

/// Control characters and escape sequences, as they do harm in terminals: clearing, titles, the clipboard, overwriting.
pub(crate) const CONTROLS: [&str; 9] = [
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

pub(crate) fn raw_controls(text: &str) -> Vec<char> {
    text.chars()
        .filter(|c| {
            (c.is_control() && *c != '\n')
                || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
        })
        .collect()
}
