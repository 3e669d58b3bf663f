//! Texts as they are met, and what they have people run.
#![allow(clippy::unwrap_used, reason = "a test that fails may panic")]

use super::*;
use crate::source::{MemoryFiles, Sources};

fn shown(word: &Word) -> String {
    word.pieces
        .iter()
        .map(|p| match p {
            Piece::Known(text) => text.clone(),
            Piece::Folder(path) => format!("<{path}>"),
            Piece::Unknown(name) => format!("?{name}"),
        })
        .collect()
}

/// Each command of a text as its line, its folder where that is no start, its words, and marks: `~` mentioned, `'` shown,
/// `@name` inside a container.
fn commands(path: &str, text: &str) -> Vec<String> {
    let mut files = MemoryFiles::new();
    files.add(path, text);
    let sources = Sources::new(&files);
    let rel = RelPath::new(path).unwrap();
    let compose: &[RelPath] =
        if path.contains("compose") { std::slice::from_ref(&rel) } else { &[] };
    let all = Instructions::read(
        &sources,
        &RelPath::root(),
        std::slice::from_ref(&rel),
        compose,
        Arc::default(),
    );
    let texts = all.invocations(&sources, &RelPath::root());
    let read = texts.iter().flat_map(|(_, read)| read.iter());
    read.map(|i| {
        let folder = match &i.folder {
            Folder::Start(below) if below.is_empty() => String::new(),
            Folder::Start(below) => format!("{below}/ "),
            Folder::Exact(path) => format!("<{path}> "),
            Folder::Unknown => "?/ ".to_owned(),
        };
        let words: Vec<String> = i.words.iter().map(shown).collect();
        let mark = match i.form {
            Form::Mentioned => "~",
            Form::Shown => "'",
            Form::Written => "",
        };
        let inside =
            i.inside.as_ref().map_or_else(String::new, |c| format!("@{} ", shown(&c.name)));
        format!("{}: {mark}{folder}{inside}{}", sources.position(i.span).line, words.join(" "))
    })
    .collect()
}

#[track_caller]
fn check(path: &str, text: &str, wanted: &[&str]) {
    assert_eq!(commands(path, text), wanted, "{path}:\n{text}");
}

#[test]
fn makefiles_with_their_variables() {
    check(
        "Makefile",
        "docker_config_file := 'docker-compose.local.yaml'\nDC = docker compose -f docker-compose.yaml -f $(docker_config_file)\nup:\n\t@$(DC) up -d --wait \\\n\t\tweb\nbuild:\n\t$(COMPOSE) build $(ARGS)\n",
        &[
            "4: docker compose -f docker-compose.yaml -f docker-compose.local.yaml up -d --wait web",
            "7: ?COMPOSE build ?ARGS",
        ],
    );
    check(
        "Makefile",
        "ENV ?= dev\nifeq ($(ENV),prod)\nFILES = -f base.yml -f prod.yml\nelse\nFILES = -f base.yml\nendif\nexport COMPOSE_FILE := x.yml\nup:\n\tcd infra && docker compose $(FILES) up && echo $$HOME\n",
        &[
            "9: infra/ docker compose -f base.yml -f prod.yml up",
            "9: infra/ echo ?HOME",
            "9: infra/ docker compose -f base.yml up",
            "9: infra/ echo ?HOME",
        ],
    );
    check(
        "Makefile",
        "A = $(A) $(B)\nB = $(A)\nup:\n\tdocker compose -f $(A) up\n",
        &["4: docker compose -f ?A ?A up"],
    );
}

#[test]
fn justfiles_with_their_variables_and_parameters() {
    check(
        "justfile",
        "export COMPOSE_FILE := \"local.yml\"\nfile := 'a' + '.yml'\nup env *args:\n    docker compose -f {{ file }} up -d {{ env }} {{args}}\nmanage *args:\n  @docker compose run --rm web python ./manage.py {{ args }}\n",
        &[
            "4: docker compose -f a.yml up -d ?_given_env ?args",
            "6: docker compose run --rm web python ./manage.py ?args",
            "6: @web python ./manage.py ?args",
        ],
    );
}

#[test]
fn scripts_with_variables_arrays_and_functions() {
    check(
        "deploy.sh",
        "#!/bin/bash\nset -e\nrun() { $COMPOSE up -d \"$1\"; }\nCOMPOSE=\"docker compose -f a.yml\"\nif [ -n \"$SSL\" ]; then\n  COMPOSE=\"$COMPOSE -f ssl.yml\"\nfi\nFILES=(-f a.yml)\nFILES+=(-f \"b c.yml\")\ndocker compose \"${FILES[@]}\" \\\n  pull\nrun web\n",
        &[
            "2: set -e",
            "3: docker compose -f a.yml -f ssl.yml up -d ?1",
            "3: docker compose -f a.yml up -d ?1",
            "5: [ -n ?SSL ]",
            "10: docker compose -f a.yml -f b c.yml pull",
            "12: run web",
        ],
    );
    check(
        "scripts/up.sh",
        "cd \"$(dirname \"$0\")/..\"\nFILE=\"${2:-docker/prod.yml}\"\ndocker compose -f \"$FILE\" -f $(pwd)/x.yml up\nD=\"$(cd \"$(dirname \"${BASH_SOURCE[0]}\")\" && pwd)\"\nROOT=$(dirname \"$D\")\n(cd sub; docker compose -f \"$ROOT/a.yml\" up)\nsudo -E docker-compose ps\n",
        &[
            "1: <.> dirname <scripts>/.",
            "3: <.> docker compose -f docker/prod.yml -f <.>/x.yml up",
            "3: <.> pwd",
            "4: <scripts> dirname <scripts>/.",
            "4: <scripts> pwd",
            "5: <.> dirname <scripts>",
            "6: <sub> docker compose -f <.>/a.yml up",
            "7: <.> docker-compose ps",
        ],
    );
    check(
        "run.sh",
        "ssh -i key me@host 'cd /srv && docker compose up -d'\nbash -c \"docker compose exec -T web sh -c 'python manage.py migrate'\"\necho \"now: docker compose -f p.yml up\"\npoetry run python manage.py migrate\nenv A=b uv run --no-sync python manage.py migrate\nx=$(docker compose ps -q)\n",
        &[
            "1: ?/ docker compose up -d",
            "2: docker compose exec -T web sh -c python manage.py migrate",
            "2: @web python manage.py migrate",
            "3: echo now: docker compose -f p.yml up",
            "3: ~docker compose -f p.yml up",
            "4: python manage.py migrate",
            "5: python manage.py migrate",
            "6: docker compose ps -q",
        ],
    );
}

#[test]
fn workflows_and_task_files() {
    check(
        ".github/workflows/cd.yml",
        "env:\n  FILE: docker-compose.prod.yml\non: push\njobs:\n  a:\n    steps:\n      - uses: x/ssh@v1\n        with:\n          script: |\n            cd ${{ secrets.DIR }}\n            docker compose \\\n              -f docker-compose.yml \\\n              -f ${{ env.FILE }} \\\n              up -d\n      - run: docker compose -f ${{ inputs.x }} up\n        working-directory: ./infra\n",
        &[
            "11: ?/ docker compose -f docker-compose.yml -f docker-compose.prod.yml up -d",
            "15: infra/ docker compose -f ?inputs_x up",
        ],
    );
    check(
        ".gitlab-ci.yml",
        "variables:\n  C: docker-compose -f ci.yml\ntest:\n  script:\n    - $C up -d\n    - [docker-compose, x]\n",
        &["5: docker-compose -f ci.yml up -d"],
    );
    check(
        "Taskfile.yml",
        "vars:\n  F: a.yml\ntasks:\n  up:\n    cmds:\n      - docker compose -f {{.F}} up\n      - cmd: docker compose ps\n",
        &["6: docker compose -f a.yml up", "7: docker compose ps"],
    );
}

#[test]
fn manuals_and_comments() {
    check(
        "README.md",
        "Use `docker compose -f local.yml up` or docker-compose -f production.yml up.\n\n```sh\n$ cd infra\n$ docker compose \\\n    -f <name>.yml up\n```\n\nThen `python manage.py migrate`\n",
        &[
            "1: 'docker compose -f local.yml up",
            "1: ~docker-compose -f production.yml up",
            "5: infra/ docker compose -f ?_.yml up",
            "9: 'infra/ python manage.py migrate",
        ],
    );
    check(
        "docs/run.rst",
        "Up::\n\n    docker-compose -f docker-compose.yml -f docker/docker-compose.prod.yml up\n",
        &["3: docker-compose -f docker-compose.yml -f docker/docker-compose.prod.yml up"],
    );
    check(
        "docker-compose.cd.yml",
        "# Usage:\n#   docker compose -f docker-compose.yml \\\n#     -f docker-compose.cd.yml up\nservices:\n  a:\n    # docker compose up a\n    command: docker compose x\n",
        &[
            "2: 'docker compose -f docker-compose.yml -f docker-compose.cd.yml up",
            "6: 'docker compose up a",
        ],
    );
}

#[test]
fn strings_of_python_and_of_package_json() {
    check(
        "tasks.py",
        "@task\ndef up(c):\n    with c.cd('x'):\n        c.run(f'docker compose -f {F} up', pty=True)\n",
        &["4: docker compose -f ?_ up"],
    );
    check(
        "package.json",
        "{\"scripts\": {\"dev\": \"docker compose up web\", \"x\": \"vite\"}}\n",
        &["1: docker compose up web"],
    );
}

#[test]
fn any_bytes_can_be_read() {
    for text in [
        "docker compose",
        "docker compose -f",
        "docker $(",
        "compose: [docker",
        "docker `",
        "docker <",
        "# docker compose \\",
        "docker 가 `나` docker compose 다",
        "\tdocker $(X",
        "X=(docker\n",
        "docker compose -f \"${X",
        "eval docker eval",
    ] {
        for path in [
            "README.md",
            "a/README.rst",
            "Makefile",
            "justfile",
            "x.sh",
            ".gitlab-ci.yml",
            "tasks.py",
            "package.json",
            "compose.yml",
        ] {
            commands(path, text);
        }
    }
    let grows = "A=\"$A $A $A\"\nB=(\"${B[@]}\" \"${B[@]}\" x)\n".repeat(60);
    commands("x.sh", &format!("{grows}docker compose $A \"${{B[@]}}\""));
    let made: String =
        (0..40).map(|i| format!("A{i} = {}\n", format!("$(A{})", i + 1).repeat(50))).collect();
    commands("Makefile", &format!("{made}A40=x\nup:\n\tdocker compose -f $(A0) up\n"));
    let just: String =
        (0..40).map(|i| format!("a{i} := {}''\n", format!("a{} + ", i + 1).repeat(50))).collect();
    commands("justfile", &format!("{just}a40 := 'x'\nup:\n\tdocker compose {{{{a0}}}}\n"));
    let deep = "sh -c 'docker ".repeat(200);
    commands("x.sh", &deep);
    let wide: String =
        (0..50).map(|i| format!("A=\"$A {i}\"\nif x; then A=\"$A b\"; fi\n")).collect();
    commands("x.sh", &format!("{wide}docker compose $A $A $A up"));
}
