//! Words of a command that is written in a text, as far as they are known.

use crate::source::RelPath;

/// What a variable's name starts with that a caller always gives: a parameter of a recipe without a default.
pub(super) const GIVEN: &str = "_given_";

/// A word of a command.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Word {
    /// In order; none for an empty word.
    pub pieces: Vec<Piece>,
}

/// A part of a word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece {
    /// This text.
    Known(String),
    /// The absolute path of a folder of the checkout.
    Folder(RelPath),
    /// What a variable or another command gives: its name, as far as it has one.
    Unknown(String),
}

impl Word {
    /// A word that is known.
    pub fn literal(text: impl Into<String>) -> Self {
        Self { pieces: vec![Piece::Known(text.into())] }
    }

    /// A word of which nothing is known but the variable that it comes from.
    pub fn unknown(name: &str) -> Self {
        Self { pieces: vec![Piece::Unknown(name.to_owned())] }
    }

    /// The word, where all of it is known.
    pub fn known(&self) -> Option<&str> {
        match self.pieces.as_slice() {
            [] => Some(""),
            [Piece::Known(text)] => Some(text),
            _ => None,
        }
    }

    /// The variable that the whole word comes from.
    pub fn variable(&self) -> Option<&str> {
        match self.pieces.as_slice() {
            [Piece::Unknown(name)] => Some(name),
            _ => None,
        }
    }

    /// Whether any part of it is not known.
    pub fn has_unknown(&self) -> bool {
        self.pieces.iter().any(|p| matches!(p, Piece::Unknown(_)))
    }

    /// Whether the word is there in every case: it is known, or a parameter that a caller must give.
    pub fn is_given(&self) -> bool {
        let given = |p: &Piece| match p {
            Piece::Unknown(name) => name.starts_with(GIVEN),
            Piece::Known(_) | Piece::Folder(_) => true,
        };
        self.pieces.iter().any(given)
    }

    /// What the word starts with.
    pub fn head(&self) -> &str {
        match self.pieces.first() {
            Some(Piece::Known(text)) => text,
            _ => "",
        }
    }

    pub(super) fn push(&mut self, piece: Piece) {
        match (self.pieces.last_mut(), piece) {
            (_, Piece::Known(text)) if text.is_empty() => {}
            (Some(Piece::Known(last)), Piece::Known(text)) => last.push_str(&text),
            (_, piece) => self.pieces.push(piece),
        }
    }

    pub(super) fn push_word(&mut self, word: &Self) {
        word.pieces.iter().for_each(|p| self.push(p.clone()));
    }

    /// What follows `prefix`, where the word starts with it.
    pub fn strip_prefix(&self, prefix: &str) -> Option<Self> {
        if prefix.is_empty() {
            return Some(self.clone());
        }
        let rest = self.head().strip_prefix(prefix)?;
        let mut out = Self::default();
        out.push(Piece::Known(rest.to_owned()));
        self.pieces[1..].iter().for_each(|p| out.push(p.clone()));
        Some(out)
    }

    /// The two sides of the first `mark` that is known; `None` where there is none.
    pub fn split_once(&self, mark: &str) -> Option<(Self, Self)> {
        let index =
            self.pieces.iter().position(|p| matches!(p, Piece::Known(t) if t.contains(mark)))?;
        let Piece::Known(text) = &self.pieces[index] else { return None };
        let (before, after) = text.split_once(mark)?;
        let (mut left, mut right) =
            (Self { pieces: self.pieces[..index].to_vec() }, Self::default());
        left.push(Piece::Known(before.to_owned()));
        right.push(Piece::Known(after.to_owned()));
        self.pieces[index + 1..].iter().for_each(|p| right.push(p.clone()));
        Some((left, right))
    }

    /// The parts between each `mark`.
    pub fn split(&self, mark: &str) -> Vec<Self> {
        let (mut all, mut rest) = (Vec::new(), self.clone());
        while let Some((first, next)) = rest.split_once(mark) {
            all.push(first);
            rest = next;
        }
        all.push(rest);
        all
    }

    /// Whether the word may be `text`: what is not known of it may be anything but a path's `/`.
    pub fn may_be(&self, text: &str) -> bool {
        fn fits(pieces: &[Piece], text: &str) -> bool {
            match pieces {
                [] => text.is_empty(),
                [Piece::Known(known), rest @ ..] => {
                    text.strip_prefix(known.as_str()).is_some_and(|text| fits(rest, text))
                }
                [Piece::Folder(_), ..] => false,
                [Piece::Unknown(_), rest @ ..] => {
                    let reach = text.find('/').unwrap_or(text.len());
                    text.char_indices()
                        .map(|(at, _)| at)
                        .chain([text.len()])
                        .take_while(|at| *at <= reach)
                        .any(|at| fits(rest, &text[at..]))
                }
            }
        }
        // A word of very many parts is no path.
        self.pieces.len() <= 8 && fits(&self.pieces, text)
    }
}

/// The last part of a path.
pub(super) fn base_name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn word(text: &str) -> Word {
        let mut word = Word::default();
        for (i, part) in text.split('$').enumerate() {
            if i > 0 {
                word.push(Piece::Unknown(String::new()));
            }
            word.push(Piece::Known(part.to_owned()));
        }
        word
    }

    #[test]
    fn words_are_split_where_they_are_known() {
        assert_eq!(word("a:b$:c").split(":"), [word("a"), word("b$"), word("c")]);
        assert_eq!(word("--file=x$").strip_prefix("--file="), Some(word("x$")));
        assert_eq!(word("$a").strip_prefix("a"), None);
        assert_eq!(word("").known(), Some(""));
        assert_eq!(word("a$").known(), None);
    }

    #[test]
    fn what_is_not_known_stays_in_one_folder() {
        assert!(word("docker-compose.$.yml").may_be("docker-compose.prod.yml"));
        assert!(word("$/a.yml").may_be("x/a.yml") && word("$").may_be(""));
        assert!(!word("docker-compose.$.yml").may_be("docker-compose.yml"));
        assert!(!word("$a.yml").may_be("x/a.yml"));
    }
}
