//! Steps that the project's own texts have somebody run by hand: in a README, a Makefile, a script, a CI file.

use super::Repository;
use crate::model::container::Container;
use crate::model::instructions::{Inside, Invocation, Piece, Word, is_ci, is_script};
use crate::model::sample::is_sample;
use crate::source::{EntryKind, Limit, RelPath, SourceFile, Span};
use std::sync::Arc;

/// Programs by which a script says that it is what a container starts, and not what a person does.
const SERVERS: [&str; 6] = ["gunicorn", "uwsgi", "uvicorn", "daphne", "hypercorn", "supervisord"];

impl<'s> Repository<'s> {
    /// The places where the project's texts have the management command `name` run by hand, those first that run it in
    /// a container of this stack. A line that speaks of another service, or of another Compose file, does not count.
    pub fn manual_steps(&self, name: &str) -> Vec<Span> {
        let texts = self.invocations();
        let mut places: Vec<(bool, Span)> =
            texts.iter().flat_map(|(file, read)| self.in_text(file, read, name)).collect();
        // A manual above what is checked may be another project's: it counts where it names a service of this one.
        places.retain(|(inside, span)| {
            *inside || self.path_of(*span).relative_to(&self.stack.checked).is_some()
        });
        places.sort_by_key(|(inside, _)| !inside);
        let mut files = Vec::new();
        places.retain(|(_, span)| {
            let new = !files.contains(&span.file);
            files.push(span.file);
            new
        });
        places.into_iter().map(|(_, span)| span).collect()
    }

    /// Whether a script that a container means to start, and may not execute, runs the management command `name`.
    pub fn in_refused_script(&self, name: &str) -> bool {
        let refused =
            |path: &RelPath| self.stack.containers.iter().any(|c| c.process.refused.contains(path));
        self.stack.containers.iter().any(|c| !c.process.refused.is_empty())
            && self
                .invocations()
                .iter()
                .any(|(file, read)| refused(&file.path) && read.iter().any(|i| runs(i, name)))
    }

    /// The places of a text where it has the management command run, each with whether that is in a container of this stack.
    fn in_text(&self, file: &SourceFile, read: &[Invocation], name: &str) -> Vec<(bool, Span)> {
        // What a container starts, or means to start, is no step by hand.
        let starts = |c: &Container<'_>| {
            [&c.process.scripts, &c.process.refused].iter().any(|s| s.contains(&file.path))
        };
        if self.stack.containers.iter().any(starts) {
            return Vec::new();
        }
        let machine = is_ci(&file.path);
        let script = is_script(&file.path);
        let starts = || script && read.iter().any(|i| i.inside.is_none() && starts_a_server(i));
        let mut found = Vec::new();
        for step in read.iter().filter(|i| runs(i, name)) {
            let inside = step.inside.as_ref();
            // On the machine of a CI job it is a test that migrates, and not this stack.
            if inside.is_none() && (machine || starts()) {
                continue;
            }
            match inside.and_then(|i| self.is_in_stack(i)) {
                Some(false) => {}
                known => {
                    let place = (known == Some(true), step.span);
                    if !found.contains(&place) {
                        found.push(place);
                    }
                }
            }
        }
        found
    }

    /// Whether a command is handed to a container of this stack; `None` where the name of the container does not tell.
    pub(super) fn is_in_stack(&self, inside: &Inside) -> Option<bool> {
        // Another Compose file is another stack.
        let own = |word: &Word| {
            let last = word.split("/").pop().unwrap_or_default();
            self.stack.project.paths().any(|p| last.may_be(p.file_name()))
        };
        if let Some(call) = &inside.call
            && !call.files.is_empty()
            && !call.files.iter().any(own)
        {
            return Some(false);
        }
        let target = inside.name.known()?;
        // The number of a container, or the beginning of one.
        let number = target.len() >= 4
            && target.chars().all(|c| c.is_ascii_hexdigit())
            && target.contains(|c: char| c.is_ascii_digit());
        if number {
            return None;
        }
        let called = |c: &Container<'_>| {
            let name = c.name();
            let made = |sep: char| target.ends_with(&format!("{sep}{name}{sep}1"));
            target == name
                || c.service.text("container_name").is_some_and(|n| n.as_str() == target)
                || made('_')
                || made('-')
        };
        let called = self.stack.containers.iter().any(called);
        // An image by another name may be that of a service.
        if inside.is_image && !called { None } else { Some(called) }
    }

    /// What the project's texts, and samples of env files, tell people to set a variable to: `NAME=value` lines.
    pub fn documented_values(&self, variable: &str) -> Vec<(String, Span)> {
        let mut texts: Vec<Arc<SourceFile>> =
            self.stack.instructions.around(self.stack.sources, &self.stack.project.folder).to_vec();
        texts.retain(|f| {
            [".md", ".rst", ".adoc"]
                .iter()
                .any(|e| f.path.file_name().to_ascii_lowercase().ends_with(e))
        });
        for (name, kind) in self.stack.sources.listed(&self.stack.project.folder) {
            if kind == EntryKind::File
                && name.contains("env")
                && is_sample(&name)
                && let Some(path) = self.stack.project.folder.join(&name)
                && let Ok(file) = self.stack.sources.read(&path, Limit::Code)
            {
                texts.push(file);
            }
        }
        let mut found = Vec::new();
        for file in &texts {
            for (at, _) in file.text.match_indices(variable) {
                let start = file.text[..at].rfind('\n').map_or(0, |i| i + 1);
                let end = file.text[at..].find('\n').map_or(file.text.len(), |i| at + i);
                let lead =
                    file.text[start..at].trim().trim_start_matches(['*', '-', '>', '$', '`', ' ']);
                let Some(value) = file.text[at + variable.len()..end].trim().strip_prefix('=')
                else {
                    continue;
                };
                if !lead.is_empty() && lead != "export" {
                    continue;
                }
                let value =
                    value.split('#').next().unwrap_or("").trim().trim_matches(['"', '\'', '`']);
                let line = file.text[at..end].trim_end();
                found.push((value.to_owned(), Span::new(file.id, at, at + line.len())));
            }
        }
        found
    }

    /// Whether another Compose file of the checked folder has a service of this name.
    pub fn other_file_has_service(&self, name: &str) -> bool {
        let stack = self.stack;
        let own = |path: &RelPath| stack.project.files.iter().any(|f| f.path == *path);
        stack.repository.compose_files.with_name(stack.sources, name).any(|path| !own(path))
    }
}

/// Whether a command runs the management command `name`: `python manage.py NAME`, `django-admin NAME`, a program or a variable
/// of such a name, or inside a container a program that is called like it.
pub(super) fn runs(step: &Invocation, name: &str) -> bool {
    let manages = |word: &Word| {
        word.pieces.iter().any(|p| {
            let (Piece::Known(text) | Piece::Unknown(text)) = p else { return false };
            let text = text.to_ascii_lowercase();
            text.contains("manage") || text.contains("django-admin")
        })
    };
    let is = |word: Option<&Word>| word.and_then(Word::known) == Some(name);
    // What is handed to a container is a command of its own.
    let first = step.words.first().and_then(Word::known).unwrap_or_default();
    if step.call.is_some() || matches!(first, "docker" | "podman" | "nerdctl") {
        return false;
    }
    if step.inside.is_some() && is(step.words.first()) {
        return true;
    }
    let Some(at) = step.words.iter().position(manages) else { return false };
    is(step.words[at + 1..].iter().find(|w| !w.head().starts_with('-')))
}

/// Whether a command of a script is what a container goes on to run: a server, or `exec "$@"`.
fn starts_a_server(step: &Invocation) -> bool {
    let server = |word: &Word| {
        let name = word.known().unwrap_or_default();
        let name = name.rsplit('/').next().unwrap_or_default();
        SERVERS.contains(&name) || word.variable() == Some("@")
    };
    step.words.iter().find(|w| w.known() != Some("exec")).is_some_and(server)
        || runs(step, "runserver")
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that fails may panic")]
mod tests {
    use crate::model::compose::load;
    use crate::model::instructions::Instructions;
    use crate::model::stack::{Shared, Stack};
    use crate::source::{MemoryFiles, RelPath, Sources};

    /// Runs `judge` on a stack of a project that has this text.
    fn with_text<T>(path: &str, text: &str, judge: impl Fn(&Sources<'_>, &Stack<'_>) -> T) -> T {
        let mut files = MemoryFiles::new();
        files.add("compose.yaml", "services:\n  web:\n    build: .\n  db:\n    image: postgres:16\n    container_name: shop_db\n");
        files.add(path, text);
        let sources = Sources::new(&files);
        let project = load(&sources, &RelPath::root(), &[RelPath::new("compose.yaml").unwrap()]);
        let (shared, texts) = (Shared::new(Vec::new()), Instructions::default());
        judge(&sources, &Stack::bring_up(&sources, &project, &shared, &texts, &RelPath::root()))
    }

    /// The lines on which a file has `migrate` run by hand, `+` in front where it is in a container of the stack.
    fn places(path: &str, text: &str) -> Vec<String> {
        with_text(path, text, |sources, stack| {
            let read = stack.repository().invocations();
            let found = read.iter().flat_map(|(f, i)| stack.repository().in_text(f, i, "migrate"));
            found
                .map(|(inside, span)| {
                    format!("{}{}", if inside { "+" } else { "" }, sources.position(span).line)
                })
                .collect()
        })
    }

    #[test]
    fn steps_before_the_stack_is_brought_up_are_told_apart() {
        let run = "docker compose run --rm web python manage.py migrate\n";
        for (path, text, wanted) in [
            ("run.sh", format!("docker compose build\n{run}docker compose up\n"), Some(2)),
            ("README.md", format!("```\n{run}docker compose up -d\n```\n"), Some(2)),
            (
                "README.md",
                format!("```\ndocker compose up --no-start\n{run}docker compose up\n```\n"),
                Some(3),
            ),
            ("run.sh", format!("docker compose up -d db\n{run}docker compose up\n"), Some(2)),
            ("run.sh", format!("docker compose up -d\n{run}"), None),
            ("run.sh", run.to_owned(), None),
            (
                "run.sh",
                "docker compose exec web python manage.py migrate\ndocker compose up\n".to_owned(),
                None,
            ),
            ("Makefile", format!("migrate:\n\t{run}up:\n\tdocker compose up\n"), None),
            (".github/workflows/ci.yml", format!("script: |\n  {run}  docker compose up\n"), None),
        ] {
            let found = with_text(path, &text, |sources, stack| {
                let place = stack.repository().step_before_up("migrate");
                place.map(|span| sources.position(span).line)
            });
            assert_eq!(found, wanted, "{path}: {text}");
        }
    }

    #[test]
    fn readmes_makefiles_scripts_and_ci_files_are_read() {
        for (path, text, wanted) in [
            ("README.md", "# x\n\n    docker compose exec web python manage.py migrate\n", "+3"),
            ("README.rst", "Run ``./manage.py migrate`` first.", "1"),
            (
                "docs/setup.md",
                "$ docker-compose run --rm -e A=b web ./manage.py migrate --noinput",
                "+1",
            ),
            ("docs/setup.md", "docker exec -it shop_web_1 python manage.py migrate", "+1"),
            ("docs/setup.md", "docker exec -it a47ce31d4b7b python manage.py migrate", "1"),
            ("docs/setup.md", "docker exec shop_db python manage.py migrate", "+1"),
            (
                "Makefile",
                "up:\n\tdocker compose up\nmigrate:\n\t$(COMPOSE) exec web python manage.py migrate\n",
                "+4",
            ),
            (
                "justfile",
                "manage *ARGS:\n  docker compose run web python manage.py {{ARGS}}\nmigrate:\n  just manage migrate\n",
                "4",
            ),
            (
                "Taskfile.yml",
                "tasks:\n  migrate:\n    cmd: docker compose exec web python manage.py migrate\n",
                "+3",
            ),
            (
                "scripts/update.sh",
                "#!/bin/sh\n# manage.py migrate\ndocker compose exec -T web python manage.py migrate\n",
                "+3",
            ),
            ("scripts/entry.sh", "python manage.py migrate\nexec gunicorn x\n", ""),
            (".github/workflows/ci.yml", "steps:\n  - run: python manage.py migrate\n", ""),
            (
                ".github/workflows/deploy.yml",
                "script: |\n  sudo docker compose exec web python manage.py migrate\n",
                "+2",
            ),
            (".gitlab-ci.yml", "script:\n  - docker-compose run web ./manage.py migrate\n", "+2"),
            ("fabfile.py", "run(\"docker compose exec web python manage.py migrate\")\n", "+1"),
            ("deploy.sh", "docker compose exec api python manage.py migrate\n", ""),
            (
                "README.md",
                "docker compose -f docker-compose.prod.yml exec web python manage.py migrate\n",
                "",
            ),
            (
                "README.md",
                "docker compose -f compose.yaml exec web python manage.py migrate\n",
                "+1",
            ),
            (
                "README.md",
                "Then migrate the database.\nmanage.py makemigrations\nmanage.py migrate_schemas\n",
                "",
            ),
            (
                "README.md",
                "Run `docker compose run --rm web poetry run python manage.py migrate`.",
                "+1",
            ),
            ("README.md", "```\nuv run --no-sync python manage.py migrate\n```\n", "2"),
            (
                "README.md",
                "```\npipenv run ./manage.py migrate\npython manage.py runserver\n```\n",
                "2",
            ),
            (
                "README.md",
                "```\ndocker compose [-f <file>.yaml] exec web python manage.py migrate\n```\n",
                "+2",
            ),
            ("README.md", "`docker run --rm -it x/api migrate`", "1"),
            (
                "docs/b.rst",
                "First::\n\n    docker-compose run web sh -c 'python manage.py migrate'\n",
                "+3",
            ),
            (
                "Makefile",
                "RUN = docker compose run --rm\nMANAGE = $(RUN) web python manage.py\ninit:\n\t$(MANAGE) migrate\n",
                "+4",
            ),
            (
                "justfile",
                "manage := 'docker compose exec web ./manage.py'\ninit:\n  {{ manage }} migrate --noinput\n",
                "+3",
            ),
            (
                "Makefile",
                "compose:\n\tdocker-compose -f compose.yaml $(cmd)\nup: cmd := up\nmigrate: cmd := exec web python manage.py migrate\nup migrate: compose\n",
                "+2",
            ),
            ("README.md", "한글 `docker compose exec", ""),
            ("Procfile", "release: python manage.py migrate\n", ""),
        ] {
            assert_eq!(places(path, text).join(" "), wanted, "{path}: {text}");
        }
    }
}
