//! A piece of a file many times over, up to the size that is read at all: whatever the piece, the time stays bounded.
//!
//! The first byte of an input says what is read ([`KINDS`], from `a` on). The rest is, with a record separator (byte 30)
//! between them: what stands before, the piece, what stands in the middle, what closes a piece, what stands behind. So
//! `f(` `)` nests and `f()\n` repeats. Byte 26 becomes the number of the piece, which makes names that differ.
//!
//! A small file is made first. Only where that took long is one of the full size made, and held to [`MAX_TIME`].

use crate::clock::{allow, measured, timed};
use crate::folder::{File, SEPARATOR};
use crate::{Worth, check, compose, readers, settings};
use std::time::Duration;

/// Becomes the number of the piece.
const NUMBER: u8 = 0x1a;
/// The size of the small file in bytes.
const SMALL: usize = 32 * 1024;
/// What the small file may take without a second look.
const QUICK: Duration = Duration::from_millis(30);
/// What the large file may take: about two seconds in what is shipped, which is twenty times as fast as what is built here to
/// be watched. What grows with the square of the size takes minutes.
const MAX_TIME: Duration = Duration::from_secs(40);
/// The most bytes of code and of configuration that are read, see `source::Limit`.
const CODE: usize = 256 * 1024 - 64;
const CONFIG: usize = 1024 * 1024 - 64;

/// What is read, and how much of it at most.
type Kind = (fn(&[u8]) -> Worth, usize);

/// Everything an input may choose.
const KINDS: [Kind; 20] = [
    (readers::yaml, CONFIG),
    (readers::dockerfile, CODE),
    (readers::shell, CODE),
    (readers::python, CODE),
    (readers::nginx, CONFIG),
    (readers::dotenv, CODE),
    (readers::ini, CONFIG),
    (readers::requirements, CONFIG),
    (compose::run, CONFIG),
    (settings::run, CODE),
    (|text| within("compose.yaml", text), CONFIG),
    (|text| within("compose.override.yaml", text), CONFIG),
    (|text| within("Dockerfile", text), CODE),
    (|text| within("entrypoint.sh", text), CODE),
    (|text| within("config/settings.py", text), CODE),
    (|text| within("nginx.conf", text), CONFIG),
    (|text| within(".env", text), CODE),
    (|text| within("web.env", text), CODE),
    (|text| within("requirements.txt", text), CONFIG),
    (|text| within("README.md", text), CONFIG),
];

/// Reads a piece many times over.
pub fn run(data: &[u8]) -> Worth {
    let Some((kind, rest)) = data.split_first() else { return Worth::Reject };
    let (read, most) = KINDS[usize::from(kind.wrapping_sub(b'a')) % KINDS.len()];
    let mut parts = rest.split(|b| *b == SEPARATOR);
    let mut part = || parts.next().unwrap_or_default();
    let [before, piece, middle, close, behind] = [part(), part(), part(), part(), part()];
    if piece.is_empty() {
        return Worth::Reject;
    }
    let made = |size: usize| {
        let mut text = before.to_vec();
        let mut count = 0;
        let room = size.saturating_sub(before.len() + middle.len() + behind.len());
        while text.len() - before.len() + (count + 1) * close.len() < room {
            numbered(&mut text, piece, count);
            count += 1;
        }
        text.extend_from_slice(middle);
        (0..count).rev().for_each(|i| numbered(&mut text, close, i));
        text.extend_from_slice(behind);
        text.truncate(size);
        text
    };
    allow(MAX_TIME);
    let small = made(SMALL);
    let (worth, took) = measured(|| read(&small));
    if took > QUICK {
        let large = made(most);
        timed("the large file", || read(&large));
    }
    match worth {
        Worth::Keep => Worth::Keep,
        Worth::Reject => Worth::Reject,
    }
}

/// Adds a part with its number.
fn numbered(text: &mut Vec<u8>, part: &[u8], number: usize) {
    for byte in part {
        if *byte == NUMBER {
            text.extend_from_slice(number.to_string().as_bytes());
        } else {
            text.push(*byte);
        }
    }
}

/// A project of which every file counts.
const PROJECT: [(&str, &str); 11] = [
    (
        "compose.yaml",
        "services:
  web:
    build: .
    entrypoint: [./entrypoint.sh]
    command: gunicorn config.wsgi --bind 0.0.0.0:8000
    env_file: web.env
    environment: {DJANGO_SETTINGS_MODULE: config.settings}
    depends_on: [db]
    volumes: [static:/app/static]
  worker:
    build: .
    command: celery -A config worker
    env_file: web.env
  db:
    image: postgres:16
    environment: {POSTGRES_PASSWORD: \"${DB_PASSWORD:-pop}\"}
  proxy:
    image: nginx:1.28
    ports: [\"80:80\"]
    volumes: [./nginx.conf:/etc/nginx/conf.d/default.conf:ro, static:/static]
volumes: {static: {}}
",
    ),
    ("compose.override.yaml", "services: {web: {ports: [\"8000:8000\"]}}\n"),
    (
        "Dockerfile",
        "FROM python:3.12-slim\nWORKDIR /app\nCOPY . .\nRUN pip install -r requirements.txt\n",
    ),
    ("entrypoint.sh", "#!/bin/sh\nset -e\npython manage.py migrate\nexec \"$@\"\n"),
    (
        "config/settings.py",
        "import os\nDEBUG = os.environ.get('DEBUG') == '1'\nSECRET_KEY = os.environ['SECRET_KEY']\nALLOWED_HOSTS = ['*']\n",
    ),
    (
        "config/wsgi.py",
        "import os\nos.environ.setdefault('DJANGO_SETTINGS_MODULE', 'config.settings')\napplication = 1\n",
    ),
    (
        "manage.py",
        "import os\nos.environ.setdefault('DJANGO_SETTINGS_MODULE', 'config.settings')\n",
    ),
    ("nginx.conf", "server {\n  listen 80;\n  location / { proxy_pass http://web:8000; }\n}\n"),
    (".env", "DB_PASSWORD=pop\n"),
    ("web.env", "SECRET_KEY=x\nDB_HOST=db\n"),
    ("requirements.txt", "Django>=5\ngunicorn\ncelery\npsycopg\n"),
];

/// Checks that project with one of its files replaced.
fn within(path: &str, text: &[u8]) -> Worth {
    let own = PROJECT
        .iter()
        .filter(|(p, _)| *p != path)
        .map(|(p, text)| File { path: (*p).to_owned(), bytes: text.as_bytes() });
    let files: Vec<File<'_>> = own.chain([File { path: path.to_owned(), bytes: text }]).collect();
    check::folder(text, &files);
    Worth::Keep
}
