//! `getopts`: options one after another (POSIX `getopts`).

use super::follow::Follower;
use super::params::Value;
use super::simple::set_by;
use super::state::{Shell, Status};
use crate::source::Text;

/// Where the next option is looked for within an argument: kept with the variables under a name that no script uses.
const INSIDE: &str = "OPTIND,";

impl Follower<'_> {
    /// The next option of the arguments; not known where they are not.
    pub(super) fn getopts(&mut self, words: &[Text], sh: &mut Shell) -> Status {
        let span = words[0].span();
        let unknown = |sh: &mut Shell| {
            for name in words.get(2).into_iter().map(Text::as_str).chain(["OPTARG", "OPTIND"]) {
                sh.set(name, Text::unresolved(set_by("what `getopts` gets", span), span));
            }
            Status::UNKNOWN
        };
        let (Some(letters), Some(name)) = (words.get(1).and_then(|w| w.resolved()), words.get(2))
        else {
            return unknown(sh);
        };
        let given = if words.len() > 3 { words[3..].to_vec() } else { (*sh.args).clone() };
        let number = |follower: &mut Self, name: &str, sh: &Shell| match sh.vars.get(name) {
            None => Some(usize::from(name == "OPTIND")),
            Some(_) => match follower.lookup(name, span, sh) {
                Value::Set(text) => text.resolved()?.parse::<usize>().ok(),
                _ => None,
            },
        };
        let (Some(at), Some(inside)) = (number(self, "OPTIND", sh), number(self, INSIDE, sh))
        else {
            return unknown(sh);
        };
        let (mut at, mut inside) = (at.max(1), inside);
        if given.iter().any(|w| !w.is_resolved()) {
            return unknown(sh);
        }
        let text = |text: String| Text::derived(text, span);
        let letters = letters.trim_start_matches(':');
        let word = given.get(at - 1).filter(|w| w.len() > 1 && w.starts_with('-'));
        let Some(word) = word.filter(|w| w.as_str() != "--") else {
            if word.is_some() {
                at += 1;
            }
            sh.set("OPTIND", text(at.to_string()));
            sh.set(name, text("?".into()));
            return Status::FALSE;
        };
        let from = inside.max(1);
        let Some(option) = word.get(from..).and_then(|rest| rest.chars().next()) else {
            return unknown(sh);
        };
        inside = from + option.len_utf8();
        let known = letters.find(option).filter(|_| option != ':');
        let valued = known.is_some_and(|i| letters[i + option.len_utf8()..].starts_with(':'));
        let mut letter = known.map_or("?".to_owned(), |_| option.to_string());
        if valued {
            let value = match word.len() > inside {
                true => Some(word.slice(inside..word.len())),
                false => {
                    at += 1;
                    given.get(at - 1).cloned()
                }
            };
            (at, inside) = (at + 1, 0);
            match value {
                Some(value) => sh.set("OPTARG", value),
                None => letter = "?".into(),
            }
        } else if inside >= word.len() {
            (at, inside) = (at + 1, 0);
        }
        sh.set("OPTIND", text(at.to_string()));
        sh.set(INSIDE, text(inside.to_string()));
        sh.set(name, text(letter));
        Status::TRUE
    }
}
