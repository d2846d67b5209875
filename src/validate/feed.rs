//! The feed: a day that was not delivered looks like churn. Long silences of the whole shop, and its last purchase.

use std::collections::{BTreeMap, BTreeSet};

use jiff::tz::TimeZone;

use super::error::DataError;
use super::finding::{Finding, Severity};
use super::pace::Pace;
use crate::config::{Config, ValidateConfig};
use crate::ingest::TypedTable;
use crate::text::counted;
use crate::timeline::{Calendar, date_of};
use crate::units::{Days, Timestamp};

/// Reports gaps in the purchases and how old the last one is.
pub(super) fn check(days: &PurchaseDays, config: &Config, as_of: Timestamp) -> Vec<Finding> {
    let limits = &config.validate;
    let (days, before) = days.without_far_past();
    let mut findings: Vec<Finding> =
        gaps(&days, limits.max_feed_gap_days).into_iter().chain(far_past(&before, &days)).collect();
    if let Some((_, last)) = days.span()
        && let Err(stale) = require_fresh(last, as_of, limits, &config.timezone)
    {
        let finding = Finding::new("stale", "purchases", Severity::Warning, stale.to_string());
        let finding = finding.of_column("purchased_at").counting(1);
        findings.push(finding.with_hint("score with recent data; for a study of the past set `as_of`"));
    }
    findings
}

/// Refuses data whose `last` purchase is too many days of `zone` before `as_of`; scoring asks, training need not.
///
/// # Errors
/// `DataError::Stale` with both days and the limit.
pub fn require_fresh(
    last: Timestamp,
    as_of: Timestamp,
    limits: &ValidateConfig,
    zone: &TimeZone,
) -> Result<(), DataError> {
    let calendar = Calendar::new(zone);
    let (last, as_of) = (calendar.day(last), calendar.day(as_of));
    let age_days = u32::try_from(as_of - last).unwrap_or(0);
    if age_days <= limits.max_age_days.0 {
        return Ok(());
    }
    let (last, as_of) = (date_of(last).unwrap_or_default(), date_of(as_of).unwrap_or_default());
    Err(DataError::Stale { last, as_of, age_days, allowed: limits.max_age_days })
}

/// The days with a purchase, counted from 1970-01-01, and the first and the last purchase.
#[derive(Debug, Clone, Default)]
pub(super) struct PurchaseDays {
    days: BTreeSet<i32>,
    span: Option<(i64, i64)>,
}

impl PurchaseDays {
    /// The days, and how many purchases each has.
    pub(super) fn counted(purchases: &TypedTable, zone: &TimeZone) -> (Self, Pace) {
        let (times, calendar) = (purchases.times("purchased_at"), Calendar::new(zone));
        let used = || purchases.used_rows().filter_map(|row| times.get(row).copied());
        let Some(span) = used().min().zip(used().max()) else { return Default::default() };
        let day = |time: i64| calendar.day(Timestamp(time));
        let first = day(span.0);
        let place = |time: i64| usize::try_from(day(time) - first).unwrap_or(0);
        let mut counts = vec![0_u64; place(span.1) + 1];
        used().for_each(|time| counts[place(time)] += 1);
        let counts: BTreeMap<i32, u64> = (first..).zip(counts).filter(|(_, count)| *count > 0).collect();
        let days = counts.keys().copied().collect();
        (Self { days, span: Some(span) }, Pace::of(counts.into_iter().map(|(day, n)| (i64::from(day), n)).collect()))
    }

    /// Adds the days of other customers.
    pub(super) fn add(&mut self, other: &Self) {
        self.days.extend(&other.days);
        self.span = match (self.span, other.span) {
            (Some(own), Some(other)) => Some((own.0.min(other.0), own.1.max(other.1))),
            (own, other) => own.or(other),
        };
    }

    /// The first and the last purchase.
    pub(super) fn span(&self) -> Option<(Timestamp, Timestamp)> {
        self.span.map(|(first, last)| (Timestamp(first), Timestamp(last)))
    }

    /// The days without the few that lie years before all others; and these.
    fn without_far_past(&self) -> (Self, BTreeSet<i32>) {
        let mut pairs = self.days.iter().zip(self.days.iter().skip(1)).take(MOST_FAR_DAYS);
        let last_gap = pairs.rfind(|(from, until)| *until - *from > FAR_DAYS);
        let Some((_, first)) = last_gap.filter(|_| self.days.len() > 10 * MOST_FAR_DAYS) else {
            return (self.clone(), BTreeSet::new());
        };
        let mut before = self.days.clone();
        let days = before.split_off(first);
        (Self { days, span: self.span }, before)
    }

    /// Silences longer than `longest`: the days with a purchase at their two ends, the longest first.
    fn silences(&self, longest: Days) -> Vec<(i32, i32)> {
        let pairs = self.days.iter().copied().zip(self.days.iter().copied().skip(1));
        let mut silences: Vec<_> = pairs.filter(|(from, until)| from.abs_diff(*until) > longest.0).collect();
        silences.sort_by_key(|(from, until)| (from - until, *from));
        silences
    }
}

/// Days of silence after which the first purchases of a shop are likelier wrong dates, and the most days with such.
const FAR_DAYS: i32 = 3 * 365;
const MOST_FAR_DAYS: usize = 5;

/// Purchases long before all others: the first day of a clock, a year that was typed wrong.
fn far_past(before: &BTreeSet<i32>, days: &PurchaseDays) -> Option<Finding> {
    let (last, first) = (before.last()?, days.days.first()?);
    let date = |day: i32| date_of(day).unwrap_or_default();
    let message = format!(
        "purchases of {} lie more than {} years before all others, which begin on {}: such dates are wrong as a rule, and make \
         customers older than the shop",
        counted(before.len() as u64, "day"),
        (first - last) / 366,
        date(*first)
    );
    let finding = Finding::new("far_past", "purchases", Severity::Warning, message).of_column("purchased_at");
    let finding = finding.counting(before.len() as u64).with_examples(before.iter().map(|day| date(*day).to_string()));
    Some(finding.with_hint("mend the dates where they come from, or set these rows aside with `filter`"))
}

fn gaps(days: &PurchaseDays, longest: Days) -> Option<Finding> {
    let silences = days.silences(longest);
    let (from, until) = silences.first()?;
    let count = silences.len() as u64;
    let date = |day: &i32| date_of(*day).unwrap_or_default();
    let shown = |(from, until): &(i32, i32)| format!("{} to {}", date(from), date(until));
    let message = format!(
        "{} the whole shop has no purchase for more than {longest}, at worst for {} days",
        counted(count, "time"),
        until - from
    );
    let finding = Finding::new("feed_gap", "purchases", Severity::Warning, message).of_column("purchased_at");
    let finding = finding.counting(count).with_examples(silences.iter().map(shown));
    Some(finding.with_hint("customers seem to leave in a gap: deliver the missing days, or choose cutoffs after them"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_age_of_the_last_purchase_is_counted_in_days_of_the_zone() {
        // 23:00 of January 1 in Los Angeles, and the midnight that begins March 1 there.
        let (last, as_of) = (Timestamp(1_704_178_800_000_000), Timestamp(1_709_280_000_000_000));
        let limits = |max_age_days| ValidateConfig {
            min_customers: 1,
            min_span_horizons: 0.0,
            max_feed_gap_days: Days(14),
            absurd_amount_factor: 100.0,
            max_rejected_share: 1.0,
            max_guest_share: 1.0,
            placeholder_ids: crate::config::PlaceholderIds::Refuse,
            whole_amounts: crate::config::WholeAmounts::Doubt,
            max_age_days: Days(max_age_days),
            min_recent_share: 0.05,
            silent_opt_outs: crate::config::SilentOptOuts::Refuse,
        };
        let fresh = |zone, limit| require_fresh(last, as_of, &limits(limit), &TimeZone::get(zone).unwrap()).is_ok();
        assert_eq!([60, 59].map(|limit| fresh("America/Los_Angeles", limit)), [true, false]);
        assert_eq!([59, 58].map(|limit| fresh("UTC", limit)), [true, false]);
    }

    #[test]
    fn silences_are_found_and_the_longest_comes_first() {
        let days = PurchaseDays { days: [0, 10, 11, 12, 40].into(), span: Some((5, 7)) };
        assert_eq!(days.silences(Days(9)), [(12, 40), (0, 10)]);
        assert!(days.silences(Days(28)).is_empty(), "exactly as long as allowed is allowed");
        assert_eq!(days.span(), Some((Timestamp(5), Timestamp(7))));
        let far = PurchaseDays { days: (20_000..20_100).chain([0]).collect(), span: None };
        let (near, before) = far.without_far_past();
        assert_eq!((near.days.len(), before), (100, [0].into()));
        let finding = gaps(&days, Days(9)).unwrap();
        assert_eq!((finding.count, finding.examples.len()), (2, 2));
        assert!(finding.message.contains("at worst for 28 days"), "{}", finding.message);
        assert_eq!(finding.examples[0], "1970-01-13 to 1970-02-10");
    }
}
