//! Settings that mean harm: everything ends, quickly, on a small stack.

use super::super::*;
use super::world::{evaluate, evaluate_at, name};
use proptest::prelude::*;

/// Runs on a stack as small as a rayon worker's.
fn small<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    std::thread::Builder::new().stack_size(2 * 1024 * 1024).spawn(work).unwrap().join().unwrap()
}

#[test]
fn what_grows_is_cut() {
    let repeat =
        |first: &str, line: &str, n: usize| format!("{first}\n{}", format!("{line}\n").repeat(n));
    let texts = [
        "X = ['a'] * 10**9\nX = ['a'] * 1000000000\n".to_owned(),
        "X = 'x' * 10000000000\n".to_owned(),
        "X = [a for a in range(1000000000000)]\n".to_owned(),
        repeat("A = ['a']", "A = A + A", 64),
        repeat("A = 'a'", "A = A + A", 64),
        repeat("A = ['a']", "A = [A, A, A, A]", 2_000),
        repeat("A = {'a': 1}", "A = {'a': A, 'b': A}", 2_000),
        repeat("A = [1]", "A = [A] * 100", 1_000),
        repeat("import os\nA = 1", "A = os.getenv('B', A)", 2_000),
        repeat("A = ['a']", "A.append(A)", 2_000),
        repeat("A = 'a'", "A = f'{A}{A}'", 64),
        repeat("A = 'a,'", "A = A.replace('a', 'aaaaaaaaaa')", 64),
        repeat("A = ['a'] * 9999", "if f():\n  A.append('x')", 3_000),
        repeat("A = ['a'] * 9999", "B = [A, A]", 3_000),
        repeat("A = ['a'] * 9999", "C = [A for x in A]", 3_000),
        repeat("def f(x): return [x, x, f(x), f(x)]", "A = f(1)", 100),
        format!("A = {{{}}}\n", "f(): 1, ".repeat(20_000)),
        format!("A = {{{}}}\n", (0..15_000).map(|i| format!("'{i}': 1,")).collect::<String>()),
    ];
    for text in texts {
        let head: String = text.chars().take(60).collect();
        let began = std::time::Instant::now();
        small(move || drop(evaluate(&text, &[])));
        assert!(began.elapsed().as_secs() < 10, "{head} {:?}", began.elapsed());
    }
}

#[test]
fn nesting_is_cut_on_a_small_stack() {
    let ifs: String = (0..95).map(|i| format!("{}if f():\n", " ".repeat(i))).collect();
    let body = format!("{ifs}{}X = {}1{}\n", " ".repeat(95), "f([".repeat(90), "])".repeat(90));
    let calls = format!("def f(x): return {}f(x){}\nX = f(1)\n", "[".repeat(60), "]".repeat(60));
    let lambdas =
        format!("f = lambda x: {}f(x){}\nX = f(1)\n", "(1 if x else ".repeat(60), ")".repeat(60));
    for text in [body, calls, lambdas, format!("X = {}1{}\n", "[".repeat(95), "]".repeat(95))] {
        small(move || drop(evaluate(&text, &[])));
    }
    small(|| {
        let files: Vec<(String, String)> = (0..500)
            .map(|i| (format!("m{i}.py"), format!("from m{} import *\nX{i} = 1\n", i + 1)))
            .collect();
        let files: Vec<(&str, &str)> =
            files.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
        let settings = evaluate_at("m0", &files, &[]);
        assert!(settings.is_ok_and(|s| name(&s, "X0") == "1"));
    });
}

#[test]
fn nothing_is_run() {
    for text in [
        "exec(open('x').read())\nX = 1",
        "__import__('os').system('touch /tmp/x')\nX = 1",
        "import importlib\nimportlib.import_module('x')\nX = 1",
        "globals()['Y'] = 2\nX = 1",
    ] {
        assert_eq!(name(&evaluate(text, &[]), "X"), "1", "{text}");
    }
    assert!(evaluate("exec(open('x').read())", &[]).open.is_some());
    assert_eq!(name(&evaluate("globals()['X'] = 2", &[]), "X"), "2");
    assert!(evaluate("import os\nglobals()[os.f()] = 2", &[]).open.is_some());
    let text = "import django_heroku\nX = 1\nMIDDLEWARE = []\ndjango_heroku.settings(locals())";
    assert_eq!(name(&evaluate(text, &[]), "X"), "1");
    assert!(name(&evaluate(text, &[]), "MIDDLEWARE").starts_with('?'));
    let text = "import dynaconf\nX = 1\nsettings = dynaconf.DjangoDynaconf(__name__)";
    assert_eq!(name(&evaluate(text, &[]), "X"), "~1");
    assert!(evaluate(text, &[]).open.is_some());
    assert!(evaluate("import plugin\nplugin.settings(locals())", &[]).open.is_some());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, rng_seed: proptest::test_runner::RngSeed::Fixed(1), ..ProptestConfig::default() })]
    #[test]
    fn soup(words in proptest::collection::vec(prop::sample::select(vec![
        "X", " = ", " += ", "'a'", "['a']", "{'k': 1}", "(", ")", "[", "]", ", ", "\n", "\n  ", "if X:\n  ", "else:\n  ", "def f(a, b=1):\n  ", "return ", "f(", "lambda x: ",
        "import os\n", "from . import *\n", "from .a import X\n", "os.environ", ".get('A', ", "['A']", ".split(',')", ".format(", "%", " * ", "99999999999", "-1", " or ", " and ", " not in ",
        "try:\n  ", "except E:\n  ", "raise E\n", "pass\n", "for a in X", ".append(", ".insert(", ".pop(", "*", "**", "f'{X}'", "os.path.join(", "__file__", "'안{}%s'", ".strip(", ".join(",
        "X[0]", "X[-1]", "True", "None", "bool(", "int(", "list(map(", "class C:\n  ", "with a as b:\n  ", ":=", " if X else ", ".removesuffix(", ".parents[", "env(", "import environ\nenv = environ.Env()\n",
    ]), 0..60)) {
        let text = words.concat();
        let files = [("config/settings.py", text.as_str()), ("config/a.py", "X = 1\nfrom .settings import *\n"), ("config/__init__.py", "")];
        if let Ok(settings) = evaluate_at("config.settings", &files, &[("A", "1,가")]) {
            for binding in settings.names.values() {
                prop_assert!(binding.name_span.end as usize <= text.len() + 40);
            }
        }
    }
}

#[test]
fn unread_modules_do_not_end_it() {
    assert!(matches!(evaluate_at("s", &[("s.py", "X = (((")], &[]), Ok(Settings { .. })));
}
