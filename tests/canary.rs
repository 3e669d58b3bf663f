//! Secrets are planted in every kind of file, and none of them may come out: not in a finding with every line of every
//! file underlined, not in data, not in the ledger of variables.
#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a test that fails may panic, and sets up real folders"
)]

use compose_doctor::internals::cli::{ConfigCall, EnvCall, config, env};
use compose_doctor::internals::finding::Finding;
use compose_doctor::internals::report::{
    FORMATS, RenderOptions, SafeText, Wanted, full, render, render_counts, survey,
};
use compose_doctor::internals::rules::meta;
use compose_doctor::internals::source::{DiskFiles, Limit, RelPath, Sources, Span};
use compose_doctor::{Options, check};
use std::path::{Path, PathBuf};

const PLAIN: RenderOptions = RenderOptions { color: false, width: 100 };

/// Letters and digits that come out the same in every run.
struct Dice(u64);

impl Dice {
    fn next(&mut self, below: usize) -> usize {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % below
    }

    fn of(&mut self, alphabet: &str, count: usize) -> String {
        let letters: Vec<char> = alphabet.chars().collect();
        (0..count).map(|_| letters[self.next(letters.len())]).collect()
    }

    fn word(&mut self, count: usize) -> String {
        self.of("abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789", count)
    }

    fn hex(&mut self, count: usize) -> String {
        self.of("0123456789abcdef", count)
    }

    fn upper(&mut self, count: usize) -> String {
        self.of("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", count)
    }
}

/// A shape: the variable's name, and how its value is made.
type Shape = (&'static str, fn(&mut Dice) -> String);

const SHAPES: [Shape; 40] = [
    ("DB_PASSWORD", |d| d.word(12)),
    ("POSTGRES_PASSWORD", |d| d.word(8)),
    ("MYSQL_ROOT_PASSWORD", |d| format!("{}-{}", d.word(7), d.word(7))),
    ("REDIS_PASSWORD", |d| d.hex(32)),
    ("EMAIL_HOST_PASSWORD", |d| format!("{} {} {}", d.word(7), d.word(7), d.word(7))),
    ("SMTP_PASS", |d| format!("{}#{}", d.word(8), d.word(8))),
    ("DB_PWD", |d| format!("{}!{}", d.word(8), d.word(8))),
    ("ADMIN_PASSWD", |d| format!("한글{}비밀", d.word(9))),
    ("RABBITMQ_DEFAULT_PASS", |d| d.of("0123456789", 10)),
    ("USER_PASSPHRASE", |d| format!("{}-{}-{}", d.word(7), d.word(7), d.word(7))),
    ("SECRET_KEY", |d| format!("{}&^%(){}", d.word(25), d.word(20))),
    ("DJANGO_SECRET_KEY", |d| format!("django-insecure-{}", d.word(40))),
    ("JWT_SECRET", |d| d.word(32)),
    ("APP_SECRET", |d| format!("{}==", d.word(42))),
    ("CLIENT_SECRET", |d| format!("{}~{}", d.word(10), d.word(20))),
    ("SECRET_KEY_BASE", |d| d.hex(128)),
    ("AWS_ACCESS_KEY_ID", |d| format!("AKIA{}", d.upper(16))),
    ("AWS_SECRET_ACCESS_KEY", |d| format!("{}/{}+{}", d.word(12), d.word(12), d.word(14))),
    ("VALUE_OF_CLOUD", |d| format!("AKIA{}", d.upper(16))),
    ("GITHUB_TOKEN", |d| format!("ghp_{}", d.word(36))),
    ("VALUE_OF_GIT", |d| format!("ghp_{}", d.word(36))),
    ("VALUE_OF_LAB", |d| format!("glpat-{}", d.word(20))),
    ("SLACK_BOT", |d| format!("xoxb-{}-{}", d.of("0123456789", 12), d.word(24))),
    ("STRIPE_SECRET_KEY", |d| format!("sk_live_{}", d.word(24))),
    ("STRIPE", |d| format!("sk_test_{}", d.word(24))),
    ("OPENAI_API_KEY", |d| format!("sk-{}", d.word(48))),
    ("GOOGLE_MAPS", |d| format!("AIza{}", d.word(35))),
    ("SENDGRID", |d| format!("SG.{}.{}", d.word(22), d.word(43))),
    ("BEARER", |d| format!("eyJ{}.eyJ{}.{}", d.word(20), d.word(40), d.word(43))),
    ("FERNET_KEY", |d| format!("{}=", d.word(43))),
    ("ENCRYPTION_KEY", |d| d.hex(64)),
    ("SIGNING_KEY", |d| d.word(24)),
    ("API_KEY", |d| format!("{}-{}-{}", d.hex(8), d.hex(8), d.hex(12))),
    ("AUTH_TOKEN", |d| d.word(20)),
    ("DATABASE_URL", |d| format!("postgres://app:{}@db:5432/app", d.word(14))),
    ("CELERY_BROKER_URL", |d| format!("redis://:{}@redis:6379/0", d.word(14))),
    ("UPSTREAM", |d| format!("amqp://svc:{}%40{}@rabbit:5672//", d.word(8), d.word(8))),
    ("HTPASSWD", |d| format!("admin:$apr1${}${}", d.word(8), d.word(22))),
    ("LOGIN", |d| format!("admin:$2y$05${}", d.word(53))),
    ("HASHER", |d| format!("pbkdf2_sha256$600000${}${}=", d.word(22), d.word(43))),
];

/// A folder of its own, gone when the test ends.
struct Folder(PathBuf);

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// A project with a secret of one shape in 25 places; every place has a secret of its own.
fn project(shape: &Shape, dice: &mut Dice, folder: &Path) -> Vec<String> {
    let (name, make) = shape;
    let mut planted = Vec::new();
    let mut new = || {
        let secret = make(dice);
        planted.push(secret.clone());
        secret
    };
    // Compose takes `$$` for a dollar sign.
    let dollars = |s: String| s.replace('$', "$$");
    let lower = name.to_ascii_lowercase();
    let compose = format!(
        "services:
  web:
    build:
      context: .
      args:
        {name}: '{}'
    command: sh -c \"python manage.py migrate && gunicorn shop.wsgi\"
    env_file: web.env
    environment:
      {name}: '{}'
      OTHER_{name}: ${{OTHER_{name}:-{}}}
    ports: [\"8000:8000\"]
  worker:
    build: .
    command: celery -A shop worker
    environment:
      - {name}={}
      - \"MY_{name}={}\"
  redis:
    image: redis:7
    command: redis-server --requirepass '{}'
    healthcheck:
      test: redis-cli -a '{}' ping
    environment:
      - NOTHING_{name}={}
",
        dollars(new()),
        dollars(new()),
        dollars(new()).replace(' ', "-"),
        dollars(new()),
        dollars(new()),
        dollars(new()),
        dollars(new()),
        dollars(new()),
    );
    let dotenv =
        format!("# 운영\n{name}={}\nQUOTED_{name}='{}'\n# old: {name}={}\n", new(), new(), new());
    let web_env =
        format!("WEB_{name}='{}'\nexport SHELL_{name}=\"{}\"\n", new(), new().replace('$', "\\$"));
    let dockerfile = format!(
        "FROM python:3.12-slim\nARG BUILD_{name}='{}'\nENV {name}='{}' OTHER=1\nWORKDIR /app\nCOPY . .\nRUN pip install -r requirements.txt\nENTRYPOINT [\"/app/entrypoint.sh\"]\n",
        new(),
        new()
    );
    let entrypoint = format!(
        "#!/bin/sh\nexport {name}='{}'\ncurl -H 'Authorization: Bearer {}' https://example.com/up\nexec \"$@\"\n",
        new(),
        new().replace(' ', "-")
    );
    let settings = format!(
        "import os
{name} = '{}'
PLAIN_{name} = os.environ.get('PLAIN_{name}', '{}')
KEPT = {{'{lower}': '{}'}}
DATABASES = {{'default': {{'ENGINE': 'django.db.backends.postgresql', 'NAME': 'app', 'HOST': 'localhost', 'PASSWORD': '{}'}}}}
ROOT_URLCONF = 'shop.urls'
",
        new(),
        new(),
        new(),
        new(),
    );
    let nginx = format!(
        "server {{\n  listen 80;\n  location / {{\n    proxy_set_header Authorization \"Bearer {}\";\n    proxy_pass http://web:8000;\n  }}\n}}\n",
        new().replace(' ', "-")
    );
    let redis = format!("appendonly yes\nrequirepass \"{}\"\nmasterauth \"{}\"\n", new(), new());
    let readme = format!("# Shop\n\n```sh\nexport {name}='{}'\ndocker compose up\n```\n", new());
    let write = |path: &str, text: &str| {
        let path = folder.join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    };
    for (path, text) in FILES.iter().zip([
        &compose,
        &dotenv,
        &web_env,
        &dockerfile,
        &entrypoint,
        &settings,
        &nginx,
        &redis,
        &readme,
    ]) {
        write(path, text);
    }
    write("requirements.txt", "Django\ngunicorn\ncelery\n");
    write(
        "manage.py",
        "import os\nos.environ.setdefault('DJANGO_SETTINGS_MODULE', 'shop.settings')\n",
    );
    write("shop/__init__.py", "");
    write(
        "shop/wsgi.py",
        "import os\nos.environ.setdefault('DJANGO_SETTINGS_MODULE', 'shop.settings')\napplication = 1\n",
    );
    planted
}

const FILES: [&str; 9] = [
    "compose.yaml",
    ".env",
    "web.env",
    "Dockerfile",
    "entrypoint.sh",
    "shop/settings.py",
    "nginx.conf",
    "redis.conf",
    "README.md",
];

/// The parts by which a secret is known again: runs of letters and digits that are no word of its shape.
fn cores(secret: &str) -> Vec<String> {
    let known =
        ["django", "insecure", "postgres", "pbkdf2_sha256", "pbkdf2", "600000", "sha256", "rabbit"];
    let secret = secret
        .split_once("://")
        .map_or(secret, |(_, rest)| rest.rsplit_once('@').map_or(rest, |(login, _)| login));
    secret
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|part| part.len() >= 6 && !known.contains(part))
        .map(str::to_owned)
        .collect()
}

/// Everything that `check` and `env` say of a project, with every line of its files underlined.
fn outputs(folder: &Path) -> Vec<(&'static str, String)> {
    let files = DiskFiles::new(folder).unwrap();
    let sources = Sources::new(&files);
    let mut report = check(&sources, &RelPath::root(), &Options::default());
    let mut all = vec![("check", full(&report, &sources, PLAIN).to_string())];
    for path in FILES {
        let file = sources.read(&RelPath::new(path).unwrap(), Limit::Config).unwrap();
        for line in 1..=file.line_count() as u32 {
            let range = file.line(line).unwrap();
            let span = Span::new(file.id, range.start, range.end);
            report.findings.push(Finding {
                stacks: vec![0],
                ..Finding::new(&meta::SYNTAX_ERROR, "a line").label(span, "here")
            });
        }
    }
    let wanted = Wanted { options: PLAIN, most: usize::MAX, above: "" };
    for format in &FORMATS {
        let text = render(format, &report, &sources, &wanted);
        all.push((format.name, format!("{}{}{}", text.text, text.summary, text.closing)));
        all.push((
            "statistics",
            render_counts(format, &report, &sources, &wanted).text.to_string(),
        ));
    }
    all.push(("survey", survey(&report, &sources, PLAIN, &SafeText::own("here")).to_string()));
    for as_json in [false, true] {
        let call = EnvCall { here: folder.to_path_buf(), json: as_json, ..EnvCall::default() };
        let answer = env(&call, RenderOptions { color: false, width: 240 });
        assert!(answer.out.as_str().contains("worker"), "{}", answer.err);
        all.push((
            if as_json { "env json" } else { "env" },
            format!("{}{}", answer.out, answer.err),
        ));
    }
    let answer = config(&ConfigCall { here: folder.to_path_buf(), ..ConfigCall::default() }, PLAIN);
    all.push(("config's messages", answer.err.to_string()));
    all
}

#[test]
fn no_line_of_a_private_key_comes_out() {
    let folder = Folder(
        std::env::temp_dir()
            .join(format!("compose-doctor-canary-{}-key", std::process::id()))
            .join("shop"),
    );
    let mut dice = Dice(0x5eed_1000);
    let mut planted = project(&("SIGNING_KEY", |d| d.word(24)), &mut dice, &folder.0);
    let mut key = |before: &str| {
        let lines: Vec<String> = (0..4).map(|_| dice.word(60)).collect();
        planted.extend(lines.iter().cloned());
        format!(
            "-----BEGIN RSA PRIVATE KEY-----{before}{}{before}-----END RSA PRIVATE KEY-----",
            lines.join(before)
        )
    };
    let add = |path: &str, text: String| {
        let path = folder.0.join(path);
        let old = std::fs::read_to_string(&path).unwrap();
        std::fs::write(path, old + &text).unwrap();
    };
    add(
        "shop/settings.py",
        format!(
            "JWT = \"\"\"{}\"\"\"\nAPPLE = os.environ.get('APPLE', '''{}''')\n",
            key("\n"),
            key("\n")
        ),
    );
    add(".env", format!("PUSH=\"{}\"\n", key("\n")));
    add("web.env", format!("PUSH='{}'\nOPEN='{}'\n", key("\n"), key("\\n")));
    add(
        "compose.yaml",
        format!(
            "  other:\n    image: x\n    environment:\n      PUSH: |\n        {}\n",
            key("\n        ")
        ),
    );
    add("README.md", format!("```\n{}\n```\n", key("\n")));
    for (what, text) in outputs(&folder.0) {
        for secret in &planted {
            assert!(!text.contains(secret.as_str()), "{what}: {secret}\n{text}");
        }
    }
    let _ = std::fs::remove_dir_all(folder.0.parent().unwrap());
}

#[test]
fn no_planted_secret_comes_out() {
    let mut count = 0;
    let mut leaks = Vec::new();
    for (number, shape) in SHAPES.iter().enumerate() {
        let name = format!("compose-doctor-canary-{}-{number}", std::process::id());
        let folder = Folder(std::env::temp_dir().join(name).join("shop"));
        let mut dice = Dice(0x5eed_0000 + number as u64);
        let planted = project(shape, &mut dice, &folder.0);
        count += planted.len();
        for (what, text) in outputs(&folder.0) {
            for (place, secret) in planted.iter().enumerate() {
                if let Some(core) = cores(secret).iter().find(|core| text.contains(core.as_str())) {
                    let line =
                        text.lines().find(|l| l.contains(core.as_str())).unwrap_or_default().trim();
                    leaks.push(format!("{} {what} place {place}: {line}", shape.0));
                }
            }
        }
        let _ = std::fs::remove_dir_all(folder.0.parent().unwrap());
    }
    assert!(count >= 1_000, "{count}");
    assert!(leaks.is_empty(), "{} leaks\n{}", leaks.len(), leaks.join("\n"));
}
