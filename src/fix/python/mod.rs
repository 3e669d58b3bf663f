//! Changes of Python modules.

mod tree;
mod value;

use super::draft::Draft;
use super::statement::statement;
use crate::finding::PythonEdit;
use crate::source::Span;
use crate::syntax::python::{Module, StmtKind};
use std::ops::Range;
use tree::{Collection, collection_at, holder_of};
use value::Habits;

/// Changes a module; `None` where that does not fit, or where the module could not be read afterwards.
pub(super) fn change(draft: &mut Draft, edit: &PythonEdit) -> Option<()> {
    let module = read(draft)?;
    let mut tried = draft.clone();
    let written = make(&mut tried, &module, edit)?;
    if written.contains("os.") && !imports_os(&module) {
        import_os(&mut tried, &module);
    }
    read(&tried)?;
    *draft = tried;
    Some(())
}

fn read(draft: &Draft) -> Option<Module> {
    let module = Module::read(draft.file());
    module.errors.is_empty().then_some(module)
}

/// Makes the change, and gives what was written.
fn make(draft: &mut Draft, module: &Module, edit: &PythonEdit) -> Option<String> {
    let habits = Habits::of(draft.text(), module);
    match edit {
        PythonEdit::Assign { after, name, value } => {
            let value = habits.expression(value)?;
            let at = draft.now(*after)?.start as usize;
            let range = statement(&module.body, at)?.span.range();
            let indent = draft.indent(range.start);
            draft.add_below(range.end - 1, &format!("{indent}{name} = {value}"));
            Some(value)
        }
        PythonEdit::Replace(at, value) => {
            let value = habits.expression(value)?;
            let range = draft.now(*at)?.range();
            draft.write(range, &value);
            Some(value)
        }
        PythonEdit::AddItem { list, before, item } => {
            let item = habits.expression(item)?;
            let list = collection_at(module, draft.now(*list)?)?;
            match before {
                Some(before) => {
                    let at = draft.now(*before)?.range();
                    let gap = gap(draft, &at);
                    draft.write(at.start..at.start, &format!("{item},{gap}"));
                }
                None => append(draft, &list, &item)?,
            }
            Some(item)
        }
        PythonEdit::SetItem { dict, key, value } => {
            let dict = collection_at(module, draft.now(*dict)?)?;
            let value = habits.expression(value)?;
            match dict.value_of(key) {
                Some(old) => draft.write(old, &value),
                None => {
                    let quote = habits.quote;
                    append(draft, &dict, &format!("{quote}{key}{quote}: {value}"))?;
                }
            }
            Some(value)
        }
        PythonEdit::Remove(at) => {
            let at = draft.now(*at)?;
            remove(draft, module, at)?;
            Some(String::new())
        }
    }
}

/// What is between an item that starts its line and the next one: a line break with its white space, or a blank.
fn gap(draft: &Draft, item: &Range<usize>) -> String {
    let indent = &draft.text()[draft.line_start(item.start)..item.start];
    if indent.trim().is_empty() { format!("\n{indent}") } else { " ".to_owned() }
}

fn append(draft: &mut Draft, list: &Collection, item: &str) -> Option<()> {
    match list.items.last() {
        Some(last) => {
            let gap = gap(draft, last);
            draft.write(last.end..last.end, &format!(",{gap}{item}"));
        }
        None => {
            let open = list.span.start + 1;
            let between = draft.text().get(open..list.span.end.checked_sub(1)?)?;
            if !between.trim().is_empty() {
                return None;
            }
            draft.write(open..list.span.end - 1, item);
        }
    }
    Some(())
}

fn remove(draft: &mut Draft, module: &Module, at: Span) -> Option<()> {
    let range = at.range();
    if let Some((list, index)) = holder_of(module, &range) {
        let item = list.items[index].clone();
        let behind = &draft.text()[item.end..draft.line_end(item.end)];
        let comma = behind.trim_start().strip_prefix(',').map(|rest| behind.len() - rest.len());
        let rest = comma.map_or(behind, |c| &behind[c..]).trim();
        let alone = draft.text()[draft.line_start(item.start)..item.start].trim().is_empty()
            && (rest.is_empty() || rest.starts_with('#'));
        if alone && (comma.is_some() || index + 1 == list.items.len()) {
            draft.remove_lines(item);
        } else if let Some(next) = list.items.get(index + 1) {
            draft.replace(item.start..next.start, "");
        } else if let Some(before) = index.checked_sub(1) {
            draft.replace(list.items[before].end..item.end, "");
        } else {
            draft.replace(item.start..item.end + comma.unwrap_or(0), "");
        }
        return Some(());
    }
    let whole = statement(&module.body, range.start)?.span.range();
    let alone = draft.text()[draft.line_start(whole.start)..whole.start].trim().is_empty();
    alone.then(|| draft.remove_lines(whole))
}

fn imports_os(module: &Module) -> bool {
    module.body.iter().any(|stmt| match &stmt.kind {
        StmtKind::Import(names) => names.iter().any(|(name, alias)| {
            alias.is_none() && (name.value == "os" || name.value.starts_with("os."))
        }),
        _ => false,
    })
}

/// Adds `import os` above the first import, else below the docstring.
fn import_os(draft: &mut Draft, module: &Module) {
    let import = module.body.iter().find(|s| match &s.kind {
        StmtKind::Import(_) => true,
        StmtKind::ImportFrom { module, .. } => module.value != "__future__",
        _ => false,
    });
    // A module's own text may have moved by what was written; imports come before it.
    match import.and_then(|s| place_of(draft, s.span)) {
        Some(at) => draft.add_above(at, "import os"),
        None => match module.body.first() {
            Some(first)
                if matches!(first.kind, StmtKind::Expr(_) | StmtKind::ImportFrom { .. }) =>
            {
                let end = first.span.end as usize;
                draft.add_below(end - 1, "\nimport os");
            }
            _ => {
                let start = draft.file().bom();
                draft.write(start..start, "import os\n\n");
            }
        },
    }
}

/// A statement's place, where it is still written there.
fn place_of(draft: &Draft, span: Span) -> Option<usize> {
    let text = draft.text().get(span.range())?;
    (text.starts_with("import") || text.starts_with("from")).then_some(span.start as usize)
}

#[cfg(test)]
mod tests;
