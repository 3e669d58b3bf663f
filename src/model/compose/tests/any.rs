//! Whatever stands in the files: loading and rendering never panic, and every place is a place in a file.

use super::*;
use crate::source::Span;
use proptest::prelude::*;

/// Lines and values of Compose files, right and wrong, with indentation of their own.
const LINES: [&str; 44] = [
    "services:",
    "  a:",
    "  b: &b",
    "  c: *b",
    "    <<: *b",
    "    image: x:${T}",
    "    image: ${A:-${B:?${C+d}}}",
    "    build: .",
    "    build: {context: ../x, args: [A, B=1], ssh: [default], additional_contexts: [a=service:b]}",
    "    extends: b",
    "    extends: {file: b.yml, service: a}",
    "    ports: ['80', '1-3:4-6', '${P}:1', 'x:y', {target: 1}]",
    "    ports: !reset []",
    "    volumes: [a:/b, './c:/d:ro,z', {type: bind, target: /x}, ${V}:/v, ':']",
    "    environment: [A=1, B, 'C =', {D: 1}]",
    "    environment: !override {A: 1, B: ~, 한글: '값'}",
    "    env_file: [.env, {path: x.env, required: false, format: raw}]",
    "    depends_on: [a, b]",
    "    depends_on: {a: {condition: service_healthy}, b: ~}",
    "    networks: {default: {aliases: [x]}}",
    "    network_mode: service:b",
    "    links: ['a:b:c']",
    "    volumes_from: ['a:ro']",
    "    healthcheck: {test: [x], interval: 1x, retries: '${R}'}",
    "    deploy: {replicas: -1, resources: {limits: {cpus: '0.5', memory: 1z}, reservations: {devices: [{capabilities: [gpu]}]}}}",
    "    scale: 1e3",
    "    mem_limit: 08",
    "    command: \"a 'b\"",
    "    ulimits: {n: {soft: 1, hard: ${H}}, m: x}",
    "    devices: ['a:b:c:d']",
    "    extra_hosts: [a, 'b=1', 'c:2']",
    "    tmpfs: /t",
    "    gpus: all",
    "    x-any: 2024-01-01",
    "    develop: {watch: [{path: '', action: sync}]}",
    "include: [b.yml, {path: [b.yml], env_file: .env}]",
    "volumes: {a: {external: {name: n}}, b: ~}",
    "secrets: {s: {file: x, environment: Y}}",
    "configs: {c: {content: '$$'}}",
    "networks: {n: {ipam: {config: [{subnet: 1}]}}}",
    "name: ${N}",
    "version: 3",
    "---",
    "\t- tab",
];

fn file() -> impl Strategy<Value = String> {
    let line = prop_oneof![20 => proptest::sample::select(LINES.to_vec()).prop_map(str::to_owned), 1 => "\\PC{0,12}"];
    proptest::collection::vec(line, 0..24).prop_map(|lines| lines.join("\n"))
}

fn inside(project: &Project, span: Span) -> bool {
    let mut files = project
        .files
        .iter()
        .map(|f| (f.id, &f.text))
        .chain(project.dotenv.files.iter().map(|f| (f.id, &f.text)));
    files.any(|(id, text)| id == span.file && text.get(span.range()).is_some())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, rng_seed: proptest::test_runner::RngSeed::Fixed(1), ..ProptestConfig::default() })]

    #[test]
    fn loading_takes_anything(a in file(), b in file(), env in "[A-Z=${}\\n:?a-z'\" -]{0,60}") {
        let files = [("a.yml", a.as_str()), ("b.yml", b.as_str()), (".env", env.as_str())];
        let sources = world(&files);
        let paths = [rel("a.yml"), rel("b.yml")];
        let project = load(sources, &RelPath::root(), &paths);
        for fault in &project.faults {
            prop_assert!(inside(&project, fault.span), "{fault:?}");
            prop_assert!(fault.more.iter().all(|(span, _)| inside(&project, *span)), "{fault:?}");
            prop_assert!(!fault.message.is_empty() && !fault.message.unmasked().ends_with('.'), "{fault:?}");
        }
        let mut lost = Vec::new();
        project.tree.each(&mut |s| if !inside(&project, s.text.span()) { lost.push(s.text.clone()); });
        prop_assert!(lost.is_empty() || project.files.is_empty(), "{lost:?}");
        let env = DotEnv::of_shell([("A".to_owned(), "a$b".to_owned())]);
        let request = Request { folder: &RelPath::root(), paths: &paths, env, name: None, folder_name: None, root: None, profiles: Some(Vec::new()) };
        let project = load_with(sources, request);
        for form in [Form::Json, Form::Yaml] {
            let effective = project.effective(sources, &["*".to_owned()], &Frame { root: "/r", home: None, form });
            prop_assert!(effective.faults.iter().all(|f| inside(&project, f.span)), "{:?}", effective.faults);
        }
    }
}
