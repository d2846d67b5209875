//! What a manager asks of the shop as a whole: how the past year was beside the one before, month by month too, and how
//! customers of each quarter came again.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use rayon::prelude::*;
use serde::Serialize;

use super::cohorts::{Cohort, CohortsPart};
use super::months::{MonthBounds, MonthFigures, MonthsPart};
use super::recovery::{Recovery, RecoveryPart, RecoveryQuestion};
use super::years::{Bounds, Records, YearFigures, YearPart};
use crate::timeline::{Available, Cutoff, EventLog, ScanScratch, ScanSettings, Shard};
use crate::units::Days;

/// `report.json`: the shop as it is known at a day, all customers with an order taken together.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct ShopReport {
    /// The day at whose start history ends.
    #[schemars(with = "String", extend("format" = "date"))]
    pub as_of: Date,
    /// Of whom all figures are.
    pub population: String,
    /// The past 365 days, and the 365 days before them if history reaches so far.
    pub years: Vec<YearFigures>,
    /// The months of the calendar that have ended, the oldest first: the newest 24 of those that history covers in full.
    pub months: Vec<MonthFigures>,
    /// By the quarter of the first order; the first quarter of history is none of them, since who came before it seems new there.
    pub cohorts: Vec<Cohort>,
    /// Complaints and what came of them; absent if the shop records none.
    pub recovery: Option<Recovery>,
}

/// Reports on the history before `as_of`; `None` without any order. Amounts are told in major units, of which one has
/// `minor_per_major` minor ones.
#[must_use]
pub fn shop_report(
    log: &EventLog,
    (as_of, horizon): (Cutoff, Days),
    zone: &TimeZone,
    minor_per_major: f64,
) -> Option<ShopReport> {
    let (first, _) = log.span().before(as_of)?;
    let bounds = Bounds::of(as_of, log.calendar().day(first), zone);
    let month_bounds = MonthBounds::of(as_of, log.calendar().day(first), zone);
    let question = RecoveryQuestion { log, as_of, horizon };
    let cutoffs = [as_of];
    // Nothing that is read here depends on the rest of the shop.
    let fold = ScanSettings { cutoffs: &cutoffs, minor_per_major, horizon: Days(1), gap: Days(0), contexts: &[] };
    let of_shard = |scratch: &mut ScanScratch, shard: &Shard| {
        let mut part = ShopPart {
            years: vec![YearPart::default(); bounds.len()],
            months: MonthsPart::new(&month_bounds),
            cohorts: CohortsPart::default(),
            recovery: RecoveryPart::default(),
        };
        shard.fold(
            &fold,
            scratch,
            |_, _| true,
            |_, history, _| {
                part.years.iter_mut().zip(&bounds).for_each(|(year, bounds)| year.add(bounds, history));
                part.months.add(&month_bounds, history);
                part.cohorts.add(history.visit_days());
                part.recovery.add(&question, history);
            },
        );
        part
    };
    // Shards are the same for any number of threads, and are added up in their order.
    let parts: Vec<ShopPart> = log.shards().par_iter().map_init(ScanScratch::default, of_shard).collect();
    let ShopPart { years, months, cohorts, recovery } = parts.into_iter().reduce(ShopPart::and)?;
    let has = |what: Available| log.available().contains(&what);
    let records = Records { complaints: has(Available::Complaints), resolution: has(Available::Resolution) };
    Some(ShopReport {
        as_of: as_of.date(),
        population: format!("customers with an order before {}", as_of.date()),
        years: years.into_iter().zip(&bounds).map(|(year, bounds)| year.finish(bounds, records)).collect(),
        months: months.finish(&month_bounds),
        cohorts: cohorts.finish(as_of.date()),
        recovery: question.finish(recovery),
    })
}

/// What some customers add to the report.
struct ShopPart {
    years: Vec<YearPart>,
    months: MonthsPart,
    cohorts: CohortsPart,
    recovery: RecoveryPart,
}

impl ShopPart {
    fn and(mut self, other: Self) -> Self {
        self.years.iter_mut().zip(other.years).for_each(|(year, part)| year.join(part));
        self.months.join(other.months);
        self.cohorts.join(other.cohorts);
        self.recovery.join(other.recovery);
        self
    }
}
