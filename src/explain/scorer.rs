//! A version made ready to say what is to come of customers: churn, the heads, and the silence in the own rhythm, each with
//! what features add to it.

use ndarray::Array2;

use super::medians::Medians;
use super::path::{Path, Risk, log_odds};
use super::rhythm::RhythmReader;
use crate::calibrate::{AtLevel, Calibrator, Heads};
use crate::dataset::Dataset;
use crate::decide::{Conditionals, OutcomeProbabilities, OwnRhythm, lasting};
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
    /// What the heads say, once who is merely slow is told apart; `None` without any.
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
    /// How long they looked for a return.
    follow_up: Days,
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
        let follow_up = version.heads.map_or(version.horizon, |heads| heads.follow_up);
        Self { churn, heads, follow_up, rhythm, teller, features }
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
            let own = self.rhythm.of_row(dataset, *row);
            let usual = self.rhythm.usual().filter(|_| self.teller.is_some()).unwrap_or(own);
            let of_head = |head: usize| heads.as_ref().and_then(|heads| heads.get(head)).map(|head| head.way(place));
            let head = |head: usize, without: f64| match of_head(head) {
                Some(ends) => self.lasting(ends, [usual, own]),
                None => Way::plain([without; 2]),
            };
            let ways = [Way::plain(churn.way(place)), head(0, CERTAIN), head(1, -CERTAIN)];
            let [usual_share, gone_share] = [usual, own].map(|rhythm| rhythm.gone_share());
            let [a, b, c] = ways;
            let path = Path {
                from: [a.of_features[0], b.of_features[0], c.of_features[0], usual_share],
                to: [a.end, b.end, c.end, gone_share],
            };
            let conditionals =
                heads.as_ref().map(|_| Conditionals { never: probability(b.end), last: probability(c.end) });
            let churn_probability = probability(a.end);
            let outcome = OutcomeProbabilities::of(churn_probability, conditionals, gone_share);
            let risk = Risk::of(&outcome);
            let steepness = path.steepness(risk);
            let mut sums = said.contributions.row_mut(place);
            let parts = std::iter::once((&self.churn, &churn))
                .chain(self.heads.iter().flatten().zip(heads.iter().flatten()))
                .zip(ways)
                .zip(steepness);
            for (((part, said), way), steepness) in parts {
                part.add(said, (place, way.of_features), steepness, &mut |feature, log_odds| sums[feature] += log_odds);
            }
            if let Some(teller) = self.teller {
                let of_heads: f64 = ways.iter().zip(steepness).map(|(way, steep)| steep * way.of_rhythm()).sum();
                sums[teller] += steepness[3] * (gone_share - usual_share) + of_heads;
            }
            said.ends.push(path.ends(risk));
            said.forecasts.push(Forecast { churn: churn_probability, conditionals, gone_share, outcome });
        }
        said.prediction = churn.explained.prediction;
        said.variances = churn.explained.variances;
        Ok(said)
    }

    /// What a head says once who is merely slow is told apart.
    ///
    /// * `ends` - log-odds of no return in the follow-up, of an average customer and of this one.
    /// * `rhythms` - that of the median customer, and that of this one.
    fn lasting(&self, ends: [f64; 2], rhythms: [OwnRhythm; 2]) -> Way {
        let [usual, own] = rhythms.map(|rhythm| rhythm.silent_share(f64::from(self.follow_up.0)));
        let at = |end: f64, silent: f64| log_odds(lasting(probability(end), silent));
        Way { of_features: ends.map(|end| at(end, usual)), end: at(ends[1], own) }
    }
}

/// The way of a part from an average customer to this one, in log-odds.
#[derive(Clone, Copy)]
struct Way {
    /// What its features move: from here to there.
    of_features: [f64; 2],
    /// Where it ends, once the own rhythm has moved it too.
    end: f64,
}

impl Way {
    const fn plain(of_features: [f64; 2]) -> Self {
        Self { of_features, end: of_features[1] }
    }

    fn of_rhythm(&self) -> f64 {
        self.end - self.of_features[1]
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
    fn add(
        &self,
        said: &PartSaid<'_>,
        (place, [from, to]): (usize, [f64; 2]),
        steepness: f64,
        put: &mut impl FnMut(usize, f64),
    ) {
        let raw = said.explained.prediction.log_odds[place] - said.base[0];
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
