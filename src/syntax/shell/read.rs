//! Reading.

use super::*;

pub(super) fn read(_text: &Text) -> Script {
    Script::default()
}
