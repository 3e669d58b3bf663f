//! The relations between services of one stack, each worked out once and read by many rules.

mod addresses;
mod airflow;
mod apps;
mod as_written;
mod broker_access;
mod brokers;
mod build;
mod build_settings;
mod by_hand;
mod celery;
mod checkout;
mod docs;
mod dotenv_images;
mod drift;
mod env_files;
mod env_items;
mod env_secrets;
mod fronts;
mod gateway;
mod guards;
mod inner_ports;
mod intent;
mod ledger;
mod listening;
mod listening_servers;
#[cfg(test)]
mod listening_tests;
mod mentions;
mod migrating;
mod networks;
mod origins;
mod own_image;
mod owners;
mod parts;
mod places;
mod probes;
mod production_settings;
mod profiles;
mod published;
mod ready;
mod resources;
mod rivals;
mod secret_places;
mod seeded;
mod sqlite;
mod static_split;
mod statics;
mod stores;
mod stray_conf;
mod third_party;
mod traefik;
mod uploads;
mod variables;

pub use super::endpoint::{Endpoint, Part};
pub use addresses::Resolved;
pub use airflow::Setting;
pub use apps::{LocalApp, Migrations};
pub use as_written::AsWritten;
pub use broker_access::{BrokerAccess, Clash};
pub use build::{Problem, Shared};
pub use build_settings::BuildLacks;
pub use celery::CeleryApp;
pub use docs::Docs;
pub use dotenv_images::DotenvInImage;
pub use drift::Drift;
pub use env_files::{Definition, Definitions, Eaten};
pub use env_items::{EnvItem, Item};
pub use env_secrets::{EnvSecrets, InGit};
pub use fronts::{Door, Front, Seen};
pub use gateway::Gateway;
pub use guards::{Guard, OpenStore};
pub use inner_ports::WrongPort;
pub use ledger::NeverRead;
pub use listening::{Listener, Listening, Scope};
pub use mentions::{Mention, MentionKind};
pub use networks::Reach;
pub use origins::{Refused, allows};
pub use own_image::is_dockerfile_name;
pub use owners::Barred;
pub use parts::Supply;
pub use places::Written;
pub use probes::Probe;
pub use profiles::{Need, NeedKind, Together};
pub use published::{HostAddress, Published};
pub use ready::{ReadyCheck, Told};
pub use resources::Resource;
pub use rivals::Rivals;
pub use seeded::Seeded;
pub use sqlite::{Kept, SqliteFile};
pub use static_split::StaticSplit;
pub use statics::{Collect, Serving, StaticPlan};
pub use stray_conf::StrayConf;
pub use third_party::ThirdParty;
pub use uploads::UploadPlan;
pub use variables::{Slot, Use};

use super::compose::Project;
use super::container::{Container, Volume};
use super::roles::Roles;
use crate::finding::Intent;
use crate::source::{FileId, RelPath, SourceFile, Sources, Span};
use crate::syntax::python::Module;
use std::cell::{OnceCell, RefCell};
use std::collections::{BTreeSet, HashMap};
use std::rc::Rc;
use std::sync::Arc;

/// A stack, brought up on paper.
pub struct Stack<'s> {
    /// The files.
    pub sources: &'s Sources<'s>,
    /// The folder that is checked.
    pub checked: RelPath,
    /// The Compose project.
    pub project: &'s Project,
    /// Its services as they run, in file order.
    pub containers: Vec<Container<'s>>,
    /// What they are.
    pub roles: Roles,
    /// What the stack is for.
    pub intent: Intent,
    /// The evidence for it.
    pub intent_why: String,
    /// Whether the name of a file says that the stack is for development.
    pub named_for_development: bool,
    /// Whether its first file is one that Compose finds by itself.
    pub default_name: bool,
    /// Every Compose file of the checked folder.
    others: Arc<[RelPath]>,
    /// Texts in which people are told what to run by hand.
    pub docs: &'s Docs,
    /// What is wrong with files as such.
    pub problems: Vec<Problem>,
    /// Runs of `collectstatic`, worked out when first asked for.
    collected: OnceCell<Vec<Collect>>,
    /// Where collected files are kept, worked out when first asked for.
    keeps: OnceCell<BTreeSet<(Volume, String)>>,
    /// Who is called what and who needs whom, worked out when first asked for.
    index: Index,
}

/// Answers that many rules ask for about every pair of services.
#[derive(Debug, Default)]
struct Index {
    /// The first service of each name.
    named: OnceCell<HashMap<String, usize>>,
    /// The services that answer to a name in lower case, in file order.
    called: OnceCell<HashMap<String, Vec<usize>>>,
    /// What each service needs.
    needs: OnceCell<Vec<Vec<Need>>>,
    /// Services that others wait for by `depends_on`.
    awaited: OnceCell<BTreeSet<usize>>,
    /// How many services start one after the other before each.
    depths: OnceCell<Vec<usize>>,
    /// Python files that rules look into, by file.
    modules: RefCell<HashMap<FileId, Rc<Module>>>,
}

impl<'s> Stack<'s> {
    /// A Python file's tree, read once.
    fn parsed(&self, file: &SourceFile) -> Rc<Module> {
        self.index
            .modules
            .borrow_mut()
            .entry(file.id)
            .or_insert_with(|| Rc::new(Module::read(file)))
            .clone()
    }

    /// The container of a service, by its number.
    pub fn container(&self, index: usize) -> &Container<'s> {
        &self.containers[index]
    }

    /// The container of the service called `name`.
    pub fn named(&self, name: &str) -> Option<usize> {
        let names = || {
            (0..self.containers.len())
                .rev()
                .map(|i| (self.container(i).name().to_owned(), i))
                .collect()
        };
        self.index.named.get_or_init(names).get(name).copied()
    }

    /// The path of a file for a message.
    pub fn path(&self, span: Span) -> RelPath {
        self.sources.file(span.file).path.clone()
    }

    /// The file's name for a message.
    pub fn file_name(&self, span: Span) -> String {
        self.path(span).file_name().to_owned()
    }

    /// Whether the stack looks like production.
    pub fn production(&self) -> bool {
        self.intent == Intent::Production
    }
}
