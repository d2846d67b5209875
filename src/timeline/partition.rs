//! From the shop's purchase columns in any order to the lines of each shard.
//!
//! Columns are dealt out to shards one after the other, each by one thread: the cards of a column go to a few hundred
//! growing heaps, which a cache can hold, where a gather over the whole table would miss it at every line. A column is
//! freed as soon as it is dealt.

use std::ops::Range;

use rayon::prelude::*;

use super::columns::PurchaseColumns;
use super::lines::{Grouping, Lines};
use crate::units::{Money, Timestamp};

/// The purchases of a range of customers, sorted.
pub(super) struct Part {
    /// Bought lines, customer after customer, order after order.
    pub(super) bought: Lines,
    /// First bought line of each customer, and the end.
    pub(super) bought_starts: Vec<u32>,
    /// Returned lines, customer after customer.
    pub(super) returned: Lines,
    /// First returned line of each customer, and the end.
    pub(super) returned_starts: Vec<u32>,
}

/// Deals the purchases out to the customer ranges of `shards`, which are of equal size but for the last, and sorts each.
pub(super) fn partition(purchases: PurchaseColumns, shards: &[Range<usize>]) -> Vec<Part> {
    let size = shards.first().map_or(1, |shard| shard.len().max(1));
    let n_shards = shards.len();
    // Returns go to heaps of their own, behind those of what was bought.
    let heap_of = |(customer, is_return): (&u32, &bool)| {
        let shard = *customer as usize / size;
        u32::try_from(if *is_return { n_shards + shard } else { shard }).unwrap_or(u32::MAX)
    };
    let heap: Vec<u32> = purchases.customer.par_iter().zip(&purchases.is_return).map(heap_of).collect();
    let mut counts = vec![0_usize; 2 * n_shards];
    for heap in &heap {
        counts[*heap as usize] += 1;
    }
    let heaps = deal_all(purchases, &Dealer { heap: &heap, counts: &counts });
    let (mut bought, mut returned) = (heaps, Vec::new());
    if n_shards > 0 {
        returned = bought.split_off(n_shards);
    }
    let heaps = bought.into_par_iter().zip(returned).zip(shards);
    heaps.map(|((bought, returned), customers)| sorted(bought, returned, customers)).collect()
}

/// Lines of a shard and their customers.
#[derive(Default)]
struct Heap {
    customer: Vec<u32>,
    lines: Lines,
}

struct Dealer<'a> {
    heap: &'a [u32],
    counts: &'a [usize],
}

impl Dealer<'_> {
    #[expect(clippy::needless_pass_by_value, reason = "the column is freed once it is dealt")]
    fn deal<T: Copy>(&self, column: Vec<T>) -> Vec<Vec<T>> {
        let mut heaps: Vec<Vec<T>> = self.counts.iter().map(|count| Vec::with_capacity(*count)).collect();
        for (value, heap) in column.iter().zip(self.heap) {
            heaps[*heap as usize].push(*value);
        }
        heaps
    }

    /// Empty heaps where the shop lacks the column.
    fn deal_optional<T: Copy>(&self, column: Option<Vec<T>>) -> Vec<Vec<T>> {
        column.map_or_else(|| vec![Vec::new(); self.counts.len()], |column| self.deal(column))
    }
}

fn deal_all(purchases: PurchaseColumns, dealer: &Dealer<'_>) -> Vec<Heap> {
    let minor = |amounts: Vec<Money>| amounts.into_iter().map(|amount| amount.0).collect::<Vec<i64>>();
    let PurchaseColumns {
        customer,
        purchased_at,
        recorded_at,
        order,
        amount,
        quantity,
        discount,
        cost,
        product,
        category,
        channel,
        region,
        ..
    } = purchases;
    let ((customer, at), (recorded, order)) = rayon::join(
        || (dealer.deal(customer), dealer.deal(purchased_at)),
        || (dealer.deal_optional(recorded_at), dealer.deal_optional(order)),
    );
    let ((amount, quantity), (discount, cost)) = rayon::join(
        || (dealer.deal(minor(amount)), dealer.deal_optional(quantity)),
        || (dealer.deal_optional(discount.map(minor)), dealer.deal_optional(cost.map(minor))),
    );
    let ((product, category), (channel, region)) = rayon::join(
        || (dealer.deal_optional(product), dealer.deal_optional(category)),
        || (dealer.deal_optional(channel), dealer.deal_optional(region)),
    );
    let mut heaps: Vec<Heap> = Vec::with_capacity(dealer.counts.len());
    heaps.resize_with(dealer.counts.len(), Heap::default);
    put(&mut heaps, customer, |heap| &mut heap.customer);
    put(&mut heaps, at, |heap| &mut heap.lines.at);
    put(&mut heaps, recorded, |heap| &mut heap.lines.recorded);
    put(&mut heaps, order, |heap| &mut heap.lines.order);
    put(&mut heaps, amount, |heap| &mut heap.lines.amount);
    put(&mut heaps, quantity, |heap| &mut heap.lines.quantity);
    put(&mut heaps, discount, |heap| &mut heap.lines.discount);
    put(&mut heaps, cost, |heap| &mut heap.lines.cost);
    put(&mut heaps, product, |heap| &mut heap.lines.product);
    put(&mut heaps, category, |heap| &mut heap.lines.category);
    put(&mut heaps, channel, |heap| &mut heap.lines.channel);
    put(&mut heaps, region, |heap| &mut heap.lines.region);
    heaps
}

fn put<T>(heaps: &mut [Heap], column: Vec<Vec<T>>, place: impl Fn(&mut Heap) -> &mut Vec<T>) {
    heaps.iter_mut().zip(column).for_each(|(heap, values)| *place(heap) = values);
}

fn sorted(bought: Heap, returned: Heap, customers: &Range<usize>) -> Part {
    let by_order = |rows: &[u32], lines: &Lines, grouping: &mut Grouping, sequence: &mut Vec<u32>| {
        grouping.arrange(lines, rows.iter().copied(), sequence);
    };
    let (bought, bought_starts) = by_customer(bought, customers, by_order);
    let as_they_came = |rows: &[u32], _: &Lines, _: &mut Grouping, sequence: &mut Vec<u32>| sequence.extend(rows);
    let (returned, returned_starts) = by_customer(returned, customers, as_they_came);
    Part { bought, bought_starts, returned, returned_starts }
}

/// Lines customer after customer, those of each as `arrange` puts them, and where each customer starts.
fn by_customer(
    heap: Heap,
    customers: &Range<usize>,
    arrange: impl Fn(&[u32], &Lines, &mut Grouping, &mut Vec<u32>),
) -> (Lines, Vec<u32>) {
    let (starts, rows) = counting_sort(&heap.customer, customers);
    let mut sequence = Vec::with_capacity(rows.len());
    let mut grouping = Grouping::default();
    for bounds in starts.windows(2) {
        arrange(&rows[bounds[0] as usize..bounds[1] as usize], &heap.lines, &mut grouping, &mut sequence);
    }
    (heap.lines.arranged(&sequence), starts)
}

/// Rows customer after customer, those of each in input order, and where each customer starts.
pub(super) fn counting_sort(customer: &[u32], customers: &Range<usize>) -> (Vec<u32>, Vec<u32>) {
    let local = |customer: &u32| *customer as usize - customers.start;
    let mut starts = vec![0_u32; customers.len() + 1];
    for customer in customer {
        starts[local(customer) + 1] += 1;
    }
    for i in 0..customers.len() {
        starts[i + 1] += starts[i];
    }
    let mut next = starts.clone();
    let mut rows = vec![0_u32; customer.len()];
    for (row, customer) in (0_u32..).zip(customer) {
        let place = &mut next[local(customer)];
        rows[*place as usize] = row;
        *place += 1;
    }
    (starts, rows)
}

/// A line that gave goods back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Return {
    pub(super) at: Timestamp,
    pub(super) known: Timestamp,
    /// What was given back, in minor units, not negative.
    pub(super) amount: i64,
    /// Since when the order that it gives back is void; `NEVER` where it is not, or not known which it is.
    pub(super) void: Timestamp,
    /// What it exceeds the lines by that it gives back, in minor units; 0 where it is not known which they are.
    pub(super) excess: i64,
}

/// Return lines of a range of customers.
#[derive(Debug, Default)]
pub(super) struct Returns {
    starts: Vec<u32>,
    rows: Vec<Return>,
}

impl Returns {
    /// Return lines customer after customer; `gives_back` says since when the order that a line gives back is void, and what the line
    /// exceeds it by.
    pub(super) fn new(lines: &Lines, starts: Vec<u32>, gives_back: impl Fn(usize) -> (Timestamp, i64)) -> Self {
        let one = |line: usize| {
            let (void, excess) = gives_back(line);
            let amount = lines.amount[line].saturating_abs();
            Return { at: lines.at[line], known: lines.known(line), amount, void, excess }
        };
        Self { starts, rows: (0..lines.at.len()).map(one).collect() }
    }

    pub(super) fn of(&self, customer: usize) -> &[Return] {
        self.starts.get(customer..customer + 2).map_or(&[], |bounds| &self.rows[bounds[0] as usize..bounds[1] as usize])
    }
}

#[cfg(test)]
mod tests {
    use super::super::columns::NEVER;
    use super::*;

    #[test]
    fn lines_are_dealt_to_their_shard_and_sorted_there() {
        let purchases = PurchaseColumns {
            customer: vec![2, 0, 2, 1, 0],
            purchased_at: [30, 20, 10, 5, 7].map(Timestamp).to_vec(),
            order: Some(vec![1, 2, 3, 4, 5]),
            amount: [300, 200, 100, 50, -70].map(Money).to_vec(),
            is_return: vec![false, false, false, false, true],
            ..PurchaseColumns::default()
        };
        let parts = partition(purchases, &[0..2, 2..3]);
        assert_eq!((&parts[0].bought.amount, &parts[0].bought_starts), (&vec![200, 50], &vec![0, 1, 2]));
        assert_eq!((&parts[1].bought.amount, &parts[1].bought.order), (&vec![100, 300], &vec![3, 1]));
        let returns = Returns::new(&parts[0].returned, parts[0].returned_starts.clone(), |_| (NEVER, 0));
        assert_eq!(
            returns.of(0),
            [Return { at: Timestamp(7), known: Timestamp(7), amount: 70, void: NEVER, excess: 0 }]
        );
        assert!(returns.of(1).is_empty() && parts[1].returned.at.is_empty());
    }

    #[test]
    fn a_shop_without_customers_has_no_parts() {
        assert!(partition(PurchaseColumns::default(), &[]).is_empty());
    }
}
