//! A value, or a part of one, that is replaced where it is written.

use super::draft::Draft;
use super::yaml::scalar;
use crate::source::Span;
use crate::syntax::comments::Language;
use crate::syntax::yaml::{NodeKind, Style, Yaml};

/// Writes a value in place of the bytes of a span, quoted and escaped as the place needs it.
pub(super) fn replace(draft: &mut Draft, language: Language, at: Span, with: &str) -> Option<()> {
    let range = draft.now(at)?.range();
    let old = draft.text().get(range.clone())?;
    match language {
        Language::Yaml => in_yaml(draft, range, with),
        // The quotes stay; what would end them is not written.
        _ => {
            let quoted = |q: char| old.len() >= 2 && old.starts_with(q) && old.ends_with(q);
            let quote = ['"', '\''].into_iter().find(|q| quoted(*q));
            let around = draft.text()[..range.start].chars().next_back();
            if with.contains(['\n', '\r', '\\'])
                || quote.or(around).is_some_and(|q| matches!(q, '"' | '\'') && with.contains(q))
            {
                return None;
            }
            let range = if quote.is_some() { range.start + 1..range.end - 1 } else { range };
            draft.replace(range, with);
            Some(())
        }
    }
}

fn in_yaml(draft: &mut Draft, range: std::ops::Range<usize>, with: &str) -> Option<()> {
    let yaml = Yaml::read(draft.file());
    let node = yaml.nodes().find(|n| {
        matches!(n.kind, NodeKind::Scalar(..))
            && n.span.range().start <= range.start
            && range.end <= n.span.range().end
    })?;
    let NodeKind::Scalar(text, style) = &node.kind else { return None };
    if node.span.range() == range {
        let style = if with.contains([',', '[', ']', '{', '}'])
            && *style == Style::Plain
            && !with.contains("${")
        {
            Style::Double
        } else {
            *style
        };
        draft.replace(range, &scalar(with, style)?);
        return Some(());
    }
    let place = |at: usize| {
        text.pieces().iter().find_map(|p| {
            let src = p.src.range();
            (p.verbatim() && src.contains(&at)).then(|| p.at as usize + at - src.start)
        })
    };
    let (start, end) = (place(range.start)?, place(range.end.checked_sub(1)?)? + 1);
    let expected = format!("{}{with}{}", text.get(..start)?, text.get(end..)?);
    let (span, style) = (node.span, *style);
    let escaped = match style {
        Style::Double => with.replace('\\', "\\\\").replace('"', "\\\""),
        Style::Single => with.replace('\'', "''"),
        _ => with.to_owned(),
    };
    let mut tried = draft.clone();
    tried.replace(range, &escaped);
    if !reads(&tried, span, &expected) {
        tried = draft.clone();
        tried.replace(span.range(), &scalar(&expected, style)?);
        if !reads(&tried, span, &expected) {
            return None;
        }
    }
    *draft = tried;
    Some(())
}

fn reads(draft: &Draft, at: Span, text: &str) -> bool {
    let yaml = Yaml::read(draft.file());
    yaml.errors.is_empty()
        && yaml.nodes().any(|n| {
            n.span.start == at.start
                && matches!(&n.kind, NodeKind::Scalar(t, _) if t.as_str() == text)
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::{MemoryFiles, Sources};

    #[test]
    fn the_quotes_of_the_place_stay() {
        for (language, text, old, new, want) in [
            (Language::Yaml, "a: b\n", "b", "c: d", "a: 'c: d'\n"),
            (Language::Yaml, "a: \"b\"\n", "\"b\"", "c", "a: \"c\"\n"),
            (Language::Yaml, "a: 8000:80\n", "80\n", "81", "a: 8000:81\n"),
            (Language::Yaml, "a: 'x=y'\n", "y", "it's", "a: 'x=it''s'\n"),
            (Language::Yaml, "a: x=y\n", "y", "z #1", "a: 'x=z #1'\n"),
            (Language::Python, "A = 'b'\n", "'b'", "c", "A = 'c'\n"),
            (Language::Python, "A = 'b'\n", "b", "it's", ""),
            (Language::Nginx, "listen 80;\n", "80", "81", "listen 81;\n"),
        ] {
            let files = MemoryFiles::new();
            let file = Sources::new(&files).add("x", text);
            let start = text.rfind(old).unwrap_or_default();
            let span = Span::new(file.id, start, start + old.trim_end().len());
            let mut draft = Draft::new(file);
            let done = replace(&mut draft, language, span, new);
            assert_eq!(done.map(|()| draft.text().to_owned()).unwrap_or_default(), want);
        }
    }
}
