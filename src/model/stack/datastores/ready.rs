//! What the health check of a PostgreSQL service asks (PostgreSQL documentation, `pg_isready`).

use super::Datastores;
use crate::model::roles::database::{Database, Engine};
use crate::source::{Known, Reason, Span, Text};
use crate::syntax::shell::{Script, fields};

/// One thing that `pg_isready` is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Told {
    /// Nothing, so that it takes its default.
    Nothing,
    Text(String),
    /// Something that is not known.
    Unknown,
}

/// A health check that is one `pg_isready`.
#[derive(Debug, Clone)]
pub struct ReadyCheck {
    /// The check.
    pub span: Span,
    /// `-h`
    pub host: Told,
    /// `-U`
    pub user: Told,
    /// `-d`
    pub database: Told,
    /// `-p`
    pub port: Told,
    /// `PGPORT` of the container.
    first_start_port: Told,
    /// The word that names `pg_isready`, and the word behind it.
    pub program: Text,
    pub first_option: Option<Text>,
    /// Whether a shell reads the words.
    pub in_shell: bool,
}

impl ReadyCheck {
    /// Whether it asks at the port where the temporary server of the image's first start listens: `PGPORT`, else 5432
    /// (`docker_temp_server_start` of the image's entrypoint).
    pub fn reaches_first_start(&self) -> bool {
        match (&self.port, &self.first_start_port) {
            (Told::Nothing, Told::Nothing) => true,
            (Told::Text(port), Told::Nothing) => port == "5432",
            (Told::Text(port), Told::Text(temporary)) => port == temporary,
            _ => false,
        }
    }
}

/// The words of a check.
struct Written {
    words: Vec<Option<String>>,
    program: Text,
    first_option: Option<Text>,
}

impl Datastores<'_> {
    /// The `pg_isready` in the health check of a database service; `None` where there is none, or more than that.
    pub fn ready_check(&self, database: &Database) -> Option<ReadyCheck> {
        let container = self.stack.container(database.container);
        let check = container
            .service
            .healthcheck
            .as_ref()
            .filter(|h| !h.disabled && database.engine == Engine::Postgres)?;
        let test = check.test.as_ref()?;
        let script = |text: &Text| self.ready_words(database.container, text);
        let mut in_shell = true;
        let words = match test.words.as_slice() {
            _ if test.from_string => {
                // A test that is one string is given to a shell whole.
                let text = container.service.node.get("healthcheck")?.get("test")?.text()?;
                script(text)?
            }
            [kind, line] if kind.as_str() == "CMD-SHELL" => script(line)?,
            [kind, rest @ ..] if kind.as_str() == "CMD" => match rest {
                [shell, option, line] if shell.ends_with("sh") && option.as_str() == "-c" => {
                    script(line)?
                }
                // No shell stands between: a `$` is one.
                _ => {
                    in_shell = false;
                    let known = |w: &Text| {
                        w.resolved()
                            .filter(|w| !w.contains('$') && !w.is_empty())
                            .map(str::to_owned)
                    };
                    Written {
                        words: rest.iter().map(known).collect(),
                        program: rest.first()?.clone(),
                        first_option: rest.get(1).cloned(),
                    }
                }
            },
            _ => return None,
        };
        let Written { words, program: named, first_option } = words;
        let program = words.first()?.as_ref()?;
        if program.rsplit('/').next() != Some("pg_isready") {
            return None;
        }
        let environment =
            |name: &str| match (container.env(name), container.environment.vars.contains_key(name))
            {
                (Some(text), _) => Told::Text(text.as_str().to_owned()),
                (None, true) => Told::Unknown,
                (None, false) if container.environment.open.is_some() => Told::Unknown,
                (None, false) => Told::Nothing,
            };
        let mut ready = ReadyCheck {
            span: test.span,
            host: environment("PGHOST"),
            user: environment("PGUSER"),
            database: environment("PGDATABASE"),
            port: environment("PGPORT"),
            first_start_port: environment("PGPORT"),
            program: named,
            first_option,
            in_shell,
        };
        let mut at = 1;
        while let Some(word) = words.get(at) {
            at += 1;
            let Some(word) = word else {
                return Some(ReadyCheck {
                    host: Told::Unknown,
                    user: Told::Unknown,
                    database: Told::Unknown,
                    port: Told::Unknown,
                    ..ready
                });
            };
            let long = [
                ("--host", 'h'),
                ("--username", 'U'),
                ("--dbname", 'd'),
                ("--port", 'p'),
                ("--timeout", 't'),
            ];
            let (letter, given) =
                match long.iter().find(|(name, _)| word.split('=').next() == Some(name)) {
                    Some((_, letter)) => (*letter, word.split_once('=').map(|(_, v)| v.to_owned())),
                    None => match word.strip_prefix('-').map(str::chars) {
                        Some(mut letters) => (
                            letters.next().unwrap_or('-'),
                            Some(letters.as_str().to_owned()).filter(|v| !v.is_empty()),
                        ),
                        // A name that stands alone is the database.
                        None => ('d', Some(word.clone())),
                    },
                };
            if !matches!(letter, 'h' | 'U' | 'd' | 'p' | 't') {
                continue;
            }
            let value = match given {
                Some(value) => Told::Text(value),
                None => {
                    at += 1;
                    words.get(at - 1).and_then(Clone::clone).map_or(Told::Unknown, Told::Text)
                }
            };
            match letter {
                'h' => ready.host = value,
                'U' => ready.user = value,
                'd' => {
                    // A URL, or `key=value`, may say everything.
                    if matches!(&value, Told::Text(v) if v.contains("://") || v.contains('=')) {
                        (ready.host, ready.user) = (Told::Unknown, Told::Unknown);
                        ready.port = Told::Unknown;
                    }
                    ready.database = value;
                }
                'p' => ready.port = value,
                _ => {}
            }
        }
        Some(ready)
    }

    /// The words of a script that is one command, or one with `|| exit 1` behind it.
    fn ready_words(&self, container: usize, line: &Text) -> Option<Written> {
        let script = Script::read(line);
        let mut steps = script.body.all_commands();
        let first = steps.next()?.command;
        if steps
            .any(|s| s.command.words.first().and_then(|w| w.literal()).is_none_or(|n| n != "exit"))
        {
            return None;
        }
        let container = self.stack.container(container);
        let lookup = |name: &str, _| {
            let value = container.environment.vars.get(name).map(|v| v.text.clone());
            value.unwrap_or_else(|| Known::Unknown(Reason::NotSet(name.to_owned()).into()))
        };
        let program = first.words.first()?.raw.clone();
        let first_option = first.words.get(1).map(|w| w.raw.clone());
        let mut words = Vec::new();
        for word in &first.words {
            let fields = fields(word, &lookup);
            if fields.iter().all(Text::is_resolved) {
                words.extend(fields.iter().map(|f| Some(f.as_str().to_owned())));
            } else {
                words.push(None);
            }
        }
        Some(Written { words, program, first_option })
    }
}
