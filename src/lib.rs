//! `retain` tells a shop which of its present customers are about to leave, what each is worth, why they are leaving,
//! and what to do first.
//!
//! The rooms stand in the order in which data flow through them; a room uses those above it. Words that mean the same
//! everywhere: a *cutoff* is the local midnight before which everything is history; the *horizon* is the length of the
//! window in which churn is looked for, the *gap* the time between the two; *recency* is the time since the last order,
//! *tenure* since the first, *frequency* a number of orders. (In value models, recency means first to last order.)

pub mod checked;
#[cfg(feature = "tables")]
pub mod database;
pub mod error;
pub mod files;
pub mod table;
pub mod text;
pub mod units;
#[cfg(feature = "tables")]
pub mod web;

pub mod maths;
pub mod onnx;

pub mod clv;
pub mod config;
pub mod timeline;

#[cfg(feature = "tables")]
pub mod ingest;
#[cfg(feature = "tables")]
pub mod validate;

pub mod features;

pub mod dataset;
pub mod label;

pub mod profile;

pub mod learn;

pub mod calibrate;

pub mod evaluate;

pub mod guard;

pub mod decide;
pub mod value;

pub mod explain;

pub mod monitor;

pub mod registry;

pub mod simulate;

#[cfg(feature = "tables")]
pub mod charts;
#[cfg(feature = "tables")]
pub mod output;

pub mod pipeline;

#[cfg(feature = "tables")]
pub mod kernel;

#[cfg(feature = "tables")]
pub mod cli;
#[cfg(feature = "tables")]
pub mod commands;
