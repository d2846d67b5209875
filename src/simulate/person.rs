//! Owns what is true of one customer from the first day on: pace, regularity, tastes, and readiness to leave.

use super::world::World;
use crate::maths::random::Random;

/// Tries to find an established customer who would have stayed until the start; then the last one is taken.
const SURVIVOR_TRIES: usize = 64;

/// The traits of one customer.
#[derive(Debug, Clone)]
pub(super) struct Person {
    /// When the customer begins.
    pub(super) begins: Beginning,
    /// Days from signing up to the first order, or to the start of the history for established customers.
    pub(super) signed_up_days_before: f64,
    /// Orders per season day.
    pub(super) rate_per_day: f64,
    /// Shape of the gamma distribution of gaps.
    pub(super) regularity: f64,
    /// Mean value of an order before discounts, in major units.
    pub(super) order_value_mean: f64,
    /// Mean lines of an order beyond the first.
    pub(super) extra_lines_mean: f64,
    /// Base hazard of leaving per calendar day.
    pub(super) leaving_per_day: f64,
    /// Base probability of leaving after an order.
    pub(super) leaving_per_order: f64,
    /// How the customer slows down, if at all.
    pub(super) fading: Option<Fading>,
    /// Share of lines that come back.
    pub(super) return_share: f64,
    /// Probability that an order leads to a complaint.
    pub(super) complaint_share: f64,
    pub(super) favourite_categories: Vec<usize>,
    pub(super) favourite_products: Vec<usize>,
    pub(super) channel: usize,
    pub(super) region: usize,
    pub(super) acquisition: usize,
    pub(super) opted_out: bool,
    pub(super) birth_year: i64,
}

/// When a customer begins.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Beginning {
    /// Already a customer when the history starts.
    Established,
    /// The first order is at this season time.
    At(f64),
}

impl Person {
    /// A customer of the shop.
    pub(super) fn draw(world: &World, random: &mut Random) -> Self {
        let arrival = &world.params.arrival;
        if !random.chance(arrival.established_share) {
            let begins = Beginning::At(random.uniform() * world.clock.end_season());
            return Self::with_traits(world, random, begins);
        }
        let mut tries = 0;
        loop {
            tries += 1;
            let age_days = random.uniform() * arrival.established_days;
            let mut person = Self::with_traits(world, random, Beginning::Established);
            if tries == SURVIVOR_TRIES || random.chance(person.survival(age_days)) {
                person.signed_up_days_before += age_days;
                return person;
            }
        }
    }

    /// Probability of staying that long without any trouble.
    fn survival(&self, age_days: f64) -> f64 {
        let per_day = self.leaving_per_day + self.leaving_per_order * self.rate_per_day;
        libm::exp(-per_day * age_days)
    }

    fn with_traits(world: &World, random: &mut Random, begins: Beginning) -> Self {
        let params = world.params;
        let (arrival, buying, leaving) = (&params.arrival, &params.buying, &params.leaving);
        let acquisition = world.acquisition.draw(random);
        let hazard_factor = arrival.acquisition.get(acquisition).map_or(1.0, |way| way.hazard_factor);
        let favourite_categories = favourite_categories(world, random);
        Self {
            begins,
            signed_up_days_before: signed_up_days_before(world, random),
            rate_per_day: random.gamma(buying.rate_shape, 1.0 / buying.mean_gap_days).max(1e-9),
            regularity: random.between(buying.regularity_low, buying.regularity_high),
            order_value_mean: random.lognormal(buying.order_value_mean, buying.order_value_between),
            extra_lines_mean: random.gamma(params.basket.extra_lines_shape, params.basket.extra_lines_mean),
            leaving_per_day: hazard_factor * random.gamma(leaving.per_day_shape, leaving.per_day_mean),
            leaving_per_order: (hazard_factor * random.beta(leaving.per_order_mean, leaving.per_order_concentration))
                .min(1.0),
            fading: Fading::draw(world, random, begins),
            return_share: random.beta(params.returns.line_share_mean, params.returns.line_share_concentration),
            complaint_share: random.beta(params.complaints.per_order_mean, params.complaints.per_order_concentration),
            favourite_products: favourite_products(world, random, &favourite_categories),
            favourite_categories,
            channel: world.channels.draw(random),
            region: world.regions.draw(random),
            acquisition,
            opted_out: random.chance(arrival.opted_out_share),
            birth_year: birth_year(world, random),
        }
    }
}

fn signed_up_days_before(world: &World, random: &mut Random) -> f64 {
    let arrival = &world.params.arrival;
    if random.chance(arrival.sign_up_with_order_share) {
        0.0
    } else {
        random.exponential(arrival.sign_up_before_days_mean)
    }
}

#[expect(clippy::cast_possible_truncation, reason = "the mean is a year and the deviation at most a century")]
fn birth_year(world: &World, random: &mut Random) -> i64 {
    let arrival = &world.params.arrival;
    (arrival.birth_year_mean + arrival.birth_year_sd * random.normal()).round() as i64
}

/// Few categories, drawn by popularity; popular ones may come twice and then count twice.
fn favourite_categories(world: &World, random: &mut Random) -> Vec<usize> {
    let draw = |_| world.products.draw_category(random);
    (0..world.params.basket.n_favourite_categories).map(draw).collect()
}

fn favourite_products(world: &World, random: &mut Random, categories: &[usize]) -> Vec<usize> {
    let n_products = world.params.basket.n_favourite_products;
    categories.iter().cycle().take(n_products).map(|&category| world.products.draw_product(random, category)).collect()
}

/// How a customer slows down: from `from_season` on the rate falls by `decay_per_day` per season day.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Fading {
    pub(super) from_season: f64,
    pub(super) decay_per_day: f64,
    /// Season time from which the customer is gone.
    pub(super) gone_season: f64,
}

impl Fading {
    fn draw(world: &World, random: &mut Random, begins: Beginning) -> Option<Self> {
        let buying = &world.params.buying;
        if !random.chance(buying.fading_share) {
            return None;
        }
        let begins_season = if let Beginning::At(season) = begins { season } else { 0.0 };
        let from_season = begins_season + random.exponential(buying.fading_after_days_mean);
        let half_life_days = random.gamma(3.0, buying.fading_half_life_days_mean).max(1e-6);
        let decay_per_day = std::f64::consts::LN_2 / half_life_days;
        let gone_season = from_season - libm::log(buying.fading_gone_below) / decay_per_day;
        Some(Self { from_season, decay_per_day, gone_season })
    }

    /// Season days after `season` in which a fading customer does what takes others `days`; infinite if never.
    ///
    /// It solves `days = integral of exp(-decay * max(0, t - from)) dt` from `season` on.
    pub(super) fn stretched(&self, season: f64, days: f64) -> f64 {
        let plain = (self.from_season - season).max(0.0);
        if days <= plain {
            return days;
        }
        let level = libm::exp(-self.decay_per_day * (season - self.from_season).max(0.0));
        let left = 1.0 - (days - plain) * self.decay_per_day / level;
        if left > 0.0 { plain - libm::log(left) / self.decay_per_day } else { f64::INFINITY }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FADING: Fading = Fading { from_season: 100.0, decay_per_day: 0.02, gone_season: 200.0 };

    #[test]
    #[expect(clippy::float_cmp, reason = "before the fading nothing is computed")]
    fn gaps_stretch_only_once_fading_has_begun() {
        assert_eq!(FADING.stretched(10.0, 30.0), 30.0);
        assert!(FADING.stretched(90.0, 30.0) > 30.0);
        assert!(FADING.stretched(120.0, 30.0) > FADING.stretched(110.0, 30.0));
        assert!(FADING.stretched(100.0, 51.0).is_infinite(), "50 days are all that is left at this decay");
    }

    #[test]
    fn a_stretched_gap_holds_the_whole_intensity() {
        let gap = FADING.stretched(80.0, 40.0);
        let rate = |t: f64| (-0.02 * (t - 100.0).max(0.0)).exp();
        let step = gap / 1e5;
        let intensity: f64 = (0..100_000).map(|i| rate(80.0 + (f64::from(i) + 0.5) * step) * step).sum();
        assert!((intensity - 40.0).abs() < 1e-6, "{intensity}");
    }
}
