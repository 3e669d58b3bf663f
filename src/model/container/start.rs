//! Which command a container starts with (Compose specification, `command` and `entrypoint`;
//! Dockerfile reference, "Understand how CMD and ENTRYPOINT interact").

use super::{Filesystem, Ignored, is_airflow_image};
use crate::model::compose::{Service, Words};
use crate::model::exec_context::ExecContext;
use crate::model::image::{Image, StageContext};
use crate::model::path;
use crate::model::process::{Process, Start, follow, follow_script, reads_arguments};
use crate::source::{Reason, Sources, Span, Text, Unknown};
use crate::syntax::dockerfile::Command;
use crate::syntax::shell::Script;

/// The process of a service, where its command is written, and whether that is in Compose.
pub(super) fn start(
    fs: &Filesystem<'_>,
    service: &Service,
    image: Option<&Image>,
) -> (Process, Option<Span>, bool) {
    let workdir = match &service.working_dir {
        Some(w) if w.starts_with('/') => Some(path::join("/", w)),
        Some(w) => image.and_then(Image::workdir).map(|base| path::join(base, w)),
        None => image.and_then(Image::workdir).map(str::to_owned),
    };
    let command = service.command.as_ref().filter(|c| !c.words.is_empty());
    let entrypoint = service.entrypoint.as_ref();
    let from_image = Form::entrypoint(image);
    let effective = match (entrypoint, command) {
        // An entrypoint in Compose puts the image's command out of force.
        (Some(e), c) => {
            Form::Exec(words(e).into_iter().chain(c.into_iter().flat_map(words)).collect())
        }
        (None, Some(c)) => from_image.with_arguments(words(c)),
        (None, None) => from_image.with_command(image.and_then(Image::cmd)),
    };
    let in_compose = command.is_some() || entrypoint.is_some_and(|e| !e.words.is_empty());
    let span = match (command, entrypoint.filter(|e| !e.words.is_empty())) {
        (Some(c), _) => Some(place(c)),
        (None, Some(e)) => Some(place(e)),
        (None, None) => effective.span(),
    };
    let bare = image.is_some_and(Image::hands_on);
    let mut process = effective.follow(fs, workdir, image.filter(|_| bare));
    // What Airflow's own entrypoint does is known.
    let airflow = |i: &Image| i.external_base().is_some_and(|b| is_airflow_image(b));
    if let Some(image) = image.filter(|i| {
        entrypoint.is_none() && i.entrypoint().is_none() && !i.hands_on() && !airflow(i)
    }) {
        let base = image.external_base();
        process.unknown.get_or_insert_with(|| Unknown {
            reason: Reason::ImageEntrypoint(base.map(|b| b.as_str().to_owned())),
            place: base.map(Text::span),
        });
    }
    let named = service.image.as_ref().filter(|_| service.build.is_none()).and_then(|i| i.known());
    if image.is_none() && entrypoint.is_none() && !named.is_some_and(|n| is_airflow_image(n)) {
        process.unknown.get_or_insert_with(|| Unknown {
            reason: Reason::ImageEntrypoint(None),
            place: service.image.as_ref().map(|i| i.text.span()),
        });
    }
    (process, span, in_compose)
}

/// The command that the entrypoint of a service does not look at. `process` is what the service does.
pub(super) fn ignored(
    fs: &Filesystem<'_>,
    service: &Service,
    image: Option<&Image>,
    process: &Process,
) -> Option<Ignored> {
    let given = service.command.as_ref().filter(|c| !c.words.is_empty());
    let own = service.entrypoint.as_ref().filter(|e| !e.words.is_empty());
    let entry = match own {
        Some(own) => Form::Exec(words(own)),
        None => Form::entrypoint(image),
    };
    let (command, span, in_compose) = match (given, own, image.and_then(Image::cmd)) {
        (Some(given), _, _) => (words(given), place(given), true),
        (None, None, Some(Command::Exec(words))) => {
            (words.clone(), words.iter().map(Text::span).reduce(Span::cover)?, false)
        }
        (None, None, Some(Command::Shell(line))) => (
            ["/bin/sh", "-c"]
                .map(|w| Text::derived(w, line.span()))
                .into_iter()
                .chain([line.clone()])
                .collect(),
            line.span(),
            false,
        ),
        _ => return None,
    };
    let (entrypoint, script) = match &entry {
        Form::Nothing => return None,
        Form::Shell(line) if reads_arguments(line) => return None,
        Form::Shell(line) => (line.span(), None),
        Form::Exec(words) => {
            let line = match words.as_slice() {
                [shell, flag, line]
                    if shell.ends_with("sh") && flag.starts_with('-') && flag.ends_with('c') =>
                {
                    Some(line)
                }
                _ => None,
            };
            match line {
                Some(line) if reads_arguments(line) => return None,
                Some(line) => (line.span(), None),
                None => {
                    // The script that the entrypoint's last word names.
                    let last = words.last()?;
                    let called = process.called.first().filter(|c| {
                        c.word.span() == last.span() && c.word.as_str() == last.as_str()
                    })?;
                    if called.reads_arguments || called.file.is_none() {
                        return None;
                    }
                    (last.span(), called.file.clone())
                }
            }
        }
    };
    let would =
        follow(fs, &command, Start { workdir: image.and_then(Image::workdir).map(str::to_owned) });
    Some(Ignored { words: command, span, in_compose, entrypoint, script, process: would })
}

/// What an image does by itself.
pub(super) fn image_alone(sources: &Sources<'_>, image: &Image) -> Process {
    let place = StageContext::finished(sources, image);
    Form::entrypoint(Some(image)).with_command(image.cmd()).follow(
        &place,
        image.workdir().map(str::to_owned),
        Some(image).filter(|image| image.starts_bare()),
    )
}

fn words(words: &Words) -> Vec<Text> {
    words.words.clone()
}

/// The words of a list without its brackets, or the string.
fn place(words: &Words) -> Span {
    match (words.from_string, words.words.as_slice()) {
        (false, [first, rest @ ..]) => rest.iter().fold(first.span(), |all, w| all.cover(w.span())),
        _ => words.span,
    }
}

/// What Docker is given to run.
enum Form {
    Nothing,
    /// Arguments.
    Exec(Vec<Text>),
    /// A line for `/bin/sh -c`, which takes no further arguments.
    Shell(Text),
}

impl Form {
    fn entrypoint(image: Option<&Image>) -> Self {
        Self::Nothing.with_command(image.and_then(Image::entrypoint))
    }

    /// With a command of arguments behind it.
    fn with_arguments(self, command: Vec<Text>) -> Self {
        match self {
            Self::Nothing => Self::Exec(command),
            Self::Exec(words) => Self::Exec(words.into_iter().chain(command).collect()),
            // The shell form of ENTRYPOINT ignores CMD and what Compose gives as command.
            shell @ Self::Shell(_) => shell,
        }
    }

    fn with_command(self, command: Option<&Command>) -> Self {
        match command {
            None => self,
            Some(Command::Exec(words)) => self.with_arguments(words.clone()),
            Some(Command::Shell(text)) => match self {
                Self::Nothing => Self::Shell(text.clone()),
                Self::Exec(words) => {
                    let shell = ["/bin/sh", "-c"].map(|w| Text::derived(w, text.span()));
                    Self::Exec(words.into_iter().chain(shell).chain([text.clone()]).collect())
                }
                shell @ Self::Shell(_) => shell,
            },
        }
    }

    fn span(&self) -> Option<Span> {
        match self {
            Self::Nothing => None,
            // Words from several instructions: the last one's is where the command is.
            Self::Exec(words) => words.last().map(|last| {
                words
                    .iter()
                    .rev()
                    .map(Text::span)
                    .filter(|s| {
                        s.file == last.span().file && last.span().start.abs_diff(s.start) < 400
                    })
                    .fold(last.span(), Span::cover)
            }),
            Self::Shell(text) => Some(text.span()),
        }
    }

    fn follow(
        &self,
        place: &dyn ExecContext,
        workdir: Option<String>,
        image: Option<&Image>,
    ) -> Process {
        match self {
            // What a known base image starts by itself.
            Self::Nothing if image.is_some() => {
                let own = image.and_then(own_command);
                own.map_or_else(Process::default, |own| follow(place, &[own], Start { workdir }))
            }
            Self::Nothing => {
                Process { unknown: Some(Reason::ImageCommand.into()), ..Process::default() }
            }
            Self::Exec(words) => follow(place, words, Start { workdir }),
            Self::Shell(text) => follow_script(place, &Script::read(text), Start { workdir }),
        }
    }
}

/// The command of an official image, where that is a program that waits for input (their Dockerfiles on Docker Hub).
fn own_command(image: &Image) -> Option<Text> {
    let base = image.external_base()?;
    let command = match crate::facts::bare_name(base) {
        "python" => "python3",
        "node" => "node",
        "debian" => "bash",
        "ubuntu" => "/bin/bash",
        "alpine" => "/bin/sh",
        _ => return None,
    };
    Some(Text::derived(command, base.span()))
}
