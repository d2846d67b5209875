//! Lines of an order that are a discount on it: a minus beside a product, a category or a kind called so takes from the other lines
//! of the order, and gives back nothing.

use super::finding::Severity;
use super::tally::{Counts, Tally};
use crate::ingest::{ABSENT, Says, TypedTable};
use crate::text::{counted, verb};
use crate::timeline::goes_on;
use crate::units::Timestamp;

/// Beginnings of words that name a discount wherever they stand.
const DISCOUNTS: &[&str] = &[
    "discount",
    "rabatt",
    "rabat",
    "nachlass",
    "skonto",
    "remise",
    "descuento",
    "desconto",
    "sconto",
    "korting",
    "sleva",
    "indirim",
    "скидк",
    "割引",
    "値引",
    "折扣",
    "할인",
    "markdown",
    "alennus",
    "kedvezmény",
    "reducere",
    "έκπτωση",
    "popust",
];

/// Beginnings of words that do so where few stand beside: a voucher may hang on a shirt.
const VOUCHERS: &[&str] = &[
    "promo",
    "coupon",
    "voucher",
    "gutschein",
    "cupón",
    "cupon",
    "cupom",
    "kupon",
    "buono",
    "reward",
    "loyalty",
    "réduction",
    "reduction",
    "treue",
    "aktion",
    "クーポン",
    "优惠",
    "쿠폰",
    "промокод",
    "купон",
];

/// Words of a name at most.
const MOST_WORDS: usize = 6;
const FEW_WORDS: usize = 3;

/// Takes discounts from the other lines of their orders, to the minor unit, in proportion to their amounts; the rows of the discounts,
/// ascending, which then come to nothing.
pub(super) fn share_out(table: &mut TypedTable) -> (Vec<usize>, Option<Tally>) {
    let is_discount = discounts(table);
    if is_discount.is_empty() {
        return (Vec::new(), None);
    }
    let (mut rows, mut new): (Vec<usize>, Vec<(usize, i64)>) = (Vec::new(), Vec::new());
    for lines in orders(table, &is_discount) {
        let known = lines.iter().filter(|line| line.amount > 0).map(|line| line.recorded).max();
        // What is recorded later than the order is no part of it yet.
        let is_off = |line: &&Line| {
            line.amount < 0
                && is_discount.get(line.row) == Some(&true)
                && known.is_some_and(|known| line.recorded <= known)
        };
        let taken: Vec<&Line> = lines.iter().filter(is_off).collect();
        let bought: Vec<&Line> = lines.iter().filter(|line| line.amount > 0).collect();
        let sum = |lines: &[&Line]| lines.iter().map(|line| i128::from(line.amount)).sum::<i128>();
        let (off, whole) = (-sum(&taken), sum(&bought));
        if taken.is_empty() || off > whole {
            continue;
        }
        new.extend(less(&bought, off, whole));
        new.extend(taken.iter().map(|line| (line.row, 0)));
        rows.extend(taken.iter().map(|line| line.row));
    }
    let money = table.money_mut("amount");
    for (row, amount) in new {
        money.get_mut(row).into_iter().for_each(|own| *own = amount);
    }
    rows.sort_unstable();
    let wording = |counts: Counts| {
        let (lines, are) = (counted(counts.found, "line"), verb(counts.found, "is", "are"));
        let text = format!(
            "{lines} with a minus {are} discounts on their orders by their names: taken from the other lines of the order, and no returns"
        );
        (Severity::Recommendation, text)
    };
    let tally = Tally::of_rows("discount_lines", (table, &rows), wording);
    (rows, tally.map(|tally| tally.of_column("amount")))
}

/// A line of an order.
struct Line {
    order: (u64, u32),
    at: Timestamp,
    recorded: i64,
    row: usize,
    amount: i64,
}

/// The lines of orders that have a discount, order by order.
fn orders(table: &TypedTable, is_discount: &[bool]) -> Vec<Vec<Line>> {
    let (keys, customers) = (table.keys("order_id"), table.codes("customer_id"));
    let (amounts, times, flags) = (table.money("amount"), table.times("purchased_at"), table.flags("is_return"));
    let recorded = table.times("recorded_at");
    let line = |row: usize| {
        let amount = *amounts.get(row).filter(|amount| **amount != ABSENT)?;
        let key = *keys.get(row).filter(|key| **key != 0)?;
        let order = (key, customers.get(row).copied()?);
        (flags.get(row) != Some(&1)).then(|| Line {
            order,
            recorded: recorded.get(row).copied().unwrap_or(0),
            at: Timestamp(times.get(row).copied().unwrap_or(0)),
            row,
            amount,
        })
    };
    let is_off = |line: &Line| line.amount < 0 && is_discount.get(line.row) == Some(&true);
    let with: rustc_hash::FxHashSet<(u64, u32)> =
        table.used_rows().filter_map(line).filter(is_off).map(|line| line.order).collect();
    let mut lines: Vec<Line> = table.used_rows().filter_map(line).filter(|line| with.contains(&line.order)).collect();
    lines.sort_unstable_by_key(|line| (line.order, line.at, line.row));
    let mut orders: Vec<Vec<Line>> = Vec::new();
    for line in lines {
        match orders.last_mut() {
            Some(order) if order.last().is_some_and(|last| last.order == line.order && goes_on(last.at, line.at)) => {
                order.push(line);
            }
            _ => orders.push(vec![line]),
        }
    }
    orders
}

/// The amounts of lines less their parts of a discount; what rounding leaves is taken from the first ones.
fn less(bought: &[&Line], off: i128, whole: i128) -> Vec<(usize, i64)> {
    let part = |line: &&&Line| off * i128::from(line.amount) / whole.max(1);
    let mut rest = off - bought.iter().map(|line| part(&line)).sum::<i128>();
    let own = |line: &&Line| {
        let left = i128::from(line.amount) - part(&line);
        let more = rest.min(left).clamp(0, 1);
        rest -= more;
        (line.row, i64::try_from(left - more).unwrap_or(line.amount))
    };
    bought.iter().map(own).collect()
}

/// Whether each row is called a discount; empty if none is.
fn discounts(table: &TypedTable) -> Vec<bool> {
    if table.keys("order_id").is_empty() {
        return Vec::new();
    }
    let mut found = vec![false; table.n_rows()];
    let mut any = false;
    for column in ["product_id", "category"] {
        let of_names: Vec<bool> = table.names(column).iter().map(|name| is_discount(name)).collect();
        if !of_names.contains(&true) {
            continue;
        }
        any = true;
        for (own, code) in found.iter_mut().zip(table.codes(column)) {
            *own |= usize::try_from(*code).is_ok_and(|code| of_names.get(code) == Some(&true));
        }
    }
    for column in table.watched.iter().filter(|column| column.watched.says == Says::State) {
        for (row, own) in found.iter_mut().enumerate().filter(|(_, own)| !**own) {
            if column.word(row).is_some_and(is_discount) {
                *own = true;
                any = true;
            }
        }
    }
    if any { found } else { Vec::new() }
}

/// Whether a name is that of a discount.
fn is_discount(name: &str) -> bool {
    let small = name.to_lowercase();
    let words: Vec<&str> =
        small.split(|letter: char| !letter.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let has = |known: &[&str]| words.iter().any(|word| known.iter().any(|start| word.starts_with(start)));
    let ends = words
        .iter()
        .any(|word| ["rabatt", "nachlass", "korting", "割引", "値引"].iter().any(|end| word.ends_with(end)));
    words.len() <= MOST_WORDS && (has(DISCOUNTS) || ends || (words.len() <= FEW_WORDS && has(VOUCHERS)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn discounts_are_told_by_their_names() {
        for name in [
            "Discount",
            "Rabatt 10 %",
            "Mengenrabatt",
            "Remise fidélité",
            "Coupon SUMMER",
            "Promotion",
            "割引",
            "Employee discount",
        ] {
            assert!(is_discount(name), "{name}");
        }
        for name in ["Linen shirt", "Set of 3 voucher holders in red", "Bonsai", "Return", "", "Gift"] {
            assert!(!is_discount(name), "{name}");
        }
    }

    #[test]
    fn a_discount_is_shared_out_to_the_minor_unit() {
        let line = |row: usize, amount: i64| Line { order: (1, 0), at: Timestamp(0), recorded: 0, row, amount };
        let lines = [line(0, 1000), line(1, 1000), line(2, 1001)];
        let bought: Vec<&Line> = lines.iter().collect();
        let left = less(&bought, 100, 3001);
        assert_eq!(left.iter().map(|(_, amount)| amount).sum::<i64>(), 2901);
        assert!(left.iter().zip(&lines).all(|((_, left), line)| (line.amount - left - 33).abs() <= 1));
        assert!(less(&bought, 3001, 3001).iter().all(|(_, amount)| *amount == 0));
    }
}
