//! Several files: overrides, merge keys, `extends` and `include`.

use super::*;

fn service(body: &str) -> String {
    format!("services:\n  w:\n    {}\nvolumes:\n  data:\n", body.replace('\n', "\n    "))
}

#[test]
fn an_override_is_laid_over_its_base() {
    // key, base, override, what Compose makes of it
    let cases = [
        ("image", "image: a", "image: b", "b"),
        ("image", "image: a", "restart: always", "a"),
        ("command", "command: [a, b]", "command: [c]", "[c]"),
        ("command", "command: a b", "command: [c]", "[c]"),
        ("entrypoint", "entrypoint: [a]", "entrypoint: b", "b"),
        (
            "healthcheck",
            "healthcheck: {test: [CMD, a], retries: 3}",
            "healthcheck: {test: [CMD, b]}",
            "{test: [CMD, b], retries: 3}",
        ),
        ("environment", "environment: {A: 1, B: 2}", "environment: [B=3, C]", "[A=1, B=3, C]"),
        ("environment", "environment: [A=1, B=2]", "environment: {B: 3}", "[A=1, B=3]"),
        ("labels", "labels: {a: 1}", "labels: [a=2]", "[a=2]"),
        ("build", "build: ./a", "build: {dockerfile: D}", "{context: ./a, dockerfile: D}"),
        (
            "build",
            "build: {context: ., args: {A: 1, B: 2}}",
            "build: {args: {A: 3}}",
            "{context: ., args: [A=3, B=2]}",
        ),
        (
            "build",
            "build: {context: ., target: dev}",
            "build: {target: prod}",
            "{context: ., target: prod}",
        ),
        (
            "volumes",
            "volumes: ['./a:/app', 'data:/d']",
            "volumes: ['./b:/app:ro', '/anon']",
            "[{type: bind, source: ./b, target: /app, read_only: true, bind: {create_host_path: true}}, {type: volume, source: data, target: /d, volume: {}}, {type: volume, target: /anon, volume: {}}]",
        ),
        (
            "volumes",
            "volumes: ['./a:/app']",
            "volumes: [{type: volume, source: data, target: /app}]",
            "[{type: volume, source: data, target: /app}]",
        ),
        (
            "ports",
            "ports: ['80:80']",
            "ports: ['81:80', '80:80']",
            "[{mode: ingress, target: 80, published: 80, protocol: tcp}, {mode: ingress, target: 80, published: 81, protocol: tcp}]",
        ),
        (
            "env_file",
            "env_file: a.env",
            "env_file: [b.env]",
            "[{path: a.env, required: true}, {path: b.env, required: true}]",
        ),
        ("dns", "dns: 1.1.1.1", "dns: [8.8.8.8]", "[1.1.1.1, 8.8.8.8]"),
        ("tmpfs", "tmpfs: /t", "tmpfs: [/u]", "[/t, /u]"),
        (
            "depends_on",
            "depends_on: [a]",
            "depends_on: [b]",
            "{a: {condition: service_started, required: true}, b: {condition: service_started, required: true}}",
        ),
        (
            "depends_on",
            "depends_on: [a]",
            "depends_on: {a: {condition: service_healthy}}",
            "{a: {condition: service_healthy, required: true}}",
        ),
        (
            "depends_on",
            "depends_on: {a: {condition: service_healthy}}",
            "depends_on: [a]",
            "{a: {condition: service_started, required: true}}",
        ),
        ("ports", "ports: ['80:80']", "ports: !reset []", "-"),
        (
            "ports",
            "ports: ['80:80']",
            "ports: !override ['81:80']",
            "[{mode: ingress, target: 80, published: 81, protocol: tcp}]",
        ),
        ("environment", "environment: {A: 1}", "environment: !override {B: 2}", "{B: 2}"),
        ("environment", "environment: {A: 1, B: 2}", "environment: {A: !reset null}", "[B=2]"),
        (
            "ports",
            "ports: ['80:80']",
            "ports:",
            "[{mode: ingress, target: 80, published: 80, protocol: tcp}]",
        ),
    ];
    for (name, base, over, wanted) in cases {
        assert_eq!(key(&merged(&service(base), &service(over)), name), wanted, "{base}  <  {over}");
    }
}

#[test]
fn services_and_volumes_of_all_files_are_there() {
    let project = merged(
        "version: '3'\nservices:\n  w:\n    image: x\nvolumes:\n  a:\n",
        "services:\n  db:\n    image: y\nvolumes:\n  b:\n    external: true\n",
    );
    let names: Vec<&str> = project.services.iter().map(|s| s.name.as_str()).collect();
    assert_eq!(names, ["w", "db"]);
    assert_eq!(project.volumes.iter().map(|v| v.key.as_str()).collect::<Vec<_>>(), ["a", "b"]);
    assert_eq!(project.versions[0].0.as_str(), "version");
    assert_eq!(project.files.len(), 2);
}

#[test]
fn merge_keys_and_anchors() {
    let project = one("\
x-env: &env {A: '1', B: '2'}
x-more: &more {C: '3'}
services:
  base: &base
    image: x
    restart: always
    environment: *env
  w:
    <<: *base
    image: own
    environment:
      B: own
      <<: [*env, *more]
");
    assert!(project.errors.is_empty());
    assert_eq!(key(&project, "image"), "own");
    assert_eq!(key(&project, "restart"), "always");
    assert_eq!(environment(&project), ["A=1", "B=own", "C=3"]);
}

#[test]
fn a_key_that_stands_twice_is_an_error() {
    let text = "services:\n  w:\n    image: a\n    ports: []\n    image: b\n";
    let project = one(text);
    assert_eq!(project.messages(), ["the key `image` stands here twice; Compose refuses the file"]);
    let start = project.faults[0].span.start as usize;
    assert_eq!(text[..start].lines().count(), 5);
}

#[test]
fn aliases_unfold_within_a_budget() {
    let mut text = "x-0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
    for i in 1..9 {
        let aliases = vec![format!("*a{}", i - 1); 10].join(", ");
        text.push_str(&format!("x-{i}: &a{i} [{aliases}]\n"));
    }
    text.push_str("services:\n  w:\n    image: x\n");
    let project = one(&text);
    assert!(
        project.messages().iter().any(|m| m.contains("aliases unfold to more than")),
        "{:?}",
        project.messages()
    );
}

#[test]
fn extends_in_the_same_file() {
    let project = one("\
services:
  base:
    image: x
    command: [a]
    environment: [A=1, B=1]
  mid:
    extends: base
    environment: {B: 2}
  w:
    extends: {service: mid}
    command: [c]
    environment: {C: 3}
");
    assert!(project.errors.is_empty());
    assert_eq!(
        (key(&project, "image"), key(&project, "command"), key(&project, "extends")),
        ("x".into(), "[c]".into(), "-".into())
    );
    assert_eq!(environment(&project), ["A=1", "B=2", "C=3"]);
    assert_eq!(project.service("mid").environment.len(), 2);
}

#[test]
fn extends_from_another_file_keeps_its_paths() {
    let base = "\
services:
  w:
    build:
      context: .
      dockerfile: D
    env_file: [a.env, {path: ./b.env, required: false}]
    volumes: ['./src:/app', 'data:/data', '../up:/up:ro', {type: bind, source: ./l, target: /l}]
";
    let files = [
        (
            "compose.yml",
            "services:\n  w:\n    extends:\n      file: common/base.yml\n      service: w\n",
        ),
        ("common/base.yml", base),
    ];
    let project = load_all(&files, &["compose.yml"]);
    assert!(project.errors.is_empty() && project.unusable.is_empty());
    let w = project.service("w");
    assert_eq!(w.build.as_ref().unwrap().context, Some(rel("common")));
    assert_eq!(w.build.as_ref().unwrap().dockerfile.as_ref().unwrap().as_str(), "D");
    assert_eq!(
        w.env_files
            .iter()
            .map(|f| f.folder.join(&f.path).unwrap().as_str().to_owned())
            .collect::<Vec<_>>(),
        ["common/a.env", "common/b.env"]
    );
    assert_eq!(w.env_files.iter().map(|f| f.required).collect::<Vec<_>>(), [true, false]);
    let hosts: Vec<Option<RelPath>> = w.mounts.iter().map(|m| m.host(&project.folder)).collect();
    assert_eq!(
        (&hosts[0], &hosts[2], &hosts[3]),
        (&Some(rel("common/src")), &Some(rel("up")), &Some(rel("common/l")))
    );
    assert_eq!(
        (w.mounts[1].kind, w.mounts[1].source.as_ref().unwrap().as_str()),
        (MountKind::Volume, "data")
    );
    assert!(w.mounts[2].read_only);
}

#[test]
fn extends_upwards_keeps_its_paths() {
    let files = [
        ("a/b/compose.yml", "services:\n  w:\n    extends: {file: ../../base.yml, service: w}\n"),
        ("base.yml", "services:\n  w:\n    build: ./app\n    volumes: ['./x:/x']\n"),
    ];
    let project = load_all(&files, &["a/b/compose.yml"]);
    let w = project.service("w");
    assert_eq!(w.build.as_ref().unwrap().context, Some(rel("app")));
    assert_eq!(w.mounts[0].host(&project.folder), Some(rel("x")));
}

#[test]
fn a_file_to_extend_that_is_not_there_is_noted() {
    let project = one("services:\n  w:\n    image: x\n    extends: {file: nope.yml, service: w}\n");
    assert_eq!(project.messages(), ["`extends` names nope.yml, which is not there"]);
    assert_eq!(key(&project, "image"), "x");
}

#[test]
fn include_takes_services_in_with_their_own_paths_and_variables() {
    let files = [
        ("compose.yml", "include:\n  - sub/c.yml\nservices:\n  a:\n    image: y\n"),
        (
            "sub/c.yml",
            "services:\n  w:\n    image: x:${V}\n    build: .\n    env_file: x.env\n    volumes: ['./s:/s']\nvolumes:\n  data:\n",
        ),
        ("sub/.env", "V=child\n"),
    ];
    let project = load_all(&files, &["compose.yml"]);
    assert!(project.errors.is_empty());
    assert_eq!(project.services.len(), 2);
    let w = project.service("w");
    assert_eq!(w.image.as_ref().unwrap().text.as_str(), "x:child");
    assert_eq!(w.build.as_ref().unwrap().context, Some(rel("sub")));
    assert_eq!(w.mounts[0].host(&project.folder), Some(rel("sub/s")));
    assert_eq!(w.env_files[0].folder.join(&w.env_files[0].path), Some(rel("sub/x.env")));
    assert_eq!(project.volumes.len(), 1);
}

#[test]
fn include_from_a_project_directory() {
    let files = [
        (
            "compose.yml",
            "include:\n  - path: [sub/a.yml, sub/b.yml]\n    project_directory: other\n",
        ),
        ("sub/a.yml", "services:\n  w:\n    image: x\n    volumes: ['./d:/d']\n"),
        ("sub/b.yml", "services:\n  w:\n    build: ./q\n"),
    ];
    let project = load_all(&files, &["compose.yml"]);
    let w = project.service("w");
    assert_eq!(w.mounts[0].host(&project.folder), Some(rel("other/d")));
    assert_eq!(w.build.as_ref().unwrap().context, Some(rel("other/q")));
}

#[test]
fn circles_end_with_an_error() {
    let a = "services:\n  w:\n    extends: {file: b.yml, service: w}\n";
    let b = "services:\n  w:\n    extends: {file: a.yml, service: w}\n";
    let project = load_all(&[("a.yml", a), ("b.yml", b)], &["a.yml"]);
    assert!(
        project.messages().iter().any(|m| m.contains("goes round in a circle")),
        "{:?}",
        project.messages()
    );
    let project = one("services:\n  w:\n    extends: v\n  v:\n    extends: w\n");
    assert!(
        project.messages().iter().any(|m| m.contains("goes round in a circle")),
        "{:?}",
        project.messages()
    );
    let project =
        load_all(&[("a.yml", "include: [b.yml]\n"), ("b.yml", "include: [a.yml]\n")], &["a.yml"]);
    assert!(
        project.messages().iter().any(|m| m.contains("goes round in a circle")),
        "{:?}",
        project.messages()
    );
    let project =
        load_all(&[("a.yml", "include: [a.yml]\nservices: {w: {image: x}}\n")], &["a.yml"]);
    assert_eq!(project.messages(), ["`include` goes round in a circle: a.yml → a.yml"]);
}

#[test]
fn wrong_shapes_are_errors_and_the_rest_is_read() {
    let cases = [
        ("", "the file is empty, and Compose refuses it"),
        ("- a\n", "a Compose file is a mapping at its top, and this is none"),
        ("services:\n  - w\n", "`services` has to be a mapping, and this is no mapping"),
        ("services:\n", "`services` has to be a mapping, and this is nothing"),
        ("services:\n  v: image\n  w:\n    image: x\n", "the service `v` has to be a mapping"),
    ];
    for (text, wanted) in cases {
        let project = one(text);
        assert_eq!(project.messages()[0], wanted, "{text}");
    }
}
