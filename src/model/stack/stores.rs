//! The services that run a database image of a known kind.

use super::Stack;
use crate::model::roles::store::{Store, store};

impl<'s> Stack<'s> {
    /// The services that run a database server, in file order.
    pub fn stores(&'s self) -> Vec<Store<'s>> {
        self.containers
            .iter()
            .enumerate()
            .filter_map(|(index, c)| store(self.sources, &self.project.folder, index, c))
            .collect()
    }
}
