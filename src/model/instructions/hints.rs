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

#[cfg(test)]
mod tests {
    use super::starts;

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
