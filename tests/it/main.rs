//! The integration tests: one target, so that the crate is linked once.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod architecture;
mod cli;
mod conformance;
mod golden;
mod leakage;
mod messages;
mod panel;
mod references;
mod shop;
mod xgboost_parity;
