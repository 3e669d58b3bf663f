//! What a CI runs (GitHub Actions, GitLab CI, CircleCI, Travis, Azure Pipelines, Bitbucket, Drone, CodeBuild) and
//! Taskfiles: YAML with shell in some of its values.

use crate::model::instructions::expand::Value;
use crate::model::instructions::expansion::{Fuel, Mark, between, put_in};
use crate::model::instructions::shell::{MAX_ALTERNATIVES, Shell};
use crate::model::instructions::words::Word;
use crate::model::instructions::{Form, Invocation};
use crate::source::{RelPath, SourceFile, Text};
use crate::syntax::yaml::{NodeId, NodeKind, Yaml};
use std::collections::BTreeMap;

/// Keys whose values are shell.
const SHELL: [&str; 15] = [
    "run",
    "script",
    "before_script",
    "after_script",
    "before_install",
    "install",
    "after_success",
    "deploy",
    "commands",
    "command",
    "cmds",
    "cmd",
    "bash",
    "pwsh",
    "entry",
];
/// Keys whose values are variables.
const VARIABLES: [&str; 5] = ["env", "variables", "vars", "environment", "exported-variables"];
/// Variables of each CI: where the checkout lies.
const WORKSPACE: [&str; 5] = [
    "github.workspace",
    "GITHUB_WORKSPACE",
    "CI_PROJECT_DIR",
    "TRAVIS_BUILD_DIR",
    "BITBUCKET_CLONE_DIR",
];

/// How deep variables are followed that are made of others.
const MAX_DEPTH: usize = 4;

struct Reader<'y> {
    yaml: &'y Yaml,
    variables: BTreeMap<String, Vec<Text>>,
    out: Vec<Invocation>,
    home: RelPath,
    fuel: Fuel,
}

pub(super) fn read(file: &SourceFile, home: RelPath) -> Vec<Invocation> {
    let yaml = Yaml::read(file);
    // A machine starts at the top of the checkout, and a Taskfile where it lies.
    let home = if home.file_name().starts_with('.') || home.file_name() == "workflows" {
        RelPath::root()
    } else {
        home
    };
    let mut reader = Reader {
        yaml: &yaml,
        variables: BTreeMap::new(),
        out: Vec::new(),
        home,
        fuel: Fuel::new(),
    };
    for id in yaml.ids() {
        for (key, value) in yaml.pairs(id) {
            if yaml.scalar(*key).is_some_and(|(k, _)| VARIABLES.contains(&k.as_str())) {
                reader.variables(*value);
            }
        }
    }
    for id in yaml.ids() {
        if let NodeKind::Mapping(pairs) = &yaml.node(id).kind {
            let folder = yaml.entry(id, "working-directory").or_else(|| yaml.entry(id, "dir"));
            let folder =
                folder.and_then(|e| yaml.scalar(e.value)).map(|(t, _)| t.as_str().to_owned());
            for (key, value) in pairs {
                let shell = yaml.scalar(*key).is_some_and(|(k, _)| SHELL.contains(&k.as_str()));
                if shell {
                    reader.shell(*value, folder.as_deref());
                }
            }
        }
    }
    reader.out
}

impl Reader<'_> {
    fn variables(&mut self, map: NodeId) {
        for (key, value) in self.yaml.pairs(map) {
            if let (Some((name, _)), Some((text, _))) =
                (self.yaml.scalar(*key), self.yaml.scalar(*value))
            {
                let values = self.variables.entry(name.as_str().to_owned()).or_default();
                if values.len() < MAX_ALTERNATIVES && !values.contains(text) {
                    values.push(text.clone());
                }
            }
        }
    }

    /// Runs a value that is shell: a text, or a list of lines.
    fn shell(&mut self, value: NodeId, folder: Option<&str>) {
        let items = match self.yaml.kind(value) {
            Some(NodeKind::Sequence(items)) => items.clone(),
            Some(NodeKind::Scalar(..)) => vec![value],
            _ => return,
        };
        let mut shell = Shell::new(self.home.clone(), Form::Written);
        for (name, values) in &self.variables {
            let values = values.iter().flat_map(|v| self.put_in(v, 0));
            shell.vars.insert(name.clone(), values.map(|t| Value::literal(t.as_str())).collect());
            shell.exported.insert(name.clone());
        }
        for name in WORKSPACE {
            shell.vars.insert(name.to_owned(), vec![Value::literal(".")]);
        }
        if let Some(folder) = folder {
            shell.folder = shell.folder_at(&Word::literal(folder.trim_start_matches("./")));
        }
        for text in items.iter().filter_map(|i| self.yaml.scalar(*i)).map(|(text, _)| text) {
            for text in self.put_in(text, 0) {
                shell.run(&text);
            }
        }
        self.out.append(&mut shell.out);
    }

    /// A text with the `${{ … }}` and `{{.…}}` put in that are known.
    fn put_in(&self, text: &Text, depth: usize) -> Vec<Text> {
        let dollar = between(text, "${{", "}}");
        let all = if dollar.is_empty() { between(text, "{{", "}}") } else { dollar };
        let marks: Vec<Mark> = all
            .into_iter()
            .map(|(range, name)| {
                let name = text[name].trim_start_matches('.');
                let plain = name
                    .strip_prefix("env.")
                    .or_else(|| name.strip_prefix("vars."))
                    .unwrap_or(name);
                let workspace = WORKSPACE.contains(&name);
                let values = match self
                    .variables
                    .get(plain)
                    .filter(|_| depth < MAX_DEPTH && self.fuel.take())
                {
                    Some(values) => values.iter().flat_map(|v| self.put_in(v, depth + 1)).collect(),
                    None if workspace => vec![Text::derived(".", text.span_of(range.clone()))],
                    None => Vec::new(),
                };
                Mark { range, values, name: plain.to_owned() }
            })
            .collect();
        put_in(text, &marks)
    }
}
