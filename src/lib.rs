//! `retain` tells a shop which of its present customers are about to leave, what each is worth, why they are leaving,
//! and what to do first.
pub mod units;
pub mod error;
pub mod config;
pub mod evaluate;
