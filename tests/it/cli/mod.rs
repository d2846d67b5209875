//! The binary as a user meets it, with good data and bad.

mod init;
mod inspect;
mod jobs;
mod own;
mod trials;
