//! Who the customer is, by the version of the row that held and was known at the cutoff. A level out of many is reported by
//! how many customers share it and by its place among the levels: numbers that mean the same in every shop and know
//! nothing of who left.

use super::spec::{Family, Feature, Unit};
use super::telling::Context;
use crate::timeline::Available;

const fn attribute(name: &'static str, unit: Unit, needs: Available, meaning: &'static str) -> Feature {
    Feature::new(name, Family::Attributes, unit).needs(needs).meaning(meaning).or_missing()
}

/// Days in a year of the Julian calendar.
const YEAR_DAYS: f64 = 365.25;

pub(super) const FEATURES: &[Feature] = &[
    attribute("age_years", Unit::Years, Available::BirthDate, "Years of 365.25 days from birth to the cutoff.")
        .context(Context::Person)
        .is(|h, _| h.attributes().birth_date.map_or(f64::NAN, |at| h.days_since(at) / YEAR_DAYS)),
    attribute(
        "home_region_customers_share",
        Unit::Share,
        Available::HomeRegion,
        "Share of the customers (with an order and a known region) who live in the same region.",
    )
    .context(Context::Population)
    .is(|h, _| h.home_region()[0]),
    attribute(
        "home_region_rank_level",
        Unit::Level,
        Available::HomeRegion,
        "Place of the customer's region by customers with an order: 1 is the largest, equal ones share the \
            better place.",
    )
    .context(Context::Population)
    .is(|h, _| h.home_region()[1]),
    attribute(
        "acquisition_customers_share",
        Unit::Share,
        Available::Acquisition,
        "Share of the customers (with an order and a known channel) whom the same channel brought.",
    )
    .context(Context::Population)
    .is(|h, _| h.acquisition()[0]),
    attribute(
        "acquisition_rank_level",
        Unit::Level,
        Available::Acquisition,
        "Place of the channel that brought the customer by customers with an order: 1 is the largest, equal \
            ones share \
         the better place.",
    )
    .context(Context::Population)
    .is(|h, _| h.acquisition()[1]),
];
