//! Scripts as people write them, broken ones, and hostile ones.
#![allow(clippy::unwrap_used, reason = "a test that fails may panic")]

use super::*;
use crate::source::{Known, MemoryFiles, Reason, SourceFile, Sources};
use std::sync::Arc;

fn file(text: &str) -> Arc<SourceFile> {
    let files = MemoryFiles::new();
    Sources::new(&files).add("run.sh", text)
}

fn read(text: &str) -> Script {
    Script::read(&file(text).body())
}

/// Reads a script that must be free of errors.
fn good(text: &str) -> List {
    let script = read(text);
    assert_eq!(script.errors, [], "{text}");
    script.body
}

/// The errors' messages, each with the text at its place.
fn errors(text: &str) -> Vec<(String, String)> {
    let file = file(text);
    let errors = Script::read(&file.body()).errors;
    errors
        .into_iter()
        .map(|e| (file.text.get(e.span.range()).unwrap().to_owned(), e.message.unmasked()))
        .collect()
}

/// A word's parts on one line.
fn show(word: &Word) -> String {
    let part = |p: &Part| match p {
        Part::Literal { text, quoted: true } => format!("'{text}'"),
        Part::Literal { text, .. } => text.to_string(),
        Part::Variable(v) => {
            let argument = v.argument.as_deref().map(show).unwrap_or_default();
            let index = v.index.as_ref().map_or(String::new(), |i| format!("[{i}]"));
            let quoted = if v.quoted { "q" } else { "" };
            format!("${{{}{index}{}{argument}}}{quoted}", v.name, v.operator)
        }
        Part::Substitution { body, .. } => format!("$({})", commands(body).join("; ")),
        Part::Arithmetic(text) => format!("(({text}))"),
        Part::Process(list) => format!("<({})", commands(list).join("; ")),
        Part::Array(values) => {
            format!("({})", values.iter().map(show).collect::<Vec<_>>().join(" "))
        }
        Part::Unknown => "?".into(),
    };
    word.parts.iter().map(part).collect::<Vec<_>>().join("+")
}

fn commands(list: &List) -> Vec<String> {
    let words = |s: &Simple| s.words.iter().map(show).collect::<Vec<_>>().join(" ");
    list.simple_commands().map(|step| words(step.command)).collect()
}

fn first(list: &List) -> &Simple {
    list.simple_commands().next().unwrap().command
}

#[test]
fn an_entrypoint_reads_as_its_author_meant_it() {
    let script = read(concat!(
        "#!/bin/sh -e\n# 한국어 don't\nset -e\n\nuntil nc -z \"$DB_HOST\" ${DB_PORT:-5432}; do\n  echo \"기다림\" >&2; sleep 1\ndone\n",
        "if [ \"$1\" = 'web' ]; then\n  python manage.py migrate --noinput && python manage.py collectstatic --no-input\n",
        "elif test -n \"$X\"; then celery -A app worker &\nfi\nexec \"$@\"\n",
    ));
    assert_eq!(script.errors, []);
    assert_eq!(script.shebang.unwrap().as_str(), "/bin/sh -e");
    let expected = [
        "set -e",
        "nc -z ${DB_HOST}q ${DB_PORT:-5432}",
        "echo '기다림'",
        "sleep 1",
        "[ ${1}q = 'web' ]",
        "python manage.py migrate --noinput",
        "python manage.py collectstatic --no-input",
        "test -n ${X}q",
        "celery -A app worker",
        "exec ${@}q",
    ];
    assert_eq!(commands(&script.body), expected);
    let steps: Vec<_> = script.body.simple_commands().map(|s| s.context).collect();
    assert!(steps[1].in_condition && steps[1].in_loop && !steps[1].conditional);
    assert!(steps[2].in_loop && steps[2].conditional && !steps[2].in_condition);
    assert!(
        !steps[4].conditional
            && steps[5].conditional
            && steps[7].conditional
            && steps[7].in_condition
    );
    assert!(steps[8].background && steps[8].conditional);
    assert_eq!(steps[9], Context::default());
}

#[test]
fn quotes_and_escapes() {
    let list = good(
        "e a\\ b 'c d'\"e\\\"\\n\" \"\" $'\\t\\uac00\\xea\\xb0\\x80\\'' c\\\nd $\"loc\" \\$X \"a\\\nb\" it\\'s 50% a=b #no\n",
    );
    assert_eq!(
        commands(&list),
        ["e a+' '+b 'c de\"\\n' '' '\t가가'' cd 'loc' '$'+X 'ab' it+'''+s 50% a=b"]
    );
    let text = "echo '가나'다";
    let list = good(text);
    let word = &first(&list).words[1];
    assert_eq!(word.literal().unwrap(), "가나다");
    assert_eq!(&text[word.span().range()], "'가나'다");
}

#[test]
fn variables_and_substitutions() {
    let list = good(
        "e $A${B}\"$C\" ${D:-x${E-'y'}} \"${F:+it's \"q\"}\" ${#G} ${!H} ${I[0]} ${J##*/} ${K/a/b} $1$23 $@ ${#} $(( (1+2)*3 )) a<(ls)",
    );
    let words: Vec<_> = first(&list).words.iter().map(show).collect();
    let expected = [
        "e",
        "${A}+${B}+${C}q",
        "${D:-x+${E-'y'}}",
        "${F:+it's +'q'}q",
        "${G#}",
        "${H!}",
        "${I[0]}",
        "${J##*/}",
        "${K/a/b}",
    ];
    assert_eq!(words[..9], expected);
    assert_eq!(words[9..], ["${1}+${2}+3", "${@}", "${#}", "(( (1+2)*3 ))", "a+<(ls)"]);
    let list = good("a $(b \"$(c `d \\`e\\``)\" $( (f) )) | g");
    let all: Vec<_> = list
        .all_commands()
        .map(|s| (s.command.words[0].literal().unwrap(), s.context.in_substitution))
        .collect();
    let expected = [
        ("a", false),
        ("b", true),
        ("c", true),
        ("d", true),
        ("e", true),
        ("f", true),
        ("g", false),
    ];
    assert_eq!(all, expected.map(|(name, inner)| (name.to_owned(), inner)));
}

#[test]
fn what_joins_commands() {
    let list = good("a && ! b || c | d |& e & f; g &\nh &&\n # comment\n i");
    let joined: Vec<_> = list.items.iter().map(|i| (i.joined, i.negated, i.background)).collect();
    use Joined::*;
    let expected = [
        (Then, false, true),
        (And, true, true),
        (Or, false, true),
        (Pipe, false, true),
        (Pipe, false, true),
    ];
    assert_eq!(joined[..5], expected);
    assert_eq!(
        joined[5..],
        [(Then, false, false), (Then, false, true), (Then, false, false), (And, false, false)]
    );
}

#[test]
fn assignments_redirects_and_arrays() {
    let list = good(
        "A=1 B=\"$X\" C= run x=y 2>&1 >out &> all {fd}<&- >> b 3<<<str\nD+=t A[1]=x E=(a\n b # it's\n) \ndeclare -a F=(a)",
    );
    let run = first(&list);
    let names: Vec<_> =
        run.assignments.iter().map(|(name, value)| format!("{name}={}", show(value))).collect();
    assert_eq!(names, ["A=1", "B=${X}q", "C="]);
    let redirects: Vec<_> =
        run.redirects.iter().map(|r| format!("{} {}", r.operator, show(&r.target))).collect();
    assert_eq!(redirects, ["2>& 1", "> out", "&> all", "{fd}<& -", ">> b", "3<<< str"]);
    let Command::Simple(second) = &list.items[1].command else { panic!() };
    let values: Vec<_> = second.assignments.iter().map(|(_, value)| show(value)).collect();
    assert_eq!(values, ["${D-}q+t", "?+x", "(a b)"]);
    assert_eq!(commands(&list)[2], "declare -a F=+(a)");
    let Item { command: Command::While { .. }, redirects, .. } =
        &good("while read x; do :; done < in").items[0]
    else {
        panic!()
    };
    assert_eq!(redirects[0].target.literal().unwrap(), "in");
}

#[test]
fn here_documents() {
    let text = "cat <<A <<-'B C' | grep \"x\ny\" \\\n >out\none $X '\nA\n\ttwo\n\tB C\nls \"$(cat <<E\n) \"\nE\n)\"\nend\n";
    let list = good(text);
    let bodies: Vec<_> = first(&list).redirects.iter().map(|r| r.body.as_ref().unwrap()).collect();
    assert_eq!((bodies[0].as_str(), bodies[1].as_str()), ("one $X '\n", "two\n"));
    assert_eq!(&text[bodies[0].span().range()], "one $X '\n");
    assert_eq!(commands(&list), ["cat", "grep 'x\ny'", "ls $(cat)", "end"]);
    assert_eq!(
        errors("cat <<EOF\nx\n EOF\n"),
        [("<<EOF".into(), "the here-document is never ended by `EOF`".into())]
    );
}

#[test]
fn compound_commands() {
    let list = good(concat!(
        "f() { a; }\nfunction g { b; }\nfunction h() (c)\ni () if d; then e; fi\nfor x; do f; done\nfor x in 1 \"$@\"\ndo g; done\n",
        "for ((i=0; i<3; i++)) { h; }\ncase $1 in (a|b) i;; c) j ;& *) esac\nselect y in z; do k; done\n",
        "[[ -n $1 && ( $2 == @(x|\ny) || $3 =~ ^(a|b c)+$ ) ]] && l\n(( i < 3 )) || m\n((n); (o))\ntime -p p; coproc Q { q; }\n",
    ));
    assert_eq!(
        commands(&list),
        ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l", "m", "n", "o", "p", "q"]
    );
    let functions: Vec<_> = list
        .simple_commands()
        .filter_map(|s| s.context.in_function.map(|f| f.to_string()))
        .collect();
    assert_eq!(functions, ["f", "g", "h", "i", "i"]);
    let Command::For { words, .. } = &list.items[4].command else { panic!() };
    assert!(words.is_none());
    let Command::Case { arms, .. } = &list.items[7].command else { panic!() };
    assert_eq!(
        arms.iter()
            .map(|a| a.patterns.iter().map(show).collect::<Vec<_>>().join("|"))
            .collect::<Vec<_>>(),
        ["a|b", "c", "*"]
    );
    let Command::Test(words) = &list.items[9].command else { panic!() };
    assert_eq!(
        words.iter().map(|w| w.raw.as_str()).collect::<Vec<_>>().join(" · "),
        "-n · $1 · && · ( · $2 · == · @(x|\ny) · || · $3 · =~ · ^(a|b c)+$ · )"
    );
    assert_eq!(
        commands(&good("echo if then; FOO=1 done; x } fi")),
        ["echo if then", "done", "x } fi"]
    );
}

#[test]
fn errors_stand_at_the_opener_and_lose_nothing_below() {
    let one = |place: &str, message: &str| vec![(place.to_owned(), message.to_owned())];
    assert_eq!(errors("if a; then\n b\n"), one("if", "`if` is never closed with `fi`"));
    assert_eq!(errors("if a\n b\nfi\nc"), one("if", "`if` without `then`"));
    assert_eq!(errors("f() {\n if a; then b\n}\nc"), one("if", "`if` is never closed with `fi`"));
    assert_eq!(errors("for x in a; do b"), one("for", "`for` is never closed with `done`"));
    assert_eq!(errors("while a\n b\ndone\nc"), one("while", "`while` without `do`"));
    assert_eq!(errors("case x in a) b ;;\n"), one("case", "`case` is never closed with `esac`"));
    assert_eq!(errors("a; fi; b"), one("fi", "unexpected `fi`"));
    assert_eq!(
        errors("if a; then b; fi c"),
        one("c", "a word right after the end of a compound command")
    );
    assert_eq!(errors("function 한"), one("한", "function `한` has no body"));
    assert_eq!(errors("{ { a; } } | (b)"), []);
    assert_eq!(errors("a )\nb"), one(")", "unexpected `)`"));
    assert_eq!(errors("if a; then\n # nothing\nfi"), one("then", "no command after `then`"));
    assert_eq!(errors("a &&\n"), one("&&", "no command after `&&`"));
    assert_eq!(errors("a ;; b"), one(";;", "unexpected `;;`"));
    assert_eq!(errors("[[ -n x; b"), one("[[", "`[[` is never closed with `]]`"));
    assert_eq!(errors("echo a(b)"), one("(", "unexpected `(`"));
    for (text, opener) in [
        ("a \"b\nc\n", "\""),
        ("a 'b\nc\n", "'"),
        ("a $(b\nc\n", "$("),
        ("a ${b\nc\n", "${"),
        ("a `b\nc\n", "`"),
        ("A=(b\nc\n", "("),
    ] {
        assert_eq!(errors(text), one(opener, &format!("`{opener}` is never closed")), "{text}");
        assert_eq!(commands(&read(text).body).last().unwrap(), "c", "{text}");
    }
    assert_eq!(commands(&read("a; fi; b; if c; then d").body), ["a", "b", "c", "d"]);
}

#[test]
fn windows_line_endings_are_told_once_and_stay_out_of_words() {
    let text = "\u{feff}#!/bin/sh\r\nif a; then\r\n  b 'c' \\\r\n d\r\nfi\r\ncat <<E\r\nx\r\nE\r\nexec \"$@\"\r";
    let script = read(text);
    assert_eq!(script.shebang.unwrap().as_str(), "/bin/sh");
    assert_eq!(commands(&script.body), ["a", "b 'c' d", "cat", "exec ${@}q"]);
    assert_eq!(script.errors.len(), 1);
    assert_eq!(script.errors[0].span.range(), 12..13);
    assert_eq!(script.windows_line_ends, Some(script.errors[0].span));
    assert_eq!(read("a\nb").windows_line_ends, None);
}

#[test]
fn words_keep_their_places_in_a_text_of_pieces() {
    let source = "run: |\n    python\n      manage.py \"$X\"\n";
    let f = file(source);
    let mut text = Text::empty(Span::new(f.id, 5, source.len()));
    for line in ["python", "manage.py \"$X\""] {
        text.push_verbatim(line, source.find(line).unwrap());
        text.push_derived(" ", Span::new(f.id, 5, 6));
    }
    let script = Script::read(&text);
    let words = &first(&script.body).words;
    let places: Vec<_> = words.iter().map(|w| &source[w.span().range()]).collect();
    assert_eq!(places, ["python", "manage.py", "\"$X\""]);
    assert_eq!(&source[words[2].variable().unwrap().span.range()], "$X");
}

#[test]
fn expansion() {
    let f = file("");
    let lookup = |name: &str| match name {
        "A" => Some("x y"),
        "EMPTY" => Some(""),
        "PORT" => Some("8000"),
        _ => None,
    };
    let lookup = |name: &str, _: Span| match lookup(name) {
        Some(value) => Known::Known(Text::verbatim(f.id, 0, value)),
        None => Known::Unknown(Reason::NotSet(name.to_owned()).into()),
    };
    let word = |text: &str| first(&good(&format!("c {text}"))).words[1].clone();
    let one = |text: &str| expand(&word(text), &lookup).resolved().map(str::to_owned);
    assert_eq!(one("0.0.0.0:${PORT:-1}").unwrap(), "0.0.0.0:8000");
    assert_eq!(one("\"${NO:-a$PORT}\"'b'").unwrap(), "a8000b");
    assert_eq!(one("[${EMPTY-d}${EMPTY:-e}${A:+f}${EMPTY:+g}${NO+h}${NO:=i}]").unwrap(), "[efi]");
    assert_eq!(
        [one("$NO"), one("${NO:?msg}"), one("a$(b)"), one("${A%x}"), one("$((1))")],
        [const { None }; 5]
    );
    let many = |text: &str| {
        let fields = fields(&word(text), &lookup);
        let all: Option<Vec<&str>> = fields.iter().map(Text::resolved).collect();
        all.map(|f| f.join("|"))
    };
    assert_eq!(many("-$A-").unwrap(), "-x|y-");
    assert_eq!(many("\"-$A-\"").unwrap(), "-x y-");
    assert_eq!(many("${NO:-p 'q r' $A}").unwrap(), "p|q r|x|y");
    assert_eq!(many("'a b'$PORT").unwrap(), "a b8000");
    assert_eq!(fields(&word("$EMPTY"), &lookup).len(), 0);
    assert_eq!(fields(&word("\"$EMPTY\""), &lookup).len(), 1);
    assert_eq!(many("\"$@\""), None);
    let big = |_: &str, _: Span| Known::Known(Text::verbatim(f.id, 0, &"x".repeat(40_000)));
    assert!(expand(&word("$A"), &big).is_resolved());
    assert!(expand(&word("$A$A"), &big).is_unresolved());
    // What is known of a word stays known, and the place of the rest is that of the variable.
    let source = "c --bind=0.0.0.0:$NO";
    let bind = expand(&first(&good(source)).words[1], &lookup);
    let why = bind.why().unwrap();
    assert_eq!(
        (bind.head(), why.reason, &source[why.place.unwrap().range()]),
        ("--bind=0.0.0.0:", Reason::NotSet("NO".into()), "$NO")
    );
    let output = expand(&word("a$(b)"), &lookup);
    assert_eq!(output.why().unwrap().reason, Reason::CommandOutput);
    let text = "c 가${PORT}나";
    let places = expand(&first(&good(text)).words[1], &lookup);
    let pieces: Vec<_> =
        places.pieces().iter().map(|p| (&text[p.src.range()], p.verbatim())).collect();
    assert_eq!(pieces, [("가", true), ("${PORT}", false), ("나", true)]);
}
