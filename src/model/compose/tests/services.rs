//! Typed values of a service: mounts, ports, dependencies, builds.

use super::*;

fn body(text: &str) -> Project {
    one(&format!(
        "services:\n  w:\n    image: x\n    {}\n",
        text.trim_end().replace('\n', "\n    ")
    ))
}

/// `kind source -> target flags`
fn mounts(text: &str) -> Vec<String> {
    let project = body(text);
    let show = |m: &Mount| {
        let source = m.source.as_ref().map_or_else(|| "-".to_owned(), shown);
        let flags = [(m.read_only, " ro"), (m.nocopy, " nocopy")]
            .iter()
            .filter(|(on, _)| *on)
            .map(|(_, f)| *f)
            .collect::<String>();
        format!("{:?} {source} -> {}{flags}", m.kind, m.target)
    };
    project.service("w").mounts.iter().map(show).collect()
}

#[test]
fn mounts_in_the_short_syntax() {
    let cases = [
        ("./app:/app", "Bind ./app -> /app"),
        (".:/app:ro", "Bind . -> /app ro"),
        ("../x:/x:rw,z", "Bind ../x -> /x"),
        (".hidden:/x", "Bind .hidden -> /x"),
        ("/srv/x:/x:ro,Z", "Bind /srv/x -> /x ro"),
        ("~/x:/x", "Bind ~/x -> /x"),
        ("data:/data", "Volume data -> /data"),
        ("data:/data:nocopy", "Volume data -> /data nocopy"),
        ("/data", "Anonymous - -> /data"),
        ("C:\\\\x:/app", "Bind C:\\x -> /app"),
        ("D:/x:/app:ro", "Bind D:/x -> /app ro"),
        ("${NOPE}:/data", "Unknown ? -> /data"),
        ("${NOPE:-./d}:/data", "Bind ./d -> /data"),
        ("${NOPE:-vol}:/data", "Volume vol -> /data"),
        ("./자료:/자료", "Bind ./자료 -> /자료"),
    ];
    for (text, wanted) in cases {
        assert_eq!(mounts(&format!("volumes:\n  - \"{text}\"")), [wanted], "{text}");
    }
}

#[test]
fn mounts_in_the_long_syntax() {
    let cases = [
        ("{type: bind, source: ./a, target: /a, read_only: true}", "Bind ./a -> /a ro"),
        ("{type: volume, source: v, target: /v, volume: {nocopy: true}}", "Volume v -> /v nocopy"),
        ("{type: volume, target: /v}", "Anonymous - -> /v"),
        ("{type: tmpfs, target: /t}", "Tmpfs - -> /t"),
    ];
    for (text, wanted) in cases {
        assert_eq!(mounts(&format!("volumes:\n  - {text}")), [wanted], "{text}");
    }
    assert_eq!(mounts("tmpfs: /run"), ["Tmpfs - -> /run"]);
    assert_eq!(
        mounts("tmpfs:\n  - /run:size=64m\n  - /tmp"),
        ["Tmpfs - -> /run", "Tmpfs - -> /tmp"]
    );
}

#[test]
fn where_a_bind_mount_lies() {
    let host = |text: &str, folder: &str| {
        let text = format!(
            "services:\n  w:\n    image: x\n    volumes:\n      - {text}\nvolumes:\n  data:\n"
        );
        let path = format!("{folder}/compose.yml");
        let project =
            load_all(&[(path.trim_start_matches('/'), &text)], &[path.trim_start_matches('/')]);
        project.service("w").mounts[0].host(&project.folder).map(|p| p.as_str().to_owned())
    };
    assert_eq!(host("./a/../b:/x", "d").as_deref(), Some("d/b"));
    assert_eq!(host("..:/x", "d/e").as_deref(), Some("d"));
    assert_eq!(host("{type: bind, source: plain, target: /x}", "d").as_deref(), Some("d/plain"));
    assert_eq!(host("..:/x", ""), None);
    assert_eq!(host("/abs:/x", "d"), None);
    assert_eq!(host("~/a:/x", "d"), None);
    assert_eq!(host("data:/x", "d"), None);
}

#[test]
fn ports_in_both_syntaxes() {
    let cases = [
        ("8000", "-:-:8000/tcp"),
        ("'8000:80'", "-:8000:80/tcp"),
        ("'127.0.0.1:8000:80'", "127.0.0.1:8000:80/tcp"),
        ("'127.0.0.1::80'", "127.0.0.1:-:80/tcp"),
        ("'[::1]:8000:80'", "::1:8000:80/tcp"),
        ("'53:53/udp'", "-:53:53/udp"),
        ("'${P:-9}:80'", "-:9:80/tcp"),
        ("'8000-8002:80-82'", "-:8000:80/tcp"),
        ("'8000-8002:80'", "-:8000-8002:80/tcp"),
        (
            "{target: 80, published: 8080, host_ip: 127.0.0.1, protocol: udp}",
            "127.0.0.1:8080:80/udp",
        ),
        ("{target: 80}", "-:-:80/tcp"),
    ];
    for (text, wanted) in cases {
        let project = body(&format!("ports:\n  - {text}"));
        let p = &project.service("w").ports[0];
        let or = |t: &Option<String>| t.clone().unwrap_or_else(|| "-".into());
        let target = p.target.map_or_else(|| "?".into(), |t| t.to_string());
        assert_eq!(
            format!("{}:{}:{target}/{}", or(&p.address), or(&p.published), p.protocol),
            wanted,
            "{text}"
        );
    }
    assert!(body("ports:\n  - '${P}:80'").service("w").ports.is_empty());
}

#[test]
fn dependencies_in_both_syntaxes() {
    let project = body("depends_on: [a, b]");
    let all: Vec<_> =
        project.service("w").depends_on.iter().map(|d| (d.service.as_str(), d.condition)).collect();
    assert_eq!(all, [("a", Condition::ServiceStarted), ("b", Condition::ServiceStarted)]);
    let project = body(
        "depends_on:\n  a: {condition: service_healthy}\n  b: {condition: service_completed_successfully}\n  c: {condition: service_started}\n  d:",
    );
    let all: Vec<_> =
        project.service("w").depends_on.iter().map(|d| (d.service.as_str(), d.condition)).collect();
    let wanted = [
        ("a", Condition::ServiceHealthy),
        ("b", Condition::ServiceCompletedSuccessfully),
        ("c", Condition::ServiceStarted),
        ("d", Condition::ServiceStarted),
    ];
    assert_eq!(all, wanted);
}

#[test]
fn builds() {
    let build = |text: &str| body(text).service("w").build.clone().unwrap();
    assert_eq!(build("build: ./app").context, Some(rel("app")));
    assert_eq!(build("build: {dockerfile: D}").context, Some(RelPath::root()));
    assert_eq!(build("build: ../x").context, None);
    assert_eq!(build("build: https://github.com/a/b.git").context, None);
    assert_eq!(build("build: $NOPE").context, None);
    assert!(build("build: {context: ., dockerfile_inline: FROM x}").inline);
    let full =
        build("build:\n  context: a\n  dockerfile: docker/D\n  target: prod\n  args: [A=1, B]");
    assert_eq!(
        (full.dockerfile.unwrap().as_str(), full.target.unwrap().as_str()),
        ("docker/D", "prod")
    );
    let args: Vec<_> =
        full.args.iter().map(|(n, v)| (n.as_str(), v.as_ref().map(|v| v.text.as_str()))).collect();
    assert_eq!(args, [("A", Some("1")), ("B", None)]);
}

#[test]
fn other_values() {
    let project = body(
        "profiles: [debug]\nnetwork_mode: host\ncommand: sh -c \"a b\"\nentrypoint: [x, y z]\nworking_dir: /app\nnetworks:\n  n: {aliases: [web]}",
    );
    let w = project.service("w");
    assert!(w.has_profile() && w.host_network());
    assert_eq!(
        w.command.as_ref().unwrap().words.iter().map(|t| t.as_str()).collect::<Vec<_>>(),
        ["sh", "-c", "a b"]
    );
    assert_eq!(
        w.entrypoint.as_ref().unwrap().words.iter().map(|t| t.as_str()).collect::<Vec<_>>(),
        ["x", "y z"]
    );
    assert_eq!(w.working_dir.as_ref().unwrap().as_str(), "/app");
    assert_eq!((w.networks[0].0.as_str(), w.networks[0].1[0].as_str()), ("n", "web"));
    assert!(!body("profiles: []").service("w").has_profile());
    let disabled = |text: &str| body(text).service("w").healthcheck.clone().unwrap().disabled;
    assert!(disabled("healthcheck: {disable: true}"));
    assert!(disabled("healthcheck: {test: [NONE]}"));
    assert!(disabled("healthcheck: {test: NONE}"));
    assert!(!disabled("healthcheck: {test: pg_isready}"));
    assert!(body("command:").service("w").command.is_none());
    assert!(body("command: []").service("w").command.as_ref().unwrap().words.is_empty());
}
