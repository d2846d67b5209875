//! Which purchase a return undoes, and since when an order is void.
//!
//! Returns are taken in the order in which they became known, and each looks only at lines that were known by then: what
//! is recorded later changes nothing that was decided before. The rules, the first that finds something holds:
//!
//! 1. the order that the return names: its line of the same product, else the order as a whole;
//! 2. the customer's latest earlier line of the same product and quantity, else of that product with so much left, which
//!    alone decides where quantities are not given;
//! 3. by the amount: an order that came to just this much or, where a product is not given, a line of it.
//!
//! Once all lines of an order that are known are given back in full, it is void from that instant on, for good.

use std::cmp::Reverse;
use std::ops::{AddAssign, Range};

use serde::Serialize;

use super::columns::{NEVER, NO_CODE};
use super::lines::{Lines, goes_on, is_code};
use crate::units::Timestamp;

/// By which rule returns found what they give back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct ReturnCounts {
    /// The order that they name.
    pub by_order: u64,
    /// A line of the same product.
    pub by_product: u64,
    /// An order or a line of the same amount.
    pub by_amount: u64,
    /// None: they lower what the customer spent, and undo no order.
    pub unmatched: u64,
    /// Orders that are void.
    pub void_orders: u64,
}

impl AddAssign for ReturnCounts {
    fn add_assign(&mut self, other: Self) {
        self.by_order += other.by_order;
        self.by_product += other.by_product;
        self.by_amount += other.by_amount;
        self.unmatched += other.unmatched;
        self.void_orders += other.void_orders;
    }
}

/// An order that was given back as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct VoidOrder {
    /// When it was placed.
    pub at: Timestamp,
    /// When it was known to be given back.
    pub void_at: Timestamp,
    /// What it had cost, in minor units.
    pub amount: i64,
}

impl VoidOrder {
    /// The orders among one customer's lines that were void before a cutoff, the lines standing order after order.
    pub(super) fn among(lines: &Lines, range: Range<usize>, cutoff: Timestamp) -> Vec<Self> {
        let mut orders: Vec<(u64, Self)> = Vec::new();
        for line in range.filter(|line| lines.void(*line) < cutoff) {
            let (key, void_at, amount) = (lines.order_key(line), lines.void(line), lines.amount[line]);
            match orders.last_mut() {
                Some((last, order)) if *last == key && order.void_at == void_at => order.amount += amount,
                _ => orders.push((key, Self { at: lines.at[line], void_at, amount })),
            }
        }
        orders.into_iter().map(|(_, order)| order).collect()
    }
}

/// What the returns of a range of customers undo.
#[derive(Debug, Default)]
pub(super) struct Undone {
    /// Since when the order of each bought line is void; `NEVER` where it is not.
    pub(super) void: Vec<Timestamp>,
    /// A bought line that each return gives back.
    pub(super) line: Vec<Option<usize>>,
    /// What each return exceeds the lines by that it gives back, in minor units; 0 where it gives none back.
    pub(super) excess: Vec<i64>,
    pub(super) counts: ReturnCounts,
}

impl Undone {
    /// Matches the returned lines of each customer with the bought ones, which stand order after order.
    pub(super) fn find(bought: &Lines, bought_starts: &[u32], returned: &Lines, returned_starts: &[u32]) -> Self {
        let mut undone = Self {
            void: vec![NEVER; bought.at.len()],
            line: vec![None; returned.at.len()],
            excess: vec![0; returned.at.len()],
            counts: ReturnCounts::default(),
        };
        for (bounds, returns) in bought_starts.windows(2).zip(returned_starts.windows(2)) {
            let range = |bounds: &[u32]| bounds[0] as usize..bounds[1] as usize;
            if returns[0] < returns[1] {
                let mut purchases = Purchases::new(bought, range(bounds));
                undone.take(&mut purchases, returned, range(returns));
                undone.counts.void_orders += purchases.n_void;
                purchases.void_since(&mut undone.void);
            }
        }
        undone
    }

    fn take(&mut self, purchases: &mut Purchases<'_>, returned: &Lines, range: Range<usize>) {
        let mut sequence: Vec<(Return, usize)> = range.map(|line| (Return::of(returned, line), line)).collect();
        sequence.sort_unstable();
        for (given_back, line) in sequence {
            let found = purchases.give_back(&given_back);
            match found {
                Some((Rule::Order, ..)) => self.counts.by_order += 1,
                Some((Rule::Product, ..)) => self.counts.by_product += 1,
                Some((Rule::Amount, ..)) => self.counts.by_amount += 1,
                None => self.counts.unmatched += 1,
            }
            self.line[line] = found.map(|(_, line, _)| line);
            self.excess[line] = found.map_or(0, |(.., excess)| excess);
        }
    }
}

#[derive(Clone, Copy)]
enum Rule {
    Order,
    Product,
    Amount,
}

/// A return line; the order of its fields is that in which returns are taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Return {
    known: Timestamp,
    at: Timestamp,
    /// 0 where not given.
    order: u64,
    product: u32,
    /// In minor units, the largest first.
    amount: Reverse<i64>,
    /// Bits of the number of pieces; 0 where not given.
    pieces: u32,
}

impl Return {
    fn of(lines: &Lines, line: usize) -> Self {
        Self {
            known: lines.known(line),
            at: lines.at[line],
            order: lines.order.get(line).copied().unwrap_or(0),
            product: lines.product.get(line).copied().unwrap_or(NO_CODE),
            amount: Reverse(lines.amount[line].saturating_abs()),
            pieces: pieces(lines, line),
        }
    }
}

/// Bits of how many pieces a line has, whichever way they go; 0 where that is not given.
fn pieces(lines: &Lines, line: usize) -> u32 {
    lines.quantity.get(line).copied().filter(|pieces| pieces.is_finite()).map_or(0, |pieces| pieces.abs().to_bits())
}

/// One customer's purchases while returns are taken from them.
struct Purchases<'l> {
    lines: &'l Lines,
    first: usize,
    /// What has not come back of each line, in minor units.
    left: Vec<i64>,
    /// Whether all of a line has come back.
    is_back: Vec<bool>,
    void: Vec<Timestamp>,
    n_void: u64,
    /// Lines by the key of their order, then instant.
    by_order: Vec<(u64, Timestamp, usize)>,
    /// Lines by product.
    by_product: Vec<(u32, usize)>,
}

impl<'l> Purchases<'l> {
    fn new(lines: &'l Lines, range: Range<usize>) -> Self {
        let first = range.start;
        let own = 0..range.len();
        let key = |line: usize| (lines.order_key(first + line), lines.at[first + line], line);
        let mut by_order: Vec<(u64, Timestamp, usize)> = own.clone().map(key).collect();
        by_order.sort_unstable();
        let product = |line: usize| {
            let product = *lines.product.get(first + line)?;
            is_code(product).then_some((product, line))
        };
        let mut by_product: Vec<(u32, usize)> = own.clone().filter_map(product).collect();
        by_product.sort_unstable();
        Self {
            lines,
            first,
            // What cost nothing need not come back.
            is_back: lines.amount[range.clone()].iter().map(|amount| *amount <= 0).collect(),
            left: lines.amount[range].to_vec(),
            void: vec![NEVER; own.len()],
            n_void: 0,
            by_order,
            by_product,
        }
    }

    /// Takes a return; the rule by which it was matched, a line that it gives back, and what is left of it.
    fn give_back(&mut self, given_back: &Return) -> Option<(Rule, usize, i64)> {
        let (rule, lines) = self
            .in_named_order(given_back)
            .map(|lines| (Rule::Order, lines))
            .or_else(|| self.of_product(given_back).map(|lines| (Rule::Product, lines)))
            .or_else(|| self.of_amount(given_back).map(|lines| (Rule::Amount, lines)))?;
        let line = *lines.first()?;
        let excess = self.credit(&lines, given_back);
        self.look_whether_void(line, given_back.known);
        Some((rule, self.first + line, excess))
    }

    /// Whether a line can be what a return gives back: bought by then, known by then, and not back yet.
    fn is_open(&self, line: usize, given_back: &Return) -> bool {
        !self.is_back[line]
            && self.lines.at[self.first + line] <= given_back.at
            && self.lines.known(self.first + line) <= given_back.known
    }

    /// The orders among lines by order and instant, as they stood at an instant.
    fn orders_among(&self, lines: &[(u64, Timestamp, usize)], now: Timestamp) -> Vec<Vec<usize>> {
        let stands = |line: usize| self.void[line] == NEVER && self.lines.known(self.first + line) <= now;
        let standing: Vec<_> = lines.iter().filter(|(.., line)| stands(*line)).copied().collect();
        let is_one = |a: &(u64, Timestamp, usize), b: &(u64, Timestamp, usize)| a.0 == b.0 && goes_on(a.1, b.1);
        standing.chunk_by(is_one).map(|order| order.iter().map(|(.., line)| *line).collect()).collect()
    }

    /// All lines with the key of an order.
    fn with_key(&self, key: u64) -> &[(u64, Timestamp, usize)] {
        let start = self.by_order.partition_point(|(other, ..)| *other < key);
        let end = self.by_order.partition_point(|(other, ..)| *other <= key);
        &self.by_order[start..end]
    }

    fn in_named_order(&self, given_back: &Return) -> Option<Vec<usize>> {
        if given_back.order == 0 {
            return None;
        }
        // A number that stands again much later is another order: the latest one that is open.
        let open = |order: Vec<usize>| -> Vec<usize> {
            order.into_iter().filter(|line| self.is_open(*line, given_back)).collect()
        };
        let mut orders = self.orders_among(self.with_key(given_back.order), given_back.known).into_iter().map(open);
        let order = orders.rfind(|order| !order.is_empty())?;
        let is_product = |line: &usize| is_code(given_back.product) && self.product(*line) == given_back.product;
        let of_product = order.iter().copied().filter(is_product);
        let line = of_product.max_by_key(|line| self.fit(*line, given_back));
        Some(line.map_or_else(|| self.in_stable_order(order), |line| vec![line]))
    }

    fn of_product(&self, given_back: &Return) -> Option<Vec<usize>> {
        if !is_code(given_back.product) {
            return None;
        }
        let has_as_many = |line: usize| match (self.pieces(line), given_back.pieces) {
            // How many there are is not told: the amount decides.
            (0, _) | (_, 0) => true,
            (own, back) => f32::from_bits(own) >= f32::from_bits(back),
        };
        let is_enough = |line: usize| has_as_many(line) && self.left[line] >= given_back.amount.0;
        let fits = |line: &usize| {
            self.is_open(*line, given_back) && (self.is_same_quantity(*line, given_back) || is_enough(*line))
        };
        let start = self.by_product.partition_point(|(product, _)| *product < given_back.product);
        let own = self.by_product[start..].iter().take_while(|(product, _)| *product == given_back.product);
        own.map(|(_, line)| *line).filter(fits).max_by_key(|line| self.fit(*line, given_back)).map(|line| vec![line])
    }

    /// An order of just this amount or, where one of the two has no product, a line of it; the latest.
    fn of_amount(&self, given_back: &Return) -> Option<Vec<usize>> {
        let Reverse(amount) = given_back.amount;
        if amount <= 0 {
            return None;
        }
        let is_whole = |order: &Vec<usize>| {
            let mut open = order.iter().filter(|line| !self.is_back[**line]);
            open.all(|line| self.is_open(*line, given_back))
                && order.iter().map(|line| self.left[*line].max(0)).sum::<i64>() == amount
        };
        let orders = self.orders_among(&self.by_order, given_back.known).into_iter().filter(is_whole);
        if let Some(order) = orders.max_by_key(|order| order.first().map(|line| self.place(*line))) {
            return Some(order);
        }
        let is_same = |line: &usize| {
            self.left[*line] == amount
                && !(is_code(given_back.product) && is_code(self.product(*line)))
                && self.is_open(*line, given_back)
        };
        (0..self.left.len()).filter(is_same).max_by_key(|line| self.fit(*line, given_back)).map(|line| vec![line])
    }

    /// How well a line fits a return; of equal ones the later is larger, and nothing depends on the order of rows.
    fn fit(&self, line: usize, given_back: &Return) -> impl Ord + use<> {
        (self.is_same_quantity(line, given_back), self.left[line] == given_back.amount.0, self.place(line))
    }

    /// What tells lines of a customer apart that matter here.
    fn place(&self, line: usize) -> (Timestamp, u64, u32, u32, i64) {
        let at = self.lines.at[self.first + line];
        let order = self.lines.order_key(self.first + line);
        (at, order, self.product(line), self.pieces(line), self.left[line])
    }

    fn in_stable_order(&self, mut lines: Vec<usize>) -> Vec<usize> {
        lines.sort_unstable_by_key(|line| self.place(*line));
        lines
    }

    fn product(&self, line: usize) -> u32 {
        self.lines.product.get(self.first + line).copied().unwrap_or(NO_CODE)
    }

    fn pieces(&self, line: usize) -> u32 {
        pieces(self.lines, self.first + line)
    }

    /// Whether a line has as many pieces as come back, where both say how many.
    fn is_same_quantity(&self, line: usize, given_back: &Return) -> bool {
        let own = self.pieces(line);
        own != 0 && own == given_back.pieces
    }

    /// Takes the amount from the lines, one after the other; what is more than all of them is left.
    fn credit(&mut self, lines: &[usize], given_back: &Return) -> i64 {
        let Reverse(mut amount) = given_back.amount;
        for line in lines {
            let taken = amount.min(self.left[*line].max(0));
            amount -= taken;
            self.left[*line] -= taken;
            self.is_back[*line] = self.left[*line] <= 0;
        }
        amount
    }

    /// Marks the order of a line, as it stands at an instant, as void if all of it is back.
    fn look_whether_void(&mut self, line: usize, now: Timestamp) {
        let key = self.lines.order_key(self.first + line);
        let orders = self.orders_among(self.with_key(key), now);
        let Some(order) = orders.into_iter().find(|order| order.contains(&line)) else { return };
        if order.iter().all(|line| self.is_back[*line]) {
            self.n_void += 1;
            for line in order {
                self.void[line] = now;
            }
        }
    }

    fn void_since(&self, void: &mut [Timestamp]) {
        void[self.first..self.first + self.void.len()].copy_from_slice(&self.void);
    }
}

#[cfg(test)]
#[path = "voids_tests.rs"]
mod tests;
