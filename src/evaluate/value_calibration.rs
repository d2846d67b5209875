//! Owns whether predicted values mean what they say: predicted beside actual net margin, by tenth of the predicted value
//! and for the customers ranked first.

use std::fmt;

use serde::Serialize;

use super::bootstrap::{Customers, Interval, Resampling, bootstrap};
use super::grade::with_bounds;
use crate::text::{counted, wrapped};
use crate::units::Days;

const TENTHS: usize = 10;
/// Sums of a group.
const N_SUMS: usize = 5;
/// How many of those ranked first are held against what came.
pub const FIRST: [usize; 3] = [10, 50, 100];
const WIDTH: usize = 80;

/// Customers of the list of a past day, what was predicted of them, and what came.
#[derive(Debug, Clone, PartialEq)]
pub struct ValueTest {
    /// The cutoff.
    pub cutoff: String,
    /// The number of each customer, ascending.
    pub customer: Vec<u32>,
    /// Predicted net margin of the days after the cutoff, in major units, not discounted.
    pub predicted: Vec<f64>,
    /// Predicted days with a purchase.
    pub predicted_visits: Vec<f64>,
    /// The net margin that came in them.
    pub actual: Vec<f64>,
    /// Days with a purchase in them.
    pub actual_visits: Vec<f64>,
    /// The rows in the order in which the list of that day would have had them.
    pub ranked: Vec<usize>,
}

/// Predicted beside actual net margin of the days after test cutoffs.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct ValueCalibration {
    /// Days after each cutoff.
    pub days: Days,
    /// Who was on the list, in words.
    pub population: String,
    /// The cutoffs.
    pub cutoffs: Vec<String>,
    /// Customers and cutoffs.
    pub n_rows: usize,
    /// Different customers.
    pub n_customers: usize,
    /// All rows; tenths by predicted value, the highest first; the first of the list at each cutoff.
    pub groups: Vec<ValueGroup>,
    /// Resamples of customers drawn for each interval; models, groups and lists are held fixed.
    pub n_bootstrap: u32,
}

/// Some rows, predicted and actual.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct ValueGroup {
    /// Which, in words.
    pub name: String,
    /// Rows in it, all cutoffs together.
    pub n_rows: usize,
    /// Mean predicted net margin of a row, in major units.
    pub mean_predicted: f64,
    /// Mean actual net margin of a row, in major units.
    pub mean_actual: Option<Interval>,
    /// Sum of what was predicted over the sum of what came: 1 is right, above 1 too much was predicted; `None` where
    /// nothing came.
    pub predicted_over_actual: Option<Interval>,
    /// The same of days with a purchase: the rest of the ratio is due to margin per purchase.
    pub visits_predicted_over_actual: Option<Interval>,
}

/// Rows of each cutoff that are looked at together.
struct Group {
    name: String,
    rows: Vec<Vec<usize>>,
}

impl Group {
    fn all_of(tests: &[ValueTest]) -> Vec<Self> {
        let rows_of = |name: String, rows: &dyn Fn(&ValueTest) -> Vec<usize>| Self {
            name,
            rows: tests.iter().map(rows).collect(),
        };
        let mut groups = vec![rows_of("all".to_owned(), &|test| (0..test.customer.len()).collect())];
        let by_predicted: Vec<Vec<usize>> = tests.iter().map(by_predicted).collect();
        for tenth in 0..TENTHS {
            let of_test = |order: &Vec<usize>| {
                let bound = |tenth: usize| order.len() * tenth / TENTHS;
                order[bound(tenth)..bound(tenth + 1)].to_vec()
            };
            let name = match tenth {
                0 => "tenth 1, highest".to_owned(),
                9 => "tenth 10, lowest".to_owned(),
                _ => format!("tenth {}", tenth + 1),
            };
            groups.push(Self { name, rows: by_predicted.iter().map(of_test).collect() });
        }
        for first in FIRST {
            let name = format!("first {first} of list");
            groups.push(rows_of(name, &|test| test.ranked.iter().take(first).copied().collect()));
        }
        groups
    }
}

/// The rows by what was predicted, the highest first, ties by customer.
fn by_predicted(test: &ValueTest) -> Vec<usize> {
    let mut order: Vec<usize> = (0..test.customer.len()).collect();
    order.sort_by(|a, b| test.predicted[*b].total_cmp(&test.predicted[*a]).then(a.cmp(b)));
    order
}

impl ValueCalibration {
    /// Holds what was predicted against what came; `None` without any customer.
    #[must_use]
    pub fn of(tests: &[ValueTest], days: Days, population: &str, resampling: Resampling) -> Option<Self> {
        let ids: Vec<&[u32]> = tests.iter().map(|test| test.customer.as_slice()).collect();
        let customers = Customers::new(&ids).filter(|customers| !customers.is_empty())?;
        let groups = Group::all_of(tests);
        // Sums of each group: rows, predicted and actual margin, predicted and actual visits.
        let figures = |cutoff: usize, weights: &[u32]| -> Vec<Option<f64>> {
            let test = &tests[cutoff];
            let sums = |group: &Group| {
                let mut sums = [0.0; N_SUMS];
                for row in &group.rows[cutoff] {
                    let weight = f64::from(weights[*row]);
                    sums[0] += weight;
                    sums[1] += weight * test.predicted[*row];
                    sums[2] += weight * test.actual[*row];
                    sums[3] += weight * test.predicted_visits[*row];
                    sums[4] += weight * test.actual_visits[*row];
                }
                sums.map(Some)
            };
            groups.iter().flat_map(sums).collect()
        };
        let draws = bootstrap(&customers, resampling, figures);
        let group = |(place, group): (usize, &Group)| {
            let n_rows: usize = group.rows.iter().map(Vec::len).sum();
            let [rows, predicted, actual, predicted_visits, visits] = std::array::from_fn(|sum| N_SUMS * place + sum);
            (n_rows > 0).then(|| ValueGroup {
                name: group.name.clone(),
                n_rows,
                mean_predicted: draws.ratio(predicted, rows).map_or(0.0, |mean| mean.estimate),
                mean_actual: draws.ratio(actual, rows),
                predicted_over_actual: draws.ratio(predicted, actual),
                visits_predicted_over_actual: draws.ratio(predicted_visits, visits),
            })
        };
        Some(Self {
            days,
            population: population.to_owned(),
            cutoffs: tests.iter().map(|test| test.cutoff.clone()).collect(),
            n_rows: ids.iter().map(|ids| ids.len()).sum(),
            n_customers: customers.len() as usize,
            groups: groups.iter().enumerate().filter_map(group).collect(),
            n_bootstrap: resampling.n_replicates,
        })
    }
}

/// The calibration over several spans of time as one table, at most 80 columns wide.
pub struct ValueCalibrationTable<'a> {
    /// The calibrations, at most two.
    pub windows: &'a [ValueCalibration],
    /// The currency of the means.
    pub currency: &'a str,
}

impl fmt::Display for ValueCalibrationTable<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(first) = self.windows.first() else { return Ok(()) };
        let who = |window: &ValueCalibration| {
            let (rows, customers) =
                (counted(window.n_rows as u64, "row"), counted(window.n_customers as u64, "customer"));
            format!("{}: {rows} of {customers} at {}", window.days, window.cutoffs.join(", "))
        };
        let head = format!(
            "Net margin in {} a customer, and predicted over actual, of {}. Over {}.",
            self.currency,
            first.population,
            self.windows.iter().map(who).collect::<Vec<_>>().join("; over ")
        );
        wrapped(&head, WIDTH).iter().try_for_each(|line| writeln!(f, "{line}"))?;
        let mut line = format!("{:18}", "customers");
        for window in self.windows {
            line.push_str(&format!("{:>10} {:>20}", format!("{} d", window.days.0), "predicted/actual"));
        }
        writeln!(f, "{line}")?;
        for group in &first.groups {
            let mut line = format!("{:18}", group.name);
            for window in self.windows {
                let of = window.groups.iter().find(|other| other.name == group.name);
                let actual =
                    of.and_then(|of| of.mean_actual).map_or_else(|| "-".to_owned(), |actual| money(actual.estimate));
                let ratio = of.and_then(|of| of.predicted_over_actual).map_or_else(|| "-".to_owned(), with_bounds);
                line.push_str(&format!("{actual:>10} {ratio:>20}"));
            }
            writeln!(f, "{line}")?;
        }
        Ok(())
    }
}

/// A mean in as many digits as its size needs.
fn money(amount: f64) -> String {
    if amount.abs() < 1_000.0 { format!("{amount:.2}") } else { format!("{amount:.0}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAN: Resampling = Resampling { seed: 3, n_replicates: 200 };

    /// Twenty customers: predicted 20 down to 1, actual half of it; the list begins with the last customer.
    fn test(cutoff: &str) -> ValueTest {
        let predicted: Vec<f64> = (0..20).map(|row| f64::from(20 - row)).collect();
        ValueTest {
            cutoff: cutoff.to_owned(),
            customer: (0..20).collect(),
            actual: predicted.iter().map(|value| value / 2.0).collect(),
            predicted_visits: vec![2.0; 20],
            actual_visits: vec![1.0; 20],
            predicted,
            ranked: (0..20).rev().collect(),
        }
    }

    fn group<'a>(calibration: &'a ValueCalibration, name: &str) -> &'a ValueGroup {
        calibration.groups.iter().find(|group| group.name == name).unwrap()
    }

    #[test]
    fn sums_by_hand() {
        let mut second = test("2024-02-01");
        second.actual = second.predicted.clone();
        let found = ValueCalibration::of(&[test("2024-01-01"), second], Days(90), "all", PLAN).unwrap();
        assert_eq!((found.n_rows, found.n_customers, found.groups.len()), (40, 20, 14));
        let ratio = |name| group(&found, name).predicted_over_actual.unwrap();
        assert!((ratio("all").estimate - 2.0 / 1.5).abs() < 1e-12, "a ratio of sums over both cutoffs");
        let visits = group(&found, "tenth 3").visits_predicted_over_actual.unwrap();
        assert_eq!((visits.low.to_bits(), visits.high.to_bits()), (2.0_f64.to_bits(), 2.0_f64.to_bits()));
        let highest = group(&found, "tenth 1, highest");
        assert_eq!((highest.n_rows, highest.mean_predicted.to_bits()), (4, 19.5_f64.to_bits()));
        assert_eq!(group(&found, "tenth 10, lowest").mean_predicted.to_bits(), 1.5_f64.to_bits());
        let first = group(&found, "first 10 of list");
        assert_eq!((first.n_rows, first.mean_predicted.to_bits()), (20, 5.5_f64.to_bits()));
        let actual = first.mean_actual.unwrap();
        assert!(actual.low < actual.estimate && actual.estimate < actual.high, "{actual:?}");
        assert_eq!(group(&found, "first 50 of list").n_rows, 40, "a short list is taken whole");
    }

    #[test]
    fn where_nothing_came_there_is_no_ratio_and_without_customers_no_table() {
        let nothing = ValueTest { actual: vec![0.0; 20], ..test("2024-01-01") };
        let found = ValueCalibration::of(&[nothing], Days(90), "all", PLAN).unwrap();
        assert_eq!(group(&found, "all").predicted_over_actual, None);
        assert_eq!(ValueCalibration::of(&[], Days(90), "all", PLAN), None);
    }

    #[test]
    fn the_table_fits_80_columns() {
        let of = |days| ValueCalibration::of(&[test("2024-01-01")], Days(days), "everyone on the list", PLAN).unwrap();
        let windows = [of(90), of(365)];
        let text = ValueCalibrationTable { windows: &windows, currency: "EUR" }.to_string();
        assert!(text.lines().all(|line| line.chars().count() <= 80 && !line.ends_with(' ')), "{text}");
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(text.starts_with("Net margin in EUR a customer, and predicted over actual, of everyone on the list."));
        assert!(text.contains("20 rows of 20 customers at 2024-01-01"), "{text}");
    }
}
