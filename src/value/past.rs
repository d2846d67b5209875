//! What the list of a past day would have said of values: the models of that day asked about its customers.

use super::models::ValueFrame;
use super::report::Basis;
use crate::clv::ValueError;
use crate::dataset::Histories;
use crate::units::Days;

/// Values of some customers as the list of a past day would have had them, in major units; an entry for each customer.
#[derive(Debug, Clone, PartialEq)]
pub struct PastValues {
    /// Margin that leaving destroys.
    pub at_stake: Vec<f64>,
    /// For each number of days that was asked for, the predicted margin of so many days, not discounted.
    pub predicted: Vec<Vec<f64>>,
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
        let of = |frame: &ValueFrame, figure: fn(&super::CustomerValue) -> f64| -> Vec<f64> {
            let values = models.values_of_all(&now, frame);
            let value =
                |customer: &u32| now.position(*customer).and_then(|place| values.get(place)).map_or(0.0, figure);
            customers.iter().map(value).collect()
        };
        let predicted = windows
            .iter()
            .map(|days| Ok(of(&ValueFrame::undiscounted(*days, rule)?, |value| value.value.predicted)))
            .collect::<Result<_, ValueError>>()?;
        let at_stake = of(&ValueFrame::new(&self.config.value, rule)?, |value| value.at_stake);
        Ok(PastValues { at_stake, predicted })
    }
}
