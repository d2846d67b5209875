//! Owns what learners see: rows of eligible customers at cutoffs, with a feature matrix straight from the fold, and
//! labels. Rows are split by cutoff only.

mod histories;
mod sample;
mod single;
mod stream;

use jiff::tz::TimeZone;
use ndarray::{Array2, ArrayView2};
use rayon::prelude::*;

use crate::features::{FeatureSchema, Kernel, SchemaError};
use crate::label::{ChurnRule, RuleWindow};
use crate::timeline::columns::NEVER;
use crate::timeline::{
    Cutoff, EventLog, FoldScratch, FoldSettings, History, Margins, Place, Presence, Shard, ShopContext,
};
use crate::units::Timestamp;

pub use histories::{Histories, RepeatDays};
pub use sample::{PanelCap, PanelSample, SampleRecord};
pub use single::single;
pub use stream::{Block, census, stream};

/// Eligible customers at cutoffs: one row each, customers ascending, then cutoffs ascending.
#[derive(Debug, Clone)]
pub struct Dataset {
    /// The columns of `features`.
    pub schema: FeatureSchema,
    /// The cutoffs in ascending order.
    pub cutoffs: Vec<Cutoff>,
    /// Number of the customer of each row.
    pub customers: Vec<u32>,
    /// Position of the cutoff of each row.
    pub cutoff_idx: Vec<u16>,
    /// `(n_rows, n_features)`, in single precision; NaN where a feature is missing.
    pub features: Array2<f32>,
    /// Net spend of the past 365 days of each row, in major units, not below 0.
    pub past_year_spend: Vec<f64>,
    /// Net spend so far of each row, in major units.
    pub spend_so_far: Vec<f64>,
    /// Margin of what the customer of each row bought so far, as a share of revenue.
    pub margin_share: Vec<f64>,
    /// Instant of the last order of each row.
    pub last_order_at: Vec<Timestamp>,
    /// The instant after which it is known that the customer of the row stayed; `NEVER` for one who left.
    stayed_known: Vec<Timestamp>,
    /// The customers that training learns from.
    sample: PanelSample,
}

/// What a dataset is built for.
#[derive(Debug, Clone)]
pub struct DatasetSettings {
    /// The churn rule.
    pub rule: ChurnRule,
    /// The shop's zone, in which days are counted.
    pub zone: TimeZone,
    /// Minor units in a major unit of the currency.
    pub minor_per_major: f64,
    /// What the shop earns of what it sells.
    pub margins: Margins,
}

impl DatasetSettings {
    /// What a fold over `cutoffs` is asked for.
    fn fold<'a>(&self, cutoffs: &'a [Cutoff], contexts: &'a [ShopContext]) -> FoldSettings<'a> {
        let (horizon, gap) = (self.rule.horizon, self.rule.gap);
        FoldSettings { cutoffs, contexts, minor_per_major: self.minor_per_major, horizon, gap }
    }
}

/// More cutoffs than a row can number.
const MAX_CUTOFFS: usize = 65_535;

impl Dataset {
    /// Folds the log into one row per eligible customer and cutoff. `cutoffs` are sorted; repetitions count once.
    ///
    /// # Errors
    /// `SchemaError` if `schema` names a feature that this version or the log does not know.
    pub fn build(
        log: &EventLog,
        schema: FeatureSchema,
        cutoffs: &[Cutoff],
        settings: &DatasetSettings,
    ) -> Result<Self, SchemaError> {
        Self::build_panel(log, schema, (cutoffs, cutoffs), (settings, PanelSample::default()))
    }

    /// The same for training and tests: everyone eligible at the cutoffs of `tests`, the customers of the sample at the
    /// other ones.
    ///
    /// # Errors
    /// As [`Dataset::build`].
    pub fn build_panel(
        log: &EventLog,
        schema: FeatureSchema,
        (cutoffs, tests): (&[Cutoff], &[Cutoff]),
        (settings, sample): (&DatasetSettings, PanelSample),
    ) -> Result<Self, SchemaError> {
        let kernel = schema.kernel(log)?;
        let mut cutoffs = cutoffs.to_vec();
        cutoffs.sort_unstable();
        cutoffs.dedup();
        cutoffs.truncate(MAX_CUTOFFS);
        let windows = settings.rule.windows(&cutoffs, &settings.zone);
        let contexts = log.contexts(&cutoffs, settings.rule.horizon, kernel.context_needs());
        let fold = settings.fold(&cutoffs, &contexts);
        let everyone: Vec<bool> = cutoffs.iter().map(|cutoff| tests.contains(cutoff)).collect();
        let wanted = |at: Place, presence| {
            (everyone[at.cutoff] || sample.keeps(at.customer)) && windows[at.cutoff].is_eligible(presence)
        };
        let count = |shard: &Shard| {
            let mut n_rows = 0;
            shard.meet(&cutoffs, wanted, |_| n_rows += 1);
            n_rows
        };
        let counts: Vec<usize> = log.shards().par_iter().map(count).collect();
        let mut rows = Rows::with_capacity(counts.iter().sum(), kernel.len());
        let asked = Asked { windows: &windows, kernel: &kernel, margins: &settings.margins };
        rows.split(&counts).into_par_iter().zip(log.shards()).for_each_init(
            FoldScratch::default,
            |scratch, (mut part, shard)| {
                fill(shard, &fold, scratch, (&asked, &wanted), &mut part);
            },
        );
        Ok(Self { sample, ..rows.into_dataset(schema, cutoffs) })
    }

    /// How many rows there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.customers.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.customers.is_empty()
    }

    /// The rows of the cutoffs that `wanted` accepts.
    #[must_use]
    pub fn rows_at(&self, wanted: impl Fn(Cutoff) -> bool) -> Vec<usize> {
        let accepted: Vec<bool> = self.cutoffs.iter().map(|cutoff| wanted(*cutoff)).collect();
        (0..self.len()).filter(|row| accepted[usize::from(self.cutoff_idx[*row])]).collect()
    }

    /// The rows of the cutoffs that `wanted` accepts from which training may learn.
    #[must_use]
    pub fn panel_rows_at(&self, wanted: impl Fn(Cutoff) -> bool) -> Vec<usize> {
        let mut rows = self.rows_at(wanted);
        rows.retain(|row| self.sample.keeps(self.customers[*row] as usize));
        rows
    }

    /// What a cap on the rows of the panel left; `None` where training learns from everyone.
    #[must_use]
    pub const fn sampled(&self) -> Option<SampleRecord> {
        self.sample.record()
    }

    /// Whether the customer of the row had churned, as far as was known at `as_of`: purchases recorded later do not
    /// count. Ask only for rows whose label window has ended by then.
    #[must_use]
    pub fn churned(&self, row: usize, as_of: Cutoff) -> bool {
        self.stayed_known[row] >= as_of.at()
    }

    /// A column of the matrix for some rows; `None` if the schema has no such feature.
    #[must_use]
    pub fn column(&self, name: &str, rows: &[usize]) -> Option<Vec<f64>> {
        let column = self.schema.position(name)?;
        Some(rows.iter().map(|row| self.value(*row, column)).collect())
    }

    /// A feature of a row, by the position of its column; NaN where it is missing.
    #[must_use]
    pub fn value(&self, row: usize, column: usize) -> f64 {
        f64::from(self.features[[row, column]])
    }

    /// The feature matrix, `(n_rows, n_features)`.
    #[must_use]
    pub fn matrix(&self) -> ArrayView2<'_, f32> {
        self.features.view()
    }
}

/// The growing columns of a dataset, preallocated so that shards fill their parts in place.
struct Rows {
    n_features: usize,
    customers: Vec<u32>,
    cutoff_idx: Vec<u16>,
    features: Vec<f32>,
    facts: Vec<RowFacts>,
}

/// What a row holds beside its features.
#[derive(Debug, Clone, Copy, Default)]
struct RowFacts {
    past_year_spend: f64,
    spend_so_far: f64,
    margin_share: f64,
    last_order_at: Timestamp,
    stayed_known: Timestamp,
}

/// The rows of one shard.
struct Part<'a> {
    customers: &'a mut [u32],
    cutoff_idx: &'a mut [u16],
    features: &'a mut [f32],
    facts: &'a mut [RowFacts],
}

impl Rows {
    fn with_capacity(n_rows: usize, n_features: usize) -> Self {
        Self {
            n_features,
            customers: vec![0; n_rows],
            cutoff_idx: vec![0; n_rows],
            features: vec![0.0; n_rows * n_features],
            facts: vec![RowFacts::default(); n_rows],
        }
    }

    /// Consecutive parts of `counts` rows each.
    fn split(&mut self, counts: &[usize]) -> Vec<Part<'_>> {
        let (mut customers, mut cutoff_idx) = (self.customers.as_mut_slice(), self.cutoff_idx.as_mut_slice());
        let (mut features, mut facts) = (self.features.as_mut_slice(), self.facts.as_mut_slice());
        let mut parts = Vec::with_capacity(counts.len());
        for &n in counts {
            parts.push(Part {
                customers: customers.split_off_mut(..n).unwrap_or_default(),
                cutoff_idx: cutoff_idx.split_off_mut(..n).unwrap_or_default(),
                features: features.split_off_mut(..n * self.n_features).unwrap_or_default(),
                facts: facts.split_off_mut(..n).unwrap_or_default(),
            });
        }
        parts
    }

    fn into_dataset(self, schema: FeatureSchema, cutoffs: Vec<Cutoff>) -> Dataset {
        let shape = (self.customers.len(), self.n_features);
        let facts = &self.facts;
        Dataset {
            schema,
            cutoffs,
            past_year_spend: facts.iter().map(|row| row.past_year_spend).collect(),
            spend_so_far: facts.iter().map(|row| row.spend_so_far).collect(),
            margin_share: facts.iter().map(|row| row.margin_share).collect(),
            last_order_at: facts.iter().map(|row| row.last_order_at).collect(),
            stayed_known: facts.iter().map(|row| row.stayed_known).collect(),
            customers: self.customers,
            cutoff_idx: self.cutoff_idx,
            // The vector was made with exactly this many places.
            features: Array2::from_shape_vec(shape, self.features).unwrap_or_default(),
            sample: PanelSample::default(),
        }
    }
}

/// What is asked of each row.
struct Asked<'a> {
    windows: &'a [RuleWindow],
    kernel: &'a Kernel<'a>,
    margins: &'a Margins,
}

fn fill(
    shard: &Shard,
    fold: &FoldSettings<'_>,
    scratch: &mut FoldScratch,
    (asked, wanted): (&Asked<'_>, &impl Fn(Place, Presence) -> bool),
    part: &mut Part<'_>,
) {
    let n_features = asked.kernel.len();
    let mut row = vec![0.0; n_features];
    let mut next = 0;
    shard.fold(fold, scratch, wanted, |place, history, future| {
        part.customers[next] = u32::try_from(place.customer).unwrap_or(u32::MAX);
        part.cutoff_idx[next] = u16::try_from(place.cutoff).unwrap_or(u16::MAX);
        asked.kernel.compute(history, &mut row);
        let places = &mut part.features[next * n_features..(next + 1) * n_features];
        places.iter_mut().zip(&row).for_each(|(place, value)| *place = single(*value));
        let stayed_known = asked.windows[place.cutoff].stayed_known(future);
        part.facts[next] = RowFacts { stayed_known, ..facts_of(history, asked.margins) };
        next += 1;
    });
}

fn facts_of(history: &History<'_>, margins: &Margins) -> RowFacts {
    use crate::timeline::Window;
    RowFacts {
        past_year_spend: history.net_spend(Window::Days365).max(0.0),
        spend_so_far: history.net_spend(Window::All),
        margin_share: history.margin_share(margins),
        last_order_at: history.last_order_at().unwrap_or_default(),
        stayed_known: NEVER,
    }
}
