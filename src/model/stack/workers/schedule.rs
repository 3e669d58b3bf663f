//! Whether Celery runs, and where its beat keeps the schedule.

use super::Workers;
use crate::model::process::{Step, StepKind};
use crate::model::roles::django::DjangoService;
use crate::source::Span;

impl Workers<'_> {
    /// Whether a service, or one that shares its code, runs Celery here.
    pub fn runs_celery(&self) -> bool {
        self.stack
            .containers
            .iter()
            .any(|c| c.process.steps.iter().any(|s| matches!(s.kind, StepKind::Celery { .. })))
    }

    /// Where it says that a beat keeps its schedule in the database (django-celery-beat): an option of the step, or the
    /// settings.
    pub fn schedule_in_database(&self, service: &DjangoService, step: &Step) -> Option<Span> {
        let StepKind::Celery { role, .. } = &step.kind else { return None };
        let embedded = step.words.iter().any(|w| matches!(w.as_str(), "-B" | "--beat"));
        if role != "beat" && !(role == "worker" && embedded) {
            return None;
        }
        let given =
            |w: &&crate::source::Text| w.contains("DatabaseScheduler") || w.as_str() == "django";
        if let Some(word) = step.words.iter().find(|w| given(w)) {
            return Some(word.span());
        }
        if step.words.iter().any(|w| w.as_str() == "-S" || w.starts_with("--scheduler")) {
            return None;
        }
        let settings = service.settings()?;
        settings.installed("django_celery_beat")?;
        ["CELERY_BEAT_SCHEDULER", "CELERYBEAT_SCHEDULER", "beat_scheduler"].iter().find_map(
            |name| {
                let binding = settings.get(name).filter(|b| b.is_certain())?;
                binding
                    .value
                    .as_str()
                    .filter(|v| v.contains("DatabaseScheduler"))
                    .map(|_| binding.name_span)
            },
        )
    }
}
