//! Owns the evaluation as text: learners by figures, at most 80 columns wide.

use std::fmt;

use super::bootstrap::Interval;
use super::figures::TENTH;
use super::grade::{decimal, with_bounds};
use super::reliability::Reliability;
use super::report::{Evaluation, LearnerReport};
use crate::text::{shortened, wrapped};

const WIDTH: usize = 80;
const NAME_WIDTH: usize = 16;

/// Writes population, table and grade.
impl fmt::Display for Evaluation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_wrapped(f, &format!("Population: {}", self.population))?;
        writeln!(
            f,
            "{:NAME_WIDTH$}{:>22}{:>7}{:>7}{:>10}{:>9}{:>9}",
            "learner", "AUC [95 % interval]", "AP", "Brier", "log-loss", "lift@10", "value@10"
        )?;
        self.learners.iter().try_for_each(|learner| write_learner(f, learner))?;
        let n = self.n_bootstrap;
        write_wrapped(
            f,
            &format!(
                "Means over test cutoffs; lift and share of churners' value among the 10 % ranked first; intervals from {n} resamples of customers."
            ),
        )?;
        if !self.intervals_hold_fixed.is_empty() {
            write_wrapped(f, &format!("Intervals hold fixed: {}.", self.intervals_hold_fixed))?;
        }
        write_wrapped(f, &format!("Grade {}", self.verdict.sentence))?;
        self.write_calibration(f)
    }
}

impl Evaluation {
    /// A line for each test cutoff; nothing for rule scores.
    fn write_calibration(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(overall) = &self.calibration.overall else { return Ok(()) };
        let title = format!("calibration of {}", self.main);
        writeln!(f)?;
        writeln!(f, "{:20}{:>9}{:>6}{:>21}{:>24}", shortened(&title, 20), "expected", "left", "slope", "level")?;
        self.calibration.by_cutoff.iter().chain([overall]).try_for_each(|one| write_reliability(f, one))?;
        write_wrapped(
            f,
            "Slope below 1: too bold. Level above 0: more left than was predicted, in log-odds. Slices and tables by tenths \
             are in the JSON.",
        )
    }
}

fn write_reliability(f: &mut fmt::Formatter<'_>, one: &Reliability) -> fmt::Result {
    let interval = |figure: Option<Interval>| figure.map_or_else(|| "-".to_owned(), with_bounds);
    writeln!(
        f,
        "{:20}{:>9}{:>6}{:>21}{:>24}",
        shortened(&one.of, 20),
        shown(one.mean_probability),
        shown(one.churn_rate),
        interval(one.slope),
        interval(one.in_the_large)
    )
}

fn write_learner(f: &mut fmt::Formatter<'_>, learner: &LearnerReport) -> fmt::Result {
    let mean = &learner.mean;
    let at_tenth = |series: &[super::metrics::AtFraction<Option<Interval>>]| series.get(TENTH).and_then(|at| at.value);
    let (lift, value) = (at_tenth(&mean.lift), at_tenth(&mean.value_captured));
    writeln!(
        f,
        "{:NAME_WIDTH$}{:>22}{:>7}{:>7}{:>10}{:>9}{:>9}",
        shortened(&learner.name, NAME_WIDTH),
        mean.auc.map_or_else(|| "-".to_owned(), with_bounds),
        shown(mean.average_precision),
        shown(mean.brier),
        shown(mean.log_loss),
        shown(lift),
        shown(value)
    )
}

fn shown(figure: Option<Interval>) -> String {
    figure.map_or_else(|| "-".to_owned(), |figure| decimal(figure.estimate))
}

/// Writes text in lines of at most [`WIDTH`] characters, broken at spaces.
fn write_wrapped(f: &mut fmt::Formatter<'_>, sentence: &str) -> fmt::Result {
    wrapped(sentence, WIDTH).iter().try_for_each(|line| writeln!(f, "{line}"))
}

#[cfg(test)]
mod tests {
    use super::super::input::{LearnerScores, Settings, TestCutoff};
    use super::super::report::evaluate;

    fn text() -> String {
        let scores =
            |name: &str, is_probability, values| LearnerScores { name: name.to_owned(), is_probability, values };
        let cutoff = TestCutoff {
            cutoff: "2011-06-12".to_owned(),
            customer: (0..40).collect(),
            churned: (0..40).map(|row| row % 3 == 0).collect(),
            value: vec![10.0; 40],
            scores: vec![
                scores("blend", true, (0..40_u32).map(|row| if row % 3 == 0 { 0.75 } else { 0.25 }).collect()),
                scores("a rule with a very long name", false, (0..40_u32).map(f64::from).collect()),
            ],
            slices: Vec::new(),
        };
        let population = "at least 1 purchase, the last one within the 180 days before the cutoff".to_owned();
        let settings = Settings { seed: 1, n_bootstrap: 40, population };
        evaluate(&[cutoff], "blend", &["a rule with a very long name"], &settings).unwrap().to_string()
    }

    #[test]
    fn the_table_names_its_population_and_fits_80_columns() {
        let text = text();
        assert!(text.starts_with("Population: 40 rows of 40 customers at 1 test cutoff (2011-06-12), 35.0 %"));
        assert!(text.contains("\nGrade A: AUC 1.000 [1.000, 1.000], +"));
        assert!(text.lines().all(|line| line.chars().count() <= 80 && !line.ends_with(' ')), "{text}");
    }

    #[test]
    fn a_rule_shows_dashes_where_a_probability_is_needed() {
        let text = text();
        let line = |start: &str| text.lines().find(|line| line.starts_with(start)).map(str::to_owned).unwrap();
        assert_eq!(line("a rule with a v…").split_whitespace().filter(|word| *word == "-").count(), 2);
        let blend = line("blend");
        assert!(blend.contains(".062") && blend.contains(".288") && !blend.contains(" - "), "{blend}");
    }
}
