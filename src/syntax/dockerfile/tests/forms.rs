//! What the single instructions say.

use super::*;

fn exec(kind: &Kind) -> Vec<&str> {
    match kind {
        Kind::Run(Command::Exec(all))
        | Kind::Cmd(Command::Exec(all))
        | Kind::Entrypoint(Command::Exec(all)) => strings(all),
        other => panic!("not in exec form: {other:?}"),
    }
}

fn pairs(kind: &Kind) -> Vec<(&str, &str)> {
    match kind {
        Kind::Env(all) | Kind::Label(all) => {
            all.iter().map(|(k, v)| (k.as_str(), v.as_str())).collect()
        }
        other => panic!("no pairs: {other:?}"),
    }
}

#[test]
fn from_with_platform_and_name() {
    let source =
        "ARG B=python\nFROM --platform=$BUILDPLATFORM ${B}:3.12 as Build-1\nFROM build-1\n";
    let all = clean(source).instructions;
    assert_eq!(all[1].flag("platform").map(Text::as_str), Some("$BUILDPLATFORM"));
    let Kind::From { image, alias: Some(alias) } = &all[1].kind else { panic!() };
    assert_eq!((image.as_str(), alias.as_str()), ("${B}:3.12", "Build-1"));
    assert_eq!(&source[alias.span().range()], "Build-1");
    assert!(matches!(&all[2].kind, Kind::From { alias: None, .. }));
}

#[test]
fn from_that_docker_refuses_still_begins_a_stage() {
    for line in [
        "FROM a AS",
        "FROM a b c",
        "FROM a AS b c",
        "FROM a # the base",
        "FROM a AS 1st",
        "FROM a AS b/c",
    ] {
        let found = read(line);
        assert_eq!(found.errors.len(), 1, "{line}");
        assert!(
            matches!(&found.instructions[0].kind, Kind::From { image, .. } if image.as_str() == "a"),
            "{line}"
        );
    }
}

#[test]
fn exec_form_reads_json_strings_exactly() {
    let source = r#"CMD [ "a b", "c\"d\\e\n" , "\u00e9\ud83d\ude00\ud800", "한글", "" ]"#;
    let all = after_from(source);
    assert_eq!(exec(&all[0].kind), ["a b", "c\"d\\e\n", "é😀\u{fffd}", "한글", ""]);
    let Kind::Cmd(Command::Exec(words)) = &all[0].kind else { panic!() };
    assert_eq!(&format!("FROM a\n{source}")[words[3].span().range()], "\"한글\"");
    assert_eq!(text_under(&format!("FROM a\n{source}"), &words[1], "\""), "\\\"");
    assert!(exec(&after_from("ENTRYPOINT []")[0].kind).is_empty());
    assert_eq!(exec(&after_from("CMD [\"a\", \\\n  # why\n  \"b\"]")[0].kind), ["a", "b"]);
}

#[test]
fn invalid_json_is_a_line_for_the_shell() {
    for line in [
        "['a', 'b']",
        "[\"a\", \"b\",]",
        "[\"a\" \"b\"]",
        "[\"a\"] b",
        "[ -f x ] && y",
        "[\"\t\"]",
        "[\"\\x\"]",
        "[\"a",
        "[",
        "[,]",
    ] {
        assert_eq!(shell(&after_from(&format!("CMD {line}"))[0].kind).as_str(), line);
    }
    assert_eq!(errors("CMD [\"a\", 1]"), ["the JSON form takes strings only"]);
    assert_eq!(errors("CMD [[\"a\"]]"), ["the JSON form takes strings only"]);
    assert!(errors(&format!("CMD {}", "[".repeat(100_000))).is_empty());
}

#[test]
fn flags_with_quotes_booleans_and_values() {
    let all = after_from(
        "RUN --mount=type=cache,target=/root/.cache --mount=\"type=bind,source=a b\" --network=none pip install\nCOPY --link --from=build --chown=app:app a b /x/\nRUN -- --x\nRUN echo --from=x",
    );
    let names: Vec<_> = all[0]
        .flags
        .iter()
        .map(|f| (f.name.as_str(), f.value.as_ref().map_or("-", Text::as_str)))
        .collect();
    assert_eq!(
        names,
        [
            ("mount", "type=cache,target=/root/.cache"),
            ("mount", "type=bind,source=a b"),
            ("network", "none")
        ]
    );
    assert_eq!(shell(&all[0].kind).as_str(), "pip install");
    assert_eq!(all[1].flag("from").map(Text::as_str), Some("build"));
    assert!(all[1].flags[0].name.as_str() == "link" && all[1].flags[0].value.is_none());
    let Kind::Copy { sources, dest } = &all[1].kind else { panic!() };
    assert_eq!((strings(sources), dest.as_str()), (vec!["a", "b"], "/x/"));
    assert_eq!(shell(&all[2].kind).as_str(), "--x");
    assert!(all[3].flags.is_empty());
    assert_eq!(errors("COPY --from build /a /b"), ["`--from` has no value"]);
}

#[test]
fn copy_in_both_forms() {
    let all = after_from("COPY [\"a b\", \"c\", \"/x y/\"]\nADD \"a\" ./\nCOPY $A/x ${B:-y} /z");
    let Kind::Copy { sources, dest } = &all[0].kind else { panic!() };
    assert_eq!((strings(sources), dest.as_str()), (vec!["a b", "c"], "/x y/"));
    let Kind::Copy { sources, dest } = &all[1].kind else { panic!() };
    assert_eq!((strings(sources), dest.as_str()), (vec!["a"], "./"));
    let Kind::Copy { sources, .. } = &all[2].kind else { panic!() };
    assert_eq!(strings(sources), ["$A/x", "${B:-y}"]);
    assert_eq!(errors("COPY a"), ["`COPY` needs a source and a destination"]);
    assert_eq!(errors("ADD [\"a\"]"), ["`ADD` needs a source and a destination"]);
    assert_eq!(
        errors("COPY \"a b\" /x").len(),
        2,
        "a quote opens and one closes in words of their own"
    );
}

#[test]
fn env_in_both_forms() {
    let source = "ENV a=b c=\"d e\" f='g \"h' i=j\\ k l= \\\n    m=\"n\\\"o\\p\" q=$a\nENV legacy one  two\nENV quoted \"x y\"\nENV url a=b";
    let all = after_from(source);
    let want = [
        ("a", "b"),
        ("c", "d e"),
        ("f", "g \"h"),
        ("i", "j k"),
        ("l", ""),
        ("m", "n\"o\\p"),
        ("q", "$a"),
    ];
    assert_eq!(pairs(&all[0].kind), want);
    assert_eq!(pairs(&all[1].kind), [("legacy", "one  two")]);
    assert_eq!(pairs(&all[2].kind), [("quoted", "x y")]);
    assert_eq!(pairs(&all[3].kind), [("url", "a=b")]);
    let Kind::Env(all) = &all[0].kind else { panic!() };
    let whole = format!("FROM a\n{source}");
    assert_eq!(&whole[all[1].1.span().range()], "\"d e\"");
    assert_eq!(text_under(&whole, &all[1].1, "d e"), "d e");
    assert_eq!(text_under(&whole, &all[5].1, "\""), "\\\"");
}

#[test]
fn env_that_docker_refuses() {
    assert_eq!(errors("ENV a"), ["`ENV` needs a name and a value"]);
    assert_eq!(errors("ENV =a"), ["`ENV` needs a name in front of `=`"]);
    assert_eq!(errors("ENV a=\"b"), ["this quote is never closed"]);
    assert_eq!(errors("ENV a=b # why it is so"), ["`#` has no `=`"]);
    let found = read("FROM a\nENV a=b c d=e\n");
    assert_eq!(found.errors[0].message, "`c` has no `=`");
    assert_eq!(pairs(&found.instructions[1].kind), [("a", "b"), ("d", "e")]);
}

#[test]
fn args_and_labels() {
    let all =
        after_from("ARG a=b c d=\"e f\" g=\nLABEL \"com.example\"=\"x y\" z=한글\nLABEL one two");
    let Kind::Arg(args) = &all[0].kind else { panic!() };
    let args: Vec<_> =
        args.iter().map(|(k, v)| (k.as_str(), v.as_ref().map(Text::as_str))).collect();
    assert_eq!(args, [("a", Some("b")), ("c", None), ("d", Some("e f")), ("g", Some(""))]);
    assert_eq!(pairs(&all[1].kind), [("com.example", "x y"), ("z", "한글")]);
    assert_eq!(pairs(&all[2].kind), [("one", "two")]);
}

#[test]
fn healthcheck_in_its_forms() {
    let all = after_from(
        "HEALTHCHECK --interval=5s --timeout=3s CMD curl -f http://x/ || exit 1\nHEALTHCHECK cmd [\"a\"]\nHEALTHCHECK NONE",
    );
    assert_eq!(all[0].flag("interval").map(Text::as_str), Some("5s"));
    assert!(
        matches!(&all[0].kind, Kind::Healthcheck(Some(Command::Shell(text))) if text.as_str() == "curl -f http://x/ || exit 1")
    );
    assert!(
        matches!(&all[1].kind, Kind::Healthcheck(Some(Command::Exec(all))) if strings(all) == ["a"])
    );
    assert!(matches!(&all[2].kind, Kind::Healthcheck(None)));
    assert_eq!(errors("HEALTHCHECK NONE x\nHEALTHCHECK CMD\nHEALTHCHECK curl x").len(), 3);
}

#[test]
fn onbuild_holds_one_instruction() {
    let all = after_from("ONBUILD COPY --chown=a . /app\nonbuild run x");
    let Kind::Onbuild(inner) = &all[0].kind else { panic!() };
    assert_eq!(inner.flag("chown").map(Text::as_str), Some("a"));
    assert!(matches!(&inner.kind, Kind::Copy { dest, .. } if dest.as_str() == "/app"));
    assert_eq!(errors("ONBUILD ONBUILD RUN x"), ["`ONBUILD` cannot stand behind ONBUILD"]);
    assert_eq!(errors("ONBUILD FROM x"), ["`FROM` cannot stand behind ONBUILD"]);
    assert_eq!(errors("ONBUILD RUNN x"), ["unknown instruction `RUNN`"]);
}

#[test]
fn the_small_ones() {
    let all = after_from(
        "SHELL [\"/bin/bash\", \"-c\"]\nEXPOSE 80/tcp 8000-8010 $PORT\nVOLUME [\"/a b\"]\nVOLUME /c /d\nUSER app:app\nWORKDIR \"/my app\"\nSTOPSIGNAL SIGTERM\nMAINTAINER 김 <a@b>",
    );
    assert!(matches!(&all[0].kind, Kind::Shell(words) if strings(words) == ["/bin/bash", "-c"]));
    assert!(
        matches!(&all[1].kind, Kind::Expose(ports) if strings(ports) == ["80/tcp", "8000-8010", "$PORT"])
    );
    assert!(matches!(&all[2].kind, Kind::Volume(paths) if strings(paths) == ["/a b"]));
    assert!(matches!(&all[3].kind, Kind::Volume(paths) if strings(paths) == ["/c", "/d"]));
    assert!(matches!(&all[4].kind, Kind::User(user) if user.as_str() == "app:app"));
    assert!(matches!(&all[5].kind, Kind::Workdir(path) if path.as_str() == "/my app"));
    assert!(matches!(&all[6].kind, Kind::Other(text) if text.as_str() == "SIGTERM"));
    assert!(matches!(&all[7].kind, Kind::Other(text) if text.as_str() == "김 <a@b>"));
    assert_eq!(errors("SHELL /bin/bash -c"), ["`SHELL` takes the JSON form only"]);
}
