//! Owns what learners see: rows of eligible customers at cutoffs, with a feature matrix straight from the fold, and
//! labels. Rows are split by cutoff only.

mod brought;
mod error;
mod histories;
mod labels;
mod matrix;
mod panel;
mod rows;
mod sample;
mod settings;
mod single;
mod stream;

use crate::features::FeatureSchema;
use crate::timeline::{Cutoff, EventLog};

pub use brought::{Brought, BroughtInSpans, Span};
pub use error::DatasetError;
pub use histories::{Histories, RepeatDays};
pub use matrix::Dataset;
pub use panel::Panel;
pub use sample::{PanelCap, PanelSample, SampleRecord};
pub use settings::{DatasetSettings, MAX_CUTOFFS};
pub use single::single;
pub use stream::{Block, BlockWork, StreamPlan, census, stream};

/// The cutoffs of a panel.
#[derive(Debug, Clone, Copy)]
pub struct PanelCutoffs<'a> {
    /// All of them; those of training alone have the customers of the sample.
    pub all: &'a [Cutoff],
    /// Those with everyone eligible.
    pub tests: &'a [Cutoff],
}

impl Dataset {
    /// Folds the log into one row per eligible customer and cutoff. `cutoffs` are sorted; repetitions count once.
    ///
    /// # Errors
    /// `DatasetError` if `schema` names a feature that this version or the log does not know, or with too many cutoffs.
    pub fn build(
        log: &EventLog,
        schema: &FeatureSchema,
        cutoffs: &[Cutoff],
        settings: &DatasetSettings,
    ) -> Result<Self, DatasetError> {
        Self::build_panel(log, schema, PanelCutoffs { all: cutoffs, tests: cutoffs }, settings, PanelSample::default())
    }

    /// The same for training and tests: everyone eligible at the test cutoffs, the customers of the sample at the
    /// other ones.
    ///
    /// # Errors
    /// As [`Dataset::build`].
    pub fn build_panel(
        log: &EventLog,
        schema: &FeatureSchema,
        PanelCutoffs { all, tests }: PanelCutoffs<'_>,
        settings: &DatasetSettings,
        sample: PanelSample,
    ) -> Result<Self, DatasetError> {
        let panel = Panel::open(log, schema, all, settings)?;
        let everyone: Vec<bool> = panel.cutoffs().iter().map(|cutoff| tests.contains(cutoff)).collect();
        let whole = panel.gathered(|at| everyone[at.cutoff] || sample.keeps(at.customer));
        Ok(Self { sample, ..whole })
    }
}
