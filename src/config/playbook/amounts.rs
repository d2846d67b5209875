//! The amounts of a playbook in the shop's currency.

use super::actions::{Action, Converted, Incentive, Playbook};
use super::condition::{Condition, ConditionColumn};
use crate::config::currency_sizes::units_per;

impl Playbook {
    /// The same with all amounts in a shop's currency, by the rough sizes of the two; as it is if it names no currency.
    ///
    /// * `code` - of the shop's currency.
    #[must_use]
    pub fn in_currency(mut self, code: &str) -> Self {
        let Some(from) = self.currency.take() else { return self };
        let units = units_per(code, &from);
        // A pound is of the euro's size: nothing to change, and nothing to say.
        if units.total_cmp(&1.0).is_eq() {
            return self;
        }
        self.actions.iter_mut().for_each(|action| action.change_amounts(units));
        self.converted = Some(Converted { from, units });
        self
    }
}

impl Action {
    fn change_amounts(&mut self, units: f64) {
        self.contact_cost *= units;
        self.incentive = match self.incentive {
            Incentive::None => Incentive::None,
            Incentive::Amount(amount) => Incentive::Amount(units * amount),
            Incentive::ShareOfOrder { share, ceiling } => {
                Incentive::ShareOfOrder { share, ceiling: ceiling.map(|most| units * most) }
            }
        };
        self.conditions
            .iter_mut()
            .filter(|condition| is_of_money(condition))
            .for_each(|condition| condition.number *= units);
    }
}

const fn is_of_money(condition: &Condition) -> bool {
    matches!(condition.column, ConditionColumn::ValueAtStake | ConditionColumn::ClvHistoric)
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    const OFFER: &str = "currency = 'EUR'\n[[action]]\nname = 'offer'\nlevel = 'financial'\ncontact_cost = 0.5\n\
                         incentive_share = 0.1\nincentive_ceiling = 15.0\nconditions = ['value_at_stake >= 50', 'open_complaints = 0']\n\
                         save_rate = { mean = 0.1 }\ntake_rate = { mean = 0.4 }\n";

    fn offer(shop: &str) -> (Action, Option<Converted>) {
        let playbook = Playbook::from_toml(OFFER, Path::new("playbook.toml")).unwrap().in_currency(shop);
        (playbook.actions[0].clone(), playbook.converted)
    }

    #[test]
    fn amounts_are_of_the_size_of_the_shops_currency() {
        let (action, converted) = offer("JPY");
        assert!((action.contact_cost - 100.0).abs() < 1e-9);
        assert_eq!(action.incentive, Incentive::ShareOfOrder { share: 0.1, ceiling: Some(3_000.0) });
        let conditions: Vec<String> = action.conditions.iter().map(ToString::to_string).collect();
        assert_eq!(conditions, ["value_at_stake >= 10000", "open_complaints = 0"]);
        assert_eq!(converted, Some(Converted { from: "EUR".to_owned(), units: 200.0 }));
    }

    #[test]
    fn amounts_in_the_shops_own_currency_stay() {
        let (action, converted) = offer("EUR");
        assert_eq!((action.contact_cost, converted), (0.5, None));
        assert_eq!(offer("GBP").1, None);
        let unnamed =
            Playbook::from_toml(&OFFER.replace("currency = 'EUR'\n", ""), Path::new("playbook.toml")).unwrap();
        assert_eq!(unnamed.clone().in_currency("JPY"), unnamed);
    }
}
