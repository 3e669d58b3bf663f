//! Templates name static files in a folder where Django does not look.

use crate::finding::{Change, Cure, Finding, PyValue, PythonEdit, Quote, prose};
use crate::model::roles::django::DjangoService;
use crate::model::stack::Stack;
use crate::rules::{Check, Rule, Sink, meta};

pub(super) static RULE: Rule =
    Rule { meta: &meta::STATIC_DIR_NOT_IN_FINDERS, check: Check::Django(check) };

fn check(service: &DjangoService, stack: &Stack<'_>, sink: &mut Sink) {
    if stack.django().server(service).is_none() {
        return;
    }
    let Some(unfound) = stack.storage().unfound_static(service) else { return };
    let name = prose!("{}", Quote::path(&unfound.name).or_at(unfound.tag));
    let folder = Quote::path(unfound.folder.as_str());
    let place = unfound.dirs.unwrap_or(unfound.url_name);
    let mut finding = Finding::new(
        &meta::STATIC_DIR_NOT_IN_FINDERS,
        prose!(
            "GET {}{} is answered with 404: Django does not look for static files in {}",
            Quote::path(&unfound.url).or_at(unfound.url_name),
            name,
            folder
        ),
    )
    .label(
        place,
        match unfound.dirs {
            Some(_) => "these directories are searched, besides static/ in each installed app",
            None => "no STATICFILES_DIRS: only static/ in each installed app is searched",
        },
    )
    .label(unfound.tag, prose!("names a file of {}", folder))
    .help("search the directory as well:\n    STATICFILES_DIRS = [BASE_DIR / 'static']");
    if let Some(below) = unfound.below_base_dir {
        let parts = below.iter().map(|p| prose!("{}", Quote::path(p))).collect();
        let item = PyValue::BelowBaseDir(parts);
        let edit = match unfound.dirs {
            Some(list) => PythonEdit::AddItem { list, before: None, item },
            None => PythonEdit::Assign {
                after: unfound.url_name,
                name: "STATICFILES_DIRS",
                value: PyValue::List(vec![item]),
            },
        };
        finding = finding
            .cure(Cure::new(prose!("search {} as well", folder)).change(Change::Python(edit)));
    }
    sink.report(finding);
}
