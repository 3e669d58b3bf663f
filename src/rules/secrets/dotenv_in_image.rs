//! An env file with real secrets is copied into an image.

use crate::finding::{
    Change, Confidence, Cure, Finding, Prose, Quote, Severity, YamlEdit, YamlValue, prose,
};
use crate::model::stack::Stack;
use crate::rules::{Check, Rule, Sink, changes, meta};

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
        let env_file = || {
            let item = YamlValue::text(prose!("{}", Quote::path(&found.within)));
            YamlEdit::Append(vec!["env_file".to_owned()], item)
        };
        let cure = (!found.named).then(|| {
            let line = prose!("{}", Quote::path(&found.within));
            let cure = Cure::new("keep the file out of the image")
                .change(Change::Line { path: found.ignore.clone(), line });
            match first.filter(|_| !found.given) {
                Some(container) => cure.change(changes::service(container, env_file())),
                None => cure,
            }
        });
        finding = finding.help(help).cure_if(cure);
        // An image that is pushed carries them to a registry; one that is built at a desk stays there.
        let pushed = found.containers.iter().any(|c| stack.container(*c).service.image.is_some());
        sink.report(match stack.repository().is_production() || pushed {
            true => finding,
            false => finding.at_most(Severity::Info).sure(Confidence::Medium),
        });
    }
}
