//! How long a silence has lasted in the own rhythm, and how likely another one is, read off datasets.

use super::medians::Medians;
use crate::dataset::Dataset;
use crate::decide::OwnRhythm;
use crate::features::{FeatureSchema, SILENCE_FEATURE};
use crate::units::Days;

/// Features by which a silence is judged.
const VISITS: &str = "order_days_all_count";
const GAP: &str = "gap_mean_days";

/// Reads the rhythm of customers beside that of the median customer of training.
pub struct RhythmReader {
    visits: Option<usize>,
    gap: Option<usize>,
    /// That of the median customer, as far as it is known.
    usual: Option<OwnRhythm>,
    usual_gap_days: f64,
}

impl RhythmReader {
    /// A reader of datasets with the columns of a schema. The horizon stands for the usual gap where the medians tell none.
    #[must_use]
    pub fn of(medians: &Medians, horizon: Days, schema: &FeatureSchema) -> Self {
        let median = |name: &str| medians.get(name);
        let usual_gap_days = median(GAP).unwrap_or(f64::from(horizon.0));
        let usual = |silence_days| OwnRhythm {
            silence_days,
            visits: median(VISITS).unwrap_or(1.0),
            gap_mean_days: median(GAP),
            usual_gap_days,
        };
        Self {
            visits: schema.position(VISITS),
            gap: schema.position(GAP),
            usual: median(SILENCE_FEATURE).map(usual),
            usual_gap_days,
        }
    }

    /// The rhythm of a row's customer.
    #[must_use]
    pub fn of_row(&self, dataset: &Dataset, row: usize) -> OwnRhythm {
        let value = |column: Option<usize>| Some(dataset.value(row, column?)).filter(|value| value.is_finite());
        let day = dataset.cutoffs.get(usize::from(dataset.cutoff_idx[row])).map_or(0, |cutoff| cutoff.day());
        OwnRhythm {
            silence_days: f64::from(day - dataset.last_order_day[row]),
            visits: value(self.visits).unwrap_or(1.0),
            gap_mean_days: value(self.gap),
            usual_gap_days: self.usual_gap_days,
        }
    }

    /// That of the median customer of training.
    #[must_use]
    pub const fn usual(&self) -> Option<OwnRhythm> {
        self.usual
    }
}
