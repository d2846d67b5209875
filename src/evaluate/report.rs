//! Owns the evaluation of a backtest as one value: what is computed, in which order, and under which names.

use serde::{Deserialize, Serialize};

use super::bootstrap::{Customers, Draws, HELD_FIXED, Interval, Resampling, bootstrap};
use super::error::EvaluateError;
use super::figures::{N_FIGURES, N_SLICE_FIGURES};
use super::grade::{Baseline, CutoffPopulation, Population, Verdict};
use super::input::{Settings, TestCutoff, checked_learners};
use super::metrics::{Metrics, place};
use super::prepared::Prepared;
use super::reliability::ReliabilityReport;
use super::slices::{self, SliceReport};
use super::threshold_curves::ThresholdCurves;

/// Everything that is said about quality at test cutoffs: each lies after all that the model tested there has learnt from
/// or chosen by. Means are over the cutoffs; intervals are 95 % percentile intervals from resamples of customers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Evaluation {
    /// Whom the figures are about.
    pub population: Population,
    /// The grade of the main learner.
    pub verdict: Verdict,
    /// The learner that is graded.
    pub main: String,
    /// Resamples of customers drawn for each interval; those that leave a figure undefined, at most half, do not count.
    pub n_bootstrap: u32,
    /// What the intervals hold fixed while customers are drawn anew; empty in files of earlier versions.
    #[serde(default)]
    pub intervals_hold_fixed: String,
    /// The main learner, then the others.
    pub learners: Vec<LearnerReport>,
    /// Whether the main learner's probabilities mean what they say.
    #[serde(default)]
    pub calibration: ReliabilityReport,
    /// The main learner and the best baseline over all thresholds; empty in files of earlier versions.
    #[serde(default)]
    pub curves: Vec<ThresholdCurves>,
    /// The main learner in each slice.
    pub slices: Vec<SliceReport>,
    /// The main learner against each other one.
    pub differences: Vec<PairedDifference>,
}

/// Quality of one learner.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct LearnerReport {
    /// The learner's name.
    pub name: String,
    /// Whether its scores are probabilities at every cutoff.
    pub is_probability: bool,
    /// Mean figures over the cutoffs that define them.
    pub mean: Metrics<Option<Interval>>,
    /// Figures at each cutoff.
    pub by_cutoff: Vec<CutoffReport>,
}

/// Quality of one learner at one cutoff.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct CutoffReport {
    /// Whom the figures are about.
    pub population: CutoffPopulation,
    /// The figures.
    pub metrics: Metrics<Option<f64>>,
}

/// Figures of the main learner minus those of another, on the same resamples; `None` where one of the two is undefined.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct PairedDifference {
    /// The other learner.
    pub other: String,
    /// Above 0, the main learner ranks better.
    pub auc: Option<Interval>,
    /// Above 0, the main learner ranks better.
    pub average_precision: Option<Interval>,
    /// Below 0, the main learner's probabilities are better.
    pub brier: Option<Interval>,
    /// Below 0, the main learner's probabilities are better.
    pub log_loss: Option<Interval>,
    /// Above 0, the main learner finds more value among the tenth ranked first.
    pub value_captured_at_tenth: Option<Interval>,
}

/// Evaluates all learners of a backtest and grades the main one against the baselines.
///
/// The result depends on the input and the seed alone, not on the number of threads.
///
/// # Errors
/// [`EvaluateError`] if there are no rows, columns differ in length, a number is not finite, a probability is outside
/// [0, 1], a learner is missing at a cutoff, no baseline is named, or fewer than 40 resamples are asked for.
pub fn evaluate(
    cutoffs: &[TestCutoff],
    main: &str,
    baselines: &[&str],
    settings: &Settings,
) -> Result<Evaluation, EvaluateError> {
    let learners = checked_learners(cutoffs, main, baselines, settings)?;
    let slice_names = slices::names(cutoffs.iter().map(|cutoff| cutoff.slices.as_slice()));
    // What follows can fail only above 2^32 rows, since the input is checked.
    let no_rows = || EvaluateError::NoRows { n_cutoffs: cutoffs.len() };
    let ids: Vec<&[u32]> = cutoffs.iter().map(|cutoff| cutoff.customer.as_slice()).collect();
    let customers = Customers::new(&ids).ok_or_else(no_rows)?;
    let ranked = Ranked::new(cutoffs, &learners, &slice_names).ok_or_else(no_rows)?;
    let resampling = Resampling { seed: settings.seed, n_replicates: settings.n_bootstrap };
    let draws = bootstrap(&customers, resampling, |cutoff, weights| ranked.figures(cutoff, weights));
    let population = population(cutoffs, customers.len() as usize, &settings.population);
    let verdict = verdict(&learners, baselines, &draws, population.clone());
    let with_curves: Vec<&str> = std::iter::once(main).chain(verdict.best_baseline.as_deref()).collect();
    Ok(Evaluation {
        curves: ThresholdCurves::of(cutoffs, &with_curves, resampling),
        verdict,
        main: main.to_owned(),
        n_bootstrap: settings.n_bootstrap,
        intervals_hold_fixed: HELD_FIXED.to_owned(),
        learners: learner_reports(cutoffs, &learners, &draws, &population),
        calibration: ReliabilityReport::new(cutoffs, main, &slice_names, resampling),
        slices: slice_reports(cutoffs, &slice_names, &draws, learners.len() * N_FIGURES),
        differences: (1..learners.len()).map(|other| PairedDifference::new(learners[other], other, &draws)).collect(),
        population,
    })
}

/// Every learner and slice at every cutoff, ranked once. Figures come as one flat list: those of each learner in turn,
/// then those of each slice.
struct Ranked {
    by_cutoff: Vec<(Vec<Prepared>, Vec<Prepared>)>,
}

impl Ranked {
    fn new(cutoffs: &[TestCutoff], learners: &[&str], slice_names: &[&str]) -> Option<Self> {
        let of_cutoff = |cutoff: &TestCutoff| {
            let prepare_learner = |learner: &&str| Prepared::all_rows(&cutoff.sample(learner)?);
            let main = cutoff.sample(learners.first()?)?;
            let prepare_slice = |name: &&str| slices::prepare(&main, cutoff.slice(name));
            let of_learners = learners.iter().map(prepare_learner).collect::<Option<Vec<_>>>()?;
            Some((of_learners, slice_names.iter().map(prepare_slice).collect::<Option<Vec<_>>>()?))
        };
        Some(Self { by_cutoff: cutoffs.iter().map(of_cutoff).collect::<Option<_>>()? })
    }

    fn figures(&self, cutoff: usize, weights: &[u32]) -> Vec<Option<f64>> {
        let (learners, slices) = &self.by_cutoff[cutoff];
        let of_learners = learners.iter().flat_map(|learner| learner.figures(weights));
        of_learners.chain(slices.iter().flat_map(|slice| slice.slice_figures(weights))).collect()
    }
}

/// Whom figures about some cutoffs are about.
pub(super) fn population(cutoffs: &[TestCutoff], n_customers: usize, eligibility: &str) -> Population {
    let of_cutoff = |cutoff: &TestCutoff| {
        let (n, n_churned) = (cutoff.churned.len(), cutoff.churned.iter().filter(|churned| **churned).count());
        let churn_rate = (n > 0).then(|| n_churned as f64 / n as f64);
        CutoffPopulation { cutoff: cutoff.cutoff.clone(), n, n_churned, churn_rate }
    };
    let by_cutoff: Vec<CutoffPopulation> = cutoffs.iter().map(of_cutoff).collect();
    Population {
        eligibility: eligibility.to_owned(),
        n_rows: by_cutoff.iter().map(|cutoff| cutoff.n).sum(),
        n_customers,
        n_churned: by_cutoff.iter().map(|cutoff| cutoff.n_churned).sum(),
        cutoffs: by_cutoff,
    }
}

fn learner_reports(
    cutoffs: &[TestCutoff],
    learners: &[&str],
    draws: &Draws,
    population: &Population,
) -> Vec<LearnerReport> {
    let report = |(index, name): (usize, &&str)| {
        let first = index * N_FIGURES;
        let at_cutoff = |(cutoff, population): (usize, &CutoffPopulation)| {
            let figures = std::array::from_fn(|figure| draws.at_cutoff(cutoff)[first + figure]);
            CutoffReport { population: population.clone(), metrics: Metrics::from_figures(figures) }
        };
        LearnerReport {
            name: (*name).to_owned(),
            is_probability: cutoffs
                .iter()
                .all(|cutoff| cutoff.sample(name).is_some_and(|sample| sample.is_probability)),
            mean: Metrics::from_figures(std::array::from_fn(|figure| draws.interval(first + figure))),
            by_cutoff: population.cutoffs.iter().enumerate().map(at_cutoff).collect(),
        }
    };
    learners.iter().enumerate().map(report).collect()
}

fn verdict(learners: &[&str], baselines: &[&str], draws: &Draws, population: Population) -> Verdict {
    let others = learners.iter().enumerate().skip(1).filter(|(_, name)| baselines.contains(name));
    let compared = others.map(|(index, name)| {
        let auc = index * N_FIGURES + place::AUC;
        Baseline { name, auc: draws.interval(auc), difference: draws.difference(place::AUC, auc) }
    });
    let baselines: Vec<Baseline<'_>> = compared.collect();
    Verdict::new(draws.interval(place::AUC), &baselines, population)
}

fn slice_reports(cutoffs: &[TestCutoff], names: &[&str], draws: &Draws, first: usize) -> Vec<SliceReport> {
    let report = |(index, name): (usize, &&str)| {
        let counts = cutoffs.iter().map(|cutoff| slices::count(cutoff.slice(name), &cutoff.churned));
        let counts = counts.fold((0, 0), |(n, left), (more, more_left)| (n + more, left + more_left));
        SliceReport::from_draws(name, counts, draws, first + index * N_SLICE_FIGURES)
    };
    names.iter().enumerate().map(report).collect()
}

impl PairedDifference {
    fn new(name: &str, index: usize, draws: &Draws) -> Self {
        let difference = |figure: usize| draws.difference(figure, index * N_FIGURES + figure);
        Self {
            other: name.to_owned(),
            auc: difference(place::AUC),
            average_precision: difference(place::AVERAGE_PRECISION),
            brier: difference(place::BRIER),
            log_loss: difference(place::LOG_LOSS),
            value_captured_at_tenth: difference(place::VALUE_CAPTURED_TENTH),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::grade::Grade;
    use super::super::input::LearnerScores;
    use super::super::slices::Slice;
    use super::*;

    /// Customers `first..first + n` whose true chance to leave is `p`; a model that knows `p`, a rule that half knows it.
    fn cutoff(date: &str, first: u32, n: u32) -> TestCutoff {
        let noise = |id: u32, factor: u32| f64::from(id.wrapping_mul(factor) >> 8) / f64::from(1_u32 << 24);
        let ids: Vec<u32> = (first..first + n).collect();
        let p: Vec<f64> = ids.iter().map(|&id| 0.05 + 0.9 * noise(id, 2_654_435_769)).collect();
        let rule = ids.iter().zip(&p).map(|(&id, p)| 30.0 * (p + 1.5 * noise(id, 3_266_489_917))).collect();
        let scores =
            |name: &str, is_probability, values| LearnerScores { name: name.to_owned(), is_probability, values };
        TestCutoff {
            cutoff: date.to_owned(),
            churned: ids.iter().zip(&p).map(|(&id, &p)| noise(id, 2_246_822_519) < p).collect(),
            value: ids.iter().map(|&id| f64::from(id % 97)).collect(),
            slices: vec![Slice { name: "complainers".to_owned(), rows: ids.iter().map(|id| id % 5 == 0).collect() }],
            scores: vec![
                scores("overdue rule", false, rule),
                scores("mean", true, vec![0.5; p.len()]),
                scores("blend", true, p),
            ],
            customer: ids,
        }
    }

    fn run(cutoffs: &[TestCutoff]) -> Evaluation {
        let settings = Settings { seed: 3, n_bootstrap: 100, population: "a purchase in the last 180 days".to_owned() };
        evaluate(cutoffs, "blend", &["overdue rule", "mean"], &settings).unwrap()
    }

    fn two_cutoffs() -> [TestCutoff; 2] {
        [cutoff("2011-06-12", 0, 1500), cutoff("2011-07-12", 500, 1500)]
    }

    #[test]
    fn means_intervals_and_differences_belong_together() {
        let evaluation = run(&two_cutoffs());
        let main = &evaluation.learners[0];
        let by_cutoff: Vec<f64> = main.by_cutoff.iter().map(|report| report.metrics.auc.unwrap()).collect();
        let auc = main.mean.auc.unwrap();
        assert!((auc.estimate - by_cutoff.iter().sum::<f64>() / 2.0).abs() < 1e-15);
        assert!(auc.low < auc.estimate && auc.estimate < auc.high);
        let difference = &evaluation.differences[0];
        assert_eq!((difference.other.as_str(), difference.brier), ("overdue rule", None));
        let rule = evaluation.learners[1].mean.auc.unwrap();
        assert!((difference.auc.unwrap().estimate - (auc.estimate - rule.estimate)).abs() < 1e-15);
        assert!(evaluation.differences[1].log_loss.unwrap().high < 0.0);
        assert_eq!(
            (evaluation.verdict.grade, evaluation.verdict.best_baseline.as_deref()),
            (Grade::A, Some("overdue rule"))
        );
    }

    #[test]
    fn populations_slices_and_reliability_count_every_row() {
        let evaluation = run(&two_cutoffs());
        let population = &evaluation.population;
        assert_eq!((population.n_rows, population.n_customers, population.cutoffs.len()), (3000, 2000, 2));
        let overall = evaluation.calibration.overall.as_ref().unwrap();
        assert_eq!((overall.n, overall.bins.iter().map(|bin| bin.n).sum::<u64>()), (3000, 3000));
        assert_eq!((evaluation.slices[0].n, evaluation.slices.len()), (600, 1));
        assert!(evaluation.slices[0].auc.is_some());
        let slope = evaluation.learners[0].mean.calibration_slope.unwrap();
        assert!(slope.low < 1.0 && slope.high > 1.0, "{slope:?}");
    }

    #[test]
    fn an_evaluation_survives_json_and_does_not_depend_on_threads() {
        let evaluation = run(&two_cutoffs());
        let json = serde_json::to_string(&evaluation).unwrap();
        assert_eq!(serde_json::from_str::<Evaluation>(&json).unwrap(), evaluation);
        let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
        assert_eq!(pool.install(|| run(&two_cutoffs())), evaluation);
    }

    #[test]
    fn one_outcome_or_one_customer_leaves_figures_out() {
        let mut stayed = cutoff("2011-06-12", 0, 60);
        stayed.churned.fill(false);
        let evaluation = run(&[stayed, TestCutoff { cutoff: "2011-07-12".to_owned(), ..cutoff("", 0, 0) }]);
        let mean = &evaluation.learners[0].mean;
        assert_eq!((mean.auc, mean.calibration_slope, evaluation.verdict.grade), (None, None, Grade::C));
        assert!(mean.brier.is_some());
        let one = run(&[cutoff("2011-06-12", 4, 1)]);
        assert_eq!((one.population.n_rows, one.learners[0].mean.auc), (1, None));
        assert!(!serde_json::to_string(&one).unwrap().contains("NaN"));
    }
}
