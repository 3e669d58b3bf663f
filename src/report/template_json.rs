//! What templates of env files have and lack, as one JSON document.

use super::json::written;
use super::ledger::Show;
use super::safe::SafeText;
use super::template::name_of;
use crate::finding::{Report, TakenBy, TemplateDiff};
use crate::source::Sources;
use serde::Serialize;

#[derive(Serialize)]
struct Document {
    schema_version: u32,
    templates: Vec<TemplateJson>,
}

#[derive(Serialize)]
struct TemplateJson {
    template: String,
    file: String,
    lacks: Vec<LackJson>,
    unread: Vec<UnreadJson>,
    defaults: Vec<DefaultJson>,
}

#[derive(Serialize)]
struct LackJson {
    name: String,
    need: &'static str,
    similar: Option<String>,
    read: Vec<TakerJson>,
}

#[derive(Serialize)]
struct TakerJson {
    by: &'static str,
    program: Option<&'static str>,
    service: Option<String>,
    place: Option<String>,
}

#[derive(Serialize)]
struct UnreadJson {
    name: String,
    place: String,
}

#[derive(Serialize)]
struct DefaultJson {
    name: String,
    value: String,
    place: String,
    default: String,
    default_place: String,
}

/// What templates have and lack, as one JSON document.
pub fn template_diffs_json(
    diffs: &[TemplateDiff],
    report: &Report,
    sources: &Sources<'_>,
) -> SafeText {
    let show = Show::new(report, sources);
    let place = |span| show.place(span, false).to_string();
    let templates = diffs.iter().map(|diff| TemplateJson {
        template: show.guard.path(&diff.template).to_string(),
        file: show.guard.path(&diff.file).to_string(),
        lacks: diff
            .lacks
            .iter()
            .map(|lack| LackJson {
                name: name_of(&lack.demand, &show).to_string(),
                need: lack.demand.want().as_str(),
                similar: lack
                    .similar
                    .as_ref()
                    .map(|(name, at)| show.guard.name_at(name, *at).to_string()),
                read: lack
                    .demand
                    .takers
                    .iter()
                    .map(|t| TakerJson {
                        by: t.by.as_str(),
                        program: if let TakenBy::Image(name) = t.by { Some(name) } else { None },
                        service: t.service.as_ref().map(|s| show.guard.name(s).to_string()),
                        place: t.span.map(place),
                    })
                    .collect(),
            })
            .collect(),
        unread: diff
            .unread
            .iter()
            .map(|(name, at)| UnreadJson {
                name: show.guard.name_at(name, *at).to_string(),
                place: place(*at),
            })
            .collect(),
        defaults: diff
            .defaults
            .iter()
            .map(|d| DefaultJson {
                name: show.guard.value(&d.name).to_string(),
                value: show.guard.text(&d.value).to_string(),
                place: place(d.value.span()),
                default: show.guard.text(&d.default).to_string(),
                default_place: place(d.default.span()),
            })
            .collect(),
    });
    written(&Document { schema_version: 1, templates: templates.collect() })
}
