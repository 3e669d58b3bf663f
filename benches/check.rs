//! `cargo bench`: how long the whole program takes, and how much memory, on made-up projects of three
//! sizes, and how long `config` takes over real files. Every run is a process of its own, started and waited for as a shell would.
#![allow(clippy::print_stdout, reason = "that is what a benchmark is for")]
#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "it sets up real folders and runs the program"
)]

use compose_doctor::cli::{ConfigCall, config};
use compose_doctor::report::RenderOptions;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// Tool that tells the largest memory of a process that has ended.
const TIME: &str = "/usr/bin/time";

/// Files by path and text.
type Files = &'static [(&'static str, &'static str)];

/// What every Django project here has.
const DJANGO: Files = &[
    (
        "manage.py",
        "import os\nimport sys\n\nif __name__ == \"__main__\":\n    os.environ.setdefault(\"DJANGO_SETTINGS_MODULE\", \"config.settings\")\n    from django.core.management import execute_from_command_line\n\n    execute_from_command_line(sys.argv)\n",
    ),
    ("config/__init__.py", ""),
    (
        "config/wsgi.py",
        "import os\n\nfrom django.core.wsgi import get_wsgi_application\n\nos.environ.setdefault(\"DJANGO_SETTINGS_MODULE\", \"config.settings\")\napplication = get_wsgi_application()\n",
    ),
    (
        "config/urls.py",
        "from django.contrib import admin\nfrom django.urls import path\n\nurlpatterns = [path(\"admin/\", admin.site.urls)]\n",
    ),
    ("config/settings.py", SETTINGS),
    (
        "Dockerfile",
        "FROM python:3.12-slim\nENV PYTHONUNBUFFERED=1\nWORKDIR /app\nCOPY requirements.txt .\nRUN pip install --no-cache-dir -r requirements.txt\nCOPY . .\nRUN SECRET_KEY=build python manage.py collectstatic --noinput\nCMD [\"gunicorn\", \"config.wsgi:application\", \"--bind\", \"0.0.0.0:8000\"]\n",
    ),
];

const SETTINGS: &str = r#"import os
from pathlib import Path

BASE_DIR = Path(__file__).resolve().parent.parent
SECRET_KEY = os.environ["SECRET_KEY"]
DEBUG = os.environ.get("DEBUG", "0") == "1"
ALLOWED_HOSTS = os.environ.get("ALLOWED_HOSTS", "localhost").split(",")

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
]
ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
TEMPLATES = [{"BACKEND": "django.template.backends.django.DjangoTemplates", "DIRS": [BASE_DIR / "templates"], "APP_DIRS": True}]

DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": os.environ.get("POSTGRES_DB", "app"),
        "USER": os.environ.get("POSTGRES_USER", "app"),
        "PASSWORD": os.environ.get("POSTGRES_PASSWORD", ""),
        "HOST": os.environ.get("POSTGRES_HOST", "db"),
        "PORT": os.environ.get("POSTGRES_PORT", "5432"),
    }
}
CACHES = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": os.environ.get("REDIS_URL", "redis://redis:6379/0")}}
CELERY_BROKER_URL = os.environ.get("REDIS_URL", "redis://redis:6379/0")
EMAIL_HOST = os.environ.get("EMAIL_HOST", "mailhog")
EMAIL_PORT = 1025
STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
STATICFILES_DIRS = [BASE_DIR / "static"]
LANGUAGE_CODE = "ko-kr"
TIME_ZONE = "Asia/Seoul"
"#;

/// A web service and its database.
const TINY: Files = &[
    (
        "compose.yaml",
        r#"services:
  db:
    image: postgres:16
    environment:
      POSTGRES_USER: app
      POSTGRES_PASSWORD: ${POSTGRES_PASSWORD:?set it in .env}
      POSTGRES_DB: app
    volumes:
      - pgdata:/var/lib/postgresql/data
  web:
    build: .
    environment:
      SECRET_KEY: ${SECRET_KEY:?set it in .env}
      POSTGRES_PASSWORD: ${POSTGRES_PASSWORD:?set it in .env}
    depends_on:
      - db
    ports:
      - "8000:8000"
volumes:
  pgdata:
"#,
    ),
    ("requirements.txt", "Django>=5.1,<5.3\ngunicorn>=23.0,<24\npsycopg[binary]>=3.2,<4\n"),
];

/// Eight services as a grown project has them.
const EIGHT: Files = &[
    (
        "compose.yaml",
        r#"x-app: &app
  build: .
  env_file: .env
  environment: &app-env
    POSTGRES_HOST: db
    REDIS_URL: redis://redis:6379/0
    EMAIL_HOST: mailhog
    SECRET_KEY: ${SECRET_KEY:?set it in .env}
  depends_on:
    db:
      condition: service_healthy
    redis:
      condition: service_started

services:
  nginx:
    image: nginx:1.28
    ports:
      - "80:80"
    volumes:
      - ./nginx/default.conf:/etc/nginx/conf.d/default.conf:ro
      - static:/srv/static:ro
    depends_on:
      - web
  web:
    <<: *app
    entrypoint: ["./entrypoint.sh"]
    command: gunicorn config.wsgi:application --bind 0.0.0.0:8000 --workers 3
    volumes:
      - static:/app/staticfiles
    expose:
      - "8000"
  worker:
    <<: *app
    command: celery -A config worker --loglevel info
  beat:
    <<: *app
    command: celery -A config beat --loglevel info
    environment:
      <<: *app-env
      CELERY_TIMEZONE: Asia/Seoul
  flower:
    <<: *app
    command: celery -A config flower --port=5555
    ports:
      - "127.0.0.1:5555:5555"
  db:
    image: postgres:16
    env_file: .env
    volumes:
      - pgdata:/var/lib/postgresql/data
    healthcheck:
      test: ["CMD-SHELL", "pg_isready -h 127.0.0.1 -U $${POSTGRES_USER} -d $${POSTGRES_DB}"]
      interval: 5s
      retries: 10
  redis:
    image: redis:7
    command: redis-server --appendonly yes
    volumes:
      - redisdata:/data
  mailhog:
    image: mailhog/mailhog
    ports:
      - "127.0.0.1:8025:8025"

volumes:
  pgdata:
  redisdata:
  static:
"#,
    ),
    (
        "compose.override.yaml",
        "services:\n  web:\n    command: python manage.py runserver 0.0.0.0:8000\n    volumes:\n      - .:/app\n    environment:\n      DEBUG: \"1\"\n",
    ),
    (
        ".env",
        "SECRET_KEY=change-me\nPOSTGRES_USER=app\nPOSTGRES_DB=app\nPOSTGRES_PASSWORD=change-me\nALLOWED_HOSTS=localhost,example.com\n",
    ),
    (
        "entrypoint.sh",
        "#!/bin/sh\nset -e\n\nuntil nc -z \"$POSTGRES_HOST\" \"${POSTGRES_PORT:-5432}\"; do\n  echo \"waiting for the database\"\n  sleep 1\ndone\n\nif [ \"$1\" = gunicorn ]; then\n  python manage.py migrate --noinput\n  python manage.py collectstatic --noinput\nfi\n\nexec \"$@\"\n",
    ),
    (
        "nginx/default.conf",
        "upstream app {\n    server web:8000;\n}\n\nserver {\n    listen 80;\n    server_name example.com;\n    client_max_body_size 10m;\n\n    location /static/ {\n        alias /srv/static/;\n        expires 30d;\n    }\n\n    location / {\n        proxy_pass http://app;\n        proxy_set_header Host $host;\n        proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;\n        proxy_set_header X-Forwarded-Proto $scheme;\n    }\n}\n",
    ),
    (
        "config/celery.py",
        "import os\n\nfrom celery import Celery\n\nos.environ.setdefault(\"DJANGO_SETTINGS_MODULE\", \"config.settings\")\napp = Celery(\"config\")\napp.config_from_object(\"django.conf:settings\", namespace=\"CELERY\")\n",
    ),
    (
        "requirements.txt",
        "Django>=5.1,<5.3\ngunicorn>=23.0,<24\npsycopg[binary]>=3.2,<4\ncelery[redis]>=5.4,<6\nflower>=2,<3\nredis>=5,<6\n",
    ),
    (".dockerignore", ".git\n.env\n__pycache__\n*.pyc\n"),
];

/// A folder that goes away at the end.
struct Folder(PathBuf);

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn write(folder: &Path, files: Files) -> usize {
    for (path, text) in files {
        let path = folder.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    files.len()
}

/// `count` projects below `folder`, each tenth of them with eight services; gives the number of files.
fn tree(folder: &Path, count: usize) -> usize {
    (0..count)
        .map(|i| {
            let project = folder.join(format!("group{:02}/project{i:04}", i % 25));
            write(&project, DJANGO) + write(&project, if i % 10 == 0 { EIGHT } else { TINY })
        })
        .sum()
}

fn program(folder: &Path, threads: Option<usize>) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_compose-doctor"));
    quiet(&mut command, folder, threads);
    command
}

fn quiet(command: &mut Command, folder: &Path, threads: Option<usize>) {
    command
        .current_dir(folder)
        .args(["check", "--color", "never"])
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    if let Some(threads) = threads {
        command.env("RAYON_NUM_THREADS", threads.to_string());
    }
}

/// How long runs took.
struct Times {
    median: f64,
    min: f64,
}

/// Runs the program `runs` times after one run that warms the caches; milliseconds of whole processes.
fn measure(folder: &Path, runs: usize, threads: Option<usize>) -> Times {
    let once = || {
        let start = Instant::now();
        let status = program(folder, threads).status().unwrap();
        let took = start.elapsed();
        assert!(matches!(status.code(), Some(0 | 1)), "the program ended with {status}");
        took
    };
    once();
    let mut all: Vec<Duration> = (0..runs).map(|_| once()).collect();
    all.sort_unstable();
    let ms = |d: Duration| d.as_secs_f64() * 1_000.0;
    Times { median: ms(all[all.len() / 2]), min: ms(all[0]) }
}

/// The most memory a run held, in MB (10^6 bytes), and who says so.
fn memory(folder: &Path) -> Option<(f64, &'static str)> {
    if Path::new(TIME).exists() {
        let mut command = Command::new(TIME);
        command.args(["-f", "%M", env!("CARGO_BIN_EXE_compose-doctor")]);
        quiet(&mut command, folder, None);
        let output = command.stderr(Stdio::piped()).output().ok()?;
        let text = String::from_utf8_lossy(&output.stderr).into_owned();
        // The last line is that of `time`; one before it may speak of the exit status.
        let kib: f64 = text.lines().next_back()?.trim().parse().ok()?;
        return Some((kib * 1.024 / 1_000.0, "/usr/bin/time"));
    }
    let mut child = program(folder, None).spawn().ok()?;
    let status = format!("/proc/{}/status", child.id());
    let mut peak = None;
    while child.try_wait().ok()?.is_none() {
        let text = fs::read_to_string(&status).unwrap_or_default();
        let kib = text.lines().find_map(|l| {
            l.strip_prefix("VmHWM:")?.trim().strip_suffix(" kB")?.parse::<f64>().ok()
        });
        peak = kib.or(peak);
        std::thread::sleep(Duration::from_micros(200));
    }
    peak.map(|kib| (kib * 1.024 / 1_000.0, "/proc, looked at every 0.2 ms"))
}

/// `ok` or `MISSED`, beside what was to be reached.
fn target(reached: bool, what: &str) -> String {
    format!("{} (to reach: {what})", if reached { "ok" } else { "MISSED" })
}

/// `config` over real files, all in this process: what Compose answered to them is held by `tests/corpus.rs`.
fn corpus() {
    let place = std::env::var_os("COMPOSE_CORPUS").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpus"),
        PathBuf::from,
    );
    let Ok(cases) = fs::read_to_string(place.join("oracle/expected.jsonl")) else {
        println!(
            "  config skipped: set COMPOSE_CORPUS to a folder with compose/ and oracle/expected.jsonl"
        );
        return;
    };
    let calls: Vec<ConfigCall> = cases
        .lines()
        .map(|line| {
            let case: serde_json::Value = serde_json::from_str(line).unwrap();
            ConfigCall {
                here: place.join("compose").join(case["dir"].as_str().unwrap()),
                vars: vec![("PATH".into(), "/usr/bin:/bin".into())],
                files: case["files"]
                    .as_array()
                    .unwrap()
                    .iter()
                    .map(|f| PathBuf::from(f.as_str().unwrap()))
                    .collect(),
                profiles: vec!["*".into()],
                json: true,
                ..ConfigCall::default()
            }
        })
        .collect();
    let mut times: Vec<f64> = (0..5)
        .map(|_| {
            let start = Instant::now();
            let accepted = calls
                .iter()
                .filter(|call| config(call, RenderOptions { color: false, width: 100 }).status == 0)
                .count();
            assert!(accepted > 0, "nothing was accepted");
            start.elapsed().as_secs_f64()
        })
        .collect();
    times.sort_by(f64::total_cmp);
    println!(
        "  config {} cases in one process: {:.2} s, best {:.2} s  {}",
        calls.len(),
        times[2],
        times[0],
        target(times[2] <= 3.0, "3 s")
    );
}

fn main() {
    let home =
        Folder(std::env::temp_dir().join(format!("compose-doctor-bench-{}", std::process::id())));
    let _ = fs::remove_dir_all(&home.0);
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    println!(
        "\nwhole processes of the release build, default output, {cores} cores; median and best of the runs"
    );

    for (name, files, words) in
        [("tiny", TINY, "2 services"), ("eight", EIGHT, "8 services, an override, nginx, a script")]
    {
        let folder = home.0.join(name);
        let count = write(&folder, DJANGO) + write(&folder, files);
        let times = measure(&folder, 41, None);
        let peak =
            memory(&folder).map_or_else(|| "unknown".to_owned(), |(mb, _)| format!("{mb:.1} MB"));
        let verdict =
            if name == "tiny" { target(times.median <= 10.0, "10 ms") } else { String::new() };
        println!(
            "  {name:<6} {words}, {count} files: {:.1} ms, best {:.1} ms, peak {peak}  {verdict}",
            times.median, times.min
        );
    }

    let mut per_project = Vec::new();
    for count in [250, 1_000] {
        let folder = home.0.join(format!("tree{count}"));
        let files = tree(&folder, count);
        let (both, one) = (measure(&folder, 7, None), measure(&folder, 5, Some(1)));
        let each = both.median / count as f64;
        // What others do on the machine only ever adds time, so comparisons are of the best runs.
        per_project.push(both.min / count as f64);
        println!(
            "  tree   {count} projects, {files} files: {:.0} ms, best {:.0} ms; {each:.3} ms a project, {:.0} files a second",
            both.median,
            both.min,
            files as f64 / both.median * 1_000.0
        );
        let gain = one.min / both.min;
        let verdict = target(cores < 2 || gain >= 1.5, "1.5 times as fast on 2 cores");
        println!(
            "         one thread: {:.0} ms, best {:.0} ms; all threads are {gain:.2} times as fast  {verdict}",
            one.median, one.min
        );
        match memory(&folder) {
            Some((mb, who)) => println!(
                "         peak {mb:.0} MB by {who}  {}",
                target(mb < 200.0, "under 200 MB")
            ),
            None => println!("         peak unknown: neither {TIME} nor /proc is here"),
        }
    }
    corpus();
    let growth = per_project[1] / per_project[0];
    println!(
        "  a project of 1,000 takes {growth:.2} times as long as one of 250  {}",
        target(growth < 1.25, "linear: below 1.25")
    );
}
