//! Reads the signs of causes off the event log: complaints as they were known at the day, and what is slow in this shop.

use rayon::prelude::*;

use super::facts::Facts;
use crate::decide::{ComplaintRecord, FoundCause, Grievance, Signs, SlowFrom, ToldFact, cause_of, has_slowed};
use crate::explain::Reason;
use crate::features::FeatureSchema;
use crate::maths::quantiles::quantile;
use crate::timeline::{Available, Cutoff, EventLog, KnownComplaint, date_of};

/// Days of complaints that tell what is usual, and in which those of one kind are counted together.
const YEAR: i64 = 365;
/// Handling that takes longer than this share of all is slow.
const SLOW_ABOVE: f64 = 0.75;
/// Handled complaints from which on one is told from what is usual.
const TELLING: usize = 20;

/// The gaps that are recent.
const LAST_GAPS: usize = 3;
/// Times their mean, which is two thirds of their sum, as in the reason that tells them.
const MOST_OF_THREE: f64 = 2.0;

/// Features that compare one order, or one gap, with what is usual.
const ONE_ORDER: [&str; 2] = ["last_visit_to_mean_share", "last_gap_to_median_ratio"];

/// What complaint records and reasons say of a customer.
pub(super) struct ReadCause {
    /// Why the customer is probably lost or about to be, if a cause stands out.
    pub(super) cause: Option<FoundCause>,
    /// The complaint that has to be settled first, if there is one.
    pub(super) grievance: Option<Grievance>,
}

/// A shop at the day of a list.
pub(super) struct CauseReader<'a> {
    log: &'a EventLog,
    as_of: Cutoff,
    slow: SlowFrom,
    minor_per_major: f64,
    /// Columns of [`ONE_ORDER`].
    one_order: Vec<usize>,
}

impl<'a> CauseReader<'a> {
    /// Makes ready by what is usual in the shop.
    pub(super) fn of((log, schema): (&'a EventLog, &FeatureSchema), as_of: Cutoff, minor_per_major: f64) -> Self {
        let one_order = ONE_ORDER.into_iter().filter_map(|name| schema.position(name)).collect();
        let mut reader = Self { log, as_of, slow: SlowFrom::default(), minor_per_major, one_order };
        if log.available().contains(&Available::Complaints) {
            reader.slow = reader.slow_from();
        }
        reader
    }

    /// The cause of a customer, if one stands out, and the complaint to settle first, if there is one.
    pub(super) fn read(&self, facts: &Facts, reasons: &[Reason], is_at_risk: bool) -> ReadCause {
        let fact = |reason: &Reason| ToldFact {
            fact: reason.fact,
            log_odds: reason.log_odds,
            is_pattern: !self.one_order.contains(&reason.column),
        };
        let told: Vec<ToldFact> = reasons.iter().map(fact).collect();
        let complaints = self.records(facts.customer);
        let cause = cause_of(&Signs {
            complaints: &complaints,
            slow: self.slow,
            is_at_risk,
            told: &told,
            visits: facts.visits,
            gap_median_days: facts.gap_median_days,
            recent_gap_days: self.recent_gap_days(facts),
            silence_days: facts.days_since_last_order as f64,
        });
        let grievance = Grievance::of(&complaints, cause.as_ref());
        ReadCause { cause, grievance }
    }

    /// Mean of the last three gaps, unless one break is most of them: who stayed away once and came back at the
    /// old pace has not slowed down. The days of most customers need not be read for it.
    fn recent_gap_days(&self, facts: &Facts) -> Option<f64> {
        let (mean, usual) = facts.recent_gap_days.zip(facts.gap_median_days)?;
        if !has_slowed(facts.visits, mean, usual) {
            return Some(mean);
        }
        let mut is_one_break = false;
        self.log.visit(facts.customer, self.as_of, self.minor_per_major, |history| {
            is_one_break = longest_of_last(history.visit_days()) > MOST_OF_THREE * mean;
        });
        (!is_one_break).then_some(mean)
    }

    /// The complaints of a customer, the latest first.
    pub(super) fn records(&self, customer: u32) -> Vec<ComplaintRecord> {
        let mut known: Vec<KnownComplaint> = Vec::new();
        self.log.complaints_at(customer, self.as_of, &mut known);
        if !known.iter().any(|one| self.may_count(one)) {
            return Vec::new();
        }
        let mut visits: Vec<i32> = Vec::new();
        self.log.visit(customer, self.as_of, self.minor_per_major, |history| visits = history.visit_days().to_vec());
        known.iter().rev().filter_map(|one| self.record(one, &known, &visits)).collect()
    }

    /// Whether a rule may hold for a complaint: for those of most customers none does, and their orders need not be read.
    fn may_count(&self, one: &KnownComplaint) -> bool {
        self.is_open(one) || self.days_ago(one) <= ComplaintRecord::REMEMBERED_DAYS
    }

    fn is_open(&self, one: &KnownComplaint) -> bool {
        self.log.available().contains(&Available::Resolution) && one.is_open()
    }

    fn days_ago(&self, one: &KnownComplaint) -> i64 {
        i64::from(self.as_of.day() - self.log.calendar().day(one.opened_at))
    }

    fn record(&self, one: &KnownComplaint, all: &[KnownComplaint], visits: &[i32]) -> Option<ComplaintRecord> {
        let opened = self.log.calendar().day(one.opened_at);
        let in_the_year = |other: &&KnownComplaint| self.days_ago(other) <= YEAR;
        let is_same = |other: &&KnownComplaint| one.category.is_some() && other.category == one.category;
        let after = |at: Option<crate::units::Timestamp>| at.map(|at| at.days_since(one.opened_at));
        let name = |code: u32| self.log.complaint_category(code);
        Some(ComplaintRecord {
            opened: date_of(opened)?,
            days_ago: self.days_ago(one),
            category: one.category.map(name).filter(|name| !name.is_empty()),
            is_open: self.is_open(one),
            is_reopened: one.reopened_at.is_some(),
            response_days: after(one.first_response_at),
            resolution_days: after(one.resolved_at).filter(|_| !one.is_open()),
            rating: Some(one.satisfaction).filter(|rating| rating.is_finite()),
            visits_since: visits.len() - visits.partition_point(|visit| *visit <= opened),
            of_same_kind: all.iter().filter(in_the_year).filter(is_same).count(),
        })
    }

    /// What is slow, by the complaints of the past year.
    fn slow_from(&self) -> SlowFrom {
        let n_customers = u32::try_from(self.log.customer_ids().len()).unwrap_or(u32::MAX);
        let of_customer = |customer: u32| {
            let mut known: Vec<KnownComplaint> = Vec::new();
            self.log.complaints_at(customer, self.as_of, &mut known);
            known.retain(|one| self.days_ago(one) <= YEAR);
            known
        };
        let known: Vec<Vec<KnownComplaint>> = (0..n_customers).into_par_iter().map(of_customer).collect();
        let all = || known.iter().flatten();
        let answered = all().filter_map(|one| Some(one.first_response_at?.days_since(one.opened_at)));
        let settled = all().filter(|one| !one.is_open());
        let settled = settled.filter_map(|one| Some(one.resolved_at?.days_since(one.opened_at)));
        SlowFrom { response_days: slow(answered.collect()), resolution_days: slow(settled.collect()) }
    }
}

/// The longest of the last gaps in days.
fn longest_of_last(visits: &[i32]) -> f64 {
    let gaps = visits.iter().zip(visits.iter().skip(1)).rev().take(LAST_GAPS);
    gaps.map(|(before, after)| f64::from(after - before)).fold(0.0, f64::max)
}

fn slow(mut days: Vec<f64>) -> Option<f64> {
    days.sort_by(f64::total_cmp);
    quantile(&days, SLOW_ABOVE).filter(|_| days.len() >= TELLING)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_break_is_looked_for_among_the_last_gaps_alone() {
        let longest = [&[0, 300, 310, 322, 333][..], &[0, 9, 18, 240], &[7], &[]].map(longest_of_last);
        assert_eq!(longest.map(|days| days.to_string()), ["12", "222", "0", "0"]);
    }

    #[test]
    fn features_of_one_order_are_in_the_catalogue() {
        assert!(ONE_ORDER.iter().all(|name| crate::features::find(name).is_some()));
    }
}
