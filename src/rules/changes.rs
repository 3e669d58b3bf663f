//! Changes that several rules ask for.

use crate::finding::{
    Change, CommandChange, CommandEdit, Cure, Own, Prose, PyValue, PythonEdit, Quote, YamlEdit,
    YamlMap, YamlValue, prose,
};
use crate::model::container::Container;
use crate::model::django::{Value, ValueKind};
use crate::model::endpoint;
use crate::model::image::Packages;
use crate::model::process::Step;
use crate::model::roles::broker::BrokerUse;
use crate::model::roles::django::DjangoService;
use crate::model::stack::Stack;
use crate::source::{Span, Text};

/// Changes the mapping of a service.
pub(super) fn service(container: &Container<'_>, edit: YamlEdit) -> Change {
    Change::Yaml(YamlMap::Of(container.name_span()), edit)
}

/// Sets a key of a service.
pub(super) fn set(container: &Container<'_>, path: &[&str], value: YamlValue) -> Change {
    service(container, YamlEdit::Set(path.iter().map(|k| (*k).to_owned()).collect(), value))
}

/// Sets a variable of a service.
pub(super) fn variable(container: &Container<'_>, name: &str, value: impl Into<Prose>) -> Change {
    service(container, YamlEdit::SetVariable(name.to_owned(), YamlValue::text(value)))
}

/// Lists a variable that Compose is to require in the template of `.env`, where there is one without it: else whoever
/// copies the template meets the requirement.
pub(super) fn listed_in_template(stack: &Stack<'_>, name: &str) -> Vec<Change> {
    let environment = stack.environment();
    let lacking = environment.templates().into_iter().filter(|template| {
        template.is_copied
            && environment.is_interpolated(&template.file)
            && !template.names.contains(name)
    });
    lacking
        .map(|template| Change::EnvLine {
            path: template.path,
            name: name.to_owned(),
            value: Prose::default(),
        })
        .collect()
}

/// Changes the command of a step.
pub(super) fn command(step: &Step, edits: impl IntoIterator<Item = CommandEdit>) -> Change {
    Change::Command(CommandChange { words: step.words.clone(), edits: edits.into_iter().collect() })
}

/// Runs a management command before a step, in the way the step itself runs `manage.py`.
pub(super) fn manage_before(step: &Step, words: &[&'static str]) -> Change {
    let prefix: Vec<Prose> = match step.words.iter().position(|w| w.ends_with("manage.py")) {
        Some(at) => step.words[..=at].iter().map(|w| prose!("{}", Quote::code(w))).collect(),
        None => vec![interpreter(step), "manage.py".into()],
    };
    let all = prefix.into_iter().chain(words.iter().map(|w| Prose::from(*w)));
    command(step, [CommandEdit::Before(all.collect())])
}

/// The Python that has the packages of a step's program: the one beside it, where it is started by the path of a virtual
/// environment that need not be in `PATH`.
fn interpreter(step: &Step) -> Prose {
    let folder = step.words.first().and_then(|program| Some(program.rsplit_once('/')?.0));
    match folder {
        Some(folder) if folder.ends_with("/bin") && !folder.starts_with("/usr/") => {
            prose!("{}/python", Quote::path(folder))
        }
        _ => "python".into(),
    }
}

/// Makes a service wait until another one is healthy, by the check that the other has or is given.
pub(super) fn wait_until_healthy(waiting: &Container<'_>, other: &Container<'_>) -> Vec<Change> {
    let mut changes = vec![service(
        waiting,
        YamlEdit::DependOn(other.name().to_owned(), Some("service_healthy")),
    )];
    let checked =
        other.service.healthcheck.as_ref().is_some_and(|h| !h.disabled && h.test.is_some());
    let probe = other.server_probe();
    if !checked && !probe.is_empty() {
        let test = std::iter::once(Prose::from("CMD")).chain(probe);
        let check = vec![
            ("test".to_owned(), YamlValue::row(test)),
            ("interval".to_owned(), YamlValue::text("5s")),
            ("retries".to_owned(), YamlValue::Int(10)),
        ];
        changes.push(set(other, &["healthcheck"], YamlValue::Map(check)));
    }
    changes
}

/// Mounts a new named volume at a folder of a service; the volume is declared in the same file.
pub(super) fn named_volume(
    stack: &Stack<'_>,
    container: &Container<'_>,
    folder: &str,
) -> Vec<Change> {
    let name = free_volume_name(stack, container, "data");
    let mount = prose!("{}:{}", Quote::name(&name), Quote::path(folder));
    vec![
        service(container, YamlEdit::Append(vec!["volumes".to_owned()], YamlValue::text(mount))),
        declare_volume(container.name_span(), &name),
    ]
}

/// Declares a volume in the file of a place.
pub(super) fn declare_volume(beside: Span, name: &str) -> Change {
    let path = vec!["volumes".to_owned(), name.to_owned()];
    Change::Yaml(YamlMap::Top(beside.file), YamlEdit::Default(path, YamlValue::Null))
}

/// A name that no volume has: `<service>_<what>`.
pub(super) fn free_volume_name(stack: &Stack<'_>, container: &Container<'_>, what: &str) -> String {
    // Compose takes letters, digits and `_.-` (the schema's pattern); a service may be named in any script.
    let ascii: String = container
        .name()
        .chars()
        .filter(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-'))
        .collect();
    let base = match ascii.trim_matches(['_', '-']) {
        "" => what.to_owned(),
        name => format!("{name}_{what}"),
    };
    let taken = |name: &str| stack.project.volumes.iter().any(|v| v.key.as_str() == name);
    let numbered = (2..).map(|n| format!("{base}{n}"));
    std::iter::once(base.clone()).chain(numbered).find(|n| !taken(n)).unwrap_or(base)
}

/// Adds a package to the file that the image installs from.
pub(super) fn requirement(packages: &Packages, package: impl Into<Prose>) -> Option<Change> {
    let (file, _) = packages.files.first()?;
    Some(Change::Requirement { file: *file, package: package.into() })
}

/// The cure of a package that is missing.
pub(super) fn install(packages: Option<&Packages>, package: &'static str) -> Option<Cure> {
    let change = requirement(packages?, package)?;
    Some(
        Cure::new(prose!("add {} to the requirements and build again", Own(package)))
            .change(change),
    )
}

/// Names a service as the host that Django connects to, where that is written: in the environment, or in the settings,
/// which then read it from a variable.
pub(super) fn name_host(
    stack: &Stack<'_>,
    service: &DjangoService,
    host: &Value,
    target: &Container<'_>,
    variable_name: &str,
) -> Option<Cure> {
    let ValueKind::Str(text) = &host.kind else { return None };
    let cure = Cure::new(prose!("connect to the service {}", target));
    let written = stack.environment().written(service, host);
    if written.in_settings {
        return Some(match host.reads.last() {
            Some(read) => {
                // The variable holds the whole URL where the host was taken from one.
                let url = stack.environment().url_with_host(host, target.name());
                let value = url.map_or_else(
                    || prose!("{}", target),
                    |(url, at)| prose!("{}", Quote::value(&url).or_at(at)),
                );
                cure.changes(for_each_process(stack, service, &read.name, &value))
            }
            None => cure.change(Change::Python(PythonEdit::Replace(
                text.span(),
                PyValue::Environ(variable_name.to_owned(), Some(prose!("{}", target))),
            ))),
        });
    }
    if let Some(variable) = stack.environment().variable_in_script(service, host) {
        let at = verbatim(variable.text.known()?)?;
        return Some(cure.change(Change::Replace { at, with: prose!("{}", target) }));
    }
    let (at, with) = match (verbatim(text), stack.environment().url_with_host(host, target.name()))
    {
        (_, Some((url, at))) => (at, prose!("{}", Quote::value(&url).or_at(at))),
        (Some(at), None) => (at, prose!("{}", target)),
        (None, None) => return None,
    };
    Some(cure.change(Change::Replace { at, with }))
}

/// Sets a variable for every service that loads the same settings and lacks it.
fn for_each_process(
    stack: &Stack<'_>,
    service: &DjangoService,
    name: &str,
    value: &Prose,
) -> Vec<Change> {
    let file = service.settings().map(|s| s.file);
    let same = stack.roles.django.iter().filter(|d| {
        d.container == service.container
            || d.settings().map(|s| s.file) == file
                && !stack.container(d.container).environment.vars.contains_key(name)
    });
    same.map(|d| variable(stack.container(d.container), name, value.clone())).collect()
}

/// Writes another text where Django takes one from: in the environment, or in the settings, which then read it from a
/// variable.
pub(super) fn write_text(
    stack: &Stack<'_>,
    service: &DjangoService,
    value: &Value,
    with: Prose,
    variable_name: &str,
) -> Option<Vec<Change>> {
    let ValueKind::Str(text) = &value.kind else { return None };
    if stack.environment().written(service, value).in_settings {
        return Some(match value.reads.last() {
            Some(read) => for_each_process(stack, service, &read.name, &with),
            None => vec![Change::Python(PythonEdit::Replace(
                text.span(),
                PyValue::Environ(variable_name.to_owned(), Some(with)),
            ))],
        });
    }
    verbatim(text).map(|at| vec![Change::Replace { at, with }])
}

/// Names a service as the host in the URL of a broker, or in the variable that the host comes from.
pub(super) fn name_broker(
    stack: &Stack<'_>,
    service: &DjangoService,
    used: &BrokerUse,
    server: &Container<'_>,
) -> Option<Cure> {
    let cure = Cure::new(prose!("connect to the service {}", server));
    if let Some(variable) = stack.environment().broker_variable(used, server.name()) {
        let with = prose!("{}", Quote::value(&variable.value).or_at(used.value.span));
        return Some(match &variable.set_at {
            Some(text) => cure.change(Change::Replace { at: verbatim(text)?, with }),
            None => cure.changes(for_each_process(stack, service, &variable.name, &with)),
        });
    }
    // Which of the variables the host comes from is not known.
    if !used.value.reads.is_empty() {
        return None;
    }
    let ValueKind::Str(text) = &used.value.kind else { return None };
    let (with, name) = match endpoint::with_host(text, server.name()) {
        Some(url) => {
            (prose!("{}", Quote::value(&url).or_at(used.value.span)), used.setting.clone())
        }
        // A cache may be named by host and port alone.
        None if text.as_str() == used.host => (prose!("{}", server), used.host_variable()),
        None => return None,
    };
    Some(cure.changes(write_text(stack, service, &used.value, with, &name)?))
}

/// Where a text is written byte for byte and in one piece.
pub(super) fn verbatim(text: &Text) -> Option<Span> {
    match text.pieces() {
        [piece] if piece.verbatim() => Some(piece.src),
        _ => None,
    }
}
