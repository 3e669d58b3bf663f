//! Real shapes, mistakes, templates and hostile files.

#![allow(clippy::unwrap_used, reason = "a test that fails may panic")]

use super::*;
use crate::source::{MemoryFiles, Sources};
use proptest::prelude::*;

/// Reads a file and checks what holds for every file: spans lie in it, verbatim pieces are its bytes.
fn read(text: &str) -> Config {
    let files = MemoryFiles::new();
    let file = Sources::new(&files).add("nginx.conf", text);
    let config = Config::read(&file.body());
    let inside = |s: Span| assert!(file.text.get(s.range()).is_some(), "{s:?} in {text:?}");
    let mut open: Vec<&Directive> = config.directives.iter().collect();
    while let Some(directive) = open.pop() {
        inside(directive.span);
        for word in std::iter::once(&directive.name).chain(&directive.args) {
            inside(word.span());
            for piece in word.pieces() {
                inside(piece.src);
                let (at, len) = (piece.at as usize, piece.len as usize);
                assert!(
                    !piece.verbatim() || word.get(at..at + len) == file.text.get(piece.src.range()),
                    "{piece:?} of {text:?}"
                );
            }
        }
        open.extend(directive.block.iter().flatten());
    }
    config.errors.iter().for_each(|e| inside(e.span));
    config
}

/// The tree on one line: `name<arg>{…}`.
fn shape(directives: &[Directive]) -> String {
    let one = |d: &Directive| {
        let args: String = d.args.iter().map(|a| format!("<{a}>")).collect();
        let block = d.block.as_ref().map_or(String::new(), |b| format!("{{{}}}", shape(b)));
        format!("{}{args}{block}", d.name)
    };
    directives.iter().map(one).collect::<Vec<_>>().join(" ")
}

/// The shape, the messages, and the text under each error.
fn errors<'t>(text: &'t str, config: &Config) -> Vec<(String, &'t str)> {
    config.errors.iter().map(|e| (e.message.unmasked(), &text[e.span.range()])).collect()
}

#[test]
fn well_formed_files_are_read() {
    for (text, expected) in [
        ("user nginx;events{}", "user<nginx> events{}"),
        ("\u{feff}# 주석\r\nserver {\r\n  listen 80;\r\n}\r\n", "server{listen<80>}"),
        (
            "location ~ \\.php$ { try_files $uri =404; }",
            "location<~><\\.php$>{try_files<$uri><=404>}",
        ),
        (
            "if ($host = \"a b\") { return 301 https://$host$request_uri; }",
            "if<($host><=><a b><)>{return<301><https://$host$request_uri>}",
        ),
        (
            "listen ${PORT}; server_name $${X}y ${A}{ }",
            "listen<${PORT}> server_name<$${X}y><${A}>{}",
        ),
        (
            "a 'it\\'s' \"x;{}#\\\"y\" z#no 'a\\\\b' a\\ b \\n;",
            "a<it's><x;{}#\"y><z#no><a\\b><a\\ b><\n>",
        ),
        ("add_header X 'a\nb' always; # end", "add_header<X><a\nb><always>"),
        ("server_name 한국.kr *.\"x\" ~^(?<n>.+)$;", "server_name<한국.kr><*.\"x\"><~^(?<n>.+)$>"),
        (
            "log_format main '$a'\n  '$b';\nmap $u $c {\n  default\n    close;\n  listen\n  root;\n}",
            "log_format<main><$a><$b> map<$u><$c>{default<close> listen<root>}",
        ),
        ("listen 443 ssl\n  http2;", "listen<443><ssl><http2>"),
        ("a \"\" '';", "a<><>"),
        (
            "access_by_lua_block {\n local t = { a = '}' } -- don't }\n}\nroot /x;",
            "access_by_lua_block{} root</x>",
        ),
    ] {
        let config = read(text);
        assert_eq!(shape(&config.directives), expected, "{text}");
        assert_eq!(config.errors, [], "{text}");
    }
}

#[test]
fn templates_are_tolerated() {
    for (text, expected) in [
        (
            "server {\n {% if tls %}\n listen 443;\n {% endif %}\n server_name {{ domain }} {{ a }}.b;\n}",
            "server{listen<443> server_name<{{ domain }}><{{ a }}.b>}",
        ),
        (
            "{{ $x := .Env }}\n{{ range . }}\nupstream {{ .Name }} { server {{ .Ip }}:80; }\n{{ end }}",
            "upstream<{{ .Name }}>{server<{{ .Ip }}:80>}",
        ),
        (
            "{{- if .a }}listen 80;{{ end }}\n{{ include \"x\" }}\nroot {{ r }};",
            "listen<80> root<{{ r }}>",
        ),
        ("<% if x %>\nroot <%= dir %>/a;\n<% end %>{# c #}", "root<<%= dir %>/a>"),
        (
            "{{- /*\n a { ' \n*/}}\n{{- template \"x\" (dict\n \"a\" 1) }}\na \"{{ b | or \"c d\" }}\" e;",
            "a<{{ b | or \"c d\" }}><e>",
        ),
        ("server {# #}\n listen 80; }", "server{listen<80>}"),
    ] {
        let config = read(text);
        assert_eq!(shape(&config.directives), expected, "{text}");
        assert_eq!(config.errors, [], "{text}");
    }
}

#[test]
fn mistakes_are_located_and_the_rest_is_read() {
    for (text, expected, message, place) in [
        (
            "server {\n listen 80\n root /x; }",
            "server{listen<80> root</x>}",
            "no ; after `listen`",
            "listen 80",
        ),
        (
            "root /한글 # c\nlocation / { return 200 }",
            "root</한글> location</>{return<200>}",
            "no ; after `root`",
            "root /한글",
        ),
        (
            "location / {\n return 200\n}\nroot /;",
            "location</>{return<200>} root</>",
            "no ; after `return`",
            "return 200",
        ),
        ("root /x", "root</x>", "no ; after `root`", "root /x"),
        (
            "server\n listen 80;\n}\nuser a;",
            "server{listen<80>} user<a>",
            "no { after `server`",
            "server",
        ),
        (
            "http { server { listen 80; }",
            "http{server{listen<80>}}",
            "the block of `http` is never closed",
            "http",
        ),
        ("server { } }\nuser a;", "server{} user<a>", "`}` closes nothing", "}"),
        ("a b;;", "a<b>", "`;` after nothing", ";"),
        ("server { { root /x; } }", "server{root</x>}", "`{` after nothing", "{"),
        ("a \"b\"c;", "a<b><c>", "`c` directly behind a closing quote", "\"b\"c"),
        ("a 'b c;\nroot /x;", "a<b c> root</x>", "this ' is never closed", "'b c"),
        ("a \"b\r\nroot /x;", "a<b> root</x>", "this \" is never closed", "\"b"),
        (
            "content_by_lua_block { x",
            "content_by_lua_block{}",
            "the Lua block is never closed",
            "content_by_lua_block",
        ),
    ] {
        let config = read(text);
        assert_eq!(shape(&config.directives), expected, "{text}");
        assert_eq!(errors(text, &config).first(), Some(&(message.to_owned(), place)), "{text}");
    }
}

#[test]
fn places_count_quotes_and_the_mark() {
    let text = "\u{feff}set $이름 \"가\\\"나\" ;";
    let config = read(text);
    let set = &config.directives[0];
    assert_eq!(&text[set.span.range()], "set $이름 \"가\\\"나\"");
    let value = set.arg(1).unwrap();
    assert_eq!((value.as_str(), &text[value.span().range()]), ("가\"나", "\"가\\\"나\""));
    assert_eq!(&text[value.span_of(3..4).range()], "\"");
    assert_eq!(&text[value.span_of(4..7).range()], "나");
}

#[test]
fn directives_are_found_with_what_they_stand_in() {
    let config = read(
        "http { server { location / { proxy_pass http://a; } location /b { proxy_pass http://b; } } }",
    );
    let found = config.find("proxy_pass");
    let paths: Vec<_> = found
        .iter()
        .map(|(path, d)| (path.len(), path[2].arg(0).unwrap().as_str(), d.arg(0).unwrap().as_str()))
        .collect();
    assert_eq!(paths, [(3, "/", "http://a"), (3, "/b", "http://b")]);
}

#[test]
fn depth_is_capped() {
    let text = format!("{}{}root /x;", "a { ".repeat(1000), "b; } ".repeat(1000));
    let config = read(&text);
    assert_eq!(config.errors.len(), 1, "{:?}", config.errors);
    assert_eq!(config.directives.last().unwrap().name.as_str(), "root");
}

#[test]
fn hostile_repetition_is_read_in_linear_time() {
    for piece in [
        "{",
        "}",
        "a {",
        "a 'b;\n",
        "\"",
        "\\\"",
        "{{",
        "{{a}}",
        "{%\n",
        "\"{{\n",
        "<%",
        "{% ",
        "a\n",
        "'\\'",
        "root\n",
        ";",
        "x_by_lua_block { '\\\"",
        "한{",
    ] {
        let text = piece.repeat(256 * 1024 / piece.len());
        assert!(read(&text).errors.len() <= MAX_ERRORS + 1);
    }
    read(&format!("x_by_lua_block {{ {}", "\"\\".repeat(128 * 1024)));
}

const MAX_ERRORS: usize = 100;

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, rng_seed: proptest::test_runner::RngSeed::Fixed(1), ..ProptestConfig::default() })]

    #[test]
    fn any_text_is_read(text in any::<String>()) {
        read(&text);
    }

    #[test]
    fn any_mix_of_signs_is_read(parts in prop::collection::vec(prop::sample::select(SOUP), 0..60)) {
        read(&parts.concat());
    }
}

const SOUP: &[&str] = &[
    "server",
    " ",
    "\n",
    "\r\n",
    "{",
    "}",
    ";",
    "'",
    "\"",
    "\\",
    "$",
    "${",
    "#",
    "{{",
    "}}",
    "{%",
    "%}",
    "<%=",
    "%>",
    "{#",
    "#}",
    "root ",
    "listen\n",
    "x_by_lua_block {",
    "--",
    "한",
    "\u{feff}",
    ")",
];
