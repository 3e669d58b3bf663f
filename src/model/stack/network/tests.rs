//! Where services listen, by their commands, variables, files and images.
#![allow(clippy::unwrap_used, reason = "a test that fails may panic")]

use super::*;
use crate::model::compose::load;
use crate::model::instructions::Instructions;
use crate::model::stack::Shared;
use crate::model::stack::Stack;
use crate::source::{MemoryFiles, RelPath, Sources};

const IMAGE: &str =
    "FROM python:3.12-slim\nWORKDIR /app\nCOPY . .\nRUN pip install gunicorn uvicorn daphne\n";

/// The addresses of the service `web`: `8000` for all, `8000!` for its own container only, `?` in front where there may be more.
fn listening_of(body: &str, files: &[(&str, &str)]) -> String {
    let mut memory = MemoryFiles::new();
    memory
        .add("compose.yaml", format!("services:\n  web:\n    {}\n", body.replace('\n', "\n    ")));
    memory.add("Dockerfile", IMAGE);
    files.iter().for_each(|(path, text)| memory.add(path, *text));
    let sources = Sources::new(&memory);
    let project = load(&sources, &RelPath::root(), &[RelPath::new("compose.yaml").unwrap()]);
    let (shared, docs) = (Shared::new(Vec::new()), Instructions::default());
    let stack = Stack::bring_up(&sources, &project, &shared, &docs, &RelPath::root());
    let listening = stack.network().listening(0);
    let one = |l: &Listener| {
        let port = l.port.map_or("?".to_owned(), |p| p.to_string());
        match l.scope {
            BindScope::Everyone => port,
            BindScope::Loopback => format!("{port}!"),
            BindScope::Unknown => format!("{port}~"),
        }
    };
    let mut all: Vec<String> = listening.ports.iter().map(one).collect();
    all.extend(listening.unknown.as_ref().map(|_| "?".to_owned()));
    all.join(" ")
}

/// The same for a command in an image of the project's own.
fn command(command: &str) -> String {
    listening_of(&format!("build: .\ncommand: {command}"), &[])
}

#[test]
fn commands_say_where_servers_listen() {
    let cases = [
        ("gunicorn a:b", "8000!"),
        ("gunicorn a:b -b 0.0.0.0:8080", "8080"),
        ("gunicorn a:b -b:8080", "8080"),
        ("gunicorn a:b --bind=[::]:80 --bind 127.0.0.1:81", "80 81!"),
        ("gunicorn a:b --bind unix:/run/a.sock", "?"),
        ("gunicorn a:b --bind 0.0.0.0", "8000"),
        ("gunicorn a:b --bind web:8000", "8000~"),
        ("uvicorn a:b", "8000!"),
        ("uvicorn a:b --host 0.0.0.0 --port 80", "80"),
        ("daphne a:b", "8000!"),
        ("daphne -b 0.0.0.0 -p 9000 a:b", "9000"),
        ("daphne -u /run/d.sock a:b", "?"),
        ("hypercorn a:b --bind 0.0.0.0:1", "1"),
        ("python manage.py runserver", "8000!"),
        ("python manage.py runserver 8001", "8001!"),
        ("python manage.py runserver 0:8001", "8001"),
        ("python manage.py runserver --settings a.b 0.0.0.0:8002", "8002"),
        ("python manage.py runserver_plus", "?"),
        ("sh -c 'python manage.py migrate && gunicorn a:b -b :1'", "1"),
        ("sh -c 'socat a b & gunicorn a:b'", "8000! ?"),
        ("uwsgi --http :8000 --module a", "8000"),
        ("uwsgi --socket 127.0.0.1:3031 --module a", "3031!"),
        ("python server.py", "?"),
    ];
    for (line, wanted) in cases {
        assert_eq!(command(line), wanted, "{line}");
    }
}

#[test]
fn variables_and_files_say_it_as_well() {
    let with = |env: &str| {
        listening_of(&format!("build: .\ncommand: gunicorn a:b\nenvironment: {{{env}}}"), &[])
    };
    assert_eq!(with("PORT: 9000"), "9000");
    assert_eq!(with("GUNICORN_CMD_ARGS: '--bind=0.0.0.0:7000'"), "7000");
    assert_eq!(with("PORT: '${NOPE}'"), "?");
    let conf =
        |text: &str| listening_of("build: .\ncommand: gunicorn a:b", &[("gunicorn.conf.py", text)]);
    assert_eq!(conf("bind = '0.0.0.0:8080'\n"), "8080");
    assert_eq!(conf("bind = ['0.0.0.0:1', '0.0.0.0:2']\n"), "1 2");
    assert_eq!(conf("bind = f'0.0.0.0:{port}'\n"), "?");
    assert_eq!(conf("workers = 2\n"), "8000!");
    let reads = "import os\nport = os.environ.get('WEB', '8123')\nbind = f'0.0.0.0:{port}'\n";
    assert_eq!(conf(reads), "8123");
    let open = "import socket\nbind = ':1'\nif socket.gethostname() == 'x':\n    bind = ':2'\n";
    assert_eq!(conf(open), "?");
    let ini = |text: &str| {
        listening_of("build: .\ncommand: uwsgi --ini uwsgi.ini", &[("uwsgi.ini", text)])
    };
    assert_eq!(ini("[uwsgi]\nhttp = :8000\nsocket = 0.0.0.0:3031\n"), "8000 3031");
    assert_eq!(ini("[uwsgi]\nsocket = /tmp/a.sock\n"), "?");
    assert_eq!(ini("[uwsgi]\nsocket = :%(port)\n"), "?");
    let branches =
        "[uwsgi]\nif-env = NOPE\nhttp = :1\nendif =\nif-not-env = NOPE\nhttp = :2\nendif =\n";
    assert_eq!(ini(branches), "2");
    assert_eq!(ini("[uwsgi]\nhttp = :1\nif-hostname = x\nhttp = :2\nendif =\n"), "?");
}

#[test]
fn images_listen_where_they_say() {
    let cases = [
        ("image: postgres:16", "5432"),
        ("image: docker.io/library/redis", "6379"),
        ("image: postgres:16\ncommand: postgres -p 5433", "?"),
        ("image: postgres:16\nenvironment: {PGPORT: 5433}", "?"),
        ("image: redis\nvolumes: ['./redis.conf:/usr/local/etc/redis/redis.conf']", "?"),
        ("image: bitnami/nginx", "?"),
        ("image: me/postgres", "?"),
        ("image: nginx:1.27", "80"),
        ("image: nginx:1.27\nnetwork_mode: host", "?"),
        ("image: ''", "?"),
    ];
    for (body, wanted) in cases {
        assert_eq!(listening_of(body, &[]), wanted, "{body}");
    }
}
