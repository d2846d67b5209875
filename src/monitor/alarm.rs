//! An alarm: which check, how grave, figure and level, direction, sample, and what to do. One line of the catalogue for
//! each check.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::text::printable;

/// A check, by its name on the command line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Check {
    /// Its name.
    pub name: &'static str,
    /// What it looks for.
    pub meaning: &'static str,
}

const fn check(name: &'static str, meaning: &'static str) -> Check {
    Check { name, meaning }
}

/// All checks, causes before consequences: of two alarms for one thing, the earlier is told.
pub const CHECKS: &[Check] = &[
    check(OPT_OUTS, "many who had opted out on the last list are no longer opted out"),
    check(EMPTY, "a table that had rows at the last list or at the training has none"),
    check(SHRUNK, "a table has far fewer rows than at the last lists and the training, of whichever time"),
    check(REWRITTEN, "rows of past days or weeks are gone or have come, beside the last lists or the training"),
    check(UNKNOWN, "many customers of the last list have no purchase any more: their ids are written in another way"),
    check(
        CHANGED,
        "many customers of the last list bought last on an earlier day than it says: their ids are of others now",
    ),
    check(REPEATED, "many more rows repeat others than before: a file delivered twice"),
    check(SILENT, "a feed beside the purchases has been silent for longer than ever before and than chance explains"),
    check(MISSING, "the last days of a feed have far fewer rows than the same weekdays before"),
    check(SURPLUS, "the last days of a feed have far more rows than the same weekdays before"),
    check(UNIT, "the numbers of a column are larger or smaller by a factor than ever before"),
    check(NULLS, "a column is empty more often than ever before"),
    check(FILLED, "a column is filled in more often than on any of the nights before, in all of its past"),
    check(CONSTANT, "a column that always varied has one value alone"),
    check(LEVELS, "a column has more new values than ever before"),
    check(CLOCK, "the hours of the day at which rows happen have moved"),
    check(POPULATION, "the number of customers on the lists jumps"),
    check(DRIFT, "features that the model uses are distributed otherwise than at any training cutoff"),
    check(BASE_RATE, "the mean churn probability jumps"),
    check(SCORES, "churn probabilities are distributed otherwise than on the nights before"),
    check(TURNOVER, "the first places of the list change more than on the nights before"),
];

pub(super) const OPT_OUTS: &str = "lost_opt_outs";
pub(super) const EMPTY: &str = "empty_table";
pub(super) const REWRITTEN: &str = "rewritten_past";
pub(super) const UNKNOWN: &str = "unknown_customers";
pub(super) const CHANGED: &str = "changed_histories";
pub(super) const SHRUNK: &str = "shrunk_table";
pub(super) const REPEATED: &str = "repeated_rows";
pub(super) const SILENT: &str = "silent_feed";
pub(super) const MISSING: &str = "missing_rows";
pub(super) const SURPLUS: &str = "surplus_rows";
pub(super) const UNIT: &str = "unit_shift";
pub(super) const NULLS: &str = "new_nulls";
pub(super) const FILLED: &str = "fewer_nulls";
pub(super) const CONSTANT: &str = "constant_column";
pub(super) const LEVELS: &str = "new_levels";
pub(super) const CLOCK: &str = "clock_shift";
pub(super) const POPULATION: &str = "population_jump";
pub(super) const DRIFT: &str = "feature_drift";
pub(super) const BASE_RATE: &str = "base_rate";
pub(super) const SCORES: &str = "score_drift";
pub(super) const TURNOVER: &str = "list_turnover";

/// How grave an alarm is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// The list is written.
    Warn,
    /// Nothing is published.
    Stop,
}

/// What a check has to say.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Alarm {
    /// The check.
    pub check: &'static str,
    /// How grave it is.
    pub level: Level,
    /// The feed that it is about; `None` if it is about the list.
    pub feed: Option<&'static str>,
    /// The column of the feed.
    pub column: Option<String>,
    /// What was found.
    pub figure: f64,
    /// Where the alarm begins, in the unit of the figure.
    pub limit: f64,
    /// Rows or customers that the figure is of.
    pub n: u64,
    /// The facts, in one sentence.
    pub message: String,
    /// What to do.
    pub hint: String,
}

impl Alarm {
    /// Whether the figure lies below the level.
    #[must_use]
    pub fn is_below(&self) -> bool {
        self.figure < self.limit
    }
}

/// `new_nulls: ...`, and the hint on a line of its own.
impl fmt::Display for Alarm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}\nhint: {}", printable(&self.message), printable(&self.hint))
    }
}

/// Whether a name is that of a check.
#[must_use]
pub fn is_check(name: &str) -> bool {
    CHECKS.iter().any(|check| check.name == name)
}
