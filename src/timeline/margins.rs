//! What a shop earns of what it sells, by what lines cost it or by product category.

use std::collections::BTreeMap;

use super::columns::{NO_CODE, NO_COST};
use super::history::History;
use super::lines::is_code;
use crate::clv::blended_margin;

/// Margins as shares of revenue.
#[derive(Debug, Clone, PartialEq)]
pub struct Margins {
    /// Where no other is given.
    usual: f64,
    /// By the code of the category; empty if all are alike.
    by_category: Vec<f64>,
}

impl Margins {
    /// One margin for everything.
    #[must_use]
    pub const fn alike(usual: f64) -> Self {
        Self { usual, by_category: Vec::new() }
    }

    /// `usual` for all but the categories that `given` names; `categories` are the names by code.
    #[must_use]
    pub fn new(usual: f64, given: &BTreeMap<String, f64>, categories: &[String]) -> Self {
        if given.is_empty() {
            return Self::alike(usual);
        }
        let of = |name: &String| given.get(name).copied().unwrap_or(usual);
        Self { usual, by_category: categories.iter().map(of).collect() }
    }

    fn of(&self, code: u32) -> f64 {
        self.by_category.get(code as usize).copied().filter(|_| is_code(code)).unwrap_or(self.usual)
    }
}

impl History<'_> {
    /// The margin of what the customer bought so far as a share of revenue, by what lines cost the shop where that is known,
    /// else by categories, weighted by amount; what is given back is taken to have had the customer's own mix.
    #[must_use]
    pub fn margin_share(&self, margins: &Margins) -> f64 {
        let (amounts, costs) = (self.orders.lines.amount(), self.orders.lines.cost());
        if margins.by_category.is_empty() && costs.is_empty() {
            return margins.usual;
        }
        let categories = self.orders.lines.category();
        // Whole sums first: the order of lines within an order changes no bit.
        let mut with_cost = (0_i64, 0_i64);
        let mut without: BTreeMap<u32, i64> = BTreeMap::new();
        for (line, amount) in amounts.iter().enumerate() {
            match costs.get(line).filter(|cost| **cost != NO_COST.0) {
                Some(cost) => with_cost = (with_cost.0 + amount, with_cost.1 + cost),
                None => *without.entry(categories.get(line).copied().unwrap_or(NO_CODE)).or_default() += amount,
            }
        }
        let mut spent: Vec<f64> = without.values().map(|amount| *amount as f64).collect();
        let mut shares: Vec<f64> = without.keys().map(|code| margins.of(*code)).collect();
        if with_cost.0 > 0 {
            spent.push(with_cost.0 as f64);
            shares.push((with_cost.0 - with_cost.1) as f64 / with_cost.0 as f64);
        }
        if !spent.iter().any(|amount| *amount > 0.0) {
            return margins.usual;
        }
        blended_margin(&spent, &shares)
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use jiff::tz::TimeZone;

    use super::super::columns::{PurchaseColumns, Tables};
    use super::super::{Cutoff, EventLog};
    use super::*;
    use crate::units::{Money, Timestamp};

    /// The margin of a customer who bought for these amounts of these categories (shoes 0, socks 1) in one order.
    fn margin(bought: &[(u32, i64)], margins: &Margins) -> f64 {
        margin_at(bought, None, margins)
    }

    fn margin_at(bought: &[(u32, i64)], costs: Option<&[i64]>, margins: &Margins) -> f64 {
        let day = Cutoff::at_start_of(date(2024, 5, 1), &TimeZone::UTC);
        let n = bought.len();
        let purchases = PurchaseColumns {
            customer: vec![0; n],
            purchased_at: vec![Timestamp(day.at().0 - 1); n],
            amount: bought.iter().map(|(_, amount)| Money(*amount)).collect(),
            is_return: vec![false; n],
            category: Some(bought.iter().map(|(category, _)| *category).collect()),
            cost: costs.map(|costs| costs.iter().map(|cost| Money(*cost)).collect()),
            ..PurchaseColumns::default()
        };
        let tables = Tables { customer_ids: vec!["a".into()], purchases, ..Tables::default() };
        let log = EventLog::build(tables, &TimeZone::UTC).unwrap();
        let mut share = f64::NAN;
        log.visit(0, day, 100.0, |history| share = history.margin_share(margins));
        share
    }

    #[test]
    fn costs_of_lines_go_before_margins_of_categories() {
        let given = BTreeMap::from([("shoes".to_owned(), 0.5)]);
        let margins = Margins::new(0.2, &given, &["shoes".to_owned(), "socks".to_owned()]);
        let of = |bought: &[(u32, i64)], costs: &[i64]| margin_at(bought, Some(costs), &margins);
        assert!((of(&[(0, 100), (1, 300)], &[90, 210]) - 0.25).abs() < 1e-12);
        assert!((of(&[(0, 100), (1, 300)], &[NO_COST.0, 210]) - 0.35).abs() < 1e-12, "shoes by their category");
        assert!((of(&[(0, 100)], &[150]) + 0.5).abs() < 1e-12, "sold at a loss");
        assert!((margin_at(&[(0, 100)], Some(&[NO_COST.0]), &Margins::alike(0.7)) - 0.7).abs() < 1e-12);
    }

    #[test]
    fn a_margin_is_blended_by_amount() {
        let given = BTreeMap::from([("shoes".to_owned(), 0.5)]);
        let margins = Margins::new(0.2, &given, &["shoes".to_owned(), "socks".to_owned()]);
        assert!((margin(&[(0, 100), (1, 300)], &margins) - 0.275).abs() < 1e-12);
        assert!((margin(&[(0, 100), (NO_CODE, 100)], &margins) - 0.35).abs() < 1e-12);
        assert!((margin(&[(0, 0)], &margins) - 0.2).abs() < 1e-12, "nothing spent has the usual margin");
        assert!((margin(&[(0, 100)], &Margins::alike(0.7)) - 0.7).abs() < 1e-12);
        assert!((margin(&[(0, 100)], &Margins::new(0.7, &BTreeMap::new(), &[])) - 0.7).abs() < 1e-12);
    }
}
