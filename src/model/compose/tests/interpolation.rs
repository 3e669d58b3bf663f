//! `${…}` (Compose specification, "Interpolation") and `.env`.

use super::*;

const ENV: &str = "SET=s\nEMPTY=\nOTHER='o o'\nCHAIN=${SET}-x\nRAW='$SET'\n한글=값\n";

/// What `A: "<text>"` comes to, `?` for what is set nowhere, and whether that is all known.
fn value(text: &str) -> (String, bool) {
    let compose = format!("services:\n  w:\n    image: x\n    environment:\n      A: \"{text}\"\n");
    let project = load_all(&[("compose.yml", &compose), (".env", ENV)], &["compose.yml"]);
    assert!(project.errors.is_empty(), "{text}: {:?}", project.errors);
    let scalar = project.service("w").env("A").unwrap().value.clone().unwrap();
    (shown(&scalar.text), scalar.known().is_some())
}

#[test]
fn every_form_of_variable() {
    let cases = [
        ("$SET", "s", true),
        ("${SET}", "s", true),
        ("a${SET}b$SET-c", "asbs-c", true),
        ("${SET:-d}", "s", true),
        ("${SET-d}", "s", true),
        ("${SET:?m}", "s", true),
        ("${SET:+r}", "r", true),
        ("${SET+r}", "r", true),
        ("${EMPTY}", "", true),
        ("${EMPTY:-d}", "d", true),
        ("${EMPTY-d}", "", true),
        ("${EMPTY:+r}", "", true),
        ("${EMPTY+r}", "r", true),
        ("$NOPE", "?", false),
        ("${NOPE}", "?", false),
        ("x/${NOPE}/y", "x/?/y", false),
        ("${NOPE:-d}", "d", true),
        ("${NOPE-d}", "d", true),
        ("${NOPE:-}", "", true),
        ("${NOPE:?must be set}", "?", false),
        ("${NOPE:+r}", "", true),
        ("${NOPE:-a${SET}b}", "asb", true),
        ("${NOPE:-a${NOPE2:-b}}c", "abc", true),
        ("${NOPE:-${NOPE2}}", "?", false),
        ("${NOPE:-{1}}", "{1}", true),
        ("${NOPE:-http://x:1/a?b=c}", "http://x:1/a?b=c", true),
        ("$$SET", "$SET", true),
        ("$${SET}", "${SET}", true),
        ("$$$SET", "$s", true),
        ("a$ b", "a$ b", true),
        ("100$", "100$", true),
        ("$1", "$1", true),
        ("${OTHER}", "o o", true),
        ("${CHAIN}", "s-x", true),
        ("${RAW}", "$SET", true),
        ("값-$SET", "값-s", true),
    ];
    for (text, wanted, known) in cases {
        assert_eq!(value(text), (wanted.to_owned(), known), "{text}");
    }
}

#[test]
fn a_variable_stands_where_it_is_written_and_knows_its_env_entry() {
    let compose = "services:\n  w:\n    image: r/x:${SET}\n";
    let project = load_all(&[("compose.yml", compose), (".env", ENV)], &["compose.yml"]);
    let image = project.service("w").image.clone().unwrap();
    assert_eq!(image.text.as_str(), "r/x:s");
    assert!(!image.literal());
    assert_eq!(&compose[image.vars[0].span.range()], "${SET}");
    let VarSource::EnvFile(place) = image.vars[0].source else { panic!("{:?}", image.vars) };
    assert_eq!(&ENV[place.range()], "s");
    assert_eq!(&compose[image.text.span_of(4..5).range()], "${SET}");
    assert_eq!(&compose[image.text.span_of(0..4).range()], "r/x:");
}

#[test]
fn keys_stay_and_wrong_forms_are_errors() {
    let cases = [
        ("${SET", "${SET"),
        ("${}", "${}"),
        ("${-x}", "${-x}"),
        ("${SET/x}", "${SET/x}"),
        ("a ${SET:-${}} b", "${}"),
    ];
    for (text, wanted) in cases {
        let project = one(&format!("services:\n  w:\n    image: \"{text}\"\n"));
        assert_eq!(project.messages(), ["this is no variable that Compose can read"], "{text}");
        let at = project.faults[0].span.range();
        let file = &project.files[0].text;
        assert_eq!(&file[at], wanted);
    }
    let project = one("services:\n  w:\n    image: x\n    labels:\n      a$$b: c$$d\n");
    assert_eq!(key(&project, "labels"), "{a$$b: c$d}");
}

#[test]
fn deep_nesting_ends() {
    let text = format!("{}x{}", "${A:-".repeat(100), "}".repeat(100));
    let project = one(&format!("services:\n  w:\n    image: {text}\n"));
    assert_eq!(
        project.messages(),
        ["variables are nested more than 32 deep; the rest is not read"]
    );
}

#[test]
fn the_env_file_of_the_project_folder_counts() {
    let files = [
        ("d/compose.yml", "services:\n  w:\n    image: $V\n"),
        (".env", "V=root\n"),
        ("d/.env", "\u{feff}export V=own # c\r\n"),
    ];
    let sources = world(&files);
    let image = |folder: &str| {
        let project = load(sources, &rel(folder), &[rel("d/compose.yml")]);
        project.service("w").image.clone().unwrap().text.as_str().to_owned()
    };
    assert_eq!((image("d"), image("")), ("own".to_owned(), "root".to_owned()));
}
