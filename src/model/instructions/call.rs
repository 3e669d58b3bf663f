//! Calls of Compose: which files, which services (Compose CLI reference; `docker stack deploy`).

use super::words::{Word, base_name};

/// A call of Compose that a text has people or machines make.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ComposeCall {
    /// The files it names, with `-f` or by `COMPOSE_FILE`, in order.
    pub files: Vec<Word>,
    /// Options that are not known come before the verb: there may be more files.
    pub more_files: bool,
    /// `--project-directory`
    pub project_directory: Option<Word>,
    /// `--env-file`
    pub env_files: Vec<Word>,
    /// `--profile`, and `COMPOSE_PROFILES`.
    pub profiles: Vec<Word>,
    /// `docker stack deploy`: Swarm runs it.
    pub swarm: bool,
    /// `up`, `run`, `build` …
    pub verb: Verb,
    /// The services that are named after the verb.
    pub services: Vec<Word>,
    /// The command that `run` and `exec` start in the service; empty for the service's own.
    pub command: Vec<Word>,
}

/// What Compose is to do.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Verb {
    /// `up`, `create`, `watch`, `docker stack deploy`: brings services up, all of them where none is named.
    Up,
    /// `start`, `restart`, `unpause`: services that are there already.
    Start,
    /// `run`
    Run,
    /// `exec`
    Exec,
    /// `build`, `pull`, `push`: images are made or moved, and nothing runs.
    Images,
    /// `config`, `convert`, `images`, `version` …: tells something of the files.
    Show,
    /// `down`, `stop`, `logs`, `ps` …: something that runs already.
    Running,
    /// Not known.
    #[default]
    Unknown,
}

impl Verb {
    fn named(word: &str) -> Option<Self> {
        Some(match word {
            "up" | "create" | "watch" | "deploy" => Self::Up,
            "start" | "restart" | "unpause" => Self::Start,
            "run" => Self::Run,
            "exec" => Self::Exec,
            "build" | "pull" | "push" => Self::Images,
            "config" | "convert" | "version" | "images" | "publish" | "bridge" | "ls" => Self::Show,
            "down" | "stop" | "logs" | "log" | "ps" | "rm" | "kill" | "pause" | "top" | "port"
            | "cp" | "events" | "attach" | "wait" | "stats" | "scale" | "volumes" | "export"
            | "commit" => Self::Running,
            _ => return None,
        })
    }

    /// Whether something runs of it, or may.
    pub fn runs(self) -> bool {
        !matches!(self, Self::Images | Self::Show)
    }
}

/// Options of Compose itself with a value in the next word.
const GLOBAL: [&str; 16] = [
    "-f",
    "--file",
    "-p",
    "--project-name",
    "--project-directory",
    "--workdir",
    "--env-file",
    "--profile",
    "--ansi",
    "--progress",
    "--parallel",
    "-H",
    "--host",
    "-c",
    "--context",
    "--ecs-params",
];
/// Options of `docker` itself with a value in the next word.
const OF_DOCKER: [&str; 10] = [
    "-H",
    "--host",
    "-c",
    "--context",
    "--config",
    "-l",
    "--log-level",
    "--tlscacert",
    "--tlscert",
    "--tlskey",
];
/// Options of verbs with a value in the next word.
const OF_VERBS: [&str; 33] = [
    "-e",
    "--env",
    "--env-from-file",
    "-u",
    "--user",
    "-w",
    "--workdir",
    "--entrypoint",
    "--index",
    "--name",
    "-p",
    "--publish",
    "-v",
    "--volume",
    "-l",
    "--label",
    "--cap-add",
    "--cap-drop",
    "--pull",
    "--scale",
    "-t",
    "--timeout",
    "--exit-code-from",
    "--attach",
    "--no-attach",
    "--wait-timeout",
    "--detach-keys",
    "--env-file",
    "--network",
    "--build-arg",
    "-n",
    "--tail",
    "--since",
];

/// Whether a variable's name says that it holds the call of Compose: `$(COMPOSE) up`, `$DC up`.
fn holds_compose(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    name.contains("compose") && !name.contains("file") || name == "dc"
}

/// The call of Compose that a command is, or `None`. `set` gives the variables that it runs with.
pub(super) fn read(words: &[Word], set: &dyn Fn(&str) -> Option<Word>) -> Option<ComposeCall> {
    let first = words.first()?;
    let rest = match first.known().map(base_name) {
        Some("docker-compose" | "podman-compose" | "docker-compose.exe") => &words[1..],
        Some("docker" | "podman" | "nerdctl" | "docker.exe") => {
            let at = after_options(words, 1, &OF_DOCKER);
            match words.get(at).and_then(Word::known) {
                Some("compose") => &words[at + 1..],
                Some("stack") => return stack_deploy(&words[at + 1..]),
                _ => return None,
            }
        }
        // It runs on other machines, and reads the same files.
        Some("ecs-cli") if words.get(1).and_then(Word::known) == Some("compose") => &words[2..],
        None if first.variable().is_some_and(holds_compose) => &words[1..],
        _ => return None,
    };
    let mut call = ComposeCall::default();
    let at = options(rest, &mut call);
    if call.files.is_empty()
        && let Some(list) = set("COMPOSE_FILE").filter(|l| l.known() != Some(""))
    {
        let separator = set("COMPOSE_PATH_SEPARATOR")
            .and_then(|s| s.known().map(str::to_owned))
            .filter(|s| !s.is_empty());
        call.files = list.split(separator.as_deref().unwrap_or(":"));
    }
    if let Some(list) = set("COMPOSE_ENV_FILES").filter(|_| call.env_files.is_empty()) {
        call.env_files = list.split(",");
    }
    if let Some(profiles) = set("COMPOSE_PROFILES") {
        call.profiles.extend(profiles.split(","));
    }
    verb(&rest[at.min(rest.len())..], &mut call);
    Some(call)
}

/// The index of the first word that is no option.
fn after_options(words: &[Word], mut at: usize, valued: &[&str]) -> usize {
    while let Some(word) = words.get(at).filter(|w| w.head().starts_with('-')) {
        at += if word.known().is_some_and(|w| valued.contains(&w)) { 2 } else { 1 };
    }
    at
}

/// Reads Compose's own options; gives the index of the verb.
fn options(words: &[Word], call: &mut ComposeCall) -> usize {
    let mut at = 0;
    while let Some(word) = words.get(at) {
        if !word.head().starts_with('-') {
            let verb_follows = words[at + 1..]
                .iter()
                .find(|w| !w.head().starts_with('-'))
                .and_then(Word::known)
                .is_some_and(|w| Verb::named(w).is_some());
            if word.known().is_none() && verb_follows {
                call.more_files = true;
                at += 1;
                continue;
            }
            break;
        }
        let (option, value) = match word.split_once("=") {
            Some((option, value)) if word.head().starts_with("--") => (option, Some(value)),
            _ => match word.strip_prefix("-f").filter(|rest| rest.known() != Some("")) {
                // `-fa.yml`
                Some(value) if !word.head().starts_with("--") => {
                    let value = value.strip_prefix("=").unwrap_or(value);
                    (Word::literal("-f"), Some(value))
                }
                _ => (word.clone(), None),
            },
        };
        let option = option.known().unwrap_or("");
        at += 1;
        let value = value.or_else(|| {
            GLOBAL.contains(&option).then(|| words.get(at).cloned()).flatten().inspect(|_| at += 1)
        });
        let Some(value) = value else { continue };
        match option {
            "-f" | "--file" => call.files.push(value),
            "--project-directory" | "--workdir" => call.project_directory = Some(value),
            "--env-file" => call.env_files.push(value),
            "--profile" => call.profiles.push(value),
            _ => {}
        }
    }
    at
}

/// Reads the verb and what follows it.
fn verb(words: &[Word], call: &mut ComposeCall) {
    let Some(first) = words.first() else { return };
    call.verb = first.known().and_then(Verb::named).unwrap_or_default();
    let one = matches!(call.verb, Verb::Run | Verb::Exec);
    let mut at = 1;
    while at < words.len() {
        at = after_options(words, at, &OF_VERBS);
        let Some(service) = words.get(at) else { break };
        at += 1;
        call.services.push(service.clone());
        if one {
            call.command = words[at..].to_vec();
            break;
        }
    }
}

/// `docker stack deploy -c a.yml NAME`
fn stack_deploy(words: &[Word]) -> Option<ComposeCall> {
    words.first().filter(|w| matches!(w.known(), Some("deploy" | "up")))?;
    let mut call = ComposeCall { verb: Verb::Up, swarm: true, ..ComposeCall::default() };
    let mut at = 1;
    while let Some(word) = words.get(at) {
        at += 1;
        let value = match word.known() {
            Some("-c" | "--compose-file") => words.get(at).cloned(),
            _ => word.strip_prefix("--compose-file="),
        };
        call.files.extend(value);
    }
    Some(call)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn call(line: &str) -> Option<ComposeCall> {
        let words: Vec<Word> = line
            .split_whitespace()
            .map(|w| w.strip_prefix('$').map_or_else(|| Word::literal(w), Word::unknown))
            .collect();
        read(&words, &|_| None)
    }

    fn shown(words: &[Word]) -> String {
        words.iter().map(|w| w.known().unwrap_or("?")).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn files_verb_services_and_command() {
        for (line, wanted) in [
            ("docker compose up -d", "[] Up [] []"),
            (
                "docker-compose -f a.yml --file=b.yml -fc.yml up -d web",
                "[a.yml b.yml c.yml] Up [web] []",
            ),
            ("docker --context x compose -p n build --build-arg A=1 web", "[] Images [web] []"),
            (
                "$COMPOSE run --rm -e A=b web python manage.py migrate",
                "[] Run [web] [python manage.py migrate]",
            ),
            ("$DC exec -T web ls -l", "[] Exec [web] [ls -l]"),
            ("docker compose $ACTION $SERVICE", "[] Unknown [?] []"),
            ("docker compose up --scale web=2 $S", "[] Up [?] []"),
            ("docker stack deploy -c a.yml --compose-file=b.yml shop", "[a.yml b.yml] Up [] []"),
            ("docker compose --env-file x --profile p", "[] Unknown [] []"),
        ] {
            let call = call(line).unwrap_or_else(|| panic!("{line}"));
            assert_eq!(
                format!(
                    "[{}] {:?} [{}] [{}]",
                    shown(&call.files),
                    call.verb,
                    shown(&call.services),
                    shown(&call.command)
                ),
                wanted,
                "{line}"
            );
        }
        for line in ["docker run x", "docker", "compose up", "$COMPOSE_FILE up", "make up", ""] {
            assert_eq!(call(line), None, "{line}");
        }
        assert!(
            call("docker compose $OPTS up").is_some_and(|c| c.more_files && c.verb == Verb::Up)
        );
    }

    #[test]
    fn variables_of_the_shell_name_files_too() {
        let set = |name: &str| match name {
            "COMPOSE_FILE" => Some(Word::literal("a.yml:b.yml")),
            "COMPOSE_PROFILES" => Some(Word::literal("x,y")),
            _ => None,
        };
        let words = [Word::literal("docker-compose"), Word::literal("up")];
        let call = read(&words, &set).unwrap_or_default();
        assert_eq!(
            (shown(&call.files).as_str(), shown(&call.profiles).as_str()),
            ("a.yml b.yml", "x y")
        );
        let named = [words[0].clone(), Word::literal("-f"), Word::literal("c.yml")];
        assert_eq!(shown(&read(&named, &set).unwrap_or_default().files), "c.yml");
    }
}
