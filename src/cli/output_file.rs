//! The file of `--output-file`: written whole or not at all, and only where a report may stand.

use super::output::about_path;
use crate::finding::{Prose, Quote, prose};
use crate::fix::remove_unfinished;
use crate::report::SafeText;
use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// How many names for the new file are tried.
const TRIES: u32 = 100;

/// A place for a report.
#[derive(Debug)]
pub(super) struct OutputFile {
    /// The folder, without links.
    folder: PathBuf,
    /// The file in it.
    path: PathBuf,
    /// As it was asked for.
    asked: PathBuf,
}

impl OutputFile {
    /// Looks whether a report may be written to a path.
    ///
    /// # Errors
    /// Says why not: what stands there is not a regular file, its folder is missing, or it lies below a `.git` folder,
    /// where a file can be a program that git starts.
    pub(super) fn at_path(asked: &Path) -> Result<Self, SafeText> {
        let wrong = |why: Prose| Err(said(asked, why));
        let text = asked.to_string_lossy();
        let Some(name) =
            asked.file_name().filter(|_| !text.ends_with(['/', std::path::MAIN_SEPARATOR]))
        else {
            return wrong("is a folder".into());
        };
        let parent =
            asked.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or_else(|| Path::new("."));
        #[allow(clippy::disallowed_methods, reason = "the command line is where paths come in")]
        let folder = match fs::canonicalize(parent) {
            Ok(folder) => folder,
            Err(why) => {
                return wrong(prose!(
                    "is in a folder that cannot be opened: {}",
                    Quote::value(&why.to_string())
                ));
            }
        };
        let path = folder.join(name);
        // Names are the same to macOS and Windows in any case.
        if path
            .components()
            .chain(asked.components())
            .any(|c| c.as_os_str().eq_ignore_ascii_case(".git"))
        {
            return wrong("lies below a `.git` folder".into());
        }
        let file = Self { folder, path, asked: asked.to_path_buf() };
        file.free()?;
        Ok(file)
    }

    /// Whether nothing stands there.
    ///
    /// # Errors
    /// Says what stands there where it is no regular file.
    pub(super) fn is_free(&self) -> Result<bool, SafeText> {
        self.free().map(|rights| rights.is_none())
    }

    /// What stands there now is nothing, or a regular file; with the rights of that.
    #[allow(clippy::disallowed_methods, reason = "the output is no file of the project")]
    fn free(&self) -> Result<Option<fs::Permissions>, SafeText> {
        let what = match fs::symlink_metadata(&self.path) {
            Err(why) if why.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(why) => {
                return Err(said(
                    &self.asked,
                    prose!("cannot be looked at: {}", Quote::value(&why.to_string())),
                ));
            }
            Ok(found) if found.is_file() => return Ok(Some(found.permissions())),
            Ok(found) if found.is_symlink() => "is a symbolic link",
            Ok(found) if found.is_dir() => "is a folder",
            Ok(_) => "is not a regular file",
        };
        Err(said(&self.asked, what))
    }

    /// Writes the text to a new file beside it, and puts that in its place. `read` are files that it must not replace.
    ///
    /// # Errors
    /// Says why it cannot be written; what stood there is still there then.
    #[allow(
        clippy::disallowed_methods,
        reason = "the output is no file of the project, and was asked for"
    )]
    pub(super) fn write(&self, text: &SafeText, read: &[PathBuf]) -> Result<(), SafeText> {
        if read.contains(&self.path) {
            return Err(said(&self.asked, "is one of the files that were checked"));
        }
        let rights = self.free()?;
        let failed = |why: io::Error| {
            said(&self.asked, prose!("cannot be written: {}", Quote::value(&why.to_string())))
        };
        remove_unfinished(&self.folder);
        let (new, mut file) = self.create_beside().map_err(failed)?;
        let written = (|| {
            file.write_all(text.as_str().as_bytes())?;
            if let Some(rights) = rights {
                file.set_permissions(rights)?;
            }
            file.sync_all()?;
            fs::rename(&new, &self.path)
        })();
        written.map_err(|why| {
            // When this fails as well there is nothing more to be done.
            let _ = fs::remove_file(&new);
            failed(why)
        })
    }

    /// A new file in the same folder; what stands there already is never opened.
    fn create_beside(&self) -> io::Result<(PathBuf, fs::File)> {
        let mut number = 0;
        loop {
            let path =
                self.folder.join(format!(".compose-doctor-{}-{number}.tmp", std::process::id()));
            match OpenOptions::new().write(true).create_new(true).open(&path) {
                Ok(file) => return Ok((path, file)),
                Err(why) if why.kind() == io::ErrorKind::AlreadyExists && number < TRIES => {
                    number += 1
                }
                Err(why) => return Err(why),
            }
        }
    }
}

fn said(path: &Path, why: impl Into<Prose>) -> SafeText {
    let mut text = SafeText::own("the output file ");
    text.push(&about_path(path, why));
    text
}
