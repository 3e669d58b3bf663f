//! Django settings that are made to grow, to recurse, or to run something.

use super::{Folder, STILL_CHECKED};
use serde_json::Value;

const COMPOSE: &str =
    "services:\n  web:\n    build: .\n    command: python manage.py runserver 0.0.0.0:8000\n";
const DOCKERFILE: &str = "FROM python:3.12\nWORKDIR /app\nCOPY . .\nRUN pip install django\n";
const MANAGE: &str = "import os\nos.environ.setdefault('DJANGO_SETTINGS_MODULE', 'settings')\n";

/// A name, the settings, and more files with their paths.
type Case = (&'static str, String, Vec<(String, String)>);

/// Settings as projects of one checkout, in one run.
fn checked(cases: &[Case]) -> (Folder, Value) {
    let folder = Folder::with_neighbour();
    for (case, settings, more) in cases {
        for (path, text) in [
            ("compose.yaml", COMPOSE),
            ("Dockerfile", DOCKERFILE),
            ("manage.py", MANAGE),
            ("settings.py", settings),
        ] {
            folder.write(&format!("{case}/{path}"), text);
        }
        more.iter().for_each(|(path, text)| folder.write(&format!("{case}/{path}"), text));
    }
    let run = folder.run(&["check", "--min-confidence", "low", "--output-format", "json"]);
    assert!(run.status == 1 && run.out.contains(STILL_CHECKED), "{}", run.all());
    let json: Value = serde_json::from_str(&run.out).unwrap();
    assert_eq!(json["coverage"]["files"]["compose"], cases.len() + 1, "{:#}", json["coverage"]);
    (folder, json)
}

fn alone(cases: &[(&'static str, &str)]) -> Vec<Case> {
    cases.iter().map(|(case, text)| (*case, (*text).to_owned(), Vec::new())).collect()
}

/// H43: values that would not fit into any memory are never made.
#[test]
fn h43_values_that_grow() {
    let doubled = |start: &str, line: &str, times: usize| {
        format!("A = {start}\n{}SECRET_KEY = A\n", line.repeat(times))
    };
    let each =
        |count: usize, line: &dyn Fn(usize) -> String| (0..count).map(line).collect::<String>();
    let cases = [
        ("items", "INSTALLED_APPS = ['a'] * 10**9\nA = 'x' * 10**10\nB = list(range(10**12))\nC = [x for x in range(10**12)]\n".to_owned()),
        ("texts", doubled("'x'", "A = A + A\n", 64)),
        ("lists", doubled("['x']", "A += A\n", 64)),
        ("nested", doubled("['x']", "A = [A, A]\n", 64)),
        ("mappings", doubled("{}", "A = {'a': A, 'b': A}\n", 64)),
        ("itself", "A = []\nA.append(A)\nA.extend(A)\nDATABASES = A\n".to_owned()),
        ("formatted", doubled("'xxxxxxxxxxxxx'", "A = f'{A}{A}{A}{A}'\n", 30)),
        ("one-format", format!("A = 'x' * 60000\nB = f'{}'\n", "{A}".repeat(60_000))),
        ("joined", doubled("'xxxxxxxxxxxxx'", "A = A.join([A] * 10)\n", 60)),
        ("replaced", doubled("'x' * 1000", "A = A.replace('x', A)\n", 60)),
        ("padded", "A = 'x'.ljust(10**10)\nB = '%10000000000d' % 1\nC = f'{1:>10000000000}'\nD = 10**10**10\nE = 1 << 10**12\n".to_owned()),
        ("many-texts", each(8_000, &|i| format!("A{i} = 'x' * 60000\n"))),
        ("many-lists", each(8_000, &|i| format!("A{i} = [B] * 60000\n"))),
        ("loops", "for x in range(10**9):\n  for y in range(10**9):\n    A = x\nwhile True:\n  A = 1\n".to_owned()),
        ("calls", each(60, &|i| format!("def f{i}():\n    return f{0}() + f{0}()\n", i + 1)) + "def f60():\n  return 'x'\nA = f0()\n"),
        ("lambdas", "f = lambda x: f(f(x))\nA = f(1)\n".to_owned()),
        (
            "branches",
            "import os\nX = []\n".to_owned()
                + &each(3_000, &|i| format!("if os.environ.get('A{i}'):\n  X = X + ['{i}']\nelse:\n  X = X + ['b']\n")),
        ),
    ];
    let cases: Vec<_> = cases.into_iter().map(|(case, text)| (case, text, Vec::new())).collect();
    for half in cases.chunks(6) {
        checked(half);
    }
}

/// H43: settings that are evaluated anew for each of many services.
#[test]
fn h43_settings_of_many_services() {
    let folder = Folder::with_neighbour();
    let services: String = (0..300)
        .map(|i| format!("  s{i}:\n    build: .\n    command: python manage.py runserver 0.0.0.0:8000\n    environment: {{A: '{i}'}}\n"))
        .collect();
    let settings: String = (0..if cfg!(debug_assertions) { 2_000 } else { 4_000 })
        .map(|i| format!("A{i} = os.environ['A{i}']\n"))
        .collect();
    for (path, text) in [
        ("compose.yaml", format!("services:\n{services}")),
        ("Dockerfile", DOCKERFILE.to_owned()),
        ("manage.py", MANAGE.to_owned()),
        ("settings.py", format!("import os\n{settings}")),
    ] {
        folder.write(&format!("many/{path}"), text);
    }
    let run = folder.run(&["check", "--min-confidence", "low", "--output-format", "json"]);
    assert!(run.status == 1 && run.out.contains(STILL_CHECKED), "{}", run.all());
    assert!(run.out.contains("asks for more work than one folder gets"), "{}", run.err);
}

/// H44: imports in circles and chains, and code that would do something if it were run.
#[test]
fn h44_nothing_is_imported_or_run() {
    let chain = (0..500)
        .map(|i| (format!("m{i}.py"), format!("from m{} import *\nA{i} = 1\n", i + 1)))
        .collect();
    let all: String = (0..60).map(|i| format!("from m{i} import *\n")).collect();
    let fan = (0..60).map(|i| (format!("m{i}.py"), all.clone())).collect();
    let two = |level: usize| format!("from l{level}a import *\nfrom l{level}b import *\nA = 1\n");
    let layers =
        (0..30).flat_map(|l| ["a", "b"].map(|c| (format!("l{l}{c}.py"), two(l + 1)))).collect();
    let runs = "import importlib, subprocess, sys\nsys.path.insert(0, '/tmp')\nexec(open('made.py').read())\n__import__('os').system('touch made')\n\
                subprocess.run(['touch', 'made'])\nimportlib.import_module('made')\neval('open(\"made\", \"w\")')\nDEBUG = True\n";
    let (folder, json) = checked(&[
        (
            "circle",
            "from settings import *\nfrom base import *\n".into(),
            vec![("base.py".into(), "from settings import *\nfrom base import *\n".into())],
        ),
        ("chain", "from m0 import *\n".into(), chain),
        ("fan", all.clone(), fan),
        ("layers", two(0), layers),
        ("runs", runs.into(), vec![("made.py".into(), "open('made', 'w')\n".into())]),
    ]);
    assert!(!folder.path("runs/made").exists() && !folder.path("made").exists());
    assert!(
        json["coverage"]["files"]["settings"].as_u64().is_some_and(|n| n >= 5),
        "{:#}",
        json["coverage"]
    );
}

/// H45: syntax of every Python there is; what is none of it is told, and the rest is checked.
#[test]
fn h45_syntax_old_and_new() {
    let cases = alone(&[
        (
            "new",
            "if (n := 10) > 5:\n    pass\nmatch n:\n    case 1:\n        pass\ntype X = int\ndef f[T](x: T): pass\nA = f\"{f\"{1}\"}\"\nB = t\"x\"\nDEBUG = False\n",
        ),
        ("feeds", "DEBUG = False\n\x0c\nA = 1\n"),
        ("old", "print \"x\"\nDEBUG = True\n"),
        ("tabs", "if True:\n\tA = 1\n        B = 2\nDEBUG = True\n"),
    ]);
    let (_, json) = checked(&cases);
    let told = |case: &str| {
        let at = format!("{case}/settings.py");
        json["findings"]
            .as_array()
            .unwrap()
            .iter()
            .any(|f| f["rule"] == "syntax-error" && f["labels"][0]["path"] == at.as_str())
    };
    assert_eq!(["new", "feeds", "old", "tabs"].map(told), [false, false, true, true]);
}

/// H42, H45: single statements and expressions that are very long.
#[test]
fn h42_long_statements() {
    let long = |head: &str, part: &str, times: usize, end: &str| {
        format!("{head}{}{end}\n", part.repeat(times))
    };
    let cases: Vec<_> = [
        ("parentheses", long("X = ", "(", 100_000, "")),
        ("f-strings", long("X = ", "f\"{", 60_000, "")),
        ("texts", long("X = ", "''", 100_000, "")),
        ("decorators", long("", "@a\n", 60_000, "def f(): pass")),
        ("elifs", long("if a: pass\n", "elif a: pass\n", 15_000, "")),
        ("excepts", long("try:\n pass\n", "except A: pass\n", 13_000, "")),
        ("chained", long("", "a=", 100_000, "1")),
        ("semicolons", long("", "a=1;", 60_000, "")),
        ("digits", long("X = ", "9", 250_000, "")),
        ("dots", long("from ", ".", 250_000, " import a")),
        ("calls", long("X = a", "()", 60_000, "")),
        ("ands", long("X = ", "a and ", 40_000, "a")),
        ("classes", (0..600).map(|i| format!("{}class A:\n", " ".repeat(i))).collect()),
    ]
    .into_iter()
    .map(|(case, text)| (case, text, Vec::new()))
    .collect();
    checked(&cases);
}

/// H46: settings of 30 megabytes.
#[test]
fn h46_huge_settings() {
    let (_, json) = checked(&[("huge", "x = 1\n".repeat(5 << 20), Vec::new())]);
    let skipped = json["coverage"]["skipped"].to_string();
    assert!(
        skipped.contains("huge/settings.py") && skipped.contains("is larger than 256 KiB"),
        "{skipped}"
    );
}
