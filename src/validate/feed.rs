//! The feed: a day that was not delivered looks like churn. Long silences of the whole shop, and its last purchase.

use super::Checked;
use super::error::DataError;
use super::finding::{Finding, Severity};
use crate::config::{Table, ValidateConfig};
use crate::ingest::TypedTable;
use crate::units::{Days, MICROS_PER_DAY, Timestamp};

/// Reports gaps in the purchases and how old the last one is.
pub(super) fn check(checked: &mut Checked<'_>) {
    let (limits, as_of) = (checked.config.validate, checked.as_of);
    let Some(purchases) = checked.tables.iter().find(|table| table.table() == Table::Purchases) else { return };
    let days = PurchaseDays::new(purchases);
    let mut findings: Vec<Finding> = gaps(&days, limits.max_feed_gap_days).into_iter().collect();
    if let Some((_, last)) = days.span()
        && let Err(stale) = require_fresh(last, as_of, &limits)
    {
        let finding = Finding::new("stale", "purchases", Severity::Warning, stale.to_string());
        let finding = finding.of_column("purchased_at").counting(1);
        findings.push(finding.with_hint("score with recent data; for a study of the past set `as_of`"));
    }
    checked.findings.extend(findings);
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

/// The first and the last purchase.
pub(super) fn span(purchases: &TypedTable) -> Option<(Timestamp, Timestamp)> {
    let times = purchases.times("purchased_at");
    let used = purchases.used_rows().filter_map(|row| times.get(row).copied());
    let (first, last) = used.fold((i64::MAX, i64::MIN), |(first, last), time| (first.min(time), last.max(time)));
    (first <= last).then_some((Timestamp(first), Timestamp(last)))
}

/// First and last purchase of each day that has any, in UTC.
pub(super) struct PurchaseDays {
    days: Vec<(i64, i64)>,
}

impl PurchaseDays {
    pub(super) fn new(purchases: &TypedTable) -> Self {
        let times = purchases.times("purchased_at");
        let (first, last) = span(purchases).unwrap_or_default();
        let (first_day, last_day) = (first.0.div_euclid(MICROS_PER_DAY), last.0.div_euclid(MICROS_PER_DAY));
        let n_days = usize::try_from(last_day - first_day + 1).unwrap_or(0);
        let mut days = vec![(i64::MAX, i64::MIN); n_days];
        for time in purchases.used_rows().filter_map(|row| times.get(row).copied()) {
            let day = usize::try_from(time.div_euclid(MICROS_PER_DAY) - first_day).unwrap_or(usize::MAX);
            if let Some((first, last)) = days.get_mut(day) {
                *first = (*first).min(time);
                *last = (*last).max(time);
            }
        }
        days.retain(|(first, last)| first <= last);
        Self { days }
    }

    /// The first and the last purchase.
    pub(super) fn span(&self) -> Option<(Timestamp, Timestamp)> {
        Some((Timestamp(self.days.first()?.0), Timestamp(self.days.last()?.1)))
    }

    /// Silences longer than `longest`: their two ends, the longest first.
    fn silences(&self, longest: Days) -> Vec<(Timestamp, Timestamp)> {
        let pairs = self.days.iter().zip(self.days.iter().skip(1));
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
        "{count} times the whole shop has no purchase for more than {longest}, at worst for {:.0} days",
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
        let days = PurchaseDays {
            days: vec![(day(0), day(0) + 5), (day(10), day(10)), (day(11), day(12)), (day(40), day(41))],
        };
        let longest = days.silences(Days(9));
        assert_eq!(longest, [(Timestamp(day(12)), Timestamp(day(40))), (Timestamp(5), Timestamp(day(10)))]);
        assert!(days.silences(Days(28)).is_empty(), "exactly as long as allowed is allowed");
        assert_eq!(days.span(), Some((Timestamp(0), Timestamp(day(41)))));
        let finding = gaps(&days, Days(9)).unwrap();
        assert_eq!((finding.count, finding.examples.len()), (2, 2));
        assert!(finding.message.contains("at worst for 28 days"), "{}", finding.message);
    }
}
