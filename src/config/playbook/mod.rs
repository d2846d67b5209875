//! The playbook: what a shop can do for a customer, for whom, what it costs and what it is expected to bring. Read from
//! `playbook.toml` and checked like the config; the default one is part of the binary.

mod actions;
mod amounts;
mod check;
mod condition;
pub(super) mod knobs;
mod raw;

pub use actions::{
    Action, Channel, Complaints, Converted, Evidence, Incentive, Level, Playbook, QUADRANT_WORDS, Rate, SEGMENT_WORDS,
    STAGE_WORDS,
};
pub use actions::{CAUSE_WORDS, NO_CAUSE_WORD};
pub use check::{DEFAULT_PLAYBOOK, PLAYBOOK_FILE};
pub use condition::{Comparison, Condition, ConditionColumn};
