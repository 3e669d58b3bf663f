//! Who sets the variables of a service: the image, env files, Compose, and scripts that export them.

use crate::finding::{Setter, Setting, Worth};
use crate::model::compose::VarSource;
use crate::model::container::SetBy;
use crate::model::stack::environment::Environments;
use crate::source::{Known, Limit, Text};
use crate::syntax::dotenv::EnvFile;
use std::collections::BTreeMap;

impl Environments<'_> {
    /// The places that set each variable of a service, weakest first.
    pub(super) fn settings_of(&self, index: usize) -> BTreeMap<String, Vec<Setting>> {
        let container = self.stack.container(index);
        let environment = &container.environment;
        let mut all: BTreeMap<String, Vec<Setting>> = BTreeMap::new();
        let plain = |by, text: &Text| Setting {
            by,
            span: text.span(),
            worth: worth(text),
            via: Vec::new(),
            shell: false,
        };
        if let Some(image) = container.built() {
            for (name, value) in image.env() {
                all.entry(name.clone()).or_default().push(plain(Setter::Image, value));
            }
        }
        for path in &environment.files {
            let Ok(file) = self.stack.sources.read(path, Limit::Code) else { continue };
            for entry in EnvFile::read(&file.body()).entries {
                let Some(value) = &entry.value else { continue };
                let mut setting = plain(Setter::EnvFile, value);
                // What wins is known with its own variables put in.
                if let Some(won) = environment
                    .vars
                    .get(entry.name.as_str())
                    .filter(|v| v.by == SetBy::EnvFile && v.span == value.span())
                {
                    setting.worth = worth_of(&won.text);
                }
                setting.span = entry.name.span();
                let known = all.entry(entry.name.as_str().to_owned()).or_default();
                // Of two lines in one file the last one counts.
                known.retain(|s| s.by != Setter::EnvFile || s.span.file != setting.span.file);
                known.push(setting);
            }
        }
        for (name, value) in environment.vars.iter().filter(|(_, v)| v.by == SetBy::Compose) {
            let entry = container.service.env(name);
            let scalar = entry.and_then(|e| e.value.as_ref());
            let shell = scalar.is_some_and(|s| s.vars.iter().any(|v| v.source == VarSource::Shell))
                || scalar.is_none() && value.text.known().is_some() && value.via.is_empty();
            all.entry(name.clone()).or_default().push(Setting {
                by: Setter::Compose,
                span: entry.map_or(value.span, |e| e.name.span()),
                worth: worth_of(&value.text),
                via: value.via.clone(),
                shell,
            });
        }
        for step in &container.process.steps {
            for (name, value) in step.vars.iter() {
                let known = all.entry(name.clone()).or_default();
                known.retain(|s| s.by != Setter::Script);
                known.push(plain(Setter::Script, value));
            }
        }
        // What is left was found in a file that the settings read by themselves.
        for read in self
            .stack
            .roles
            .django
            .iter()
            .filter(|d| d.container == index)
            .filter_map(|d| d.settings())
            .flat_map(|s| &s.reads)
        {
            if let Some(text) = read.set_at.as_ref().filter(|_| !all.contains_key(&read.name)) {
                all.entry(read.name.clone()).or_default().push(plain(Setter::Settings, text));
            }
        }
        all
    }
}

fn worth(text: &Text) -> Worth {
    worth_of(&text.clone().known())
}

fn worth_of(text: &Known<Text>) -> Worth {
    match text {
        Known::Known(text) if text.is_empty() => Worth::Blank,
        Known::Known(text) => Worth::Text(text.clone()),
        Known::Partly(_, why) | Known::Unknown(why) => Worth::Unknown(why.clone()),
    }
}
