//! The pages of `rules/<language>/*.md` at build time: a rule's page in another language, up to its references.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

/// The languages besides English, as folders of `rules/`.
const LANGUAGES: [&str; 1] = ["ko"];

/// The static `TRANSLATIONS`: language, rule, summary and page of each.
///
/// # Errors
/// When a page cannot be read, or has no summary in its front matter.
pub(crate) fn generate(home: &Path) -> Result<String, String> {
    let mut out = String::from("static TRANSLATIONS: &[Translation] = &[\n");
    for language in LANGUAGES {
        let mut pages: Vec<_> = fs::read_dir(home.join("rules").join(language))
            .into_iter()
            .flatten()
            .flatten()
            .collect();
        pages.sort_by_key(fs::DirEntry::file_name);
        for page in pages {
            let path = page.path();
            let file = path.display();
            let rule = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
            let text = fs::read_to_string(&path)
                .map_err(|e| format!("{file}: {e}"))?
                .replace("\r\n", "\n");
            let (front, body) = text
                .strip_prefix("+++\n")
                .and_then(|rest| rest.split_once("\n+++\n"))
                .ok_or_else(|| format!("{file}: no front matter between two lines `+++`"))?;
            let table: toml::Table =
                toml::from_str(front).map_err(|e| format!("{file}: {}", e.message()))?;
            let summary = table
                .get("summary")
                .and_then(toml::Value::as_str)
                .ok_or_else(|| format!("{file}: the front matter has no `summary`"))?;
            let _ = writeln!(
                out,
                "    Translation {{ language: {language:?}, rule: {rule:?}, summary: {summary:?}, page: {:?} }},",
                body.trim_start()
            );
        }
    }
    Ok(out + "];\n")
}
