//! The cases of `fixtures/`: projects, each written as what differs from a base. `fixtures/README.md` explains the
//! notation. Used by the tests and by `examples/lay-out-case.rs`.
#![allow(dead_code, unreachable_pub, reason = "each user takes its part")]
#![allow(clippy::disallowed_methods, reason = "it reads and writes folders of the repository")]

use compose_doctor::internals::source::MemoryFiles;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::io;
use std::path::Path;
use walkdir::WalkDir;

/// The base of a case that is written whole.
const NO_BASE: &str = "none";
/// Files of `fixtures/` that hold no cases.
const NOT_CASES: [&str; 1] = ["README.md"];
/// The file in which git keeps what it tracks.
const GIT_INDEX: &str = ".git/index";

/// What is at a path of a project.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Entry {
    File { bytes: Vec<u8>, executable: bool },
    Folder,
    Link(String),
}

/// A project: what is at each path. Paths are relative, with `/`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Project(pub BTreeMap<String, Entry>);

impl Project {
    /// Reads the files of a folder on disk.
    pub fn read(folder: &Path) -> io::Result<Self> {
        let mut project = Self::default();
        for entry in WalkDir::new(folder) {
            let entry = entry?;
            if !entry.file_type().is_file() {
                continue;
            }
            let path = entry.path().strip_prefix(folder).unwrap_or(entry.path());
            let path = path.to_string_lossy().replace('\\', "/");
            let bytes = std::fs::read(entry.path())?;
            let executable = executable(entry.path(), &path)?;
            project.0.insert(path, Entry::File { bytes, executable });
        }
        Ok(project)
    }

    /// The project as the program reads it, without a disk.
    pub fn memory(&self) -> MemoryFiles {
        let mut memory = MemoryFiles::new();
        for (path, entry) in &self.0 {
            match entry {
                Entry::File { bytes, executable } => {
                    memory.add(path, bytes.as_slice());
                    memory.set_executable(path, *executable);
                }
                Entry::Folder => memory.add_folder(path),
                Entry::Link(target) => memory.add_link(path, target),
            }
        }
        memory
    }

    /// Writes the project into a folder, which is made where it does not exist.
    pub fn lay_out(&self, folder: &Path) -> io::Result<()> {
        std::fs::create_dir_all(folder)?;
        for (path, entry) in &self.0 {
            let at = folder.join(path);
            if let Some(above) = at.parent() {
                std::fs::create_dir_all(above)?;
            }
            match entry {
                Entry::File { bytes, executable } => {
                    std::fs::write(&at, bytes)?;
                    if *executable {
                        make_executable(&at)?;
                    }
                }
                Entry::Folder => std::fs::create_dir_all(&at)?,
                Entry::Link(target) => link(target, &at)?,
            }
        }
        Ok(())
    }

    /// Its files with their bytes.
    pub fn files(&self) -> impl Iterator<Item = (&str, &[u8])> {
        self.0.iter().filter_map(|(path, entry)| match entry {
            Entry::File { bytes, .. } => Some((path.as_str(), bytes.as_slice())),
            _ => None,
        })
    }
}

/// Whether a file of a base can be executed. Where modes mean nothing it is `manage.py`, as `startproject` writes it.
#[cfg(unix)]
fn executable(file: &Path, _: &str) -> io::Result<bool> {
    use std::os::unix::fs::PermissionsExt;
    Ok(std::fs::metadata(file)?.permissions().mode() & 0o111 != 0)
}

#[cfg(not(unix))]
fn executable(_: &Path, path: &str) -> io::Result<bool> {
    Ok(path.ends_with("manage.py"))
}

#[cfg(unix)]
fn make_executable(file: &Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    std::fs::set_permissions(file, std::fs::Permissions::from_mode(0o755))
}

#[cfg(not(unix))]
fn make_executable(_: &Path) -> io::Result<()> {
    Ok(())
}

#[cfg(unix)]
fn link(target: &str, at: &Path) -> io::Result<()> {
    std::os::unix::fs::symlink(target, at)
}

#[cfg(not(unix))]
fn link(_: &str, _: &Path) -> io::Result<()> {
    Err(io::Error::other("this system has no symbolic links"))
}

/// Whether a case has the fault of its rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    Bad,
    Good,
}

impl Kind {
    pub fn name(self) -> &'static str {
        match self {
            Self::Bad => "bad",
            Self::Good => "good",
        }
    }
}

/// A case of a rule.
#[derive(Debug)]
pub struct Case {
    pub rule: String,
    pub kind: Kind,
    /// Unique among the cases of the rule.
    pub name: String,
    /// The folder of `fixtures/bases/`, or `none`.
    pub base: String,
    /// The line of its heading in `fixtures/<rule>.md`.
    pub line: usize,
    /// The whole project.
    pub project: Project,
    /// The paths in which it differs from its base.
    pub overlay: BTreeSet<String>,
    /// The paths of the base that it lacks.
    pub removed: Vec<String>,
}

impl Case {
    /// Its place and its heading.
    pub fn title(&self) -> String {
        let Self { rule, kind, name, base, line, .. } = self;
        format!("fixtures/{rule}.md:{line}  {}: {name} (base: {base})", kind.name())
    }

    /// What differs from its base, with numbered lines, and how to try it.
    pub fn show(&self) -> String {
        let mut out = String::new();
        for path in &self.removed {
            let _ = writeln!(out, "    {path} (removed)");
        }
        for path in &self.overlay {
            let text = match self.project.0.get(path) {
                Some(Entry::File { bytes, .. }) => String::from_utf8_lossy(bytes).into_owned(),
                Some(Entry::Link(target)) => format!("(link to {target})"),
                Some(Entry::Folder) | None => "(empty folder)".to_owned(),
            };
            let _ = writeln!(out, "    {path}");
            for (index, line) in text.split_terminator('\n').enumerate() {
                let shown: String = line.chars().flat_map(visible).collect();
                let _ = writeln!(out, "    {:>4} | {shown}", index + 1);
            }
        }
        let _ = writeln!(
            out,
            "    As a folder: cargo run --example lay-out-case {} {} DIR",
            self.rule, self.name
        );
        out
    }
}

/// A character, or the escape of one that cannot be seen.
fn visible(c: char) -> Vec<char> {
    if c.is_control() && c != '\t' { c.escape_default().collect() } else { vec![c] }
}

/// The bases by name.
pub type Bases = BTreeMap<String, Project>;

/// Reads `fixtures/bases/`.
pub fn bases(fixtures: &Path) -> Result<Bases, String> {
    let read = || -> io::Result<Bases> {
        let mut bases = Bases::new();
        for entry in std::fs::read_dir(fixtures.join("bases"))? {
            let entry = entry?;
            let name = entry.file_name().to_string_lossy().into_owned();
            bases.insert(name, Project::read(&entry.path())?);
        }
        Ok(bases)
    };
    read().map_err(|why| format!("fixtures/bases: {why}"))
}

/// The rules that have a file of cases, sorted.
pub fn rules(fixtures: &Path) -> Result<Vec<String>, String> {
    let entries = std::fs::read_dir(fixtures).map_err(|why| format!("fixtures: {why}"))?;
    let names = entries.flatten().map(|e| e.file_name().to_string_lossy().into_owned());
    let mut rules: Vec<String> = names
        .filter(|name| !NOT_CASES.contains(&name.as_str()))
        .filter_map(|name| Some(name.strip_suffix(".md")?.to_owned()))
        .collect();
    rules.sort();
    Ok(rules)
}

/// The cases of all rules, in the order in which they are written.
pub fn all(fixtures: &Path) -> Result<Vec<Case>, String> {
    let bases = bases(fixtures)?;
    let mut cases = Vec::new();
    for rule in rules(fixtures)? {
        let file = fixtures.join(format!("{rule}.md"));
        let text =
            std::fs::read_to_string(&file).map_err(|why| format!("fixtures/{rule}.md: {why}"))?;
        cases.extend(read(&rule, &text, &bases)?);
    }
    Ok(cases)
}

/// Reads the text of `fixtures/<rule>.md`.
pub fn read(rule: &str, text: &str, bases: &Bases) -> Result<Vec<Case>, String> {
    let lines: Vec<&str> = text.lines().collect();
    let mut reader = Reader { rule, bases, lines: &lines, at: 0, cases: Vec::new(), index: None };
    reader.run().map_err(|why| format!("fixtures/{rule}.md:{}: {why}", reader.at))?;
    Ok(reader.cases)
}

struct Reader<'t> {
    rule: &'t str,
    bases: &'t Bases,
    lines: &'t [&'t str],
    /// How many lines were read: the number of the last one.
    at: usize,
    cases: Vec<Case>,
    /// What git tracks in the case that is read, as noted.
    index: Option<String>,
}

impl<'t> Reader<'t> {
    fn run(&mut self) -> Result<(), String> {
        let title = format!("# {}", self.rule);
        if self.next() != Some(title.as_str()) {
            return Err(format!("the first line is `{title}`"));
        }
        while let Some(line) = self.next() {
            if let Some(heading) = line.strip_prefix("## ") {
                self.end_case()?;
                self.heading(heading)?;
            } else if line.starts_with("```") {
                return Err("a block needs a line `path`: above it".into());
            } else if line.starts_with('`') || line.starts_with("- `") {
                self.entry(line.trim_start_matches("- "))?;
            }
        }
        self.end_case()
    }

    fn next(&mut self) -> Option<&'t str> {
        let line = self.lines.get(self.at)?;
        self.at += 1;
        Some(line)
    }

    /// `bad: name (base: postgres)`
    fn heading(&mut self, heading: &str) -> Result<(), String> {
        let form = "a case starts with `## bad: name (base: postgres)` or `## good: …`";
        let (kind, rest) = heading.split_once(": ").ok_or(form)?;
        let kind = match kind {
            "bad" => Kind::Bad,
            "good" => Kind::Good,
            _ => return Err(form.into()),
        };
        let (name, base) =
            rest.strip_suffix(')').and_then(|r| r.split_once(" (base: ")).ok_or(form)?;
        if name.is_empty() || name.contains(char::is_whitespace) {
            return Err(form.into());
        }
        if let Some(other) = self.cases.iter().find(|c| c.name == name) {
            return Err(format!("the case of line {} has this name", other.line));
        }
        let project = if base == NO_BASE {
            Project::default()
        } else {
            self.bases
                .get(base)
                .ok_or_else(|| format!("there is no fixtures/bases/{base}/"))?
                .clone()
        };
        self.cases.push(Case {
            rule: self.rule.to_owned(),
            kind,
            name: name.to_owned(),
            base: base.to_owned(),
            line: self.at,
            project,
            overlay: BTreeSet::new(),
            removed: Vec::new(),
        });
        Ok(())
    }

    /// A line `` `path`: `` or `` `path` (notes) `` and the block that follows it.
    fn entry(&mut self, line: &str) -> Result<(), String> {
        let (path, rest) = line
            .strip_prefix('`')
            .and_then(|l| l.split_once('`'))
            .ok_or("a path is written between backticks")?;
        let (rest, block) = match rest.strip_suffix(':') {
            Some(rest) => (rest, true),
            None => (rest, false),
        };
        let notes = match rest {
            "" => "",
            rest => rest
                .strip_prefix(" (")
                .and_then(|r| r.strip_suffix(')'))
                .ok_or("notes follow the path in brackets, and `:` ends the line")?,
        };
        let parts = path.trim_end_matches('/').split('/');
        if parts.clone().any(|part| matches!(part, "" | "." | "..")) {
            return Err(format!("`{path}` must be a path inside the project"));
        }
        if block {
            let text = self.block()?;
            return self.insert(path, file(&text, notes)?);
        }
        match notes {
            "removed" => self.remove(path),
            "empty" => self.insert(path, Entry::File { bytes: Vec::new(), executable: false }),
            "empty folder" => self.insert(path.trim_end_matches('/'), Entry::Folder),
            notes if notes.starts_with("tracks ") && path == GIT_INDEX => {
                self.index = Some(notes.to_owned());
                Ok(())
            }
            notes => {
                let target = notes.strip_prefix("link to `").and_then(|n| n.strip_suffix('`'));
                let target = target.ok_or(
                    "without a block the notes are one of: removed, empty, empty folder, link to `target`; for .git/index: tracks …",
                )?;
                self.insert(path, Entry::Link(target.to_owned()))
            }
        }
    }

    /// The text of a fenced block.
    fn block(&mut self) -> Result<String, String> {
        while self.lines.get(self.at).is_some_and(|line| line.trim().is_empty()) {
            self.at += 1;
        }
        let open = self.next().unwrap_or_default();
        let fence = &open[..open.len() - open.trim_start_matches('`').len()];
        if fence.len() < 3 {
            return Err("`path`: needs a fenced block below it".into());
        }
        let start = self.at;
        while let Some(line) = self.next() {
            if line.trim_end() == fence {
                let lines = &self.lines[start..self.at - 1];
                return Ok(lines.iter().flat_map(|line| [line, "\n"]).collect());
            }
        }
        Err(format!("the block of line {start} is not closed"))
    }

    fn case(&mut self) -> Result<&mut Case, String> {
        self.cases.last_mut().ok_or_else(|| "a file before the first case".into())
    }

    fn insert(&mut self, path: &str, entry: Entry) -> Result<(), String> {
        let case = self.case()?;
        if !case.overlay.insert(path.to_owned()) {
            return Err(format!("{path} is in this case twice"));
        }
        match case.project.0.insert(path.to_owned(), entry) {
            Some(old) if case.project.0.get(path) == Some(&old) => {
                Err(format!("{path} is the same in the base {}: leave it out", case.base))
            }
            _ => Ok(()),
        }
    }

    /// A path that ends with `/` removes all below it.
    fn remove(&mut self, path: &str) -> Result<(), String> {
        let case = self.case()?;
        let before = case.project.0.len();
        case.project
            .0
            .retain(|p, _| if path.ends_with('/') { !p.starts_with(path) } else { p != path });
        if case.project.0.len() == before {
            return Err(format!("{path} is not in the base {}", case.base));
        }
        case.removed.push(path.to_owned());
        Ok(())
    }

    fn end_case(&mut self) -> Result<(), String> {
        let Some(notes) = self.index.take() else { return Ok(()) };
        let bytes = git_index(&tracked(&notes, &self.case()?.project)?);
        self.insert(GIT_INDEX, Entry::File { bytes, executable: false })
    }
}

/// The file of a block.
fn file(text: &str, notes: &str) -> Result<Entry, String> {
    let mut bytes = text.as_bytes().to_vec();
    let mut executable = false;
    for note in notes.split(", ").filter(|n| !n.is_empty()) {
        match note {
            "mode 755" => executable = true,
            "escaped" => bytes = unescape(text)?,
            "CRLF" => bytes = text.replace('\n', "\r\n").into_bytes(),
            "BOM" => bytes.splice(..0, *b"\xef\xbb\xbf").for_each(drop),
            _ => {
                return Err(format!(
                    "unknown note `{note}`; with a block they are: mode 755, CRLF, BOM, escaped"
                ));
            }
        }
    }
    if bytes.is_empty() {
        return Err("a file without bytes is written `path` (empty)".into());
    }
    Ok(Entry::File { bytes, executable })
}

/// The bytes of a text with `\\`, `\n`, `\r`, `\t`, `\0` and `\x1f`; a line that ends with `\` goes on.
fn unescape(text: &str) -> Result<Vec<u8>, String> {
    let mut bytes = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find('\\') {
        bytes.extend(&rest.as_bytes()[..at]);
        let mut chars = rest[at + 1..].chars();
        match chars.next() {
            Some('\n') => {}
            Some('\\') => bytes.push(b'\\'),
            Some('n') => bytes.push(b'\n'),
            Some('r') => bytes.push(b'\r'),
            Some('t') => bytes.push(b'\t'),
            Some('0') => bytes.push(0),
            Some('x') => {
                let hex = chars.as_str().get(..2).and_then(|h| u8::from_str_radix(h, 16).ok());
                bytes.push(hex.ok_or("`\\x` is followed by two hexadecimal digits")?);
                chars.nth(1);
            }
            other => return Err(format!("unknown escape `\\{}`", other.unwrap_or(' '))),
        }
        rest = chars.as_str();
    }
    bytes.extend(rest.as_bytes());
    Ok(bytes)
}

/// The paths that git tracks: `` tracks `a`, `b` ``, `tracks everything` or `` tracks everything but `a` ``.
fn tracked<'p>(notes: &str, project: &'p Project) -> Result<Vec<&'p str>, String> {
    let notes = notes.trim_start_matches("tracks ");
    let (but, list) = match notes.strip_prefix("everything") {
        Some("") => return Ok(project.0.keys().map(String::as_str).collect()),
        Some(rest) => (true, rest.strip_prefix(" but ").ok_or("write `tracks everything but …`")?),
        None => (false, notes),
    };
    let mut named = BTreeSet::new();
    for path in list.split(", ") {
        let path = path.strip_prefix('`').and_then(|p| p.strip_suffix('`'));
        let path = path.ok_or("paths that git tracks are written between backticks")?;
        if !project.0.contains_key(path) {
            return Err(format!("{path} is not in the project"));
        }
        named.insert(path);
    }
    Ok(project.0.keys().map(String::as_str).filter(|p| named.contains(p) != but).collect())
}

/// Git's index of these paths, version 2 (gitformat-index(5)), with zeros for what only git needs.
fn git_index(paths: &[&str]) -> Vec<u8> {
    /// Bytes of times, device, inode, mode, owner, size and of an object's name.
    const STAT_AND_NAME: usize = 60;
    let mut all = b"DIRC\0\0\0\x02".to_vec();
    all.extend(u32::try_from(paths.len()).unwrap_or(0).to_be_bytes());
    for path in paths {
        let mut entry = vec![0; STAT_AND_NAME];
        entry.extend(u16::try_from(path.len()).unwrap_or(0).min(0xfff).to_be_bytes());
        entry.extend(path.as_bytes());
        entry.resize((entry.len() + 1).next_multiple_of(8), 0);
        all.extend(entry);
    }
    all.extend([0; 20]);
    all
}
