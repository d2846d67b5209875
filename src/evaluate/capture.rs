//! Owns how well customers can be ranked by what they will spend: the share of the spend that came which the tenth
//! ranked first made, with intervals.

use std::fmt;

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::bootstrap::{Customers, Interval, Resampling, bootstrap};
use super::grade::with_bounds;
use crate::text::{counted, wrapped};

/// Share of the customers that counts as ranked first.
const TOP_SHARE: f64 = 0.1;
const WIDTH: usize = 80;

/// Customers at a cutoff, by what they are ranked, and what came.
#[derive(Debug, Clone, PartialEq)]
pub struct SpendCutoff {
    /// The cutoff.
    pub cutoff: String,
    /// The number of each customer.
    pub customer: Vec<u32>,
    /// What each customer spent after the cutoff, not negative.
    pub came: Vec<f64>,
    /// Scores by which customers are ranked, the highest first: a name, and one score for each customer. The same names
    /// in the same order at every cutoff.
    pub rankings: Vec<(&'static str, Vec<f64>)>,
}

/// What rankings by value found, as means over the cutoffs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct CaptureReport {
    /// Who was ranked, in words.
    pub population: String,
    /// The cutoffs.
    pub cutoffs: Vec<String>,
    /// Different customers.
    pub n_customers: usize,
    /// What came at all cutoffs together, in major units.
    pub spend: f64,
    /// The rankings; the first is the one compared with the others.
    pub rankings: Vec<RankingCapture>,
    /// Resamples of customers drawn for each interval, the value models held fixed.
    pub n_bootstrap: u32,
}

/// What one ranking found.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct RankingCapture {
    /// What customers were ranked by.
    pub name: String,
    /// Share of the spend that the tenth ranked first made; customers of equal score at the edge count in proportion.
    pub share: Option<Interval>,
    /// What the first ranking found beyond it, on the same resamples.
    pub first_is_ahead_by: Option<Interval>,
}

/// A ranking as a sequence of rows.
struct Ranked {
    rows: Vec<RankedRow>,
}

struct RankedRow {
    row: usize,
    came: f64,
    /// Rows of equal score stand together; whether this is the last of them.
    ends_tie: bool,
}

/// What is shared out at a cutoff in a resample.
struct Whole {
    customers: f64,
    came: f64,
}

impl Whole {
    fn of(came: &[f64], weights: &[u32]) -> Self {
        let mut whole = Self { customers: 0.0, came: 0.0 };
        for (came, weight) in came.iter().zip(weights) {
            let weight = f64::from(*weight);
            whole.customers += weight;
            whole.came += weight * came;
        }
        whole
    }
}

impl Ranked {
    fn by(scores: &[f64], came: &[f64]) -> Self {
        let mut order: Vec<usize> = (0..scores.len()).collect();
        order.par_sort_by(|a, b| scores[*b].total_cmp(&scores[*a]));
        let ends_tie = |place: usize| {
            order.get(place + 1).is_none_or(|next| scores[*next].total_cmp(&scores[order[place]]).is_ne())
        };
        let row = |(place, row): (usize, &usize)| RankedRow { row: *row, came: came[*row], ends_tie: ends_tie(place) };
        Self { rows: order.iter().enumerate().map(row).collect() }
    }

    /// The share of what came that the tenth ranked first made; `None` if nothing came.
    fn captured(&self, weights: &[u32], whole: &Whole) -> Option<f64> {
        let (mut wanted, mut captured) = (TOP_SHARE * whole.customers, 0.0);
        let (mut size, mut spent) = (0.0, 0.0);
        for RankedRow { row, came, ends_tie } in &self.rows {
            let weight = f64::from(weights[*row]);
            size += weight;
            spent += weight * came;
            if *ends_tie {
                let part = if size > wanted { wanted / size } else { 1.0 };
                captured += part * spent;
                wanted -= part * size;
                if wanted <= 0.0 {
                    break;
                }
                (size, spent) = (0.0, 0.0);
            }
        }
        (whole.came > 0.0).then(|| captured / whole.came)
    }
}

/// Compares rankings of customers by what came; `None` without any customer.
#[must_use]
pub fn captures(tests: &[SpendCutoff], population: &str, resampling: Resampling) -> Option<CaptureReport> {
    let ids: Vec<&[u32]> = tests.iter().map(|test| test.customer.as_slice()).collect();
    let customers = Customers::new(&ids).filter(|customers| !customers.is_empty())?;
    let ranked: Vec<Vec<Ranked>> = tests
        .iter()
        .map(|test| test.rankings.iter().map(|(_, scores)| Ranked::by(scores, &test.came)).collect())
        .collect();
    let figures = |cutoff: usize, weights: &[u32]| -> Vec<Option<f64>> {
        let whole = Whole::of(&tests[cutoff].came, weights);
        ranked[cutoff].iter().map(|ranking| ranking.captured(weights, &whole)).collect()
    };
    let draws = bootstrap(&customers, resampling, figures);
    let names = tests.first().map_or(&[][..], |test| test.rankings.as_slice()).iter().map(|(name, _)| *name);
    let ranking = |(place, name): (usize, &str)| RankingCapture {
        name: name.to_owned(),
        share: draws.interval(place),
        first_is_ahead_by: if place == 0 { None } else { draws.difference(0, place) },
    };
    Some(CaptureReport {
        population: population.to_owned(),
        cutoffs: tests.iter().map(|test| test.cutoff.clone()).collect(),
        n_customers: customers.len() as usize,
        spend: tests.iter().flat_map(|test| &test.came).sum(),
        rankings: names.enumerate().map(ranking).collect(),
        n_bootstrap: resampling.n_replicates,
    })
}

/// Writes the table, at most 80 columns wide.
impl fmt::Display for CaptureReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let who = counted(self.n_customers as u64, "customer");
        let cutoffs = counted(self.cutoffs.len() as u64, "cutoff");
        let head = format!("Spend that the tenth ranked first made, of {}: {who} at {cutoffs}", self.population);
        wrapped(&head, WIDTH).iter().try_for_each(|line| writeln!(f, "{line}"))?;
        writeln!(f, "{:30}{:>24}{:>26}", "ranked by", "share [95 % interval]", "predicted value is ahead")?;
        let shown = |figure: Option<Interval>| figure.map_or_else(|| "-".to_owned(), with_bounds);
        for ranking in &self.rankings {
            let ahead =
                if ranking.first_is_ahead_by.is_some() { shown(ranking.first_is_ahead_by) } else { String::new() };
            let line = format!("{:30}{:>24}{ahead:>26}", ranking.name, shown(ranking.share));
            writeln!(f, "{}", line.trim_end())?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Twenty customers, of whom two make nine tenths of the spend.
    fn test(cutoff: &str) -> SpendCutoff {
        let came: Vec<f64> = (0..20).map(|i| if i < 2 { 81.0 } else { 1.0 }).collect();
        let right: Vec<f64> = (0..20).map(|i| f64::from(20 - i)).collect();
        let wrong = right.iter().map(|score| -score).collect();
        SpendCutoff {
            cutoff: cutoff.to_owned(),
            customer: (0..20).collect(),
            came,
            rankings: vec![("predicted value", right), ("wrong", wrong), ("none", vec![1.0; 20])],
        }
    }

    #[test]
    fn shares_by_hand() {
        let report =
            captures(&[test("2024-01-01"), test("2024-02-01")], "all", Resampling { seed: 1, n_replicates: 100 })
                .unwrap();
        let share = |place: usize| report.rankings[place].share.unwrap().estimate;
        assert!((share(0) - 0.9).abs() < 1e-12 && (share(1) - 2.0 / 180.0).abs() < 1e-12);
        assert!((share(2) - 0.1).abs() < 1e-12, "equal scores count in proportion");
        assert!((report.spend - 360.0).abs() < 1e-9 && report.n_customers == 20);
        let ahead = report.rankings[2].first_is_ahead_by.unwrap();
        assert!((ahead.estimate - 0.8).abs() < 1e-12 && ahead.low < 0.8);
        assert_eq!(report.rankings[0].first_is_ahead_by, None);
    }

    #[test]
    fn the_table_fits_80_columns_and_nobody_is_none() {
        let text = captures(
            &[test("2024-01-01")],
            "everyone who had bought by the cutoff",
            Resampling { seed: 1, n_replicates: 60 },
        )
        .unwrap()
        .to_string();
        assert!(text.lines().all(|line| line.chars().count() <= 80 && !line.ends_with(' ')), "{text}");
        assert!(text.contains("20 customers at 1 cutoff"), "{text}");
        assert_eq!(captures(&[], "all", Resampling { seed: 1, n_replicates: 60 }), None);
        let nothing = SpendCutoff { came: vec![0.0; 20], ..test("2024-01-01") };
        assert_eq!(
            captures(&[nothing], "all", Resampling { seed: 1, n_replicates: 60 }).unwrap().rankings[0].share,
            None
        );
    }
}
