//! Packages that are added to a file of requirements.

use super::draft::Draft;
use crate::syntax::requirements::{Requirements, normalise};

/// Adds a package to the main list of the file; one that is there stays as it is.
pub(super) fn add(draft: &mut Draft, package: &str) -> Option<()> {
    let read = Requirements::read(draft.file());
    if !read.errors.is_empty() {
        return None;
    }
    let name = normalise(package.split(['[', '<', '>', '=', '~', '!', ' ']).next()?);
    if read.get(&name).is_some_and(|r| r.group.is_none()) {
        return Some(());
    }
    let last = read.packages.iter().rfind(|r| r.group.is_none()).map(|r| r.span);
    let file = draft.file().path.file_name().to_owned();
    let toml = file == "Pipfile" || file.ends_with(".toml");
    if file == "setup.cfg" {
        let last = last?;
        let indent = draft.indent(last.start as usize);
        draft.add_below(last.end as usize - 1, &format!("{indent}{package}"));
        return Some(());
    }
    if !toml {
        draft.add_at_end(package);
        return Some(());
    }
    let last = last?.range();
    let text = draft.text();
    let line = &text[draft.line_start(last.start)..draft.line_end(last.end)];
    let key =
        line.trim_start().split(['=', ' ']).next().unwrap_or_default().trim_matches(['"', '\'']);
    let table = !line.trim_start().starts_with(['"', '\''])
        && normalise(key)
            == normalise(
                text.get(last.clone())?
                    .split(['[', '<', '>', '=', '~', '!', ' ', '"', '\''])
                    .find(|p| !p.is_empty())?,
            );
    if table {
        let indent = draft.indent(last.start);
        draft.add_below(last.end - 1, &format!("{indent}{package} = \"*\""));
        return Some(());
    }
    // An item of an array: behind its quote.
    let quote = text[..last.start].chars().next_back().filter(|c| matches!(c, '"' | '\''));
    let (end, quote) = match quote {
        Some(quote) => (last.end + 1, quote),
        None => {
            (last.end, text[..last.end].chars().next_back().filter(|c| matches!(c, '"' | '\''))?)
        }
    };
    let alone = draft.text()[draft.line_start(last.start)..last.start]
        .trim()
        .trim_matches(['"', '\''])
        .is_empty();
    let gap = if alone { format!("\n{}", draft.indent(last.start)) } else { " ".to_owned() };
    draft.write(end..end, &format!(",{gap}{quote}{package}{quote}"));
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::{MemoryFiles, Sources};

    #[test]
    fn each_format_has_its_own_list() {
        for (path, text, want) in [
            ("requirements.txt", "Django>=5\n", "Django>=5\ngunicorn\n"),
            ("requirements.txt", "Django>=5", "Django>=5\ngunicorn"),
            ("requirements.txt", "gunicorn==23\n", "gunicorn==23\n"),
            ("requirements.txt", "", "gunicorn\n"),
            (
                "pyproject.toml",
                "[project]\nname = \"x\"\nversion = \"1\"\ndependencies = [\n    \"Django>=5\",\n]\n",
                "[project]\nname = \"x\"\nversion = \"1\"\ndependencies = [\n    \"Django>=5\",\n    \"gunicorn\",\n]\n",
            ),
            (
                "pyproject.toml",
                "[project]\nname = \"x\"\nversion = \"1\"\ndependencies = ['Django>=5']\n",
                "[project]\nname = \"x\"\nversion = \"1\"\ndependencies = ['Django>=5', 'gunicorn']\n",
            ),
            (
                "pyproject.toml",
                "[tool.poetry.dependencies]\npython = \"^3.12\"\ndjango = \"^5.2\"\n",
                "[tool.poetry.dependencies]\npython = \"^3.12\"\ndjango = \"^5.2\"\ngunicorn = \"*\"\n",
            ),
            (
                "Pipfile",
                "[packages]\ndjango = \"*\"\n",
                "[packages]\ndjango = \"*\"\ngunicorn = \"*\"\n",
            ),
        ] {
            let files = MemoryFiles::new();
            let mut draft = Draft::new(Sources::new(&files).add(path, text));
            assert_eq!(add(&mut draft, "gunicorn"), Some(()), "{text}");
            assert_eq!(draft.text(), want);
        }
    }
}
