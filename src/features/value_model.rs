//! What a model of repeat purchases expects: the customer's history beside those of all customers, until the cutoff.

use super::spec::{Family, Feature, Unit};
use super::telling::{Context, ForecastFigure, Split};
use crate::timeline::Window;

const fn value_model(name: &'static str, unit: Unit, meaning: &'static str) -> Feature {
    Feature::new(name, Family::ValueModel, unit).over(Window::All).or_missing().meaning(meaning)
}

pub(super) const FEATURES: &[Feature] = &[
    value_model(
        "model_no_purchase_share",
        Unit::Share,
        "Probability of no purchase in the label window by MBG/NBD, fitted as of the cutoff on at most 20,000 customers \
         (those with the lowest hashes of their ids); missing if fewer than 10 of them had come back or the fit did not \
         converge.").context(Context::Forecast).split(Split::Forecast(ForecastFigure::NoPurchase))
    .revised(2).is(|h, _| h.forecast().map_or(f64::NAN, |forecast| forecast.probability_no_purchase)),
    value_model(
        "model_purchases_count",
        Unit::Count,
        "Expected visits (days with a purchase) in the label window, by the same model.").context(Context::Forecast).split(Split::Forecast(ForecastFigure::Purchases))
    .revised(2).is(|h, _| h.forecast().map_or(f64::NAN, |forecast| forecast.expected_purchases)),
    value_model(
        "model_active_share",
        Unit::Share,
        "Probability of still being active at the cutoff, by the same model.").context(Context::Forecast).split(Split::Forecast(ForecastFigure::Active))
    .revised(2).is(|h, _| h.forecast().map_or(f64::NAN, |forecast| forecast.probability_active)),
];
