//! The places of secrets' texts in the files of a stack, which no output shows.

use super::Environments;
use crate::facts::hidden_name;
use crate::model::compose::Scalar;
use crate::model::image::Image;
use crate::model::secrets::opaque;
use crate::source::{Span, Text};
use crate::syntax::dockerfile::Kind;
use crate::syntax::dotenv::EnvFile;

/// Whether the text of a variable is to be hidden as a whole.
fn hidden(name: &str, text: &str) -> bool {
    !text.is_empty() && (hidden_name(name) || opaque(text))
}

impl<'s> Environments<'s> {
    /// Every place that holds a secret's text.
    pub fn secret_places(&self) -> Vec<Span> {
        let mut all = Vec::new();
        for container in &self.stack.containers {
            let written = container.environment.vars.iter().filter(|(_, v)| v.literal);
            all.extend(
                written
                    .filter(|(name, v)| hidden(name, v.text.known().map_or("?", |t| t.as_str())))
                    .map(|(_, v)| v.span),
            );
            let args = container.service.build.iter().flat_map(|b| &b.args);
            all.extend(args.filter_map(|(name, value)| of_scalar(name, value.as_ref()?)));
            all.extend(
                container
                    .service
                    .environment
                    .iter()
                    .filter_map(|e| of_scalar(&e.name, e.value.as_ref()?)),
            );
            for step in &container.process.steps {
                let set = step.vars.iter().filter(|(_, text)| text.is_resolved());
                all.extend(
                    set.filter(|(name, text)| hidden(name, text.as_str()))
                        .map(|(_, text)| text.span()),
                );
            }
            all.extend(container.built().into_iter().flat_map(of_image));
        }
        all.extend(
            self.stack
                .project
                .dotenv
                .iter()
                .filter(|(name, text)| hidden(name, text.as_str()))
                .map(|(_, text)| text.span()),
        );
        let files = self
            .stack
            .project
            .dotenv
            .files
            .iter()
            .cloned()
            .chain(self.env_files().into_iter().map(|(file, ..)| file));
        for file in files {
            let entries = EnvFile::read(&file.body()).entries;
            let values = entries.iter().filter_map(|e| Some((e.name.as_str(), e.value.as_ref()?)));
            all.extend(
                values
                    .filter(|(name, text)| hidden(name, text.as_str()))
                    .map(|(_, text)| text.span()),
            );
        }
        for service in &self.stack.roles.django {
            let Some(settings) = service.settings() else { continue };
            let values =
                settings.names.iter().filter(|(name, _)| hidden_name(name)).map(|(_, b)| &b.value);
            let databases = service.databases();
            let passwords = databases.iter().filter_map(|d| d.password.as_ref());
            for value in values.chain(passwords) {
                if value.as_str().is_some_and(|t| !t.is_empty()) && value.reads.is_empty() {
                    all.push(value.span);
                }
                let defaults = value.reads.iter().filter_map(|r| r.default.as_ref());
                all.extend(
                    defaults.filter(|d| d.as_str().is_some_and(|t| !t.is_empty())).map(|d| d.span),
                );
            }
            let defaults =
                settings.reads.iter().filter_map(|r| Some((r.name.as_str(), r.default.as_ref()?)));
            all.extend(
                defaults
                    .filter(|(name, d)| d.as_str().is_some_and(|t| hidden(name, t)))
                    .map(|(_, d)| d.span),
            );
        }
        all
    }
}

fn of_scalar(name: &Text, scalar: &Scalar) -> Option<Span> {
    (scalar.literal() && hidden(name.as_str(), scalar.text.as_str())).then(|| scalar.text.span())
}

/// `ENV` and `ARG` of every stage.
fn of_image(image: &Image) -> Vec<Span> {
    let mut all = Vec::new();
    for instruction in &image.tree.instructions {
        match &instruction.kind {
            Kind::Env(list) => all.extend(
                list.iter().filter(|(n, v)| hidden(n.as_str(), v.as_str())).map(|(_, v)| v.span()),
            ),
            Kind::Arg(list) => {
                let values = list.iter().filter_map(|(n, v)| Some((n, v.as_ref()?)));
                all.extend(
                    values.filter(|(n, v)| hidden(n.as_str(), v.as_str())).map(|(_, v)| v.span()),
                );
            }
            _ => {}
        }
    }
    all
}
