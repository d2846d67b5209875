//! From what features add to the log-odds to what facts add: each feature belongs to a fact or to the context, and derived
//! quantities are passed on to what they are made of. Nothing is lost on the way: facts and context sum to what the features
//! sum to.

use super::medians::Medians;
use super::mention::Mention;
use super::sentence::Template;
use super::shapley::{of_three, product, shares};
use crate::clv::{CustomerSummary, PurchaseModel, ValueModel};
use crate::features::{
    Entry, FORECAST_INPUTS, Fact, Family, FeatureSchema, ForecastFigure, SILENCE_FEATURE, Side, Split, Telling, Unit,
};
use crate::units::Days;

/// What a model is told of the shop, so that a reason does not depend on who else is scored.
#[derive(Clone, Copy)]
pub struct Background<'a> {
    /// What customers were like in training.
    pub medians: &'a Medians,
    /// The purchase model behind the forecasts of the day, if there is one.
    pub purchases: Option<&'a PurchaseModel>,
    /// Days between the day and the label window.
    pub gap: Days,
    /// Length of the label window.
    pub horizon: Days,
    /// Whether amounts of purchases are money, and not a number that stands for each.
    pub has_money: bool,
}

/// A feature that can tell its fact.
pub(super) struct Teller {
    pub(super) fact: Fact,
    pub(super) family: Family,
    /// Ahead of the others of its fact.
    pub(super) is_first: bool,
    side: Side,
    pub(super) column: usize,
    median: Option<f64>,
    pub(super) template: Template<usize>,
    /// If it says no more of a complaint than that there was one.
    pub(super) mention: Option<Mention>,
}

impl Teller {
    /// Whether a row has a value that may be told.
    pub(super) fn may_tell(&self, value: &impl Fn(usize) -> f64) -> bool {
        self.side.has(value(self.column), self.median)
    }
}

/// What a feature adds to the log-odds of one row.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Added {
    /// Beside an average customer.
    pub(super) log_odds: f64,
    /// Beside the median customer.
    pub(super) beside_median: f64,
}

impl Added {
    fn share(self, share: f64) -> Self {
        Self { log_odds: share * self.log_odds, beside_median: share * self.beside_median }
    }
}

/// What facts and their tellers add to the log-odds of one row.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Ledger {
    /// Beside an average customer.
    pub(super) facts: [f64; Fact::COUNT],
    /// Beside the median customer.
    pub(super) beside_median: [f64; Fact::COUNT],
    /// What belongs to no fact.
    pub(super) context: f64,
    /// By the number of the teller.
    pub(super) tellers: Vec<f64>,
}

impl Ledger {
    fn add(&mut self, to: Target, silence_days: f64, added: Added) {
        let Some(fact) = to.fact else {
            self.context += added.log_odds;
            return;
        };
        let is_silent = silence_days > to.recent_days;
        let fact = if is_silent { Fact::Silence } else { fact } as usize;
        self.facts[fact] += added.log_odds;
        self.beside_median[fact] += added.beside_median;
        if let Some(sum) = to.teller.filter(|_| !is_silent).and_then(|teller| self.tellers.get_mut(teller)) {
            *sum += added.log_odds;
        }
    }
}

/// Where a contribution goes.
#[derive(Debug, Clone, Copy)]
struct Target {
    /// `None`: to the context.
    fact: Option<Fact>,
    teller: Option<usize>,
    /// After a longer silence, to the silence instead.
    recent_days: f64,
}

/// What the contribution of a feature becomes.
struct Way {
    own: Target,
    split: Option<Parting>,
}

/// A derived quantity with what its parts are found by.
enum Parting {
    Forecast(ForecastFigure),
    /// One factor, found in a column as it stands or by what a silence leaves of it, and the rest.
    Product {
        value: usize,
        factor: usize,
        half_life_days: Option<f64>,
        medians: [f64; 2],
        to: Target,
    },
}

/// The forecast of the day with what it is made of.
struct ForecastParting<'a> {
    model: &'a PurchaseModel,
    /// When the label window begins and ends, in days.
    window: [f64; 2],
    columns: [usize; 3],
    medians: [f64; 3],
    to: [Target; 3],
}

/// All ways of a model's features.
pub(super) struct Passing<'a> {
    ways: Vec<Way>,
    pub(super) tellers: Vec<Teller>,
    silence: Option<usize>,
    forecast: Option<ForecastParting<'a>>,
}

impl<'a> Passing<'a> {
    pub(super) fn of(features: &[String], schema: &FeatureSchema, background: Background<'a>) -> Self {
        let Background { medians, has_money, .. } = background;
        let mut plan = Plan { schema, medians, has_money, tellers: Vec::new(), targets: Vec::new() };
        let ways = features.iter().map(|name| plan.way(name)).collect();
        let forecast = background.purchases.and_then(|model| plan.forecast(model, background));
        Self { ways, tellers: plan.tellers, silence: schema.position(SILENCE_FEATURE), forecast }
    }

    /// Enters what the features of a row add, given the values of its columns.
    pub(super) fn enter(&self, parts: impl Iterator<Item = Added>, value: &impl Fn(usize) -> f64, ledger: &mut Ledger) {
        (ledger.facts, ledger.beside_median) = ([0.0; Fact::COUNT], [0.0; Fact::COUNT]);
        ledger.context = 0.0;
        ledger.tellers.clear();
        ledger.tellers.resize(self.tellers.len(), 0.0);
        let silence_days = self.silence.map_or(0.0, value);
        let mut forecast = None;
        for (way, added) in self.ways.iter().zip(parts) {
            match &way.split {
                None => ledger.add(way.own, silence_days, added),
                Some(Parting::Forecast(figure)) => {
                    let parting = self.forecast.as_ref();
                    let movements =
                        *forecast.get_or_insert_with(|| parting.and_then(|parting| parting.movements(value)));
                    match (parting, movements.and_then(|movements| shares(movements[*figure as usize]))) {
                        (Some(parting), Some(shares)) => {
                            for (to, share) in parting.to.iter().zip(shares) {
                                ledger.add(*to, silence_days, added.share(share));
                            }
                        }
                        _ => ledger.add(way.own, silence_days, added),
                    }
                }
                Some(Parting::Product { value: column, factor, half_life_days, medians, to }) => {
                    let factor = half_life_days.map_or(value(*factor), |days| left_after(value(*factor), days));
                    let [passed, kept] = factor_shares([value(*column), factor], *medians);
                    ledger.add(*to, silence_days, added.share(passed));
                    ledger.add(way.own, silence_days, added.share(kept));
                }
            }
        }
    }
}

/// What a silence leaves of a sum that halves every so many days.
fn left_after(silence_days: f64, half_life_days: f64) -> f64 {
    (-silence_days / half_life_days).exp2()
}

/// The shares of a factor and of the rest in the way of their product from its median. Where there is no factor, the rest
/// means nothing; where something is missing, nothing is known of the factor.
fn factor_shares([value, factor]: [f64; 2], [median, median_factor]: [f64; 2]) -> [f64; 2] {
    if factor == 0.0 || median_factor == 0.0 {
        return [1.0, 0.0];
    }
    shares(product([factor, value / factor], [median_factor, median / median_factor])).unwrap_or([0.0, 1.0])
}

impl ForecastParting<'_> {
    /// What silence, visits and tenure add to each figure of the forecast on its way from that of the median customer;
    /// `None` where a number is missing.
    #[expect(clippy::needless_range_loop, reason = "the bits of the place say which inputs are the customer's own")]
    fn movements(&self, value: &impl Fn(usize) -> f64) -> Option<[[f64; 3]; 3]> {
        let here = self.columns.map(value);
        let mut figures = [[0.0; 8]; 3];
        for set in 0..8 {
            let [silence, visits, tenure] =
                std::array::from_fn(|input| if set >> input & 1 == 1 { here[input] } else { self.medians[input] });
            let forecast = self.model.forecast(&summary(silence, visits, tenure)?, self.window[0], self.window[1]);
            figures[ForecastFigure::NoPurchase as usize][set] = forecast.probability_no_purchase;
            figures[ForecastFigure::Purchases as usize][set] = forecast.expected_purchases;
            figures[ForecastFigure::Active as usize][set] = forecast.probability_active;
        }
        Some(figures.map(of_three))
    }
}

/// A history with this silence and these visits, in days: at least a day between visits, and one visit is as old as the
/// silence. The figures of nobody, which a split asks for, may contradict each other: then the tenure gives way.
fn summary(silence: f64, visits: f64, tenure: f64) -> Option<CustomerSummary> {
    if !visits.is_finite() {
        return None;
    }
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a count of days")]
    let repeats = (visits.round() - 1.0).max(0.0) as u32;
    let between = if repeats == 0 { 0.0 } else { (tenure - silence).max(f64::from(repeats)) };
    CustomerSummary::new(repeats, between, silence + between).ok()
}

/// Whether a feature tells what purchases cost.
fn is_of_money(fact: Fact, entry: &Entry<'_>) -> bool {
    let is_returned = fact == Fact::Returns && entry.unit == Unit::Amount;
    matches!(fact, Fact::LowSpend | Fact::SpendFell) || is_returned
}

/// Finds out where contributions go.
struct Plan<'a> {
    schema: &'a FeatureSchema,
    medians: &'a Medians,
    has_money: bool,
    tellers: Vec<Teller>,
    /// What was found so far, by name.
    targets: Vec<(String, Target)>,
}

impl Plan<'_> {
    fn way(&mut self, name: &str) -> Way {
        let own = self.target(name);
        let split = self.schema.entry(name).and_then(|entry| entry.split);
        Way { own, split: split.and_then(|split| self.parting(name, split)) }
    }

    fn target(&mut self, name: &str) -> Target {
        if let Some((_, target)) = self.targets.iter().find(|(other, _)| other == name) {
            return *target;
        }
        let target = self.new_target(name);
        self.targets.push((name.to_owned(), target));
        target
    }

    fn new_target(&mut self, name: &str) -> Target {
        let (schema, nowhere) = (self.schema, Target { fact: None, teller: None, recent_days: f64::INFINITY });
        let Some((entry, column)) = schema.entry(name).zip(schema.position(name)) else { return nowhere };
        let recent_days = entry.recent_days.map_or(f64::INFINITY, f64::from);
        let found =
            entry.telling.side().zip(Template::of_feature(&entry, schema, self.medians)).zip(entry.telling.fact());
        let found = found.filter(|(_, fact)| self.has_money || !is_of_money(*fact, &entry));
        let teller = found.map(|((side, template), fact)| {
            let is_first = matches!(entry.telling, Telling::TellsFirst(..));
            let median = self.medians.get(name);
            let (family, mention) = (entry.family, Mention::of(name));
            self.tellers.push(Teller { fact, family, is_first, side, column, median, template, mention });
            self.tellers.len() - 1
        });
        Target { fact: entry.telling.fact(), teller, recent_days }
    }

    /// `None` if the medians are not known, against which a split is reckoned.
    fn parting(&mut self, name: &str, split: Split) -> Option<Parting> {
        let (factor, half_life_days) = match split {
            Split::Forecast(figure) => return Some(Parting::Forecast(figure)),
            Split::Product(factor) => (factor, None),
            Split::Decay { half_life_days } => (SILENCE_FEATURE, Some(f64::from(half_life_days))),
        };
        let median = self.medians.get(factor)?;
        let median = half_life_days.map_or(median, |days| left_after(median, days));
        Some(Parting::Product {
            value: self.schema.position(name)?,
            factor: self.schema.position(factor)?,
            half_life_days,
            medians: [self.medians.get(name)?, median],
            to: self.target(factor),
        })
    }

    fn forecast<'m>(&mut self, model: &'m PurchaseModel, background: Background<'_>) -> Option<ForecastParting<'m>> {
        let [silence, visits, tenure] = FORECAST_INPUTS;
        let column = |name| self.schema.position(name);
        let columns = [column(silence)?, column(visits)?, column(tenure)?];
        let median = |name| self.medians.get(name);
        let medians = [median(silence)?, median(visits)?, median(tenure)?];
        let from = f64::from(background.gap.0);
        let window = [from, from + f64::from(background.horizon.0)];
        Some(ForecastParting { model, window, columns, medians, to: FORECAST_INPUTS.map(|name| self.target(name)) })
    }
}
