//! What `compose-doctor check` writes for programs: the types that its JSON schema is made from.

use serde::Serialize;

/// What `check --output-format json` writes; `json-lines` writes its findings, one on each line. While `schema_version`
/// is 1, keys are added, never taken away or given another meaning. Paths are relative to the folder that is checked;
/// lines and columns start at 1 and columns count Unicode characters; offsets count bytes. Secrets are masked.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct CheckDocument<'r> {
    /// 1
    pub(super) schema_version: u32,
    /// This program.
    pub(super) tool: ToolDocument,
    /// The findings, the worst first.
    pub(super) findings: Vec<FindingDocument<'r>>,
    /// How many findings `--max-diagnostics` left out.
    pub(super) not_shown: usize,
    /// How many findings people chose not to see.
    pub(super) hidden: HiddenDocument,
    /// What was read, and what was not judged.
    pub(super) coverage: CoverageDocument,
}

/// This program.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct ToolDocument {
    /// `compose-doctor`
    pub(super) name: &'static str,
    /// Its version.
    pub(super) version: &'static str,
}

/// How many findings people chose not to see.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct HiddenDocument {
    /// By comments.
    pub(super) suppressed: usize,
    /// By the configuration.
    pub(super) ignored: usize,
    /// By the baseline.
    pub(super) baseline: usize,
}

/// A finding.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct FindingDocument<'r> {
    /// The rule's name.
    pub(super) rule: &'static str,
    /// `error`, `warning` or `info`.
    pub(super) severity: &'static str,
    /// `high`, `medium` or `low`.
    pub(super) confidence: &'static str,
    /// What happens, in one line.
    pub(super) message: String,
    /// What to do; may have several lines, of which indented ones can be pasted.
    pub(super) help: String,
    /// The Compose files of each stack that it holds for, joined by ` + `.
    pub(super) stacks: Vec<&'r str>,
    /// The places that show it; the first is the primary one.
    pub(super) labels: Vec<LabelDocument>,
    /// Edits that remove its cause.
    pub(super) fixes: Vec<FixDocument>,
    /// The faults that hide it: it holds once they are fixed.
    pub(super) waits_for: Vec<AwaitedDocument>,
    /// 16 hexadecimal digits that stay the same when lines move and values change.
    pub(super) fingerprint: String,
}

/// A fault that must be fixed first.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct AwaitedDocument {
    /// The rule that reports it.
    pub(super) rule: &'static str,
    /// Its file.
    pub(super) path: String,
    /// Its line.
    pub(super) line: u32,
}

/// A place in a file, and why it matters.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct LabelDocument {
    /// The file.
    pub(super) path: String,
    /// The first character.
    pub(super) start: PlaceDocument,
    /// The character after the last one.
    pub(super) end: PlaceDocument,
    /// Why the place matters.
    pub(super) text: String,
    /// Whether it is the primary place.
    pub(super) primary: bool,
}

/// A place in a file.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct PlaceDocument {
    /// The line, from 1.
    pub(super) line: u32,
    /// The column in characters, from 1.
    pub(super) column: u32,
    /// Bytes from the start of the file.
    pub(super) offset: usize,
}

/// Edits that together remove the cause of a finding.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct FixDocument {
    /// What they do.
    pub(super) title: String,
    /// `safe`, `unsafe`, or `display` where they are to be read only.
    pub(super) safety: &'static str,
    /// Changes of files that exist; they do not overlap.
    pub(super) edits: Vec<EditDocument>,
    /// Files to create.
    pub(super) new_files: Vec<NewFileDocument>,
}

/// A file to create.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct NewFileDocument {
    /// Where.
    pub(super) path: String,
    /// What is in it.
    pub(super) text: String,
}

/// A replacement of a part of a file.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct EditDocument {
    /// The file.
    pub(super) path: String,
    /// The first byte that is replaced, counted from the start of the file.
    pub(super) start: usize,
    /// The byte after the last one.
    pub(super) end: usize,
    /// The new text.
    pub(super) replacement: String,
}

/// What was read, and what was not judged.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct CoverageDocument {
    /// How many files of each kind were read.
    pub(super) files: FilesDocument,
    /// The files that were not read.
    pub(super) skipped: Vec<SkippedDocument>,
    /// How many values stayed unknown.
    pub(super) unknown: usize,
    /// What was not judged of some services.
    pub(super) not_judged: Vec<GapDocument>,
    /// The file that a run of `docker compose up` without options would not use, where only that was found.
    pub(super) not_run: Option<String>,
}

/// What was not judged of some services.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct GapDocument {
    /// The services.
    pub(super) services: Vec<String>,
    /// What is not known of them, such as `process` or `settings`.
    pub(super) what: &'static str,
    /// Why.
    pub(super) reason: String,
    /// The file that made it so.
    pub(super) path: Option<String>,
    /// The line in it.
    pub(super) line: Option<u32>,
    /// The rules that did not apply.
    pub(super) rules: Vec<&'static str>,
    /// The same as a sentence.
    pub(super) message: String,
}

/// How many files of each kind were read.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct FilesDocument {
    /// Compose files.
    pub(super) compose: usize,
    /// Dockerfiles.
    pub(super) dockerfile: usize,
    /// Shell scripts.
    pub(super) script: usize,
    /// nginx configurations.
    pub(super) nginx: usize,
    /// Python files of settings.
    pub(super) settings: usize,
    /// Env files.
    pub(super) env: usize,
}

/// A file that was not read.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct SkippedDocument {
    /// The file.
    pub(super) path: String,
    /// Why.
    pub(super) reason: String,
}
