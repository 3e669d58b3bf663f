//! What each rule is: the front matter of the pages in `rules/`, as statics that the build script
//! writes. A rule names its static, so a rule without a page does not compile.

#[allow(unused_imports, reason = "while there is no page, nothing has a severity")]
use crate::finding::{Confidence, Need, RuleMeta, Severity};

include!(concat!(env!("OUT_DIR"), "/rule_pages.rs"));
