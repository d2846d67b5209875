//! The integration tests: one target, so that the crate is linked once.

mod architecture;
mod cli;
mod leakage;
