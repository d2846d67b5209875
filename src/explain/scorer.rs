//! A version made ready to say what is to come of customers: churn, the heads, and the silence in the own rhythm, each with
//! what features add to it.

use ndarray::Array2;

use super::medians::Medians;
use super::passing::Added;
use super::path::{Path, Risk, log_odds};
use super::rhythm::RhythmReader;
use super::shapley::of_two;
use crate::calibrate::{AtLevel, Calibrator, Heads};
use crate::dataset::Dataset;
use crate::decide::{Conditionals, OutcomeProbabilities, OwnRhythm, lasting};
use crate::features::{FeatureSchema, SILENCE_FEATURE};
use crate::learn::{Explained, Explainer, LearnError, LogOddsPrediction, Model, Uncertainty};
use crate::maths::special::probability;
use crate::units::Days;

/// The feature that tells how long a silence is in the own rhythm, and the one that tells the rhythm itself.
const RATIO: &str = "overdue_to_mean_ratio";
const GAP: &str = "gap_mean_days";

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

/// What the features of the median customer add to the log-odds of each part, before calibration; of a version without medians
/// nothing.
pub(super) struct MedianCustomer(Vec<Vec<f64>>);

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
    medians: &'a Medians,
    churn: Part<'a>,
    /// Never and last.
    heads: Option<[Part<'a>; 2]>,
    /// How long they looked for a return.
    follow_up: Days,
    rhythm: RhythmReader,
    /// The feature that tells of the silence in the own rhythm, among all.
    teller: Option<usize>,
    /// The one that tells of the rhythm.
    pace: Option<usize>,
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
    /// The same less what the feature would add if it were that of the median customer.
    pub(super) beside_median: Array2<f64>,
    /// These log-odds for an average customer, and for the one of the row.
    pub(super) ends: Vec<[f64; 2]>,
}

impl Said {
    /// What each feature adds to a row, by its place.
    pub(super) fn added(&self, place: usize) -> impl Iterator<Item = Added> {
        let parts = self.contributions.row(place).into_iter().zip(self.beside_median.row(place));
        parts.map(|(log_odds, beside_median)| Added { log_odds: *log_odds, beside_median: *beside_median })
    }
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
        let pace = schema.position(GAP).map(|_| place_of(GAP, &mut features)).or(teller);
        let rhythm = RhythmReader::of(version.medians, version.horizon, schema);
        let follow_up = version.heads.map_or(version.horizon, |heads| heads.follow_up);
        Self { medians: version.medians, churn, heads, follow_up, rhythm, teller, pace, features }
    }

    /// What the features of the median customer add at the cutoff of a dataset.
    pub(super) fn median_customer(&self, dataset: &Dataset) -> Result<MedianCustomer, LearnError> {
        let parts = || std::iter::once(&self.churn).chain(self.heads.iter().flatten());
        let Some(median) = dataset.of_nobody(|name| self.medians.get(name)).filter(|_| !self.medians.is_empty()) else {
            return Ok(MedianCustomer(parts().map(|part| vec![0.0; part.places.len()]).collect()));
        };
        let of_part = |part: &Part<'_>| Ok(part.explainer.explain(&median, &[0])?.contributions.row(0).to_vec());
        parts().map(of_part).collect::<Result<_, _>>().map(MedianCustomer)
    }

    /// What is said of some rows of a dataset with one cutoff.
    pub(super) fn say(
        &self,
        dataset: &Dataset,
        rows: &[usize],
        MedianCustomer(median): &MedianCustomer,
    ) -> Result<Said, LearnError> {
        let of_part = |part: usize| median.get(part).map_or(&[][..], Vec::as_slice);
        let churn = self.churn.say(dataset, rows, of_part(0))?;
        let heads = match &self.heads {
            Some([never, last]) => Some([never.say(dataset, rows, of_part(1))?, last.say(dataset, rows, of_part(2))?]),
            None => None,
        };
        let mut said = Said {
            prediction: LogOddsPrediction::default(),
            variances: Vec::new(),
            forecasts: Vec::with_capacity(rows.len()),
            contributions: Array2::zeros((rows.len(), self.features.len())),
            beside_median: Array2::zeros((rows.len(), self.features.len())),
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
            let (mut sums, mut beside) = (said.contributions.row_mut(place), said.beside_median.row_mut(place));
            let parts = std::iter::once((&self.churn, &churn))
                .chain(self.heads.iter().flatten().zip(heads.iter().flatten()))
                .zip(ways)
                .zip(steepness);
            let mut put = |feature: usize, added: Added| {
                sums[feature] += added.log_odds;
                beside[feature] += added.beside_median;
            };
            for (((part, said), way), steepness) in parts {
                part.add(said, (place, way.of_features), steepness, &mut put);
            }
            self.add_rhythm([usual, own], ways, steepness, &mut put);
            said.ends.push(path.ends(risk));
            said.forecasts.push(Forecast { churn: churn_probability, conditionals, gone_share, outcome });
        }
        said.prediction = churn.explained.prediction;
        said.variances = churn.explained.variances;
        Ok(said)
    }

    /// Adds what the own rhythm moves beside the features: how many are gone, and what heads say of a return.
    fn add_rhythm(
        &self,
        rhythms: [OwnRhythm; 2],
        ways: [Way; 3],
        steepness: [f64; 4],
        put: &mut impl FnMut(usize, Added),
    ) {
        let Some((teller, pace)) = self.teller.zip(self.pace) else { return };
        let of_heads: f64 = ways.iter().zip(steepness).map(|(way, steep)| steep * way.of_rhythm()).sum();
        let [of_silence, of_gone] = gone_share_moved(rhythms).map(|moved| steepness[3] * moved);
        // Whoever buys seldom is excused by that, however short or long the silence: it speaks against few orders. Of whoever
        // buys often a silence says the more.
        let of_pace = |log_odds: f64| (if log_odds < 0.0 { pace } else { teller }, log_odds);
        for (feature, log_odds) in [(teller, of_silence), of_pace(of_gone), of_pace(of_heads)] {
            put(feature, Added { log_odds, beside_median: log_odds });
        }
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

/// What silence and pace add to the share of those gone on the way from one rhythm to another.
fn gone_share_moved([usual, own]: [OwnRhythm; 2]) -> [f64; 2] {
    let mixed =
        [OwnRhythm { silence_days: own.silence_days, ..usual }, OwnRhythm { silence_days: usual.silence_days, ..own }];
    of_two([usual, mixed[0], mixed[1], own].map(|rhythm| rhythm.gone_share()))
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
    /// What each feature of the median customer adds.
    median: &'a [f64],
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

    fn say<'s>(&self, dataset: &Dataset, rows: &[usize], median: &'s [f64]) -> Result<PartSaid<'s>, LearnError>
    where
        'a: 's,
    {
        let level = dataset.cutoffs.first().map_or(0.0, |cutoff| self.model.base_log_odds(*cutoff));
        let calibrate = self.calibrator.at(level);
        let base = [level, calibrate.log_odds(level)];
        Ok(PartSaid { explained: self.explainer.explain(dataset, rows)?, median, base, calibrate })
    }

    /// Adds what each feature adds: its share of what the part moved after calibration, at the part's steepness.
    fn add(
        &self,
        said: &PartSaid<'_>,
        (place, [from, to]): (usize, [f64; 2]),
        steepness: f64,
        put: &mut impl FnMut(usize, Added),
    ) {
        let raw = said.explained.prediction.log_odds[place] - said.base[0];
        // A customer who is average in sum has features that raise and lower as much.
        let stretch = if raw.abs() > 1e-9 { (to - from) / raw } else { 1.0 };
        let scale = steepness * stretch;
        let own = said.explained.contributions.row(place);
        for ((feature, log_odds), median) in self.places.iter().zip(own).zip(said.median) {
            put(*feature, Added { log_odds: scale * log_odds, beside_median: scale * (log_odds - median) });
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slow_pace_excuses_a_silence() {
        let rhythm = |silence_days, gap| OwnRhythm {
            silence_days,
            visits: 41.0,
            gap_mean_days: Some(gap),
            usual_gap_days: 30.0,
        };
        let (usual, slow) = (rhythm(30.0, 30.0), rhythm(90.0, 300.0));
        let [silence, pace] = gone_share_moved([usual, slow]);
        assert!(silence > 0.2 && pace < -0.4, "{silence} {pace}");
        assert!((silence + pace - (slow.gone_share() - usual.gone_share())).abs() < 1e-12, "nothing is lost");
        let [silence, pace] = gone_share_moved([usual, rhythm(30.0, 5.0)]);
        assert!(silence.abs() < 1e-12 && pace > 0.3, "{silence} {pace}");
    }
}
