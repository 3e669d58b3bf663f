//! Files of a real project that end anywhere.

use super::Numbers;
use super::support::{files_below, folders, home};
use compose_doctor::internals::source::{MemoryFiles, RelPath, Sources};
use compose_doctor::{Options, check};
use std::path::Path;

/// H35: each file of a project cut off at every byte, whole runs in one process. A build without optimisation takes
/// some of the bytes, others in each file; `HOSTILE_ALL=1` takes all of them. (`tests/spans.rs` reads every prefix
/// with its reader.)
#[test]
#[allow(clippy::disallowed_methods, reason = "a test is told by its environment how far to go")]
fn h35_files_cut_off_at_every_byte() {
    let all = std::env::var_os("HOSTILE_ALL").is_some();
    let runs = if all {
        usize::MAX
    } else if cfg!(debug_assertions) {
        12
    } else {
        60
    };
    let mut numbers = Numbers(0x2545_f491_4f6c_dd1d);
    let stages = folders(&home().join("fixtures/pop_planner"));
    let mut cut = 0;
    for stage in &stages {
        let files: Vec<(String, Vec<u8>)> = files_below(stage)
            .into_iter()
            .map(|f| (below(&f, stage), std::fs::read(f).unwrap()))
            .collect();
        for (broken, bytes) in files.iter().filter(|(_, bytes)| !bytes.is_empty()) {
            let step = (bytes.len() / runs.max(1)).max(1);
            let first = numbers.next() as usize % step;
            for end in (first..bytes.len()).step_by(step) {
                let mut memory = MemoryFiles::new();
                for (path, whole) in &files {
                    memory.add(path, if path == broken { &bytes[..end] } else { &whole[..] });
                }
                let sources = Sources::new(&memory);
                let report = check(&sources, &RelPath::root(), &Options::default());
                assert_eq!(
                    report.coverage.faults,
                    0,
                    "{broken} up to byte {end} of {}",
                    stage.display()
                );
                cut += 1;
            }
        }
    }
    let distinct: usize = stages.iter().map(|s| files_below(s).len()).sum();
    assert!(distinct >= 20 && cut >= 200, "only {cut} cuts of {distinct} files");
}

fn below(file: &Path, folder: &Path) -> String {
    file.strip_prefix(folder).unwrap().to_string_lossy().replace('\\', "/")
}
