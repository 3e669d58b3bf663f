//! Reading.

use super::*;

pub(super) fn read(_file: &SourceFile) -> Dockerfile {
    Dockerfile::default()
}
