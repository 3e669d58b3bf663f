//! What a command looks like after each change, in every form.

use super::*;
use crate::finding::Prose;
use crate::source::{MemoryFiles, Sources, Text};

/// Changes the command of a file whose words are written one after the other from the first on.
fn changed(
    language: Language,
    text: &str,
    words: &[&str],
    edits: &[CommandEdit],
) -> Option<String> {
    let files = MemoryFiles::new();
    let file = Sources::new(&files).add("x", text);
    let mut at = 0;
    let words = words.iter().map(|word| {
        let start = at + text[at..].find(word).unwrap_or_default();
        at = start + word.len();
        Text::verbatim(file.id, start, word)
    });
    let words = words.collect();
    let mut draft = Draft::new(file.clone());
    change(&mut draft, language, &CommandChange { words, edits: edits.to_vec() })?;
    Some(draft.text().to_owned())
}

fn migrate() -> CommandEdit {
    CommandEdit::Before(["python", "manage.py", "migrate"].map(Prose::from).into())
}

fn bind() -> CommandEdit {
    CommandEdit::Option(&["--bind", "-b"], Prose::from("0.0.0.0:8000"))
}

#[test]
fn every_form_of_a_command_is_changed() {
    use Language::{Dockerfile, Shell, Yaml};
    let words = &["gunicorn", "app"][..];
    let both = || vec![migrate(), bind()];
    for (language, before, edits, after) in [
        (
            Yaml,
            "command: gunicorn app\n",
            both(),
            "command: sh -c \"python manage.py migrate && exec gunicorn app --bind 0.0.0.0:8000\"\n",
        ),
        (
            Yaml,
            "command: \"gunicorn app\"\n",
            vec![migrate()],
            "command: \"sh -c \\\"python manage.py migrate && exec gunicorn app\\\"\"\n",
        ),
        (
            Yaml,
            "command: python -m gunicorn app\n",
            vec![migrate()],
            "command: sh -c \"python manage.py migrate && exec python -m gunicorn app\"\n",
        ),
        (
            Yaml,
            "command: uv run python3 -m gunicorn app\n",
            vec![migrate()],
            "command: uv run sh -c \"python manage.py migrate && exec python3 -m gunicorn app\"\n",
        ),
        (
            Yaml,
            "command: [python, -m, gunicorn, app]\n",
            both(),
            "command: [sh, -c, python manage.py migrate && exec python -m gunicorn app --bind 0.0.0.0:8000]\n",
        ),
        (
            Yaml,
            "command: sh -c \"python -m gunicorn app\"\n",
            vec![migrate()],
            "command: sh -c \"python manage.py migrate && python -m gunicorn app\"\n",
        ),
        (
            Dockerfile,
            "FROM x\nCMD [\"/venv/bin/python\", \"-m\", \"gunicorn\", \"app\"]\n",
            vec![migrate()],
            "FROM x\nCMD [\"sh\", \"-c\", \"python manage.py migrate && exec /venv/bin/python -m gunicorn app\"]\n",
        ),
        (
            Yaml,
            "command: gunicorn app # why\n",
            vec![bind()],
            "command: gunicorn app --bind 0.0.0.0:8000 # why\n",
        ),
        (
            Yaml,
            "command: [gunicorn, app]\n",
            vec![bind()],
            "command: [gunicorn, app, --bind, 0.0.0.0:8000]\n",
        ),
        (
            Yaml,
            "command: [\"gunicorn\", \"app\"]\n",
            vec![migrate()],
            "command: [\"sh\", \"-c\", \"python manage.py migrate && exec gunicorn app\"]\n",
        ),
        (
            Yaml,
            "command:\n  - gunicorn\n  - app\n",
            vec![bind()],
            "command:\n  - gunicorn\n  - app\n  - --bind\n  - 0.0.0.0:8000\n",
        ),
        (
            Yaml,
            "command:\n  - gunicorn\n  - app\n",
            vec![migrate()],
            "command:\n  - sh\n  - -c\n  - python manage.py migrate && exec gunicorn app\n",
        ),
        (
            Yaml,
            "command: sh -c \"sleep 1 && exec gunicorn app\"\n",
            both(),
            "command: sh -c \"sleep 1 && python manage.py migrate && exec gunicorn app --bind 0.0.0.0:8000\"\n",
        ),
        (
            Yaml,
            "command: ['sh', '-c', 'gunicorn app']\n",
            both(),
            "command: ['sh', '-c', 'python manage.py migrate && gunicorn app --bind 0.0.0.0:8000']\n",
        ),
        (
            Yaml,
            "command:\n  - bash\n  - -c\n  - |\n    sleep 1\n    gunicorn app\n",
            both(),
            "command:\n  - bash\n  - -c\n  - |\n    sleep 1\n    python manage.py migrate\n    gunicorn app --bind 0.0.0.0:8000\n",
        ),
        (
            Yaml,
            "command: >\n  bash -c \"sleep 1\n  && gunicorn app\"\n",
            both(),
            "command: >\n  bash -c \"sleep 1\n  && python manage.py migrate && gunicorn app --bind 0.0.0.0:8000\"\n",
        ),
        (
            Yaml,
            "command: wait db -- gunicorn app\n",
            vec![migrate()],
            "command: wait db -- sh -c \"python manage.py migrate && exec gunicorn app\"\n",
        ),
        (
            Dockerfile,
            "FROM x\nCMD [\"gunicorn\", \"app\"]\n",
            both(),
            "FROM x\nCMD [\"sh\", \"-c\", \"python manage.py migrate && exec gunicorn app --bind 0.0.0.0:8000\"]\n",
        ),
        (
            Dockerfile,
            "FROM x\nCMD gunicorn app\n",
            both(),
            "FROM x\nCMD python manage.py migrate && gunicorn app --bind 0.0.0.0:8000\n",
        ),
        (
            Dockerfile,
            "FROM x\nCMD exec gunicorn app\n",
            vec![migrate()],
            "FROM x\nCMD python manage.py migrate && exec gunicorn app\n",
        ),
        (
            Dockerfile,
            "FROM x\nCMD [\"sh\", \"-c\", \"gunicorn app\"]\n",
            vec![migrate()],
            "FROM x\nCMD [\"sh\", \"-c\", \"python manage.py migrate && gunicorn app\"]\n",
        ),
        (
            Dockerfile,
            "FROM x\nCMD [\"gunicorn\", \\\n     \"app\"]\n",
            vec![bind()],
            "FROM x\nCMD [\"gunicorn\", \\\n     \"app\", \\\n     \"--bind\", \\\n     \"0.0.0.0:8000\"]\n",
        ),
        (
            Shell,
            "#!/bin/sh\nset -e\nexec gunicorn app\n",
            both(),
            "#!/bin/sh\nset -e\npython manage.py migrate\nexec gunicorn app --bind 0.0.0.0:8000\n",
        ),
        (
            Shell,
            "sleep 1 && gunicorn app\r\n",
            both(),
            "sleep 1 && python manage.py migrate && gunicorn app --bind 0.0.0.0:8000\r\n",
        ),
        (
            Shell,
            "if x; then\n  DEBUG=1 gunicorn app\nfi\n",
            vec![migrate()],
            "if x; then\n  python manage.py migrate\n  DEBUG=1 gunicorn app\nfi\n",
        ),
        (Shell, "gunicorn app &\n", vec![CommandEdit::Exec], "exec gunicorn app &\n"),
        (Shell, "gunicorn app & b\n", vec![CommandEdit::Foreground], "gunicorn app && b\n"),
        (Shell, "gunicorn app &\nb\n", vec![CommandEdit::Foreground], "gunicorn app\nb\n"),
        (Shell, "gunicorn app\nb\n", vec![CommandEdit::Tolerate], "gunicorn app || true\nb\n"),
        (
            Shell,
            "a && gunicorn app && b\n",
            vec![CommandEdit::Tolerate],
            "a && (gunicorn app || true) && b\n",
        ),
        (Shell, "a\ngunicorn app\nb\n", vec![CommandEdit::Drop], "a\nb\n"),
        (Shell, "a && gunicorn app && b\n", vec![CommandEdit::Drop], "a && b\n"),
        (Shell, "a && gunicorn app\n", vec![CommandEdit::Drop], "a\n"),
    ] {
        let got = changed(language, before, words, &edits);
        assert_eq!(got.as_deref().unwrap_or("(does not fit)"), after, "{before}");
    }
}

#[test]
fn options_are_found_in_every_spelling() {
    for (words, after) in [
        (&["gunicorn", "-b", "x", "app"][..], "gunicorn -b 0.0.0.0:8000 app"),
        (&["gunicorn", "-bx", "app"], "gunicorn -b0.0.0.0:8000 app"),
        (&["gunicorn", "--bind=x", "app"], "gunicorn --bind=0.0.0.0:8000 app"),
        (&["gunicorn", "app"], "gunicorn app --bind 0.0.0.0:8000"),
    ] {
        let before = words.join(" ");
        let got = changed(Language::Shell, &before, words, &[bind()]);
        assert_eq!(got.as_deref(), Some(after));
    }
}

#[test]
fn words_are_replaced_inserted_and_removed() {
    let words = &["celery", "worker", "-A", "app"][..];
    for (edit, after) in [
        (CommandEdit::Word(3, "my app".into()), "celery worker -A 'my app'"),
        (CommandEdit::Insert(1, vec!["-q".into()]), "celery -q worker -A app"),
        (CommandEdit::Remove(1..2), "celery -A app"),
    ] {
        let got = changed(Language::Shell, "celery worker -A app", words, &[edit]);
        assert_eq!(got.as_deref(), Some(after));
    }
}

#[test]
fn what_does_not_fit_is_left_alone() {
    let words = &["gunicorn", "app"][..];
    for (language, text) in [
        (Language::Yaml, "x: gunicorn app\n"),
        (Language::Yaml, "command:\n  - gunicorn # why\n  - app\n"),
        (Language::Env, "A=gunicorn app\n"),
    ] {
        assert_eq!(changed(language, text, words, &[migrate()]), None, "{text}");
    }
}

#[test]
fn words_that_are_only_written_down_get_nothing_before_them() {
    let script = "#!/bin/sh\nif [ -z \"$1\" ]; then\n  set -- gunicorn app\nfi\nexec \"$@\"\n";
    let change =
        |edit: CommandEdit| changed(Language::Shell, script, &["gunicorn", "app"], &[edit]);
    assert_eq!(change(migrate()), None);
    let bound = change(bind()).unwrap_or_default();
    assert!(bound.contains("set -- gunicorn app --bind 0.0.0.0:8000"), "{bound}");
}
