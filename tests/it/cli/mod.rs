//! The binary as a user meets it, with good data and bad.

mod init;
mod jobs;
mod leaks;
mod panel_size;
mod trials;
