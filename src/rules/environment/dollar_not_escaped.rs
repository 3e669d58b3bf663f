//! A `$` that Compose takes for a variable, and that is meant for somebody else.

use super::blank;
use crate::facts::{crypt_names, holds_hash, secret_name};
use crate::finding::{Change, Confidence, Cure, Finding, Own, Prose, Quote, Severity, prose};
use crate::model::container::SetBy;
use crate::model::stack::Stack;
use crate::model::stack::environment::{Slot, VariableUse};
use crate::rules::{Check, MAX_OF_RULE, Rule, Sink, meta};
use crate::source::Span;
use std::collections::{BTreeMap, BTreeSet};

pub(super) static RULE: Rule = Rule { meta: &meta::DOLLAR_NOT_ESCAPED, check: Check::Stack(check) };

/// Names of hashes after a dollar sign that are no name of a variable as well: `y`.
const LEAST_NAME: usize = 4;
/// The most places that are shown.
const MAX_SHOWN: usize = 5;

fn check(stack: &Stack<'_>, sink: &mut Sink) {
    let uses = stack.environment().unset_variables();
    in_values(stack, &uses, sink);
    in_commands(stack, &uses, sink);
    in_env_files(stack, sink);
}

/// Whether Compose takes for a variable what names the kind of a hash: `$apr1$…`.
fn names_hash(variable: &str) -> bool {
    variable.len() >= LEAST_NAME && crypt_names().any(|name| name == variable)
}

/// Passwords and hashes.
fn in_values(stack: &Stack<'_>, uses: &[VariableUse<'_>], sink: &mut Sink) {
    let definitions = stack.environment().definitions();
    let mut done: Vec<Span> = Vec::new();
    for used in
        uses.iter().filter(|u| u.bare && !matches!(u.slot, Slot::Command | Slot::Healthcheck))
    {
        let value = used.scalar.text.span();
        if done.contains(&value) || used.alone() {
            continue;
        }
        let all: Vec<&VariableUse<'_>> =
            uses.iter().filter(|u| u.bare && u.scalar.text.span() == value).collect();
        let hash = used.scalar.vars.iter().any(|v| names_hash(v.name.as_str()))
            || holds_hash(&used.value());
        let secret = matches!(&used.slot, Slot::Environment(name) | Slot::BuildArg(name) if secret_name(name));
        let known = |u: &&VariableUse<'_>| {
            constant(&u.var.name)
                || !definitions.of_name(&u.var.name).is_empty()
                || listed(stack, &u.var.name)
        };
        let literal = hash || secret && !used.value().contains("://") && !all.iter().any(known);
        if !literal {
            continue;
        }
        done.push(value);
        let what = if hash { "the hash" } else { "the password" };
        let message = prose!(
            "Compose cuts a piece out of {}: it takes the $ for a variable that is not set",
            Own(what)
        );
        let mut finding = Finding::new(&meta::DOLLAR_NOT_ESCAPED, message);
        for used in all.iter().take(MAX_SHOWN) {
            finding = finding.label(used.var.span, "replaced by nothing");
        }
        sink.report(
            finding
                .help(
                    "write every $ of the value twice, or keep the value in .env, in single quotes",
                )
                .cure(double(&all)),
        );
    }
}

/// Variables of the container, in what its own shell is to run.
fn in_commands(stack: &Stack<'_>, uses: &[VariableUse<'_>], sink: &mut Sink) {
    let mut done: BTreeSet<Span> = BTreeSet::new();
    let mut by_value: BTreeMap<Span, Vec<&VariableUse<'_>>> = BTreeMap::new();
    uses.iter().for_each(|u| by_value.entry(u.scalar.text.span()).or_default().push(u));
    // `${AIRFLOW_UID:-50000}` elsewhere: the variable is Compose's, and the script only falls back on its own.
    let defaults = stack.environment().variables_with_default();
    let mut set_by_shell: BTreeMap<Span, BTreeSet<&str>> = BTreeMap::new();
    for used in uses.iter().filter(|u| matches!(u.slot, Slot::Command | Slot::Healthcheck)) {
        let (value, name) = (used.scalar.text.span(), used.var.name.as_str());
        if done.contains(&value) {
            continue;
        }
        let given = set_by_shell.entry(value).or_insert_with(|| set_in(used.scalar.text.as_str()));
        let meant_here = |u: &VariableUse<'_>, given: &BTreeSet<&str>| {
            (!defaults.contains(u.var.name.as_str())).then(|| meant(stack, u, given)).flatten()
        };
        let Some(why) = meant_here(used, given) else { continue };
        let here = by_value.get(&value).into_iter().flatten();
        let all: Vec<&VariableUse<'_>> =
            here.filter(|u| meant_here(u, given).is_some()).copied().collect();
        done.insert(value);
        let service = Prose::value_or(used.service.map(|i| stack.container(i)), "");
        let place = if used.slot == Slot::Healthcheck { "the health check" } else { "the command" };
        let by_shell = used.service.and_then(|i| stack.container(i).shell_reads(used.var.span));
        let mut finding = Finding::new(
            &meta::DOLLAR_NOT_ESCAPED,
            prose!("{} of {} runs with a blank instead of ${}: Compose puts in its own variables, not the container's", Own(place), service, used.var),
        )
        .label(
            used.var.span,
            if by_shell == Some(false) {
                "replaced by nothing; no shell reads this word in the container"
            } else {
                "replaced before the container's shell sees it"
            },
        );
        for other in all.iter().filter(|o| o.var.span != used.var.span).take(MAX_SHOWN - 1) {
            finding = finding.label(other.var.span, "likewise");
        }
        let sure = match &why {
            Meant::Shell => Confidence::High,
            Meant::Own { .. } if stack.repository().line_on_variable(name).is_some() => {
                Confidence::Low
            }
            Meant::Own { .. } if stack.environment().dotenv().first_file().is_some() => {
                Confidence::High
            }
            // With a .env that is not in the checkout, it may well be meant as Compose takes it.
            Meant::Own { literal: true, .. } => Confidence::Medium,
            Meant::Own { .. } if used.bare => Confidence::Medium,
            Meant::Own { .. } => Confidence::Low,
        };
        if let Meant::Own { span, .. } = &why {
            let span = *span;
            finding =
                finding.label(span, "the container has it, but Compose does not use this for ${…}");
        }
        let finding = match (by_shell, &why) {
            // `$$` would hand the word on with its dollar sign.
            (Some(false), Meant::Own { span, .. }) => finding.help(elsewhere(stack, used, *span)),
            _ => finding
                .help(prose!("write $${}, which Compose hands on as ${}", used.var, used.var))
                .cure(double(&all)),
        };
        sink.report(finding.sure(sure));
    }
}

/// Where Compose takes the value from, for a word that no shell reads.
fn elsewhere(stack: &Stack<'_>, used: &VariableUse<'_>, set_at: Span) -> Prose {
    let file = stack.repository().file_name(set_at);
    if stack.repository().layer(set_at).is_some() {
        return prose!(
            "set {} in .env, where Compose looks for it, or let a shell read the command: sh -c \"exec …\" with $${}",
            used.var,
            used.var
        );
    }
    prose!(
        "hand Compose the file with the value as well:\n    docker compose --env-file {} up",
        file
    )
}

/// Who is meant to put a variable in.
enum Meant {
    /// The container: it has the variable.
    Own {
        /// Where it is set.
        span: Span,
        /// Whether `environment` writes it out.
        literal: bool,
    },
    /// The shell: the command sets it itself.
    Shell,
}

/// What a variable of a command is meant to be put in by; `given` are those that the command sets itself.
fn meant(stack: &Stack<'_>, used: &VariableUse<'_>, given: &BTreeSet<&str>) -> Option<Meant> {
    let name = used.var.name.as_str();
    if given.contains(name) {
        return Some(Meant::Shell);
    }
    if !blank::for_the_container(stack, used) || listed(stack, name) {
        return None;
    }
    let value = stack.container(used.service?).environment.vars.get(name)?;
    Some(Meant::Own { span: value.span, literal: value.literal && value.by == SetBy::Compose })
}

/// The variables that a command sets: `NAME=`, `for NAME in`, `read NAME`. It is looked through once, however many it uses.
fn set_in(text: &str) -> BTreeSet<&str> {
    let of_name = |c: char| c.is_alphanumeric() || c == '_';
    let joined = |c: char| of_name(c) || c == '-';
    let mut names = BTreeSet::new();
    for (at, _) in text.match_indices('=') {
        let start = text[..at].trim_end_matches(joined).len();
        names.insert(&text[start..at]);
    }
    for word in ["for ", "read ", "read -r "] {
        for (at, _) in text.match_indices(word) {
            if text[..at].ends_with(joined) {
                continue;
            }
            let rest = &text[at + word.len()..];
            let end = rest.find(|c| !of_name(c)).unwrap_or(rest.len());
            if word != "for " || rest[end..].starts_with(" in") {
                names.insert(&rest[..end]);
            }
        }
    }
    names.remove("");
    names
}

/// Secrets in `.env` and in files of `env_file`.
fn in_env_files(stack: &Stack<'_>, sink: &mut Sink) {
    let all = stack.environment().unescaped_dollars();
    let values = all.chunk_by(|a, b| a.name_span == b.name_span).filter(|pieces| {
        pieces.first().is_some_and(|p| secret_name(&p.of))
            && !pieces.iter().any(|e| constant(&e.name))
    });
    sink.report_first(MAX_OF_RULE, values.collect(), |pieces| {
        let first = &pieces[0];
        let file = stack.repository().file_name(first.span);
        let message = prose!(
            "Compose cuts a piece out of {}: in {} it takes the $ for a variable that is not set",
            Quote::name(&first.of).or_at(first.name_span),
            file
        );
        let mut finding = Finding::new(&meta::DOLLAR_NOT_ESCAPED, message);
        for piece in pieces.iter().take(MAX_SHOWN) {
            finding = finding.label(piece.span, "replaced by nothing");
        }
        let finding =
            finding.help("put the whole value into single quotes: between them a $ is a $");
        // Nothing takes the value from Compose; it only warns at every command.
        if first.used { finding } else { finding.at_most(Severity::Info) }
    });
}

/// Whether the sample of `.env` lists the variable, so that it will be set.
fn listed(stack: &Stack<'_>, name: &str) -> bool {
    stack.environment().dotenv().first_file().is_none()
        && stack
            .environment()
            .sample_names()
            .is_some_and(|(_, names)| names.iter().any(|n| n == name))
}

/// Whether a name is written as people write variables that they mean: `DB_PASSWORD`.
fn constant(name: &str) -> bool {
    name.contains('_')
        && !name.starts_with('_')
        && name.chars().all(|c| c.is_ascii_uppercase() || c == '_' || c.is_ascii_digit())
}

/// Doubles the dollar signs.
fn double(uses: &[&VariableUse<'_>]) -> Cure {
    let double = |used: &&VariableUse<'_>| Change::Bytes {
        at: Span { end: used.var.span.start, ..used.var.span },
        with: "$".into(),
    };
    Cure::new("write each of these $ twice").changes(uses.iter().map(double))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_sets_variables() {
        let text =
            "A=1 x-B=2; for C in 1; do read -r D; done; read E; D_=3; xfor F in; for G is; read";
        assert_eq!(set_in(text).into_iter().collect::<Vec<_>>(), ["A", "C", "D", "D_", "E", "x-B"]);
    }

    #[test]
    fn names_that_are_meant_as_variables() {
        assert!(constant("DB_PASSWORD"));
        assert!(!constant("word") && !constant("W0rD") && !constant("_X"));
    }
}
