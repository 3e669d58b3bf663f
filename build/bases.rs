//! The projects of `fixtures/bases` at build time: the examples on rule pages change them, and `explain --example` prints
//! the whole.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

/// The folder of the projects, from the package's root.
const BASES: &str = "fixtures/bases";

/// The static `BASES`: the name of each project with its text files, each as path and text. Files that are not UTF-8 are
/// left out. Without the folder there is none, and the crate still builds.
pub(crate) fn generate(home: &Path) -> Result<String, String> {
    let mut out = String::from("pub(super) static BASES: &[(&str, &[(&str, &str)])] = &[\n");
    for (name, path) in entries(&home.join(BASES))? {
        let mut files = Vec::new();
        read(&path, "", &mut files)?;
        let _ = writeln!(out, "    ({name:?}, &[");
        for (file, text) in files {
            let _ = writeln!(out, "        ({file:?}, {text:?}),");
        }
        out += "    ]),\n";
    }
    Ok(out + "];\n")
}

/// What is in a folder, sorted; nothing where there is none.
fn entries(folder: &Path) -> Result<Vec<(String, std::path::PathBuf)>, String> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).into_iter().flatten() {
        let entry = entry.map_err(|e| format!("{}: {e}", folder.display()))?;
        found.push((entry.file_name().to_string_lossy().into_owned(), entry.path()));
    }
    found.sort();
    Ok(found)
}

fn read(folder: &Path, below: &str, files: &mut Vec<(String, String)>) -> Result<(), String> {
    for (name, path) in entries(folder)? {
        let name = format!("{below}{name}");
        if path.is_dir() {
            read(&path, &format!("{name}/"), files)?;
        } else {
            let bytes = fs::read(&path).map_err(|e| format!("{}: {e}", path.display()))?;
            files.extend(String::from_utf8(bytes).ok().map(|text| (name, text)));
        }
    }
    Ok(())
}
