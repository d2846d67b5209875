//! Owns the ranges of all parameters of a simulated shop; every violation is reported, not only the first.

use std::ops::RangeInclusive;

use super::{
    ArrivalParams, BasketParams, BuyingParams, ComplaintParams, ContactParams, LeavingParams, ReturnParams,
    SeasonParams, ShopParams, Weighted,
};
use crate::simulate::error::{BadParam, SimulateError};

/// Numbers above zero, up to what no shop exceeds.
const POSITIVE: RangeInclusive<f64> = 1e-6..=1e9;
/// Numbers from zero.
const NOT_NEGATIVE: RangeInclusive<f64> = 0.0..=1e9;
/// Shares and probabilities.
const SHARE: RangeInclusive<f64> = 0.0..=1.0;
/// Shapes of gamma and sums of the parameters of beta distributions; below, draws are zero or one in all but name.
const SHAPE: RangeInclusive<f64> = 0.05..=1e6;
/// Standard deviations of logarithms; above, single values dwarf all others.
const SIGMA: RangeInclusive<f64> = 0.0..=3.0;

/// Whether the parameters can be used.
///
/// # Errors
/// [`SimulateError::BadParams`] with every parameter outside its range.
pub(in crate::simulate) fn check(params: &ShopParams) -> Result<(), SimulateError> {
    let mut checker = Checker::default();
    checker.shop(params);
    checker.arrival(&params.arrival);
    checker.season(&params.season);
    checker.buying(&params.buying);
    checker.basket(&params.basket);
    checker.returns(&params.returns);
    checker.complaints(&params.complaints);
    checker.leaving(&params.leaving);
    params.contacts.iter().for_each(|contacts| checker.contacts(contacts));
    if checker.bad.is_empty() { Ok(()) } else { Err(SimulateError::BadParams(checker.bad)) }
}

#[derive(Default)]
struct Checker {
    bad: Vec<BadParam>,
}

impl Checker {
    fn shop(&mut self, params: &ShopParams) {
        self.number("n_customers", params.n_customers as f64, 1.0..=1e8);
        self.number("days", f64::from(params.days), 1.0..=36_500.0);
        self.number("start (year)", f64::from(params.start.year()), 1900.0..=2200.0);
        self.number("recording.late_share", params.recording.late_share, SHARE);
        self.number("recording.late_days_mean", params.recording.late_days_mean, POSITIVE);
    }

    fn arrival(&mut self, arrival: &ArrivalParams) {
        self.number("arrival.established_share", arrival.established_share, SHARE);
        self.number("arrival.established_days", arrival.established_days, 0.0..=36_500.0);
        self.number("arrival.sign_up_with_order_share", arrival.sign_up_with_order_share, SHARE);
        self.number("arrival.sign_up_before_days_mean", arrival.sign_up_before_days_mean, 1e-6..=3_650.0);
        self.weights("arrival.acquisition (weights)", arrival.acquisition.iter().map(|way| way.weight));
        for way in &arrival.acquisition {
            self.number("arrival.acquisition (hazard_factor)", way.hazard_factor, NOT_NEGATIVE);
        }
        self.words("arrival.regions (weights)", &arrival.regions);
        self.number("arrival.opted_out_share", arrival.opted_out_share, SHARE);
        self.number("arrival.birth_year_mean", arrival.birth_year_mean, 1800.0..=2200.0);
        self.number("arrival.birth_year_sd", arrival.birth_year_sd, 0.0..=100.0);
    }

    fn contacts(&mut self, contacts: &ContactParams) {
        self.weights("contacts.actions (weights)", contacts.actions.iter().map(|action| action.weight));
        for action in &contacts.actions {
            self.number("contacts.actions (cost)", action.cost, NOT_NEGATIVE);
            self.number("contacts.actions (helped_factor)", action.helped_factor, SHARE);
        }
        self.number("contacts.gap_days_mean", contacts.gap_days_mean, 1.0..=36_500.0);
        self.number("contacts.gap_days_least", contacts.gap_days_least, 0.0..=36_500.0);
        self.number("contacts.active_days", contacts.active_days, 1.0..=36_500.0);
        self.number("contacts.control_share", contacts.control_share, SHARE);
        self.number("contacts.helped_share", contacts.helped_share, SHARE);
        self.number("contacts.woken_share", contacts.woken_share, 0.0..=1.0 - contacts.helped_share.clamp(0.0, 1.0));
        self.number("contacts.effect_days", contacts.effect_days, POSITIVE);
        self.number("contacts.woken_excess", contacts.woken_excess, NOT_NEGATIVE);
    }

    fn season(&mut self, season: &SeasonParams) {
        self.number("season.yearly_amplitude", season.yearly_amplitude, 0.0..=0.9);
        self.number("season.yearly_peak_day", season.yearly_peak_day, 1.0..=366.0);
        self.number("season.christmas_height", season.christmas_height, 0.0..=100.0);
        self.number("season.christmas_peak_day", season.christmas_peak_day, 1.0..=366.0);
        self.number("season.christmas_width_days", season.christmas_width_days, 1.0..=366.0);
        self.weights("season.weekday_weights", season.weekday_weights);
        self.weights("season.hour_weights", season.hour_weights);
    }

    fn buying(&mut self, buying: &BuyingParams) {
        self.number("buying.mean_gap_days", buying.mean_gap_days, 0.1..=36_500.0);
        self.number("buying.rate_shape", buying.rate_shape, SHAPE);
        self.number("buying.regularity_low", buying.regularity_low, SHAPE);
        self.number("buying.regularity_high", buying.regularity_high, buying.regularity_low..=*SHAPE.end());
        self.number("buying.order_value_mean", buying.order_value_mean, POSITIVE);
        self.number("buying.order_value_between", buying.order_value_between, SIGMA);
        self.number("buying.order_value_within", buying.order_value_within, SIGMA);
        self.number("buying.fading_share", buying.fading_share, SHARE);
        self.number("buying.fading_after_days_mean", buying.fading_after_days_mean, POSITIVE);
        self.number("buying.fading_half_life_days_mean", buying.fading_half_life_days_mean, POSITIVE);
        self.number("buying.fading_gone_below", buying.fading_gone_below, 1e-3..=1.0);
    }

    fn basket(&mut self, basket: &BasketParams) {
        let n_categories = basket.categories.len() as f64;
        self.number("basket.categories (count)", n_categories, 1.0..=1e4);
        self.number("basket.n_products", basket.n_products as f64, n_categories..=1e6);
        self.number("basket.popularity_exponent", basket.popularity_exponent, 0.0..=10.0);
        self.number("basket.price_sigma", basket.price_sigma, SIGMA);
        self.number("basket.n_favourite_products", basket.n_favourite_products as f64, 1.0..=1e3);
        self.number("basket.n_favourite_categories", basket.n_favourite_categories as f64, 1.0..=1e3);
        self.number("basket.favourite_product_share", basket.favourite_product_share, SHARE);
        self.number("basket.favourite_category_share", basket.favourite_category_share, SHARE);
        self.number("basket.extra_lines_mean", basket.extra_lines_mean, 0.0..=1e3);
        self.number("basket.extra_lines_shape", basket.extra_lines_shape, SHAPE);
        self.number("basket.extra_pieces_mean", basket.extra_pieces_mean, 0.0..=1e4);
        self.number("basket.discount_share", basket.discount_share, SHARE);
        self.number("basket.discount_in_sale_share", basket.discount_in_sale_share, SHARE);
        self.number("basket.discount_low", basket.discount_low, SHARE);
        self.number("basket.discount_high", basket.discount_high, basket.discount_low..=1.0);
        self.words("basket.channels (weights)", &basket.channels);
        self.number("basket.channel_loyalty", basket.channel_loyalty, SHARE);
    }

    fn returns(&mut self, returns: &ReturnParams) {
        self.number("returns.line_share_mean", returns.line_share_mean, SHARE);
        self.number("returns.line_share_concentration", returns.line_share_concentration, SHAPE);
        self.number("returns.delay_days_mean", returns.delay_days_mean, POSITIVE);
    }

    fn complaints(&mut self, complaints: &ComplaintParams) {
        self.number("complaints.per_order_mean", complaints.per_order_mean, SHARE);
        self.number("complaints.per_order_concentration", complaints.per_order_concentration, SHAPE);
        self.number("complaints.delay_days_mean", complaints.delay_days_mean, POSITIVE);
        self.words("complaints.categories (weights)", &complaints.categories);
        self.weights("complaints.severity_weights", complaints.severity_weights);
        self.words("complaints.channels (weights)", &complaints.channels);
        self.number("complaints.slow_share", complaints.slow_share, SHARE);
        self.number("complaints.prompt_hours_mean", complaints.prompt_hours_mean, POSITIVE);
        self.number("complaints.slow_hours", complaints.slow_hours, POSITIVE);
        self.number("complaints.slow_extra_hours_mean", complaints.slow_extra_hours_mean, POSITIVE);
        self.number("complaints.unresolved_share", complaints.unresolved_share, SHARE);
        self.number("complaints.patience_days", complaints.patience_days, NOT_NEGATIVE);
        self.number("complaints.resolve_days_mean", complaints.resolve_days_mean, POSITIVE);
        self.number("complaints.reopened_share", complaints.reopened_share, SHARE);
        self.number("complaints.reopen_days_mean", complaints.reopen_days_mean, POSITIVE);
        self.words("complaints.resolutions (weights)", &complaints.resolutions);
        self.number("complaints.compensated_share", complaints.compensated_share, SHARE);
        self.number("complaints.compensation_high", complaints.compensation_high, NOT_NEGATIVE);
        self.number("complaints.satisfaction_answered_share", complaints.satisfaction_answered_share, SHARE);
        self.number("complaints.satisfaction_mean", complaints.satisfaction_mean, 1.0..=5.0);
        self.number("complaints.satisfaction_loss", complaints.satisfaction_loss, 0.0..=5.0);
        self.number("complaints.satisfaction_sd", complaints.satisfaction_sd, 0.0..=10.0);
        self.number("complaints.recorded_hours_mean", complaints.recorded_hours_mean, POSITIVE);
    }

    fn leaving(&mut self, leaving: &LeavingParams) {
        self.number("leaving.per_day_mean", leaving.per_day_mean, 0.0..=1e3);
        self.number("leaving.per_day_shape", leaving.per_day_shape, SHAPE);
        self.number("leaving.per_order_mean", leaving.per_order_mean, SHARE);
        self.number("leaving.per_order_concentration", leaving.per_order_concentration, SHAPE);
        self.number("leaving.complaint_excess", leaving.complaint_excess, 0.0..=1e4);
        self.number("leaving.complaint_days", leaving.complaint_days, NOT_NEGATIVE);
        self.number("leaving.return_excess", leaving.return_excess, 0.0..=1e4);
        self.number("leaving.return_days", leaving.return_days, NOT_NEGATIVE);
        self.number("leaving.fading_excess", leaving.fading_excess, 0.0..=1e4);
    }

    fn words(&mut self, param: &'static str, words: &[Weighted]) {
        self.weights(param, words.iter().map(|word| word.weight));
    }

    /// Weights of which none is negative and at least one counts.
    fn weights(&mut self, param: &'static str, weights: impl IntoIterator<Item = f64>) {
        let weights: Vec<f64> = weights.into_iter().collect();
        let usable = weights.iter().all(|weight| NOT_NEGATIVE.contains(weight)) && weights.iter().sum::<f64>() > 0.0;
        self.record(usable, param, || ("numbers from 0, not all of them 0".to_owned(), format!("{weights:?}")));
    }

    /// A range check that NaN fails.
    fn number(&mut self, param: &'static str, value: f64, allowed: RangeInclusive<f64>) {
        let described = || (format!("{} to {}", allowed.start(), allowed.end()), value.to_string());
        self.record(allowed.contains(&value), param, described);
    }

    fn record(&mut self, usable: bool, param: &'static str, described: impl FnOnce() -> (String, String)) {
        if !usable {
            let (allowed, received) = described();
            self.bad.push(BadParam { param, allowed, received });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::{Exit, Report};

    #[test]
    fn the_default_shop_can_be_used() {
        assert_eq!(check(&ShopParams::default()), Ok(()));
    }

    #[test]
    fn every_bad_parameter_is_reported_and_not_a_number_is_bad() {
        let mut params = ShopParams { n_customers: 0, days: 0, ..ShopParams::default() };
        params.leaving.per_order_mean = f64::NAN;
        params.basket.channels.clear();
        params.buying.regularity_high = 0.5;
        let error = check(&params).unwrap_err();
        let SimulateError::BadParams(bad) = &error;
        let names: Vec<_> = bad.iter().map(|one| one.param).collect();
        let expected =
            ["n_customers", "days", "buying.regularity_high", "basket.channels (weights)", "leaving.per_order_mean"];
        assert_eq!(names, expected);
        assert_eq!((error.code(), error.exit()), ("E801", Exit::BadUsage));
        assert!(error.to_string().starts_with(
            "5 of the shop's parameters cannot be used: `n_customers` must be 1 to 100000000, not 0; `days`"
        ));
        assert!(error.hint().is_some());
    }
}
