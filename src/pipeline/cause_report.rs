//! Why customers leave this shop: the causes of all rows of both lists together.

use serde::Serialize;

use super::list::{ListRow, Lists};
use crate::decide::Cause;

/// The causes of the shop, in the order of their value at stake; customers of whom no cause stands out come last.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct CausesReport {
    /// Of whom all figures are.
    pub population: String,
    /// Customers on both lists.
    pub customers: usize,
    /// Their value at stake, in major units.
    pub value_at_stake: f64,
    /// Of the value at stake of customers with a cause, the share whose cause the shop can do something about; absent without any.
    pub controllable_share: Option<f64>,
    /// By cause.
    pub causes: Vec<CauseFigures>,
}

/// The customers of one cause.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct CauseFigures {
    /// The cause; absent for customers of whom none stands out.
    pub cause: Option<Cause>,
    /// Whether the shop can do something about it.
    pub is_controllable: Option<bool>,
    /// How many.
    pub customers: usize,
    /// Their share of all.
    pub customer_share: f64,
    /// What is lost if all of them leave, in major units.
    pub value_at_stake: f64,
    /// Its share of that of all; absent if nothing is at stake.
    pub value_share: Option<f64>,
    /// What is lost on average if nothing is done, in major units.
    pub expected_loss: f64,
}

/// The causes of the rows of both lists; `None` without a row.
pub(super) fn causes_report(lists: &Lists) -> Option<CausesReport> {
    let customers = lists.n_eligible();
    let at_stake = |row: &ListRow| row.prospect.value_at_stake;
    let all: f64 = lists.rows().map(at_stake).sum();
    let of = |asked: Option<Cause>| {
        let own = || lists.rows().filter(move |row| row.cause.as_ref().map(|found| found.cause) == asked);
        // A sum of nothing is a negative zero.
        let value = own().map(at_stake).sum::<f64>() + 0.0;
        CauseFigures {
            cause: asked,
            is_controllable: asked.map(Cause::is_controllable),
            customers: own().count(),
            customer_share: own().count() as f64 / customers as f64,
            value_at_stake: value,
            value_share: (all > 0.0).then(|| value / all),
            expected_loss: own().map(|row| row.prospect.expected_loss()).sum::<f64>() + 0.0,
        }
    };
    let mut causes: Vec<CauseFigures> = Cause::ALL.into_iter().map(Some).map(of).collect();
    causes.sort_by(|a, b| b.value_at_stake.total_cmp(&a.value_at_stake));
    let sum = |of: &dyn Fn(&CauseFigures) -> bool| -> f64 {
        causes.iter().filter(|figures| of(figures)).map(|figures| figures.value_at_stake).sum()
    };
    let (with_cause, controllable) = (sum(&|_| true), sum(&|figures| figures.is_controllable == Some(true)));
    causes.push(of(None));
    (customers > 0).then(|| CausesReport {
        population: format!("{}, on both lists", lists.list.population),
        customers,
        value_at_stake: all,
        controllable_share: (with_cause > 0.0).then(|| controllable / with_cause),
        causes,
    })
}
