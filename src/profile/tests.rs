//! Shops of known rhythm, and what they propose.

use jiff::civil::date;
use jiff::tz::TimeZone;
use proptest::prelude::*;

use super::*;
use crate::timeline::Cutoff;
use crate::timeline::columns::{ComplaintColumns, NEVER, PurchaseColumns, Tables};
use crate::units::{Days, Money, Timestamp};

/// One line of a customer: the day, counted from 2024-01-01, and the amount in minor units.
type Line = (u32, i64);

fn start() -> Cutoff {
    Cutoff::at_start_of(date(2024, 1, 1), &TimeZone::UTC)
}

fn log(customers: &[Vec<Line>], complaints: ComplaintColumns) -> EventLog {
    let mut purchases = PurchaseColumns::default();
    for (customer, lines) in (0..).zip(customers) {
        for (day, amount) in lines {
            purchases.customer.push(customer);
            // At noon, so that days and midnights are distinguished.
            purchases.purchased_at.push(Timestamp(start().at().plus(Days(*day)).0 + 43_200_000_000));
            purchases.amount.push(Money(*amount));
            purchases.is_return.push(*amount < 0);
        }
    }
    let customer_ids = (0..customers.len()).map(|customer| format!("{customer:06}")).collect();
    let tables = Tables { customer_ids, purchases, complaints, ..Tables::default() };
    EventLog::build(tables, &TimeZone::UTC).unwrap()
}

fn settings(day: u32) -> ProfileSettings {
    ProfileSettings {
        as_of: start().after(Days(day), &TimeZone::UTC),
        zone: TimeZone::UTC,
        minor_per_major: 100.0,
        gap: Days(0),
        min_purchases: 1,
        step: Days(30),
        max_cutoffs: None,
        min_span_horizons: 3.0,
        min_customers: 200,
        present: None,
        follow_up: None,
    }
}

/// Customers who order every `gap` days from a day of their own on; every `stay`-th keeps to it until the end, the others
/// leave after a number of orders that differs between them.
fn regulars(n: u32, gap: u32, (stay, end): (u32, u32)) -> Vec<Vec<Line>> {
    let one = |customer: u32| {
        let first = (customer * 37) % (end / 2);
        let orders = if customer.is_multiple_of(stay) { u32::MAX } else { 2 + customer % 7 };
        (0..orders).map(|order| (first + order * gap, 1_000)).take_while(|(day, _)| *day < end).collect()
    };
    (0..n).map(one).collect()
}

#[test]
fn figures_are_those_of_a_small_shop_counted_by_hand() {
    let shop = [
        // Two orders at one instant are one order without order numbers; a return on day 5.
        vec![(0, 1_000), (0, 500), (4, 2_000), (5, -300), (14, 1_000)],
        vec![(2, 500)],
        vec![(14, 4_000), (14, 0)],
    ];
    let day = |day: u32| start().at().plus(Days(day));
    let complaints = ComplaintColumns {
        are_recorded: true,
        customer: vec![0, 0, 1],
        complaint: vec![1, 2, 3],
        opened_at: vec![day(1), day(6), day(3)],
        resolved_at: Some(vec![day(4), NEVER, day(16)]),
        ..ComplaintColumns::default()
    };
    let log = log(&shop, complaints);
    let inspection = profile(&log, &settings(15)).unwrap();
    let shop = &inspection.shop;
    assert_eq!((shop.customers, shop.orders), (3, 5));
    // Orders on days 0, 2, 4 and 14 of fifteen.
    assert_eq!((shop.days, shop.days_without_order, shop.longest_stretch_without_order_days), (15, 11, 9));
    assert!((shop.one_order_share - 2.0 / 3.0).abs() < 1e-12);
    assert!((shop.order_value.max - 40.0).abs() < 1e-12 && (shop.order_value.p50 - 15.0).abs() < 1e-12);
    let gaps = shop.gap_days.unwrap();
    assert_eq!((gaps.n, gaps.min, gaps.max), (2, 4.0, 10.0));
    assert_eq!(shop.returns.lines, 1);
    assert!((shop.returns.value_share.unwrap() - 3.0 / 90.0).abs() < 1e-12);
    let complaints = shop.complaints.as_ref().unwrap();
    assert_eq!(complaints.complaints, 3);
    assert!((complaints.resolved_share.unwrap() - 1.0 / 3.0).abs() < 1e-12, "resolved later is open at the day");
    assert!((complaints.days_to_resolve.unwrap().p50 - 3.0).abs() < 1e-12);
    assert_eq!(inspection.proposal.fit, ProposalKind::Nothing);
    assert!(inspection.proposal.why.starts_with("there are too few orders"), "{}", inspection.proposal.why);
}

#[test]
fn what_happens_from_the_day_on_changes_nothing() {
    let known = regulars(300, 20, (3, 500));
    let mut more = known.clone();
    for lines in &mut more {
        lines.push((500, 9_999));
    }
    let none = ComplaintColumns::default;
    let (before, after) = (profile(&log(&known, none()), &settings(500)), profile(&log(&more, none()), &settings(500)));
    let (before, after) = (before.unwrap(), after.unwrap());
    assert_eq!((&before.shop, &before.curve), (&after.shop, &after.curve));
    assert!(profile(&log(&known, none()), &settings(0)).is_none(), "no order before the first day");
}

#[test]
fn a_shop_of_regulars_gets_the_shortest_horizon_that_holds_their_gap() {
    let log = log(&regulars(600, 20, (3, 720)), ComplaintColumns::default());
    let inspection = profile(&log, &settings(720)).unwrap();
    // Everyone who comes back does so after 20 days: 30 is the shortest usual number of days that holds them.
    assert_eq!(inspection.curve.flat_from_day, Some(20));
    let proposal = &inspection.proposal;
    assert_eq!(
        (proposal.horizon_days, proposal.active_days, proposal.fit),
        (Some(Days(30)), Some(Days(30)), ProposalKind::Asked)
    );
    let chosen = inspection.candidates.iter().find(|candidate| candidate.horizon_days == Days(30)).unwrap();
    assert!(chosen.cutoffs.len() > 15 && chosen.obstacle.is_none());
}

#[test]
fn the_churn_rate_of_a_candidate_is_what_the_rule_says() {
    // Of three customers, one orders every ten days, one stops on day 40, one comes back only after a long time.
    let every_ten: Vec<Line> = (0..20).map(|order| (order * 10, 100)).collect();
    let shop = [every_ten, vec![(30, 100), (40, 100)], vec![(50, 100), (170, 100)]];
    let log = log(&shop, ComplaintColumns::default());
    let inspection = profile(&log, &settings(200)).unwrap();
    let of = |horizon, active| {
        let is_it = |candidate: &&Candidate| (candidate.horizon_days, candidate.active_days) == (horizon, active);
        inspection.candidates.iter().find(is_it).unwrap()
    };
    let monthly = of(Days(30), Days(60));
    // Cutoffs from day 170 back by 30 days, none before day 60.
    let counts: Vec<_> = monthly.cutoffs.iter().map(|rate| (rate.eligible, rate.churned)).collect();
    assert_eq!(counts, [(3, 2), (2, 1), (1, 0), (1, 0)], "days 80, 110, 140 and 170");
    assert_eq!(monthly.cutoffs[0].cutoff, date(2024, 3, 21));
    assert_eq!(monthly.eligible_now, 2, "the first and the third");
}

#[test]
fn a_history_too_short_for_the_horizon_is_said_to_be_so() {
    // Gaps of 100 days in 200 days of history: 120 days are asked for, 360 needed.
    let log = log(&regulars(600, 100, (3, 200)), ComplaintColumns::default());
    let inspection = profile(&log, &settings(200)).unwrap();
    let proposal = &inspection.proposal;
    assert_eq!(proposal.asked.map(|(horizon, _)| horizon), Some(Days(120)));
    assert_eq!((proposal.horizon_days, proposal.active_days), (None, None));
    assert!(proposal.why.contains("history is too short to learn with"), "{}", proposal.why);
}

#[test]
fn a_shorter_horizon_is_recommended_with_its_price_where_history_forces_it() {
    // Two gaps of 20 days, then one of 110, in 300 days of history: 120 days are asked for, 360 needed. With 90 days, the
    // newest test cutoff is day 210, at which a third of what was known is day 70: days 90 and 120 matured by then.
    let one = |customer: u32| -> Vec<Line> {
        let gaps = [20, 20, 110].into_iter().cycle();
        let days = gaps.scan((customer * 37) % 150, |day, gap| Some(std::mem::replace(day, *day + gap)));
        days.take_while(|day| *day < 300).map(|day| (day, 1_000)).collect()
    };
    let log = log(&(0..600).map(one).collect::<Vec<_>>(), ComplaintColumns::default());
    let proposal = profile(&log, &settings(300)).unwrap().proposal;
    assert_eq!(proposal.asked, Some((Days(120), Days(120))));
    let found = (proposal.horizon_days, proposal.active_days, proposal.fit);
    assert_eq!(found, (Some(Days(90)), Some(Days(120)), ProposalKind::ShorterHorizon), "{}", proposal.why);
    assert!(
        proposal.why.contains("too short to learn with 120 days (history of 299 days, 360 needed)"),
        "{}",
        proposal.why
    );
}

#[test]
fn a_rate_that_swings_asks_for_the_next_horizon_at_which_it_is_steady() {
    let settings = settings(720);
    let log = log(&regulars(600, 20, (3, 720)), ComplaintColumns::default());
    let inspection = profile(&log, &settings).unwrap();
    let asked = inspection.proposal.asked;
    let with_spreads = |spreads: [(u32, f64); 3]| {
        let mut candidates = inspection.candidates.clone();
        for candidate in &mut candidates {
            let known = spreads.iter().find(|(horizon, _)| candidate.horizon_days == Days(*horizon));
            candidate.spread = Some(known.map_or(0.3, |(_, spread)| *spread));
        }
        proposal::propose(&inspection.curve, &candidates, asked, &inspection.shop, &settings)
    };
    let steadier = with_spreads([(30, 0.2), (60, 0.15), (90, 0.05)]);
    let found = (steadier.horizon_days, steadier.active_days, steadier.fit);
    assert_eq!(found, (Some(Days(90)), Some(Days(90)), ProposalKind::Steadier));
    assert!(steadier.why.contains("swings by 20 points"), "{}", steadier.why);
    let swinging = with_spreads([(30, 0.2), (60, 0.15), (90, 0.15)]);
    assert_eq!((swinging.horizon_days, swinging.fit), (Some(Days(30)), ProposalKind::Asked));
    assert!(swinging.notes.iter().any(|note| note.contains("swings by 20 points")), "{:?}", swinging.notes);
}

#[test]
fn a_shop_where_everyone_buys_once_gets_no_horizon() {
    let once: Vec<Vec<Line>> = (0..500).map(|customer| vec![(customer, 1_000)]).collect();
    let inspection = profile(&log(&once, ComplaintColumns::default()), &settings(500)).unwrap();
    assert_eq!(inspection.proposal.horizon_days, None);
    assert!(inspection.proposal.why.starts_with("nobody came back"), "{}", inspection.proposal.why);
    assert!(inspection.proposal.notes.iter().any(|note| note.contains("100 % of the customers have one order")));
    assert_eq!(inspection.shop.gap_days, None);
}

#[test]
fn the_config_has_its_place_among_the_candidates() {
    let log = log(&regulars(300, 20, (3, 720)), ComplaintColumns::default());
    let settings = ProfileSettings { present: Some((Days(45), Days(100))), ..settings(720) };
    let inspection = profile(&log, &settings).unwrap();
    let present: Vec<_> = inspection.candidates.iter().filter(|candidate| candidate.is_present).collect();
    assert_eq!(present.len(), 1);
    assert_eq!((present[0].horizon_days, present[0].active_days), (Days(45), Days(100)));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// Whatever the shop, nothing is recommended that something stands in the way of, and shares stay shares.
    #[test]
    fn only_what_can_be_learnt_is_recommended(gap in 3_u32..200, stay in 1_u32..6, end in 40_u32..900, n in 1_u32..400) {
        let inspection = profile(&log(&regulars(n, gap, (stay, end)), ComplaintColumns::default()), &settings(end)).unwrap();
        let proposal = &inspection.proposal;
        prop_assert_eq!(proposal.horizon_days.is_some(), proposal.fit != ProposalKind::Nothing);
        if let (Some(horizon), Some(active)) = (proposal.horizon_days, proposal.active_days) {
            let is_it = |candidate: &&Candidate| (candidate.horizon_days, candidate.active_days) == (horizon, active);
            let chosen = inspection.candidates.iter().find(is_it).unwrap();
            prop_assert_eq!(chosen.obstacle, None);
            prop_assert!(active >= horizon && f64::from(3 * horizon.0) <= f64::from(end));
        }
        for candidate in &inspection.candidates {
            prop_assert!(candidate.cutoffs.iter().all(|rate| rate.churned <= rate.eligible));
            prop_assert!(candidate.mean_rate.is_none_or(|rate| (0.0..=1.0).contains(&rate)));
        }
    }
}

/// Six complaints counted by hand: settled after 2, 2 and 10 days, two never, and one whose window has not ended. Fast is within
/// two days, so that purchases count from day 2 behind the complaint to day 32.
#[test]
fn recovery_is_that_of_complaints_counted_by_hand() {
    let shop = [
        vec![(0, 1_000), (105, 1_000)],
        vec![(0, 1_000), (101, 1_000)],
        vec![(0, 1_000), (131, 1_000)],
        vec![(0, 1_000), (132, 1_000)],
        vec![(0, 1_000), (140, 1_000)],
        vec![(0, 1_000), (380, 1_000)],
    ];
    let day = |day: u32| start().at().plus(Days(day));
    let complaints = |resolved: Option<Vec<Timestamp>>| ComplaintColumns {
        are_recorded: true,
        customer: vec![0, 1, 2, 3, 4, 5, 4],
        complaint: vec![1, 2, 3, 4, 5, 6, 7],
        opened_at: [100, 100, 100, 100, 110, 379, 115].map(day).to_vec(),
        resolved_at: resolved,
        ..ComplaintColumns::default()
    };
    let resolved = [102, 102, 110, 9_999, 9_999, 379, 9_999].map(|at| if at == 9_999 { NEVER } else { day(at) });
    let as_of = start().after(Days(400), &TimeZone::UTC);
    let report = |resolved| {
        let log = log(&shop, complaints(resolved));
        shop_report(&log, (as_of, Days(30)), &TimeZone::UTC, 100.0).unwrap().recovery.unwrap()
    };
    let recovery = report(Some(resolved.to_vec()));
    assert_eq!((recovery.fast_days, recovery.complaints), (Some(2), 6), "the last one's window has not ended");
    let handled: Vec<(Handling, usize, usize)> =
        recovery.bought_again.iter().map(|entry| (entry.handling, entry.bought.count, entry.bought.n)).collect();
    // Settled fast: one came in the window, the other before it. Later: on its last day. Never: one day after it, and on day 140.
    assert_eq!(handled, [(Handling::Fast, 1, 2), (Handling::Slow, 1, 1), (Handling::None, 2, 3)]);
    assert_eq!((recovery.complained_again.count, recovery.complained_again.n), (1, 6));
    assert_eq!(recovery.days_to_resolve.unwrap().n, 3);
    assert_eq!(recovery.not_recorded, ["complaints.first_response_at"]);
    let without = report(None);
    let handled: Vec<Handling> = without.bought_again.iter().map(|entry| entry.handling).collect();
    assert_eq!((without.fast_days, handled), (None, vec![Handling::NotRecorded]));
    assert!(without.days_to_resolve.is_none());
    let silent = log(&shop, ComplaintColumns::default());
    assert!(shop_report(&silent, (as_of, Days(30)), &TimeZone::UTC, 100.0).unwrap().recovery.is_none());
}

#[test]
fn a_decline_is_silent_without_a_complaint_in_a_year() {
    // From day 40 to 220 and from 220 to 400: four and one, four and three, four and none with a complaint, one and none.
    let four = [(50, 100), (90, 100), (130, 100), (170, 100)];
    let with = |lately: &[Line]| four.iter().chain(lately).copied().collect::<Vec<Line>>();
    let shop = [with(&[(230, 100)]), with(&[(230, 100), (260, 100), (300, 100)]), with(&[]), vec![(50, 100)]];
    let complaints = ComplaintColumns {
        are_recorded: true,
        customer: vec![2],
        complaint: vec![1],
        opened_at: vec![start().at().plus(Days(100))],
        ..ComplaintColumns::default()
    };
    let as_of = start().after(Days(400), &TimeZone::UTC);
    let report = shop_report(&log(&shop, complaints), (as_of, Days(30)), &TimeZone::UTC, 100.0).unwrap();
    let decline = report.recovery.unwrap().silent_decline;
    assert_eq!((decline.customers, decline.silent.n, decline.silent.count), (3, 2, 1));
}

#[test]
fn months_are_whole_ones_that_history_covers() {
    // 2024 is a leap year; day 31 is 1 February, day 60 is 1 March, day 91 is 1 April.
    let shop = [vec![(0, 1_000), (31, 2_000), (32, 500), (40, -300)], vec![(59, 100), (60, 4_000)], vec![(91, 900)]];
    let report = |day: u32| {
        let as_of = start().after(Days(day), &TimeZone::UTC);
        shop_report(&log(&shop, ComplaintColumns::default()), (as_of, Days(30)), &TimeZone::UTC, 100.0).unwrap().months
    };
    let told = |day: u32| -> Vec<(String, usize, usize, f64)> {
        let of = |month: &MonthFigures| (month.from.to_string(), month.customers, month.visits, month.net_spend);
        report(day).iter().map(of).collect()
    };
    let (january, february) = (("2024-01-01".to_owned(), 1, 1, 10.0), ("2024-02-01".to_owned(), 2, 3, 23.0));
    assert_eq!(told(60), [january.clone(), february.clone()], "a month that ends at the day has ended");
    assert_eq!(told(90), [january.clone(), february.clone()], "March has not ended");
    assert_eq!(told(95), [january, february, ("2024-03-01".to_owned(), 1, 1, 40.0)]);
    assert!(report(95).iter().all(|month| month.retention_rate.is_none()), "no year before");
    // Of the two customers of the first year one comes in the second; a month later than all of these is still told.
    let shop = [vec![(0, 100), (20, 100), (400, 100)], vec![(10, 100)]];
    let as_of = start().after(Days(366 + 365), &TimeZone::UTC);
    let report =
        shop_report(&log(&shop, ComplaintColumns::default()), (as_of, Days(30)), &TimeZone::UTC, 100.0).unwrap();
    let last = report.months.last().unwrap();
    assert_eq!((report.months.len(), last.until.to_string().as_str(), last.customers), (24, "2026-01-01", 0));
    assert_eq!(last.retention_rate, Some(0.5));
    assert!(report.months[..23].iter().all(|month| month.retention_rate.is_none()));
}
