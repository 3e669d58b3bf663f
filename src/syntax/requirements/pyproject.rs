//! `pyproject.toml`: PEP 621 `[project]`, PEP 735 `[dependency-groups]`, and the tables of setuptools,
//! Poetry, PDM, uv and Hatch.

use super::tables::{entries, list, named, parse, string, table};
use super::*;
use crate::finding::prose;
use std::collections::{HashMap, HashSet};
use toml::de::DeTable;

/// Requirements read from dependency groups, those of included groups counted each time.
const MAX_ITEMS: usize = 50_000;

/// Reads a `pyproject.toml`.
pub(super) fn read(body: &Text, out: &mut Requirements) {
    let Some(root) = parse(body, out) else { return };
    project(body, &root, out);
    dependency_groups(body, &root, out);
    poetry(body, &root, out);
    for (tool, group) in [("pdm", None), ("uv", Some("dev"))] {
        match table(&root, &["tool", tool]).and_then(|t| t.get("dev-dependencies")) {
            Some(value) if group.is_some() => list(body, value, group, out),
            Some(value) => groups_of_lists(body, value.get_ref().as_table(), out),
            None => {}
        }
    }
    for (env, options) in table(&root, &["tool", "hatch", "envs"]).into_iter().flat_map(entries) {
        let options = options.get_ref().as_table();
        for value in ["dependencies", "extra-dependencies"].iter().filter_map(|k| options?.get(*k))
        {
            list(body, value, Some(env.get_ref()), out);
        }
    }
    out.packages.sort_by_key(|p| p.span.start);
}

fn project(body: &Text, root: &DeTable<'_>, out: &mut Requirements) {
    let Some(project) = table(root, &["project"]) else { return };
    if let Some(value) = project.get("dependencies") {
        list(body, value, None, out);
    }
    groups_of_lists(body, table(project, &["optional-dependencies"]), out);
    for dynamic in project.get("dynamic").and_then(|d| d.get_ref().as_array()).into_iter().flatten()
    {
        match dynamic.get_ref().as_str() {
            Some("dependencies") => dynamic_files(body, root, out),
            Some("optional-dependencies") => out.incomplete = true,
            _ => {}
        }
    }
}

/// setuptools can take `dependencies` from files; any other source is code that is not run here.
fn dynamic_files(body: &Text, root: &DeTable<'_>, out: &mut Requirements) {
    let source = table(root, &["tool", "setuptools", "dynamic", "dependencies"]);
    let Some(file) = source.and_then(|s| s.get("file")) else {
        out.incomplete = true;
        return;
    };
    match string(body, file) {
        Some(path) => out.includes.push(path),
        None => out.includes.extend(
            file.get_ref().as_array().into_iter().flatten().filter_map(|p| string(body, p)),
        ),
    }
}

/// `group = ["requirement", …]` for every group of a table.
fn groups_of_lists(body: &Text, groups: Option<&DeTable<'_>>, out: &mut Requirements) {
    for (group, value) in groups.into_iter().flat_map(entries) {
        list(body, value, Some(group.get_ref()), out);
    }
}

/// `[dependency-groups]`: a group takes in others with `{ include-group = "name" }`; their packages
/// then belong to it too.
fn dependency_groups(body: &Text, root: &DeTable<'_>, out: &mut Requirements) {
    let Some(groups) = table(root, &["dependency-groups"]) else { return };
    let by_name: HashMap<String, _> =
        groups.iter().map(|(k, v)| (normalise(k.get_ref()), v)).collect();
    let mut left = MAX_ITEMS;
    for (group, value) in entries(groups) {
        let mut seen = HashSet::from([normalise(group.get_ref())]);
        let mut open = vec![(value, true)];
        while let Some((value, own)) = open.pop() {
            let Some(items) = value.get_ref().as_array() else {
                out.error(SyntaxError::new(
                    body.span_of(value.span()),
                    "a list of requirements is expected",
                ));
                continue;
            };
            for item in items {
                if left == 0 {
                    let message = prose!(
                        "more than {} requirements with the groups that groups include; the rest is not read",
                        MAX_ITEMS
                    );
                    return out.error(SyntaxError::new(body.span_of(item.span()), message));
                }
                left -= 1;
                let include = item
                    .get_ref()
                    .as_table()
                    .and_then(|t| t.get("include-group")?.get_ref().as_str());
                match (string(body, item), include.map(normalise)) {
                    // A mistake in an included group is told where that group is read.
                    (Some(line), _) if own => out.put_line(&line, Some(group.get_ref())),
                    (Some(line), _) => {
                        if let Some(package) =
                            pep508::parse(&line.trim(), Some(group.get_ref())).package
                        {
                            out.put(package);
                        }
                    }
                    (None, Some(name)) => match by_name.get(&name) {
                        Some(_) if !seen.insert(name) => {}
                        Some(included) => open.push((included, false)),
                        None if own => out.error(SyntaxError::new(
                            body.span_of(item.span()),
                            "there is no dependency group of this name",
                        )),
                        None => {}
                    },
                    (None, None) if own => out.error(SyntaxError::new(
                        body.span_of(item.span()),
                        "a requirement in quotes is expected",
                    )),
                    (None, None) => {}
                }
            }
        }
    }
}

fn poetry(body: &Text, root: &DeTable<'_>, out: &mut Requirements) {
    let Some(poetry) = table(root, &["tool", "poetry"]) else { return };
    // The first extra that lists a package, by the package's normalised name.
    let mut extras = HashMap::new();
    for (extra, list) in table(poetry, &["extras"]).into_iter().flat_map(entries) {
        for package in
            list.get_ref().as_array().into_iter().flatten().filter_map(|p| p.get_ref().as_str())
        {
            extras.entry(normalise(package)).or_insert(extra.get_ref().as_ref());
        }
    }
    if let Some(packages) = table(poetry, &["dependencies"]) {
        poetry_packages(body, packages, None, &extras, out);
    }
    if let Some(packages) = table(poetry, &["dev-dependencies"]) {
        poetry_packages(body, packages, Some("dev"), &extras, out);
    }
    for (group, _) in table(poetry, &["group"]).into_iter().flat_map(entries) {
        if let Some(packages) = table(poetry, &["group", group.get_ref(), "dependencies"]) {
            poetry_packages(body, packages, Some(group.get_ref()), &extras, out);
        }
    }
}

/// The packages of a Poetry table. An optional one belongs to the extra that lists it.
fn poetry_packages(
    body: &Text,
    packages: &DeTable<'_>,
    group: Option<&str>,
    extras: &HashMap<String, &str>,
    out: &mut Requirements,
) {
    for (name, value) in entries(packages) {
        let plain = normalise(name.get_ref());
        if plain == "python" {
            continue;
        }
        let options = value.get_ref().as_table();
        let optional = options
            .is_some_and(|t| t.get("optional").and_then(|o| o.get_ref().as_bool()) == Some(true));
        let group =
            group.or_else(|| optional.then(|| extras.get(&plain).copied().unwrap_or("optional")));
        match named(body, name, value, group) {
            Ok(package) => out.put(package),
            Err(error) => out.error(error),
        }
        // A local project brings packages of its own.
        out.incomplete |= options.is_some_and(|t| t.contains_key("path"));
    }
}
