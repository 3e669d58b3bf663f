//! Meaning: what the files say, worked out. The stack is brought up on paper.

pub mod django;
