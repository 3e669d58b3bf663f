//! Commands in a block that may show a prompt before them, and what they print.

use crate::source::Text;

/// The longest prompt.
const MAX_PROMPT: usize = 60;

/// The commands of a block as one text; `None` where there are none.
pub(super) fn commands(lines: &[Text]) -> Option<Text> {
    let first = lines.first()?;
    let prompts = lines.iter().any(|l| prompt(l).is_some());
    let mut out = Text::empty(first.span());
    let mut goes_on = false;
    for line in lines {
        let line = line.trim();
        let start = prompt(&line);
        // Where there is a prompt, what has none was printed.
        if prompts && start.is_none() && !goes_on {
            continue;
        }
        let command = line.slice(start.unwrap_or(0)..line.len()).trim();
        goes_on = command.ends_with('\\');
        if !out.is_empty() {
            out.push_derived("\n", line.span());
        }
        out.push_text(&command);
    }
    (!out.trim().is_empty()).then_some(out)
}

/// Where a command starts behind a prompt: `$ `, `(venv) $ `, `user@host:~/x$ `, `PS C:\x> `, `❯ `.
fn prompt(line: &str) -> Option<usize> {
    let lead = line.len() - line.trim_start().len();
    let shown = &line[lead..];
    let marks = ["$ ", "% ", "> ", "❯ ", "➜ ", "# "];
    let (at, mark) =
        marks.iter().filter_map(|m| shown.find(m).map(|at| (at, *m))).min_by_key(|(at, _)| *at)?;
    let before = shown[..at].trim_end();
    let host = || {
        let name = before.rsplit(' ').next().unwrap_or("");
        before.split(' ').count() <= 2 && (name.contains('@') || name.starts_with(['~', '/']))
    };
    let shows = match before {
        // A line that starts with `# ` is a comment.
        "" => mark != "# ",
        _ if at > MAX_PROMPT => false,
        _ => {
            before.starts_with('(') && before.ends_with(')')
                || before.starts_with("PS ") && mark == "> "
                || before.starts_with("C:\\")
                || host()
        }
    };
    shows.then(|| lead + at + mark.len())
}
