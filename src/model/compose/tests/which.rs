//! Which files are brought up together, and from which folder.

use super::*;

const WHOLE: &str = "services:\n  w:\n    image: x\n";
const PARTIAL: &str = "services:\n  w:\n    command: y\n";

/// Stacks of the root folder, each as its file names joined with `+`.
fn found(files: &[(&str, &str)], docs: &[&str]) -> Vec<String> {
    let sources = world(files);
    let candidates: Vec<RelPath> =
        files.iter().map(|(p, _)| rel(p)).filter(|p| is_compose_name(p.file_name())).collect();
    let docs: Vec<RelPath> = docs.iter().map(|d| rel(d)).collect();
    let all = stacks(sources, &RelPath::root(), &candidates, &docs);
    all.iter()
        .map(|s| s.files.iter().map(|f| f.as_str().to_owned()).collect::<Vec<_>>().join("+"))
        .collect()
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
fn the_folder_relative_paths_start_from() {
    let folder = |files: &[(&str, &str)], paths: &[&str]| {
        let paths: Vec<RelPath> = paths.iter().map(|p| rel(p)).collect();
        project_folder(world(files), &paths).as_str().to_owned()
    };
    let build = "services:\n  w:\n    build:\n      context: .\n      dockerfile: docker/D\n";
    assert_eq!(folder(&[("d/compose.yml", WHOLE)], &["d/compose.yml"]), "d");
    assert_eq!(folder(&[("docker/c.yml", build), ("docker/D", "FROM x\n")], &["docker/c.yml"]), "");
    assert_eq!(
        folder(&[("docker/c.yml", build), ("docker/docker/D", "FROM x\n")], &["docker/c.yml"]),
        "docker"
    );
    // It is there from nowhere: the file's own folder, so that the finding names the obvious place.
    assert_eq!(folder(&[("a/b/c.yml", build)], &["a/b/c.yml"]), "a/b");
    assert_eq!(folder(&[("c.yml", WHOLE), ("d/x.yml", PARTIAL)], &["c.yml", "d/x.yml"]), "");
}
