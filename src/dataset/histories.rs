//! What value models know of the customers: purchase days and spend of everyone who had bought before a cutoff.

use rayon::prelude::*;

use super::rows::numbers;
use super::settings::DatasetSettings;
use crate::clv::{CustomerSummary, SpendSummary};
use crate::timeline::{Cutoff, EventLog, History, ScanScratch, Shard, Window};

/// Everyone who had bought before a cutoff, in the order of customer numbers; one entry each in every column.
#[derive(Debug, Clone, Default)]
pub struct Histories {
    /// Number of the customer.
    pub customers: Vec<u32>,
    /// Visits, times in days; several orders on a day are one purchase.
    pub purchases: Vec<CustomerSummary>,
    /// Net spend per purchase day, in major units.
    pub spend: Vec<SpendSummary>,
    /// What was paid and kept so far, in major units.
    pub net_total: Vec<f64>,
    /// Net spend of the past 365 days, in major units.
    pub past_year: Vec<f64>,
    /// Margin of what the customer bought so far, as a share of revenue.
    pub margin_share: Vec<f64>,
    /// Day of the first order, counted from 1970-01-01.
    pub first_day: Vec<i32>,
    /// Amount of the first order, in major units.
    pub first_order_amount: Vec<f64>,
    /// Repeat purchases of all customers by day.
    pub repeats: RepeatDays,
}

/// How many repeat purchases there were on each day from `first` on, counted from 1970-01-01.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RepeatDays {
    first: i32,
    counts: Vec<u32>,
}

impl RepeatDays {
    /// Counts a repeat purchase on a day.
    fn add(&mut self, day: i32, count: u32) {
        if self.counts.is_empty() {
            self.first = day;
        }
        let missing = usize::try_from(self.first - day).unwrap_or(0);
        if missing > 0 {
            self.counts.splice(0..0, std::iter::repeat_n(0, missing));
            self.first = day;
        }
        let place = usize::try_from(day - self.first).unwrap_or(0);
        if place >= self.counts.len() {
            self.counts.resize(place + 1, 0);
        }
        self.counts[place] += count;
    }

    /// Days with their counts, in ascending order.
    pub fn iter(&self) -> impl Iterator<Item = (i32, u32)> {
        (self.first..).zip(self.counts.iter().copied()).filter(|(_, count)| *count > 0)
    }
}

impl Histories {
    /// Collects the histories as they were known at each of some cutoffs, which ascend, in one pass over the log.
    #[must_use]
    pub fn collect<const N: usize>(log: &EventLog, cutoffs: [Cutoff; N], settings: &DatasetSettings) -> [Self; N] {
        Self::collect_some(log, cutoffs, settings, |_| true)
    }

    /// The same of some customers, by number.
    #[must_use]
    pub fn collect_some<const N: usize>(
        log: &EventLog,
        cutoffs: [Cutoff; N],
        settings: &DatasetSettings,
        is_wanted: impl Fn(u32) -> bool + Sync,
    ) -> [Self; N] {
        // Neither purchase days nor spend depend on the rest of the shop.
        let fold = settings.fold(&cutoffs, &[]);
        let of_shard = |scratch: &mut ScanScratch, shard: &Shard| {
            let (mut part, mut days) = (std::array::from_fn(|_| Self::default()), Vec::new());
            shard.fold(
                &fold,
                scratch,
                |place, _| is_wanted(numbers(place).0),
                |place, history, _| {
                    part[place.cutoff].push(numbers(place).0, history, settings, &mut days);
                },
            );
            part
        };
        let parts: Vec<[Self; N]> = log.shards().par_iter().map_init(ScanScratch::default, of_shard).collect();
        let n = |cutoff: usize| parts.iter().map(|part| part[cutoff].customers.len()).sum();
        let mut joined = std::array::from_fn(|cutoff| Self::with_capacity(n(cutoff)));
        for part in parts {
            joined.iter_mut().zip(part).for_each(|(joined, part)| joined.append(part));
        }
        joined
    }

    /// The history of one customer alone; empty if there was no order by then.
    #[must_use]
    pub fn of_one(log: &EventLog, customer: u32, cutoff: Cutoff, settings: &DatasetSettings) -> Self {
        let mut one = Self::default();
        log.visit(customer, cutoff, settings.minor_per_major, |history| {
            one.push(customer, history, settings, &mut Vec::new());
        });
        one
    }

    fn push(&mut self, customer: u32, history: &History<'_>, settings: &DatasetSettings, days: &mut Vec<f64>) {
        let end = history.days_since_first(days);
        let net = history.kept_spend();
        // A history of days before the cutoff is always possible.
        let Ok(purchases) = CustomerSummary::from_purchases(days, end) else { return };
        let Ok(spend) = SpendSummary::new(purchases.frequency() + 1, net) else { return };
        history.visit_days().iter().skip(1).for_each(|day| self.repeats.add(*day, 1));
        self.customers.push(customer);
        self.purchases.push(purchases);
        self.spend.push(spend);
        self.net_total.push(net);
        self.past_year.push(history.net_spend(Window::Days365).max(0.0));
        self.margin_share.push(history.margin_share(&settings.margins));
        self.first_day.push(history.visit_days().first().copied().unwrap_or_default());
        self.first_order_amount.push(history.amount_of(0..1));
    }

    fn with_capacity(n: usize) -> Self {
        Self {
            customers: Vec::with_capacity(n),
            purchases: Vec::with_capacity(n),
            spend: Vec::with_capacity(n),
            net_total: Vec::with_capacity(n),
            past_year: Vec::with_capacity(n),
            margin_share: Vec::with_capacity(n),
            first_day: Vec::with_capacity(n),
            first_order_amount: Vec::with_capacity(n),
            repeats: RepeatDays::default(),
        }
    }

    fn append(&mut self, other: Self) {
        self.customers.extend(other.customers);
        self.purchases.extend(other.purchases);
        self.spend.extend(other.spend);
        self.net_total.extend(other.net_total);
        self.past_year.extend(other.past_year);
        self.margin_share.extend(other.margin_share);
        self.first_day.extend(other.first_day);
        self.first_order_amount.extend(other.first_order_amount);
        other.repeats.iter().for_each(|(day, count)| self.repeats.add(day, count));
    }

    /// The place of a customer.
    #[must_use]
    pub fn position(&self, customer: u32) -> Option<usize> {
        self.customers.binary_search(&customer).ok()
    }

    /// Margin of each customer so far, in major units.
    #[must_use]
    pub fn margins_so_far(&self) -> Vec<f64> {
        self.net_total.iter().zip(&self.margin_share).map(|(net, share)| net * share).collect()
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use jiff::tz::TimeZone;

    use super::*;
    use crate::label::ChurnRule;
    use crate::timeline::Margins;
    use crate::timeline::columns::{PurchaseColumns, Tables};
    use crate::units::{Days, Money, Timestamp};

    /// What is historic of customers with lines of (customer, day, order, product, amount), those below 0 being returns.
    fn net_totals(lines: &[(u32, i64, u64, u32, i64)]) -> String {
        let n_customers = lines.iter().map(|line| line.0 + 1).max().unwrap_or(0);
        let day = |day: i64| Timestamp(day * 86_400_000_000);
        let tables = Tables {
            customer_ids: (0..n_customers).map(|number| format!("c{number}")).collect(),
            purchases: PurchaseColumns {
                customer: lines.iter().map(|line| line.0).collect(),
                purchased_at: lines.iter().map(|line| day(line.1)).collect(),
                order: Some(lines.iter().map(|line| line.2).collect()),
                product: Some(lines.iter().map(|line| line.3).collect()),
                amount: lines.iter().map(|line| Money(line.4)).collect(),
                is_return: lines.iter().map(|line| line.4 < 0).collect(),
                ..PurchaseColumns::default()
            },
            ..Tables::default()
        };
        let log = EventLog::build(tables, &TimeZone::UTC).unwrap();
        let settings = DatasetSettings {
            rule: ChurnRule { horizon: Days(30), gap: Days(0), active: Days(90), min_purchases: 1 },
            zone: TimeZone::UTC,
            minor_per_major: 1.0,
            margins: Margins::alike(1.0),
            follow_up: None,
        };
        let [found] = Histories::collect(&log, [Cutoff::at_start_of(date(1970, 6, 1), &TimeZone::UTC)], &settings);
        found.net_total.iter().map(f64::to_string).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn what_was_paid_and_kept_is_net_of_all_returns() {
        let orders = [(0, 10, 1, 7, 100), (0, 20, 2, 8, 40)];
        let and = |more: &[(u32, i64, u64, u32, i64)]| net_totals(&[&orders[..], more].concat());
        assert_eq!(and(&[]), "140");
        assert_eq!(and(&[(0, 25, 2, 8, -15)]), "125", "a part");
        assert_eq!(and(&[(0, 25, 2, 8, -40)]), "100", "an order");
        assert_eq!(and(&[(0, 25, 2, 8, -60)]), "80", "and 20 more than the order that it makes void had cost");
        assert_eq!(and(&[(0, 25, 9, 9, -55)]), "85", "what is not found among the orders");
    }

    #[test]
    fn what_was_bought_before_the_data_begin_is_given_back_for_nothing() {
        let of = net_totals;
        assert_eq!(of(&[(0, 5, 9, 9, -500), (0, 15, 1, 7, 100)]), "100", "nothing had been bought by then");
        let corrected = [(0, 10, 9, 9, -500), (0, 12, 1, 7, 500), (0, 12, 2, 8, 120), (0, 13, 3, 8, -100)];
        assert_eq!(of(&corrected), "20", "a correction that was booked first");
        assert_eq!(of(&[(0, 10, 1, 7, 100), (0, 15, 9, 9, -500), (0, 30, 2, 7, 50)]), "50", "100 at most");
        assert_eq!(of(&[(0, 10, 1, 7, 100), (0, 10, 9, 9, -30)]), "70", "the same day");
    }

    #[test]
    fn repeat_days_are_counted_in_any_order() {
        let mut days = RepeatDays::default();
        for day in [12, 10, 15, 10] {
            days.add(day, 1);
        }
        assert_eq!(days.iter().collect::<Vec<_>>(), [(10, 2), (12, 1), (15, 1)]);
        assert_eq!(RepeatDays::default().iter().count(), 0);
    }
}
