//! A version made ready to say what is to come of customers: churn, the heads, and the silence in the own rhythm, each with
//! what features add to it.

use ndarray::Array2;

use super::medians::Medians;
use super::path::{Path, Risk};
use super::rhythm::RhythmReader;
use crate::calibrate::{AtLevel, Calibrator, Heads};
use crate::dataset::Dataset;
use crate::decide::{Conditionals, OutcomeProbabilities};
use crate::features::{FeatureSchema, SILENCE_FEATURE};
use crate::learn::{Explained, Explainer, LearnError, LogOddsPrediction, Model, Uncertainty};
use crate::maths::special::probability;
use crate::units::Days;

/// The feature that tells how long a silence is in the own rhythm.
const RATIO: &str = "overdue_to_mean_ratio";

/// Log-odds of what is certain for all, as far as single numbers can say it.
const CERTAIN: f64 = 40.0;

/// What a version scores with.
#[derive(Clone, Copy)]
pub struct ScoringModel<'a> {
    /// From features to the log-odds of churn.
    pub churn: &'a Model,
    /// From these to a probability.
    pub calibrator: &'a Calibrator,
    /// How uncertain the log-odds are.
    pub uncertainty: Option<&'a Uncertainty>,
    /// What the label window says of a return.
    pub heads: Option<&'a Heads>,
    /// What customers were like in training.
    pub medians: &'a Medians,
    /// Length of the label window: the usual gap where the medians do not tell one.
    pub horizon: Days,
}

/// What is said of one customer.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Forecast {
    /// Calibrated probability of churning.
    pub churn: f64,
    /// What the heads say; `None` without any.
    pub conditionals: Option<Conditionals>,
    /// Of those who never come back, the share of those like this customer who had left before the day.
    pub gone_share: f64,
    /// What is to come.
    pub outcome: OutcomeProbabilities,
}

/// A model with its calibrator, and where its features stand among all.
struct Part<'a> {
    model: &'a Model,
    explainer: Explainer<'a>,
    calibrator: &'a Calibrator,
    places: Vec<usize>,
}

/// The version at work.
pub(super) struct Scorer<'a> {
    churn: Part<'a>,
    /// Never and last.
    heads: Option<[Part<'a>; 2]>,
    rhythm: RhythmReader,
    /// The feature that tells of the rhythm, among all.
    teller: Option<usize>,
    /// All features that add something.
    pub(super) features: Vec<String>,
}

/// What is said of some rows.
pub(super) struct Said {
    pub(super) prediction: LogOddsPrediction,
    pub(super) variances: Vec<f64>,
    pub(super) forecasts: Vec<Forecast>,
    /// What each feature adds to the log-odds of the risk of the row ([`Risk`]).
    pub(super) contributions: Array2<f64>,
    /// These log-odds for an average customer, and for the one of the row.
    pub(super) ends: Vec<[f64; 2]>,
}

impl<'a> Scorer<'a> {
    pub(super) fn of(version: ScoringModel<'a>, schema: &FeatureSchema) -> Self {
        let mut features: Vec<String> = Vec::new();
        let churn = Part::of(version.churn, version.calibrator, &mut features);
        let churn = match version.uncertainty {
            Some(uncertainty) => Part { explainer: churn.explainer.with_uncertainty(uncertainty), ..churn },
            None => churn,
        };
        let heads = version
            .heads
            .map(|heads| heads.models().map(|head| Part::of(&head.model, &head.calibrator, &mut features)));
        let teller = [RATIO, SILENCE_FEATURE].into_iter().find(|name| schema.position(name).is_some());
        let teller = teller.map(|name| place_of(name, &mut features));
        let rhythm = RhythmReader::of(version.medians, version.horizon, schema);
        Self { churn, heads, rhythm, teller, features }
    }

    /// What is said of some rows of a dataset with one cutoff.
    pub(super) fn say(&self, dataset: &Dataset, rows: &[usize]) -> Result<Said, LearnError> {
        let churn = self.churn.say(dataset, rows)?;
        let heads = match &self.heads {
            Some([never, last]) => Some([never.say(dataset, rows)?, last.say(dataset, rows)?]),
            None => None,
        };
        let mut said = Said {
            prediction: LogOddsPrediction::default(),
            variances: Vec::new(),
            forecasts: Vec::with_capacity(rows.len()),
            contributions: Array2::zeros((rows.len(), self.features.len())),
            ends: Vec::with_capacity(rows.len()),
        };
        for (place, row) in rows.iter().enumerate() {
            let of_head = |head: usize| heads.as_ref().and_then(|heads| heads.get(head)).map(|head| head.way(place));
            let ways = [churn.way(place), of_head(0).unwrap_or([CERTAIN; 2]), of_head(1).unwrap_or([-CERTAIN; 2])];
            let gone_share = self.rhythm.gone_share(dataset, *row);
            let usual_share = self.rhythm.usual_share().filter(|_| self.teller.is_some()).unwrap_or(gone_share);
            let end = |side: usize, share: f64| [ways[0][side], ways[1][side], ways[2][side], share];
            let path = Path { from: end(0, usual_share), to: end(1, gone_share) };
            let conditionals =
                heads.as_ref().map(|_| Conditionals { never: probability(ways[1][1]), last: probability(ways[2][1]) });
            let churn_probability = probability(ways[0][1]);
            let outcome = OutcomeProbabilities::of(churn_probability, conditionals, gone_share);
            let risk = Risk::of(&outcome);
            let steepness = path.steepness(risk);
            let mut sums = said.contributions.row_mut(place);
            let parts = std::iter::once((&self.churn, &churn))
                .chain(self.heads.iter().flatten().zip(heads.iter().flatten()))
                .zip(steepness);
            for ((part, said), steepness) in parts {
                part.add(said, place, steepness, &mut |feature, log_odds| sums[feature] += log_odds);
            }
            if let Some(teller) = self.teller {
                sums[teller] += steepness[3] * (gone_share - usual_share);
            }
            said.ends.push(path.ends(risk));
            said.forecasts.push(Forecast { churn: churn_probability, conditionals, gone_share, outcome });
        }
        said.prediction = churn.explained.prediction;
        said.variances = churn.explained.variances;
        Ok(said)
    }
}

/// What a part says of some rows.
struct PartSaid<'a> {
    explained: Explained,
    /// Log-odds of an average customer, before and after calibration.
    base: [f64; 2],
    calibrate: AtLevel<'a>,
}

impl PartSaid<'_> {
    /// Calibrated log-odds of an average customer, and of the one at a place.
    fn way(&self, place: usize) -> [f64; 2] {
        [self.base[1], self.calibrate.log_odds(self.explained.prediction.log_odds[place])]
    }
}

impl<'a> Part<'a> {
    fn of(model: &'a Model, calibrator: &'a Calibrator, features: &mut Vec<String>) -> Self {
        let places = model.contributing_features().iter().map(|name| place_of(name, features)).collect();
        Self { model, explainer: model.explainer(), calibrator, places }
    }

    fn say(&self, dataset: &Dataset, rows: &[usize]) -> Result<PartSaid<'a>, LearnError> {
        let level = dataset.cutoffs.first().map_or(0.0, |cutoff| self.model.base_log_odds(*cutoff));
        let calibrate = self.calibrator.at(level);
        let base = [level, calibrate.log_odds(level)];
        Ok(PartSaid { explained: self.explainer.explain(dataset, rows)?, base, calibrate })
    }

    /// Adds what each feature adds: its share of what the part moved after calibration, at the part's steepness.
    fn add(&self, said: &PartSaid<'_>, place: usize, steepness: f64, put: &mut impl FnMut(usize, f64)) {
        let raw = said.explained.prediction.log_odds[place] - said.base[0];
        let [from, to] = said.way(place);
        // A customer who is average in sum has features that raise and lower as much.
        let stretch = if raw.abs() > 1e-9 { (to - from) / raw } else { 1.0 };
        for (feature, log_odds) in self.places.iter().zip(said.explained.contributions.row(place)) {
            put(*feature, steepness * stretch * log_odds);
        }
    }
}

/// The place of a feature, which is put behind the others if it is none of them.
fn place_of(name: &str, features: &mut Vec<String>) -> usize {
    features.iter().position(|other| other == name).unwrap_or_else(|| {
        features.push(name.to_owned());
        features.len() - 1
    })
}
