//! Here-documents.

use super::*;

#[test]
fn a_script_in_a_run() {
    let source =
        "FROM a\nRUN <<EOF\napt-get update\n# kept\n\nRUN not-an-instruction \\\nEOF\nUSER x\n";
    let all = clean(source).instructions;
    assert_eq!(all.len(), 3);
    assert!(shell(&all[1].kind).is_empty());
    let doc = &all[1].heredocs[0];
    assert_eq!((doc.delimiter.as_str(), doc.expand), ("EOF", true));
    assert_eq!(doc.body.as_str(), "apt-get update\n# kept\n\nRUN not-an-instruction \\\n");
    assert_eq!(text_under(source, &doc.body, "not-an"), "not-an");
    assert_eq!(&source[doc.word.range()], "<<EOF");
    assert_eq!(&source[all[1].span.range()], "RUN <<EOF");
}

#[test]
fn beside_a_command_and_with_a_quoted_delimiter() {
    let all =
        after_from("RUN python3 <<EOF && echo\nprint(1)\nEOF\nRUN cat <<\"A B\" x\n$x\nA B\n");
    assert_eq!(shell(&all[0].kind).as_str(), "python3 <<EOF && echo");
    assert_eq!(all[0].heredocs[0].body.as_str(), "print(1)\n");
    let doc = &all[1].heredocs[0];
    assert_eq!((doc.delimiter.as_str(), doc.expand, doc.body.as_str()), ("A B", false, "$x\n"));
}

#[test]
fn several_in_one_instruction() {
    let source = "FROM a\nCOPY --chown=x <<-'one' 3<<two /dest/\n\t\tfirst 한글\n\tsecond\n\tone\n\ttabs stay\ntwo\n";
    let all = clean(source).instructions;
    let [first, second] = all[1].heredocs.as_slice() else { panic!() };
    assert_eq!(
        (first.delimiter.as_str(), first.expand, first.body.as_str()),
        ("one", false, "first 한글\nsecond\n")
    );
    assert_eq!(
        (second.delimiter.as_str(), second.expand, second.body.as_str()),
        ("two", true, "\ttabs stay\n")
    );
    assert_eq!(text_under(source, &first.body, "second"), "second");
    let Kind::Copy { sources, dest } = &all[1].kind else { panic!() };
    assert_eq!((strings(sources), dest.as_str()), (vec!["<<-'one'", "3<<two"], "/dest/"));
}

#[test]
fn no_end_is_an_error_at_the_word() {
    let source = "FROM a\nRUN cat <<EOF <<TWO\nrest\nUSER x";
    let found = read(source);
    assert_eq!(found.errors.len(), 1);
    assert_eq!(&source[found.errors[0].span.range()], "<<EOF");
    assert_eq!(found.instructions[1].heredocs[0].body.as_str(), "rest\nUSER x");
    assert!(found.instructions[1].heredocs[1].body.is_empty());
}

#[test]
fn what_is_no_here_document() {
    for line in [
        "RUN cat <<<EOF",
        "RUN echo $((1<<2))",
        "RUN echo '<<EOF'",
        "RUN [\"cat\", \"<<EOF\"]",
        "RUN cat <<- EOF",
        "RUN cat <<",
        "RUN x<<EOF",
        "CMD cat <<EOF",
        "RUN echo it's <<EOF",
        "RUN echo <<''",
    ] {
        let all = after_from(&format!("{line}\nUSER x\n"));
        assert_eq!(all.len(), 2, "{line}");
        assert!(all[0].heredocs.is_empty(), "{line}");
    }
}

#[test]
fn carriage_returns_around_the_end() {
    let all = after_from("RUN <<EOF\r\necho\r\nEOF\r\nUSER x\r\n");
    assert_eq!(all[0].heredocs[0].body.as_str(), "echo\r\n");
    assert_eq!(all.len(), 2);
}

#[test]
fn inside_onbuild_and_behind_a_slip() {
    let all = after_from("ONBUILD RUN <<EOF\necho\nEOF\nUSER x");
    let Kind::Onbuild(inner) = &all[0].kind else { panic!() };
    assert_eq!(inner.heredocs[0].body.as_str(), "echo\n");
    let found = read("FROM a\nRUNN <<EOF\necho\nEOF\nUSER x");
    assert_eq!(found.errors.len(), 1);
    assert_eq!(found.instructions.len(), 3);
    assert_eq!(errors("COPY x <<EOF\nbody\nEOF"), ["a here-document cannot be the destination"]);
}

#[test]
fn delimiters_as_the_shell_reads_them() {
    for (word, name, expand) in [
        ("<<  EOF", "EOF", true),
        ("<< -EOF", "-EOF", true),
        ("3<<EOF", "EOF", true),
        ("<<$EOF", "$EOF", true),
        ("<<eo'f'", "eof", false),
        ("<<eo\\'f", "eo'f", true),
        ("<<'e'o\\'f", "eo'f", false),
        ("<<file.txt", "file.txt", true),
    ] {
        let all = after_from(&format!("RUN {word}\nX\n{name}\nRUN {word} > x\n{name}\nUSER x\n"));
        assert_eq!(all.len(), 3, "{word}");
        let doc = &all[0].heredocs[0];
        assert_eq!((doc.delimiter.as_str(), doc.expand, doc.body.as_str()), (name, expand, "X\n"));
        assert!(shell(&all[0].kind).is_empty());
        assert!(!shell(&all[1].kind).is_empty());
    }
}

#[test]
fn ends_are_looked_for_in_order() {
    let all = after_from("COPY <<X <<Y /dest\nY\nX\nX\nY\nUSER <<NO\n");
    let bodies: Vec<_> = all[0].heredocs.iter().map(|doc| doc.body.as_str()).collect();
    assert_eq!(bodies, ["Y\n", "X\n"]);
    assert!(all[1].heredocs.is_empty());
}
