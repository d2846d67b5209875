//! The counts in which deviations are looked for: who churned and who complained, by what the last order was of, and who
//! complained by week.

use std::collections::BTreeMap;

use jiff::tz::TimeZone;
use rayon::prelude::*;

use super::deviations::{Deviations, Dimension, FALSE_DISCOVERY_RATE, Group, LEAST_N, Measure, out_of_line};
use crate::label::{ChurnRule, RuleWindow};
use crate::timeline::{
    Available, Cutoff, EventLog, Future, History, OrderLevels, Place, ScanScratch, ScanSettings, Shard, date_of,
};
use crate::units::Days;

/// Weeks that are looked at, the newest ones.
const WEEKS: i32 = 26;
const WEEK_DAYS: i32 = 7;

/// What deviations are looked for by.
#[derive(Debug, Clone, Copy)]
pub struct DeviationQuestion<'a> {
    /// What churn means.
    pub rule: &'a ChurnRule,
    /// Today: the latest label window that has ended by then is looked at.
    pub as_of: Cutoff,
    /// The shop's zone.
    pub zone: &'a TimeZone,
}

/// Customers, and those among them with an event, by code.
type ByCode = BTreeMap<u32, [u64; 2]>;

/// What some customers add: churn and complaints by category, channel and region.
#[derive(Debug, Clone, Default)]
struct Counts {
    churn: [ByCode; 3],
    complaints: [ByCode; 3],
    /// By week before today, the newest first: visits, and customers who complained.
    weeks: Vec<[u64; 2]>,
}

/// The bounds of the latest window, in days and instants.
struct Windows<'a> {
    question: DeviationQuestion<'a>,
    /// Where the window begins, and today.
    cutoffs: [Cutoff; 2],
    rule: RuleWindow,
    /// The first week with an order a week before it.
    n_weeks: i32,
}

/// Looks for what is out of line in the latest label window that has ended; `None` where history is too short for one.
#[must_use]
pub fn deviations(log: &EventLog, question: DeviationQuestion<'_>) -> Option<Deviations> {
    let DeviationQuestion { rule, as_of, zone } = question;
    let start = as_of.before(rule.matures_after(), zone);
    let (first, _) = log.span().before(start)?;
    let days_known = as_of.day() - log.calendar().day(first);
    let windows = Windows {
        question,
        cutoffs: [start, as_of],
        rule: rule.windows(&[start], zone).first().copied()?,
        n_weeks: (days_known / WEEK_DAYS - 1).clamp(0, WEEKS),
    };
    let parts: Vec<Counts> = log
        .shards()
        .par_iter()
        .map_init(ScanScratch::default, |scratch, shard| windows.count(log, scratch, shard))
        .collect();
    let counts = parts.into_iter().reduce(Counts::joined)?;
    let has_complaints = log.available().contains(&Available::Complaints);
    let groups = counts.groups(log, &windows, has_complaints);
    let (n_tests, found) = out_of_line(&groups);
    Some(Deviations {
        from: start.date(),
        until: as_of.date(),
        churn_population: format!("{}, on {}", rule.population(), start.date()),
        complaint_population: has_complaints
            .then(|| format!("customers with an order from {} until {}, the end left out", start.date(), as_of.date())),
        false_discovery_rate: FALSE_DISCOVERY_RATE,
        least_n: LEAST_N,
        n_tests,
        found,
    })
}

impl Windows<'_> {
    fn count(&self, log: &EventLog, scratch: &mut ScanScratch, shard: &Shard) -> Counts {
        let settings = ScanSettings {
            cutoffs: &self.cutoffs,
            minor_per_major: 1.0,
            horizon: Days(1),
            gap: Days(0),
            contexts: &[],
        };
        let n_weeks = usize::try_from(self.n_weeks).unwrap_or(0);
        let mut counts = Counts { weeks: vec![[0; 2]; n_weeks + 1], ..Counts::default() };
        shard.fold(
            &settings,
            scratch,
            |place, presence| place.cutoff > 0 || self.rule.is_eligible(presence),
            |place, history, future| self.add(&mut counts, log, (place, history, future)),
        );
        counts
    }

    fn add(&self, counts: &mut Counts, log: &EventLog, (place, history, future): (Place, &History<'_>, &Future<'_>)) {
        let [start, as_of] = self.cutoffs;
        if place.cutoff == 0 {
            let has_churned = !self.rule.retention(future).stands_at(as_of.at());
            add_levels(&mut counts.churn, history.last_order_levels(), has_churned);
            return;
        }
        let day = |at| log.calendar().day(at);
        let complained: Vec<i32> = history.complaints().iter().map(|complaint| day(complaint.opened_at)).collect();
        if history.visit_days().iter().any(|day| *day >= start.day()) {
            let has_complained = complained.iter().any(|day| *day >= start.day());
            add_levels(&mut counts.complaints, history.last_order_levels(), has_complained);
        }
        let week = |day: &i32| usize::try_from((as_of.day() - 1 - day).div_euclid(WEEK_DAYS)).ok();
        for week in history.visit_days().iter().filter_map(week) {
            counts.weeks.get_mut(week).into_iter().for_each(|counts| counts[0] += 1);
        }
        let mut weeks: Vec<usize> = complained.iter().filter_map(week).collect();
        weeks.sort_unstable();
        weeks.dedup();
        for week in weeks {
            counts.weeks.get_mut(week).into_iter().for_each(|counts| counts[1] += 1);
        }
    }
}

fn add_levels(counts: &mut [ByCode; 3], levels: OrderLevels, has_event: bool) {
    let OrderLevels { category, channel, region } = levels;
    for (counts, code) in counts.iter_mut().zip([category, channel, region]) {
        if let Some(code) = code {
            let [n, n_events] = counts.entry(code).or_default();
            *n += 1;
            *n_events += u64::from(has_event);
        }
    }
}

impl Counts {
    fn joined(mut self, other: Self) -> Self {
        let pairs =
            self.churn.iter_mut().chain(&mut self.complaints).zip(other.churn.into_iter().chain(other.complaints));
        for (own, other) in pairs {
            for (code, [n, n_events]) in other {
                let own = own.entry(code).or_default();
                own[0] += n;
                own[1] += n_events;
            }
        }
        for (own, other) in self.weeks.iter_mut().zip(other.weeks) {
            own[0] += other[0];
            own[1] += other[1];
        }
        self
    }

    fn groups(&self, log: &EventLog, windows: &Windows<'_>, has_complaints: bool) -> Vec<Group> {
        let dimensions = [
            (Dimension::Category, log.categories()),
            (Dimension::Channel, log.channels()),
            (Dimension::Region, log.regions()),
        ];
        let of = |measure: Measure, counts: &[ByCode; 3]| -> Vec<Group> {
            let of_dimension = |(counts, (dimension, names)): (&ByCode, (Dimension, &[String]))| {
                let group = |(code, [n, n_events]): (&u32, &[u64; 2])| {
                    let name = names.get(*code as usize)?.clone();
                    Some(Group { measure, dimension, name, n: *n, n_events: *n_events })
                };
                counts.iter().filter_map(group).collect::<Vec<_>>()
            };
            counts.iter().zip(dimensions).flat_map(of_dimension).collect()
        };
        let mut groups = of(Measure::Churn, &self.churn);
        if has_complaints {
            groups.extend(of(Measure::Complaints, &self.complaints));
            groups.extend(self.weeks(windows));
        }
        // Codes are numbered as rows came up; names are not.
        groups.sort_by(|a, b| (a.measure, a.dimension, &a.name).cmp(&(b.measure, b.dimension, &b.name)));
        groups
    }

    /// Complaints come after orders: those of a week are held against the visits of the week and of the one before.
    fn weeks<'c>(&'c self, windows: &'c Windows<'_>) -> impl Iterator<Item = Group> + 'c {
        let today = windows.question.as_of.day();
        self.weeks.windows(2).zip(1..).filter_map(move |(pair, before)| {
            let [[visits, n_events], [earlier, _]] = [*pair.first()?, *pair.last()?];
            let name = date_of(today - WEEK_DAYS * before)?.to_string();
            Some(Group {
                measure: Measure::Complaints,
                dimension: Dimension::Week,
                name,
                n: visits + earlier,
                n_events,
            })
        })
    }
}
