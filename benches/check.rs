//! `cargo bench`: how long the whole program takes, and how much memory, on made-up projects of three
//! sizes, and how long `config` takes over real files. Every run is a process of its own, started and waited for as a shell would.
#![allow(clippy::print_stdout, reason = "that is what a benchmark is for")]
#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "it sets up real folders and runs the program"
)]

#[path = "check/projects.rs"]
mod projects;

use compose_doctor::internals::cli::{ConfigCall, config};
use compose_doctor::internals::report::RenderOptions;
use projects::{DJANGO, EIGHT, Files, TINY};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// Tool that tells the largest memory of a process that has ended.
const TIME: &str = "/usr/bin/time";

/// A folder that goes away at the end.
struct Folder(PathBuf);

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn write(folder: &Path, files: Files) -> usize {
    for (path, text) in files {
        let path = folder.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    files.len()
}

/// `count` projects below `folder`, each tenth of them with eight services; gives the number of files.
fn tree(folder: &Path, count: usize) -> usize {
    (0..count)
        .map(|i| {
            let project = folder.join(format!("group{:02}/project{i:04}", i % 25));
            write(&project, DJANGO) + write(&project, if i % 10 == 0 { EIGHT } else { TINY })
        })
        .sum()
}

fn program(folder: &Path, threads: Option<usize>) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_compose-doctor"));
    quiet(&mut command, folder, threads);
    command
}

fn quiet(command: &mut Command, folder: &Path, threads: Option<usize>) {
    command
        .current_dir(folder)
        .args(["check", "--color", "never"])
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    if let Some(threads) = threads {
        command.env("RAYON_NUM_THREADS", threads.to_string());
    }
}

/// How long runs took.
struct Times {
    median: f64,
    min: f64,
}

/// Runs the program `runs` times after one run that warms the caches; milliseconds of whole processes.
fn measure(folder: &Path, runs: usize, threads: Option<usize>) -> Times {
    let once = || {
        let start = Instant::now();
        let status = program(folder, threads).status().unwrap();
        let took = start.elapsed();
        assert!(matches!(status.code(), Some(0 | 1)), "the program ended with {status}");
        took
    };
    once();
    let mut all: Vec<Duration> = (0..runs).map(|_| once()).collect();
    all.sort_unstable();
    let ms = |d: Duration| d.as_secs_f64() * 1_000.0;
    Times { median: ms(all[all.len() / 2]), min: ms(all[0]) }
}

/// The most memory a run held, in MB (10^6 bytes), and who says so.
fn memory(folder: &Path) -> Option<(f64, &'static str)> {
    if Path::new(TIME).exists() {
        let mut command = Command::new(TIME);
        command.args(["-f", "%M", env!("CARGO_BIN_EXE_compose-doctor")]);
        quiet(&mut command, folder, None);
        let output = command.stderr(Stdio::piped()).output().ok()?;
        let text = String::from_utf8_lossy(&output.stderr).into_owned();
        // The last line is that of `time`; one before it may speak of the exit status.
        let kib: f64 = text.lines().next_back()?.trim().parse().ok()?;
        return Some((kib * 1.024 / 1_000.0, "/usr/bin/time"));
    }
    let mut child = program(folder, None).spawn().ok()?;
    let status = format!("/proc/{}/status", child.id());
    let mut peak = None;
    while child.try_wait().ok()?.is_none() {
        let text = fs::read_to_string(&status).unwrap_or_default();
        let kib = text.lines().find_map(|l| {
            l.strip_prefix("VmHWM:")?.trim().strip_suffix(" kB")?.parse::<f64>().ok()
        });
        peak = kib.or(peak);
        std::thread::sleep(Duration::from_micros(200));
    }
    peak.map(|kib| (kib * 1.024 / 1_000.0, "/proc, looked at every 0.2 ms"))
}

/// `ok` or `MISSED`, beside what was to be reached.
fn target(reached: bool, what: &str) -> String {
    format!("{} (to reach: {what})", if reached { "ok" } else { "MISSED" })
}

/// `config` over real files, all in this process: what Compose answered to them is held by `tests/corpus.rs`.
fn corpus() {
    let place = std::env::var_os("COMPOSE_CORPUS").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpus"),
        PathBuf::from,
    );
    let Ok(cases) = fs::read_to_string(place.join("oracle/expected.jsonl")) else {
        println!(
            "  config skipped: set COMPOSE_CORPUS to a folder with compose/ and oracle/expected.jsonl"
        );
        return;
    };
    let calls: Vec<ConfigCall> = cases
        .lines()
        .map(|line| {
            let case: serde_json::Value = serde_json::from_str(line).unwrap();
            ConfigCall {
                here: place.join("compose").join(case["dir"].as_str().unwrap()),
                vars: vec![("PATH".into(), "/usr/bin:/bin".into())],
                files: case["files"]
                    .as_array()
                    .unwrap()
                    .iter()
                    .map(|f| PathBuf::from(f.as_str().unwrap()))
                    .collect(),
                profiles: vec!["*".into()],
                json: true,
                ..ConfigCall::default()
            }
        })
        .collect();
    let mut times: Vec<f64> = (0..5)
        .map(|_| {
            let start = Instant::now();
            let accepted = calls
                .iter()
                .filter(|call| config(call, RenderOptions { color: false, width: 100 }).status == 0)
                .count();
            assert!(accepted > 0, "nothing was accepted");
            start.elapsed().as_secs_f64()
        })
        .collect();
    times.sort_by(f64::total_cmp);
    println!(
        "  config {} cases in one process: {:.2} s, best {:.2} s  {}",
        calls.len(),
        times[2],
        times[0],
        target(times[2] <= 3.0, "3 s")
    );
}

fn main() {
    let home =
        Folder(std::env::temp_dir().join(format!("compose-doctor-bench-{}", std::process::id())));
    let _ = fs::remove_dir_all(&home.0);
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    println!(
        "\nwhole processes of the release build, default output, {cores} cores; median and best of the runs"
    );

    for (name, files, words) in
        [("tiny", TINY, "2 services"), ("eight", EIGHT, "8 services, an override, nginx, a script")]
    {
        let folder = home.0.join(name);
        let count = write(&folder, DJANGO) + write(&folder, files);
        let times = measure(&folder, 41, None);
        let peak =
            memory(&folder).map_or_else(|| "unknown".to_owned(), |(mb, _)| format!("{mb:.1} MB"));
        let verdict =
            if name == "tiny" { target(times.median <= 10.0, "10 ms") } else { String::new() };
        println!(
            "  {name:<6} {words}, {count} files: {:.1} ms, best {:.1} ms, peak {peak}  {verdict}",
            times.median, times.min
        );
    }

    let mut per_project = Vec::new();
    for count in [250, 1_000] {
        let folder = home.0.join(format!("tree{count}"));
        let files = tree(&folder, count);
        let (both, one) = (measure(&folder, 7, None), measure(&folder, 5, Some(1)));
        let each = both.median / count as f64;
        // What others do on the machine only ever adds time, so comparisons are of the best runs.
        per_project.push(both.min / count as f64);
        println!(
            "  tree   {count} projects, {files} files: {:.0} ms, best {:.0} ms; {each:.3} ms a project, {:.0} files a second",
            both.median,
            both.min,
            files as f64 / both.median * 1_000.0
        );
        let gain = one.min / both.min;
        let verdict = target(cores < 2 || gain >= 1.5, "1.5 times as fast on 2 cores");
        println!(
            "         one thread: {:.0} ms, best {:.0} ms; all threads are {gain:.2} times as fast  {verdict}",
            one.median, one.min
        );
        match memory(&folder) {
            Some((mb, who)) => println!(
                "         peak {mb:.0} MB by {who}  {}",
                target(mb < 200.0, "under 200 MB")
            ),
            None => println!("         peak unknown: neither {TIME} nor /proc is here"),
        }
    }
    corpus();
    let growth = per_project[1] / per_project[0];
    println!(
        "  a project of 1,000 takes {growth:.2} times as long as one of 250  {}",
        target(growth < 1.25, "linear: below 1.25")
    );
}
