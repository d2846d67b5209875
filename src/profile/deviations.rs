//! What stands out: a category, channel, region or week whose churn or complaints are out of line with the rest of the shop,
//! by exact tests, with the share of false alarms among what is told held down.

use jiff::civil::Date;
use serde::Serialize;

use crate::maths::exact_tests::{binomial_p_value, false_discovery_adjusted, hypergeometric_p_value, rate_interval};

/// Expected share of false ones among what is told, at most.
pub const FALSE_DISCOVERY_RATE: f64 = 0.05;
/// Customers, or visits of weeks, that a group and the rest have at least.
pub const LEAST_N: u64 = 30;
/// Rates that differ by less than one part in so many are not told however sure: nobody would act.
const LEAST_DIFFERENCE: f64 = 0.1;

/// `deviations` of `report.json`.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct Deviations {
    /// The first day of the window in which churn and complaints were counted.
    #[schemars(with = "String", extend("format" = "date"))]
    pub from: Date,
    /// The day after its last.
    #[schemars(with = "String", extend("format" = "date"))]
    pub until: Date,
    /// Of whom churn is told.
    pub churn_population: String,
    /// Of whom complaints are told; absent if the shop records none.
    pub complaint_population: Option<String>,
    /// The expected share of false ones among those found, at most.
    pub false_discovery_rate: f64,
    /// Customers, or visits of weeks, that a group and the rest have at least.
    pub least_n: u64,
    /// Groups that were tested; smaller ones were not.
    pub n_tests: usize,
    /// What is out of line, the surest first.
    pub found: Vec<Deviation>,
}

/// A group that is out of line with the rest of the shop.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct Deviation {
    /// What was counted.
    pub measure: Measure,
    /// What the group is one of.
    pub dimension: Dimension,
    /// Its name in the shop's tables, or the first day of a week.
    pub name: String,
    /// Its customers; of a week, visits in it and the week before.
    pub n: u64,
    /// Those of them who churned or complained; of a week, customers who complained in it.
    pub n_events: u64,
    /// Events by n.
    pub rate: f64,
    /// Holds the rate in 95 of 100 cases.
    pub rate_interval: [f64; 2],
    /// The same rate of the rest of the shop.
    pub others_rate: f64,
    /// Rate by that of the rest.
    pub ratio: Option<f64>,
    /// Of the exact test against the rest.
    pub p_value: f64,
    /// The same after Benjamini and Hochberg, over all groups that were tested.
    pub adjusted_p_value: f64,
}

/// What is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Measure {
    /// Customers who churned.
    Churn,
    /// Customers who complained.
    Complaints,
}

/// What groups are made by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Dimension {
    /// Category of the last order.
    Category,
    /// Channel of the last order.
    Channel,
    /// Region of the last order.
    Region,
    /// Week of the calendar.
    Week,
}

/// A group with its counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Group {
    pub(super) measure: Measure,
    pub(super) dimension: Dimension,
    pub(super) name: String,
    pub(super) n: u64,
    pub(super) n_events: u64,
}

/// A group beside all groups of its measure and dimension.
#[derive(Clone, Copy)]
struct Beside<'g> {
    group: &'g Group,
    all_n: u64,
    all_events: u64,
}

impl<'g> Beside<'g> {
    fn of(group: &'g Group, groups: &[Group]) -> Self {
        let of_kind = |other: &&Group| other.measure == group.measure && other.dimension == group.dimension;
        let sum = |of: fn(&Group) -> u64| groups.iter().filter(of_kind).map(of).sum();
        Self { group, all_n: sum(|group| group.n), all_events: sum(|group| group.n_events) }
    }
}

impl Beside<'_> {
    fn kind_and_name(&self) -> ((Measure, Dimension), &str) {
        ((self.group.measure, self.group.dimension), &self.group.name)
    }

    fn others(&self) -> [u64; 2] {
        [self.all_n - self.group.n, self.all_events - self.group.n_events]
    }

    /// Whether both sides are large enough to say something.
    fn is_testable(&self) -> bool {
        self.group.n >= LEAST_N && self.others()[0] >= LEAST_N && self.all_events > 0
    }

    /// Customers are drawn without replacement. Complaints of a week are a Poisson count beside that of the other weeks, which
    /// given both together is binomial (Przyborowski and Wilenski 1940, Biometrika 31, 313-323).
    fn p_value(&self) -> f64 {
        let Group { n, n_events, dimension, .. } = self.group;
        if *dimension == Dimension::Week {
            binomial_p_value(*n_events, self.all_events, *n as f64 / self.all_n as f64)
        } else {
            hypergeometric_p_value(*n_events, *n, self.all_events, self.all_n)
        }
    }

    fn rate(&self) -> f64 {
        self.group.n_events as f64 / self.group.n as f64
    }

    fn others_rate(&self) -> f64 {
        let [n, events] = self.others();
        events as f64 / n as f64
    }

    fn matters(&self) -> bool {
        (self.rate() - self.others_rate()).abs() >= LEAST_DIFFERENCE * self.others_rate()
    }

    /// Of a week, the interval of its share of all complaints is turned into one of its rate.
    fn interval(&self) -> [f64; 2] {
        let Group { n, n_events, dimension, .. } = self.group;
        if *dimension != Dimension::Week {
            return rate_interval(*n_events, *n);
        }
        let others = self.others()[1] as f64;
        // Where every complaint is of this week, the share has no upper bound below 1, and the rate none at all.
        let of_share = |share: f64| others * share / (1.0 - share).max(f64::EPSILON) / *n as f64;
        rate_interval(*n_events, self.all_events).map(of_share)
    }

    fn deviation(&self, p_value: f64, adjusted_p_value: f64) -> Deviation {
        let (rate, others_rate) = (self.rate(), self.others_rate());
        let Group { measure, dimension, name, n, n_events } = self.group.clone();
        Deviation {
            measure,
            dimension,
            name,
            n,
            n_events,
            rate,
            rate_interval: self.interval(),
            others_rate,
            ratio: (others_rate > 0.0).then(|| rate / others_rate),
            p_value,
            adjusted_p_value,
        }
    }
}

/// How many groups were tested, and those that are out of line, the surest first.
pub(super) fn out_of_line(groups: &[Group]) -> (usize, Vec<Deviation>) {
    let tested: Vec<Beside<'_>> =
        groups.iter().map(|group| Beside::of(group, groups)).filter(Beside::is_testable).collect();
    // Of two groups each is the rest of the other: one test.
    let is_second = |place: usize, one: &Beside<'_>| {
        let mut before = tested.iter().take(place);
        before.any(|other| {
            let same = other.group.measure == one.group.measure && other.group.dimension == one.group.dimension;
            same && other.group.n + one.group.n == one.all_n
        })
    };
    let tested: Vec<&Beside<'_>> =
        tested.iter().enumerate().filter(|(place, one)| !is_second(*place, one)).map(|(_, one)| one).collect();
    let p_values: Vec<f64> = tested.iter().map(|one| one.p_value()).collect();
    let adjusted = false_discovery_adjusted(&p_values);
    let judged = tested.iter().zip(p_values.iter().zip(&adjusted));
    let mut sure: Vec<(&Beside<'_>, f64, f64)> =
        judged.map(|(one, (p_value, adjusted))| (*one, *p_value, *adjusted)).collect();
    sure.retain(|(one, _, adjusted)| *adjusted <= FALSE_DISCOVERY_RATE && one.matters());
    sure.sort_by(|(a, p_of_a, _), (b, p_of_b, _)| {
        p_of_a.total_cmp(p_of_b).then_with(|| a.kind_and_name().cmp(&b.kind_and_name()))
    });
    (tested.len(), without_echoes(&sure))
}

/// Leaves out groups that are out of line only because surer ones of their kind are in the rest: beside one bad region all
/// others look good.
fn without_echoes(sure: &[(&Beside<'_>, f64, f64)]) -> Vec<Deviation> {
    let largest = sure.iter().map(|(_, p_value, _)| *p_value).fold(0.0, f64::max);
    let mut told: Vec<&Beside<'_>> = Vec::new();
    let mut found = Vec::new();
    for (one, p_value, adjusted) in sure {
        let surer = told.iter().filter(|other| other.kind_and_name().0 == one.kind_and_name().0);
        let rest = surer.fold(**one, |rest, other| Beside {
            all_n: rest.all_n - other.group.n,
            all_events: rest.all_events - other.group.n_events,
            ..rest
        });
        if rest.is_testable() && rest.p_value() <= largest && rest.matters() {
            told.push(*one);
            found.push(one.deviation(*p_value, *adjusted));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::maths::random::SplitMix64;

    fn group(dimension: Dimension, name: &str, n: u64, n_events: u64) -> Group {
        Group { measure: Measure::Churn, dimension, name: name.to_owned(), n, n_events }
    }

    #[test]
    fn a_bad_region_is_told_with_its_figures_and_small_groups_are_not_tested() {
        let groups = [
            group(Dimension::Region, "north", 400, 120),
            group(Dimension::Region, "south", 400, 125),
            group(Dimension::Region, "east", 200, 110),
            group(Dimension::Region, "isle", 29, 10),
        ];
        let (n_tests, found) = out_of_line(&groups);
        assert_eq!((n_tests, found.len(), found[0].name.as_str()), (3, 1, "east"));
        let east = &found[0];
        assert!((east.rate - 0.55).abs() < 1e-12 && (east.others_rate - 255.0 / 829.0).abs() < 1e-12);
        assert!(east.rate_interval[0] > 0.47 && east.rate_interval[1] < 0.63 && east.p_value < 1e-7);
    }

    #[test]
    fn two_channels_are_one_test_and_a_difference_that_nobody_acts_on_is_quiet() {
        let two = [group(Dimension::Channel, "web", 500, 250), group(Dimension::Channel, "shop", 500, 150)];
        let (n_tests, found) = out_of_line(&two);
        assert_eq!((n_tests, found.len()), (1, 1));
        let near = [
            group(Dimension::Channel, "web", 2_000_000, 1_000_000),
            group(Dimension::Channel, "shop", 2_000_000, 980_000),
            group(Dimension::Channel, "fair", 2_000_000, 990_000),
        ];
        assert_eq!(out_of_line(&near), (3, Vec::new()));
    }

    #[test]
    fn complaints_of_a_week_are_held_against_its_visits() {
        let week = |name: &str, n: u64, n_events: u64| Group {
            measure: Measure::Complaints,
            ..group(Dimension::Week, name, n, n_events)
        };
        let mut weeks: Vec<Group> = (0..20).map(|week_of| week(&format!("w{week_of:02}"), 500, 10)).collect();
        weeks.push(week("busy", 2_000, 40));
        weeks.push(week("late parcels", 500, 40));
        let (n_tests, found) = out_of_line(&weeks);
        assert_eq!((n_tests, found.len(), found[0].name.as_str()), (22, 1, "late parcels"));
        assert!(
            (found[0].rate - 0.08).abs() < 1e-12 && found[0].ratio.is_some_and(|ratio| (3.9..4.1).contains(&ratio))
        );
        let [low, high] = found[0].rate_interval;
        assert!(low < 0.08 && 0.08 < high && low > 0.05 && high < 0.12, "{low} {high}");
    }

    /// Shops in which nothing is out of line, ten regions and ten categories each: any alarm is false, and at most one shop in
    /// twenty may have one.
    #[test]
    fn shops_without_a_bad_group_are_quiet() {
        let mut random = SplitMix64::of_replicate(11, 0);
        let mut counts = |dimension: Dimension| -> Vec<Group> {
            (0..10_u64)
                .map(|nth| {
                    let n = 40 + 60 * nth;
                    let n_events = (0..n).filter(|_| random.below(100) < 35).count() as u64;
                    group(dimension, &nth.to_string(), n, n_events)
                })
                .collect()
        };
        let shops: u32 = 400;
        let alarms = (0..shops)
            .filter(|_| {
                let groups = [counts(Dimension::Region), counts(Dimension::Category)].concat();
                !out_of_line(&groups).1.is_empty()
            })
            .count();
        // Twenty of 400 are expected at the level; 33 are three standard deviations above.
        assert!(alarms <= 33, "{alarms} of {shops}");
    }
}
