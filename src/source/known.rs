//! How much of a value is known, and why not all of it.
//!
//! One type for every value that is worked out: a variable, a setting, an argument, a file in a container. Code that
//! decides looks at the type; the words of a [`Reason`] are for people only.

use super::Span;

/// A value, as far as it is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Known<T> {
    /// All of it.
    Known(T),
    /// Part of it, and why not the rest.
    Partly(T, Unknown),
    /// Nothing of it.
    Unknown(Unknown),
}

/// Why something is not known, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unknown {
    /// Why.
    pub reason: Reason,
    /// The construct that is to blame, wherever the value was passed on to since; `None` for what no file writes.
    pub place: Option<Span>,
}

/// Why something is not known. It reads as the end of "not known: …".
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reason {
    // Variables.
    /// A variable that nothing in the project sets; the environment of the person who runs Compose may.
    NotSet(String),
    /// The same, where Compose stops unless it is set to something (`${NAME:?}`): it is not blank.
    MustBeSet(String),
    /// An argument of the build (`ARG`) that has no value here.
    BuildArgument(String),
    /// A template of an env file leaves a place to be filled in: the name of the variable.
    Placeholder(String),
    /// A script or a `RUN` line sets a variable to something that is not followed.
    SetByScript(String),
    /// A variable is set, and it is not known by whom: the name of the variable that is read is unknown itself.
    VariableName,

    // Files.
    /// A file that is named is not in the checkout: it may be on the machine where the project runs.
    FileMissing(String),
    /// A file that is named is not among the files of the project.
    FileElsewhere(String),
    /// A file that is empty here stands for one that is filled in elsewhere.
    FileEmpty(String),
    /// A file that is a device, a link out of the project, too large or not text.
    FileUnreadable(String),
    /// It is in a git submodule that is not checked out: the folder.
    Submodule(String),
    /// A file lists more than is read here.
    FilePartlyRead(String),
    /// There are more files of this kind than are read.
    TooManyFiles(&'static str),

    // Images and containers.
    /// The image is not built here.
    ImageElsewhere,
    /// An image that the Dockerfile starts from is not built here: its name.
    BaseImage(String),
    /// The Dockerfile is written inside the Compose file.
    InlineDockerfile,
    /// An image brings an entrypoint of its own, perhaps: its name, where one is written.
    ImageEntrypoint(Option<String>),
    /// What an image starts by itself.
    ImageCommand,
    /// A volume is mounted there, which keeps what it was given.
    Volume,
    /// Something is mounted or copied there from another image or another build context: what is written.
    CopiedFromElsewhere(String),
    /// An image that is another build context of Compose's `additional_contexts`: its name.
    OtherContext(String),
    /// Stages copy from each other in a circle, or too deeply.
    StagesTooDeep,
    /// `ADD` unpacks an archive there.
    Archive,
    /// A `RUN` line may have written it.
    MadeByRun,
    /// Something is copied to a path that is not known.
    CopiedSomewhere,
    /// A program or file may install packages.
    MayInstall(String),

    // Commands.
    /// What this program or file runs is not followed.
    NotFollowed(String),
    /// A script in another language than shell.
    ForeignScript(String),
    /// A script or a file of commands that leads back to itself.
    RunsItself(String),
    /// What a command writes to its output.
    CommandOutput,
    /// A form of the shell's that is not evaluated.
    ShellForm(&'static str),
    /// A loop that goes round with nothing changed.
    NothingEnds,
    /// A program may listen as well: what it is.
    MayListen(String),
    /// It listens on a socket of the file system, and on no port.
    Socket,
    /// No server is known.
    NoServer,
    /// Its network is that of another container.
    SharedNetwork,
    /// A service may serve the files: its name.
    MayServe(String),
    /// A file is included that is not read.
    Included(String),
    /// Something that is not read may set it: what it is.
    MayBeSet(&'static str),

    // Python.
    /// A name that nothing binds.
    UnboundName(String),
    /// A call that is not evaluated: the function's name.
    Call(String),
    /// Something of Python or of a package, by its dotted name.
    Outside(String),
    /// A module has no such name: the dotted one.
    NotInModule(String),
    /// A list or mapping has no such item.
    NoSuchItem,
    /// Something that no setting holds: a module, a function, a class.
    NotAValue(&'static str),
    /// A form of the language that is not evaluated.
    NotEvaluated(&'static str),
    /// A text that cannot be made into what is wanted of it.
    NotA(&'static str),
    /// It depends on a condition that is not known.
    Condition,
    /// It depends on whether a package is installed.
    Installed,
    /// It depends on whether a file exists.
    FileExists(String),
    /// It depends on the folder that the program is started in.
    WorkingFolder,
    /// A variable that must be set and is not: reading it raises an error.
    RequiredNotSet(String),
    /// An error is raised there.
    Raises,
    /// A method of `None`, which has none: its name.
    OfNone(String),
    /// No settings module is named.
    NoSettingsModule,
    /// An argument that is not given.
    NotGiven(String),

    // Everything.
    /// It would have taken more work, depth or space than is spent on one project: what there is too much of.
    Limit(&'static str),
}

impl Unknown {
    /// A reason with its place.
    pub fn at(reason: Reason, place: Span) -> Self {
        Self { reason, place: Some(place) }
    }

    /// The same with a place, where it has none yet.
    pub fn or_at(self, place: Span) -> Self {
        Self { place: self.place.or(Some(place)), ..self }
    }
}

impl From<Reason> for Unknown {
    /// A reason that no file writes.
    fn from(reason: Reason) -> Self {
        Self { reason, place: None }
    }
}

impl<T> Known<T> {
    /// The value, where all of it is known.
    pub fn known(&self) -> Option<&T> {
        match self {
            Self::Known(value) => Some(value),
            Self::Partly(..) | Self::Unknown(_) => None,
        }
    }

    /// The value, as far as it is known.
    pub fn partly(&self) -> Option<&T> {
        match self {
            Self::Known(value) | Self::Partly(value, _) => Some(value),
            Self::Unknown(_) => None,
        }
    }

    /// Why not all of it is known.
    pub fn why(&self) -> Option<&Unknown> {
        match self {
            Self::Known(_) => None,
            Self::Partly(_, why) | Self::Unknown(why) => Some(why),
        }
    }

    /// The same by reference.
    pub fn as_ref(&self) -> Known<&T> {
        match self {
            Self::Known(value) => Known::Known(value),
            Self::Partly(value, why) => Known::Partly(value, why.clone()),
            Self::Unknown(why) => Known::Unknown(why.clone()),
        }
    }

    /// Something made of the value, known as far as the value is.
    pub fn map<U>(self, make: impl FnOnce(T) -> U) -> Known<U> {
        match self {
            Self::Known(value) => Known::Known(make(value)),
            Self::Partly(value, why) => Known::Partly(make(value), why),
            Self::Unknown(why) => Known::Unknown(why),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::{FileId, Text};

    /// A URL at 0..30 of a file, whose password stands at 11..15.
    fn url() -> Text {
        let mut text = Text::verbatim(FileId(0), 0, "redis://u:");
        text.push_unresolved(Reason::NotSet("PW".into()), Span::new(FileId(0), 10, 15));
        text.push_verbatim("@redis/0", 15);
        text
    }

    #[test]
    fn a_text_is_known_as_far_as_its_pieces() {
        let url = url();
        let place = Span::new(FileId(0), 10, 15);
        assert_eq!(url.why(), Some(Unknown::at(Reason::NotSet("PW".into()), place)));
        assert_eq!((url.resolved(), url.head()), (None, "redis://u:"));
        assert_eq!(url.without_unresolved(), "redis://u:@redis/0");
        let at = url.find('@').unwrap_or(0);
        let host = url.slice(at + 1..url.len());
        assert_eq!((host.resolved(), host.span().start), (Some("redis/0"), 16));
        let password = url.slice("redis://u:".len()..at);
        assert!(password.is_unresolved() && password.starts_unresolved());
        assert_eq!(password.span(), place);
        assert!(matches!(url.clone().known(), Known::Partly(text, _) if text == url));
        assert!(matches!(password.known(), Known::Unknown(_)));
        assert!(matches!(host.known(), Known::Known(_)));
        // Put in elsewhere, it stands there, and is known as far as before.
        let seen = url.seen_at(Span::new(FileId(1), 3, 9));
        assert_eq!((seen.as_str(), seen.pieces().len()), (url.as_str(), 3));
        assert!(seen.pieces().iter().all(|p| p.src.file == FileId(1)));
        assert_eq!(seen.why().and_then(|why| why.place), Some(place));
    }

    #[test]
    fn a_private_character_of_a_file_is_a_text_like_any_other() {
        let text = Text::verbatim(FileId(0), 0, "a\u{e000}b");
        assert_eq!((text.resolved(), text.why()), (Some("a\u{e000}b"), None));
    }

    #[test]
    fn two_texts_are_the_same_differ_or_may_do_either() {
        let text = |text: &str| Text::verbatim(FileId(0), 0, text);
        assert_eq!(text("a").same(&text("a")), Some(true));
        assert_eq!(text("a").same(&text("b")), Some(false));
        assert_eq!(url().same(&url()), Some(true));
        assert_eq!(url().same(&text("redis://u:x@redis/0")), None);
        assert_eq!(url().same(&text("amqp://u:x@redis/0")), Some(false));
        assert_eq!(text("redis").same(&url()), Some(false));
        let mut output = text("redis://u:");
        output.push_unresolved(Reason::CommandOutput, Span::nowhere());
        assert_eq!(output.same(&output.clone()), None);
        assert_eq!(output.same(&url()), None);
    }
}
