//! Which files are brought up together, and from which folder.

use super::*;
use crate::model::instructions::Instructions;
use std::sync::Arc;

const WHOLE: &str = "services:\n  w:\n    image: x\n";
const PARTIAL: &str = "services:\n  w:\n    command: y\n";

/// Stacks of the root folder, each as its file names joined with `+`.
fn found(files: &[(&str, &str)], docs: &[&str]) -> Vec<String> {
    let sources = world(files);
    let candidates: Vec<RelPath> =
        files.iter().map(|(p, _)| rel(p)).filter(|p| is_compose_name(p.file_name())).collect();
    let all = chosen(sources, &RelPath::root(), candidates, docs);
    all.iter()
        .map(|s| {
            let files: Vec<&str> = s.files.iter().map(RelPath::as_str).collect();
            format!("{}{}", files.join("+"), if s.is_part { " part" } else { "" })
        })
        .collect()
}

/// What is brought up of a folder, by these texts.
fn chosen(
    sources: &Sources<'_>,
    folder: &RelPath,
    mut candidates: Vec<RelPath>,
    texts: &[&str],
) -> Vec<StackFiles> {
    candidates.sort();
    let texts: Vec<RelPath> = texts.iter().map(|d| rel(d)).collect();
    let root = RelPath::root();
    let texts = Instructions::read(sources, &root, &texts, &candidates, Arc::default());
    let usages = Usages::new(usages(sources, folder, &root, &candidates, &texts));
    candidates.retain(|c| c.parent() == *folder);
    stacks(sources, folder, &candidates, &usages)
}

#[test]
fn names_of_compose_files() {
    for name in [
        "compose.yaml",
        "docker-compose.yml",
        "docker-compose.prod.yml",
        "compose-dev.yaml",
        "production.yml",
        "local.yml",
        "Docker-Compose.YML",
    ] {
        assert!(is_compose_name(name), "{name}");
    }
    for name in
        ["composer.yml", "ci.yml", "compose.json", "compose", "decompose.yml", "config.yaml"]
    {
        assert!(!is_compose_name(name), "{name}");
    }
}

#[test]
fn files_are_grouped_as_they_are_used() {
    let make = "up:\n\tdocker compose -f docker-compose.yml -f docker-compose.prod.yml up\n";
    type Case<'c> = (&'c [(&'c str, &'c str)], &'c [&'c str], &'c [&'c str]);
    let cases: [Case<'_>; 11] = [
        (&[("compose.yaml", WHOLE)], &[], &["compose.yaml"]),
        (
            &[("docker-compose.yml", WHOLE), ("docker-compose.override.yml", PARTIAL)],
            &[],
            &["docker-compose.yml+docker-compose.override.yml"],
        ),
        // Compose takes the better name and leaves the other alone.
        (&[("compose.yaml", WHOLE), ("docker-compose.yml", WHOLE)], &[], &["compose.yaml"]),
        (
            &[("docker-compose.prod.yml", WHOLE), ("docker-compose.yml", WHOLE)],
            &[],
            &["docker-compose.yml", "docker-compose.prod.yml"],
        ),
        (
            &[("docker-compose.prod.yml", PARTIAL), ("docker-compose.yml", WHOLE)],
            &[],
            &["docker-compose.yml", "docker-compose.yml+docker-compose.prod.yml"],
        ),
        (
            &[
                ("docker-compose.prod.local.yml", PARTIAL),
                ("docker-compose.prod.yml", WHOLE),
                ("docker-compose.yml", WHOLE),
            ],
            &[],
            &["docker-compose.yml", "docker-compose.prod.yml+docker-compose.prod.local.yml"],
        ),
        (&[("local.yml", WHOLE), ("production.yml", WHOLE)], &[], &["local.yml", "production.yml"]),
        (&[("production.yml", PARTIAL)], &[], &[]),
        (
            &[
                ("docker-compose.yml", WHOLE),
                ("docker-compose.prod.yml", WHOLE),
                ("Makefile", make),
            ],
            &["Makefile"],
            &["docker-compose.yml", "docker-compose.yml+docker-compose.prod.yml"],
        ),
        // A file that is named and not there is no stack.
        (
            &[("docker-compose.yml", WHOLE), ("Makefile", make)],
            &["Makefile"],
            &["docker-compose.yml"],
        ),
        // A workflow of GitHub has services in its jobs, not at its top.
        (
            &[
                ("dev.yml", "on: push\njobs:\n  t:\n    services:\n      db:\n        image: x\n"),
                ("stack.yml", "a: services\n"),
            ],
            &[],
            &[],
        ),
    ];
    for (files, docs, wanted) in cases {
        let names: Vec<&str> = files.iter().map(|(n, _)| *n).collect();
        let mut all = found(files, docs);
        let mut wanted = wanted.to_vec();
        all.sort();
        wanted.sort_unstable();
        assert_eq!(all, wanted, "{names:?}");
    }
}

#[test]
fn the_default_stack_comes_first() {
    let files = [("a-compose.yml", WHOLE), ("compose.yml", WHOLE)];
    assert_eq!(found(&files, &[]), ["compose.yml", "a-compose.yml"]);
}

#[test]
fn relative_paths_start_from_the_first_file_or_where_a_text_says() {
    let build = "services:\n  w:\n    build:\n      context: .\n      dockerfile: docker/D\n";
    let folder = |text: &str| {
        let files = [("docker/compose.yml", build), ("docker/D", "FROM x\n"), ("Makefile", text)];
        let stacks =
            chosen(world(&files), &rel("docker"), vec![rel("docker/compose.yml")], &["Makefile"]);
        stacks.iter().map(|s| s.folder.to_string()).collect::<Vec<_>>()
    };
    assert_eq!(folder("up:\n\tdocker compose -f docker/compose.yml up\n"), ["docker"]);
    assert_eq!(
        folder("up:\n\tdocker compose --project-directory . -f docker/compose.yml up\n"),
        ["."]
    );
}

const BASE: &str = "services:\n  w:\n    build: .\n    depends_on: [db]\n";
const DB: &str = "services:\n  db:\n    image: postgres:16\n";

#[test]
fn texts_name_the_files_that_are_brought_up() {
    let files = [("docker-compose.yaml", BASE), ("docker-compose.local.yaml", DB)];
    let both = "docker-compose.yaml+docker-compose.local.yaml";
    for (name, text) in [
        (
            "Makefile",
            "F := 'docker-compose.local.yaml'\nup:\n\tdocker compose -f docker-compose.yaml -f $(F) up -d\n",
        ),
        (
            "justfile",
            "f := 'docker-compose.local.yaml'\nup:\n  docker compose -f docker-compose.yaml -f {{f}} up\n",
        ),
        (
            "up.sh",
            "F=\"-f docker-compose.yaml\"\nF=\"$F -f docker-compose.local.yaml\"\ndocker compose $F up\n",
        ),
        (
            ".github/workflows/cd.yml",
            "jobs:\n  a:\n    steps:\n      - with:\n          script: |\n            cd /srv/app\n            docker compose \\\n              -f docker-compose.yaml \\\n              -f docker-compose.local.yaml \\\n              up -d\n",
        ),
        (
            "docs/use.rst",
            "Use::\n\n    docker compose -f docker-compose.yaml -f docker-compose.local.yaml up\n",
        ),
        (
            "docs/a/use.txt",
            "docker compose -f docker-compose.yaml -f docker-compose.local.yaml up\n",
        ),
        (
            "README.md",
            "Run `COMPOSE_FILE=docker-compose.yaml:docker-compose.local.yaml docker compose up`.\n",
        ),
        (
            "Makefile",
            "up:\n\tdocker compose -f docker-compose.yaml -f docker-compose.$(ENV).yaml up\n",
        ),
    ] {
        let all: Vec<_> = files.into_iter().chain([(name, text)]).collect();
        assert_eq!(found(&all, &[name]), [both], "{name}: {text}");
    }
    let head = format!(
        "# docker compose -f docker-compose.yaml \\\n#   -f docker-compose.local.yaml up\n{DB}"
    );
    assert_eq!(found(&[files[0], ("docker-compose.local.yaml", &head)], &[]), [both]);
    // Without a text, what lacks something is completed by the one file that has it.
    assert_eq!(found(&files, &[]), [both, "docker-compose.local.yaml"]);
}

#[test]
fn a_part_is_not_judged_as_if_it_were_whole() {
    let whole = "services:\n  w:\n    image: x\n    depends_on: [db, cache]\n";
    let db = "services:\n  db:\n    image: x\n    depends_on: [w]\n";
    let cache = "services:\n  cache:\n    image: x\n    depends_on: [db]\n";
    let files = [
        ("docker-compose.yml", whole),
        ("docker-compose.a.yml", db),
        ("docker-compose.b.yml", cache),
    ];
    let text = "up:\n\tdocker compose -f docker-compose.yml -f docker-compose.a.yml -f docker-compose.b.yml up\n";
    let all: Vec<_> = files.into_iter().chain([("Makefile", text)]).collect();
    assert_eq!(
        found(&all, &["Makefile"]),
        ["docker-compose.yml+docker-compose.a.yml+docker-compose.b.yml"]
    );
    // Which of them belong together is not known.
    assert_eq!(
        found(&files, &[]),
        ["docker-compose.yml part", "docker-compose.a.yml part", "docker-compose.b.yml part"]
    );
    // Somebody does bring it up like that, and it is refused.
    let text = "up:\n\tdocker compose up\n";
    let all = [files[0], files[1], ("Makefile", text)];
    assert_eq!(found(&all, &["Makefile"])[0], "docker-compose.yml");
}

#[test]
fn a_file_that_only_makes_images_is_no_stack() {
    let builds = "services:\n  w:\n    build: .\n    image: me/w\n";
    let runs = "services:\n  w:\n    image: me/w\n    ports: ['80:80']\n";
    let text = "b:\n\tdocker compose -f docker-compose.build.yml build\n\tdocker compose -f docker-compose.build.yml push\n";
    let files = [
        ("docker-compose.build.yml", builds),
        ("docker-compose.swarm.yml", runs),
        ("Makefile", text),
    ];
    assert_eq!(found(&files, &["Makefile"]), ["docker-compose.swarm.yml"]);
    let too = format!("{text}\tdocker compose -f docker-compose.build.yml up\n");
    let files = [files[0], files[1], ("Makefile", &too)];
    assert_eq!(
        found(&files, &["Makefile"]),
        ["docker-compose.build.yml", "docker-compose.swarm.yml"]
    );
}

#[test]
fn compose_files_are_told_by_what_they_hold() {
    let is =
        |text: &str| is_compose_content(world(&[("zk-single.yml", text)]), &rel("zk-single.yml"));
    assert!(is(WHOLE) && is("version: '3'\nx-a: 1\nservices:\n  a:\n    build: .\nvolumes: {}\n"));
    for text in [
        // Symfony, GitLab, Lando, Render, a playbook.
        "services:\n  App\\X:\n    arguments: [a]\n",
        "services:\n  - postgres\ntest:\n  script: x\n",
        "name: a\nrecipe: b\nservices:\n  web:\n    image: x\n",
        "services:\n  - type: web\n    image: x\n",
        "- hosts: all\n",
        "services: {}\n",
        "services:\n  a:\n    image: 'x\n",
        "",
    ] {
        assert!(!is(text), "{text}");
    }
}

#[test]
fn files_of_another_folder_lie_over_the_first() {
    let over = "services:\n  w:\n    restart: always\n";
    let files = [
        ("docker-compose.yml", WHOLE),
        ("docker/docker-compose.prod.yml", over),
        (
            "docs/run.rst",
            "Up::\n\n    docker-compose -f docker-compose.yml -f docker/docker-compose.prod.yml up\n",
        ),
    ];
    assert_eq!(
        found(&files, &["docs/run.rst"]),
        ["docker-compose.yml", "docker-compose.yml+docker/docker-compose.prod.yml"]
    );
}

#[test]
fn what_others_extend_and_nothing_starts_does_not_run() {
    let text = "services:\n  base:\n    image: x\n    ports: ['80:80']\n  dev:\n    extends: base\n  prod:\n    extends:\n      service: base\n";
    let left = |text: &str, make: &str| {
        let files = [("compose.yaml", text), ("Makefile", make)];
        let sources = world(&files);
        let root = RelPath::root();
        let paths = [rel("compose.yaml")];
        let texts = Instructions::read(sources, &root, &[rel("Makefile")], &paths, Arc::default());
        let usages = usages(sources, &root, &root, &paths, &texts);
        let mut project = load(sources, &root, &paths);
        project.leave_out_bases(&usages);
        project.services.iter().map(|s| s.name.as_str().to_owned()).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(
        left(text, "dev:\n\tdocker compose up -d dev\nprod:\n\tdocker compose up prod\n"),
        "dev prod"
    );
    assert_eq!(left(text, "up:\n\t$(COMPOSE) up -d dev\n"), "dev prod");
    for make in [
        "up:\n\tdocker compose up\n",
        "up:\n\tdocker compose up dev\nall:\n\tdocker compose up -d\n",
        "up:\n\tdocker compose up dev\nb:\n\tdocker compose run base sh\n",
        "up:\n\tdocker compose up $(S)\n",
        "",
    ] {
        assert_eq!(left(text, make), "base dev prod", "{make}");
    }
    let needed = format!("{text}  job:\n    image: y\n    depends_on: [base]\n");
    assert_eq!(left(&needed, "up:\n\tdocker compose up dev\n"), "base dev prod job");
}
