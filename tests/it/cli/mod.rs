//! The binary as a user meets it, with good data and bad.

mod challenge;
mod honest_figures;
mod init;
mod inspect;
mod jobs;
mod leaks;
mod memory;
mod own;
mod panel_size;
mod stored;
mod trials;
