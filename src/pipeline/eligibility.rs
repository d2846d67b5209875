//! The columns of a list that conditions of a playbook may read, and for whom these hold.

use crate::decide::{Candidate, RiskBand};
use crate::error::Failure;
use crate::table::{Column, Table};

/// Says of each row, for each action of the playbook, whether its condition holds.
pub type Holds<'a> = &'a (dyn Fn(&Table<'_>) -> Result<Vec<Box<[bool]>>, Failure> + Sync);

/// The rows of a list as conditions see them: what is known before anything is decided.
#[must_use]
pub fn condition_rows<'a>(candidates: &[Candidate<'a>]) -> Table<'a> {
    let number = |of: fn(&Candidate<'_>) -> f64| Column::Number(candidates.iter().map(of).collect());
    let word = |of: fn(&Candidate<'_>) -> &'static str| Column::text(candidates.iter().map(of));
    let columns = vec![
        ("churn_probability", number(|one| one.chances.churn)),
        ("gone_probability", number(|one| one.chances.outcome().gone)),
        ("leaving_probability", number(|one| one.chances.outcome().leaving)),
        (
            "quiet_probability",
            Column::OptionalNumber(candidates.iter().map(|one| one.chances.outcome().quiet).collect()),
        ),
        ("value_at_stake", number(|one| one.stakes.value_at_stake)),
        ("clv_historic", number(|one| one.clv_historic)),
        ("days_since_last_order", Column::Integer(candidates.iter().map(|one| one.days_since_last_order).collect())),
        ("open_complaints", Column::OptionalInteger(candidates.iter().map(|one| one.open_complaints).collect())),
        ("life_cycle_stage", word(|one| one.stage.name())),
        ("rfm_segment", word(|one| one.segments.rfm.name())),
        ("value_quadrant", word(|one| one.segments.quadrant.name())),
        ("risk_band", word(|one| RiskBand::of(one.chances.churn).name())),
    ];
    Table::new("the list", columns)
}
