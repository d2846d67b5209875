//! What the customers of each segment are like: how many, how likely to leave, what they are worth, what they buy, and how
//! often they complain. Who is in which segment is told from outside; nothing is decided here.

use std::collections::BTreeMap;

use rayon::prelude::*;
use serde::Serialize;

use crate::config::SegmentsConfig;
use crate::timeline::{Available, Cutoff, EventLog, History, ScanScratch, ScanSettings, Shard};
use crate::units::Days;

/// Days for which purchases and complaints are counted.
const YEAR: Days = Days(365);
/// Categories that are named.
const NAMED: usize = 3;
/// A category with fewer lines of the segment is not named.
const LEAST_LINES: u64 = 10;

/// A customer of the lists as profiles see one.
#[derive(Debug, Clone, PartialEq)]
pub struct SegmentMember {
    /// The customer's number.
    pub customer: u32,
    /// Probability of churning.
    pub churn_probability: f64,
    /// Spend of the past 365 days net of returns, in major units.
    pub past_year_spend: f64,
    /// Discounted margin of the coming time if the customer stays, in major units.
    pub value_at_stake: f64,
    /// The segment of each kind, in the order of the kinds.
    pub segments: Vec<&'static str>,
}

/// A way to divide customers.
#[derive(Debug, Clone, PartialEq)]
pub struct SegmentKind {
    /// Its name in files.
    pub name: &'static str,
    /// Its segments, in their order.
    pub segments: Vec<&'static str>,
}

/// One segment; rates are those of its customers.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct SegmentProfile {
    /// The way to divide customers: `life_cycle_stage`, `rfm_segment`, `value_quadrant` or `satisfaction_type`.
    pub kind: &'static str,
    /// The segment.
    pub segment: &'static str,
    /// Customers.
    pub n_customers: u64,
    /// Their share of all who are in a segment of the kind.
    pub customers_share: f64,
    /// Mean churn probability.
    pub expected_churn_rate: f64,
    /// Mean spend of the past 365 days net of returns, in major units.
    pub mean_past_year_spend: f64,
    /// Sum of the value at stake, in major units.
    pub value_at_stake: f64,
    /// Its share of that of all who are in a segment of the kind.
    pub value_at_stake_share: Option<f64>,
    /// What they bought most in 365 days; empty where no category is mapped.
    pub categories: Vec<SegmentCategory>,
    /// Complaints opened in 365 days on a hundred customers; absent if the shop records none.
    pub complaints_per_hundred_customers: Option<f64>,
}

/// A category within a segment.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct SegmentCategory {
    /// Its name.
    pub category: String,
    /// Its share of the lines of the segment.
    pub lines_share: f64,
    /// That share by its share of the lines of all customers of the lists: above 1 it is over-represented.
    pub times_usual: f64,
}

/// Sums over the customers of a segment.
#[derive(Debug, Clone, Default)]
struct Sums {
    n: u64,
    churn: f64,
    past_year_spend: f64,
    value_at_stake: f64,
    lines: BTreeMap<u32, u64>,
    complaints: u64,
}

impl Sums {
    fn add_member(&mut self, member: &SegmentMember) {
        self.n += 1;
        self.churn += member.churn_probability;
        self.past_year_spend += member.past_year_spend;
        self.value_at_stake += member.value_at_stake;
    }

    fn add_year(&mut self, year: &CustomerYear) {
        self.complaints += year.complaints;
        for (code, lines) in &year.lines {
            *self.lines.entry(*code).or_default() += lines;
        }
    }

    fn n_lines(&self) -> u64 {
        self.lines.values().sum()
    }
}

/// What one customer did and said in the past year.
#[derive(Debug, Clone, Default)]
struct CustomerYear {
    satisfaction_type: Option<&'static str>,
    lines: Vec<(u32, u64)>,
    complaints: u64,
}

impl CustomerYear {
    fn of(history: &History<'_>, (from, cuts): (Cutoff, &SegmentsConfig)) -> Self {
        let mut codes: Vec<u32> = history.categories_since(from.at()).collect();
        codes.sort_unstable();
        let lines = codes.chunk_by(|a, b| a == b).filter_map(|same| Some((*same.first()?, same.len() as u64)));
        let complaints = history.complaints().iter().filter(|complaint| complaint.opened_at >= from.at()).count();
        let satisfaction_type = satisfaction_type(history, (from, cuts));
        Self { satisfaction_type, lines: lines.collect(), complaints: complaints as u64 }
    }
}

/// The four types by satisfaction and loyalty, in their order.
const SATISFACTION_TYPES: [&str; 4] = ["loyal", "hostage", "mercenary", "defector"];

/// The type of a customer who answered a survey in the past year, by the last answer and by the days with an order.
///
/// # Source
/// Jones and Sasser (1995), Harvard Business Review 73(6), 88-99: loyalists, hostages, mercenaries, defectors.
fn satisfaction_type(history: &History<'_>, (from, cuts): (Cutoff, &SegmentsConfig)) -> Option<&'static str> {
    let answer = history.answers().iter().rfind(|answer| !answer.csat.is_nan() || !answer.nps.is_nan())?;
    if answer.answered_at < from.at() {
        return None;
    }
    let is_satisfied =
        if answer.csat.is_nan() { answer.nps >= cuts.satisfied_nps } else { answer.csat >= cuts.satisfied_csat };
    let visits = history.visit_days().iter().filter(|day| **day >= from.day()).count();
    let [loyal, hostage, mercenary, defector] = SATISFACTION_TYPES;
    Some(match (is_satisfied, visits >= cuts.loyal_visits as usize) {
        (true, true) => loyal,
        (false, true) => hostage,
        (true, false) => mercenary,
        (false, false) => defector,
    })
}

/// The profile of each segment that has customers, kind after kind, and behind them of the types by satisfaction and loyalty,
/// of those who answered a survey; `members` in any order.
#[must_use]
pub fn segment_profiles(
    log: &EventLog,
    (as_of, zone): (Cutoff, &jiff::tz::TimeZone),
    (kinds, cuts): (&[SegmentKind], &SegmentsConfig),
    members: &[SegmentMember],
) -> Vec<SegmentProfile> {
    let mut members: Vec<&SegmentMember> = members.iter().collect();
    members.sort_by_key(|member| member.customer);
    let years = years(log, as_of, (as_of.before(YEAR, zone), cuts), &members);
    let mut everyone = Sums::default();
    for year in &years {
        everyone.add_year(year);
    }
    let has_complaints = log.available().contains(&Available::Complaints);
    let names = Names { categories: log.categories(), everyone: &everyone, has_complaints };
    let by_satisfaction = SegmentKind { name: "satisfaction_type", segments: SATISFACTION_TYPES.to_vec() };
    let of_kind = |(place, kind): (usize, &SegmentKind)| {
        let mut sums: BTreeMap<&str, Sums> = BTreeMap::new();
        for (member, year) in members.iter().zip(&years) {
            let own = member.segments.get(place).copied().map_or(year.satisfaction_type, Some);
            if let Some(segment) = own {
                let sums = sums.entry(segment).or_default();
                sums.add_member(member);
                sums.add_year(year);
            }
        }
        let (n, at_stake) = sums.values().fold((0, 0.0), |(n, sum), one| (n + one.n, sum + one.value_at_stake));
        let profile = |segment: &&'static str| {
            sums.get(segment).map(|sums| names.profile((kind.name, segment), sums, (n, at_stake)))
        };
        kind.segments.iter().filter_map(profile).collect::<Vec<_>>()
    };
    kinds.iter().chain([&by_satisfaction]).enumerate().flat_map(of_kind).collect()
}

/// The year of each member, in the order of customers.
fn years(
    log: &EventLog,
    as_of: Cutoff,
    told: (Cutoff, &SegmentsConfig),
    members: &[&SegmentMember],
) -> Vec<CustomerYear> {
    let cutoffs = [as_of];
    let settings =
        ScanSettings { cutoffs: &cutoffs, minor_per_major: 1.0, horizon: Days(1), gap: Days(0), contexts: &[] };
    let of_shard = |scratch: &mut ScanScratch, shard: &Shard| {
        let place = |customer: usize| members.partition_point(|member| (member.customer as usize) < customer);
        let own = members.get(place(shard.customers().start)..place(shard.customers().end)).unwrap_or(&[]);
        let mut years = vec![CustomerYear::default(); own.len()];
        let found = |customer: usize| own.binary_search_by_key(&customer, |member| member.customer as usize).ok();
        shard.fold(
            &settings,
            scratch,
            |place, _| found(place.customer).is_some(),
            |place, history, _| {
                if let Some(year) = found(place.customer).and_then(|nth| years.get_mut(nth)) {
                    *year = CustomerYear::of(history, told);
                }
            },
        );
        years
    };
    log.shards().par_iter().map_init(ScanScratch::default, of_shard).collect::<Vec<_>>().concat()
}

/// What a profile is worded with.
struct Names<'a> {
    categories: &'a [String],
    everyone: &'a Sums,
    has_complaints: bool,
}

impl Names<'_> {
    fn profile(
        &self,
        (kind, segment): (&'static str, &'static str),
        sums: &Sums,
        (all, at_stake): (u64, f64),
    ) -> SegmentProfile {
        let n = sums.n as f64;
        SegmentProfile {
            kind,
            segment,
            n_customers: sums.n,
            customers_share: n / all as f64,
            expected_churn_rate: sums.churn / n,
            mean_past_year_spend: sums.past_year_spend / n,
            value_at_stake: sums.value_at_stake,
            value_at_stake_share: (at_stake > 0.0).then(|| sums.value_at_stake / at_stake),
            categories: self.bought_most(sums),
            complaints_per_hundred_customers: self.has_complaints.then(|| 100.0 * sums.complaints as f64 / n),
        }
    }

    /// The categories with most lines, with how often that is more than usual.
    fn bought_most(&self, sums: &Sums) -> Vec<SegmentCategory> {
        let (own, all) = (sums.n_lines() as f64, self.everyone.n_lines() as f64);
        let category = |(code, lines): (&u32, &u64)| {
            let usual = *self.everyone.lines.get(code)? as f64 / all;
            let lines_share = *lines as f64 / own;
            let category = self.categories.get(*code as usize)?.clone();
            (*lines >= LEAST_LINES).then(|| SegmentCategory { category, lines_share, times_usual: lines_share / usual })
        };
        let mut found: Vec<SegmentCategory> = sums.lines.iter().filter_map(category).collect();
        found.sort_by(|a, b| b.lines_share.total_cmp(&a.lines_share).then_with(|| a.category.cmp(&b.category)));
        found.truncate(NAMED);
        found
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use jiff::tz::TimeZone;

    use super::*;
    use crate::timeline::columns::{ComplaintColumns, PurchaseColumns, SurveyColumns, Tables};
    use crate::units::{MICROS_PER_DAY, Money, Timestamp};

    /// Three customers: `a` bought on three days (two lines of category 0, one of 1) and complained; `b` once, of category 1;
    /// `c` once, longer than a year ago. Each answered a survey.
    fn log() -> (EventLog, Cutoff) {
        let cutoff = Cutoff::at_start_of(date(2024, 6, 1), &TimeZone::UTC);
        let ago =
            |days: &[i64]| days.iter().map(|days| Timestamp(cutoff.at().0 - days * MICROS_PER_DAY)).collect::<Vec<_>>();
        let purchases = PurchaseColumns {
            customer: vec![0, 0, 0, 1, 2],
            purchased_at: ago(&[300, 200, 100, 50, 400]),
            amount: vec![Money(100); 5],
            is_return: vec![false; 5],
            category: Some(vec![0, 0, 1, 1, 1]),
            ..PurchaseColumns::default()
        };
        let complaints = ComplaintColumns {
            are_recorded: true,
            customer: vec![0],
            complaint: vec![1],
            opened_at: ago(&[90]),
            ..ComplaintColumns::default()
        };
        let surveys = SurveyColumns {
            customer: vec![0, 1, 2],
            answered_at: ago(&[10, 10, 10]),
            csat: Some(vec![2.0, f32::NAN, 5.0]),
            nps: Some(vec![10.0, 9.0, 0.0]),
            ..SurveyColumns::default()
        };
        let customer_ids = ["a", "b", "c"].map(str::to_owned).to_vec();
        let tables = Tables { customer_ids, purchases, complaints, surveys, ..Tables::default() };
        let log = EventLog::build(tables, &TimeZone::UTC).unwrap();
        (log.naming_categories(vec!["books".to_owned(), "toys".to_owned()]), cutoff)
    }

    fn profiles() -> Vec<SegmentProfile> {
        let (log, cutoff) = log();
        let member = |customer: u32, churn_probability: f64, segment| SegmentMember {
            customer,
            churn_probability,
            past_year_spend: 10.0,
            value_at_stake: 30.0,
            segments: vec![segment],
        };
        let kinds = [SegmentKind { name: "stage", segments: vec!["loyal", "new", "lost"] }];
        let cuts = SegmentsConfig { satisfied_csat: 4.0, satisfied_nps: 7.0, loyal_visits: 3 };
        // In another order than that of customers.
        let members = [member(2, 0.8, "new"), member(0, 0.2, "loyal"), member(1, 0.6, "new")];
        segment_profiles(&log, (cutoff, &TimeZone::UTC), (&kinds, &cuts), &members)
    }

    #[test]
    fn a_segment_is_counted_and_an_empty_one_is_absent() {
        let profiles = profiles();
        let names: Vec<(&str, &str, u64)> =
            profiles.iter().map(|profile| (profile.kind, profile.segment, profile.n_customers)).collect();
        assert_eq!(
            names,
            [
                ("stage", "loyal", 1),
                ("stage", "new", 2),
                ("satisfaction_type", "hostage", 1),
                ("satisfaction_type", "mercenary", 2)
            ]
        );
        let (loyal, new) = (&profiles[0], &profiles[1]);
        assert!((new.expected_churn_rate - 0.7).abs() < 1e-12 && (new.customers_share - 2.0 / 3.0).abs() < 1e-12);
        assert!((new.value_at_stake_share.unwrap() - 2.0 / 3.0).abs() < 1e-12);
        assert_eq!([loyal, new].map(|one| one.complaints_per_hundred_customers), [Some(100.0), Some(0.0)]);
    }

    #[test]
    fn categories_are_named_from_so_many_lines_on_with_how_often_that_is_more_than_usual() {
        assert!(profiles()[0].categories.is_empty(), "three lines say nothing");
        let everyone = Sums { lines: [(0, 40), (1, 160)].into(), ..Sums::default() };
        let own = Sums { n: 1, lines: [(0, 30), (1, 30), (2, 9)].into(), ..Sums::default() };
        let categories = ["books", "toys", "rare"].map(str::to_owned);
        let names = Names { categories: &categories, everyone: &everyone, has_complaints: false };
        let found = names.bought_most(&own);
        assert_eq!(found.iter().map(|one| one.category.as_str()).collect::<Vec<_>>(), ["books", "toys"]);
        assert!((found[0].lines_share - 30.0 / 69.0).abs() < 1e-12);
        assert!((found[0].times_usual - 30.0 / 69.0 / 0.2).abs() < 1e-12);
    }
}
