//! Owns what is in an order: lines with products, pieces, amounts and discounts, and which of them come back.

use super::person::Person;
use super::world::World;
use crate::maths::random::Random;
use crate::units::Timestamp;

/// A return comes at least this many days after its order.
const SHORTEST_RETURN_DAYS: f64 = 1.0;

/// One line of an order, or one line given back.
#[derive(Debug, Clone)]
pub(super) struct Line {
    /// Position of the order among those of the customer.
    pub(super) order: u32,
    pub(super) at: Timestamp,
    pub(super) recorded_at: Timestamp,
    pub(super) product: u32,
    pub(super) pieces: u32,
    /// What was paid after the discount; negative for a return.
    pub(super) amount_cents: i64,
    pub(super) discount_cents: i64,
    pub(super) channel: u16,
    pub(super) is_return: bool,
}

/// An order as it is placed.
#[derive(Debug, Clone, Copy)]
pub(super) struct Placed {
    pub(super) order: u32,
    pub(super) at_days: f64,
    pub(super) recorded_at: Timestamp,
}

/// The lines of an order.
pub(super) fn lines(world: &World, person: &Person, placed: Placed, random: &mut Random) -> Vec<Line> {
    let goods: Vec<(usize, u32, f64)> = (0..=random.poisson(person.extra_lines_mean))
        .map(|_| {
            let product = draw_product(world, person, random);
            let pieces = 1 + random.poisson(world.params.basket.extra_pieces_mean);
            (product, pieces, world.products.relative_price(product) * f64::from(pieces))
        })
        .collect();
    let total_price: f64 = goods.iter().map(|(_, _, price)| price).sum();
    let value = order_value(world, person, goods.len(), random);
    let channel = draw_channel(world, person, random);
    let line = |&(product, pieces, price): &(usize, u32, f64)| {
        let full = value * price / total_price;
        let discount_cents = cents(full * discount_share(world, placed.at_days, random));
        Line {
            order: placed.order,
            at: world.clock.instant(placed.at_days),
            recorded_at: placed.recorded_at,
            product: u32::try_from(product).unwrap_or(u32::MAX),
            pieces,
            amount_cents: (cents(full) - discount_cents).max(1),
            discount_cents,
            channel: u16::try_from(channel).unwrap_or(u16::MAX),
            is_return: false,
        }
    };
    goods.iter().map(line).collect()
}

/// Value of the whole order before discounts: its mean over orders is the customer's, larger baskets cost more.
fn order_value(world: &World, person: &Person, n_lines: usize, random: &mut Random) -> f64 {
    let relative_size = n_lines as f64 / (1.0 + person.extra_lines_mean);
    random.lognormal(person.order_value_mean, world.params.buying.order_value_within) * relative_size
}

fn draw_product(world: &World, person: &Person, random: &mut Random) -> usize {
    let basket = &world.params.basket;
    if random.chance(basket.favourite_product_share) {
        return draw_one(&person.favourite_products, random);
    }
    let category = if random.chance(basket.favourite_category_share) {
        draw_one(&person.favourite_categories, random)
    } else {
        world.products.draw_category(random)
    };
    world.products.draw_product(random, category)
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a share of a small length")]
fn draw_one(values: &[usize], random: &mut Random) -> usize {
    let position = (random.uniform() * values.len() as f64) as usize;
    values.get(position).copied().unwrap_or(0)
}

fn draw_channel(world: &World, person: &Person, random: &mut Random) -> usize {
    let own = random.chance(world.params.basket.channel_loyalty);
    if own { person.channel } else { world.channels.draw(random) }
}

/// Discount on a line as a share of its price; mostly none.
fn discount_share(world: &World, at_days: f64, random: &mut Random) -> f64 {
    let basket = &world.params.basket;
    let in_sale = basket.sale_months.contains(&world.clock.month(at_days));
    let share = if in_sale { basket.discount_in_sale_share } else { basket.discount_share };
    if random.chance(share) { random.between(basket.discount_low, basket.discount_high) } else { 0.0 }
}

#[expect(clippy::cast_possible_truncation, reason = "checked parameters keep amounts far below 2^63 cents")]
fn cents(major: f64) -> i64 {
    (major * 100.0).round() as i64
}

/// When a line comes back, in calendar days since the start, if it does.
pub(super) fn comes_back(world: &World, person: &Person, at_days: f64, random: &mut Random) -> Option<f64> {
    let delay_mean = world.params.returns.delay_days_mean;
    random.chance(person.return_share).then(|| at_days + random.gamma(2.0, delay_mean).max(SHORTEST_RETURN_DAYS))
}

/// The line given back.
pub(super) fn given_back(line: &Line, at: Timestamp, recorded_at: Timestamp) -> Line {
    let amount_cents = -line.amount_cents;
    Line { at, recorded_at, amount_cents, discount_cents: 0, is_return: true, ..line.clone() }
}

/// When a row that happens at that time becomes known, in calendar days since the start.
pub(super) fn recorded_days(world: &World, at_days: f64, random: &mut Random) -> f64 {
    let recording = &world.params.recording;
    if random.chance(recording.late_share) { at_days + random.exponential(recording.late_days_mean) } else { at_days }
}
