//! The files of `src` as the tests of the architecture see them: which paths each names, and which file a path means.

mod circles;
mod files;
mod paths;
mod tokens;

pub(crate) use circles::circles;
pub(crate) use files::{Sources, code, room, sources};
