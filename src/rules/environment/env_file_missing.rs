//! An `env_file` that is not there.

use crate::facts;
use crate::finding::{Change, Confidence, Cure, Finding, NodeEdit, Prose, Quote, Severity, prose};
use crate::model::container::Container;
use crate::model::django::{EnvRead, Value, ValueKind};
use crate::model::roles::database::Engine;
use crate::model::roles::django::DjangoService;
use crate::model::stack::Stack;
use crate::rules::{Check, MAX_LISTED, MAX_OF_RULE, Rule, Sink, meta};
use crate::source::{ReadError, RelPath, Span, Text};
use std::collections::{BTreeSet, HashMap};

pub(super) static RULE: Rule = Rule { meta: &meta::ENV_FILE_MISSING, check: Check::Stack(check) };

/// The most places that are shown of one file.
const MAX_SHOWN: usize = 5;

/// The most variables that are named of one file.
const MAX_NAMES: usize = 12;

/// A file that is not there, with the services that name it.
struct Missing<'s> {
    path: RelPath,
    written: &'s Text,
    uses: Vec<(Span, &'s Container<'s>)>,
    /// Whether a plain `up` needs it.
    needed: bool,
}

fn check(stack: &Stack<'_>, sink: &mut Sink) {
    sink.report_first(MAX_OF_RULE, missing(stack), |missing| judge(stack, &missing));
}

fn judge(stack: &Stack<'_>, missing: &Missing<'_>) -> Finding {
    let Missing { path, written, uses, needed } = missing;
    let services = uses.iter().map(|(_, container)| container).take(MAX_LISTED);
    let message = match needed {
        true => prose!(
            "docker compose stops before it starts anything: env file {} not found",
            Quote::path(written)
        ),
        false => prose!(
            "docker compose stops as soon as the profile of {} is used: env file {} not found",
            Prose::join(services, ", "),
            Quote::path(written)
        ),
    };
    let mut finding = Finding::new(&meta::ENV_FILE_MISSING, message);
    let shown = stack.repository().display_path(path);
    for (number, (span, service)) in uses.iter().take(MAX_SHOWN).enumerate() {
        let text = if number == 0 {
            prose!("{} wants {}, which is not there", service, shown)
        } else {
            prose!("{} as well", service)
        };
        finding = finding.label(*span, text);
    }
    let told = stack.repository().line_on_file(path);
    let sample = stack.repository().sample_of(path);
    finding = finding.label_if(told, "here it is spoken of");
    let lacked = lacked(stack, missing);
    let cure = match &sample {
        Some(from) => Some(
            Cure::new("create it from the sample")
                .change(Change::CopyFile { from: from.clone(), to: path.clone() })
                .also("fill in the values"),
        ),
        None if lacked.is_empty() => Some(
            Cure::new("let the stack start without it")
                .changes(
                    uses.iter().map(|(span, _)| Change::YamlNode(*span, NodeEdit::MakeOptional)),
                )
                .also("or write the file, and commit a sample of it"),
        ),
        // Without it the services do not start either.
        None => None,
    };
    finding = finding.cure_if(cure);
    finding = match &sample {
        Some(sample) => finding.help(prose!(
            "make it from the sample, and fill it in:\n    cp {} {}",
            stack.repository().display_path(sample),
            shown
        )),
        None => finding.help(without_sample(stack, missing, &lacked)),
    };
    finding = match (told.is_some(), sample.is_some(), stack.repository().is_ignored(path)) {
        // Everybody is told to make it.
        (true, ..) => finding.at_most(Severity::Info).sure(Confidence::Low),
        (_, true, _) => finding.at_most(Severity::Info).sure(Confidence::Medium),
        // Where the project is deployed it is there, and nobody else needs it.
        (_, _, true) if is_for_production(path) => {
            finding.at_most(Severity::Info).sure(Confidence::Medium)
        }
        // It is meant to be made by hand, but nobody says what belongs in it.
        (_, _, true) => finding.at_most(Severity::Warning).sure(Confidence::Medium),
        _ => finding,
    };
    // Portainer writes `stack.env` itself; an example's reader brings the file.
    if path.file_name() == "stack.env" || stack.repository().is_example() {
        finding = finding.at_most(Severity::Info).sure(Confidence::Low);
    }
    if !needed {
        finding = finding.at_most(Severity::Warning);
    }
    if stack.repository().has_default_name() { finding } else { finding.sure(Confidence::Medium) }
}

fn missing<'s>(stack: &'s Stack<'s>) -> Vec<Missing<'s>> {
    let mut all: Vec<Missing<'_>> = Vec::new();
    let mut known: HashMap<RelPath, usize> = HashMap::new();
    for (index, container) in stack.containers.iter().enumerate() {
        for file in container.environment.unusable.iter().filter(|f| f.why == ReadError::Missing) {
            let Some(path) = file.path.clone() else { continue };
            let (span, written) = (file.named.span(), &file.named);
            let at = *known.entry(path.clone()).or_insert_with(|| {
                all.push(Missing { path, written, uses: Vec::new(), needed: false });
                all.len() - 1
            });
            all[at].needed |= stack.lifecycle().runs_always(index) == Some(true);
            // Services share an anchor's line.
            if !all[at].uses.iter().any(|(s, _)| *s == span) {
                all[at].uses.push((span, container));
            }
        }
    }
    all
}

/// The variables that services do not start without, and that may be set in a missing file alone, each with its place.
fn lacked(stack: &Stack<'_>, missing: &Missing<'_>) -> Vec<(String, Option<Span>)> {
    let mut all: Vec<(String, Option<Span>)> = Vec::new();
    for (index, container) in stack.containers.iter().enumerate() {
        if !missing.uses.iter().any(|(_, user)| user.name() == container.name()) {
            continue;
        }
        let vars = &container.environment.vars;
        if let Some(database) = stack.roles.databases.iter().find(|d| d.container == index) {
            let needs = database.image.needs;
            let given = needs
                .iter()
                .any(|n| vars.contains_key(*n) || vars.contains_key(&format!("{n}_FILE")))
                || container.any_holds(database.image.trusts_when)
                || container.any_holds(database.image.empty_when);
            let first = needs.first().filter(|_| !given);
            all.extend(first.map(|n| ((*n).to_owned(), None)));
        }
        // An interface ends at once without a login of its own, where it is told neither in another way.
        let image = container.service.image.as_ref().and_then(|i| facts::image(&i.text));
        if let Some(image) = image.filter(|i| i.family.facts().role == facts::Role::Interface) {
            // What it needs beside a password is the name that goes with it.
            let user = image.user_variables.iter().filter(|_| !image.needs.is_empty());
            let login = user.chain(image.needs.first());
            let given = |n: &str| vars.contains_key(n) || vars.contains_key(&format!("{n}_FILE"));
            all.extend(login.filter(|n| !given(n)).map(|n| ((*n).to_owned(), None)));
        }
        let service = stack.roles.django.iter().find(|d| d.container == index);
        // It may choose between settings modules. One of several files is enough to name.
        let unusable = container.environment.unusable.iter();
        let first = unusable.filter(|f| f.why == ReadError::Missing).find_map(|f| f.path.as_ref());
        if first == Some(&missing.path)
            && service.is_some_and(|s| s.settings().is_none() && s.candidates.len() > 1)
        {
            all.push(("DJANGO_SETTINGS_MODULE".to_owned(), None));
        }
        if let Some(service) = service
            && let Some(settings) = service.settings().filter(|s| !s.absent)
        {
            let missing = |r: &&EnvRead| r.set_at.is_none() && !vars.contains_key(&r.name);
            let lost = settings.reads.iter().filter(|r| r.required).filter(missing);
            all.extend(lost.map(|r| (r.name.clone(), Some(r.span))));
            let blank = blanks(service);
            let lost = blank.iter().flat_map(|v| v.reads.iter()).filter(missing);
            all.extend(lost.map(|r| (r.name.clone(), Some(r.span))));
        }
    }
    // Compose itself takes variables from the same file.
    if missing.path == stack.project.folder.join(".env").unwrap_or_else(RelPath::root) {
        let used = stack.environment().unset_variables();
        all.extend(used.iter().map(|u| (u.var.name.clone(), Some(u.var.span))));
    }
    let mut seen = BTreeSet::new();
    all.retain(|(name, _)| seen.insert(name.clone()));
    all
}

/// What Django cannot do without and has from a variable without a default: the place and the login of its database, and
/// the key that it signs with.
fn blanks(service: &DjangoService) -> Vec<Value> {
    let database = service.default_database().filter(|d| d.kind != Some(Engine::Sqlite));
    let parts = database.map(|d| [d.name, d.user, d.password, d.host]);
    let key = service.settings().and_then(|s| s.get("SECRET_KEY")).map(|k| k.value.clone());
    let all = parts.into_iter().flatten().flatten().chain(key);
    all.filter(|v| v.kind == ValueKind::None).collect()
}

fn without_sample(
    stack: &Stack<'_>,
    missing: &Missing<'_>,
    lacked: &[(String, Option<Span>)],
) -> Prose {
    let Missing { path, written, .. } = missing;
    let there = stack
        .repository()
        .similar_file(path)
        .filter(|p| p.file_name().to_ascii_lowercase().contains("env"))
        // What is made for development is not what production lacks.
        .filter(|p| {
            !stack.repository().is_production() && !is_for_production(path)
                || !is_for_development(p)
        });
    let optional = prose!(
        "let the stack start without it:\n    env_file:\n      - path: {}\n        required: false",
        Quote::path(written)
    );
    let lines = lacked.iter().take(MAX_NAMES).map(|(name, at)| {
        let name = at.map_or_else(
            || prose!("{}", Quote::name(name)),
            |at| prose!("{}", Quote::name(name).or_at(at)),
        );
        prose!("\n    {}=", name)
    });
    match there {
        Some(other) if !lacked.is_empty() => prose!(
            "there is {}; name it here, or write {} with what is needed to start:{}",
            stack.repository().display_path(&other),
            stack.repository().display_path(path),
            Prose::concat(lines)
        ),
        None if !lacked.is_empty() => prose!(
            "write {} with what is needed to start, and commit a sample of it without the values:{}",
            stack.repository().display_path(path),
            Prose::concat(lines)
        ),
        Some(other) => {
            prose!(
                "there is {}; name it here, or {}",
                stack.repository().display_path(&other),
                optional
            )
        }
        None => prose!(
            "write {}, and commit a sample of it for whoever comes next; or {}",
            stack.repository().display_path(path),
            optional
        ),
    }
}

/// Whether a file is one for production by its name or its folder's: `.env.prod`, `.envs/.production/.django`.
fn is_for_production(path: &RelPath) -> bool {
    words(path).any(|w| matches!(w, "prod" | "production" | "prd" | "live" | "staging"))
}

/// Whether a file is one for development by its name or its folder's.
fn is_for_development(path: &RelPath) -> bool {
    words(path).any(|w| {
        matches!(
            w,
            "dev" | "develop" | "development" | "local" | "test" | "testing" | "ci" | "example"
        )
    })
}

/// The words of the last two names of a path.
fn words(path: &RelPath) -> impl Iterator<Item = &str> {
    let names = path.as_str().rsplit('/').take(2);
    names.flat_map(|name| name.split(['.', '-', '_']))
}
