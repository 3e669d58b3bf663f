//! The name of an image, taken apart.

/// Registries that hold copies of Docker's library.
const MIRRORS: [&str; 5] = [
    "docker.io/library/",
    "docker.io/",
    "library/",
    "public.ecr.aws/docker/library/",
    "mirror.gcr.io/library/",
];

/// An image as it is named: `docker.io/library/postgres:16@sha256:…`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reference<'t> {
    /// The name, without the registry where that is Docker's or a copy of its library.
    pub name: &'t str,
    pub tag: Option<&'t str>,
    /// Whether a digest says exactly which image it is.
    pub pinned: bool,
}

impl<'t> Reference<'t> {
    /// Takes a name apart.
    pub fn of_image(image: &'t str) -> Self {
        let path = MIRRORS.iter().find_map(|m| image.strip_prefix(m)).unwrap_or(image);
        let (path, pinned) = path.split_once('@').map_or((path, false), |(path, _)| (path, true));
        // The last colon belongs to the tag, unless it is that of a registry's port.
        match path.rsplit_once(':').filter(|(_, tag)| !tag.contains('/')) {
            Some((name, tag)) => Self { name, tag: Some(tag), pinned },
            None => Self { name: path, tag: None, pinned },
        }
    }

    /// Whether it is an image of Docker's library.
    pub fn library(&self) -> bool {
        !self.name.contains('/')
    }
}

/// The last part of an image's name: without registry, user, tag and digest.
pub fn bare_name(image: &str) -> &str {
    let image = image.split('@').next().unwrap_or(image);
    let image = image.rsplit('/').next().unwrap_or(image);
    image.split(':').next().unwrap_or(image)
}
