//! Installs that stop a build: package managers that ask, and apt without its lists of packages.

use super::distribution::release_of;
use super::{Image, Layer, LayerKind};
use crate::facts::Reference;
use crate::source::{Span, Text};
use crate::syntax::shell::{Joined, Part, Script, Simple, Word};

/// An install that asks whether to go on, with nothing that answers.
#[derive(Debug, Clone)]
pub struct AskingInstall {
    /// `install`, behind which the option belongs.
    pub verb: Text,
    /// The command.
    pub span: Span,
    /// What it prints when it stops.
    pub answer: &'static str,
    /// Whether what the base image configures is known.
    pub is_known_base: bool,
}

/// An `apt-get install` in an image that has no lists of packages.
#[derive(Debug, Clone)]
pub struct ListlessInstall {
    /// The program.
    pub program: Text,
    /// The first package that cannot be found.
    pub package: Text,
    pub span: Span,
    /// The line that removes the lists again, where one brought them.
    pub removed: Option<Span>,
}

/// Packages that need nothing but the C library, so that apt installs what is named and does not ask.
const ALONE: [&str; 9] = [
    "bc",
    "ca-certificates",
    "less",
    "make",
    "nano",
    "netcat-traditional",
    "sudo",
    "tree",
    "tzdata",
];

/// Packages that the slim images have, so that apt has nothing to do.
const PRESENT: [&str; 12] = [
    "apt",
    "base-files",
    "bash",
    "ca-certificates",
    "coreutils",
    "findutils",
    "grep",
    "gzip",
    "netbase",
    "sed",
    "tar",
    "tzdata",
];

/// Programs that neither fetch nor remove lists of packages.
const HARMLESS: [&str; 46] = [
    ":",
    "[",
    "addgroup",
    "adduser",
    "apt-get",
    "apt",
    "apt-mark",
    "cat",
    "cd",
    "chmod",
    "chown",
    "cp",
    "curl",
    "dpkg",
    "dpkg-reconfigure",
    "echo",
    "exit",
    "export",
    "false",
    "find",
    "gpg",
    "grep",
    "groupadd",
    "install",
    "ldconfig",
    "ln",
    "locale-gen",
    "ls",
    "mkdir",
    "mv",
    "npm",
    "pip",
    "pip3",
    "printf",
    "rm",
    "sed",
    "set",
    "sha256sum",
    "sleep",
    "tar",
    "tee",
    "test",
    "touch",
    "true",
    "useradd",
    "usermod",
];

/// Images of Docker's library that are Debian or Ubuntu and nothing else; of others the slim variants.
const BARE: [&str; 2] = ["debian", "ubuntu"];

impl Image {
    /// The installs of the stages that are built that ask and are not answered.
    pub fn asking_installs(&self) -> Vec<AskingInstall> {
        let mut all = Vec::new();
        for stage in self.contributing() {
            // Whether a package manager is told to agree by its configuration is not read.
            if self.layers_up_to(stage.index).into_iter().any(may_agree) {
                continue;
            }
            let Some(base) = self.outer_base(stage.index) else { continue };
            let is_known_base = release_of(base).is_some() || Reference::of_image(base).library();
            // Once something is installed, the rest may be there with it, and then nothing is asked.
            let runs = self.layers_up_to(stage.index).into_iter().filter_map(|l| match &l.kind {
                LayerKind::Run(script, _) if installs(script) => Some(script),
                _ => None,
            });
            for script in runs.take(1) {
                all.extend(asking(script).into_iter().map(|(verb, span, answer)| AskingInstall {
                    verb,
                    span,
                    answer,
                    is_known_base,
                }));
            }
        }
        all.sort_by_key(|a| (a.span.file, a.span.start));
        all.dedup_by_key(|a| a.span);
        all
    }

    /// The installs by apt of the stages that are built that find no lists of packages.
    pub fn listless_installs(&self) -> Vec<ListlessInstall> {
        let mut all: Vec<ListlessInstall> = Vec::new();
        for stage in self.contributing() {
            let Some(base) = self.outer_base(stage.index) else { continue };
            let reference = Reference::of_image(base);
            let is_slim = reference.tag.is_some_and(|t| t.split('-').any(|w| w == "slim"));
            let is_bare = BARE.contains(&reference.name) || is_slim;
            if release_of(base).is_none() || !reference.library() || !is_bare {
                continue;
            }
            let mut lists = Lists::default();
            for layer in self.layers_up_to(stage.index) {
                lists.pass(layer);
            }
            // A stage that others are built on is seen with each of them.
            let new = lists.found.into_iter();
            let seen = |span: Span| all.iter().any(|a: &ListlessInstall| a.span == span);
            let new: Vec<_> = new.filter(|f| !seen(f.span)).collect();
            all.extend(new);
        }
        all.sort_by_key(|a| (a.span.file, a.span.start));
        all
    }

    /// The layers of a stage and of those it is built on, in the order in which they are built.
    fn layers_up_to(&self, stage: usize) -> Vec<&Layer> {
        let mut chain = Vec::new();
        let mut next = self.stages.get(stage);
        while let Some(stage) = next {
            chain.push(stage);
            next = match stage.base {
                super::Base::Stage(index) if index < stage.index => self.stages.get(index),
                _ => None,
            };
        }
        chain.into_iter().rev().flat_map(|s| &s.layers).collect()
    }
}

/// A word that holds no variables.
fn written(word: &Word) -> Option<Text> {
    match word.parts.as_slice() {
        [Part::Literal { text, .. }] => Some(text.clone()),
        _ => word.literal().map(|_| word.raw.clone()),
    }
}

/// The last part of a command's name.
fn program(command: &Simple) -> Option<Text> {
    let word = written(command.words.first()?)?;
    let start = word.rfind('/').map_or(0, |slash| slash + 1);
    Some(word.slice(start..word.len()))
}

/// Whether a layer may configure a package manager to agree to everything.
fn may_agree(layer: &Layer) -> bool {
    let configures = |text: &str| {
        ["Assume-Yes", "assumeyes", "apt.conf", "dnf.conf", "yum.conf", "zypp.conf"]
            .iter()
            .any(|s| text.contains(s))
    };
    match &layer.kind {
        LayerKind::Copy { dest: Some(dest), .. } => dest.starts_with("/etc") || dest == "/",
        LayerKind::Copy { dest: None, .. } => true,
        LayerKind::Run(script, _) => script.body.all_commands().any(|step| {
            let words = step.command.words.iter().map(|w| w.raw.as_str());
            let targets = step.command.redirects.iter().map(|r| r.target.raw.as_str());
            words.chain(targets).any(configures)
        }),
    }
}

/// Whether a script runs a package manager's `install`.
fn installs(script: &Script) -> bool {
    script.body.all_commands().any(|step| is_install(step.command))
}

fn is_install(command: &Simple) -> bool {
    let names = ["apt", "apt-get", "aptitude", "dnf", "yum", "zypper"];
    program(command).is_some_and(|p| names.contains(&p.as_str()))
        && command.words.iter().any(|w| matches!(w.raw.as_str(), "install" | "in"))
}

/// The installs of a script that ask: the verb, the command, and what the program prints.
fn asking(script: &Script) -> Vec<(Text, Span, &'static str)> {
    let steps: Vec<_> = script.body.all_commands().collect();
    let mut all = Vec::new();
    let first = steps.iter().position(|s| is_install(s.command));
    for (i, step) in steps.iter().enumerate().filter(|(i, _)| Some(*i) == first) {
        // Something is piped in, or the script goes on without it.
        let is_optional = steps.get(i + 1).is_some_and(|next| next.item.joined == Joined::Or);
        let is_fed = step.item.joined == Joined::Pipe || !step.command.redirects.is_empty();
        let context = &step.context;
        if is_fed || is_optional || context.in_function.is_some() || context.in_condition {
            continue;
        }
        all.extend(asks(step.command).map(|(verb, answer)| (verb, step.item.span, answer)));
    }
    all
}

/// Whether a command asks: its verb, and what it prints without an answer.
fn asks(command: &Simple) -> Option<(Text, &'static str)> {
    let name = program(command)?;
    let words: Option<Vec<Text>> = command.words.iter().skip(1).map(written).collect();
    // A word that is not known may be the option.
    let words = words?;
    let verbs: &[&str] = match name.as_str() {
        "zypper" => &["install", "in"],
        "apt" | "apt-get" | "dnf" | "yum" => &["install"],
        _ => return None,
    };
    let is_option = |w: &&Text| w.starts_with('-');
    let verb = words.iter().find(|w| verbs.contains(&w.as_str()))?;
    let packages = words.iter().filter(|w| !is_option(w) && *w != verb);
    packages.clone().next()?;
    let is_apt = matches!(name.as_str(), "apt" | "apt-get");
    if is_apt && packages.clone().all(|p| ALONE.contains(&p.as_str())) {
        return None;
    }
    let agrees = words.iter().filter(is_option).any(|option| match option.strip_prefix("--") {
        Some(long) => {
            let long = long.split('=').next().unwrap_or(long);
            long.contains("yes")
                || matches!(
                    long,
                    "no-confirm"
                        | "non-interactive"
                        | "assumeno"
                        | "assume-no"
                        | "simulate"
                        | "dry-run"
                        | "just-print"
                        | "recon"
                        | "no-act"
                        | "download-only"
                        | "downloadonly"
                        | "print-uris"
                        | "trivial-only"
                        | "quiet"
                        | "option"
                        | "config-file"
                        | "help"
                        | "version"
                )
        }
        None => {
            let letters = option.trim_start_matches('-');
            // `-qq` agrees as well (apt-get(8)); `-o` and `-c` may set anything.
            let quiet = letters.chars().filter(|c| *c == 'q').count() > 1 || letters == "q=2";
            letters.contains('y')
                || is_apt && (quiet || letters.contains(['s', 'd', 'o', 'c', 'h']))
                || name.as_str() == "zypper" && letters.contains(['n', 'D', 'd'])
        }
    });
    let answer = match name.as_str() {
        "apt" | "apt-get" => "Do you want to continue? [Y/n] Abort.",
        "zypper" => "Continue? [y/n/v/...? shows all options] (y):",
        _ => "Is this ok [y/N]: Operation aborted.",
    };
    (!agrees).then(|| (verb.clone(), answer))
}

/// Whether apt has its lists of packages while the layers are built.
#[derive(Default)]
struct Lists {
    /// Whether it has, or may have.
    are_there: bool,
    /// The line that removed them.
    removed: Option<Span>,
    found: Vec<ListlessInstall>,
}

impl Lists {
    fn pass(&mut self, layer: &Layer) {
        match &layer.kind {
            LayerKind::Copy { dest, .. } => {
                let is_elsewhere = dest.as_deref().is_some_and(|d| {
                    !matches!(d, "/" | "/var" | "/var/") && !d.starts_with("/var/lib")
                });
                self.are_there |= !is_elsewhere;
            }
            LayerKind::Run(script, _) => {
                // A mount may hold the lists of another build.
                if layer.mounts.others || layer.mounts.secrets || !layer.mounts.binds.is_empty() {
                    self.are_there = true;
                }
                self.run(script, layer.span);
            }
        }
    }

    fn run(&mut self, script: &Script, line: Span) {
        let steps: Vec<_> = script.body.all_commands().collect();
        for (i, step) in steps.iter().enumerate() {
            let is_optional = steps.get(i + 1).is_some_and(|next| next.item.joined == Joined::Or);
            let surely = !step.context.conditional || step.item.joined == Joined::And;
            let words: Vec<Option<Text>> = step.command.words.iter().map(written).collect();
            let (Some(name), [_, rest @ ..]) = (program(step.command), words.as_slice()) else {
                // An assignment alone changes nothing; a program that is not known may do anything.
                self.are_there |= !step.command.words.is_empty();
                continue;
            };
            if !HARMLESS.contains(&name.as_str()) {
                self.are_there = true;
                continue;
            }
            let has = |wanted: &str| rest.iter().flatten().any(|w| w.as_str() == wanted);
            match name.as_str() {
                "apt" | "apt-get" if has("update") || rest.iter().any(Option::is_none) => {
                    self.are_there = true;
                }
                "apt" | "apt-get" if has("install") && !self.are_there => {
                    if is_optional || !surely {
                        continue;
                    }
                    let is_package = |w: &&Text| {
                        !w.starts_with('-')
                            && w.as_str() != "install"
                            && !w.contains(['/', '.'])
                            && !PRESENT.contains(&w.as_str())
                    };
                    if let Some(package) = rest.iter().flatten().find(is_package) {
                        self.found.push(ListlessInstall {
                            program: name,
                            package: package.clone(),
                            span: step.item.span,
                            removed: self.removed,
                        });
                        // The build ends here; what follows would be said again.
                        self.are_there = true;
                    }
                }
                "rm" if surely && !is_optional => {
                    let is_list = |w: &Text| {
                        let path = w.trim_end_matches(['*', '/']);
                        path == "/var/lib/apt/lists" || path == "/var/lib/apt"
                    };
                    if rest.iter().flatten().any(is_list) {
                        self.are_there = false;
                        self.removed = Some(line);
                    }
                }
                _ => {}
            }
        }
    }
}
