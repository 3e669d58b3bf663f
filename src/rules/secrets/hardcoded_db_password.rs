//! The database's password is written in a file that everybody reads.

use crate::finding::{
    Change, Cure, Finding, Own, Prose, PyValue, PythonEdit, Quote, Severity, prose,
};
use crate::model::container::{Container, SetBy};
use crate::model::django::{Value, ValueKind};
use crate::model::roles::database::Engine;
use crate::model::secrets::{placeholder, real, weak};
use crate::model::stack::Stack;
use crate::rules::{Check, Rule, Sink, changes, meta};
use crate::source::Span;

pub(super) static RULE: Rule =
    Rule { meta: &meta::HARDCODED_DB_PASSWORD, check: Check::Stack(check) };

/// What stands for the password in a Compose file.
const FROM_DOTENV: &str = "${DB_PASSWORD:?set it in .env}";

/// The rank of a place in the settings: the last to act on.
const SETTINGS: u8 = 3;

/// A password and a place it is written at.
struct PasswordPlace {
    text: String,
    span: Span,
    what: Prose,
    /// The place to act on first has the lowest rank.
    rank: u8,
    published: Option<Span>,
    /// Whether it is all that is written there.
    whole: bool,
    /// What takes it out of this place.
    change: Change,
    /// The variable of Compose that has it, with the container it is given to.
    variable: Option<(usize, String)>,
}

fn check(stack: &Stack<'_>, sink: &mut Sink) {
    if stack
        .repository()
        .compose_files()
        .any(|f| f.file_name().split(['.', '-', '_']).any(|p| matches!(p, "test" | "tests" | "ci")))
    {
        return;
    }
    let mut places = of_servers(stack);
    of_django(stack, &mut places);
    places.sort_by_key(|p| p.rank);
    let mut done: Vec<&str> = Vec::new();
    for place in &places {
        if done.contains(&place.text.as_str()) || placeholder(&place.text) {
            continue;
        }
        done.push(&place.text);
        let published = places.iter().filter(|p| p.text == place.text).find_map(|p| p.published);
        let grave = stack.repository().is_production() || published.is_some();
        let names: Vec<&str> = stack
            .roles
            .sql_databases()
            .flat_map(|d| [d.user.as_ref(), d.name.as_ref()])
            .flatten()
            .map(|t| t.as_str())
            .collect();
        let is_weak = weak(&place.text, &names);
        if is_weak && !grave {
            continue;
        }
        // What anyone would try first hides nothing; without a port of the host, only the stack reaches it.
        let grave = grave && (!is_weak || published.is_some());
        let mut finding = Finding::new(
            &meta::HARDCODED_DB_PASSWORD,
            "the database password is in plain sight: whoever sees the repository has it",
        )
        .label(place.span, place.what.clone());
        for other in places.iter().filter(|p| p.text == place.text) {
            finding = finding.label(other.span, other.what.clone());
        }
        finding =
            finding.label_if(published, "and the port is open to every network the host is on");
        let cure = match place.rank {
            SETTINGS => "read it from the environment:\n    'PASSWORD': os.environ['DB_PASSWORD'],",
            _ => {
                "keep it in a .env file that git ignores, and name it:\n    POSTGRES_PASSWORD: ${DB_PASSWORD:?set it in .env}"
            }
        };
        // Django may have it from a file already, under another name: then both must stay the same.
        if let Some(reader) = read_from_file(stack, &place.text) {
            finding = finding.label(reader.span, prose!("{} reads it from here", reader.service));
            let (cure, help) = kept_alike(stack, &places, &place.text, &reader);
            finding = finding.help(help).cure_if(cure);
            sink.report(if grave { finding } else { finding.at_most(Severity::Info) });
            continue;
        }
        let same: Vec<&PasswordPlace> = places.iter().filter(|p| p.text == place.text).collect();
        let edits = same.iter().map(|p| p.change.clone());
        let given = same.iter().any(|p| p.rank == SETTINGS).then(|| {
            let uses = stack.roles.django.iter().filter(|d| !d.databases().is_empty());
            uses.map(|d| {
                changes::variable(stack.container(d.container), "DB_PASSWORD", FROM_DOTENV)
            })
        });
        // Where there is a .env, Compose reads the variable from it.
        let dotenv = stack.project.dotenv.paths().next().map(|path| Change::EnvLine {
            path: path.clone(),
            name: "DB_PASSWORD".to_owned(),
            value: prose!("{}", Quote::value(&place.text).or_at(place.span)),
        });
        // A password inside a URL cannot be taken out alone.
        let whole = same.iter().all(|p| p.whole);
        let finding = finding.cure_if(whole.then(|| {
            Cure::new("keep it in a .env file that git ignores")
                .changes(edits)
                .changes(dotenv)
                .changes(given.into_iter().flatten())
                .changes(changes::listed_in_template(stack, "DB_PASSWORD"))
                .also("write a new password into .env, and change it in the database: the old one stays in the history")
        }));
        let finding = finding.help(prose!(
            "{}\nthen change the password: the old one stays in the history",
            Own(cure)
        ));
        sink.report(if grave { finding } else { finding.at_most(Severity::Info) });
    }
    of_brokers(stack, sink);
}

/// A variable of an env file that holds the same password, for Django.
struct FileReader<'s> {
    service: &'s Container<'s>,
    variable: &'s str,
    span: Span,
    /// Whether Compose takes variables from that file as well.
    is_dotenv: bool,
    /// Whether the password is all that the variable holds.
    whole: bool,
}

fn read_from_file<'s>(stack: &'s Stack<'s>, text: &str) -> Option<FileReader<'s>> {
    stack.roles.django.iter().find_map(|service| {
        let container = stack.container(service.container);
        let same = |v: &&Value| v.as_str() == Some(text);
        let databases = service.databases();
        let passwords = databases.iter().filter_map(|d| d.password.as_ref());
        let mut reads = passwords.filter(same).flat_map(|p| &p.reads);
        reads.find_map(|read| {
            let (name, value) = container.environment.vars.get_key_value(&read.name)?;
            let known = value.text.known().filter(|_| value.by == SetBy::EnvFile)?;
            Some(FileReader {
                service: container,
                variable: name,
                span: value.span,
                is_dotenv: stack.project.dotenv.has(value.span),
                whole: known.as_str() == text,
            })
        })
    })
}

/// What takes a password out of the Compose file where Django reads it from an env file.
fn kept_alike(
    stack: &Stack<'_>,
    places: &[PasswordPlace],
    text: &str,
    reader: &FileReader<'_>,
) -> (Option<Cure>, Prose) {
    let variable = Quote::name(reader.variable).or_at(reader.span);
    let file = stack.repository().file_name(reader.span);
    if !(reader.is_dotenv && reader.whole) {
        let help = prose!(
            "keep it in a file that git ignores, and change it in both places: here, and as {} in {}; else {} is refused",
            variable,
            file,
            reader.service
        );
        return (None, help);
    }
    let from = prose!("${{}:?set it in .env}", variable);
    let same = places.iter().filter(|p| p.text == text).filter_map(|p| p.variable.as_ref());
    let edits = same.map(|(i, name)| changes::variable(stack.container(*i), name, from.clone()));
    let also = "change the password in .env and in the database: the old one stays in the history";
    let cure = Cure::new(prose!("take it from {}, where Django has it from", file))
        .changes(edits)
        .also(also);
    let help =
        prose!("take it from {}, where Django has it from:\n    {}\n{}", file, from, Own(also));
    (Some(cure), help)
}

/// The password inside the URL of a message broker.
fn of_brokers(stack: &Stack<'_>, sink: &mut Sink) {
    for service in &stack.roles.django {
        let environment = &stack.container(service.container).environment;
        for used in service.brokers() {
            let Some(url) = used.value.as_str().filter(|url| real("", url)) else { continue };
            let set = used.value.reads.iter().find(|r| r.set_at.is_some());
            let (span, variable) = match set {
                Some(read) => match environment
                    .vars
                    .get(&read.name)
                    .filter(|v| v.literal && v.by != SetBy::EnvFile)
                {
                    Some(value) => (value.span, &read.name),
                    None => continue,
                },
                None => (stack.environment().written(service, &used.value).span, &used.setting),
            };
            let scheme = url.split("://").next().unwrap_or("redis");
            let message = prose!(
                "the password of {} is in plain sight, inside its URL: whoever sees the repository has it",
                used.kind
            );
            let finding = Finding::new(&meta::HARDCODED_DB_PASSWORD, message).label(span, "the URL with the password").help(prose!("keep the password in a .env file that git ignores, and put it in:\n    {}: {}://:${BROKER_PASSWORD:?set it in .env}@{}\nthen change the password: the old one stays in the history", Quote::name(variable), Quote::name(scheme), Quote::name(&used.host).or_at(span)));
            // A server outside of the stack is nobody's desk.
            let outside = used.host.contains('.') && used.host.chars().any(char::is_alphabetic);
            sink.report(if stack.repository().is_production() || outside {
                finding
            } else {
                finding.at_most(Severity::Info)
            });
        }
    }
}

fn of_servers(stack: &Stack<'_>) -> Vec<PasswordPlace> {
    let mut places = Vec::new();
    for database in stack.roles.sql_databases() {
        let container = stack.container(database.container);
        for name in database.image.passwords() {
            let Some(value) = container
                .environment
                .vars
                .get(name)
                .filter(|v| v.literal && v.by != SetBy::EnvFile)
            else {
                continue;
            };
            let Some(text) = value.text.known().filter(|t| !t.is_empty()) else { continue };
            let rank = if value.by == SetBy::Compose { 0 } else { 2 };
            places.push(PasswordPlace {
                text: text.as_str().to_owned(),
                span: value.span,
                what: prose!("the password of {}", container),
                rank,
                published: stack.network().published_to_all(database.container),
                whole: true,
                change: changes::variable(container, name, FROM_DOTENV),
                variable: Some((database.container, (*name).to_owned())),
            });
        }
    }
    places
}

fn of_django(stack: &Stack<'_>, places: &mut Vec<PasswordPlace>) {
    for service in &stack.roles.django {
        let container = stack.container(service.container);
        for used in service.databases() {
            let Some(password) = &used.password else { continue };
            let ValueKind::Str(text) = &password.kind else { continue };
            if text.is_empty() {
                continue;
            }
            let set = password.reads.iter().find(|r| r.set_at.is_some());
            // SQLite asks for no password, and a default that no database of the stack has may be no one's.
            let is_default = set.is_none() && !password.reads.is_empty();
            if used.kind == Some(Engine::Sqlite)
                || is_default && stack.roles.sql_databases().next().is_none()
            {
                continue;
            }
            let variable = set.map(|read| (service.container, read.name.clone()));
            let (span, rank, what, change) = match set {
                Some(read) => {
                    // A password inside a URL stands in the URL's place.
                    let Some(value) = container
                        .environment
                        .vars
                        .get(&read.name)
                        .filter(|v| v.literal && v.by != SetBy::EnvFile)
                    else {
                        continue;
                    };
                    let rank = if value.by == SetBy::Compose { 1 } else { 2 };
                    let change = changes::variable(container, &read.name, FROM_DOTENV);
                    (value.span, rank, prose!("{} is given it here", container), change)
                }
                None => (
                    stack.environment().written(service, password).span,
                    SETTINGS,
                    prose!("the settings have it"),
                    Change::Python(PythonEdit::Replace(
                        text.span(),
                        PyValue::Environ("DB_PASSWORD".to_owned(), None),
                    )),
                ),
            };
            places.push(PasswordPlace {
                text: text.as_str().to_owned(),
                span,
                what,
                rank,
                published: None,
                whole: set.is_none_or(|read| {
                    let value = container.environment.vars.get(&read.name);
                    value
                        .is_none_or(|v| v.text.known().is_some_and(|t| t.as_str() == text.as_str()))
                }),
                change,
                variable,
            });
        }
    }
}
