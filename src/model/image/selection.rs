//! Which groups of a project's dependencies an installer takes (manuals of pip, Pipenv, Poetry, uv and PDM).

use crate::syntax::requirements::normalise;

/// Which groups are taken.
#[derive(Debug, Clone, Default)]
pub(super) struct Selection {
    /// Only these; the main list is called `main`.
    only: Option<Vec<String>>,
    /// Not these.
    without: Vec<String>,
}

impl Selection {
    /// What `program` takes that is given `words`. Where it cannot be told, everything is.
    pub(super) fn of_command(program: &str, words: &[&str]) -> Self {
        let has = |flag: &str| words.contains(&flag);
        let values = |flags: &[&str]| -> Vec<String> {
            let given =
                words.iter().enumerate().filter_map(|(i, word)| match word.split_once('=') {
                    Some((name, value)) if flags.contains(&name) => Some(value),
                    None if flags.contains(word) => words.get(i + 1).copied(),
                    _ => None,
                });
            given
                .flat_map(|v| v.split([',', ' ']))
                .map(normalise)
                .filter(|v| !v.is_empty())
                .collect()
        };
        let main = || Some(vec!["main".to_owned()]);
        let mut without = values(&["--without", "--no-group"]);
        if has("--no-dev") || has("--only-main") {
            without.push("dev".into());
        }
        let only = match program {
            "pipenv" if !has("--dev") && !has("-d") && values(&["--categories"]).is_empty() => {
                main()
            }
            "poetry" => Some(values(&["--only"])).filter(|v| !v.is_empty()),
            "pdm"
                if ["--prod", "--production", "--no-dev"].iter().any(|f| has(f))
                    && values(&["-G", "--group"]).is_empty() =>
            {
                main()
            }
            _ => None,
        };
        Self { only, without }
    }

    /// What `pip install .[extras]` takes of a project.
    pub(super) fn extras(word: &str) -> Self {
        let extras =
            word.find('[').zip(word.find(']')).and_then(|(a, b)| word.get(a + 1..b)).unwrap_or("");
        let all = extras.split(',').map(|e| normalise(e.trim())).filter(|e| !e.is_empty());
        Self { only: Some(all.chain(["main".to_owned()]).collect()), without: Vec::new() }
    }

    /// What `pip install --group` takes: one group, and nothing of the project.
    pub(super) fn group(name: &str) -> Self {
        Self { only: Some(vec![normalise(name)]), without: Vec::new() }
    }

    /// Whether a package of this group is taken.
    pub(super) fn takes(&self, group: Option<&str>) -> bool {
        let group = normalise(group.unwrap_or("main"));
        !self.without.contains(&group)
            && self.only.as_ref().is_none_or(|only| only.contains(&group))
    }
}

#[cfg(test)]
mod tests {
    use super::Selection;

    #[test]
    fn groups_are_taken_as_the_installers_do() {
        let taken = |line: &str| {
            let words: Vec<&str> = line.split(' ').collect();
            let selection = Selection::of_command(words[0], &words[1..]);
            [None, Some("dev"), Some("docs")].map(|g| selection.takes(g))
        };
        for (line, wanted) in [
            ("poetry install", [true, true, true]),
            ("poetry install --no-dev", [true, false, true]),
            ("poetry install --only main", [true, false, false]),
            ("poetry install --only=dev,docs", [false, true, true]),
            ("poetry install --without dev,docs", [true, false, false]),
            ("pipenv install --system", [true, false, false]),
            ("pipenv install --dev", [true, true, true]),
            ("uv sync --frozen --no-dev", [true, false, true]),
            ("uv sync --no-group docs", [true, true, false]),
            ("pdm install --prod", [true, false, false]),
            ("pdm install", [true, true, true]),
        ] {
            assert_eq!(taken(line), wanted, "{line}");
        }
        let extras = Selection::extras(".[Docs]");
        assert_eq!([None, Some("dev"), Some("docs")].map(|g| extras.takes(g)), [true, false, true]);
    }
}
