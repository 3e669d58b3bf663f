//! The documentation holds: every command that a page of `docs/` shows is run, and says what the page says.
//!
//! In a fenced block marked `console`, lines after `$ ` are run by `sh` in the page's project, and the lines below are
//! what is printed: standard output, then standard error. A line `…` stands for any lines. `$ echo $?` shows the exit
//! status of the command before; without it that is 0 or 1. `cargo xtask bless` writes the output again
//! (but for blocks with a `…`); look at the difference.
//!
//! - `<!-- project: fixtures/name -->` makes a new copy of that folder the project; `empty` makes an empty one.
//! - `yaml`, `toml` and `json` are parsed, and with `file=name` written into the project.
//! - `console,try` is run by `docs/try`, where it stands word for word, because it needs the network or other tools.
//! - `console,later` needs a part that is being built: it is skipped and counted; `DOCS_LATER=1` runs it.
#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a test that fails may panic, and sets up real folders"
)]
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "what is skipped is said")]

mod support;

use std::path::{Path, PathBuf};
use std::process::Command;
use support::{files_below, home};

/// A fenced block of a page.
#[derive(Debug)]
struct Block<'p> {
    /// The line of its fence, from 1.
    line: usize,
    language: &'p str,
    marks: Vec<&'p str>,
    /// What stands after `file=`.
    file: Option<&'p str>,
    text: &'p str,
}

/// What a page is made of, as far as it is tried.
enum Part<'p> {
    /// From here on, another project.
    Project(&'p str),
    Block(Block<'p>),
}

fn parts(page: &str) -> Vec<Part<'_>> {
    let mut parts = Vec::new();
    let mut open: Option<(usize, usize, &str)> = None;
    let mut at = 0;
    for (number, line) in page.split_inclusive('\n').enumerate() {
        let (start, end) = (at, at + line.len());
        at = end;
        let line = line.trim_end();
        if let Some(info) = line.strip_prefix("```") {
            match open.take() {
                None => open = Some((number + 1, end, info)),
                Some((number, from, info)) => {
                    let mut words = info.split([',', ' ']).filter(|w| !w.is_empty());
                    let language = words.next().unwrap_or_default();
                    let (files, marks): (Vec<_>, Vec<_>) =
                        words.partition(|w| w.starts_with("file="));
                    let file = files.first().and_then(|f| f.strip_prefix("file="));
                    parts.push(Part::Block(Block {
                        line: number,
                        language,
                        marks,
                        file,
                        text: &page[from..start],
                    }));
                }
            }
        } else if let Some(project) =
            line.strip_prefix("<!-- project: ").and_then(|l| l.strip_suffix(" -->"))
        {
            parts.push(Part::Project(project));
        }
    }
    assert!(open.is_none(), "a fence is not closed");
    parts
}

/// The pages, with their names.
fn pages() -> Vec<(String, String)> {
    let docs = home().join("docs");
    let pages = files_below(&docs).into_iter().filter(|p| p.extension().is_some_and(|e| e == "md"));
    pages
        .map(|p| {
            (
                p.strip_prefix(home()).unwrap().to_string_lossy().replace('\\', "/"),
                std::fs::read_to_string(&p).unwrap(),
            )
        })
        .collect()
}

/// A folder for one project, outside of every git work tree; gone when it is done with.
struct Project(PathBuf);

impl Project {
    fn new(name: &str) -> Self {
        static COUNT: std::sync::atomic::AtomicUsize = std::sync::atomic::AtomicUsize::new(0);
        let number = COUNT.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        let folder = std::env::temp_dir()
            .join(format!("compose-doctor-docs-{}-{number}", std::process::id()))
            .join("shop");
        std::fs::create_dir_all(&folder).unwrap();
        if name != "empty" {
            let from = home().join(name);
            let files = files_below(&from);
            assert!(!files.is_empty(), "there is no project {name}");
            for file in files {
                let to = folder.join(file.strip_prefix(&from).unwrap());
                std::fs::create_dir_all(to.parent().unwrap()).unwrap();
                std::fs::copy(&file, to).unwrap();
            }
        }
        Self(folder)
    }

    fn write(&self, file: &str, text: &str) {
        let path = self.0.join(file);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    /// Runs a line as a shell does, and gives back what is printed and how it ended.
    fn run(&self, line: &str) -> (String, i32) {
        let program = Path::new(env!("CARGO_BIN_EXE_compose-doctor"));
        let path =
            format!("{}:{}", program.parent().unwrap().display(), std::env::var("PATH").unwrap());
        let output = Command::new("sh")
            .args(["-c", line])
            .current_dir(&self.0)
            .env_clear()
            .env("PATH", path)
            .env("HOME", &self.0)
            .env("COLUMNS", "100")
            .env("TERM", "dumb")
            .stdin(std::process::Stdio::null())
            .output()
            .unwrap();
        let text =
            String::from_utf8(output.stdout).unwrap() + &String::from_utf8(output.stderr).unwrap();
        (text, output.status.code().unwrap())
    }
}

impl Drop for Project {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(self.0.parent().unwrap());
    }
}

/// Whether a variable asks for something.
fn set(variable: &str) -> bool {
    std::env::var_os(variable).is_some_and(|v| v == "1")
}

/// A command of a block and the lines below it.
struct Call<'b> {
    line: usize,
    command: &'b str,
    shown: Vec<&'b str>,
}

fn calls<'b>(block: &Block<'b>) -> Vec<Call<'b>> {
    let mut calls: Vec<Call<'b>> = Vec::new();
    for (number, line) in block.text.lines().enumerate() {
        match (line.strip_prefix("$ "), calls.last_mut()) {
            (Some(command), _) => {
                calls.push(Call { line: block.line + 1 + number, command, shown: Vec::new() })
            }
            (None, Some(call)) => call.shown.push(line.trim_end()),
            (None, None) => panic!("line {}: the block begins with output", block.line + 1),
        }
    }
    calls
}

/// Whether the lines are what is shown, where `…` stands for any lines.
fn matches(shown: &[&str], lines: &[&str]) -> bool {
    match shown.split_first() {
        None => lines.is_empty(),
        Some((&"…", rest)) => (0..=lines.len()).any(|skip| matches(rest, &lines[skip..])),
        Some((first, rest)) => {
            lines.split_first().is_some_and(|(line, lines)| line == first && matches(rest, lines))
        }
    }
}

/// Runs a block. `Err` says what differs; `Ok` is the block as it should be.
fn run(block: &Block<'_>, project: &Project) -> Result<String, String> {
    let mut now = String::new();
    let mut wrong = String::new();
    let mut status = 0;
    let calls = calls(block);
    for (number, call) in calls.iter().enumerate() {
        now += &format!("$ {}\n", call.command);
        let text = if call.command == "echo $?" {
            format!("{status}\n")
        } else {
            let (text, code) = project.run(call.command);
            status = code;
            text
        };
        let lines: Vec<&str> = text.lines().map(str::trim_end).collect();
        if matches(&call.shown, &lines) {
            call.shown.iter().for_each(|line| now += &format!("{line}\n"));
        } else if call.shown.contains(&"…") {
            wrong += &format!("  line {}: `{}` prints\n{text}", call.line, call.command);
        } else {
            lines.iter().for_each(|line| now += &format!("{line}\n"));
        }
        let told = calls.get(number + 1).is_some_and(|next| next.command == "echo $?");
        if status > 1 && !told && call.command != "echo $?" {
            wrong +=
                &format!("  line {}: `{}` ended with {status}\n{text}", call.line, call.command);
        }
    }
    if !wrong.is_empty() {
        return Err(wrong);
    }
    Ok(now)
}

#[test]
fn every_command_says_what_the_page_says() {
    let (bless, later) = (set("BLESS"), set("DOCS_LATER"));
    let (mut ran, mut skipped, mut wrong) = (0, 0, String::new());
    for (name, page) in pages() {
        let mut project = Project::new("empty");
        let mut mended = page.clone();
        let mut shift = 0_isize;
        for part in parts(&page) {
            let block = match part {
                Part::Project(name) => {
                    project = Project::new(name);
                    continue;
                }
                Part::Block(block) => block,
            };
            if let Some(file) = block.file {
                project.write(file, block.text);
            }
            if block.language != "console" || block.marks.contains(&"try") {
                continue;
            }
            let count = calls(&block).iter().filter(|c| c.command != "echo $?").count();
            if block.marks.contains(&"later") && !later {
                skipped += count;
                continue;
            }
            ran += count;
            match run(&block, &project) {
                Err(why) => wrong += &format!("{name}, block at line {}:\n{why}", block.line),
                Ok(now) if now == block.text => {}
                Ok(now) if bless => {
                    let from =
                        (block.text.as_ptr() as usize - page.as_ptr() as usize) as isize + shift;
                    mended.replace_range(from as usize..from as usize + block.text.len(), &now);
                    shift += now.len() as isize - block.text.len() as isize;
                }
                Ok(now) => {
                    wrong +=
                        &format!("{name}, block at line {}: the program says\n{now}", block.line)
                }
            }
        }
        if bless && mended != page {
            std::fs::write(home().join(&name), mended).unwrap();
        }
    }
    println!("docs: {ran} commands run, {skipped} skipped as `later` (DOCS_LATER=1 runs them)");
    assert!(
        wrong.is_empty(),
        "\n{wrong}\n`cargo xtask bless` writes the output again; look at the difference"
    );
    assert!(ran >= 15, "{ran} commands");
}

#[test]
fn every_block_is_run_or_read() {
    let script = std::fs::read_to_string(home().join("docs/try")).unwrap();
    let mut wrong = Vec::new();
    for (name, page) in pages() {
        for part in parts(&page) {
            let Part::Block(block) = part else { continue };
            let at = format!("{name}:{}", block.line);
            let problem = match block.language {
                "yaml" => serde_yaml::from_str::<serde_yaml::Value>(block.text)
                    .err()
                    .map(|e| e.to_string()),
                "toml" => block.text.parse::<toml::Table>().err().map(|e| e.to_string()),
                "json" => serde_json::from_str::<serde_json::Value>(block.text)
                    .err()
                    .map(|e| e.to_string()),
                "console" if block.marks.contains(&"try") => calls(&block)
                    .iter()
                    .find(|c| !script.contains(c.command))
                    .map(|c| format!("docs/try does not run `{}`", c.command)),
                "console" => calls(&block)
                    .iter()
                    .find(|c| c.shown == ["…"])
                    .map(|c| format!("what does `{}` say?", c.command)),
                // `tests/layers.rs` holds what they show.
                "mermaid" => None,
                "dockerfile" | "python" | "text" | "nginx" => None,
                other => Some(format!(
                    "a block of `{other}` is neither run nor read; a command belongs into `console`"
                )),
            };
            let unknown = block.marks.iter().find(|m| !["try", "later"].contains(m));
            wrong.extend(problem.map(|p| format!("{at}: {p}")));
            wrong.extend(unknown.map(|m| format!("{at}: what is `{m}`?")));
        }
    }
    assert!(wrong.is_empty(), "\n  {}\n", wrong.join("\n  "));
}

#[test]
fn examples_of_workflows_and_hooks_use_what_there_is() {
    let read = |path: &str| -> serde_yaml::Value {
        serde_yaml::from_str(&std::fs::read_to_string(home().join(path)).unwrap()).unwrap()
    };
    let action = read("action.yml");
    let hooks = read(".pre-commit-hooks.yaml");
    let ids: Vec<&str> =
        hooks.as_sequence().unwrap().iter().map(|h| h["id"].as_str().unwrap()).collect();
    let (mut steps, mut used) = (0, 0);
    for (name, page) in pages() {
        for part in parts(&page) {
            let Part::Block(block) = part else { continue };
            if block.language != "yaml" {
                continue;
            }
            let value: serde_yaml::Value = serde_yaml::from_str(block.text).unwrap();
            for job in value["jobs"].as_mapping().into_iter().flatten() {
                for step in job.1["steps"].as_sequence().into_iter().flatten() {
                    let Some(uses) = step["uses"].as_str() else { continue };
                    let reference = uses.split_once('@').map(|(_, r)| r).unwrap_or_default();
                    let pinned =
                        reference.len() == 40 && reference.bytes().all(|b| b.is_ascii_hexdigit());
                    let ours = uses.contains("/compose-doctor@");
                    assert!(
                        pinned || ours,
                        "{name}:{}: {uses} is not pinned by its hash",
                        block.line
                    );
                    steps += usize::from(ours);
                    for (input, _) in
                        step["with"].as_mapping().into_iter().flatten().filter(|_| ours)
                    {
                        assert!(
                            !action["inputs"][input].is_null(),
                            "{name}:{}: the action has no input {input:?}",
                            block.line
                        );
                    }
                }
            }
            for repo in value["repos"].as_sequence().into_iter().flatten() {
                for hook in repo["hooks"].as_sequence().into_iter().flatten() {
                    assert!(
                        ids.contains(&hook["id"].as_str().unwrap()),
                        "{name}:{}: there is no hook {hook:?}",
                        block.line
                    );
                    used += 1;
                }
            }
        }
    }
    assert!(steps > 0 && used > 0, "no example of the action or of a hook was found");
}

#[test]
fn links_lead_somewhere_and_every_page_is_linked() {
    let pages = pages();
    let index = &pages.iter().find(|(name, _)| name == "docs/index.md").expect("docs/index.md").1;
    for (name, page) in &pages {
        let file = name.trim_start_matches("docs/");
        assert!(
            file == "index.md" || index.contains(&format!("]({file})")),
            "docs/index.md does not link to {file}"
        );
        for link in page.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            let path = link.split('#').next().unwrap_or("");
            let there = link.starts_with("https://") || home().join("docs").join(path).exists();
            assert!(there, "{name} links to {link}, which is not there");
        }
    }
}
