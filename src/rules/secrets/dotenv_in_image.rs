//! An env file with real secrets is copied into an image.

use crate::finding::{Confidence, Finding, Prose, Quote, Severity, prose};
use crate::model::stack::Stack;
use crate::rules::{Check, Rule, Sink, meta};

pub(super) static RULE: Rule = Rule { meta: &meta::DOTENV_IN_IMAGE, check: Check::Stack(check) };

/// The most secrets that are underlined in one file.
const MAX_SHOWN: usize = 3;

fn check(stack: &Stack<'_>, sink: &mut Sink) {
    for found in stack.environment().dotenv_in_images() {
        let shown = stack.repository().display_path(&found.file.path);
        let first = found.containers.first().map(|c| stack.container(*c));
        let service = Prose::value_or(first, "");
        let message = prose!(
            "the secrets in {} are in the image of {}: whoever gets the image has them",
            shown,
            service
        );
        let what = if found.named {
            prose!("takes it into the image")
        } else {
            prose!("takes {} with it", shown)
        };
        let mut finding = Finding::new(&meta::DOTENV_IN_IMAGE, message).label(found.copy, what);
        for (name, span) in found.file.secrets.iter().take(MAX_SHOWN) {
            finding = finding.label(*span, prose!("{}", Quote::name(name).or_at(*span)));
        }
        let ignore = stack.repository().display_path(&found.ignore);
        let mut help = match found.named {
            true => prose!(
                "take it out of the COPY, and keep it out of the build\n    echo '{}' >> {}",
                Quote::path(&found.within),
                ignore
            ),
            false => prose!(
                "keep it out of the build\n    echo '{}' >> {}",
                Quote::path(&found.within),
                ignore
            ),
        };
        if !found.given {
            help.push(&prose!(
                "\nand give {} its variables when it starts\n    env_file: {}",
                service,
                Quote::path(&found.within)
            ));
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
