//! The page of one customer, as `retain explain` shows it: why, what to do, spend by month, what adds to the risk, value to
//! come, and the tables behind them. It has no script and loads nothing.

use std::collections::BTreeMap;

use serde::Serialize;

use super::figure::{DataTable, Figure, Tile, capital, day, digits, money, percent};
use crate::charts::{self, ColumnBar, ColumnChart, Frame, Row, RowChart, Unit};
use crate::explain::{CustomerExplanation, ExplainedCause, ExplainedValue, FeatureContribution, Risk};
use crate::text::counted;

const TEMPLATE: &str = include_str!("customer.html");

/// Months whose spend is drawn at most.
const MONTHS: usize = 24;
/// Facts that are drawn, and features in the table, at most.
const SHOWN: usize = 15;

/// The page of a customer as HTML.
///
/// # Errors
/// What the template engine says.
pub fn customer_page(explanation: &CustomerExplanation, currency: &str) -> Result<String, minijinja::Error> {
    super::template::render(TEMPLATE, &Customer { explanation, currency }.whole())
}

/// What the template sets.
#[derive(Serialize)]
struct Whole {
    policy: String,
    style: &'static str,
    customer: String,
    as_of: String,
    line: String,
    headline: String,
    tiles: Vec<Tile>,
    reasons: Vec<String>,
    cause: String,
    action: String,
    action_words: Vec<String>,
    figures: Vec<Figure>,
    tables: Vec<DataTable>,
    footer: String,
}

/// A customer and the currency of the shop.
#[derive(Clone, Copy)]
struct Customer<'c> {
    explanation: &'c CustomerExplanation,
    currency: &'c str,
}

impl Customer<'_> {
    fn whole(self) -> Whole {
        let explanation = self.explanation;
        let decision = &explanation.decision;
        let nothing =
            || decision.suppressed_code.map_or_else(|| "nothing".to_owned(), |why| format!("nothing ({why})"));
        let figures = [self.spend(), self.facts(), explanation.value.as_ref().and_then(|value| self.years(value))];
        Whole {
            policy: super::policy_of_style(),
            style: super::STYLE,
            customer: explanation.customer_id.clone(),
            as_of: day(&explanation.as_of),
            line: self.line(),
            headline: self.headline(),
            tiles: self.tiles(),
            reasons: explanation.reasons.clone(),
            cause: self.cause(),
            action: decision.recommended_action.as_ref().map_or_else(nothing, |action| action.replace('_', " ")),
            action_words: decision
                .action_why
                .iter()
                .chain(&decision.suppressed_because)
                .chain(&decision.hint)
                .map(|words| capital(words))
                .collect(),
            figures: figures.into_iter().flatten().collect(),
            tables: self.tables(),
            footer: format!(
                "Made by retain {} with model {}. Probabilities are those of customers like this one; what a customer will do \
                 nobody knows.",
                env!("CARGO_PKG_VERSION"),
                explanation.model_version
            ),
        }
    }

    /// The cause, what can be done about it, and what it is read from.
    fn cause(self) -> String {
        let ExplainedCause { cause, is_controllable, why } = &self.explanation.cause;
        let Some(cause) = cause else { return format!("{}.", capital(why)) };
        let hands = if *is_controllable == Some(true) { "you can do something about it" } else { "not in your hands" };
        format!("{} ({hands}): {why}.", capital(cause.in_words()))
    }

    fn line(self) -> String {
        let CustomerExplanation { rank, rank_interval, decision, life_cycle_stage, .. } = self.explanation;
        let list = match self.explanation.risk {
            Risk::Lost => "on the list",
            Risk::Gone => "on the win-back list",
        };
        let sure =
            rank_interval.map_or_else(String::new, |[low, high]| format!(" ({low} to {high} in four of five lists)"));
        let as_of = day(&self.explanation.as_of);
        let stage = life_cycle_stage.replace('_', " ");
        format!("{as_of} · place {} of {} {list}{sure} · stage {stage} · group {}", rank.0, rank.1, decision.group)
    }

    fn headline(self) -> String {
        let CustomerExplanation {
            customer_id,
            leaving_probability,
            gone_probability,
            value_at_stake,
            value_after_return,
            ..
        } = self.explanation;
        let at_stake = money(self.currency, *value_at_stake);
        match self.explanation.risk {
            Risk::Lost => {
                let lost = percent(gone_probability + leaving_probability);
                format!("{customer_id}: {lost} likely not to come back, with {at_stake} at stake")
            }
            Risk::Gone => {
                let back = money(self.currency, *value_after_return);
                format!("{customer_id}: {} likely to have left; a return is worth {back}", percent(*gone_probability))
            }
        }
    }

    fn tiles(self) -> Vec<Tile> {
        let explanation = self.explanation;
        let range =
            |[low, high]: [f64; 2]| format!("{} to {} for customers like this one", percent(low), percent(high));
        let churn = explanation.churn_interval.map_or_else(String::new, range);
        let tile = |value, name: &str, note| Tile::new(value, name, note);
        let nothing = format!("likely to buy nothing in {} days", explanation.horizon_days);
        let mut tiles = vec![
            tile(percent(explanation.churn_probability), &nothing, churn),
            tile(percent(explanation.leaving_probability), "likely to leave from now on", String::new()),
            tile(percent(explanation.gone_probability), "likely to have left already", String::new()),
        ];
        if let Some(value) = &explanation.value {
            let [low, high] = [value.interval.low, value.interval.high].map(|bound| money(self.currency, bound));
            let note = format!("four of five cases: {low} to {high}; so far {}", money(self.currency, value.historic));
            tiles.push(tile(money(self.currency, value.predicted), "margin to come", note));
            let note = format!("{} each", money(self.currency, value.spend_per_purchase));
            tiles.push(tile(format!("{:.1}", value.expected_purchases), "orders expected in the same time", note));
        }
        if let Some(expected) = &explanation.expected_next_order_date {
            let is_late = *expected < explanation.as_of;
            let note = if is_late { "overdue" } else { "" };
            tiles.push(tile(day(expected), "next order by the usual gap", note.to_owned()));
        }
        tiles
    }

    /// Spend by month.
    fn spend(self) -> Option<Figure> {
        let mut months: BTreeMap<String, (u32, f64)> = BTreeMap::new();
        for (at, amount) in &self.explanation.orders {
            let month = months.entry(at.get(..7)?.to_owned()).or_default();
            *month = (month.0 + 1, month.1 + amount);
        }
        let (first, last) = (months.keys().next()?.clone(), self.explanation.as_of.get(..7)?.to_owned());
        let shown: Vec<(String, u32, f64)> = months_between(&first, &last)?
            .into_iter()
            .map(|month| {
                let (n, amount) = months.get(&month).copied().unwrap_or_default();
                (month, n, amount)
            })
            .collect();
        let shown = shown.get(shown.len().saturating_sub(MONTHS)..).unwrap_or_default();
        let says = |month: &str, n: u32, amount: f64| {
            format!("{month}: {}, {}", counted(n.into(), "order"), money(self.currency, amount))
        };
        let bars = shown.iter().enumerate().map(|(nth, (month, n, amount))| {
            let is_named = nth.is_multiple_of(shown.len().div_ceil(6).max(1));
            ColumnBar::new(if is_named { month.as_str() } else { "" }, *amount, says(month, *n, *amount))
        });
        let y_title = format!("spent in {}", self.currency);
        let chart = ColumnChart {
            title: "Spend by month",
            frame: Frame::of_numbers("month", &y_title),
            bars: bars.collect(),
            has_numbers: false,
        };
        let rows =
            shown.iter().map(|(month, n, amount)| [month.clone(), n.to_string(), digits(self.currency, *amount)]);
        let total: f64 = self.explanation.orders.iter().map(|(_, amount)| amount).sum();
        Some(Figure {
            id: "spend".into(),
            heading: "Spend by month".to_owned(),
            sentence: format!(
                "{} for {} in all.",
                counted(self.explanation.orders.len() as u64, "order"),
                money(self.currency, total)
            ),
            population: format!("This customer, orders known on the day; at most the last {MONTHS} months."),
            svg: charts::columns(&chart),
            table: DataTable::new("", ["month", "orders", "spent"], rows),
        })
    }

    /// What adds to the risk and what takes from it.
    fn facts(self) -> Option<Figure> {
        let facts: Vec<_> = self.explanation.facts.iter().take(SHOWN).collect();
        let first = facts.first()?;
        let row = |name: &str, log_odds: f64| Row {
            name: name.to_owned(),
            value: log_odds,
            interval: None,
            note: format!("{log_odds:+.2}"),
            is_main: log_odds > 0.0,
        };
        let chart = RowChart {
            title: "What adds to the risk",
            axis: "log-odds, above or below the average customer",
            unit: Unit::Number,
            range: None,
            has_bars: true,
            reference: Some(0.0),
            rows: facts.iter().map(|fact| row(fact.fact.name(), fact.log_odds)).collect(),
        };
        let rows = facts.iter().map(|fact| [fact.fact.name().to_owned(), format!("{:+.3}", fact.log_odds)]);
        // Rounded first, so that nothing has no sign.
        let context = (100.0 * self.explanation.context_log_odds).round() / 100.0 + 0.0;
        let more = if first.log_odds > 0.0 { "adds most to" } else { "takes most from" };
        Some(Figure {
            id: "facts".into(),
            heading: "What adds to the risk, and what takes from it".to_owned(),
            sentence: format!("What {more} the risk of this customer: {}.", first.fact.name()),
            population: format!("Against the average customer of the day; {context:+.2} more belong to no fact."),
            svg: charts::rows(&chart),
            table: DataTable::new("", ["fact", "log-odds"], rows),
        })
    }

    /// The margin of the coming years.
    fn years(self, value: &ExplainedValue) -> Option<Figure> {
        let first = value.by_year.first()?;
        let name = |nth: usize| format!("year {}", nth + 1);
        let says = |nth: usize, margin: f64| format!("{}: {}", name(nth), money(self.currency, margin));
        let y_title = format!("margin in {}", self.currency);
        let chart = ColumnChart {
            title: "Margin to come by year",
            frame: Frame::of_numbers("", &y_title),
            bars: value
                .by_year
                .iter()
                .enumerate()
                .map(|(nth, margin)| ColumnBar::new(name(nth), *margin, says(nth, *margin)))
                .collect(),
            has_numbers: true,
        };
        let rows = value.by_year.iter().enumerate().map(|(nth, margin)| [name(nth), digits(self.currency, *margin)]);
        Some(Figure {
            id: "years".into(),
            heading: "Margin to come by year".to_owned(),
            sentence: format!("{} in the first year, the chance of leaving included.", money(self.currency, *first)),
            population: "Expected of customers with this history; later money counts less.".to_owned(),
            svg: charts::columns(&chart),
            table: DataTable::new("", ["year", "margin"], rows),
        })
    }

    fn tables(self) -> Vec<DataTable> {
        let explanation = self.explanation;
        let amount = |amount: f64| digits(self.currency, amount);
        let gain = |gain: Option<f64>| gain.map_or_else(|| "not for this one".to_owned(), amount);
        let actions = explanation.decision.alternatives.iter();
        let actions = actions
            .map(|other| [other.action.replace('_', " "), other.level.to_owned(), gain(other.expected_net_gain)]);
        let features = explanation.features.iter().take(SHOWN).map(feature_row);
        let orders = explanation.orders.iter().rev().map(|(at, value)| [minute(at), amount(*value)]);
        let complaints = explanation.complaints.iter().rev().map(|complaint| {
            let until = complaint.resolved_at.as_deref().map_or_else(String::new, minute);
            let until = if complaint.is_open == Some(true) { "open".to_owned() } else { until };
            [minute(&complaint.opened_at), complaint.category.clone().unwrap_or_default(), until]
        });
        let void = explanation.void_orders.iter().rev();
        let void = void.map(|order| [minute(&order.ordered_at), minute(&order.given_back_at), amount(order.amount)]);
        let in_currency = format!("Amounts in {}.", self.currency);
        let n_more = explanation.features.len().saturating_sub(SHOWN);
        let tables = [
            DataTable::new("Actions of the playbook", ["action", "level", "expected net gain"], actions)
                .saying(&in_currency),
            DataTable::new("Features that weigh most", ["feature", "customer", "shop median", "log-odds"], features)
                .saying(&format!("In units of each feature; {n_more} more weigh less.")),
            DataTable::new("Orders, the latest first", ["ordered at", "amount"], orders).saying(&in_currency),
            DataTable::new("Complaints, the latest first", ["opened at", "about", "resolved at"], complaints),
            DataTable::new("Orders given back as a whole", ["ordered at", "given back at", "amount"], void)
                .saying("They count as no purchase."),
        ];
        tables.into_iter().filter(|table| !table.rows.is_empty()).collect()
    }
}

fn feature_row(feature: &FeatureContribution) -> [String; 4] {
    let number = |value: Option<f64>| value.map_or_else(|| "none".to_owned(), |value| format!("{value:.2}"));
    [feature.name.clone(), number(feature.value), number(feature.shop_median), format!("{:+.3}", feature.log_odds)]
}

/// An instant to the minute.
fn minute(at: &str) -> String {
    at.get(..16).unwrap_or(at).replace('T', " ")
}

/// All months from one to another, both included, written like `2024-05`.
fn months_between(first: &str, last: &str) -> Option<Vec<String>> {
    let number = |month: &str| {
        let (year, month) = month.split_once('-')?;
        Some(year.parse::<i32>().ok()? * 12 + month.parse::<i32>().ok()? - 1)
    };
    let months = number(first)?..=number(last)?.max(number(first)?);
    Some(months.map(|month| format!("{:04}-{:02}", month.div_euclid(12), month.rem_euclid(12) + 1)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::explain::{ComplaintSummary, ExplainedDecision};

    fn explanation(id: &str) -> CustomerExplanation {
        CustomerExplanation {
            customer_id: id.to_owned(),
            as_of: "2025-02-01".to_owned(),
            model_version: "v".to_owned(),
            risk: Risk::Lost,
            rank: (2, 9),
            rank_interval: None,
            life_cycle_stage: "dormant",
            horizon_days: 60,
            churn_probability: 0.5,
            churn_interval: Some([0.4, 0.6]),
            gone_probability: 0.1,
            leaving_probability: 0.3,
            quiet_probability: None,
            value_at_stake: 12.0,
            value_after_return: 9.0,
            value: None,
            expected_next_order_date: Some("2025-01-09".to_owned()),
            confidence: "normal",
            reasons: vec!["silent for 71 days".to_owned()],
            cause: ExplainedCause {
                cause: Some(crate::decide::Cause::Price),
                is_controllable: Some(true),
                why: "looks at the price".to_owned(),
            },
            decision: ExplainedDecision {
                group: "treat",
                recommended_action: None,
                action_why: None,
                hint: None,
                next_category: None,
                suppressed_because: Some("Asked not to be contacted.".to_owned()),
                suppressed_code: Some("opted_out"),
                alternatives: Vec::new(),
            },
            base_log_odds: 0.0,
            features: Vec::new(),
            context: Vec::new(),
            facts: Vec::new(),
            context_log_odds: 0.0,
            orders: vec![("2024-11-03T10:00:00+00:00".to_owned(), 10.0), ("2025-01-03T10:00:00+00:00".to_owned(), 5.0)],
            void_orders: Vec::new(),
            complaints: vec![ComplaintSummary {
                opened_at: "2025-01-04T08:00:00+00:00".to_owned(),
                resolved_at: None,
                category: Some("delivery".to_owned()),
                is_open: Some(true),
            }],
        }
    }

    #[test]
    fn a_page_tells_what_is_known_and_nothing_runs_in_it() {
        let page = customer_page(&explanation("<script>alert(1)</script>"), "EUR").unwrap();
        assert!(
            page.contains(
                "&lt;script&gt;alert(1)&lt;&#x2f;script&gt;: 40\u{a0}% likely not to come back, with EUR\u{a0}12 at stake"
            ),
            "{page}"
        );
        assert!(!page.contains("<script") && page.contains("default-src &#x27;none&#x27;"), "{page}");
        assert!(page.contains("nothing (opted_out)") && page.contains("Silent for 71 days"));
        assert!(page.contains("likely to buy nothing in 60 days") && page.contains("stage dormant"));
        // A month without an order is drawn too.
        for month in ["2024-11", "2024-12", "2025-01", "2025-02"] {
            assert!(page.contains(&format!("{month}: ")), "{month}");
        }
        assert!(page.contains("<td>2025-01-04 08:00</td><td>delivery</td><td>open</td>"));
        assert!(!page.contains("id=\"facts\"") && !page.contains("given back as a whole"));
    }
}
