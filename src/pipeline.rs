//! The story of a backtest: before each test cutoff, every learner is trained on what was known then.

use jiff::tz::TimeZone;

use crate::config::Config;
use crate::dataset::{Dataset, DatasetSettings};
use crate::error::{Exit, Failure, Report};
use crate::evaluate::{self, Evaluation, LearnerScores, Settings, Slice, TestCutoff};
use crate::features::FeatureSchema;
use crate::label::ChurnRule;
use crate::learn::{LEARNERS, MAIN_LEARNER, Training, forward_chain, probability};
use crate::timeline::{Cutoff, EventLog, matured_cutoffs};
use crate::units::{Days, Timestamp};

/// Folds on which learners choose their settings.
const FOLDS: usize = 4;

/// A backtest that cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum PipelineError {
    /// There is no cutoff to test at.
    #[error("no test cutoff has matured by {as_of}: a label is known {matures_after} after its cutoff")]
    NothingMatured {
        /// The day at which labels are read.
        as_of: String,
        /// Gap plus horizon.
        matures_after: Days,
    },
    /// A configured test cutoff has no labels yet.
    #[error("test cutoff {cutoff} has no labels by {as_of}: they are known {matures_after} after it")]
    NotMatured {
        /// The cutoff.
        cutoff: String,
        /// The day at which labels are read.
        as_of: String,
        /// Gap plus horizon.
        matures_after: Days,
    },
    /// There is nothing to learn from before a test cutoff.
    #[error("no training cutoff has matured by the test cutoff {cutoff}")]
    NothingToLearnFrom {
        /// The test cutoff.
        cutoff: String,
    },
}

impl Report for PipelineError {
    fn code(&self) -> &'static str {
        match self {
            Self::NothingMatured { .. } => "E421",
            Self::NotMatured { .. } => "E422",
            Self::NothingToLearnFrom { .. } => "E423",
        }
    }

    fn exit(&self) -> Exit {
        Exit::DataRefused
    }

    fn hint(&self) -> Option<String> {
        Some("choose earlier cutoffs, a shorter `churn.horizon_days`, or give a longer history".to_owned())
    }
}

/// What a backtest leaves.
#[derive(Debug, Clone)]
pub struct Backtest {
    /// Every figure.
    pub evaluation: Evaluation,
    /// The predictions behind them.
    pub predictions: Vec<TestCutoff>,
}

/// The shop's rules as the rooms need them.
struct Frame {
    settings: DatasetSettings,
    step: Days,
    max_cutoffs: Option<u32>,
    earliest: Timestamp,
}

impl Frame {
    fn new(config: &Config, log: &EventLog) -> Self {
        let churn = &config.churn;
        let rule = ChurnRule {
            horizon: churn.horizon_days,
            gap: churn.gap_days,
            active: churn.active_days,
            min_purchases: churn.min_purchases,
        };
        let minor_per_major = config.currency.minor_per_major();
        let (first, last) = log.span().unwrap_or_default();
        // The first customers need some history before they can be told apart: the active window, or a third of it all.
        let warm_up = rule.active.micros().min(last.0.saturating_sub(first.0) / 3);
        Self {
            settings: DatasetSettings { rule, zone: config.timezone.clone(), minor_per_major },
            step: config.panel.step_days,
            max_cutoffs: config.panel.max_cutoffs,
            earliest: Timestamp(first.0.saturating_add(warm_up)),
        }
    }

    const fn zone(&self) -> &TimeZone {
        &self.settings.zone
    }

    fn training_cutoffs(&self, as_of: Cutoff) -> Vec<Cutoff> {
        let matures_after = self.settings.rule.matures_after();
        let mut cutoffs = matured_cutoffs(as_of, matures_after, self.step, self.earliest, self.zone());
        if let Some(most) = self.max_cutoffs {
            cutoffs.drain(..cutoffs.len().saturating_sub(most as usize));
        }
        cutoffs
    }
}

/// Retrains before each test cutoff of the config and evaluates out of time; labels are read as known at `as_of`.
///
/// # Errors
/// Test cutoffs without labels, too little to learn from, or whatever a room could not do.
pub fn backtest(config: &Config, log: &EventLog, as_of: Cutoff) -> Result<Backtest, Failure> {
    let frame = Frame::new(config, log);
    let tests = test_cutoffs(config, &frame, as_of)?;
    let panel: Vec<Cutoff> = tests.iter().flat_map(|test| frame.training_cutoffs(*test)).chain(tests.clone()).collect();
    let schema = FeatureSchema::for_inputs(log.available());
    let dataset = Dataset::build(log, schema, &panel, &frame.settings)?;
    let predictions =
        tests.iter().map(|test| predict(&dataset, &frame, *test, as_of)).collect::<Result<Vec<_>, Failure>>()?;
    let settings = Settings {
        seed: config.seed,
        n_bootstrap: config.backtest.bootstrap,
        population: frame.settings.rule.population(),
    };
    let baselines: Vec<&str> =
        LEARNERS.iter().map(|learner| learner.name()).filter(|name| *name != MAIN_LEARNER).collect();
    let evaluation = evaluate::evaluate(&predictions, MAIN_LEARNER, &baselines, &settings)?;
    Ok(Backtest { evaluation, predictions })
}

fn test_cutoffs(config: &Config, frame: &Frame, as_of: Cutoff) -> Result<Vec<Cutoff>, PipelineError> {
    let matures_after = frame.settings.rule.matures_after();
    let mut tests: Vec<Cutoff> =
        config.backtest.cutoffs.iter().map(|date| Cutoff::at_start_of(*date, frame.zone())).collect();
    if tests.is_empty() {
        tests = matured_cutoffs(as_of, matures_after, config.backtest.step_days, frame.earliest, frame.zone());
        tests.drain(..tests.len().saturating_sub(config.backtest.last as usize));
    }
    tests.sort_unstable();
    tests.dedup();
    if tests.is_empty() {
        return Err(PipelineError::NothingMatured { as_of: as_of.to_string(), matures_after });
    }
    match tests.iter().find(|test| test.after(matures_after, frame.zone()) > as_of) {
        Some(early) => {
            Err(PipelineError::NotMatured { cutoff: early.to_string(), as_of: as_of.to_string(), matures_after })
        }
        None => Ok(tests),
    }
}

/// Trains every learner on what was known at the test cutoff and predicts the customers there.
fn predict(dataset: &Dataset, frame: &Frame, test: Cutoff, as_of: Cutoff) -> Result<TestCutoff, Failure> {
    let cutoffs = frame.training_cutoffs(test);
    if cutoffs.is_empty() {
        return Err(PipelineError::NothingToLearnFrom { cutoff: test.to_string() }.into());
    }
    let rows = dataset.rows_at(|cutoff| cutoffs.contains(&cutoff));
    let folds = forward_chain(dataset, &cutoffs, frame.settings.rule.matures_after(), FOLDS, frame.zone());
    let training = Training { dataset, as_of: test, rows: &rows, folds: &folds };
    let test_rows = dataset.rows_at(|cutoff| cutoff == test);
    let mut scores = Vec::with_capacity(LEARNERS.len());
    for learner in LEARNERS {
        let log_odds = learner.train(&training)?.model.log_odds(dataset, &test_rows)?;
        let values = log_odds.into_iter().map(probability).collect();
        scores.push(LearnerScores { name: learner.name().to_owned(), is_probability: true, values });
    }
    Ok(TestCutoff {
        cutoff: test.to_string(),
        customer: test_rows.iter().map(|row| dataset.customers[*row]).collect(),
        churned: test_rows.iter().map(|row| dataset.churned(*row, as_of)).collect(),
        value: test_rows.iter().map(|row| dataset.past_year_spend[*row]).collect(),
        slices: slices(dataset, &test_rows),
        scores,
    })
}

/// Groups of customers that are reported on their own: complainers, newcomers, thirds by value.
fn slices(dataset: &Dataset, rows: &[usize]) -> Vec<Slice> {
    let mut slices = Vec::new();
    if let Some(complaints) = dataset.column("complaints_180d_count", rows) {
        let complained = complaints.iter().map(|n| *n > 0.0).collect();
        slices.push(Slice { name: "complained in 180 days".to_owned(), rows: complained });
    }
    if let Some(orders) = dataset.column("orders_all_count", rows) {
        slices.push(Slice { name: "one order".to_owned(), rows: orders.iter().map(|n| *n < 1.5).collect() });
        slices.push(Slice { name: "several orders".to_owned(), rows: orders.iter().map(|n| *n > 1.5).collect() });
    }
    let mut spend: Vec<f64> = rows.iter().map(|row| dataset.past_year_spend[*row]).collect();
    spend.sort_by(f64::total_cmp);
    let bound = |third: usize| spend.get(spend.len() * third / 3).copied().unwrap_or(f64::INFINITY);
    for (name, low, high) in [
        ("low value", f64::NEG_INFINITY, bound(1)),
        ("middle value", bound(1), bound(2)),
        ("high value", bound(2), f64::INFINITY),
    ] {
        let inside = rows.iter().map(|row| (low..high).contains(&dataset.past_year_spend[*row])).collect();
        slices.push(Slice { name: name.to_owned(), rows: inside });
    }
    slices
}
