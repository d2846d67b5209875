//! Owns the tables of a simulated shop: the lives of all customers, one after another, as columns.

use rayon::prelude::*;

use super::complaint::Complaint;
use super::contact::{Contact, Response};
use super::life::Life;
use super::order::Line;
use super::params::{ContactParams, Weighted};
use super::shop::Shop;
use super::world::World;
use crate::table::{Column, Table};

/// The tables; orders and complaints are numbered in the order of customers.
pub(super) fn assemble(world: &World, lives: &[Life]) -> Shop {
    let numbered = number(lives);
    Shop {
        purchases: purchases(world, &numbered),
        complaints: complaints(world, &numbered),
        customers: customers(world, &numbered),
        contacts: world.params.contacts.as_ref().map(|params| contacts(params, &numbered)),
        truth: truth(world, &numbered),
    }
}

/// A life, and how many came before.
struct Numbered<'a> {
    life: &'a Life,
    customer: usize,
    orders_before: usize,
    complaints_before: usize,
}

fn number(lives: &[Life]) -> Vec<Numbered<'_>> {
    let (mut orders_before, mut complaints_before) = (0, 0);
    let one = |(position, life)| {
        let numbered = Numbered { life, customer: position + 1, orders_before, complaints_before };
        orders_before += life.n_orders as usize;
        complaints_before += life.complaints.len();
        numbered
    };
    lives.iter().enumerate().map(one).collect()
}

impl Numbered<'_> {
    fn customer_id(&self) -> String {
        format!("C{:07}", self.customer)
    }

    fn order_id(&self, order: u32) -> String {
        format!("O{:07}", self.orders_before + order as usize + 1)
    }

    fn complaint_id(&self, position: usize) -> String {
        format!("K{:06}", self.complaints_before + position + 1)
    }
}

fn purchases(world: &World, lives: &[Numbered]) -> Table<'static> {
    let params = world.params;
    let region = |life: &Numbered| word(&params.arrival.regions, life.life.person.region);
    let category = |line: &Line| {
        let position = world.products.category_of(line.product as usize);
        params.basket.categories.get(position).cloned().unwrap_or_default()
    };
    let mut columns = vec![
        ("customer_id", Column::text(of_lines(lives, |life, _| life.customer_id()))),
        ("order_id", Column::text(of_lines(lives, |life, line| life.order_id(line.order)))),
        ("purchased_at", Column::Time(of_lines(lives, |_, line| line.at))),
        ("product_id", Column::text(of_lines(lives, |_, line| format!("P{:04}", line.product + 1)))),
        ("category", Column::text(of_lines(lives, |_, line| category(line)))),
        ("quantity", Column::Integer(of_lines(lives, |_, line| i64::from(line.pieces)))),
        ("amount", Column::Number(of_lines(lives, |_, line| major(line.amount_cents)))),
        ("discount", Column::Number(of_lines(lives, |_, line| major(line.discount_cents)))),
        ("channel", Column::text(of_lines(lives, |_, line| word(&params.basket.channels, line.channel.into())))),
        ("region", Column::text(of_lines(lives, |life, _| region(life)))),
        ("is_return", Column::Flag(of_lines(lives, |_, line| line.is_return))),
    ];
    if params.recording.late_share > 0.0 {
        columns.push(("recorded_at", Column::Time(of_lines(lives, |_, line| line.recorded_at))));
    }
    Table::new("purchases", columns)
}

fn complaints(world: &World, lives: &[Numbered]) -> Table<'static> {
    let params = &world.params.complaints;
    let resolution = |complaint: &Complaint| complaint.resolution.map(|position| word(&params.resolutions, position));
    let columns = vec![
        ("complaint_id", Column::text(of_complaints(lives, |life, position, _| life.complaint_id(position)))),
        ("customer_id", Column::text(of_complaints(lives, |life, _, _| life.customer_id()))),
        ("order_id", Column::text(of_complaints(lives, |life, _, one| life.order_id(one.order)))),
        ("opened_at", Column::Time(of_complaints(lives, |_, _, one| one.opened_at))),
        ("category", Column::text(of_complaints(lives, |_, _, one| word(&params.categories, one.category)))),
        ("severity", Column::Integer(of_complaints(lives, |_, _, one| i64::from(one.severity)))),
        ("channel", Column::text(of_complaints(lives, |_, _, one| word(&params.channels, one.channel)))),
        ("first_response_at", Column::OptionalTime(of_complaints(lives, |_, _, one| one.first_response_at))),
        ("resolved_at", Column::OptionalTime(of_complaints(lives, |_, _, one| one.resolved_at))),
        ("reopened_at", Column::OptionalTime(of_complaints(lives, |_, _, one| one.reopened_at))),
        ("resolution", Column::optional_text(of_complaints(lives, |_, _, one| resolution(one)))),
        ("compensation", Column::OptionalNumber(of_complaints(lives, |_, _, one| one.compensation_cents.map(major)))),
        ("satisfaction", Column::OptionalNumber(of_complaints(lives, |_, _, one| one.satisfaction))),
        ("amount", Column::Number(of_complaints(lives, |_, _, one| major(one.amount_cents)))),
        ("recorded_at", Column::Time(of_complaints(lives, |_, _, one| one.recorded_at))),
    ];
    Table::new("complaints", columns)
}

fn customers(world: &World, lives: &[Numbered]) -> Table<'static> {
    let arrival = &world.params.arrival;
    let acquisition = |life: &Life| {
        let way = arrival.acquisition.get(life.person.acquisition);
        way.map(|way| way.word.clone()).unwrap_or_default()
    };
    let columns = vec![
        ("customer_id", Column::text(of_customers(lives, Numbered::customer_id))),
        ("signed_up_at", Column::Time(of_customers(lives, |one| world.clock.instant(one.life.signed_up_days)))),
        ("region", Column::text(of_customers(lives, |one| word(&arrival.regions, one.life.person.region)))),
        ("acquisition_channel", Column::text(of_customers(lives, |one| acquisition(one.life)))),
        ("birth_year", Column::Integer(of_customers(lives, |one| one.life.person.birth_year))),
        ("opted_out", Column::Flag(of_customers(lives, |one| one.life.person.opted_out))),
    ];
    Table::new("customers", columns)
}

fn contacts(params: &ContactParams, lives: &[Numbered]) -> Table<'static> {
    let all = || lives.iter().flat_map(|one| one.life.contacts.iter().map(move |contact| (one, contact)));
    let action = |contact: &Contact| params.actions.get(contact.action);
    let arm = |contact: &Contact| if contact.is_control { "control" } else { "treated" };
    let cost = |contact: &Contact| action(contact).filter(|_| !contact.is_control).map_or(0.0, |action| action.cost);
    let columns = vec![
        ("customer_id", Column::text(all().map(|(one, _)| one.customer_id()))),
        ("contacted_at", Column::Time(all().map(|(_, contact)| contact.at).collect())),
        (
            "action",
            Column::text(all().map(|(_, one)| action(one).map_or_else(String::new, |action| action.name.clone()))),
        ),
        ("campaign_id", Column::text(all().map(|_| "retention"))),
        ("arm", Column::text(all().map(|(_, contact)| arm(contact)))),
        ("cost", Column::Number(all().map(|(_, contact)| cost(contact)).collect())),
    ];
    Table::new("contacts", columns)
}

/// What contacts do to each customer, in a shop that contacts any.
fn contact_truth(params: &ContactParams, lives: &[Numbered]) -> Vec<(String, Column<'static>)> {
    let response = |one: &Numbered| one.life.response.unwrap_or(Response::Unmoved);
    let word = Column::text(lives.iter().map(|one| response(one).word()));
    let factors = params.actions.iter().map(|action| {
        let factor = lives.iter().map(|one| response(one).hazard_factor(action, params)).collect();
        (format!("hazard_factor_{}", action.name), Column::Number(factor))
    });
    std::iter::once(("contact_effect".to_owned(), word)).chain(factors).collect()
}

fn truth(world: &World, lives: &[Numbered]) -> Table<'static> {
    let number = |value: fn(&Life) -> f64| Column::Number(of_customers(lives, |one| value(one.life)));
    let fades_from = |life: &Life| {
        let days = life.person.fading.map(|fading| world.clock.calendar(fading.from_season))?;
        world.clock.instant_before_end(days)
    };
    let left_at = |life: &Life| life.leaving.map(|leaving| world.clock.instant(leaving.at_days));
    let cause = |life: &Life| life.leaving.map(|leaving| leaving.cause.word().to_owned());
    let columns = vec![
        ("customer_id", Column::text(of_customers(lives, Numbered::customer_id))),
        ("purchase_rate_per_day", number(|life| life.person.rate_per_day)),
        ("regularity", number(|life| life.person.regularity)),
        ("mean_order_value", number(|life| life.person.order_value_mean)),
        ("hazard_per_day", number(|life| life.person.leaving_per_day)),
        ("hazard_per_order", number(|life| life.person.leaving_per_order)),
        ("fades_from", Column::OptionalTime(of_customers(lives, |one| fades_from(one.life)))),
        ("left_at", Column::OptionalTime(of_customers(lives, |one| left_at(one.life)))),
        ("cause", Column::optional_text(of_customers(lives, |one| cause(one.life)))),
    ];
    let of_contacts = world.params.contacts.iter().flat_map(|params| contact_truth(params, lives));
    Table::new("truth", columns.into_iter().map(|(name, column)| (name.to_owned(), column)).chain(of_contacts))
}

/// One value per purchase line; parallel, in the order of customers.
fn of_lines<'a, T: Send>(lives: &'a [Numbered<'a>], value: impl Fn(&Numbered<'a>, &Line) -> T + Send + Sync) -> Vec<T> {
    let value = &value;
    lives.par_iter().flat_map_iter(|one| one.life.lines.iter().map(move |line| value(one, line))).collect()
}

/// One value per complaint; the number is its position among those of the customer.
fn of_complaints<'a, T>(lives: &'a [Numbered<'a>], value: impl Fn(&Numbered<'a>, usize, &Complaint) -> T) -> Vec<T> {
    let value = &value;
    let of_life = |one: &'a Numbered<'a>| {
        one.life.complaints.iter().enumerate().map(move |(position, complaint)| value(one, position, complaint))
    };
    lives.iter().flat_map(of_life).collect()
}

fn of_customers<'a, T: Send>(lives: &'a [Numbered<'a>], value: impl Fn(&Numbered<'a>) -> T + Send + Sync) -> Vec<T> {
    lives.par_iter().map(value).collect()
}

fn word(words: &[Weighted], position: usize) -> String {
    words.get(position).map(|word| word.word.clone()).unwrap_or_default()
}

/// Hundredths as major units: the nearest number to two decimals, so that it prints with at most two.
fn major(cents: i64) -> f64 {
    cents as f64 / 100.0
}
