//! What a model of repeat purchases expects, from plainly counted histories: the fit itself is that of the value models,
//! which published numbers test.

use retain::clv::{CustomerSummary, FitOutcome, Grouped, ModelKind, PurchaseModel, TimeUnit, ValueModel, Wanted, fit};
use retain::timeline::Cutoff;

use super::super::{CUSTOMERS, GAP, HORIZON, PlainShop};
use super::voids::without_voids;
use super::{Order, Reference, between, dates, orders_of};

/// Days with an order, from the first to the cutoff.
fn history(orders: &[Order], cutoff: Cutoff) -> Option<CustomerSummary> {
    let visits = dates(orders.iter());
    let (first, last) = (*visits.first()?, *visits.last()?);
    let repeats = u32::try_from(visits.len() - 1).unwrap();
    Some(CustomerSummary::new(repeats, between(first, last), between(first, cutoff.date())).unwrap())
}

/// MBG/NBD of everyone with an order; none where fewer than ten came back or the search did not get there.
pub(crate) fn fitted(shop: &PlainShop, cutoff: Cutoff) -> Option<PurchaseModel> {
    let (shop, _) = without_voids(&shop.as_recorded_by(cutoff.at().0));
    let of = |customer: u32| history(&orders_of(&shop.lines, customer), cutoff);
    let histories: Vec<CustomerSummary> = (0..CUSTOMERS).filter_map(of).collect();
    let returned = histories.iter().filter(|history| history.frequency() > 0).count();
    if returned < 10 {
        return None;
    }
    let fit = fit(&Grouped::new(&histories).unwrap(), TimeUnit::Day, Wanted::Model(ModelKind::MBG_NBD)).unwrap();
    (fit.steps[0].outcome == FitOutcome::Accepted).then_some(fit.model)
}

impl Reference {
    pub(super) fn value_model(&self, name: &str) -> Option<f64> {
        let history = history(&self.orders, self.cutoff);
        let of = |figure: &dyn Fn(&PurchaseModel, &CustomerSummary) -> f64| {
            self.model.as_ref().zip(history.as_ref()).map_or(f64::NAN, |(model, history)| figure(model, history))
        };
        let (from, to) = (f64::from(GAP), f64::from(GAP + HORIZON));
        Some(match name {
            "model_no_purchase_share" => of(&|model, history| model.probability_no_purchase_between(history, from, to)),
            "model_purchases_count" => {
                of(&|model, history| model.expected_purchases(history, to) - model.expected_purchases(history, from))
            }
            "model_active_share" => of(&|model, history| model.probability_alive(history)),
            _ => return None,
        })
    }
}
