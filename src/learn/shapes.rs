//! The course of what a feature adds over its values: what a model says of groups of customers that are as large as each
//! other, from the lowest value to the highest.

use ndarray::ArrayView2;
use serde::{Deserialize, Serialize};

use crate::checked::{self, Checked, Flaw};
use crate::maths::quantiles::quantile;

/// Shapes that are kept: the others are weaker.
const MOST_SHAPES: usize = 12;
/// Steps of a shape at most.
const STEPS: usize = 10;
/// A step of fewer customers joins the one below it: its mean would say little, and its values would be those of persons.
const FEWEST: usize = 20;

/// What drives a model, on some customers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Drivers {
    /// The day that the customers are looked at.
    pub cutoff: jiff::civil::Date,
    /// Customers whose contributions were taken.
    pub n_customers: usize,
    /// Customers that training had on that day.
    pub of_customers: usize,
    /// The strongest first.
    pub shapes: Vec<Shape>,
}

/// What one feature adds to the log-odds, from its lowest values to its highest.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Shape {
    /// The feature.
    pub feature: String,
    /// Mean distance from zero of what it adds.
    pub mean_absolute_log_odds: f64,
    /// Customers by value, ascending.
    pub steps: Vec<ShapeStep>,
    /// Those without a value, if there are enough of them.
    pub missing: Option<MissingStep>,
}

/// Customers whose values are neighbours.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct ShapeStep {
    /// Their lowest value.
    pub from: f64,
    /// Their median.
    pub median: f64,
    /// Their highest value.
    pub to: f64,
    /// How many they are.
    pub n: usize,
    /// How many of them churned.
    pub n_churned: usize,
    /// Mean of what the feature adds.
    pub log_odds: f64,
    /// A tenth of them has less.
    pub low: f64,
    /// A tenth of them has more.
    pub high: f64,
}

/// Customers of whom the feature is not known.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct MissingStep {
    /// How many they are.
    pub n: usize,
    /// How many of them churned.
    pub n_churned: usize,
    /// Mean of what is added.
    pub log_odds: f64,
}

impl Checked for Drivers {
    fn check(&self) -> Result<(), Flaw> {
        checked::at_most("shapes", self.shapes.len(), MOST_SHAPES)?;
        checked::at_most("n_customers", self.n_customers, self.of_customers)?;
        for (number, shape) in self.shapes.iter().enumerate() {
            shape.check().map_err(|flaw| flaw.within(&format!("shapes[{number}]")))?;
        }
        Ok(())
    }
}

impl Checked for Shape {
    fn check(&self) -> Result<(), Flaw> {
        let any = f64::MIN..=f64::MAX;
        checked::at_most("steps", self.steps.len(), STEPS)?;
        let of_step = |step: &ShapeStep| [step.from, step.median, step.to, step.log_odds, step.low, step.high];
        checked::numbers("steps", self.steps.iter().flat_map(of_step), &any)?;
        checked::numbers("missing", self.missing.iter().map(|missing| missing.log_odds), &any)?;
        checked::number("mean_absolute_log_odds", self.mean_absolute_log_odds, &(0.0..=f64::MAX))
    }
}

/// The strongest shapes over some rows: their values and contributions, `(n_rows, n_features)`, and who churned. A feature
/// that is the same for all has none.
pub(super) fn strongest(
    features: &[String],
    values: ArrayView2<'_, f64>,
    contributions: ArrayView2<'_, f64>,
    churned: &[bool],
) -> Vec<Shape> {
    let columns = features.iter().zip(values.columns()).zip(contributions.columns());
    let of_feature =
        |((feature, values), added): ((&String, ndarray::ArrayView1<'_, f64>), ndarray::ArrayView1<'_, f64>)| {
            let customers = values.iter().zip(added).zip(churned);
            let customers: Vec<Customer> = customers
                .map(|((value, added), churned)| Customer { value: *value, added: *added, churned: *churned })
                .collect();
            shape(feature, &customers)
        };
    let mut shapes: Vec<Shape> = columns.filter_map(of_feature).collect();
    // By name where two are as strong.
    shapes.sort_by(|a, b| {
        b.mean_absolute_log_odds.total_cmp(&a.mean_absolute_log_odds).then_with(|| a.feature.cmp(&b.feature))
    });
    shapes.truncate(MOST_SHAPES);
    shapes
}

/// One feature of one customer.
#[derive(Debug, Clone, Copy)]
struct Customer {
    value: f64,
    added: f64,
    churned: bool,
}

fn shape(feature: &str, customers: &[Customer]) -> Option<Shape> {
    let (mut known, missing): (Vec<Customer>, Vec<Customer>) =
        customers.iter().partition(|customer| customer.value.is_finite());
    // Stable: equal values stay in the order of the rows.
    known.sort_by(|a, b| a.value.total_cmp(&b.value));
    let steps: Vec<ShapeStep> = groups(&known).into_iter().filter_map(step).collect();
    let mean_absolute_log_odds = mean(customers.iter().map(|customer| customer.added.abs()))?;
    let is_driver = steps.len() > 1 && mean_absolute_log_odds > 0.0;
    is_driver.then(|| Shape {
        feature: feature.to_owned(),
        mean_absolute_log_odds,
        steps,
        missing: (missing.len() >= FEWEST).then(|| missing_step(&missing)).flatten(),
    })
}

/// Customers in the order of their values, cut where tenths of them end; equal values are never parted.
fn groups(ascending: &[Customer]) -> Vec<&[Customer]> {
    let n = ascending.len();
    let mut ends: Vec<usize> = (1..=STEPS)
        .filter_map(|tenth| {
            let last = ascending.get((tenth * n / STEPS).checked_sub(1)?)?;
            Some(ascending.partition_point(|customer| customer.value <= last.value))
        })
        .collect();
    ends.dedup();
    let mut kept: Vec<usize> = Vec::new();
    for end in ends {
        let start = kept.last().copied().unwrap_or(0);
        if end - start >= FEWEST {
            kept.push(end);
        } else if end == n {
            // Too few are left above: they join those below.
            kept.pop();
            kept.push(n);
        }
    }
    let starts = std::iter::once(0).chain(kept.iter().copied());
    starts.zip(kept.iter()).map(|(start, end)| &ascending[start..*end]).collect()
}

fn step(customers: &[Customer]) -> Option<ShapeStep> {
    let values: Vec<f64> = customers.iter().map(|customer| customer.value).collect();
    let mut added: Vec<f64> = customers.iter().map(|customer| customer.added).collect();
    let log_odds = mean(added.iter().copied())?;
    added.sort_by(f64::total_cmp);
    Some(ShapeStep {
        from: *values.first()?,
        median: quantile(&values, 0.5)?,
        to: *values.last()?,
        n: customers.len(),
        n_churned: n_churned(customers),
        log_odds,
        low: quantile(&added, 0.1)?,
        high: quantile(&added, 0.9)?,
    })
}

fn missing_step(customers: &[Customer]) -> Option<MissingStep> {
    let log_odds = mean(customers.iter().map(|customer| customer.added))?;
    Some(MissingStep { n: customers.len(), n_churned: n_churned(customers), log_odds })
}

fn n_churned(customers: &[Customer]) -> usize {
    customers.iter().filter(|customer| customer.churned).count()
}

fn mean(values: impl Iterator<Item = f64>) -> Option<f64> {
    let (sum, n) = values.fold((0.0, 0_usize), |(sum, n), value| (sum + value, n + 1));
    (n > 0).then(|| sum / n as f64)
}

#[cfg(test)]
mod tests {
    use ndarray::Array2;

    use super::*;

    fn shapes(columns: &[(&str, Vec<f64>, Vec<f64>)], churned: &[bool]) -> Vec<Shape> {
        let names: Vec<String> = columns.iter().map(|(name, ..)| (*name).to_owned()).collect();
        let dim = (churned.len(), columns.len());
        let values = Array2::from_shape_fn(dim, |(row, column)| columns[column].1[row]);
        let added = Array2::from_shape_fn(dim, |(row, column)| columns[column].2[row]);
        strongest(&names, values.view(), added.view(), churned)
    }

    #[test]
    fn tenths_of_the_customers_have_the_mean_of_what_they_get_by_hand() {
        // Values 0 to 399, the square of their tenth added; every second churned.
        let values: Vec<f64> = (0..400).map(f64::from).collect();
        let added: Vec<f64> = values.iter().map(|value| (value / 40.0).floor().powi(2)).collect();
        let churned: Vec<bool> = (0..400).map(|row| row % 2 == 0).collect();
        let found = shapes(&[("a", values, added)], &churned);
        let steps = &found[0].steps;
        assert_eq!(steps.len(), 10);
        let nine = ShapeStep {
            from: 120.0,
            median: 139.5,
            to: 159.0,
            n: 40,
            n_churned: 20,
            log_odds: 9.0,
            low: 9.0,
            high: 9.0,
        };
        assert_eq!(steps[3], nine);
        assert!((found[0].mean_absolute_log_odds - 28.5).abs() < 1e-9);
        assert_eq!(found[0].missing, None);
    }

    #[test]
    fn equal_values_are_one_step_and_few_customers_join_those_below() {
        // Nine of ten have none; 35 have one, five have a hundred.
        let values: Vec<f64> = (0..400)
            .map(|row| {
                if row < 360 {
                    0.0
                } else if row < 395 {
                    1.0
                } else {
                    100.0
                }
            })
            .collect();
        let added: Vec<f64> = values.iter().map(|value| value.min(1.0) - 0.1).collect();
        let found = shapes(&[("a", values, added)], &vec![false; 400]);
        let ends: Vec<(f64, f64, usize)> = found[0].steps.iter().map(|step| (step.from, step.to, step.n)).collect();
        assert_eq!(ends, [(0.0, 0.0, 360), (1.0, 100.0, 40)]);
        // Five of 305 alone are no step of their own, and one step is no shape.
        let lone: Vec<f64> = (0..305).map(|row| if row < 300 { 0.0 } else { 1.0 }).collect();
        assert_eq!(shapes(&[("a", lone.clone(), lone)], &[false; 305]), []);
    }

    #[test]
    fn what_is_not_known_stands_aside_and_what_is_the_same_for_all_is_no_driver() {
        let values: Vec<f64> = (0..200).map(|row| if row < 50 { f64::NAN } else { f64::from(row) }).collect();
        let added: Vec<f64> = (0..200).map(|row| if row < 50 { -0.5 } else { 0.25 }).collect();
        let same = ("same", vec![3.0; 200], vec![9.0; 200]);
        let churned: Vec<bool> = (0..200).map(|row| row < 10).collect();
        let found = shapes(&[same, ("a", values, added)], &churned);
        assert_eq!(found.iter().map(|shape| shape.feature.as_str()).collect::<Vec<_>>(), ["a"]);
        assert_eq!(found[0].missing, Some(MissingStep { n: 50, n_churned: 10, log_odds: -0.5 }));
        assert_eq!(found[0].steps.iter().map(|step| step.n).sum::<usize>(), 150);
    }

    #[test]
    fn the_strongest_come_first() {
        let values: Vec<f64> = (0..100).map(f64::from).collect();
        let times = |factor: f64| values.iter().map(|value| factor * (value - 49.5)).collect::<Vec<f64>>();
        let columns = [("weak", values.clone(), times(0.01)), ("strong", values.clone(), times(-0.2))];
        let found = shapes(&columns, &[true; 100]);
        assert_eq!(found.iter().map(|shape| shape.feature.as_str()).collect::<Vec<_>>(), ["strong", "weak"]);
    }
}
