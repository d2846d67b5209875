//! The integration tests: one target, so that the crate is linked once.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod advisories;
mod architecture;
mod cli;
mod clv_shops;
mod conformance;
mod docs;
mod golden;
mod leakage;
mod licences;
mod messages;
mod mutations;
mod onnx_parity;
mod outcomes;
mod panel;
mod plain;
mod reference_clv;
mod reference_features;
mod references;
mod replay;
mod reseal;
mod rising;
mod selection;
mod server;
mod shop;
mod skip;
mod source;
mod value_ranking;
mod xgboost_parity;
