//! Commands in sentences: where they start and end.

use std::ops::Range;

/// How a command starts that is looked for in a sentence.
const STARTS: [&str; 9] = [
    "docker compose ",
    "docker-compose ",
    "podman compose ",
    "podman-compose ",
    "docker exec ",
    "docker stack deploy ",
    "python manage.py ",
    "python3 manage.py ",
    "./manage.py ",
];

/// The commands that a text speaks of, each from where it starts to where the sentence goes on.
pub(super) fn starts(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(start) = STARTS.iter().filter_map(|s| text[at..].find(s)).min().map(|i| at + i) {
        let rest = &text[start..];
        // A management command behind `docker compose exec` is a part of it.
        let others =
            STARTS.iter().filter(|s| s.starts_with(['d', 'p']) && !s.starts_with("python"));
        let next = others.filter_map(|s| rest[1..].find(s)).min().map_or(rest.len(), |i| i + 1);
        let ends =
            ["\n", "`", "'", "\"", "(", ")", "|", ";", ", ", ". ", ": ", "*", "<", "→", "—", "&"];
        let end = ends.iter().filter_map(|e| rest[..next].find(e)).min().unwrap_or(next);
        let command = rest[..end].trim_end_matches(['.', ',', ':', '!', '?', ' ']);
        // What comes before is a part of the same word: `my-docker-compose `.
        let whole =
            !text[..start].ends_with(|c: char| c.is_alphanumeric() || matches!(c, '-' | '/' | '.'));
        if whole {
            found.push(start..start + command.len());
        }
        at = start + end.max(1);
        while !text.is_char_boundary(at) {
            at += 1;
        }
    }
    found
}

/// Words by which a sentence has somebody copy a file, and between the names of two files.
const COPYING: [&str; 7] = ["copy", "copying", "rename", "renaming", "duplicate", "move", "cp"];
const TO: [&str; 5] = ["to", "as", "into", "->", "→"];
/// Words by which a sentence has somebody make a file, and before the name of the one that it is made from.
const MAKING: [&str; 6] = ["create", "make", "creating", "add", "generate", "write"];
const FROM: [&str; 7] = ["from", "copying", "using", "like", "following", "on", "duplicating"];
/// The most words between two of them.
const MAX_BETWEEN: usize = 8;

/// The two files of a sentence that has one copied to the other: "Copy `.env.example` to `.env`", "create a `.env` file
/// from `.env.example`".
pub(super) fn copied(line: &str) -> Option<(&str, &str)> {
    let words: Vec<&str> = line.split_whitespace().collect();
    let lower: Vec<String> = words
        .iter()
        .map(|w| w.trim_matches(|c: char| !c.is_alphanumeric() && !matches!(c, '>' | '-' | '→')))
        .map(str::to_ascii_lowercase)
        .collect();
    let word = |from: usize, wanted: &[&str]| {
        let end = lower.len().min(from + MAX_BETWEEN);
        let known = lower.get(from..end)?;
        known.iter().position(|w| wanted.contains(&w.as_str())).map(|at| from + at)
    };
    let file = |from: usize| {
        let end = words.len().min(from + MAX_BETWEEN);
        (from..end).find_map(|at| Some((at, file_name(words[at])?)))
    };
    // The end of a sentence ends the search.
    let joined =
        |from: usize, to: usize| words[from..to].iter().all(|w| !w.ends_with(['.', '!', '?', ';']));
    let pair = |verbs: &[&str], between: &[&str]| {
        (0..words.len()).filter(|at| verbs.contains(&lower[*at].as_str())).find_map(|at| {
            let (first_at, first) = file(at + 1)?;
            let link = word(first_at + 1, between)?;
            let (second_at, second) = file(link + 1)?;
            (first != second && joined(at, second_at)).then_some((first, second))
        })
    };
    pair(&COPYING, &TO).or_else(|| pair(&MAKING, &FROM).map(|(made, from)| (from, made)))
}

/// The file that a word of a sentence names, without what marks it.
fn file_name(word: &str) -> Option<&str> {
    let link = word.strip_prefix('[').and_then(|w| w.split(']').next());
    let word = link.unwrap_or(word).trim_end_matches(['.', ',', ':', ';', ')', '!']);
    let word = word.trim_matches(['`', '*', '"', '\'', '(', ')', '<', '>', '“', '”']);
    let word = word.strip_prefix('_').and_then(|w| w.strip_suffix('_')).unwrap_or(word);
    let path = |c: char| c.is_alphanumeric() || matches!(c, '.' | '_' | '-' | '/');
    let named = word.len() > 2 && word.chars().all(path) && word.contains(char::is_alphanumeric);
    (named && word.contains(['.', '/', '_'])).then_some(word.trim_end_matches('/'))
}

#[cfg(test)]
mod tests {
    use super::{copied, starts};

    #[test]
    fn sentences_tell_what_is_copied_to_what() {
        for (line, wanted) in [
            ("1. Copy file `.env.local` to `.env`", Some((".env.local", ".env"))),
            ("Rename _.env.dev-sample_ to _.env.dev_.", Some((".env.dev-sample", ".env.dev"))),
            (
                "- Copy `docker/.env.example` to `docker/.env` and fill it in.",
                Some(("docker/.env.example", "docker/.env")),
            ),
            ("copy all from .env_example to .env", Some((".env_example", ".env"))),
            (
                "Duplicate [.env.example](./.env.example) as **.env**",
                Some((".env.example", ".env")),
            ),
            (
                "Create a `.env` file in the root based on `.env.sample`:",
                Some((".env.sample", ".env")),
            ),
            ("Create `.env` by copying `env_exemple`", Some(("env_exemple", ".env"))),
            ("Copy `.env.example`. Then go to `app/settings.py`", None),
            ("Copy the project to your machine", None),
            ("Create a .env file", None),
        ] {
            assert_eq!(copied(line), wanted, "{line}");
        }
    }

    #[test]
    fn commands_end_where_the_sentence_goes_on() {
        let shown = |text: &str| -> Vec<String> {
            starts(text).into_iter().map(|r| text[r].to_owned()).collect()
        };
        assert_eq!(
            shown("Run docker compose -f local.yml up, then docker-compose logs -f web."),
            ["docker compose -f local.yml up", "docker-compose logs -f web"]
        );
        assert_eq!(shown("가 (docker compose up) 나"), ["docker compose up"]);
        assert!(shown("my-docker-compose x and docker composed").is_empty());
        assert_eq!(shown("docker compose docker compose "), ["docker compose", "docker compose"]);
    }
}
