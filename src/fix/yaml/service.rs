//! What services hold in two forms: variables and dependencies.

use super::{Page, Target};
use crate::finding::{Own, Quote, YamlValue, prose};
use crate::fix::draft::Draft;
use crate::syntax::yaml::{NodeId, NodeKind};

impl Page {
    /// The item of a list of variables that sets one.
    fn variable_item(&self, list: NodeId, name: &str) -> Option<NodeId> {
        self.yaml.items(list).iter().copied().find(|item| {
            self.yaml.scalar(*item).is_some_and(|(text, _)| text.split('=').next() == Some(name))
        })
    }

    /// Sets a variable in `environment`.
    pub(super) fn set_variable(
        &self,
        draft: &mut Draft,
        target: Target,
        name: &str,
        value: &YamlValue,
    ) -> Option<()> {
        let entry = self.own_entry(target.node, "environment");
        match entry.map(|e| (e.value, &self.yaml.node(e.value).kind)) {
            Some((list, NodeKind::Sequence(_))) => {
                let text = match value {
                    YamlValue::Text(text) => prose!("{}={}", Quote::name(name), text),
                    YamlValue::Int(number) => prose!("{}={}", Quote::name(name), *number),
                    YamlValue::Bool(bool) => {
                        prose!(
                            "{}={}",
                            Quote::name(name),
                            Own(if *bool { "true" } else { "false" })
                        )
                    }
                    _ => return None,
                };
                let item = YamlValue::text(text);
                match self.variable_item(list, name) {
                    Some(old) => self.replace_item(draft, list, old, &item),
                    None => self.append_item(draft, list, &item),
                }
            }
            _ => {
                let path = ["environment".to_owned(), name.to_owned()];
                self.set(draft, target, &path, value, false)
            }
        }
    }

    /// Removes a variable from `environment`.
    pub(super) fn remove_variable(
        &self,
        draft: &mut Draft,
        target: Target,
        name: &str,
    ) -> Option<()> {
        let entry = self.own_entry(target.node, "environment")?;
        match &self.yaml.node(entry.value).kind {
            NodeKind::Sequence(_) => {
                let item = self.variable_item(entry.value, name)?;
                self.remove(draft, item)
            }
            NodeKind::Mapping(_) => {
                let variable = self.own_entry(entry.value, name)?.key;
                self.remove(draft, variable)
            }
            _ => None,
        }
    }

    /// Makes a service depend on another.
    pub(super) fn depend_on(
        &self,
        draft: &mut Draft,
        target: Target,
        service: &str,
        condition: Option<&'static str>,
    ) -> Option<()> {
        let on = |condition: &'static str| {
            YamlValue::Map(vec![("condition".to_owned(), YamlValue::text(condition))])
        };
        let path = |rest: &[&str]| -> Vec<String> {
            std::iter::once("depends_on").chain(rest.iter().copied()).map(str::to_owned).collect()
        };
        let entry = self.own_entry(target.node, "depends_on");
        let kind = entry.map(|e| (e.value, &self.yaml.node(e.value).kind));
        match (kind, condition) {
            (Some((list, NodeKind::Sequence(items))), Some(condition)) => {
                // Each entry of the list as Compose reads it: started is enough.
                let mut all = Vec::new();
                for item in items {
                    let (text, _) = self.yaml.scalar(*item)?;
                    if text.as_str() != service {
                        all.push((text.as_str().to_owned(), on("service_started")));
                    }
                }
                all.push((service.to_owned(), on(condition)));
                if self.is_flow(draft, list) && all.len() > 1 || !self.is_flow(draft, list) {
                    let (start, end) =
                        (self.yaml.node(list).span.start as usize, self.end(draft, list));
                    // A comment between the items would be lost.
                    if draft.text()[start..end].contains('#') {
                        return None;
                    }
                }
                self.rewrite(draft, target, "depends_on", &YamlValue::Map(all))
            }
            (Some((_, NodeKind::Mapping(_))), condition) => {
                let rest = [service, "condition"];
                let value = YamlValue::text(condition.unwrap_or("service_started"));
                self.set(draft, target, &path(&rest), &value, condition.is_none())
            }
            (_, None) => self.append(
                draft,
                target,
                &path(&[]),
                &YamlValue::text(prose!("{}", Quote::name(service))),
            ),
            (None, Some(condition)) => {
                self.set(draft, target, &path(&[service]), &on(condition), false)
            }
            _ => None,
        }
    }

    /// Writes an entry as a block, whatever its form was.
    fn rewrite(
        &self,
        draft: &mut Draft,
        target: Target,
        name: &str,
        value: &YamlValue,
    ) -> Option<()> {
        let entry = self.own_entry(target.node, name)?;
        if self.is_flow(draft, target.node) || !self.is_flow(draft, entry.value) {
            return self.replace(draft, target.node, entry.key, entry.value, value);
        }
        let (key, old) = (self.yaml.node(entry.key).span, self.yaml.node(entry.value));
        if old.anchor.is_some() || old.tag.is_some() {
            return None;
        }
        let start = key.start as usize;
        let lines = super::write::entry(name, value, self.form)?;
        let indent = " ".repeat(super::column(draft, start));
        let end = self.end(draft, entry.value);
        draft.write(start..end, &super::insert::joined(&indent, &lines));
        Some(())
    }
}
