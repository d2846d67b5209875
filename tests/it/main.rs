//! The integration tests: one target, so that the crate is linked once.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod architecture;
mod cli;
mod clv_shops;
mod conformance;
mod golden;
mod leakage;
mod messages;
mod panel;
mod reference_clv;
mod references;
mod shop;
mod xgboost_parity;
