//! What the program asks of the system, as strace(1) sees it: it opens nothing outside the root, writes nothing, starts
//! nothing and talks to nobody.

use super::Folder;
use std::process::Command;

/// What the loader and the standard library read when a program starts.
const SYSTEM: [&str; 6] =
    ["/etc/ld.so", "/lib", "/usr/lib", "/proc/self/", "/sys/fs/cgroup/", "/sys/devices/system/cpu"];

/// The calls of a run; `None` where strace cannot be used.
fn calls(folder: &Folder, args: &[&str]) -> Option<Vec<String>> {
    let log = folder.path(".git/trace");
    let kinds = "trace=open,openat,openat2,creat,execve,execveat,fork,vfork,network,unlink,unlinkat,rename,renameat,renameat2,mkdir,mkdirat,symlink,symlinkat,link,linkat,chmod,fchmodat,truncate";
    let run = Command::new("strace")
        .args(["-f", "-qq", "-e", kinds, "-o"])
        .arg(&log)
        .arg(env!("CARGO_BIN_EXE_compose-doctor"))
        .args(args)
        // Where cargo has the loader look for libraries.
        .env_remove("LD_LIBRARY_PATH")
        .current_dir(&folder.0)
        .output();
    let run = run.ok().filter(|r| r.status.code().is_some_and(|c| c <= 1))?;
    let text = std::fs::read_to_string(log).ok()?;
    assert!(!run.stdout.is_empty());
    Some(text.lines().map(str::to_owned).collect())
}

/// A project that names everything it should not, in every way there is.
fn project(outside: &str) -> Folder {
    let folder = Folder::with_neighbour();
    std::fs::create_dir(folder.path(".git")).unwrap();
    let away = format!("/tmp/{outside}");
    folder.write(
        "compose.yaml",
        format!(
            "include:\n  - /etc/compose.yaml\n  - oci://docker.io/x/y:1\n  - https://github.com/x/y.git\n  - git@github.com:x/y.git\nservices:\n  web:\n    build: .\n    env_file: [../{outside}/x.env, /etc/passwd, link/x.env]\n    command: sh -c '. /etc/profile && . ~/.ssh/id_rsa && /etc/init.d/x && python manage.py runserver 0.0.0.0:8000'\n    volumes: ['/etc:/e', '{away}:/t', './link:/l']\n  a:\n    build: /\n  b:\n    build: {{context: ../{outside}, dockerfile: ../../etc/passwd}}\n  c:\n    build: https://github.com/x/y.git#main\n  d:\n    build: link\n    extends: {{file: ../../../../etc/compose.yaml, service: x}}\n  nginx:\n    image: nginx\n    volumes: ['{away}/nginx.conf:/etc/nginx/conf.d/default.conf', './link/nginx.conf:/etc/nginx/nginx.conf']\nconfigs: {{c: {{file: /etc/passwd}}}}\nsecrets: {{s: {{file: ../../../../../../etc/passwd}}}}\n"
        ),
    );
    folder.write(".env", "COMPOSE_PROFILES=../x\n");
    folder.write("Dockerfile", "# syntax=evil/frontend\nFROM python:3.12\nWORKDIR /app\nCOPY . .\nCOPY /etc/passwd ../../../etc/passwd /x/\nADD https://example.org/x /x\nRUN --mount=type=bind,source=/etc,target=/e . /e/passwd\nRUN pip install -r ../../../etc/requirements.txt -r link/requirements.txt\nCMD [\"/etc/init.d/x\"]\n");
    folder.write(
        "manage.py",
        "import os\nos.environ.setdefault('DJANGO_SETTINGS_MODULE', 'settings')\n",
    );
    folder.write("settings.py", format!("from link.base import *\nimport environ\nenv = environ.Env()\nenv.read_env('/etc/passwd')\nenv.read_env('{away}/x.env')\n__import__('os').system('touch made')\nexec(open('{away}/x.py').read())\n"));
    for (target, path) in [
        (away.as_str(), "link"),
        ("/etc/passwd", ".gitignore"),
        ("/etc/passwd", ".dockerignore"),
        ("/etc", "deep"),
    ] {
        folder.link(target, path);
    }
    folder
}

/// H07, H18, H44: nothing outside the project is opened, nothing is written, no program is started and no socket made.
#[test]
fn h07_nothing_outside_is_asked_for() {
    let outside = Folder::new();
    for path in
        ["x.env", "x.py", "compose.yaml", "Dockerfile", "nginx.conf", "base.py", "requirements.txt"]
    {
        outside.write(path, "");
    }
    let name = outside.0.file_name().unwrap().to_str().unwrap().to_owned();
    let folder = project(&name);
    let root = std::fs::canonicalize(&folder.0).unwrap();
    let mut seen = 0;
    for args in [
        &["check"][..],
        &["check", "--output-format", "json", "compose.yaml"],
        &["env", "--format", "json"],
    ] {
        let Some(calls) = calls(&folder, args) else {
            return println!(
                "skipped: strace cannot be used here; install it, and let this user trace its own processes"
            );
        };
        let mut wrong = Vec::new();
        for (index, call) in calls.iter().enumerate() {
            let opened = ["open(", "openat(", "openat2("].iter().any(|o| call.contains(o));
            let path = call.split('"').nth(1).unwrap_or("");
            let system = SYSTEM.iter().any(|s| path.starts_with(s)) || path == "/dev/null";
            let inside = path.starts_with(root.to_str().unwrap())
                || path.starts_with(folder.0.to_str().unwrap());
            let started = index == 0 && call.contains("execve(");
            let resumed =
                call.contains(" resumed>") || call.contains("+++") || call.contains("---");
            let writes =
                call.contains("O_WRONLY") || call.contains("O_RDWR") || call.contains("O_CREAT");
            if !(started || resumed || opened && !writes && (system || inside)) {
                wrong.push(call.clone());
            }
            seen += usize::from(opened && inside);
        }
        assert!(wrong.is_empty(), "{args:?}:\n{}", wrong.join("\n"));
    }
    assert!(seen > 10, "only {seen} files of the project were seen to be opened");
    assert!(!folder.path("made").exists());
}
