use super::*;
use crate::source::{MemoryFiles, Sources};

fn read(text: &str, markup: Markup) -> Vec<String> {
    let files = MemoryFiles::new();
    let sources = Sources::new(&files);
    fragments(&sources.add("README", text).body(), markup)
        .iter()
        .map(|f| {
            let mark = match f.kind {
                FragmentKind::Block => "B",
                FragmentKind::Inline => "I",
                FragmentKind::Sentence => "S",
            };
            format!("{mark} {}", f.text.trim().as_str())
        })
        .collect()
}

#[test]
fn markdown_blocks_code_and_sentences() {
    let text = "# Title\nRun `a b` or ``c ` d``.\n\n```bash\nx \\\n  y\n# z\n```\n~~~ yaml\nno: 1\n~~~\n1. Do:\n   ```console\n   $ p\n   printed\n   $ q \\\n     r\n   ```\n\n    indented\n    more\n\n    and\nend\n- ```\n  s\n  ```\n";
    assert_eq!(
        read(text, Markup::Markdown),
        [
            "S # Title",
            "I a b",
            "I c ` d",
            "S Run   or  .",
            "B x \\\ny\n# z",
            "S 1. Do:",
            "B p\nq \\\nr",
            "B indented\nmore\n\nand",
            "S end",
            "B s"
        ]
    );
}

#[test]
fn restructured_text_blocks_and_literals() {
    let text = "Run ``a`` and `link`_::\n\n    b\n    c\n\nThen\n\n.. code-block:: bash\n   :linenos:\n\n   d\n\n.. code-block:: yaml\n\n   e: f\n\n.. note::\n\n   text\n";
    assert_eq!(
        read(text, Markup::Rst),
        ["I a", "S Run   and  _::", "B b\nc", "S Then", "B d", "S .. note::", "S text"]
    );
}

#[test]
fn asciidoc_listings() {
    let text = "[source,bash]\n----\na\n----\nuse `b`\n";
    assert_eq!(read(text, Markup::AsciiDoc), ["S [source,bash]", "B a", "I b", "S use"]);
}

#[test]
fn prompts_are_left_out_with_what_is_printed() {
    for (block, wanted) in [
        ("$ a\nb\n", "a"),
        ("(venv) $ a\n", "a"),
        ("me@host:~/x$ a\nroot@host:/app# b\n", "a\nb"),
        ("PS C:\\x> a\n", "a"),
        ("# no\na > b\n", "# no\na > b"),
        ("> a\n> b\n", "a\nb"),
        ("echo $ a\n", "echo $ a"),
    ] {
        assert_eq!(read(&format!("```\n{block}```\n"), Markup::Markdown), [format!("B {wanted}")]);
    }
}

#[test]
fn places_stay_and_any_bytes_can_be_read() {
    let files = MemoryFiles::new();
    let sources = Sources::new(&files);
    let text = "가 `나`\n```\n$ 다\n```\n";
    let file = sources.add("README.md", text);
    let all = fragments(&file.body(), Markup::Markdown);
    let shown: Vec<&str> = all.iter().map(|f| &text[f.text.span_of(0..3).range()]).collect();
    assert_eq!(shown, ["나", "가", "다"]);
    for markup in [Markup::Markdown, Markup::Rst, Markup::AsciiDoc] {
        for text in
            ["", "`", "```", "``` `\n`", "::\n", ".. code::", "    ", "\\", "$ ", "가# ", "----"]
        {
            read(text, markup);
        }
    }
}
