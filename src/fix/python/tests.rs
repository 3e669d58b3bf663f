//! What a module looks like after each change.

use super::*;
use crate::finding::{Prose, PyValue};
use crate::source::{MemoryFiles, Sources};

/// Changes `text`; `edit` is given the place of a part of it.
fn changed(text: &str, edit: impl Fn(&dyn Fn(&str) -> Span) -> PythonEdit) -> Option<String> {
    let files = MemoryFiles::new();
    let file = Sources::new(&files).add("settings.py", text);
    let id = file.id;
    let at = |part: &str| {
        let start = text.find(part).unwrap_or_default();
        Span::new(id, start, start + part.len())
    };
    let mut draft = Draft::new(file);
    change(&mut draft, &edit(&at))?;
    Some(draft.text().to_owned())
}

fn text(text: &'static str) -> PyValue {
    PyValue::Text(Prose::from(text))
}

#[test]
fn a_setting_is_added_behind_another() {
    let assign = |after: &'static str, value: PyValue| {
        move |at: &dyn Fn(&str) -> Span| PythonEdit::Assign {
            after: at(after),
            name: "X",
            value: value.clone(),
        }
    };
    let below = || PyValue::BelowBaseDir(vec!["static".into()]);
    for (module, after, value, want) in [
        ("A = 1\n", "A", PyValue::Int(1), "A = 1\nX = 1\n"),
        ("A = 'a'\r\nB = 2", "A", text("x"), "A = 'a'\r\nX = 'x'\r\nB = 2"),
        (
            "from pathlib import Path\nBASE_DIR = Path(__file__).parent\nU = 'u'\n",
            "U =",
            below(),
            "from pathlib import Path\nBASE_DIR = Path(__file__).parent\nU = 'u'\nX = BASE_DIR / 'static'\n",
        ),
        (
            "import os\nBASE_DIR = os.path.dirname(__file__)\nU = \"u\"\n",
            "U =",
            below(),
            "import os\nBASE_DIR = os.path.dirname(__file__)\nU = \"u\"\nX = os.path.join(BASE_DIR, \"static\")\n",
        ),
        (
            "\"\"\"Doc.\"\"\"\n\nfrom pathlib import Path\n\nA = (\n    1,\n)\n",
            "1",
            PyValue::Environ("KEY".into(), None),
            "\"\"\"Doc.\"\"\"\n\nimport os\nfrom pathlib import Path\n\nA = (\n    1,\n)\nX = os.environ[\"KEY\"]\n",
        ),
        (
            "A = 1\n",
            "A",
            PyValue::Environ("K".into(), Some("d".into())),
            "import os\n\nA = 1\nX = os.environ.get(\"K\", \"d\")\n",
        ),
        (
            "class P:\n    A = 1\n",
            "A",
            PyValue::Bool(false),
            "class P:\n    A = 1\n    X = False\n",
        ),
    ] {
        assert_eq!(changed(module, assign(after, value)).as_deref(), Some(want));
    }
    assert_eq!(changed("A = 1\n", assign("A", below())), None, "there is no BASE_DIR");
    assert_eq!(changed("A = (\n", assign("A", text("x"))), None, "it cannot be read");
}

#[test]
fn items_are_added_and_removed() {
    let list = "M = [\n    'a',\n    'b',\n]\n";
    let whole = "[\n    'a',\n    'b',\n]";
    let add = |list: &'static str, before: Option<&'static str>| {
        move |at: &dyn Fn(&str) -> Span| PythonEdit::AddItem {
            list: at(list),
            before: before.map(at),
            item: text("n"),
        }
    };
    for (module, span, before, want) in [
        (list, whole, None, "M = [\n    'a',\n    'b',\n    'n',\n]\n"),
        (list, whole, Some("'b'"), "M = [\n    'a',\n    'n',\n    'b',\n]\n"),
        ("M = ['a']\n", "['a']", None, "M = ['a', 'n']\n"),
        ("M = ['a']\n", "['a']", Some("'a'"), "M = ['n', 'a']\n"),
        ("M = []\n", "[]", None, "M = [\"n\"]\n"),
        ("M = ('a',)\n", "('a',)", None, "M = ('a', 'n',)\n"),
    ] {
        assert_eq!(changed(module, add(span, before)).as_deref(), Some(want));
    }
    for (module, item, want) in [
        (list, "'a'", "M = [\n    'b',\n]\n"),
        (list, "'b'", "M = [\n    'a',\n]\n"),
        ("M = ['a', 'b']\n", "'a'", "M = ['b']\n"),
        ("M = ['a', 'b']\n", "'b'", "M = ['a']\n"),
        ("M = ['a']\n", "'a'", "M = []\n"),
        ("D = {'k': 1, 'l': 2}\n", "'k'", "D = {'l': 2}\n"),
        ("A = 1\nB = 2\n", "A = 1", "B = 2\n"),
    ] {
        assert_eq!(changed(module, |at| PythonEdit::Remove(at(item))).as_deref(), Some(want));
    }
}

#[test]
fn keys_and_expressions_are_replaced() {
    let set = |dict: &'static str| {
        move |at: &dyn Fn(&str) -> Span| PythonEdit::SetItem {
            dict: at(dict),
            key: "HOST",
            value: text("db"),
        }
    };
    for (module, dict, want) in [
        (
            "D = {'HOST': 'x', 'PORT': 1}\n",
            "{'HOST': 'x', 'PORT': 1}",
            "D = {'HOST': 'db', 'PORT': 1}\n",
        ),
        ("D = {'PORT': 1}\n", "{'PORT': 1}", "D = {'PORT': 1, 'HOST': 'db'}\n"),
    ] {
        assert_eq!(changed(module, set(dict)).as_deref(), Some(want));
    }
    let replaced = changed("import os\nA = bool(os.environ['A'])\n", |at| {
        PythonEdit::Replace(
            at("bool(os.environ['A'])"),
            PyValue::Code("os.environ['A'] == '1'".into()),
        )
    });
    assert_eq!(replaced.as_deref(), Some("import os\nA = os.environ['A'] == '1'\n"));
}
