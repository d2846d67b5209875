//! Which orders returns undo, from what was recorded by a cutoff and nothing else.

use super::super::{CUSTOMERS, Line, PlainShop};
use super::apart;

/// A bought line while returns are taken from it.
#[derive(Debug, Clone)]
struct Bought {
    line: Line,
    left: i64,
    is_void: bool,
}

impl Bought {
    fn is_back(&self) -> bool {
        self.left <= 0
    }

    fn known(&self) -> i64 {
        self.line.at.max(self.line.recorded)
    }

    /// The better it fits a return, the larger.
    fn fit(&self, back: &Line) -> (bool, bool, i64, u64, u32, u8, i64) {
        let line = &self.line;
        (
            same_quantity(line, back),
            self.left == back.amount.abs(),
            line.at,
            line.order,
            line.codes[0],
            line.quantity,
            self.left,
        )
    }
}

/// The shop without the lines of void orders; what gave those back cost nothing. Beside it, those returns with what the orders
/// had cost.
pub(super) fn without_voids(shop: &PlainShop) -> (PlainShop, Vec<Line>) {
    let (mut lines, mut undoing) = (Vec::new(), Vec::new());
    for customer in 0..CUSTOMERS {
        let of = |is_return: bool| {
            shop.lines.iter().filter(move |line| line.customer == customer && line.is_return == is_return).copied()
        };
        let mut bought: Vec<Bought> =
            of(false).map(|line| Bought { line, left: line.amount, is_void: false }).collect();
        let mut returns: Vec<Line> = of(true).collect();
        returns.sort_by_key(|back| {
            (back.at.max(back.recorded), back.at, back.order, back.codes[0], back.amount, back.quantity)
        });
        let undone: Vec<Option<(usize, i64)>> = returns.iter().map(|back| give_back(&mut bought, back)).collect();
        for (back, undone) in returns.iter_mut().zip(undone) {
            if let Some((_, excess)) = undone.filter(|(line, _)| bought[*line].is_void) {
                undoing.push(Line { amount: back.amount.abs() - excess, ..*back });
                back.amount = 0;
            }
        }
        lines.extend(bought.into_iter().filter(|bought| !bought.is_void).map(|bought| bought.line));
        lines.extend(returns);
    }
    (PlainShop { lines, ..shop.clone() }, undoing)
}

/// Takes a return from the customer's lines; one that it gives back, and what is more than all of them.
fn give_back(bought: &mut [Bought], back: &Line) -> Option<(usize, i64)> {
    let now = back.at.max(back.recorded);
    let known: Vec<usize> = (0..bought.len()).filter(|i| bought[*i].known() <= now).collect();
    let open: Vec<usize> =
        known.iter().copied().filter(|i| !bought[*i].is_back() && bought[*i].line.at <= back.at).collect();
    let mut orders: Vec<Vec<usize>> = Vec::new();
    let mut numbers: Vec<u64> = bought.iter().map(|bought| bought.line.order).collect();
    numbers.sort_unstable();
    numbers.dedup();
    for number in numbers {
        let standing = known.iter().copied().filter(|i| bought[*i].line.order == number && !bought[*i].is_void);
        orders.extend(apart(standing.collect(), |i| bought[*i].line.at));
    }
    let best = |lines: Vec<usize>| lines.into_iter().max_by_key(|i| bought[*i].fit(back));
    let is_product = |i: &usize| back.codes[0] != u32::MAX && bought[*i].line.codes[0] == back.codes[0];

    let named = orders.iter().filter(|order| bought[order[0]].line.order == back.order);
    let named =
        named.filter(|order| order.iter().any(|i| open.contains(i))).max_by_key(|order| bought[order[0]].line.at);
    let amount = back.amount.abs();
    let lines: Vec<usize> = if let Some(order) = named {
        let open: Vec<usize> = order.iter().copied().filter(|i| open.contains(i)).collect();
        best(open.iter().copied().filter(is_product).collect()).map_or(open, |line| vec![line])
    } else {
        let as_many = |own: u8| own == 0 || back.quantity == 0 || own >= back.quantity;
        let enough = |i: &usize| as_many(bought[*i].line.quantity) && bought[*i].left >= amount;
        let of_product = open.iter().copied().filter(is_product);
        let of_product = of_product.filter(|i| same_quantity(&bought[*i].line, back) || enough(i)).collect();
        let whole = || {
            let is_whole = |order: &&Vec<usize>| {
                order.iter().all(|i| bought[*i].is_back() || open.contains(i))
                    && order.iter().map(|i| bought[*i].left.max(0)).sum::<i64>() == amount
            };
            orders
                .iter()
                .filter(is_whole)
                .max_by_key(|order| (bought[order[0]].line.at, bought[order[0]].line.order))
                .cloned()
        };
        let same_amount = || {
            let no_product = |i: &usize| back.codes[0] == u32::MAX || bought[*i].line.codes[0] == u32::MAX;
            best(open.iter().copied().filter(|i| bought[*i].left == amount && no_product(i)).collect())
        };
        match best(of_product) {
            Some(line) => vec![line],
            None if amount == 0 => return None,
            None => whole().or_else(|| same_amount().map(|line| vec![line]))?,
        }
    };
    let excess = credit(bought, &lines, amount);
    let order = orders.iter().find(|order| order.contains(&lines[0]))?;
    if order.iter().all(|i| bought[*i].is_back()) {
        for i in order {
            bought[*i].is_void = true;
        }
    }
    Some((lines[0], excess))
}

fn credit(bought: &mut [Bought], lines: &[usize], mut amount: i64) -> i64 {
    let mut lines = lines.to_vec();
    lines.sort_by_key(|i| {
        let bought = &bought[*i];
        (bought.line.at, bought.line.order, bought.line.codes[0], bought.line.quantity, bought.left)
    });
    for line in lines {
        let taken = amount.min(bought[line].left.max(0));
        amount -= taken;
        bought[line].left -= taken;
    }
    amount
}

/// Whether both say how many pieces there are, and the same.
fn same_quantity(line: &Line, back: &Line) -> bool {
    line.quantity != 0 && line.quantity == back.quantity
}
