#![allow(clippy::unwrap_used, reason = "a test that fails may panic")]

use super::*;
use crate::source::{MemoryFiles, Sources};
use std::sync::Arc;

fn with_module<T>(text: &str, work: impl FnOnce(&SourceFile, &Module) -> T) -> T {
    let files = MemoryFiles::new();
    let sources = Sources::new(&files);
    let file: Arc<SourceFile> = sources.add("settings.py", text);
    work(&file, &Module::read(&file))
}

fn strings(module: &Module) -> Vec<Text> {
    fn go(body: &[Stmt], out: &mut Vec<Text>) {
        for stmt in body {
            if let StmtKind::Assign(_, value) = &stmt.kind {
                out.extend(value.string().cloned());
            }
        }
    }
    let mut out = Vec::new();
    go(&module.body, &mut out);
    out
}

/// Every verbatim piece equals the source under it, every span lies in the file.
fn check_text(file: &SourceFile, text: &Text) {
    assert!(file.text.get(text.span().range()).is_some());
    for piece in text.pieces() {
        let source = file.text.get(piece.src.range()).unwrap();
        if piece.verbatim() {
            assert_eq!(source, &text.as_str()[piece.at as usize..(piece.at + piece.len) as usize]);
        }
    }
}

#[test]
fn strings_keep_their_places() {
    for (source, value, pieces) in [
        ("A = 'ab'", "ab", 1),
        ("A = '안녕'", "안녕", 1),
        ("\u{feff}A = '안녕'", "안녕", 1),
        ("A = 'a' \"b\"", "ab", 2),
        ("A = ('a'\r\n   'b')", "ab", 2),
        (r"A = 'a\tb'", "a\tb", 3),
        (r"A = '\x41\u0042\U00000043\103\N{BULLET}'", "ABCC•", 5),
        (r"A = '\d+'", r"\d+", 1),
        (r"A = r'\n{x}'", r"\n{x}", 1),
        ("A = '''a\r\nb'''", "a\nb", 3),
        ("A = 'a\\\nb'", "ab", 2),
        ("A = '{{x}}'", "{{x}}", 1),
        ("A = ''", "", 0),
        (r"A = '{{\n'", "{{\n", 2),
    ] {
        with_module(source, |file, module| {
            let text = &strings(module)[0];
            assert_eq!((text.as_str(), text.pieces().len()), (value, pieces), "{source}");
            check_text(file, text);
            assert!(file.text[text.span().range()].ends_with(['\'', '"', ')']), "{source}");
        });
    }
}

#[test]
fn the_span_of_a_string_has_its_prefix_and_quotes() {
    with_module("A = r'x'\n", |file, module| {
        assert_eq!(&file.text[strings(module)[0].span().range()], "r'x'")
    });
    with_module("A = f'a{b}{{c\\n'\n", |file, module| {
        let StmtKind::Assign(_, value) = &module.body[0].kind else { panic!() };
        let ExprKind::FString(parts) = &value.kind else { panic!() };
        let [FPart::Literal(a), FPart::Value { conversion: None, .. }, FPart::Literal(c)] =
            &parts[..]
        else {
            panic!("{parts:?}")
        };
        assert_eq!((a.as_str(), c.as_str()), ("a", "{c\n"));
        check_text(file, a);
        check_text(file, c);
    });
}

#[test]
fn an_error_does_not_lose_the_rest() {
    with_module("A = 'a'\nprint A\nB = 'b'\nif x\n  C = 1\nD = 'd'\n", |_, module| {
        assert!(!module.errors.is_empty());
        let all = strings(module);
        let all: Vec<_> = all.iter().map(Text::as_str).collect();
        assert_eq!(all, ["a", "b", "d"]);
        assert!(module.errors.iter().all(|e| !e.message.unmasked().ends_with('.')
            && e.message.unmasked().starts_with(|c: char| !c.is_uppercase())));
    });
}

#[test]
fn new_syntax_is_read() {
    let source = "type X = int\ndef f[T](a: T, /, b=1, *c, d=2, **e): return a\nmatch x:\n  case 1: A = 1\nwith (open(a) as b, c): pass\n\
                  try: pass\nexcept* E: pass\nif (v := f()): pass\nT = t'{x}'\nD: dict[str, str] = {}\nE: int\nx = f\"{a[\"b\"]!r:>{w}}\"\n";
    with_module(source, |_, module| {
        assert_eq!(module.errors, []);
        assert_eq!(module.body.len(), 10);
        let StmtKind::Function { params, .. } = &module.body[1].kind else { panic!() };
        assert_eq!(
            params.iter().map(|p| (p.0.as_str(), p.1.is_some())).collect::<Vec<_>>(),
            [("a", false), ("b", true), ("d", true)]
        );
        assert!(matches!(&module.body[2].kind, StmtKind::Match(_, cases) if cases.len() == 1));
        let StmtKind::If(branches, _) = &module.body[5].kind else { panic!() };
        assert!(matches!(&branches[0].0.kind, ExprKind::Walrus(name, _) if name.value == "v"));
        assert!(matches!(module.body[8].kind, StmtKind::Annotated { value: None, .. }));
    });
}

#[test]
fn imports() {
    with_module(
        "from ..a.b import c as d, e\nfrom . import *\nimport os.path as p, sys\n",
        |file, module| {
            let StmtKind::ImportFrom { level: 2, module: name, names } = &module.body[0].kind
            else {
                panic!()
            };
            assert_eq!(
                (name.value.as_str(), &file.text[name.span.range()], names.len()),
                ("a.b", "a.b", 2)
            );
            assert!(
                matches!(&module.body[1].kind, StmtKind::ImportFrom { level: 1, names, .. } if names[0].0.value == "*")
            );
            assert!(
                matches!(&module.body[2].kind, StmtKind::Import(names) if names[0].0.value == "os.path" && names.len() == 2)
            );
        },
    );
}

/// Runs on a stack as small as a rayon worker's.
fn on_a_small_stack(text: String) -> Vec<SyntaxError> {
    let work = move || with_module(&text, |_, module| module.errors.clone());
    std::thread::Builder::new().stack_size(2 * 1024 * 1024).spawn(work).unwrap().join().unwrap()
}

#[test]
fn hostile_nesting_is_refused_in_place() {
    let deep = |n: usize| (0..n).map(|i| format!("{}if a:\n", " ".repeat(i))).collect::<String>();
    let many = [
        format!("A = 1\nB = {}1\n", "-".repeat(200_000)),
        format!("B = {}\n", "[".repeat(50_000)),
        format!("B = {}{}\n", "[".repeat(50_000), "]".repeat(50_000)),
        format!("B = b{}\n", ".b".repeat(100_000)),
        format!("B = {}1\n", "1+".repeat(130_000)),
        format!("B = {}2\n", "2**".repeat(50_000)),
        format!("B = {}1\n", "not ".repeat(50_000)),
        format!("B = f{}\n", "()".repeat(50_000)),
        format!("B = {}1\n", "lambda:".repeat(30_000)),
        format!("B = {}1\n", "lambda x,y=".repeat(20_000)),
        format!("B = {}1\n", "1 if a else ".repeat(20_000)),
        format!("B = {}1\n", "await ".repeat(40_000)),
        format!("B = {}\n", "f'{".repeat(50_000)),
        format!("B = {}1\n", "(a:=".repeat(50_000)),
        format!(
            "B = {}1{}\n",
            "(1+1,".repeat(200) + &"1+".repeat(1_900),
            ")".repeat(200) + &"+1".repeat(1_900)
        ),
        "x: ".repeat(50_000),
        "if a: ".repeat(40_000),
        "class a: ".repeat(25_000),
        "else: ".repeat(25_000),
        deep(700),
    ];
    for text in many {
        let head: String = text.chars().take(30).collect();
        assert!(!on_a_small_stack(text).is_empty(), "{head}");
    }
}

#[test]
fn the_deepest_that_is_read_fits_a_small_stack() {
    for text in [
        format!("B = {}1\n", "-".repeat(1_990)),
        format!("B = b{}\n", ".b".repeat(1_990)),
        format!("B = {}1\n", "1+".repeat(1_990)),
        format!("B = {}1{}\n", "[".repeat(199), "]".repeat(199)),
        format!("B = {}1{}\n", "[1+".repeat(199), "]".repeat(199)),
        format!("B = {}1\n", "lambda:".repeat(190)),
        format!("B = {}1\n", "1 if a else ".repeat(650)),
        (0..490).map(|i| format!("{}if a:\n", " ".repeat(i))).collect::<String>()
            + &" ".repeat(490)
            + &format!("B = {}1\n", "-".repeat(1_990)),
    ] {
        let head: String = text.chars().take(30).collect();
        let errors = on_a_small_stack(text);
        assert_eq!(
            (errors.len(), errors[0].message.unmasked().as_str()),
            (1, "nested too deeply to read"),
            "{head}"
        );
    }
    let wide =
        format!("A = [{}]\nB = {{{}}}\n", "a.b(c)+1, ".repeat(5_000), "'a': -1, ".repeat(5_000));
    assert_eq!(on_a_small_stack(wide), []);
}

#[test]
fn many_errors_and_repetition_take_linear_time() {
    let began = std::time::Instant::now();
    for unit in [
        "'",
        "\"\"\"",
        "(",
        ")",
        "\\",
        "\\\n",
        "f'{",
        "a b ",
        "=",
        "\n ",
        "\n\t",
        "@",
        "0x",
        "'\\N{'",
        "\r",
        "'{{\\n' ",
        "\u{c}",
        "print a\n",
    ] {
        let text: String = unit.repeat(256 * 1024 / unit.len());
        let _ = on_a_small_stack(text);
    }
    assert!(began.elapsed().as_secs() < 60, "{:?}", began.elapsed());
}

mod soup {
    use super::*;
    use proptest::prelude::*;

    fn check(text: &str) -> Result<(), TestCaseError> {
        with_module(text, |file, module| {
            let inside = |span: Span| file.text.get(span.range()).is_some();
            for error in &module.errors {
                prop_assert!(inside(error.span), "{error:?}");
            }
            for stmt in &module.body {
                prop_assert!(inside(stmt.span), "{stmt:?}");
            }
            for text in strings(module) {
                check_text(file, &text);
            }
            Ok(())
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, rng_seed: proptest::test_runner::RngSeed::Fixed(1), ..ProptestConfig::default() })]
        #[test]
        fn any_text(text in ".{0,200}") { check(&text)?; }

        #[test]
        fn tokens(words in proptest::collection::vec(prop::sample::select(vec![
            "A", " = ", "'", "\"", "'''", "f'", "rb'", "\\", "\\x4", "\\N{", "{", "}", "(", ")", "[", "]", "\n", "\r\n", "  ", "\t", "if ", ":", "else", "def f",
            "import ", "from ", ".", "*", ",", "not ", "lambda ", "print ", "1", "안녕", "\u{feff}", "#", ";", "try:", "except ", "with ", "as ", "match ", "case ", "!r", ":=", "0x", "@",
        ]), 0..60)) { check(&words.concat())?; }
    }
}
