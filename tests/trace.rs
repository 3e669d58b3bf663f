//! What nginx 1.22.1 did with requests, one construct of its configuration a case (`tests/trace/nginx.jsonl`): each line has
//! the `default.conf` of an official image, and the answers as seen by a client and by the services behind it.
//! `down` says that it did not start.
#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a test that fails may panic, and looks at the repository itself"
)]

mod support;

use compose_doctor::internals::finding::TraceAnswer;
use compose_doctor::internals::model::budget::Budget;
use compose_doctor::internals::model::compose;
use compose_doctor::internals::model::instructions::Instructions;
use compose_doctor::internals::model::roles::nginx::follow::Request;
use compose_doctor::internals::model::stack::{Shared, Stack};
use compose_doctor::internals::source::{MemoryFiles, RelPath, Sources};
use serde_json::Value;
use support::home;

const COMPOSE: &str = r#"
services:
  web: {image: python}
  other: {image: python}
  php: {image: php}
  proxy:
    image: nginx:1.28
    ports: ["8080:80", "8081:8080"]
    volumes: ["./nginx.conf:/etc/nginx/conf.d/default.conf:ro"]
"#;

fn request(case: &Value) -> Request {
    let text = |key: &str| case[key].as_str().unwrap_or_default().to_owned();
    let mut headers = vec![("Host".to_owned(), text("host"))];
    for (name, value) in case["headers"].as_object().into_iter().flatten() {
        headers.push((name.clone(), value.as_str().unwrap_or_default().to_owned()));
    }
    Request {
        port: u16::try_from(case["port"].as_u64().unwrap_or(80)).unwrap(),
        method: text("method"),
        target: text("path"),
        headers,
        body: case["body"].as_u64().unwrap_or(0),
    }
}

/// What differs between an answer and the one of nginx.
fn difference(mine: &TraceAnswer, real: &Value) -> Option<String> {
    let kind = real["kind"].as_str().unwrap_or_default();
    let status = || real["status"].as_u64().unwrap_or(0);
    let same = match (mine, kind) {
        (TraceAnswer::Pass(pass), "pass") => {
            let upstream = real["any_of"].as_array().map_or_else(
                || real["upstream"] == pass.upstream.as_str(),
                |all| all.iter().any(|u| *u == pass.upstream.as_str()),
            );
            let named = |name: &str| {
                let name = name.to_ascii_lowercase();
                name.starts_with("x-forwarded")
                    || matches!(name.as_str(), "host" | "x-real-ip" | "upgrade")
            };
            let mut sent: Vec<(String, String)> = pass
                .headers
                .iter()
                .filter(|(n, _)| named(n))
                .map(|(n, v)| (n.to_ascii_lowercase(), v.clone()))
                .collect();
            sent.sort();
            let headers = real["headers"].as_object().is_none_or(|all| {
                let mut real: Vec<(String, String)> = all
                    .iter()
                    .map(|(n, v)| (n.to_ascii_lowercase(), v.as_str().unwrap_or("").to_owned()))
                    .collect();
                real.sort();
                real == sent
            });
            let path = real["path"].is_null() || real["path"].as_str() == pass.path.as_deref();
            upstream && headers && path
        }
        (TraceAnswer::File { path, .. }, "file") => {
            path.trim_end_matches('/') == real["path"].as_str().unwrap_or("").trim_end_matches('/')
        }
        (TraceAnswer::Return { status: own, location }, "return") => {
            u64::from(*own) == status() && real["location"] == location.as_str()
        }
        (TraceAnswer::Status { status: own, .. }, "status") => u64::from(*own) == status(),
        (TraceAnswer::Closed, "closed") => true,
        _ => false,
    };
    (!same).then(|| format!("nginx {real}\n      here  {mine:?}"))
}

#[test]
fn requests_end_as_in_nginx() {
    let text = std::fs::read_to_string(home().join("tests/trace/nginx.jsonl")).unwrap();
    let mut wrong = Vec::new();
    let mut count = 0;
    for line in text.lines() {
        let case: Value = serde_json::from_str(line).unwrap();
        let mut files = MemoryFiles::new();
        files.add("compose.yaml", COMPOSE);
        files.add("nginx.conf", case["conf"].as_str().unwrap());
        let sources = Sources::new(&files);
        Budget::reset();
        let path = RelPath::new("compose.yaml").unwrap();
        let project = compose::load(&sources, &RelPath::root(), &[path]);
        let shared = Shared::new(Vec::new());
        let texts = Instructions::default();
        let stack = Stack::bring_up(&sources, &project, &shared, &texts, &RelPath::root());
        let proxy = stack.named("proxy").unwrap();
        let mut judge = |request: &Request, real: Option<&Value>| {
            count += 1;
            let trace = stack.proxy().trace_at(proxy, request);
            let differs = match (&trace.answer, real) {
                (Err(why), _) => Some(format!("not known: {why:?}")),
                (Ok(TraceAnswer::Down), None) => None,
                (Ok(answer), None) => Some(format!("it does not start; here {answer:?}")),
                (Ok(answer), Some(real)) => difference(answer, real),
            };
            wrong.extend(differs.map(|d| {
                format!("{}: {} {}\n      {d}", case["name"], request.method, request.target)
            }));
        };
        if case["down"] == true {
            let headers = vec![("Host".to_owned(), "localhost".to_owned())];
            let plain =
                Request { port: 80, method: "GET".into(), target: "/".into(), headers, body: 0 };
            judge(&plain, None);
        }
        for asked in case["requests"].as_array().into_iter().flatten() {
            judge(&request(asked), Some(&asked["answer"]));
        }
    }
    assert!(count > 200, "{count} requests");
    assert!(wrong.is_empty(), "{} of {count}:\n  {}\n", wrong.len(), wrong.join("\n  "));
}
