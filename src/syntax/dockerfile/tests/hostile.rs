//! Hostile and random input.

use super::*;
use crate::source::Span;
use crate::syntax::dockerfile::expand;
use proptest::prelude::*;
use std::time::{Duration, Instant};

fn check_text(source: &str, text: &Text) {
    check_span(source, text.span());
    for piece in text.pieces() {
        check_span(source, piece.src);
        let range = piece.at as usize..(piece.at + piece.len) as usize;
        let run = text.get(range).unwrap_or_else(|| panic!("piece outside of its text"));
        assert!(
            !piece.verbatim() || source.get(piece.src.range()) == Some(run),
            "{run:?} is not at {:?}",
            piece.src
        );
    }
}

fn check_span(source: &str, span: Span) {
    assert!(source.get(span.range()).is_some(), "{span:?} of {}", source.len());
}

fn check_command(source: &str, command: &Command) {
    match command {
        Command::Shell(text) => check_text(source, text),
        Command::Exec(all) => all.iter().for_each(|text| check_text(source, text)),
    }
}

fn check_instruction(source: &str, escape: char, one: &Instruction) {
    check_span(source, one.span);
    check_span(source, one.keyword.span);
    for flag in &one.flags {
        check_text(source, &flag.name);
        flag.value.iter().for_each(|value| check_text(source, value));
    }
    for doc in &one.heredocs {
        check_text(source, &doc.body);
        check_span(source, doc.word);
    }
    match &one.kind {
        Kind::From { image, alias } => {
            check_text(source, image);
            alias.iter().for_each(|text| check_text(source, text));
        }
        Kind::Run(command)
        | Kind::Cmd(command)
        | Kind::Entrypoint(command)
        | Kind::Healthcheck(Some(command)) => {
            check_command(source, command);
        }
        Kind::Copy { sources, dest } => {
            sources.iter().for_each(|text| check_text(source, text));
            check_text(source, dest);
        }
        Kind::Shell(all) | Kind::Volume(all) | Kind::Expose(all) => {
            all.iter().for_each(|text| check_text(source, text))
        }
        Kind::Env(all) | Kind::Label(all) => {
            for (name, value) in all {
                check_text(source, name);
                check_text(source, value);
                check_text(source, &expand(value, escape, &mut |_| Some(name.clone())).text);
            }
        }
        Kind::Arg(all) => {
            for (name, value) in all {
                check_text(source, name);
                value.iter().for_each(|value| check_text(source, value));
            }
        }
        Kind::Workdir(text) | Kind::User(text) | Kind::Other(text) => {
            check_text(source, text);
            let found =
                expand(text, escape, &mut |name| (name.len() % 2 == 0).then(|| text.clone()));
            check_text(source, &found.text);
            found.unset.iter().for_each(|(_, span)| check_span(source, *span));
        }
        Kind::Onbuild(inner) => check_instruction(source, escape, inner),
        Kind::Healthcheck(None) => {}
    }
}

fn check(source: &str) -> Dockerfile {
    let found = read(source);
    assert!(found.errors.len() <= 21);
    found.errors.iter().for_each(|error| check_span(source, error.span));
    found.empty_continuations.iter().for_each(|span| check_span(source, *span));
    found.syntax.iter().for_each(|text| check_text(source, text));
    found.instructions.iter().for_each(|one| check_instruction(source, found.escape, one));
    found
}

#[test]
fn junk_has_few_errors() {
    let junk = (0..400).map(|i| format!("RUNN\u{7} {i}\n")).collect::<String>();
    let found = check(&junk);
    assert_eq!(found.errors.len(), 21);
    assert!(found.errors[0].message.unmasked().starts_with("no FROM"));
    assert_eq!(found.errors[20].message, "381 more errors are left out");
    let mixed = (0..400).map(|i| format!("\u{1}\u{fffd}{i} \u{2}\nCOPY\n")).collect::<String>();
    assert_eq!(check(&mixed).errors.len(), 21);
    assert!(check(&"\u{1}\u{2}%PDF\n".repeat(1000)).errors.len() <= 2);
}

#[test]
fn hostile_repetition_is_linear() {
    let many = |line: &str, count: usize, end: &str| format!("FROM a\n{}{end}", line.repeat(count));
    let cases = [
        many("RUN x \\\n", 1, "") + &"  y \\\n".repeat(100_000),
        many("RUN x \\\n", 1, "") + &"\n".repeat(250_000),
        many("RUN x \\\n", 1, "") + &"# c\n".repeat(60_000),
        many("ENV ", 1, "") + &"a=b \\\n".repeat(50_000),
        many("ENV a='", 1, "") + &"$".repeat(250_000),
        many("COPY ", 1, "") + &"<<E ".repeat(1_000) + "/x\n" + &"y\n".repeat(100_000),
        many("RUN ", 1, "") + &"<<E ".repeat(60_000),
        format!("FROM a\nRUN <<{}\n{}", "E".repeat(100_000), "EEEE\n".repeat(30_000)),
        many("RUN <<", 1, "") + &"<".repeat(250_000),
        many("CMD [", 1, "") + &"\"a\",".repeat(60_000),
        many("CMD [\"", 1, "") + &"\\\"".repeat(120_000) + "\"]",
        many("CMD [", 1, "") + &"[".repeat(250_000),
        many("RUN ", 1, "") + &"--m=x ".repeat(40_000),
        many("RUN --m=", 1, "") + &"\\a".repeat(120_000),
        many("ONBUILD ", 1, "") + &"ONBUILD ".repeat(30_000),
        many("FROM a AS a\n", 10_000, ""),
        many("ARG A=$A$A\n", 10_000, ""),
        many("RUN cat <<A\nA\n", 15_000, ""),
        many("", 1, "") + &"\\\n".repeat(120_000),
        "\u{a0}".repeat(120_000),
    ];
    for source in cases {
        let start = Instant::now();
        read(&source);
        let head: String = source.chars().take(40).collect();
        assert!(start.elapsed() < Duration::from_secs(5), "{head:?} took {:?}", start.elapsed());
    }
}

#[test]
fn a_hundred_thousand_lines_keep_their_places() {
    let source = "FROM a\nRUN x \\\n".to_owned() + &" yy \\\n".repeat(100_000) + " last\n";
    let found = read(&source);
    let text = shell(&found.instructions[1].kind);
    assert_eq!(text_under(&source, text, "last"), "last");
    assert_eq!(text.pieces().len(), 100_002);
}

#[test]
fn every_prefix_of_a_file() {
    let source = "\u{feff}# syntax=x\r\nARG V=\"3\"\nFROM --platform=$P py:${V:-3} AS 가\nRUN --mount=type=cache a \\\n # c\n\n && 'b' <<-\"E\" <<F\n\tx\n\tE\ny\nF\nENV a='$b' c=\\$d e\\\n=f\nCMD [\"a\\u00e9\", \"\\ud83d\\ude00\"]\nHEALTHCHECK CMD x\nONBUILD COPY <<G /x\nz\nG\n";
    for end in (0..=source.len()).filter(|end| source.is_char_boundary(*end)) {
        check(&source[..end]);
    }
}

const SOUP: [&str; 52] = [
    "FROM ",
    "RUN ",
    "COPY ",
    "ADD ",
    "ENV ",
    "ARG ",
    "LABEL ",
    "CMD ",
    "HEALTHCHECK ",
    "ONBUILD ",
    "SHELL ",
    "VOLUME ",
    "EXPOSE ",
    "USER ",
    "WORKDIR ",
    "NONE",
    "AS ",
    "--from=",
    "--mount=",
    "--",
    " ",
    "\t",
    "\n",
    "\n",
    "\r\n",
    "\\\n",
    "\\ \r\n",
    "\\",
    "`",
    "`\n",
    "# escape=`\n",
    "# c\n",
    "<<EOF",
    "<<-'EOF'",
    "EOF\n",
    "EOF",
    "<<",
    "\"",
    "'",
    "[",
    "]",
    ",",
    "\"a\"",
    "\\u00e9",
    "\\ud83d",
    "$A",
    "${A:-",
    "}",
    "=",
    "가",
    "\u{a0}",
    "\u{feff}",
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, rng_seed: proptest::test_runner::RngSeed::Fixed(1), ..ProptestConfig::default() })]

    #[test]
    fn any_text(source in "\\PC*|(?s).{0,200}") {
        check(&source);
    }

    #[test]
    fn token_soup(words in prop::collection::vec(prop::sample::select(&SOUP[..]), 0..80)) {
        check(&words.concat());
    }
}
