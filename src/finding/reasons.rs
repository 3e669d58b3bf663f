//! Why something was not read, in words that end a sentence.

use super::prose::{Insert, Own, Prose, Quote, prose};
use crate::source::{ReadError, Reason, Unknown};

impl ReadError {
    /// The end of a sentence that starts with the file.
    pub fn reason(&self) -> Prose {
        match self {
            Self::Missing => prose!("does not exist"),
            Self::NotAFile => prose!("is not a regular file"),
            Self::Outside => prose!("leaves the project (not opened)"),
            Self::TooLarge(limit) => prose!("is larger than {} KiB (not read)", limit / 1024),
            Self::NotUtf8(at) => prose!("is not UTF-8 at byte {}", at),
            Self::Binary(at) => prose!("is a binary file (NUL at byte {})", at),
            Self::Denied(why) => prose!("cannot be read: {}", Quote::value(why)),
            Self::TooManyEntries(most) => {
                prose!(
                    "is where looking for files ended: there are more than {} files and folders",
                    most
                )
            }
            Self::TooManyNames(most) => {
                prose!("has more than {} entries (the rest is not looked at)", most)
            }
            Self::TooManyLines(most) => {
                prose!("has more than {} lines (the rest is not read)", most)
            }
            Self::TooDeep(most) => {
                prose!("lies more than {} folders deep (not looked into)", most)
            }
            Self::NameNotUtf8 => prose!("has a name that is not UTF-8 (not read)"),
        }
    }
}

impl Insert for ReadError {
    fn insert_into(&self, prose: &mut Prose) {
        self.reason().insert_into(prose);
    }
}

impl Reason {
    /// The end of a sentence that starts with "not known".
    pub fn prose(&self) -> Prose {
        match self {
            Self::NotSet(name) | Self::MustBeSet(name) => {
                prose!("{} is not set in this project", Quote::name(name))
            }
            Self::BuildArgument(name) => {
                prose!("the build argument {} is not set", Quote::name(name))
            }
            Self::Placeholder(name) => {
                prose!("the value of {} is to be filled in", Quote::name(name))
            }
            Self::SetByScript(name) => prose!("a script sets {}", Quote::name(name)),
            Self::VariableName => prose!("the name of the variable is not known"),
            Self::FileMissing(file) => prose!("{} is not in this checkout", Quote::path(file)),
            Self::FileElsewhere(file) => prose!("{} is not in this project", Quote::path(file)),
            Self::FileEmpty(file) => prose!("{} is empty", Quote::path(file)),
            Self::FileUnreadable(file) => prose!("{} cannot be read", Quote::path(file)),
            Self::Submodule(folder) => {
                prose!("the git submodule {} is not checked out", Quote::path(folder))
            }
            Self::FilePartlyRead(file) => {
                prose!("{} lists more than is read here", Quote::path(file))
            }
            Self::TooManyFiles(kind) => prose!("there are too many {}", Own(kind)),
            Self::ImageElsewhere => prose!("the image is not built in this project"),
            Self::BaseImage(name) => {
                prose!("the base image {} is not in this project", Quote::name(name))
            }
            Self::InlineDockerfile => {
                prose!("the Dockerfile is written inside the Compose file")
            }
            Self::ImageEntrypoint(Some(name)) => {
                prose!("the base image {} may have its own entrypoint", Quote::name(name))
            }
            Self::ImageEntrypoint(None) => prose!("the image may have its own entrypoint"),
            Self::ImageCommand => prose!("the image's own command is not known"),
            Self::Volume => prose!("a volume is mounted there"),
            Self::CopiedFromElsewhere(path) => {
                prose!("{} is copied from another image", Quote::path(path))
            }
            Self::OtherContext(name) => prose!("{} is another build context", Quote::name(name)),
            Self::StagesTooDeep => prose!("stages copy from each other too deeply"),
            Self::Archive => prose!("an archive is unpacked there"),
            Self::MadeByRun => prose!("a RUN line may have written it"),
            Self::CopiedSomewhere => prose!("something is copied to a path that is not known"),
            Self::MayInstall(what) => prose!("{} may install packages", Quote::code(what)),
            Self::NotFollowed(what) => prose!("what {} runs is not followed", Quote::code(what)),
            Self::ForeignScript(file) => prose!("{} is not a shell script", Quote::path(file)),
            Self::RunsItself(what) => prose!("{} runs itself", Quote::code(what)),
            Self::CommandOutput => prose!("it is the output of a command"),
            Self::ShellForm(what) => prose!("{} is not evaluated", Own(what)),
            Self::NothingEnds => prose!("nothing ends this loop"),
            Self::MayListen(what) => prose!("{} may listen as well", Quote::code(what)),
            Self::Socket => prose!("it listens on a socket"),
            Self::NoServer => prose!("no server is known"),
            Self::SharedNetwork => prose!("it shares the network of another container"),
            Self::MayServe(service) => prose!("{} may serve the files", Quote::name(service)),
            Self::Included(file) => prose!("{} is included and not read", Quote::path(file)),
            Self::MayBeSet(what) => prose!("{} may set it", Own(what)),
            Self::UnboundName(name) => prose!("the name {} is not known", Quote::name(name)),
            Self::Call(name) => prose!("the call of {} is not evaluated", Quote::name(name)),
            Self::Outside(name) => prose!("it is {}, which is not evaluated", Quote::name(name)),
            Self::NotInModule(name) => prose!("{} is not defined", Quote::name(name)),
            Self::NoSuchItem => prose!("there is no such item"),
            Self::NotAValue(kind) => prose!("it is {}", Own(kind)),
            Self::NotEvaluated(what) => prose!("{} is not evaluated", Own(what)),
            Self::NotA(kind) => prose!("the text is not {}", Own(kind)),
            Self::Condition => prose!("it depends on a condition that is not known"),
            Self::Installed => prose!("it depends on whether a package is installed"),
            Self::FileExists(path) => prose!("it depends on whether {} exists", Quote::path(path)),
            Self::WorkingFolder => prose!("it depends on the working directory"),
            Self::RequiredNotSet(name) => prose!("{} is required and not set", Quote::name(name)),
            Self::OfNone(name) => prose!("None has no method {}", Quote::name(name)),
            Self::Raises => prose!("an error is raised there"),
            Self::NoSettingsModule => prose!("no settings module is named"),
            Self::NotGiven(name) => prose!("the argument {} is not given", Quote::name(name)),
            Self::Limit(what) => prose!("there is too much to follow: {}", Own(what)),
        }
    }
}

impl Insert for Unknown {
    fn insert_into(&self, prose: &mut Prose) {
        let reason = self.reason.prose();
        match self.place {
            Some(place) => reason.or_at(place).insert_into(prose),
            None => reason.insert_into(prose),
        }
    }
}
