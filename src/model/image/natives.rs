//! What Python packages want of the system, other than the drivers of databases: libraries and programs to be used, headers
//! and a compiler to be installed (`data/pairs.toml`, `native`).

use super::libraries::install;
use super::tools::content_of;
use super::{Image, Packages};
use crate::facts::{self, Contents, NATIVES, Native};
use crate::finding::Prose;
use crate::source::{Span, Text};

/// Something that a package wants and the image surely lacks.
#[derive(Debug, Clone)]
pub struct NativeFault {
    pub native: &'static Native,
    /// Where the package is asked for; `None` for an app of Django.
    pub asked: Option<Span>,
    /// The image that has nothing of the kind.
    pub base: Text,
    /// The line that installs it.
    pub install: Prose,
}

impl Image {
    /// What the packages of the image want and the image surely lacks.
    pub fn native_faults(&self, packages: &Packages) -> Vec<NativeFault> {
        let mut all = Vec::new();
        for native in NATIVES {
            let Some(package) = packages.get(native.package) else { continue };
            if native.unless.iter().any(|u| packages.get(u).is_some()) {
                continue;
            }
            let fault = if native.build {
                package.layer.and_then(|(stage, layer)| self.native_fault(native, stage, layer))
            } else {
                self.native_fault(native, self.target, usize::MAX)
            };
            all.extend(fault.map(|f| NativeFault { asked: Some(package.span), ..f }));
        }
        all
    }

    /// What an app of Django wants and the image surely lacks.
    pub fn app_fault(&self, app: &str) -> Option<NativeFault> {
        let native = NATIVES.iter().find(|n| n.package == app)?;
        self.native_fault(native, self.target, usize::MAX)
    }

    fn native_fault(
        &self,
        native: &'static Native,
        stage: usize,
        layer: usize,
    ) -> Option<NativeFault> {
        let base = self.outer_base(stage)?;
        let alpine = match content_of(base)? {
            Contents::Busybox => true,
            Contents::Little => false,
            Contents::Full if native.full => false,
            Contents::Full => return None,
        };
        let packages = if alpine { native.alpine? } else { native.debian };
        let installed = self.system_at(stage, layer)?;
        let has = |name: &str| {
            native.words.iter().any(|w| name.contains(w)) || native.names.contains(&name)
        };
        let brought =
            installed.iter().any(|p| has(p.split(['=', '~', '<', '>']).next().unwrap_or(p)));
        let compiled = !native.build
            || content_of(base) == Some(Contents::Full)
            || installed.iter().any(|p| facts::brings_compiler(p));
        let lacks = if native.words.is_empty() { !compiled } else { !brought || !compiled };
        if !lacks || self.copies_libraries() {
            return None;
        }
        Some(NativeFault {
            native,
            asked: None,
            base: base.clone(),
            install: install(packages, alpine),
        })
    }
}
