//! Projects in which one thing is long and many others use it: the work stays in step with the bytes. Each bound is far
//! above what is needed in a debug build, and far below what a product of the two sizes takes.
#![allow(clippy::unwrap_used, reason = "a test that fails may panic")]

use compose_doctor::internals::config;
use compose_doctor::internals::source::{MemoryFiles, RelPath, Sources};
use compose_doctor::{Options, check};
use std::fmt::Write as _;
use std::time::{Duration, Instant};

/// The most time for one project; on an idle machine each takes a few seconds.
const MOST: Duration = Duration::from_secs(60);

const DOCKERFILE: &str = "FROM python:3.13\nWORKDIR /app\nCOPY . .\nRUN pip install -r requirements.txt\nCMD [\"gunicorn\", \"app.wsgi\", \"--bind\", \"0.0.0.0:8000\"]\n";
const SETTINGS: &str = "import os\nDEBUG = False\nALLOWED_HOSTS = ['example.com']\nSTATIC_URL = '/static/'\nSTATIC_ROOT = '/app/static'\nDATABASES = {'default': {'ENGINE': 'django.db.backends.postgresql', 'HOST': 'db', 'PASSWORD': os.environ['DB_PASSWORD']}}\nINSTALLED_APPS = ['django.contrib.admin', 'django.contrib.staticfiles']\n";
const WSGI: &str = "import os\nos.environ.setdefault('DJANGO_SETTINGS_MODULE', 'app.settings')\nfrom django.core.wsgi import get_wsgi_application\napplication = get_wsgi_application()\n";
const NGINX: &str = "  nginx:\n    image: nginx:1.28\n    volumes: ['./nginx.conf:/etc/nginx/nginx.conf:ro']\n    ports: ['80:80']\n";

/// One text for each number below `count`.
fn each(count: usize, text: impl Fn(usize) -> String) -> String {
    (0..count).fold(String::new(), |mut all, n| {
        let _ = write!(all, "{}", text(n));
        all
    })
}

/// Another project in the tree, with a fault of its own.
const BESIDE: &str = "services:\n  a:\n    image: nginx:1.28\n    ports: ['80:80']\n  b:\n    image: nginx:1.28\n    ports: ['80:80']\n";

/// Checks a Django project with some of its files replaced or added, within the time, and with another project beside it,
/// which is reported whatever the first one is; the number of findings.
fn findings(compose: &str, files: &[(&str, String)]) -> usize {
    let mut all = MemoryFiles::new();
    for (path, text) in [
        ("Dockerfile", DOCKERFILE),
        ("requirements.txt", "django\ngunicorn\npsycopg[binary]\n"),
        ("manage.py", WSGI),
        ("app/__init__.py", ""),
        ("app/settings.py", SETTINGS),
        ("app/wsgi.py", WSGI),
    ] {
        all.add(path, text);
    }
    all.add("compose.yaml", format!("services:\n{compose}").as_str());
    files.iter().for_each(|(path, text)| all.add(path, text.as_str()));
    all.add("beside/compose.yaml", BESIDE);
    let sources = Sources::new(&all);
    let start = Instant::now();
    let settings = config::find(&sources, &RelPath::root());
    let options = Options { settings, ..Options::default() };
    let report = check(&sources, &RelPath::root(), &options);
    let taken = start.elapsed();
    assert!(taken < MOST, "{} s", taken.as_secs());
    let beside = report.findings.iter().any(|f| {
        let file = f.labels.first().map(|l| sources.file(l.span.file));
        f.rule.name == "duplicate-host-port"
            && file.is_some_and(|file| file.path.as_str() == "beside/compose.yaml")
    });
    assert!(beside, "the other project is not reported");
    report.findings.len()
}

fn locations(count: usize, host: impl Fn(usize) -> String) -> String {
    each(count, |n| format!("location /a{n}/ {{ proxy_pass http://{}:8000; }}\n", host(n)))
}

fn services(count: usize, text: &str) -> String {
    each(count, |n| format!("  web{n}:\n    build: .\n{text}"))
}

#[test]
fn headers_in_force_in_many_locations() {
    let headers = each(2_000, |n| format!("proxy_set_header X-{n} v{n};\n"));
    let locations = locations(3_000, |_| "web0".to_owned());
    let nginx = format!("events {{}}\nhttp {{\n{headers}server {{ listen 80;\n{locations}}} }}\n");
    findings(&format!("{}{NGINX}", services(1, "")), &[("nginx.conf", nginx)]);
}

#[test]
fn services_that_share_a_configuration_of_nginx() {
    let nginx = format!(
        "events {{}}\nhttp {{ server {{ listen 80;\n{}}} }}\n",
        locations(300, |_| "web0".to_owned())
    );
    let many = each(100, |n| NGINX.replace("nginx:\n    image", &format!("n{n}:\n    image")));
    findings(&format!("{}{many}", services(1, "")), &[("nginx.conf", nginx)]);
}

#[test]
fn servers_in_front_of_as_many_services() {
    let servers = each(300, |n| {
        format!(
            "server {{ listen 80; server_name s{n}; location / {{ proxy_pass http://web{n}:8000; }} }}\n"
        )
    });
    let nginx = format!("events {{}}\nhttp {{\n{servers}}}\n");
    findings(&format!("{}{NGINX}", services(300, "")), &[("nginx.conf", nginx)]);
}

#[test]
fn requirements_of_many_services() {
    let requirements = each(10_000, |n| format!("package{n}==1.{n}\n"));
    findings(&services(100, ""), &[("requirements.txt", requirements)]);
}

#[test]
fn a_template_that_many_services_read() {
    let template = each(4_000, |n| format!("NAME_{n}=value{n}\n"));
    findings(&services(200, "    env_file: [.env]\n"), &[(".env.example", template)]);
}

#[test]
fn sources_of_one_copy() {
    let many = each(20_000, |n| format!("f{n} "));
    let dockerfile = format!("FROM python:3.13\nCOPY {many}/app/\nCMD [\"gunicorn\"]\n");
    // Those after the first hundred are counted as one.
    assert!(findings(&services(1, ""), &[("Dockerfile", dockerfile)]) < 120);
}

#[test]
fn compose_files_of_one_folder() {
    let names: Vec<String> = (0..1_000).map(|n| format!("compose.x{n}.yaml")).collect();
    let files: Vec<(&str, String)> = names
        .iter()
        .map(|n| (n.as_str(), "services:\n  one:\n    image: a\n".to_owned()))
        .collect();
    findings(&services(1, ""), &files);
}

#[test]
fn names_that_are_nearly_those_of_others() {
    let long = "x".repeat(60);
    let many =
        each(600, |n| format!("  svc{long}{n}:\n    image: a\n    depends_on: [scv{long}{n}]\n"));
    findings(&many, &[]);
    let (wanted, known) = ("q".repeat(90_000), "p".repeat(90_000));
    findings(
        &format!("  a:\n    image: x\n    depends_on: [{wanted}]\n  {known}:\n    image: y\n"),
        &[],
    );
}

#[test]
fn chains_of_stages() {
    let stages = each(1_000, |n| {
        format!("FROM s{n} AS s{}\nRUN echo {n}\nENV A{n}={n}\nCOPY --from=s{n} /a /b{n}\n", n + 1)
    });
    let dockerfile = format!("FROM python:3.13 AS s0\n{stages}CMD [\"gunicorn\"]\n");
    findings(&services(1, ""), &[("Dockerfile", dockerfile)]);
}

#[test]
fn services_that_wait_for_all_before_them() {
    let many = each(120, |n| {
        let before = each(n, |m| format!("w{m}, "));
        format!("  w{n}:\n    image: a\n    depends_on: [{}]\n", before.trim_end_matches(", "))
    });
    findings(&many, &[]);
}

#[test]
fn overrides_of_one_stack() {
    let names: Vec<String> = (0..300).map(|n| format!("compose.o{n}.yaml")).collect();
    let mut files: Vec<(&str, String)> = names
        .iter()
        .map(|n| (n.as_str(), "services:\n  web0:\n    environment: {A: b}\n".to_owned()))
        .collect();
    let calls = each(300, |n| format!(" -f compose.o{n}.yaml"));
    let makefile = format!("up:\n\tdocker compose -f compose.yaml{calls} up\n");
    files.push(("Makefile", makefile));
    findings(&services(1, ""), &files);
}

#[test]
fn files_of_requirements_that_name_each_other() {
    let names: Vec<String> = (0..200).map(|n| format!("r{n}.txt")).collect();
    let files: Vec<(&str, String)> = names
        .iter()
        .enumerate()
        .map(|(n, name)| {
            (name.as_str(), each(199 - n, |m| format!("-r r{}.txt\n", n + 1 + m)) + "django\n")
        })
        .chain([("requirements.txt", each(200, |n| format!("-r r{n}.txt\n")))])
        .collect();
    findings(&services(1, ""), &files);
}

#[test]
fn a_script_that_many_services_run() {
    let script = each(1_000, |n| format!("if [ \"$A{n}\" = x ]; then echo {n}; fi\n"));
    let script = format!("#!/bin/sh\n{script}exec gunicorn app.wsgi\n");
    findings(&services(100, "    command: sh start.sh\n"), &[("start.sh", script)]);
}

#[test]
fn run_lines_of_many_images() {
    let runs = each(500, |n| format!("RUN apt-get update && apt-get install -y p{n}\n"));
    let dockerfile = format!("FROM python:3.13\nARG A\nCOPY . /app\n{runs}CMD gunicorn app.wsgi\n");
    let many = each(100, |n| format!("  w{n}:\n    build: {{context: ., args: {{A: '{n}'}}}}\n"));
    findings(&many, &[("Dockerfile", dockerfile)]);
}

#[test]
fn variables_of_one_command() {
    let command = each(1_500, |_| "token: ${a} ".to_owned());
    findings(&services(1, &format!("    command: '{command}'\n")), &[]);
}

#[test]
fn settings_of_services_with_other_variables() {
    let settings = each(1_000, |n| format!("A{n} = os.environ.get('V{n}', 'x') + 'y'\n"));
    let many = each(60, |n| {
        format!(
            "  w{n}:\n    build: .\n    command: python manage.py c{n}\n    environment: {{X: '{n}'}}\n"
        )
    });
    findings(&many, &[("app/settings.py", format!("{SETTINGS}{settings}"))]);
}

#[test]
fn stacks_of_the_configuration() {
    let stacks = each(1_000, |_| "[[stack]]\nfiles = ['compose.yaml']\n".to_owned())
        + "[[stack]]\nfiles = ['beside/compose.yaml']\n";
    findings(&services(1, ""), &[("compose-doctor.toml", stacks)]);
}
