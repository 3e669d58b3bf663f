//! The command of a health check: Compose's over the image's.

use super::Container;
use crate::facts::{self, PROGRAMS, Reference, System, at_least};
use crate::finding::{Own, Prose, prose};
use crate::model::compose::Words;
use crate::model::image::{DatabaseImage, DatabaseKind};
use crate::source::{Sources, Span, Text};
use crate::syntax::dockerfile::{Command, Kind};
use crate::syntax::shell::{self, Joined, Script};

/// What runs as a health check.
#[derive(Debug, Clone)]
pub struct HealthCommand {
    /// Programs without which the check fails, in the order they run. None where it has another way out.
    pub programs: Vec<Text>,
    /// The whole command.
    pub span: Span,
}

/// A list that is not run as it was meant.
#[derive(Debug, Clone)]
pub enum SplitCheck {
    /// `["CMD-SHELL", "program", "argument"]`: only the first text is run; the rest.
    Dropped(Text, Vec<Text>),
    /// `["CMD", "program argument"]`: a program of that whole name is looked for.
    OneWord(Text),
}

/// A program that a service's image has not.
#[derive(Debug, Clone)]
pub struct NoProgram {
    /// The image's name, where it is written.
    pub base: Text,
    /// What to do.
    pub help: Prose,
}

impl Container<'_> {
    /// The health check's command; `None` where there is none, or it is not known.
    pub fn health_command(&self) -> Option<HealthCommand> {
        if let Some(own) = &self.service.healthcheck {
            if own.disabled {
                return None;
            }
            if let Some(test) = own.test.as_ref().filter(|t| !t.words.is_empty()) {
                let written = self.service.node.get("healthcheck")?.get("test")?;
                return match written.scalar() {
                    Some(text) => Some(HealthCommand {
                        programs: programs(&Script::read(&text.text)),
                        span: text.text.span(),
                    }),
                    None => of_list(test),
                };
            }
        }
        let image = self.built()?;
        if image.health() != crate::model::image::ImageHealth::Checked {
            return None;
        }
        // The last one of the stage that is run; one of a stage below is left to that stage's own users.
        let mut stage = 0usize;
        let mut found = None;
        for instruction in &image.tree.instructions {
            match &instruction.kind {
                Kind::From { .. } => stage += 1,
                Kind::Healthcheck(check) if stage == image.target + 1 => found = check.as_ref(),
                _ => {}
            }
        }
        match found? {
            Command::Shell(text) => {
                Some(HealthCommand { programs: programs(&Script::read(text)), span: text.span() })
            }
            Command::Exec(words) => of_words(words),
        }
    }

    /// A list whose words are not run as they were meant.
    pub fn split_check(&self) -> Option<SplitCheck> {
        let own = self.service.healthcheck.as_ref().filter(|h| !h.disabled)?;
        let test = own.test.as_ref().filter(|t| !t.from_string)?;
        match test.words.as_slice() {
            [form, first, rest @ ..] if form.as_str() == "CMD-SHELL" && !rest.is_empty() => {
                // A text that uses its arguments gets them.
                let uses =
                    ["$0", "$1", "$@", "$*", "${0", "${1", "${@"].iter().any(|v| first.contains(v));
                (!uses && !first.contains(char::is_whitespace) && !first.is_empty())
                    .then(|| SplitCheck::Dropped(first.clone(), rest.to_vec()))
            }
            [form, only]
                if form.as_str() == "CMD"
                    && only.trim().contains(char::is_whitespace)
                    && !only.trim().starts_with('/') =>
            {
                Some(SplitCheck::OneWord(only.clone()))
            }
            _ => None,
        }
    }

    /// Says that the service's image surely has no such program.
    pub fn has_no(&self, sources: &Sources<'_>, program: &str) -> Option<NoProgram> {
        if self.presumed || self.adds_packages() {
            return None;
        }
        if let Some(image) = self.built() {
            let lacking = image.lacks(sources, program)?;
            if self
                .packages
                .as_ref()
                .is_some_and(|p| p.recommended.iter().any(|p| facts::brings_client(p)))
            {
                return None;
            }
            let base = image.external_base()?.clone();
            return Some(NoProgram {
                base,
                help: prose!("install it in the Dockerfile:\n    {}", lacking.install),
            });
        }
        if self.service.build.is_some() {
            return None;
        }
        let image = self.service.image.as_ref()?.known()?;
        let reference = Reference::of_image(image);
        if let Some(gone) =
            PROGRAMS.iter().find(|p| p.image == reference.name && p.program == program)
        {
            let database =
                DatabaseImage::of_image(image).filter(|d| d.kind == DatabaseKind::Mariadb)?;
            let since = database.least().is_some_and(|v| at_least(v, gone.since));
            let help = prose!(
                "the image has had no {} since {}; call\n    {}",
                Own(gone.program),
                Own(gone.since),
                Own(gone.instead)
            );
            return since.then(|| NoProgram { base: image.clone(), help });
        }
        let known = facts::image(image)?;
        // BusyBox has the others.
        let elsewhere = known.on_alpine(reference.tag.unwrap_or(""))
            && known.system != Some(System::Alpine)
            && program != "curl";
        if reference.pinned || !known.lacks.contains(&program) || elsewhere {
            return None;
        }
        let help = line(&self.server_probe());
        Some(NoProgram {
            base: image.clone(),
            help: prose!("use what the image has:\n    {}", help),
        })
    }
}

/// Words as one line of a shell.
fn line(words: &[Prose]) -> Prose {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:=".contains(c);
    let quoted = words.iter().map(|w| match w.chars().all(plain) {
        true => w.clone(),
        false => prose!("'{}'", w.replaced('\'', "'\\''")),
    });
    Prose::join(quoted, " ")
}

fn of_list(test: &Words) -> Option<HealthCommand> {
    match test.words.split_first()? {
        (form, rest) if form.as_str() == "CMD" => of_words(rest),
        (form, [text, ..]) if form.as_str() == "CMD-SHELL" => {
            Some(HealthCommand { programs: programs(&Script::read(text)), span: text.span() })
        }
        _ => None,
    }
}

fn of_words(words: &[Text]) -> Option<HealthCommand> {
    let span = words.iter().fold(words.first()?.span(), |all, w| all.cover(w.span()));
    let programs = match words {
        [shell, flag, text, ..]
            if shell.ends_with("sh") && flag.starts_with('-') && flag.ends_with('c') =>
        {
            programs(&Script::read(text))
        }
        // A program and its arguments in one word is another rule's.
        [first, ..]
            if first.is_resolved() && !first.contains(char::is_whitespace) && !first.is_empty() =>
        {
            vec![first.clone()]
        }
        _ => Vec::new(),
    };
    Some(HealthCommand { programs, span })
}

/// The programs that a script needs to succeed; none where one may take the place of another.
fn programs(script: &Script) -> Vec<Text> {
    let mut all = Vec::new();
    for item in &script.body.items {
        let shell::Command::Simple(simple) = &item.command else { return Vec::new() };
        let Some(word) = simple.words.first() else { continue };
        let Some(name) = word.literal() else { return Vec::new() };
        if item.joined == Joined::Or {
            if !facts::program_is(&name, |p| p.ends_check) {
                return Vec::new();
            }
            continue;
        }
        if item.negated {
            return Vec::new();
        }
        all.push(Text::derived(name, word.span()));
    }
    all
}
