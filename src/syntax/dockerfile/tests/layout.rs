//! Lines, continuations, directives, keywords.

use super::*;

#[test]
fn a_word_on_a_continued_line_knows_its_bytes() {
    let source =
        "FROM a\nRUN apt-get update \\\n  && apt-get install \\\n  한글-패키지 \\\n  curl\n";
    let all = clean(source).instructions;
    let text = shell(&all[1].kind);
    assert_eq!(text.as_str(), "apt-get update   && apt-get install   한글-패키지   curl");
    for word in ["update", "install", "한글-패키지", "curl"] {
        assert_eq!(text_under(source, text, word), word);
    }
    let at = text.find("curl").unwrap_or_default();
    assert_eq!(text.span_of(at..at + 4).start as usize, source.find("curl").unwrap_or_default());
    assert_eq!(&source[all[1].span.range()], source[7..].trim_end());
    assert!(text.pieces().len() >= 4 && text.pieces().iter().all(|p| p.verbatim()));
}

#[test]
fn comments_and_empty_lines_inside_an_instruction() {
    let source =
        "FROM a\nRUN one \\\n# a comment\n\n   # another \\\n  two \\   \n\tthree\nUSER app\n";
    let found = clean(source);
    assert_eq!(shell(&found.instructions[1].kind).as_str(), "one   two \tthree");
    assert_eq!(found.instructions.len(), 3);
    assert_eq!(found.empty_continuations.len(), 1);
    assert_eq!(
        found.empty_continuations[0].start as usize,
        source.find("\n\n").unwrap_or_default() + 1
    );
}

#[test]
fn carriage_returns_and_byte_order_mark() {
    let source =
        "\u{feff}# syntax=docker/dockerfile:1\r\nFROM a\r\nRUN one \\\r\n  two\r\nCMD [\"x\"]\r\n";
    let found = clean(source);
    assert_eq!(found.syntax.as_ref().map(Text::as_str), Some("docker/dockerfile:1"));
    let text = shell(&found.instructions[1].kind);
    assert_eq!(text.as_str(), "one   two");
    assert_eq!(text_under(source, text, "two"), "two");
    assert_eq!(&source[found.instructions[0].keyword.span.range()], "FROM");
}

#[test]
fn the_escape_directive_changes_the_continuation() {
    let found = clean("# escape=`\nFROM a\nRUN dir C:\\ `\n && echo\nENV P=C:\\x Q=`$x\n");
    assert_eq!(found.escape, '`');
    assert_eq!(shell(&found.instructions[1].kind).as_str(), "dir C:\\  && echo");
    let Kind::Env(pairs) = &found.instructions[2].kind else { panic!() };
    assert_eq!((pairs[0].1.as_str(), pairs[1].1.as_str()), ("C:\\x", "$x"));
}

#[test]
fn directives_stand_at_the_head_only() {
    assert_eq!(clean("# a comment\n# escape=`\nFROM a\n").escape, '\\');
    assert_eq!(clean("\n# escape=`\nFROM a\n").escape, '\\');
    assert_eq!(clean("FROM a\n# escape=`\n").escape, '\\');
    assert_eq!(clean("# unknown=x\n# escape=`\nFROM a\n").escape, '\\');
    assert_eq!(clean("#Syntax = evil/frontend  \n#ESCAPE=`\nFROM a\n").escape, '`');
    let wrong = read("# escape=x\nFROM a\n");
    assert_eq!(wrong.errors.len(), 1);
    assert_eq!(wrong.escape, '\\');
    assert_eq!(read("# escape=`\n# escape=`\nFROM a\n").errors.len(), 1);
}

#[test]
fn a_doubled_escape_ends_the_line() {
    let all = after_from("RUN echo \\\\\nUSER x\n");
    assert_eq!(shell(&all[0].kind).as_str(), "echo \\\\");
    assert!(matches!(&all[1].kind, Kind::User(user) if user.as_str() == "x"));
}

#[test]
fn a_continuation_at_the_end_of_the_file() {
    assert_eq!(shell(&after_from("RUN echo \\").remove(0).kind).as_str(), "echo");
    assert_eq!(shell(&after_from("RUN echo \\\n# the end").remove(0).kind).as_str(), "echo");
}

#[test]
fn a_continuation_of_nothing() {
    let found = read("FROM a\n  \\\n\n");
    assert_eq!((found.errors.len(), found.instructions.len()), (1, 1));
}

#[test]
fn keywords_in_any_case_and_a_split_one() {
    let all = after_from("  run echo\nR\\\nUN echo\n\tCmd x");
    assert_eq!(
        all.iter().map(|i| i.keyword.value.as_str()).collect::<Vec<_>>(),
        ["RUN", "RUN", "CMD"]
    );
}

#[test]
fn unknown_instructions_are_told_and_kept() {
    let source = "FROM a\nRNU pip install x\nWORKDIR /app\n";
    let found = read(source);
    assert_eq!(found.errors.len(), 1);
    assert_eq!(found.errors[0].message, "unknown instruction `RNU`");
    assert_eq!(found.errors[0].help, Some("did you mean `RUN`?".into()));
    assert_eq!(&source[found.errors[0].span.range()], "RNU");
    assert!(
        matches!(&found.instructions[1].kind, Kind::Other(text) if text.as_str() == "pip install x")
    );
    assert!(matches!(found.instructions[2].kind, Kind::Workdir(_)));
}

#[test]
fn lines_that_lost_their_continuation_are_one_error() {
    let found = read(
        "FROM a\nRUN apt-get update\n  && apt-get install \\\n  curl\n  && rm -rf /x\nCMD x\n",
    );
    assert_eq!(found.errors.len(), 1);
    assert!(found.errors[0].help.as_ref().is_some_and(|help| help.unmasked().contains('\\')));
    assert_eq!(found.instructions.len(), 5);
}

#[test]
fn a_blank_that_is_no_space() {
    let found = read("FROM a\nRUN\u{a0}echo\n");
    assert!(found.errors[0].help.as_ref().is_some_and(|help| help.unmasked().contains("U+0020")));
}

#[test]
fn instructions_without_arguments_are_left_out() {
    for keyword in ["RUN", "ENV", "COPY", "HEALTHCHECK", "ONBUILD", "WORKDIR", "LABEL", "FROM"] {
        let found = read(&format!("FROM a\n{keyword}\nUSER x\n"));
        assert_eq!(found.errors.len(), 1, "{keyword}");
        assert_eq!(found.errors[0].message.unmasked(), format!("`{keyword}` has no arguments"));
        assert_eq!(found.instructions.len(), 2);
    }
}

#[test]
fn a_file_without_from() {
    let found = read("RUN echo\nCMD x\n");
    assert_eq!(found.errors.len(), 1);
    assert!(found.errors[0].message.unmasked().starts_with("no FROM: "));
    assert!(found.errors[0].span.is_empty() && found.errors[0].span.start == 0);
    assert_eq!(found.instructions.len(), 2);
    let slip = read("FORM a\nRUN x\n").errors;
    assert_eq!((slip.len(), &slip[0].help), (1, &Some("did you mean `FROM`?".into())));
    assert!(read("").errors[0].message.unmasked().starts_with("no FROM: "));
    assert!(read("# only\n\n").errors[0].message.unmasked().starts_with("no FROM: "));
}

#[test]
fn what_stands_before_the_first_from() {
    assert!(clean("ARG V=3\nFROM a:$V\n").errors.is_empty());
    let found = read("ARG V=3\nRUN x\nENV a=b\nFROM a:$V\n");
    assert_eq!(found.errors.len(), 1);
    assert_eq!(found.errors[0].message, "`RUN` stands before the first FROM");
    assert_eq!(found.instructions.len(), 4);
}
