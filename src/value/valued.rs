//! The value models of a shop at a day, what they say of its customers, and what a report on it is made from.

use super::basis::Basis;
use super::models::{CustomerValue, ValueFrame, ValueModels};
use super::outlook::ListedCustomer;
use super::report::{Findings, HoldoutReport, ValueReport};
use crate::clv::{ValueError, ValueTable};
use crate::config::Config;
use crate::dataset::{DatasetSettings, Histories};
use crate::timeline::{Cutoff, EventLog};

/// The value models of a shop and what a report on it is made from; why there are none, if there are not.
pub struct Valuing<'a> {
    pub(crate) config: &'a Config,
    pub(crate) log: &'a EventLog,
    pub(crate) settings: DatasetSettings,
    pub(crate) as_of: Cutoff,
    pub(crate) histories: Histories,
    pub(crate) fitted: Result<Fitted, ValueError>,
}

impl Valuing<'_> {
    /// The value models, if there are any.
    #[must_use]
    pub fn models(&self) -> Option<&ValueModels> {
        self.fitted.as_ref().ok().map(|fitted| &fitted.models)
    }

    /// The value models and the economics of retention.
    ///
    /// # Errors
    /// Why there are none.
    pub fn report(self, list: &[ListedCustomer]) -> Result<ValueReport, ValueError> {
        let Fitted { models, shop, holdout, counted } = self.fitted?;
        let basis = Basis { config: self.config, log: self.log, settings: &self.settings, as_of: self.as_of };
        let (histories, holdout) = (&self.histories, holdout?);
        basis.report(Findings { models, histories, shop, holdout, list, counted })
    }
}

/// Everyone who ever bought, what they are worth, and what stands behind it.
pub(crate) struct Valued {
    pub(crate) histories: Histories,
    /// Of everyone in the histories; empty where no model can be had.
    pub(crate) customer_value: Vec<CustomerValue>,
    /// Or why there is none.
    pub(crate) fitted: Result<Fitted, ValueError>,
}

/// Value models and what they say of the shop.
pub(crate) struct Fitted {
    pub(crate) models: ValueModels,
    pub(crate) shop: ValueTable,
    pub(crate) holdout: Result<HoldoutReport, ValueError>,
    /// The share of expected visits that is counted because of who slows down, of everyone in the histories.
    pub(crate) counted: Vec<f64>,
}

impl Valued {
    pub(crate) fn of(basis: &Basis<'_>, frame: &ValueFrame) -> Self {
        let [earlier, then, histories] = basis.histories();
        let valued = || {
            let models = basis.models(&earlier, &histories)?;
            let customer_value = models.values_of_all(&histories, frame);
            Ok((models, customer_value))
        };
        let (valued, holdout) = rayon::join(valued, || basis.holdout(&then, &histories));
        match valued {
            Ok((models, customer_value)) => {
                let shop = ValueTable::of_shop(customer_value.iter().map(|customer_value| &customer_value.value));
                let counted = customer_value.iter().map(|customer_value| customer_value.counted).collect();
                Self { histories, customer_value, fitted: Ok(Fitted { models, shop, holdout, counted }) }
            }
            Err(error) => Self { histories, customer_value: Vec::new(), fitted: Err(error) },
        }
    }
}

/// What everyone in the histories is worth.
pub(crate) struct CustomerValues<'a> {
    pub(crate) histories: &'a Histories,
    pub(crate) customer_value: Vec<CustomerValue>,
}

impl CustomerValues<'_> {
    pub(crate) fn of(&self, customer: u32) -> Option<&CustomerValue> {
        self.customer_value.get(self.histories.position(customer)?)
    }
}
