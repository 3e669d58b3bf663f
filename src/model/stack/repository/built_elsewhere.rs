//! Images that a service only names and another Compose file, or a command in the project's texts, builds under this name.

use super::ComposeFiles;
use crate::model::compose::{Build, Project, Scalar, Service, load};
use crate::model::instructions::{Folder, Instructions, Invocation, Word};
use crate::source::{EntryKind, Limit, RelPath, Sources, Text};

/// The most Compose files in which a build is looked for.
const MAX_FILES: usize = 100;

/// The build of the image that a service only names, by a Compose file that is not of its stack, or by `docker build -t`.
pub(in crate::model::stack) fn built_elsewhere(
    sources: &Sources<'_>,
    project: &Project,
    service: &Service,
    compose: &ComposeFiles,
    instructions: &Instructions,
) -> Option<Build> {
    let image = service.image.as_ref().filter(|_| service.build.is_none())?;
    let name = name_of(image)?;
    // What the whole world knows is not built here, whatever lies in the repository.
    if crate::facts::image(name).is_some() {
        return None;
    }
    by_compose(sources, project, name, compose)
        .or_else(|| by_command(sources, project, image, name, instructions))
}

/// The name of an image without its tag and digest; `None` where it is not known.
fn name_of(image: &Scalar) -> Option<&str> {
    let text = image.text.as_str();
    let name = text.split('@').next()?;
    let name = match name.rsplit_once(':') {
        Some((name, tag)) if !tag.contains('/') => name,
        _ => name,
    };
    // The tag alone may come from a variable that nothing sets.
    let resolved = image.text.is_resolved() || image.text.slice(0..name.len()).is_resolved();
    (resolved && !name.is_empty()).then_some(name)
}

/// The images that a Compose file, brought up by itself, builds and names.
struct Builds(Vec<(Scalar, Build)>);

impl Builds {
    fn of_file(sources: &Sources<'_>, path: &RelPath) -> Self {
        let project = load(sources, &path.parent(), std::slice::from_ref(path));
        let named = project.services.into_iter().filter_map(|s| s.image.zip(s.build));
        Self(named.collect())
    }
}

fn by_compose(
    sources: &Sources<'_>,
    project: &Project,
    name: &str,
    compose: &ComposeFiles,
) -> Option<Build> {
    let others = compose.iter().filter(|p| !project.paths().any(|own| own == *p)).take(MAX_FILES);
    // Loading is dear, and a file without these words cannot have the build that is looked for.
    let may_build = |p: &&RelPath| {
        sources
            .read(p, Limit::Config)
            .is_ok_and(|f| f.text.contains(name) && f.text.contains("build"))
    };
    others.filter(may_build).find_map(|path| {
        let file = sources.read(path, Limit::Config).ok()?;
        let builds = sources.derived(&file, || Builds::of_file(sources, path));
        builds.0.iter().find(|(image, _)| name_of(image) == Some(name)).map(|(_, b)| b.clone())
    })
}

fn by_command(
    sources: &Sources<'_>,
    project: &Project,
    image: &Scalar,
    name: &str,
    instructions: &Instructions,
) -> Option<Build> {
    let texts = instructions.invocations(sources, &project.folder);
    texts.iter().find_map(|(text, read)| {
        read.iter().find_map(|step| {
            let command = BuildCommand::read(step)?;
            let same = |tag: &Word| {
                let tag = tag.pieces.first().map(|_| tag.head()).unwrap_or_default();
                tag == name || tag.strip_prefix(name).is_some_and(|rest| rest.starts_with(':'))
            };
            command.tags.iter().any(same).then_some(())?;
            let start = match &step.folder {
                Folder::Exact(folder) => folder.clone(),
                Folder::Start(below) => text.path.parent().join(below)?,
                Folder::Unknown => return None,
            };
            let span = image.text.span();
            let context = start.join(command.context.known()?)?;
            let file = command.file.as_ref().map_or(Some("Dockerfile"), Word::known)?;
            // `-f` is as seen from the folder of the command.
            let path =
                if command.file.is_some() { start.join(file)? } else { context.join(file)? };
            (sources.kind(&path) == EntryKind::File).then_some(())?;
            let dockerfile = path.relative_to(&context)?.to_owned();
            Some(Build {
                context_text: Text::derived(context.as_str(), span),
                context: Some(context),
                dockerfile: Some(Text::derived(dockerfile, span)),
                inline: false,
                target: command.target.and_then(|t| Some(Text::derived(t.known()?, span))),
                contexts: Vec::new(),
                args: Vec::new(),
                span,
            })
        })
    })
}

/// `docker build -t NAME [-f FILE] CONTEXT`
struct BuildCommand {
    tags: Vec<Word>,
    file: Option<Word>,
    target: Option<Word>,
    context: Word,
}

impl BuildCommand {
    fn read(step: &Invocation) -> Option<Self> {
        let mut words = step.words.iter().peekable();
        matches!(words.next()?.known(), Some("docker" | "podman" | "nerdctl")).then_some(())?;
        while words.next_if(|w| matches!(w.known(), Some("buildx" | "image"))).is_some() {}
        (words.next()?.known() == Some("build")).then_some(())?;
        let (mut tags, mut file, mut target, mut context) = (Vec::new(), None, None, None);
        while let Some(word) = words.next() {
            if !word.head().starts_with('-') {
                context.get_or_insert(word.clone());
                continue;
            }
            let (option, value) = match word.split_once("=") {
                Some((option, value)) => (option, Some(value)),
                None => (word.clone(), None),
            };
            let mut value = || value.clone().or_else(|| words.next().cloned());
            match option.known().unwrap_or_default() {
                "-t" | "--tag" => tags.extend(value()),
                "-f" | "--file" => file = value(),
                "--target" => target = value(),
                "--build-arg" | "--platform" | "--cache-from" | "--cache-to" | "--network"
                | "--progress" | "--secret" | "--ssh" | "--label" | "-o" | "--output" => {
                    value();
                }
                _ => {}
            }
        }
        Some(Self { tags, file, target, context: context? })
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that fails may panic")]
mod tests {
    use super::*;
    use crate::source::MemoryFiles;

    /// The Dockerfile that the image of `web` is built from.
    fn found(image: &str, others: &[(&str, &str)]) -> Option<String> {
        let mut files = MemoryFiles::new();
        files.add("swarm.yml", format!("services:\n  web:\n    image: {image}\n"));
        files.add("docker/web.Dockerfile", "FROM python:3.12\n");
        files.add("Dockerfile", "FROM python:3.12\n");
        others.iter().for_each(|(path, text)| files.add(path, *text));
        let sources = Sources::new(&files);
        let path = |p: &str| RelPath::new(p).unwrap();
        let project = load(&sources, &RelPath::root(), &[path("swarm.yml")]);
        let paths: Vec<RelPath> = others.iter().map(|(p, _)| path(p)).collect();
        let (compose, texts): (Vec<RelPath>, Vec<RelPath>) =
            paths.into_iter().partition(|p| p.as_str().ends_with("yml"));
        let texts =
            Instructions::read(&sources, &RelPath::root(), &texts, &compose, Default::default());
        let compose = ComposeFiles::new(compose);
        let build = built_elsewhere(&sources, &project, &project.services[0], &compose, &texts)?;
        Some(build.context?.join(build.dockerfile?.as_str())?.to_string())
    }

    #[test]
    fn another_compose_file_or_a_command_builds_it() {
        let builds = "services:\n  app:\n    image: me/web:${TAG:-1}\n    build:\n      context: .\n      dockerfile: docker/web.Dockerfile\n";
        let web = Some("docker/web.Dockerfile".to_owned());
        assert_eq!(found("me/web", &[("build.yml", builds)]), web);
        assert_eq!(found("me/web:${TAG}", &[("build.yml", builds)]), web);
        assert_eq!(found("${WEB}", &[("build.yml", builds)]), None);
        assert_eq!(found("me/other", &[("build.yml", builds)]), None);
        for (name, text, wanted) in [
            (
                "Makefile",
                "i:\n\tdocker build -t me/web:1 -f docker/web.Dockerfile .\n",
                web.clone(),
            ),
            (
                "build.sh",
                "TAG=me/web\ndocker buildx build --platform x --tag $TAG --push .\n",
                Some("Dockerfile".to_owned()),
            ),
            ("build.sh", "docker build -t me/website .\n", None),
            ("build.sh", "docker build -t $X/web .\n", None),
        ] {
            assert_eq!(found("me/web", &[(name, text)]), wanted, "{text}");
        }
    }
}
