//! What customers brought in stretches of time, by what is known at a later day: what predicted values are held against.

use rayon::prelude::*;

use super::settings::DatasetSettings;
use crate::timeline::{Cutoff, EventLog, ScanScratch, Shard};

/// A stretch of time, from the first cutoff to before the second.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    /// Its start.
    pub from: Cutoff,
    /// Its end, no part of it.
    pub until: Cutoff,
}

/// What a customer brought in a stretch of time.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Brought {
    /// Net margin of the orders placed in it, less what came back in it, in major units.
    pub margin: f64,
    /// Days with an order.
    pub visits: u32,
}

/// What every customer brought in some stretches of time. An order that was void by the day of the collection is none.
#[derive(Debug, Clone, Default)]
pub struct BroughtInSpans {
    customers: Vec<u32>,
    /// A row for each customer, an entry for each stretch.
    by_span: Vec<Vec<Brought>>,
}

impl BroughtInSpans {
    /// Collects what came in `spans` by what was known at `as_of`, in one pass over the log.
    #[must_use]
    pub fn collect(log: &EventLog, spans: &[Span], as_of: Cutoff, settings: &DatasetSettings) -> Self {
        let cutoffs = [as_of];
        let fold = settings.fold(&cutoffs, &[]);
        let of_shard = |scratch: &mut ScanScratch, shard: &Shard| {
            let mut part = Vec::new();
            shard.fold(
                &fold,
                scratch,
                |_, _| true,
                |place, history, _| {
                    let share = history.margin_share(&settings.margins);
                    let before = |day: Cutoff| history.visit_days().partition_point(|visit| *visit < day.day());
                    let brought = |span: &Span| Brought {
                        margin: share * history.net_spend_between(span.from.at(), span.until.at()),
                        visits: u32::try_from(before(span.until) - before(span.from)).unwrap_or(u32::MAX),
                    };
                    part.push((super::rows::numbers(place).0, spans.iter().map(brought).collect()));
                },
            );
            part
        };
        let parts: Vec<Vec<(u32, Vec<Brought>)>> =
            log.shards().par_iter().map_init(ScanScratch::default, of_shard).collect();
        let (customers, by_span) = parts.into_iter().flatten().unzip();
        Self { customers, by_span }
    }

    /// What a customer brought in the stretch of that number; nothing of one of whom no order stands.
    #[must_use]
    pub fn of(&self, customer: u32, span: usize) -> Brought {
        let place = self.customers.binary_search(&customer).ok();
        place.and_then(|place| self.by_span[place].get(span).copied()).unwrap_or_default()
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
    use crate::units::{Days, Money};

    /// One customer: bought on January 1 for 10, on February 1 for 7 and on February 2 for 100; 2 of the first order came
    /// back on February 3, the order of 100 as a whole on March 1.
    fn brought_by(as_of: Cutoff) -> [(f64, u32); 2] {
        let day = |month, day| Cutoff::at_start_of(date(2024, month, day), &TimeZone::UTC);
        let at = [day(1, 1), day(2, 1), day(2, 2), day(2, 3), day(3, 1)].map(Cutoff::at);
        let tables = Tables {
            customer_ids: vec!["a".to_owned()],
            purchases: PurchaseColumns {
                customer: vec![0; 5],
                purchased_at: at.to_vec(),
                amount: [1_000, 700, 10_000, -200, -10_000].map(Money).to_vec(),
                is_return: vec![false, false, false, true, true],
                ..PurchaseColumns::default()
            },
            ..Tables::default()
        };
        let log = EventLog::build(tables, &TimeZone::UTC).unwrap();
        let settings = DatasetSettings {
            rule: ChurnRule { horizon: Days(30), gap: Days(0), active: Days(90), min_purchases: 1 },
            zone: TimeZone::UTC,
            minor_per_major: 100.0,
            margins: Margins::alike(0.5),
            follow_up: None,
        };
        let spans = [Span { from: day(1, 1), until: day(2, 1) }, Span { from: day(2, 1), until: day(3, 1) }];
        let found = BroughtInSpans::collect(&log, &spans, as_of, &settings);
        [0, 1].map(|span| found.of(0, span)).map(|brought| (brought.margin, brought.visits))
    }

    #[test]
    fn what_comes_back_counts_when_it_does_and_a_void_order_never() {
        let day = |month, day| Cutoff::at_start_of(date(2024, month, day), &TimeZone::UTC);
        assert_eq!(brought_by(day(3, 1)), [(5.0, 1), (52.5, 2)], "the large order still stands");
        assert_eq!(brought_by(day(3, 2)), [(5.0, 1), (2.5, 1)], "it was given back");
        assert_eq!(BroughtInSpans::default().of(0, 0), Brought::default());
    }
}
