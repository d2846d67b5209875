//! What the list of a past day would have said of values: the models of that day asked about its customers.

use super::basis::Basis;
use super::models::{CustomerValue, ValueFrame};
use crate::clv::ValueError;
use crate::dataset::Histories;
use crate::units::Days;

/// What models expect of a customer over some days.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Expected {
    /// Net margin, not discounted, in major units.
    pub margin: f64,
    /// Days with a purchase.
    pub visits: f64,
}

/// Values of some customers as the list of a past day would have had them, in major units; an entry for each customer.
#[derive(Debug, Clone, PartialEq)]
pub struct PastValues {
    /// Margin that leaving destroys.
    pub at_stake: Vec<f64>,
    /// Probability that the customer is still active, by the purchase model.
    pub alive: Vec<f64>,
    /// For each number of days that was asked for, what is expected of so many days.
    pub expected: Vec<Vec<Expected>>,
}

impl Basis<'_> {
    /// Asks the models of the as-of day about `customers`, over each of `windows`.
    ///
    /// # Errors
    /// No value model can be fitted by then, or a window out of range.
    pub(crate) fn past_values(&self, customers: &[u32], windows: &[Days]) -> Result<PastValues, ValueError> {
        let rule = &self.settings.rule;
        let cutoffs = [self.calibration_cutoff(), self.as_of];
        let [earlier, now] = Histories::collect(self.log, cutoffs, self.settings);
        let models = self.models(&earlier, &now)?;
        let place = |customer: &u32| now.position(*customer);
        let over = |days: &Days| {
            let values = models.values_of_all(&now, &ValueFrame::undiscounted(*days, rule)?);
            let expected = |place: usize| {
                let value = &values.get(place)?.value;
                Some(Expected { margin: value.predicted, visits: value.expected_purchases })
            };
            Ok(customers.iter().map(|customer| place(customer).and_then(expected).unwrap_or_default()).collect())
        };
        let expected = windows.iter().map(over).collect::<Result<_, ValueError>>()?;
        let values = models.values_of_all(&now, &ValueFrame::new(&self.config.value, rule)?);
        let figure = |figure: fn(&CustomerValue) -> f64| -> Vec<f64> {
            let of = |customer: &u32| place(customer).and_then(|place| values.get(place)).map_or(0.0, figure);
            customers.iter().map(of).collect()
        };
        let alive = figure(|value| value.value.probability_alive);
        Ok(PastValues { at_stake: figure(|value| value.at_stake), alive, expected })
    }
}
