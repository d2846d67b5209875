//! The feed: a day that was not delivered looks like churn. Long silences of the whole shop, and its last purchase.

use std::collections::BTreeMap;

use super::error::DataError;
use super::finding::{Finding, Severity};
use crate::config::ValidateConfig;
use crate::ingest::TypedTable;
use crate::text::counted;
use crate::units::{Days, MICROS_PER_DAY, Timestamp};

/// Reports gaps in the purchases and how old the last one is.
pub(super) fn check(days: &PurchaseDays, limits: &ValidateConfig, as_of: Timestamp) -> Vec<Finding> {
    let mut findings: Vec<Finding> = gaps(days, limits.max_feed_gap_days).into_iter().collect();
    if let Some((_, last)) = days.span()
        && let Err(stale) = require_fresh(last, as_of, limits)
    {
        let finding = Finding::new("stale", "purchases", Severity::Warning, stale.to_string());
        let finding = finding.of_column("purchased_at").counting(1);
        findings.push(finding.with_hint("score with recent data; for a study of the past set `as_of`"));
    }
    findings
}

/// Refuses data whose last purchase is too long before `as_of`; scoring asks, training need not.
///
/// # Errors
/// `DataError::Stale` with both instants and the limit.
pub fn require_fresh(last: Timestamp, as_of: Timestamp, limits: &ValidateConfig) -> Result<(), DataError> {
    if as_of.0.saturating_sub(last.0) <= limits.max_age_days.micros() {
        return Ok(());
    }
    let age_days = u32::try_from(as_of.0.saturating_sub(last.0) / MICROS_PER_DAY).unwrap_or(u32::MAX);
    Err(DataError::Stale { last, as_of, age_days, allowed: limits.max_age_days })
}

/// First and last purchase of each day that has any, in UTC.
#[derive(Debug, Clone, Default)]
pub(super) struct PurchaseDays {
    days: BTreeMap<i64, (i64, i64)>,
}

impl PurchaseDays {
    pub(super) fn new(purchases: &TypedTable) -> Self {
        let times = purchases.times("purchased_at");
        let used = || purchases.used_rows().filter_map(|row| times.get(row).copied());
        let (first, last) = used().fold((i64::MAX, i64::MIN), |(first, last), time| (first.min(time), last.max(time)));
        let day = |time: i64| time.div_euclid(MICROS_PER_DAY);
        let n_days = if first <= last { usize::try_from(day(last) - day(first) + 1).unwrap_or(0) } else { 0 };
        let mut days = vec![(i64::MAX, i64::MIN); n_days];
        for time in used() {
            let place = usize::try_from(day(time) - day(first)).unwrap_or(usize::MAX);
            if let Some((first, last)) = days.get_mut(place) {
                *first = (*first).min(time);
                *last = (*last).max(time);
            }
        }
        let days = (day(first)..).zip(days).filter(|(_, (first, last))| first <= last);
        Self { days: days.collect() }
    }

    /// Adds the days of other customers.
    pub(super) fn add(&mut self, other: &Self) {
        for (day, (first, last)) in &other.days {
            let own = self.days.entry(*day).or_insert((*first, *last));
            *own = (own.0.min(*first), own.1.max(*last));
        }
    }

    /// The first and the last purchase.
    pub(super) fn span(&self) -> Option<(Timestamp, Timestamp)> {
        let ((_, (first, _)), (_, (_, last))) = (self.days.first_key_value()?, self.days.last_key_value()?);
        Some((Timestamp(*first), Timestamp(*last)))
    }

    /// Silences longer than `longest`: their two ends, the longest first.
    fn silences(&self, longest: Days) -> Vec<(Timestamp, Timestamp)> {
        let pairs = self.days.values().zip(self.days.values().skip(1));
        let ends = pairs.map(|((_, from), (until, _))| (Timestamp(*from), Timestamp(*until)));
        let mut silences: Vec<_> = ends.filter(|(from, until)| until.0 - from.0 > longest.micros()).collect();
        silences.sort_by_key(|(from, until)| (from.0 - until.0, from.0));
        silences
    }
}

fn gaps(days: &PurchaseDays, longest: Days) -> Option<Finding> {
    let silences = days.silences(longest);
    let (from, until) = silences.first()?;
    let count = silences.len() as u64;
    let shown = |(from, until): &(Timestamp, Timestamp)| format!("{from} to {until}");
    let message = format!(
        "{} the whole shop has no purchase for more than {longest}, at worst for {:.0} days",
        counted(count, "time"),
        until.days_since(*from)
    );
    let finding = Finding::new("feed_gap", "purchases", Severity::Warning, message).of_column("purchased_at");
    let finding = finding.counting(count).with_examples(silences.iter().map(shown));
    Some(finding.with_hint("customers seem to leave in a gap: deliver the missing days, or choose cutoffs after them"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn silences_are_found_and_the_longest_comes_first() {
        let day = |n: i64| n * MICROS_PER_DAY;
        let spans = [(day(0), day(0) + 5), (day(10), day(10)), (day(11), day(12)), (day(40), day(41))];
        let days = PurchaseDays { days: (0..).zip(spans).collect() };
        let longest = days.silences(Days(9));
        assert_eq!(longest, [(Timestamp(day(12)), Timestamp(day(40))), (Timestamp(5), Timestamp(day(10)))]);
        assert!(days.silences(Days(28)).is_empty(), "exactly as long as allowed is allowed");
        assert_eq!(days.span(), Some((Timestamp(0), Timestamp(day(41)))));
        let finding = gaps(&days, Days(9)).unwrap();
        assert_eq!((finding.count, finding.examples.len()), (2, 2));
        assert!(finding.message.contains("at worst for 28 days"), "{}", finding.message);
    }
}
