//! Reading.

use super::*;

pub(super) fn read(_file: &SourceFile) -> Requirements {
    Requirements::default()
}
