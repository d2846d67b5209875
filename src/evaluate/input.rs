//! Owns what is handed to the evaluation, and refuses what cannot be evaluated.

use super::error::EvaluateError;
use super::prepared::Sample;
use super::slices::Slice;

/// Resamples needed for a 95 % interval: with fewer, its ends are the extremes.
pub const LEAST_RESAMPLES: u32 = 40;

/// The eligible customers of one test cutoff: a column each, all of the same length, in the order of customer ids
/// (equal scores are listed in the order of rows).
#[derive(Debug, Clone, PartialEq, Default)]
pub struct TestCutoff {
    /// The date of the cutoff.
    pub cutoff: String,
    /// A number for each customer, the same at every cutoff.
    pub customer: Vec<u32>,
    /// Whether the customer left.
    pub churned: Vec<bool>,
    /// What the customer is worth, in any one unit; for example the revenue of the past year.
    pub value: Vec<f64>,
    /// What each learner and rule says; the same ones at every cutoff.
    pub scores: Vec<LearnerScores>,
    /// Groups of customers that are reported on their own.
    pub slices: Vec<Slice>,
}

/// What one learner says about the customers of a cutoff.
#[derive(Debug, Clone, PartialEq)]
pub struct LearnerScores {
    /// The learner's name.
    pub name: String,
    /// Whether the scores are churn probabilities; if not, only figures about order are given.
    pub is_probability: bool,
    /// A score for each customer; higher means more likely to leave. Value captured multiplies it by the value, so the
    /// scores of a rule should not be negative.
    pub values: Vec<f64>,
}

/// How an evaluation is made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// Where the random numbers of the bootstrap start.
    pub seed: u64,
    /// Resamples of the bootstrap, at least [`LEAST_RESAMPLES`]; 200 is usual.
    pub n_bootstrap: u32,
    /// Who is eligible, in words.
    pub population: String,
}

impl TestCutoff {
    /// The rows as one learner sees them.
    pub(super) fn sample(&self, learner: &str) -> Option<Sample<'_>> {
        let scores = self.scores.iter().find(|scores| scores.name == learner)?;
        let is_probability = scores.is_probability;
        Some(Sample { churned: &self.churned, scores: &scores.values, value: &self.value, is_probability })
    }

    /// The slice of that name.
    pub(super) fn slice(&self, name: &str) -> Option<&Slice> {
        self.slices.iter().find(|slice| slice.name == name)
    }

    fn check(&self) -> Result<(), EvaluateError> {
        self.check_length("the outcome", self.churned.len())?;
        self.check_length("the value", self.value.len())?;
        self.check_finite("the value", &self.value)?;
        self.slices.iter().try_for_each(|slice| self.check_slice(slice))?;
        for scores in &self.scores {
            let column = format!("learner `{}`", scores.name);
            self.check_length(&column, scores.values.len())?;
            self.check_finite(&column, &scores.values)?;
            self.check_probabilities(scores)?;
        }
        Ok(())
    }

    fn check_slice(&self, slice: &Slice) -> Result<(), EvaluateError> {
        self.check_length(&format!("slice `{}`", slice.name), slice.rows.len())?;
        match self.slices.iter().filter(|other| other.name == slice.name).count() {
            1 => Ok(()),
            count => {
                let (cutoff, slice) = (self.cutoff.clone(), slice.name.clone());
                Err(EvaluateError::SliceRepeated { cutoff, slice, count })
            }
        }
    }

    fn check_length(&self, column: &str, found: usize) -> Result<(), EvaluateError> {
        let expected = self.customer.len();
        if found == expected {
            return Ok(());
        }
        Err(EvaluateError::LengthDiffers { cutoff: self.cutoff.clone(), column: column.to_owned(), expected, found })
    }

    fn check_finite(&self, column: &str, values: &[f64]) -> Result<(), EvaluateError> {
        let Some((count, row, value)) = offenders(values, |value| !value.is_finite()) else { return Ok(()) };
        Err(EvaluateError::NotFinite { cutoff: self.cutoff.clone(), column: column.to_owned(), count, row, value })
    }

    fn check_probabilities(&self, scores: &LearnerScores) -> Result<(), EvaluateError> {
        let outside = |value: f64| scores.is_probability && !(0.0..=1.0).contains(&value);
        let Some((count, row, value)) = offenders(&scores.values, outside) else { return Ok(()) };
        let (cutoff, learner) = (self.cutoff.clone(), scores.name.clone());
        Err(EvaluateError::NotAProbability { cutoff, learner, count, row, value })
    }

    fn check_learner(&self, learner: &str) -> Result<(), EvaluateError> {
        let (cutoff, learner) = (self.cutoff.clone(), learner.to_owned());
        match self.scores.iter().filter(|scores| scores.name == learner).count() {
            1 => Ok(()),
            0 => {
                let known: Vec<String> = self.scores.iter().map(|scores| format!("`{}`", scores.name)).collect();
                Err(EvaluateError::LearnerMissing { cutoff, learner, known: known.join(", ") })
            }
            count => Err(EvaluateError::LearnerRepeated { cutoff, learner, count }),
        }
    }
}

/// How many values offend, and the first of them with its row.
fn offenders(values: &[f64], offends: impl Fn(f64) -> bool) -> Option<(usize, usize, f64)> {
    let mut found = values.iter().copied().enumerate().filter(|(_, value)| offends(*value));
    let (row, value) = found.next()?;
    Some((1 + found.count(), row, value))
}

/// Checks the whole input and names its learners: the main one, then the others in the order of first appearance.
///
/// # Errors
/// Any [`EvaluateError`].
pub(super) fn checked_learners<'a>(
    cutoffs: &'a [TestCutoff],
    main: &'a str,
    baselines: &[&'a str],
    settings: &Settings,
) -> Result<Vec<&'a str>, EvaluateError> {
    if cutoffs.iter().all(|cutoff| cutoff.customer.is_empty()) {
        return Err(EvaluateError::NoRows { n_cutoffs: cutoffs.len() });
    }
    if baselines.iter().all(|baseline| *baseline == main) {
        return Err(EvaluateError::NoBaseline { main: main.to_owned() });
    }
    if settings.n_bootstrap < LEAST_RESAMPLES {
        return Err(EvaluateError::TooFewResamples { n_bootstrap: settings.n_bootstrap, least: LEAST_RESAMPLES });
    }
    let named = cutoffs.iter().flat_map(|cutoff| &cutoff.scores).map(|scores| scores.name.as_str());
    let mut learners = vec![main];
    for learner in named.chain(baselines.iter().copied()) {
        if !learners.contains(&learner) {
            learners.push(learner);
        }
    }
    for cutoff in cutoffs {
        cutoff.check()?;
        learners.iter().try_for_each(|learner| cutoff.check_learner(learner))?;
    }
    Ok(learners)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::{Exit, Report};

    fn cutoff() -> TestCutoff {
        let scores = |name: &str, is_probability, values: &[f64]| LearnerScores {
            name: name.to_owned(),
            is_probability,
            values: values.to_vec(),
        };
        TestCutoff {
            cutoff: "2011-06-12".to_owned(),
            customer: vec![1, 2],
            churned: vec![true, false],
            value: vec![1.0, 2.0],
            scores: vec![scores("rule", false, &[80.0, 3.0]), scores("model", true, &[0.8, 0.3])],
            slices: Vec::new(),
        }
    }

    fn check(change: impl Fn(&mut TestCutoff)) -> Result<Vec<String>, EvaluateError> {
        let mut changed = cutoff();
        change(&mut changed);
        let settings = Settings { seed: 1, n_bootstrap: 40, population: String::new() };
        let cutoffs = [cutoff(), changed];
        checked_learners(&cutoffs, "model", &["rule"], &settings)
            .map(|names| names.into_iter().map(str::to_owned).collect())
    }

    #[test]
    fn the_main_learner_comes_first() {
        assert_eq!(check(|_| ()).unwrap(), ["model", "rule"]);
    }

    #[test]
    fn what_cannot_be_evaluated_is_refused_with_its_place() {
        let code = |change: fn(&mut TestCutoff)| check(change).unwrap_err().code();
        assert_eq!(code(|cutoff| cutoff.value.truncate(1)), "E412");
        assert_eq!(code(|cutoff| cutoff.slices.push(Slice { name: "new".to_owned(), rows: vec![true] })), "E412");
        assert_eq!(code(|cutoff| cutoff.scores[0].values[1] = f64::NAN), "E413");
        assert_eq!(code(|cutoff| cutoff.value[0] = f64::INFINITY), "E413");
        assert_eq!(code(|cutoff| cutoff.scores[1].values[1] = 1.2), "E414");
        assert_eq!(code(|cutoff| cutoff.scores.truncate(1)), "E415");
        assert_eq!(code(|cutoff| cutoff.scores[0].name = "model".to_owned()), "E416");
        let slice = || Slice { name: "new".to_owned(), rows: vec![true, false] };
        assert_eq!(check(|cutoff| cutoff.slices = vec![slice(), slice()]).unwrap_err().code(), "E419");
        let message = check(|cutoff| cutoff.scores[1].values[1] = 1.2).unwrap_err().to_string();
        let stated =
            "learner `model` at test cutoff 2011-06-12 gives probabilities outside 0 to 1 (rows: 1, e.g. row 1: 1.2)";
        assert_eq!(message, stated);
    }

    #[test]
    fn nothing_to_evaluate_or_to_compare_with_is_refused() {
        let settings = |n_bootstrap| Settings { seed: 1, n_bootstrap, population: String::new() };
        let code = |cutoffs: &[TestCutoff], baselines: &[&str], n_bootstrap| {
            let error = checked_learners(cutoffs, "model", baselines, &settings(n_bootstrap)).unwrap_err();
            (error.code(), error.exit())
        };
        assert_eq!(code(&[], &["rule"], 40), ("E411", Exit::DataRefused));
        assert_eq!(code(&[TestCutoff::default()], &["rule"], 40).0, "E411");
        assert_eq!(code(&[cutoff()], &["model"], 40), ("E417", Exit::CouldNotRun));
        assert_eq!(code(&[cutoff()], &["rule"], 39).0, "E418");
        assert_eq!(code(&[cutoff()], &["overdue"], 40).0, "E415");
    }
}
