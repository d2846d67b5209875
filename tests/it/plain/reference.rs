//! Every feature once more, slowly and plainly, written from its meaning: no running figures, no sorted gaps, no shared
//! passes. Only the rules of time and of what one order and one complaint are stand here as well.

mod behaviour;
mod custom;
mod money;
mod said;
pub(crate) mod value_model;
mod voids;
mod whole_shop;

use std::collections::BTreeMap;

use jiff::civil::Date;
use retain::clv::PurchaseModel;
use retain::timeline::Cutoff;
use retain::units::MICROS_PER_DAY;

use super::{Answer, CUSTOMERS, Line, PlainShop, Version, known, zone};

/// An order as known at the cutoff.
#[derive(Debug, Clone)]
pub(crate) struct Order {
    key: u64,
    at: i64,
    lines: Vec<Line>,
}

impl Order {
    fn amount(&self) -> f64 {
        self.lines.iter().map(|line| line.amount).sum::<i64>() as f64 / 100.0
    }
}

/// A complaint as known at the cutoff.
#[derive(Debug, Clone)]
struct Case {
    opened: i64,
    answered: Option<i64>,
    resolved: Option<i64>,
    reopened: Option<i64>,
    order: Option<u64>,
    cause: Option<u32>,
    severity: Option<f64>,
    satisfaction: Option<f64>,
    amount: f64,
    compensation: f64,
}

/// One customer at one cutoff.
pub(crate) struct Reference {
    cutoff: Cutoff,
    orders: Vec<Order>,
    returns: Vec<Line>,
    /// Those of them that undo orders as a whole, with what these had cost.
    undoing: Vec<Line>,
    cases: Vec<Case>,
    versions: Vec<Version>,
    answers: Vec<Answer>,
    /// The purchase model of the whole shop at the cutoff.
    model: Option<PurchaseModel>,
    /// Orders of every customer, and their versions.
    everyone: Vec<(Vec<Order>, Option<Version>)>,
}

fn orders_of(lines: &[Line], customer: u32) -> Vec<Order> {
    let mut orders: BTreeMap<u64, Vec<Line>> = BTreeMap::new();
    for line in lines.iter().filter(|line| line.customer == customer && !line.is_return) {
        orders.entry(line.order).or_default().push(*line);
    }
    let order = |(key, lines): (u64, Vec<Line>)| {
        let order = move |lines: Vec<Line>| Order { key, at: lines[0].at, lines };
        apart(lines, |line| line.at).into_iter().map(order)
    };
    let mut orders: Vec<Order> = orders.into_iter().flat_map(order).collect();
    orders.sort_by_key(|order| (order.at, order.key));
    orders
}

/// Rows of one number in time, in groups that lie more than 30 days apart.
fn apart<R: Clone>(mut rows: Vec<R>, at: impl Fn(&R) -> i64) -> Vec<Vec<R>> {
    rows.sort_by_key(&at);
    rows.chunk_by(|a, b| at(b) - at(a) <= 30 * MICROS_PER_DAY).map(<[R]>::to_vec).collect()
}

fn cases_of(shop: &PlainShop, customer: u32) -> Vec<Case> {
    let mut rows: BTreeMap<u64, Vec<&super::Complaint>> = BTreeMap::new();
    for row in shop.complaints.iter().filter(|row| row.customer == customer) {
        rows.entry(row.key).or_default().push(row);
    }
    let number = |number: f32| (!number.is_nan()).then_some(f64::from(number));
    let case = |rows: &Vec<&super::Complaint>| Case {
        opened: rows.iter().map(|row| row.opened).min().unwrap(),
        answered: rows.iter().filter_map(|row| known(row.states[0])).min(),
        resolved: rows.iter().filter_map(|row| known(row.states[1])).max(),
        reopened: rows.iter().filter_map(|row| known(row.states[2])).max(),
        order: rows.iter().map(|row| row.order).filter(|order| *order != 0).min(),
        cause: rows.iter().map(|row| row.cause).filter(|cause| *cause != u32::MAX).min(),
        severity: rows.iter().filter_map(|row| number(row.severity)).reduce(f64::max),
        satisfaction: rows.iter().filter_map(|row| number(row.satisfaction)).reduce(f64::min),
        amount: rows.iter().map(|row| row.amount).sum::<i64>() as f64 / 100.0,
        compensation: rows.iter().map(|row| row.compensation).sum::<i64>() as f64 / 100.0,
    };
    let rows = rows.into_values().flat_map(|rows| apart(rows, |row| row.opened));
    let mut cases: Vec<Case> = rows.map(|rows| case(&rows)).collect();
    cases.sort_by(|a, b| a.opened.cmp(&b.opened).then(a.amount.total_cmp(&b.amount)));
    cases
}

/// The version that held: the one that began last.
fn version_of(versions: &[Version], customer: u32) -> Option<Version> {
    let order =
        |v: &Version| (v.valid_from, v.valid_from.max(v.recorded), v.signed_up, v.born, v.region, v.acquisition);
    versions.iter().filter(|version| version.customer == customer).max_by_key(|version| order(version)).cloned()
}

impl Reference {
    pub(crate) fn new(shop: &PlainShop, customer: u32, cutoff: Cutoff) -> Self {
        Self::with_model(shop, customer, (cutoff, value_model::fitted(shop, cutoff)))
    }

    /// The same with the purchase model that was fitted at the cutoff, which takes some time.
    pub(crate) fn with_model(
        shop: &PlainShop,
        customer: u32,
        (cutoff, model): (Cutoff, Option<PurchaseModel>),
    ) -> Self {
        let (shop, undoing) = voids::without_voids(&shop.as_recorded_by(cutoff.at().0));
        let of = |customer: u32| (orders_of(&shop.lines, customer), version_of(&shop.versions, customer));
        let mut answers: Vec<Answer> = shop.answers.iter().filter(|row| row.customer == customer).cloned().collect();
        answers.sort_by_key(|answer| answer.at);
        Self {
            cutoff,
            orders: orders_of(&shop.lines, customer),
            returns: shop.lines.iter().filter(|line| line.customer == customer && line.is_return).copied().collect(),
            undoing: undoing.into_iter().filter(|line| line.customer == customer).collect(),
            cases: cases_of(&shop, customer),
            versions: shop.versions.iter().filter(|version| version.customer == customer).cloned().collect(),
            answers,
            model,
            everyone: (0..CUSTOMERS).map(of).collect(),
        }
    }

    /// The value of a feature; `None` if there is no reference for it.
    pub(crate) fn value(&self, name: &str) -> Option<f64> {
        self.frequency(name)
            .or_else(|| self.money(name))
            .or_else(|| self.rhythm(name))
            .or_else(|| self.trend(name))
            .or_else(|| self.decay(name))
            .or_else(|| self.season(name))
            .or_else(|| self.basket(name))
            .or_else(|| self.variety(name))
            .or_else(|| self.returns(name))
            .or_else(|| self.complaints(name))
            .or_else(|| self.steps(name))
            .or_else(|| self.prior(name))
            .or_else(|| self.silence(name))
            .or_else(|| self.surveys(name))
            .or_else(|| self.categories(name))
            .or_else(|| self.attributes(name))
            .or_else(|| self.whole_shop(name))
            .or_else(|| self.value_model(name))
    }

    fn ago(&self, at: i64) -> f64 {
        days(self.cutoff.at().0 - at)
    }

    /// Orders of which at most `to` days have passed and more than `from`.
    fn aged(&self, from: i64, to: i64) -> Vec<&Order> {
        let now = self.cutoff.at().0;
        let (from, to) = (now - from * MICROS_PER_DAY, now - to * MICROS_PER_DAY);
        self.orders.iter().filter(|order| to <= order.at && order.at < from).collect()
    }

    fn orders_within(&self, days: i64) -> f64 {
        self.aged(0, days).len() as f64
    }

    fn spend(&self, from: i64, to: i64) -> f64 {
        self.aged(from, to).iter().map(|order| order.amount()).sum()
    }

    fn lines(&self) -> Vec<&Line> {
        self.orders.iter().flat_map(|order| &order.lines).collect()
    }

    fn lines_within(&self, days: i64) -> Vec<&Line> {
        self.aged(0, days).into_iter().flat_map(|order| &order.lines).collect()
    }

    /// The dates on which there was an order, by the clocks of the shop.
    fn visits(&self) -> Vec<Date> {
        dates(self.orders.iter())
    }

    /// Days of the calendar from a date to that of the cutoff.
    fn days_since(&self, date: Date) -> f64 {
        between(date, self.cutoff.date())
    }

    fn recency(&self) -> f64 {
        self.days_since(*self.visits().last().unwrap())
    }

    fn tenure(&self) -> f64 {
        self.days_since(self.visits()[0])
    }

    /// Days between successive visits, in their order in time.
    fn gaps(&self) -> Vec<f64> {
        self.visits().windows(2).map(|pair| between(pair[0], pair[1])).collect()
    }
}

/// More than all of any history, in days.
const EVER: i64 = 100_000;

/// The date of an instant by the clocks of the shop.
fn date_of(at: i64) -> Date {
    jiff::Timestamp::from_microsecond(at).unwrap().to_zoned(zone()).date()
}

/// The different dates of some orders, ascending.
fn dates<'o>(orders: impl Iterator<Item = &'o Order>) -> Vec<Date> {
    orders.map(|order| date_of(order.at)).collect::<std::collections::BTreeSet<Date>>().into_iter().collect()
}

/// Days of the calendar from one date to another.
fn between(from: Date, to: Date) -> f64 {
    f64::from(from.until(to).unwrap().get_days())
}

fn days(micros: i64) -> f64 {
    micros as f64 / MICROS_PER_DAY as f64
}

/// `a / b`, missing unless `b` is positive.
fn over(a: f64, b: f64) -> f64 {
    if b > 0.0 { a / b } else { f64::NAN }
}

fn mean(values: &[f64]) -> f64 {
    over(values.iter().sum(), values.len() as f64)
}

/// Sample standard deviation; missing with fewer than two.
fn sd(values: &[f64]) -> f64 {
    let mean = mean(values);
    let squares: f64 = values.iter().map(|value| (value - mean).powi(2)).sum();
    if values.len() < 2 { f64::NAN } else { (squares / (values.len() - 1) as f64).sqrt() }
}

fn sorted(values: &[f64]) -> Vec<f64> {
    let mut values = values.to_vec();
    values.sort_by(f64::total_cmp);
    values
}

/// The quantile `q`, interpolated; missing without values.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a place among the values")]
fn quantile(values: &[f64], q: f64) -> f64 {
    let values = sorted(values);
    if values.is_empty() {
        return f64::NAN;
    }
    let place = q * (values.len() - 1) as f64;
    let (lower, upper) = (values[place.floor() as usize], values[place.ceil() as usize]);
    lower + (place - place.floor()) * (upper - lower)
}

fn largest(values: impl IntoIterator<Item = f64>) -> f64 {
    values.into_iter().fold(f64::NAN, f64::max)
}

/// Distinct codes, the absent one aside.
fn distinct(codes: impl IntoIterator<Item = u32>) -> Vec<u32> {
    let mut codes: Vec<u32> = codes.into_iter().filter(|code| *code != u32::MAX).collect();
    codes.sort_unstable();
    codes.dedup();
    codes
}

/// Difference over sum.
fn contrast(a: f64, b: f64) -> f64 {
    if a + b > 0.0 { (a - b) / (a + b) } else { 0.0 }
}
