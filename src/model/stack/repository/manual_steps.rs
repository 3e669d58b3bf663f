//! Steps that the project's own texts have somebody run by hand: in a README, a Makefile, a script, a CI file.

use super::Repository;
use super::checkout::is_sample;
use crate::model::container::Container;
use crate::source::{EntryKind, Limit, SourceFile, Span};
use std::sync::Arc;

/// Options of `docker compose exec`, `run` and `docker exec` that take a value of their own.
const VALUED: [&str; 14] = [
    "-e",
    "--env",
    "--env-file",
    "-u",
    "--user",
    "-w",
    "--workdir",
    "--entrypoint",
    "--index",
    "--name",
    "-p",
    "-v",
    "--volume",
    "--detach-keys",
];
/// Words by which a script says that it is what a container starts, and not what a person does.
const STARTS: [&str; 8] =
    ["\"$@\"", "gunicorn", "uwsgi", "uvicorn", "daphne", "runserver", "hypercorn", "supervisord"];

impl<'s> Repository<'s> {
    /// The places where the project's texts have the management command `name` run by hand, those first that run it in
    /// a container of this stack. A line that speaks of another service, or of another Compose file, does not count.
    pub fn manual_steps(&self, name: &str) -> Vec<Span> {
        let texts =
            self.stack.docs.texts_around(&self.stack.project.folder, || self.instructions());
        let mut places: Vec<(bool, Span)> =
            texts.iter().flat_map(|file| self.in_text(file, name)).collect();
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

    fn in_text(&self, file: &Arc<SourceFile>, name: &str) -> Vec<(bool, Span)> {
        let text = &file.text;
        if !text.contains(name) {
            return Vec::new();
        }
        let file_name = file.path.file_name().to_ascii_lowercase();
        // What is built, and what another platform runs, is not run by hand.
        if file_name.contains("dockerfile")
            || file_name.starts_with("procfile")
            || file_name.starts_with("app.json")
        {
            return Vec::new();
        }
        let prose = [".md", ".rst", ".adoc", ".txt"].iter().any(|e| file_name.ends_with(e))
            || file_name.starts_with("readme");
        let machine = file_name.ends_with(".yml") || file_name.ends_with(".yaml");
        let task = file_name.starts_with("taskfile");
        // A script that ends in a server is what a container starts.
        let starts = !prose
            && !machine
            && !file_name.contains("makefile")
            && STARTS.iter().any(|w| text.contains(w));
        if self.stack.containers.iter().any(|c| c.process.scripts.contains(&file.path)) {
            return Vec::new();
        }
        let mut found = Vec::new();
        for (at, _) in text.match_indices(name) {
            let start = text[..at].rfind('\n').map_or(0, |i| i + 1);
            let end = text[at..].find('\n').map_or(text.len(), |i| at + i);
            let line = text[start..end].trim_end();
            let before = &text[start..at];
            let after = &text[at + name.len()..end];
            if !is_word(before, after) || !prose && line.trim_start().starts_with(['#', ';']) {
                continue;
            }
            let docker = words_of(before)
                .any(|w| matches!(w, "docker" | "docker-compose" | "podman" | "podman-compose"))
                || compose(before);
            let command = docker
                || ["manage", "django-admin"]
                    .iter()
                    .any(|w| before.to_ascii_lowercase().contains(w));
            // On the machine of a CI job it is a test that migrates, and not this stack.
            if !command || (machine && !task || starts) && !docker {
                continue;
            }
            match self.speaks_of(before) {
                Some(false) => continue,
                known => {
                    let indent = line.len() - line.trim_start().len();
                    found.push((
                        known == Some(true),
                        Span::new(file.id, start + indent, start + line.len()),
                    ));
                }
            }
        }
        found
    }

    /// Whether a command line runs something in a service of this stack; `None` where it names none.
    fn speaks_of(&self, before: &str) -> Option<bool> {
        let words: Vec<&str> = words_of(before).collect();
        // Another Compose file is another stack.
        let files: Vec<&str> = words
            .windows(2)
            .filter(|w| matches!(w[0], "-f" | "--file"))
            .map(|w| w[1])
            .chain(words.iter().filter_map(|w| w.strip_prefix("--file=")))
            .filter(|f| f.ends_with(".yml") || f.ends_with(".yaml"))
            .map(|f| f.rsplit('/').next().unwrap_or(f))
            .collect();
        let own = |f: &&str| {
            self.stack.project.files.iter().any(|p| p.path.file_name() == *f)
                || f.contains(['$', '{', '<'])
        };
        if !files.is_empty() && !files.iter().any(own) {
            return Some(false);
        }
        let verb = words.iter().rposition(|w| matches!(*w, "exec" | "run"))?;
        let runs = |word: &str| {
            ["docker", "compose", "podman", "dc"]
                .iter()
                .any(|p| word.to_ascii_lowercase().contains(p))
        };
        if !words[..verb].iter().any(|w| runs(w)) {
            return None;
        }
        let mut at = verb + 1;
        while let Some(word) = words.get(at).filter(|w| w.starts_with('-')) {
            at += if VALUED.contains(word) { 2 } else { 1 };
        }
        let target = words.get(at)?;
        let plain =
            target.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.'));
        // A placeholder, a variable, the number of a container.
        if !plain || target.len() >= 12 && target.chars().all(|c| c.is_ascii_hexdigit()) {
            return None;
        }
        let called = |c: &Container<'_>| {
            let name = c.name();
            let made = |sep: char| target.ends_with(&format!("{sep}{name}{sep}1"));
            *target == name
                || c.service.text("container_name").is_some_and(|n| n.as_str() == *target)
                || made('_')
                || made('-')
        };
        Some(self.stack.containers.iter().any(called))
    }

    /// What the project's texts, and samples of env files, tell people to set a variable to: `NAME=value` lines.
    pub fn documented_values(&self, variable: &str) -> Vec<(String, Span)> {
        let mut texts: Vec<Arc<SourceFile>> = self
            .stack
            .docs
            .texts_around(&self.stack.project.folder, || self.instructions())
            .to_vec();
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
        let own =
            |path: &crate::source::RelPath| stack.project.files.iter().any(|f| f.path == *path);
        stack.repository.compose_files.with_name(stack.sources, name).any(|path| !own(path))
    }
}

/// Whether what stands between is a word of its own, and a command rather than a part of a sentence.
fn is_word(before: &str, after: &str) -> bool {
    let next = after.chars().next();
    before.ends_with([' ', '\t', '"', '\''])
        && next.is_none_or(|c| !c.is_ascii_alphanumeric() && !matches!(c, '_' | '-' | ':' | '.'))
}

/// Whether a line runs Compose by way of a variable: `$(DC) exec`, `{{compose}} run`.
fn compose(before: &str) -> bool {
    before.to_ascii_lowercase().contains("compose")
}

/// The words of a line, without quotes and the marks of prose.
fn words_of(line: &str) -> impl Iterator<Item = &str> {
    line.split(|c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '`' | ',' | '[' | ']'))
        .filter(|w| !w.is_empty())
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that fails may panic")]
mod tests {
    use super::is_word;
    use crate::model::compose::load;
    use crate::model::stack::repository::Docs;
    use crate::model::stack::{Shared, Stack};
    use crate::source::{MemoryFiles, RelPath, Sources};

    /// The lines on which a file has `migrate` run by hand, `+` in front where it is in a container of the stack.
    fn places(path: &str, text: &str) -> Vec<String> {
        let mut files = MemoryFiles::new();
        files.add("compose.yaml", "services:\n  web:\n    build: .\n  db:\n    image: postgres:16\n    container_name: shop_db\n");
        files.add(path, text);
        let sources = Sources::new(&files);
        let project = load(&sources, &RelPath::root(), &[RelPath::new("compose.yaml").unwrap()]);
        let (shared, docs) = (Shared::new(Vec::new()), Docs::default());
        let stack = Stack::bring_up(&sources, &project, &shared, &docs, &RelPath::root());
        let texts =
            stack.docs.texts_around(&stack.project.folder, || stack.repository().instructions());
        let found = texts.iter().flat_map(|f| stack.repository().in_text(f, "migrate"));
        found
            .map(|(inside, span)| {
                format!("{}{}", if inside { "+" } else { "" }, sources.position(span).line)
            })
            .collect()
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
            ("README.md", "한글 `docker compose exec", ""),
            ("Procfile", "release: python manage.py migrate\n", ""),
        ] {
            assert_eq!(places(path, text).join(" "), wanted, "{path}: {text}");
        }
    }

    #[test]
    fn a_command_is_a_word_of_its_own() {
        assert!(is_word("python manage.py ", ""));
        assert!(is_word("[\"python\", \"manage.py\", \"", "\"]"));
        assert!(!is_word("python manage.py make", "s"));
        assert!(!is_word("python manage.py ", "_schemas"));
        assert!(!is_word("", ":"));
    }
}
