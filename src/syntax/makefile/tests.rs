use super::*;
use crate::source::{MemoryFiles, Sources};

fn read(text: &str) -> Makefile {
    let files = MemoryFiles::new();
    let sources = Sources::new(&files);
    Makefile::read(&sources.add("Makefile", text).body())
}

#[test]
fn variables_are_read_with_what_their_operators_do() {
    let make = read(
        "A := 1 # one\nB = $(A) \\\n    two\nC ?= x\nC += y\nexport D=z\nE != ls\nifdef A\nF = 3\nelse\nF = 4\nendif\ndefine G\na\nb\nendef\nprod: H = 5\n I=a\\#b\n",
    );
    let shown: Vec<String> = make
        .variables
        .iter()
        .map(|v| {
            let marks = [("?", v.conditional), ("!", v.exported)];
            let marks: String = marks.iter().filter(|(_, m)| *m).map(|(m, _)| *m).collect();
            format!("{:?} {}{marks}={}", v.kind, v.name.as_str(), v.value.as_str())
        })
        .collect();
    assert_eq!(
        shown,
        [
            "Set A=1",
            "Set B=$(A) two",
            "Default C=x",
            "Append C=y",
            "Set D!=z",
            "Shell E=ls",
            "Set F?=3",
            "Set F?=4",
            "Set G=a\nb",
            "Set H?=5",
            "Set I=a\\#b"
        ]
    );
}

#[test]
fn recipes_are_read_with_continued_lines_and_without_prefixes() {
    let make = read(
        "up: build ; echo hi\n\t@docker compose \\\n\t  -f a.yml up\n# no\n\n\t-rm x\nifeq ($(A),b)\n\techo c\nendif\nX = y\n\tnone\n$(LIST): %.o: %.c\n\tcc\na:\n",
    );
    let shown: Vec<(&str, Vec<&str>)> = make
        .recipes
        .iter()
        .map(|r| (r.targets.as_str(), r.lines.iter().map(|l| l.as_str()).collect()))
        .collect();
    assert_eq!(
        shown,
        [
            ("up", vec!["echo hi", "docker compose \\\n\t  -f a.yml up", "rm x", "echo c"]),
            ("$(LIST)", vec!["cc"])
        ]
    );
}

#[test]
fn every_line_knows_its_place_whatever_the_bytes() {
    let text = "가 := 나 \\\n  다\nup:\n\techo $(가) \\\n";
    let make = read(text);
    let place = make.variables[0].value.span_of(4..7);
    assert_eq!(&text[place.range()], "다");
    assert_eq!(&text[make.recipes[0].lines[0].span().range()], "echo $(가) \\");
    for text in [
        "", "\\", "\t", "a:\n\t@", "define", "define x", "= \\\n", "export", "\\\n\\\n", ":", "a:;",
    ] {
        read(text);
    }
}
