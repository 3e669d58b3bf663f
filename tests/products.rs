//! Projects in which one thing is long and many others use it: the work stays in step with the bytes. Each bound is far
//! above what is needed in a debug build, and far below what a product of the two sizes takes.
#![allow(clippy::unwrap_used, reason = "a test that fails may panic")]

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

/// Checks a Django project with some of its files replaced or added, within the time; the number of findings.
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
    let sources = Sources::new(&all);
    let start = Instant::now();
    let report = check(&sources, &RelPath::root(), &Options::default());
    let taken = start.elapsed();
    assert!(taken < MOST, "{} s", taken.as_secs());
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
    let names: Vec<String> = (0..600).map(|n| format!("compose.x{n}.yaml")).collect();
    let files: Vec<(&str, String)> = names
        .iter()
        .map(|n| (n.as_str(), "services:\n  one:\n    image: a\n".to_owned()))
        .collect();
    findings(&services(1, ""), &files);
}
