//! Data that may not be used.

use jiff::civil::Date;
use thiserror::Error;

use super::finding::Finding;
use crate::error::{Exit, Report};
use crate::text::{counted, printable, verb};
use crate::units::Days;

/// Why data are refused.
#[derive(Debug, Error)]
pub enum DataError {
    /// Checks found errors.
    #[error("the data may not be used: {}", listed(findings))]
    Refused {
        /// The findings of severity error.
        findings: Vec<Finding>,
    },
    /// Examples are to be hashed, and what is to be mixed in is not there.
    #[error("the environment variable `{variable}`, which `privacy.salt_env` names, is not set or empty")]
    NoSalt {
        /// The variable.
        variable: String,
    },
    /// The last purchase is too long ago.
    #[error("the last purchase ({last}) is {age_days} days before {as_of}; at most {allowed} are allowed")]
    Stale {
        /// Day of the last purchase.
        last: Date,
        /// The day that the run takes for today.
        as_of: Date,
        /// Days from one to the other.
        age_days: u32,
        /// `validate.max_age_days`.
        allowed: Days,
    },
    /// Practically nothing was sold before the as-of day.
    #[error(
        "the {window} before {as_of} hold {found} of the {usual} purchases that are usual; the shop sold as usual until \
         {usual_until}"
    )]
    Quiet {
        /// The day that the run takes for today.
        as_of: Date,
        /// The days that are looked at.
        window: Days,
        /// Purchases in them.
        found: u64,
        /// Purchases in as many days before, in the middle of such windows.
        usual: u64,
        /// The day on which the usual pace ends: its local midnight can end history.
        usual_until: Date,
        /// `validate.min_recent_share`.
        allowed: f64,
    },
    /// The shop is silent for longer than ever before, up to the as-of day.
    #[error(
        "the shop sold nothing for {} before {as_of}{}: the last usual day is {last}; its longest silence until then was {}, \
         and {} {} allowed",
        counted(silent_days.unsigned_abs(), "day"),
        if *stray == 0 { String::new() } else { format!(", but for {} behind them", counted(*stray, "stray purchase")) },
        counted(longest_days.unsigned_abs(), "day"),
        allowed_days,
        verb(allowed_days.unsigned_abs(), "is", "are")
    )]
    Silent {
        /// The day that the run takes for today.
        as_of: Date,
        /// The last day on which the shop sold as usual.
        last: Date,
        /// The day after it.
        usual_until: Date,
        /// Purchases since.
        stray: u64,
        /// Days without any.
        silent_days: i64,
        /// Days without any, at most, until then.
        longest_days: i64,
        /// The longest silence with which a run goes on.
        allowed_days: i64,
    },
}

fn listed(findings: &[Finding]) -> String {
    let one = |finding: &Finding| {
        let examples = if finding.examples.is_empty() { "" } else { ", e.g. " };
        let message = format!("{}{examples}{}", finding.message, finding.examples.join(", "));
        format!("\n  {}: {}", finding.rule, printable(&message))
    };
    let n = findings.len();
    let listed: String = findings.iter().map(one).collect();
    format!("{n} {}{listed}", if n == 1 { "error" } else { "errors" })
}

impl Report for DataError {
    fn code(&self) -> &'static str {
        match self {
            Self::Refused { .. } => "E221",
            Self::NoSalt { .. } => "E230",
            Self::Stale { .. } => "E222",
            Self::Quiet { .. } => "E231",
            Self::Silent { .. } => "E232",
        }
    }

    fn exit(&self) -> Exit {
        match self {
            Self::NoSalt { .. } => Exit::BadUsage,
            Self::Refused { .. } | Self::Stale { .. } | Self::Quiet { .. } | Self::Silent { .. } => Exit::DataRefused,
        }
    }

    fn hint(&self) -> Option<String> {
        match self {
            Self::Refused { .. } => Some("mend each as its hint above says".to_owned()),
            Self::NoSalt { variable } => Some(format!(
                "set {variable} to a long random text that stays the same, or `privacy.examples` to \"hidden\""
            )),
            Self::Quiet { usual_until, allowed, .. } => Some(format!(
                "deliver the missing purchases, or set a stray one aside with `purchases.filter`, or take the day on which \
                 the usual pace ends: `--as-of {usual_until}`; `validate.min_recent_share` = {allowed} is the least share"
            )),
            Self::Silent { usual_until, silent_days, .. } => Some(format!(
                "deliver the missing days, or take the day after the last usual one: `--as-of {usual_until}`; if the shop was \
                 closed, set {}",
                if *silent_days <= 365 {
                    format!("`validate.max_feed_gap_days = {silent_days}`")
                } else {
                    "`validate.min_recent_share = 0`".to_owned()
                }
            )),
            Self::Stale { .. } => Some(
                "check that the latest purchases were delivered, or raise `validate.max_age_days`, or set `--as-of`"
                    .to_owned(),
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Failure;
    use crate::validate::finding::Severity;

    #[test]
    fn refusals_name_every_error_and_how_to_go_on() {
        let finding = |rule, message: &str| {
            Finding::new(rule, "purchases", Severity::Error, message.to_owned()).with_hint(format!("mind {rule}"))
        };
        let findings = vec![finding("too_few_customers", "12 customers"), finding("short_span", "9 days")];
        let failure = Failure::from(DataError::Refused { findings });
        let text = "error[E221]: the data may not be used: 2 errors\n  too_few_customers: 12 customers\n  short_span: 9 \
                    days\nhint: mend each as its hint above says";
        assert_eq!(failure.to_string(), text);
        assert_eq!(failure.report().exit(), Exit::DataRefused);
    }

    #[test]
    fn staleness_states_both_days() {
        let (last, as_of) = (jiff::civil::date(2024, 1, 1), jiff::civil::date(2024, 3, 1));
        let error = DataError::Stale { last, as_of, age_days: 60, allowed: Days(45) };
        let text = "the last purchase (2024-01-01) is 60 days before 2024-03-01; at most 45 days are allowed";
        assert_eq!(error.to_string(), text);
    }
}
