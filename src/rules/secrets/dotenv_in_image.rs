//! An env file with real secrets is copied into an image.

use crate::finding::{Confidence, Finding, Severity};
use crate::model::stack::Stack;
use crate::rules::{Check, Rule, Sink, meta};

pub(super) static RULE: Rule = Rule { meta: &meta::DOTENV_IN_IMAGE, check: Check::Stack(check) };

/// The most secrets that are underlined in one file.
const MAX_SHOWN: usize = 3;

fn check(stack: &Stack<'_>, sink: &mut Sink) {
    for found in stack.environment().dotenv_in_images() {
        let shown = stack.repository().display_path(&found.file.path);
        let services: Vec<&str> =
            found.containers.iter().map(|c| stack.container(*c).name()).collect();
        let name = services.first().copied().unwrap_or("");
        let message = format!(
            "the secrets in {shown} are in the image of {name}: whoever gets the image has them"
        );
        let what = if found.named {
            "takes it into the image".to_owned()
        } else {
            format!("takes {shown} with it")
        };
        let mut finding = Finding::new(&meta::DOTENV_IN_IMAGE, message).label(found.copy, what);
        for (name, span) in found.file.secrets.iter().take(MAX_SHOWN) {
            finding = finding.label(*span, name.clone());
        }
        let ignore = stack.repository().display_path(&found.ignore);
        let mut help = match found.named {
            true => format!(
                "take it out of the COPY, and keep it out of the build\n    echo '{}' >> {ignore}",
                found.within
            ),
            false => format!("keep it out of the build\n    echo '{}' >> {ignore}", found.within),
        };
        if !found.given {
            help += &format!(
                "\nand give {name} its variables when it starts\n    env_file: {}",
                found.within
            );
        }
        finding = finding.help(help);
        // An image that is pushed carries them to a registry; one that is built at a desk stays there.
        let pushed = found.containers.iter().any(|c| stack.container(*c).service.image.is_some());
        sink.report(match stack.repository().is_production() || pushed {
            true => finding,
            false => finding.at_most(Severity::Info).sure(Confidence::Medium),
        });
    }
}
