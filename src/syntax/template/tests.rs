use super::tags;
use crate::source::{MemoryFiles, Sources};

/// Each tag with its first literal.
fn read(text: &str) -> Vec<(String, Option<String>)> {
    let files = MemoryFiles::new();
    let sources = Sources::new(&files);
    let file = sources.add("page.html", text);
    let all = tags(&file);
    for tag in &all {
        let written = &file.text[tag.span.range()];
        assert!(written.starts_with("{%") && written.ends_with("%}"), "{written}");
    }
    let literal = |t: &super::Tag| t.literal(0).map(|l| l.as_str().to_owned());
    all.iter().map(|t| (t.name.as_str().to_owned(), literal(t))).collect()
}

fn names(text: &str) -> Vec<String> {
    read(text).into_iter().map(|(name, _)| name).collect()
}

#[test]
fn literals_are_strings_alone() {
    for (text, want) in [
        ("{% static 'a/b.css' %}", Some("a/b.css")),
        ("{%static \"a b.css\"%}", Some("a b.css")),
        ("{% static name %}", None),
        ("{% static 'a'|add:'b' %}", None),
        ("{% static 'it\\'s' %}", None),
        ("{% static ' %}", None),
        ("{% static '' %}", Some("")),
        ("{% static %}", None),
    ] {
        let want = vec![("static".to_owned(), want.map(str::to_owned))];
        assert_eq!(read(text), want, "{text}");
    }
}

#[test]
fn what_is_left_out_has_no_tags() {
    assert_eq!(names("\u{feff}a { b {% load static %}{{ x }}"), ["load"]);
    assert_eq!(names("{# {% static 'a' %} #}"), [""; 0]);
    assert_eq!(
        names("{% comment \"why\" %}{% static 'a' %}{% endcomment %}{% x %}"),
        ["comment", "x"]
    );
    assert_eq!(
        names("{% verbatim a %}{% b %}{% endverbatim %}{% endverbatim a %}{% c %}"),
        ["verbatim", "c"]
    );
    assert_eq!(names("{% static\n'a' %}"), [""; 0], "a tag ends on its line");
    assert_eq!(names("{%%}{%  %}{% a"), [""; 0]);
}
