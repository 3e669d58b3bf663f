//! Which programs an image has: what its base brings, and what `apt-get` and `apk` install.

use super::{Image, LayerKind};
use crate::facts::{self, Contents, Reference};
use crate::finding::{Own, Prose, prose};
use crate::model::exec_context::{ExecContext, PathLookup};
use crate::model::path;
use crate::source::{Sources, Text};

/// A program that an image surely does not have.
#[derive(Debug, Clone)]
pub struct Lacking {
    /// The image it starts from.
    pub base: Text,
    /// What installs it.
    pub install: Prose,
}

impl Image {
    /// Says that the image surely lacks a program: its base is known and has none, nothing that is installed brings
    /// it, and nothing else can have put it there.
    pub fn lacks(&self, sources: &Sources<'_>, program: &str) -> Option<Lacking> {
        let tool = facts::tool(program)?;
        let base = self.external_base()?;
        let content = content_of(base)?;
        if tool.there.contains(&content) {
            return None;
        }
        let installed = self.installed_here()?;
        if installed
            .iter()
            .any(|p| tool.packages.iter().any(|t| p.starts_with(t)) || p.as_str() == program)
        {
            return None;
        }
        let bare = |p: &Text| p.split(['=', '<', '>', '~']).next().unwrap_or("").to_owned();
        if program == "bash" && !installed.iter().all(|p| facts::lacks_bash(&bare(p))) {
            return None;
        }
        let place = super::StageContext::finished(sources, self);
        let folders =
            ["/usr/local/bin", "/usr/local/sbin", "/usr/bin", "/usr/sbin", "/bin", "/sbin"];
        if folders
            .iter()
            .any(|folder| place.find(&path::join(folder, program)) != PathLookup::Missing)
        {
            return None;
        }
        // A PATH of one's own may lead anywhere.
        let own_path = self.env().get("PATH").is_some_and(|p| {
            // A virtual environment holds programs of Python only.
            let venv = |f: &str| f.trim_end_matches("/bin").ends_with("venv");
            !p.is_resolved()
                || p.split(':').any(|f| (f.contains("/opt") || f.contains("conda")) && !venv(f))
        });
        let install = match content {
            Contents::Busybox => prose!("RUN apk add --no-cache {}", Own(tool.alpine)),
            _ => prose!(
                "RUN apt-get update && apt-get install -y --no-install-recommends {} && rm -rf /var/lib/apt/lists/*",
                Own(tool.debian)
            ),
        };
        (!own_path).then(|| Lacking { base: base.clone(), install })
    }

    /// The packages of the distribution that the stage that is run and those below it install; `None` when not all
    /// of them are known.
    fn installed_here(&self) -> Option<Vec<Text>> {
        let chain: Vec<usize> = self.chain().iter().map(|s| s.index).collect();
        let mut all = Vec::new();
        for run in self.runs.iter().filter(|r| chain.contains(&r.stage)) {
            if run.process.unknown.is_some() {
                return None;
            }
            for step in &run.process.steps {
                let program = step.words.first().map_or("", |w| w.rsplit('/').next().unwrap_or(""));
                match program {
                    "apt-get" | "apt" | "apk" | "aptitude" => {
                        if !step.words.iter().all(Text::is_resolved) {
                            return None;
                        }
                        let named = step.words.iter().skip(1).filter(|w| !w.starts_with('-'));
                        all.extend(
                            named
                                .skip_while(|w| !matches!(w.as_str(), "install" | "add"))
                                .skip(1)
                                .cloned(),
                        );
                    }
                    "dpkg" | "gdebi" | "yum" | "dnf" | "conda" | "brew" | "nix-env" | "busybox"
                    | "xargs" => return None,
                    _ => {}
                }
            }
        }
        // A file of another image may bring a whole system.
        let wide = |dest: &str| {
            matches!(
                dest.trim_end_matches('/'),
                "" | "/usr" | "/usr/bin" | "/usr/local" | "/usr/local/bin" | "/bin"
            )
        };
        let copied = self.chain().into_iter().flat_map(|s| &s.layers).any(|l| match &l.kind {
            LayerKind::Copy { from: super::Origin::Elsewhere, dest, .. } => {
                dest.as_deref().is_none_or(wide)
            }
            _ => false,
        });
        (!copied).then_some(all)
    }

    /// Whether everything starts from an image that only waits for a person when it is given nothing to do: a
    /// language's prompt, or a shell. The prompt's name.
    pub fn starts_prompt(&self) -> Option<&'static str> {
        if self.cmd().is_some() || self.entrypoint().is_some() {
            return None;
        }
        let base = self.external_base()?;
        facts::image(base)?.prompt
    }
}

/// What an image holds besides its own program, where its name tells.
pub(super) fn content_of(image: &str) -> Option<Contents> {
    facts::image(image)?.contents(Reference::of_image(image).tag.unwrap_or(""))
}
