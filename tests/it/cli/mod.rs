//! The binary as a user meets it, with good data and bad.

mod accidents;
mod carry;
mod challenge;
mod custom;
mod customers_and_orders;
mod days;
mod honest_figures;
mod hostile;
mod init;
mod inspect;
mod jobs;
mod leaks;
mod lookups;
mod memory;
mod opt_outs;
mod panel_size;
mod parts;
mod reading;
mod reused_orders;
mod rows_decide_nothing;
mod silence;
mod simple_rule;
mod stored;
mod trials;
mod voids;
mod written_forms;
