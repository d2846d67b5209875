//! Owns the verdict: whether the main learner beats the best rule by more than chance, and in which population.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::bootstrap::Interval;
use crate::text::counted;

/// Lower bound of the difference in AUC from which a learner is graded [`Grade::A`].
pub const CLEAR_GAIN: f64 = 0.02;

/// How far the main learner is ahead of the best baseline. The main learner is always the same one; the baseline is the one
/// that did best on these very test rows, so that chance favours the baseline and the grade errs on the strict side.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, schemars::JsonSchema)]
pub enum Grade {
    /// Clearly: the lower bound of the paired difference in AUC is at least [`CLEAR_GAIN`].
    A,
    /// Beyond chance: the lower bound is above 0.
    B,
    /// Not shown: the rule does as well, or there are too few customers to tell.
    C,
}

impl Grade {
    /// The grade that a paired difference in AUC earns; without a difference it is [`Grade::C`].
    ///
    /// ```
    /// use retain::evaluate::{bootstrap::Interval, grade::Grade};
    /// let ahead = |low| Some(Interval { estimate: 0.03, low, high: 0.05 });
    /// assert_eq!([ahead(0.02), ahead(0.001), ahead(0.0), None].map(Grade::of), [Grade::A, Grade::B, Grade::C, Grade::C]);
    /// ```
    #[must_use]
    pub fn of(difference: Option<Interval>) -> Self {
        match difference {
            Some(difference) if difference.low >= CLEAR_GAIN => Self::A,
            Some(difference) if difference.low > 0.0 => Self::B,
            _ => Self::C,
        }
    }
}

impl fmt::Display for Grade {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::A => "A",
            Self::B => "B",
            Self::C => "C",
        })
    }
}

/// The customers of one test cutoff.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct CutoffPopulation {
    /// The date of the cutoff.
    pub cutoff: String,
    /// Eligible customers.
    pub n: usize,
    /// How many of them left.
    pub n_churned: usize,
    /// The share that left; `None` without customers.
    pub churn_rate: Option<f64>,
}

/// Whom the figures are about; no figure is shown without it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Population {
    /// Who is eligible, in words.
    pub eligibility: String,
    /// Rows over all test cutoffs.
    pub n_rows: usize,
    /// Distinct customers.
    pub n_customers: usize,
    /// Rows whose customer left.
    pub n_churned: usize,
    /// The test cutoffs.
    pub cutoffs: Vec<CutoffPopulation>,
}

/// Writes, for example, `12,345 rows of 4,321 customers at 2 test cutoffs (2011-06-12 to 2011-07-12), 41.2 % churned;
/// eligible: ...`.
impl fmt::Display for Population {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (rows, customers) = (counted(self.n_rows as u64, "row"), counted(self.n_customers as u64, "customer"));
        write!(f, "{rows} of {customers} at {}", counted(self.cutoffs.len() as u64, "test cutoff"))?;
        match self.cutoffs.as_slice() {
            [] => {}
            [only] => write!(f, " ({})", only.cutoff)?,
            [first, .., last] => write!(f, " ({} to {})", first.cutoff, last.cutoff)?,
        }
        if self.n_rows > 0 {
            write!(f, ", {:.1} % churned", 100.0 * self.n_churned as f64 / self.n_rows as f64)?;
        }
        write!(f, "; eligible: {}", self.eligibility)
    }
}

/// The grade with the figures behind it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Verdict {
    /// The grade.
    pub grade: Grade,
    /// Mean AUC of the main learner.
    pub auc: Option<Interval>,
    /// The baseline with the highest mean AUC on the same test rows, its luck included; `None` if the AUC is undefined.
    pub best_baseline: Option<String>,
    /// AUC of the main learner minus that of the best baseline, on the same resamples.
    pub difference: Option<Interval>,
    /// Grade and figures in one sentence.
    pub sentence: String,
    /// Whom the figures are about.
    pub population: Population,
}

/// A baseline as the verdict sees it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Baseline<'a> {
    pub(super) name: &'a str,
    pub(super) auc: Option<Interval>,
    /// AUC of the main learner minus that of the baseline.
    pub(super) difference: Option<Interval>,
}

impl Verdict {
    /// Grades the main learner against the baseline of highest mean AUC, the first one named if several are equal.
    pub(super) fn new(auc: Option<Interval>, baselines: &[Baseline<'_>], population: Population) -> Self {
        let mut best: Option<(&Baseline<'_>, f64)> = None;
        for (baseline, mean) in baselines.iter().filter_map(|baseline| Some((baseline, baseline.auc?.estimate))) {
            if best.is_none_or(|(_, highest)| mean > highest) {
                best = Some((baseline, mean));
            }
        }
        let best = best.map(|(baseline, _)| baseline);
        let difference = best.and_then(|baseline| baseline.difference);
        let grade = Grade::of(difference);
        let sentence = match (auc, best, difference) {
            (Some(auc), Some(best), Some(difference)) => {
                format!(
                    "{grade}: AUC {}, {} over the best baseline ({})",
                    with_bounds(auc),
                    gain(difference),
                    best.name
                )
            }
            _ => format!("{grade}: the test rows are too few or too one-sided for an AUC"),
        };
        Self { grade, auc, best_baseline: best.map(|best| best.name.to_owned()), difference, sentence, population }
    }
}

/// Writes the sentence and the population.
impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}; on {}", self.sentence, self.population)
    }
}

/// A figure with three decimals and no leading zero.
///
/// ```
/// use retain::evaluate::grade::decimal;
/// assert_eq!([0.7866, -0.012, 1.0, -0.0001].map(decimal), [".787", "-.012", "1.000", ".000"]);
/// ```
#[must_use]
pub fn decimal(figure: f64) -> String {
    let text = format!("{figure:.3}");
    let (sign, digits) = text.strip_prefix('-').map_or(("", text.as_str()), |digits| ("-", digits));
    let shown = digits.strip_prefix('0').unwrap_or(digits);
    if shown == ".000" { shown.to_owned() } else { format!("{sign}{shown}") }
}

/// A figure with its interval, for example `.787 [.772, .801]`.
#[must_use]
pub fn with_bounds(interval: Interval) -> String {
    format!("{} [{}, {}]", decimal(interval.estimate), decimal(interval.low), decimal(interval.high))
}

/// A difference with its interval; a positive one carries a plus.
fn gain(interval: Interval) -> String {
    let text = with_bounds(interval);
    if interval.estimate >= 0.0005 { format!("+{text}") } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn population() -> Population {
        let cutoff =
            |date: &str| CutoffPopulation { cutoff: date.to_owned(), n: 500, n_churned: 200, churn_rate: Some(0.4) };
        Population {
            eligibility: "a purchase in the last 180 days".to_owned(),
            n_rows: 1000,
            n_customers: 640,
            n_churned: 400,
            cutoffs: vec![cutoff("2011-06-12"), cutoff("2011-07-12")],
        }
    }

    fn interval(estimate: f64, low: f64, high: f64) -> Interval {
        Interval { estimate, low, high }
    }

    #[test]
    fn the_sentence_names_the_best_baseline() {
        let overdue = Baseline {
            name: "overdue rule",
            auc: Some(interval(0.775, 0.0, 1.0)),
            difference: Some(interval(0.012, 0.004, 0.02)),
        };
        let recency = Baseline {
            name: "recency rule",
            auc: Some(interval(0.66, 0.0, 1.0)),
            difference: Some(interval(0.127, 0.1, 0.2)),
        };
        let verdict = Verdict::new(Some(interval(0.787, 0.772, 0.801)), &[recency, overdue], population());
        assert_eq!(
            verdict.sentence,
            "B: AUC .787 [.772, .801], +.012 [.004, .020] over the best baseline (overdue rule)"
        );
        assert!(verdict.to_string().ends_with(
            "; on 1,000 rows of 640 customers at 2 test cutoffs (2011-06-12 to 2011-07-12), 40.0 % churned; \
             eligible: a purchase in the last 180 days"
        ));
    }

    #[test]
    fn falling_behind_or_no_figure_is_a_c() {
        let rule = Baseline {
            name: "rule",
            auc: Some(interval(0.8, 0.7, 0.9)),
            difference: Some(interval(-0.013, -0.03, 0.01)),
        };
        let behind = Verdict::new(Some(interval(0.787, 0.772, 0.801)), &[rule], population());
        assert_eq!(behind.sentence, "C: AUC .787 [.772, .801], -.013 [-.030, .010] over the best baseline (rule)");
        let undefined = Baseline { name: "rule", auc: None, difference: None };
        let none = Verdict::new(None, &[undefined], population());
        assert_eq!((none.grade, none.best_baseline), (Grade::C, None));
        assert_eq!(none.sentence, "C: the test rows are too few or too one-sided for an AUC");
    }

    #[test]
    fn words_agree_with_their_numbers() {
        let mut one = population();
        (one.n_rows, one.n_customers, one.n_churned) = (1, 1, 0);
        one.cutoffs.truncate(1);
        assert!(one.to_string().starts_with("1 row of 1 customer at 1 test cutoff (2011-06-12), 0.0 % churned"));
    }
}
