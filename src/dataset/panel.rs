//! A shop at some cutoffs, made ready to be folded into datasets: whole, or part by part where the whole need not be held
//! at one time.

use rayon::prelude::*;

use super::labels::RowLabels;
use super::rows::{DatasetRows, Part, RowFacts};
use super::settings::DatasetSettings;
use super::stream::check;
use super::{Dataset, DatasetError};
use crate::clv::PurchaseModel;
use crate::features::{FeatureColumns, FeatureSchema};
use crate::label::{FollowUpWindow, RuleWindow};
use crate::timeline::{Cutoff, EventLog, Place, Presence, ScanScratch, Shard, ShopContext};

/// Everyone eligible at some cutoffs, not yet folded.
pub struct Panel<'a> {
    log: &'a EventLog,
    schema: &'a FeatureSchema,
    settings: &'a DatasetSettings,
    columns: FeatureColumns<'a>,
    cutoffs: Vec<Cutoff>,
    windows: Vec<RuleWindow>,
    /// Empty where nobody asks for outcomes.
    follow_ups: Vec<FollowUpWindow>,
    contexts: Vec<ShopContext>,
}

impl<'a> Panel<'a> {
    /// Counts what the features need to know of the shop as a whole. `cutoffs` are sorted; repetitions count once.
    ///
    /// # Errors
    /// `DatasetError` if `schema` names a feature that this version or the log does not know, or with too many cutoffs.
    pub fn open(
        log: &'a EventLog,
        schema: &'a FeatureSchema,
        cutoffs: &[Cutoff],
        settings: &'a DatasetSettings,
    ) -> Result<Self, DatasetError> {
        let columns = schema.columns_of(log)?;
        let mut cutoffs = cutoffs.to_vec();
        cutoffs.sort_unstable();
        cutoffs.dedup();
        check(&cutoffs)?;
        let windows = settings.rule.windows(&cutoffs, &settings.zone);
        let follow_ups = settings.outcomes().map_or_else(Vec::new, |rule| rule.windows(&cutoffs, &settings.zone));
        let contexts = log.contexts(&cutoffs, settings.rule.season(), columns.context_needs());
        Ok(Self { log, schema, settings, columns, cutoffs, windows, follow_ups, contexts })
    }

    /// The cutoffs in ascending order.
    #[must_use]
    pub fn cutoffs(&self) -> &[Cutoff] {
        &self.cutoffs
    }

    /// The columns of its features.
    #[must_use]
    pub const fn schema(&self) -> &'a FeatureSchema {
        self.schema
    }

    /// What it is folded for.
    #[must_use]
    pub const fn settings(&self) -> &'a DatasetSettings {
        self.settings
    }

    /// The purchase model of the first cutoff; `None` where there is none or no feature asks it.
    #[must_use]
    pub fn purchase_model(&self) -> Option<&PurchaseModel> {
        self.contexts.first()?.purchase_model()
    }

    /// How many parts there are.
    #[must_use]
    pub fn n_parts(&self) -> usize {
        self.log.shards().len()
    }

    /// What is made of each part of the customers, in their order: its rows are folded, used and dropped.
    ///
    /// # Errors
    /// The first error of `make`.
    pub fn parts<T: Send, E: Send>(&self, make: impl Fn(&Dataset) -> Result<T, E> + Sync) -> Result<Vec<T>, E> {
        let part = |scratch: &mut ScanScratch, shard: &Shard| make(&self.of_shard(shard, scratch));
        self.log.shards().par_iter().map_init(ScanScratch::default, part).collect()
    }

    /// The rows of some of the customers, whose numbers ascend.
    #[must_use]
    pub fn of_customers(&self, customers: &[u32]) -> Dataset {
        self.gathered(|at| u32::try_from(at.customer).is_ok_and(|customer| customers.binary_search(&customer).is_ok()))
    }

    /// All rows that are wanted.
    pub(super) fn gathered(&self, wanted: impl Fn(Place) -> bool + Sync) -> Dataset {
        let count = |shard: &Shard| {
            let mut n_rows = 0;
            shard.meet(&self.cutoffs, self.eligible(&wanted), |_| n_rows += 1);
            n_rows
        };
        let counts: Vec<usize> = self.log.shards().par_iter().map(count).collect();
        let mut rows = DatasetRows::with_capacity(counts.iter().sum(), self.columns.len());
        rows.split(&counts).into_par_iter().zip(self.log.shards()).for_each_init(
            ScanScratch::default,
            |scratch, (mut part, shard)| {
                self.fill(shard, scratch, &wanted, &mut part);
            },
        );
        self.dataset(rows)
    }

    fn dataset(&self, rows: DatasetRows) -> Dataset {
        let follow_up_ends = self.follow_ups.iter().map(FollowUpWindow::ends_at).collect();
        Dataset { follow_up_ends, ..rows.into_dataset(self.schema.clone(), self.cutoffs.clone()) }
    }

    /// The rows of one shard.
    fn of_shard(&self, shard: &Shard, scratch: &mut ScanScratch) -> Dataset {
        let at_most = shard.customers().len() * self.cutoffs.len();
        let mut rows = DatasetRows::with_capacity(at_most, self.columns.len());
        let n_rows = rows.split(&[at_most]).iter_mut().map(|part| self.fill(shard, scratch, |_| true, part)).sum();
        rows.truncate(n_rows);
        self.dataset(rows)
    }

    /// Fills the first rows of a part and returns how many.
    fn fill(
        &self,
        shard: &Shard,
        scratch: &mut ScanScratch,
        wanted: impl Fn(Place) -> bool,
        part: &mut Part<'_>,
    ) -> usize {
        let fold = self.settings.fold(&self.cutoffs, &self.contexts);
        let mut features = vec![0.0; self.columns.len()];
        let mut n_rows = 0;
        shard.fold(&fold, scratch, self.eligible(wanted), |place, history, future| {
            self.columns.compute(history, &mut features);
            let comeback = self.follow_ups.get(place.cutoff).map(|window| window.comeback(future));
            let labels = RowLabels {
                retention: self.windows[place.cutoff].retention(future),
                comeback: comeback.unwrap_or_default(),
            };
            part.put(n_rows, place, (&features, RowFacts::of(history, &self.settings.margins, labels)));
            n_rows += 1;
        });
        n_rows
    }

    fn eligible(&self, wanted: impl Fn(Place) -> bool) -> impl Fn(Place, Presence) -> bool {
        move |at, presence| wanted(at) && self.windows[at.cutoff].is_eligible(presence)
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use jiff::tz::TimeZone;

    use super::super::settings::MAX_CUTOFFS;
    use super::*;
    use crate::label::ChurnRule;
    use crate::timeline::Margins;
    use crate::timeline::columns::{PurchaseColumns, Tables};
    use crate::units::{Days, MICROS_PER_DAY, Money, Timestamp};

    /// A shop of several shards, in which every third customer is gone at the day.
    fn log(day: Cutoff) -> EventLog {
        let order = |customer: u32| (0..=customer % 5).map(move |n| (customer, 30 * (customer % 3) + 7 * n + 1));
        let orders: Vec<(u32, u32)> = (0..300).flat_map(order).collect();
        let tables = Tables {
            customer_ids: (0..300).map(|number| format!("c{number:03}")).collect(),
            purchases: PurchaseColumns {
                customer: orders.iter().map(|(customer, _)| *customer).collect(),
                purchased_at: orders
                    .iter()
                    .map(|(_, days)| Timestamp(day.at().0 - i64::from(*days) * MICROS_PER_DAY))
                    .collect(),
                amount: orders.iter().map(|(customer, days)| Money(i64::from(100 + customer + days))).collect(),
                is_return: vec![false; orders.len()],
                ..PurchaseColumns::default()
            },
            ..Tables::default()
        };
        EventLog::build(tables, &TimeZone::UTC).unwrap()
    }

    fn rows(dataset: &Dataset) -> Vec<(u32, Vec<u32>, [u64; 3])> {
        let row = |row: usize| {
            let features = dataset.features.row(row).iter().map(|value| value.to_bits()).collect();
            let facts = [dataset.spend_so_far[row], dataset.past_year_spend[row], dataset.margin_share[row]];
            (dataset.customers[row], features, facts.map(f64::to_bits))
        };
        (0..dataset.len()).map(row).collect()
    }

    #[test]
    fn part_by_part_and_for_some_customers_a_panel_gives_the_rows_of_the_whole() {
        let day = Cutoff::at_start_of(date(2024, 6, 1), &TimeZone::UTC);
        let log = log(day);
        let settings = DatasetSettings {
            rule: ChurnRule { horizon: Days(30), gap: Days(0), active: Days(45), min_purchases: 1 },
            zone: TimeZone::UTC,
            minor_per_major: 100.0,
            margins: Margins::alike(0.4),
            follow_up: None,
        };
        let schema = FeatureSchema::for_inputs(log.available());
        let panel = Panel::open(&log, &schema, &[day], &settings).unwrap();
        let whole = rows(&Dataset::build(&log, &schema, &[day], &settings).unwrap());
        assert_eq!((panel.n_parts(), whole.len()), (5, 200), "those whose last order is 61 days ago are not eligible");
        let parts = panel.parts(|part| Ok::<_, DatasetError>(rows(part))).unwrap();
        assert_eq!(parts.concat(), whole);
        let some = rows(&panel.of_customers(&[1, 2, 150, 299]));
        let wanted: Vec<_> = whole.iter().filter(|(customer, ..)| [1, 150].contains(customer)).cloned().collect();
        assert_eq!(some, wanted, "of those only two are eligible");
        let failed = panel.parts(|part| if part.customers.contains(&150) { Err("the one") } else { Ok(()) });
        assert_eq!(failed, Err("the one"));
    }

    #[test]
    fn more_cutoffs_than_rows_can_number_are_refused_and_none_is_dropped() {
        let day = Cutoff::at_start_of(date(2024, 6, 1), &TimeZone::UTC);
        let log = log(day);
        let settings = DatasetSettings {
            rule: ChurnRule { horizon: Days(30), gap: Days(0), active: Days(45), min_purchases: 1 },
            zone: TimeZone::UTC,
            minor_per_major: 100.0,
            margins: Margins::alike(0.4),
            follow_up: None,
        };
        let schema = FeatureSchema::default();
        let first = date(1900, 1, 1);
        let days = |n: usize| -> Vec<Cutoff> {
            let day = |days: usize| first.checked_add(jiff::Span::new().days(i64::try_from(days).unwrap())).unwrap();
            (0..n).map(|days| Cutoff::at_start_of(day(days), &TimeZone::UTC)).collect()
        };
        let panel = Panel::open(&log, &schema, &days(MAX_CUTOFFS), &settings).unwrap();
        assert_eq!(panel.cutoffs().len(), MAX_CUTOFFS);
        let refused = Panel::open(&log, &schema, &days(MAX_CUTOFFS + 1), &settings).map(|_| ()).unwrap_err();
        assert!(matches!(refused, DatasetError::TooManyCutoffs { n_cutoffs } if n_cutoffs == MAX_CUTOFFS + 1));
        let census = super::super::census(&log, &schema, &days(MAX_CUTOFFS + 1), &settings);
        assert!(matches!(census, Err(DatasetError::TooManyCutoffs { .. })));
    }
}
