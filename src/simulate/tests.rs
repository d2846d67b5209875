//! Checks the shop as a whole: same seed same shop, nothing outside its span, and a truth that the tables bear out.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::fmt::Write;

use super::*;
use crate::config::tables;
use crate::table::{Column, Table};
use crate::units::{Days, Timestamp};

fn shop(n_customers: usize, seed: u64) -> Shop {
    simulate(&ShopParams { n_customers, seed, ..ShopParams::default() }).unwrap()
}

/// A shop whose rows also arrive late.
fn late_shop() -> Shop {
    let recording = RecordingParams { late_share: 0.3, ..RecordingParams::default() };
    simulate(&ShopParams { n_customers: 2_000, recording, ..ShopParams::default() }).unwrap()
}

fn text<'a>(table: &'a Table<'static>, column: &str) -> &'a [Cow<'static, str>] {
    let Some(Column::Text(values)) = table.column(column) else { panic!("no text `{column}` in {}", table.name) };
    values
}

fn time<'a>(table: &'a Table<'_>, column: &str) -> &'a [Timestamp] {
    let Some(Column::Time(values)) = table.column(column) else { panic!("no time `{column}` in {}", table.name) };
    values
}

fn optional_time<'a>(table: &'a Table<'_>, column: &str) -> &'a [Option<Timestamp>] {
    let Some(Column::OptionalTime(values)) = table.column(column) else { panic!("no time `{column}`") };
    values
}

fn flag<'a>(table: &'a Table<'_>, column: &str) -> &'a [bool] {
    let Some(Column::Flag(values)) = table.column(column) else { panic!("no flag `{column}`") };
    values
}

fn number<'a>(table: &'a Table<'_>, column: &str) -> &'a [f64] {
    let Some(Column::Number(values)) = table.column(column) else { panic!("no number `{column}`") };
    values
}

fn left_at(shop: &Shop) -> HashMap<&str, Option<Timestamp>> {
    let ids = text(&shop.truth, "customer_id").iter().map(|id| &**id);
    ids.zip(optional_time(&shop.truth, "left_at").iter().copied()).collect()
}

/// One cell as a CSV writer would write it.
fn cell(column: &Column, row: usize) -> String {
    match column {
        Column::Text(values) => values[row].to_string(),
        Column::OptionalText(values) => values[row].as_deref().unwrap_or_default().to_owned(),
        Column::Number(values) => values[row].to_string(),
        Column::OptionalNumber(values) => values[row].map_or_else(String::new, |value| value.to_string()),
        Column::Money { amounts, .. } => amounts[row].to_string(),
        Column::OptionalMoney { amounts, .. } => amounts[row].map_or_else(String::new, |value| value.to_string()),
        Column::Integer(values) => values[row].to_string(),
        Column::Flag(values) => values[row].to_string(),
        Column::Time(values) => values[row].to_string(),
        Column::OptionalTime(values) => values[row].map_or_else(String::new, |value| value.to_string()),
        Column::OptionalDate(values) => values[row].map_or_else(String::new, |value| value.to_string()),
        Column::OptionalInteger(values) => values[row].map_or_else(String::new, |value| value.to_string()),
    }
}

fn csv(table: &Table<'_>) -> String {
    let names: Vec<_> = table.columns.iter().map(|(name, _)| name.as_str()).collect();
    let mut csv = names.join(",") + "\n";
    for row in 0..table.n_rows() {
        let cells: Vec<String> = table.columns.iter().map(|(_, column)| cell(column, row)).collect();
        writeln!(csv, "{}", cells.join(",")).unwrap();
    }
    csv
}

#[test]
fn one_thread_and_four_give_the_same_shop() {
    let with_threads = |n| rayon::ThreadPoolBuilder::new().num_threads(n).build().unwrap().install(|| shop(500, 9));
    assert_eq!(with_threads(1), with_threads(4));
}

#[test]
fn the_seed_decides() {
    assert_eq!(shop(100, 1), shop(100, 1));
    assert_ne!(shop(100, 1).purchases, shop(100, 2).purchases);
}

#[test]
fn a_life_does_not_depend_on_other_customers() {
    let (few, many) = (shop(50, 1), shop(100, 1));
    let n = few.purchases.n_rows();
    assert_eq!(time(&few.purchases, "purchased_at"), &time(&many.purchases, "purchased_at")[..n]);
}

#[test]
fn bad_parameters_make_no_shop() {
    let result = simulate(&ShopParams { n_customers: 0, ..ShopParams::default() });
    assert!(matches!(result, Err(SimulateError::BadParams(bad)) if bad.len() == 1));
}

#[test]
fn nothing_happens_outside_the_span() {
    let params = ShopParams::default();
    let start = Timestamp(1_672_531_200_000_000);
    assert_eq!(start.to_string(), "2023-01-01T00:00:00Z");
    let span = start..start.plus(Days(params.days));
    for shop in [shop(2_000, 1), late_shop()] {
        for table in [&shop.purchases, &shop.complaints] {
            for (name, column) in &table.columns {
                let inside = match column {
                    Column::Time(values) => values.iter().all(|at| span.contains(at)),
                    Column::OptionalTime(values) => values.iter().flatten().all(|at| span.contains(at)),
                    _ => true,
                };
                assert!(inside, "`{name}` of {}", table.name);
            }
        }
        assert!(time(&shop.customers, "signed_up_at").iter().all(|&at| at < span.end));
        assert!(optional_time(&shop.truth, "left_at").iter().flatten().all(|at| span.contains(at)));
    }
}

#[test]
fn identifiers_are_unique_and_padded() {
    let shop = shop(2_000, 1);
    let unique = |ids: &[Cow<'_, str>]| ids.iter().collect::<HashSet<_>>().len() == ids.len();
    assert!(unique(text(&shop.customers, "customer_id")));
    assert!(unique(text(&shop.complaints, "complaint_id")));
    assert_eq!(text(&shop.customers, "customer_id"), text(&shop.truth, "customer_id"));
    assert_eq!(text(&shop.customers, "customer_id")[122], "C0000123");
    assert_eq!(text(&shop.purchases, "order_id")[0], "O0000001");
    assert_eq!(text(&shop.complaints, "complaint_id")[0], "K000001");
    let mut owner = HashMap::new();
    for (order, customer) in text(&shop.purchases, "order_id").iter().zip(text(&shop.purchases, "customer_id")) {
        assert_eq!(*owner.entry(order).or_insert(customer), customer, "an order belongs to one customer");
    }
}

#[test]
fn complaints_and_returns_follow_an_order_of_the_same_customer() {
    for shop in [shop(2_000, 1), late_shop()] {
        let (orders, customers) = (text(&shop.purchases, "order_id"), text(&shop.purchases, "customer_id"));
        let (at, returned) = (time(&shop.purchases, "purchased_at"), flag(&shop.purchases, "is_return"));
        let amounts = number(&shop.purchases, "amount");
        let bought: HashMap<_, _> = (0..orders.len())
            .filter(|&row| !returned[row])
            .map(|row| ((&orders[row], &customers[row]), at[row]))
            .collect();
        for row in (0..orders.len()).filter(|&row| returned[row]) {
            assert!(at[row] > bought[&(&orders[row], &customers[row])]);
            assert!(amounts[row] < 0.0);
        }
        assert!((0..orders.len()).all(|row| returned[row] || amounts[row] > 0.0));
        let complaints = &shop.complaints;
        let keys = text(complaints, "order_id").iter().zip(text(complaints, "customer_id"));
        for (key, opened_at) in keys.zip(time(complaints, "opened_at")) {
            assert!(*opened_at > bought[&key]);
        }
    }
}

#[test]
fn states_of_complaints_come_in_order_and_results_only_when_resolved() {
    let complaints = shop(2_000, 1).complaints;
    let resolved = optional_time(&complaints, "resolved_at");
    let (answered, reopened) =
        (optional_time(&complaints, "first_response_at"), optional_time(&complaints, "reopened_at"));
    let Some(Column::OptionalText(resolution)) = complaints.column("resolution") else { panic!("no resolution") };
    let Some(Column::OptionalNumber(satisfaction)) = complaints.column("satisfaction") else { panic!("none") };
    for row in 0..complaints.n_rows() {
        assert_eq!(resolution[row].is_some(), resolved[row].is_some());
        assert!(satisfaction[row].is_none_or(|stars| resolved[row].is_some() && (1.0..=5.0).contains(&stars)));
        assert!(resolved[row].is_none_or(|at| answered[row].is_some_and(|first| first <= at)));
        assert!(reopened[row].is_none_or(|at| resolved[row].is_some_and(|first| first <= at)));
        assert!(time(&complaints, "recorded_at")[row] >= time(&complaints, "opened_at")[row]);
    }
}

#[test]
fn who_has_left_neither_buys_nor_complains() {
    let shop = shop(5_000, 1);
    let left_at = left_at(&shop);
    let purchases = text(&shop.purchases, "customer_id").iter().zip(time(&shop.purchases, "purchased_at"));
    for ((customer, at), is_return) in purchases.zip(flag(&shop.purchases, "is_return")) {
        assert!(*is_return || left_at[&**customer].is_none_or(|left| *at <= left), "{customer}");
    }
    let complaints = text(&shop.complaints, "customer_id").iter().zip(time(&shop.complaints, "opened_at"));
    for (customer, at) in complaints {
        assert!(left_at[&**customer].is_none_or(|left| *at <= left), "{customer}");
    }
}

#[test]
fn columns_are_those_of_the_input_tables() {
    let shop = late_shop();
    let extra_attributes = ["region", "acquisition_channel", "birth_year"];
    let pairs = [
        (tables::Table::Purchases, &shop.purchases),
        (tables::Table::Complaints, &shop.complaints),
        (tables::Table::Customers, &shop.customers),
    ];
    for (known, table) in pairs {
        assert_eq!(known.name(), table.name);
        for (name, column) in &table.columns {
            assert_eq!(column.len(), table.n_rows(), "`{name}`");
            let attribute = known == tables::Table::Customers && extra_attributes.contains(&name.as_str());
            assert!(attribute || known.column(name).is_some(), "`{name}` of {}", table.name);
        }
        let has = |name| table.column(name).is_some();
        assert!(known.columns().iter().filter(|column| column.required).all(|column| has(column.name)));
    }
}

#[test]
fn purchases_have_a_time_of_recording_only_when_some_are_late() {
    assert!(shop(10, 1).purchases.column("recorded_at").is_none());
    let late = late_shop().purchases;
    let rows = time(&late, "purchased_at").iter().zip(time(&late, "recorded_at"));
    let n_late = rows.filter(|(at, recorded)| recorded > at).count();
    assert!((n_late as f64 / late.n_rows() as f64 - 0.3).abs() < 0.03);
}

#[test]
fn badly_handled_complaints_really_make_customers_leave() {
    let shop = shop(20_000, 4);
    let left_at = left_at(&shop);
    let complaints = &shop.complaints;
    let (answered, resolved) =
        (optional_time(complaints, "first_response_at"), optional_time(complaints, "resolved_at"));
    let reopened = optional_time(complaints, "reopened_at");
    let (mut leavers, mut all) = ([0.0_f64; 2], [0.0_f64; 2]);
    let last_opened = Timestamp(1_672_531_200_000_000).plus(Days(913 - 90));
    for (row, opened_at) in time(complaints, "opened_at").iter().enumerate() {
        if *opened_at >= last_opened {
            continue;
        }
        let slow = answered[row].is_none_or(|at| at.days_since(*opened_at) > 3.0);
        let bad = usize::from(slow || resolved[row].is_none() || reopened[row].is_some());
        let left = left_at[text(complaints, "customer_id")[row].as_ref()];
        all[bad] += 1.0;
        leavers[bad] += f64::from(u8::from(left.is_some_and(|left| left < opened_at.plus(Days(90)))));
    }
    let [well, badly] = [leavers[0] / all[0], leavers[1] / all[1]];
    let error = (well * (1.0 - well) / all[0] + badly * (1.0 - badly) / all[1]).sqrt();
    assert!(badly - well > 10.0 * error && badly > 1.5 * well, "{badly:.3} against {well:.3}, error {error:.3}");
}

#[test]
fn amounts_are_written_with_at_most_two_decimals() {
    let shop = shop(500, 1);
    for name in ["amount", "discount"] {
        for amount in number(&shop.purchases, name) {
            let decimals = amount.to_string().split_once('.').map_or(0, |(_, decimals)| decimals.len());
            assert!(decimals <= 2, "{amount}");
        }
    }
}

#[test]
fn order_values_have_the_mean_of_the_truth() {
    let mut params = ShopParams { n_customers: 5_000, ..ShopParams::default() };
    params.basket.discount_share = 0.0;
    params.basket.discount_in_sale_share = 0.0;
    params.returns.line_share_mean = 0.0;
    let shop = simulate(&params).unwrap();
    let truth: HashMap<_, _> =
        text(&shop.truth, "customer_id").iter().zip(number(&shop.truth, "mean_order_value")).collect();
    let purchases = &shop.purchases;
    let mut expected = HashMap::new();
    for (order, customer) in text(purchases, "order_id").iter().zip(text(purchases, "customer_id")) {
        expected.insert(order, truth[customer]);
    }
    let in_order = text(purchases, "order_id").iter().collect::<std::collections::BTreeSet<_>>();
    let expected: f64 = in_order.into_iter().map(|order| expected[order]).sum();
    let seen: f64 = number(purchases, "amount").iter().sum();
    assert!((seen / expected - 1.0).abs() < 0.01, "{seen} against {expected}");
}

#[test]
fn the_default_shop_fits_into_a_small_file() {
    let purchases = shop(2_000, 1).purchases;
    let (n_lines, n_bytes) = (purchases.n_rows(), csv(&purchases).len());
    assert!((20_000..=26_000).contains(&n_lines), "{n_lines} lines");
    assert!(n_bytes < 2_200_000, "{n_bytes} bytes");
}

/// The rate that the default is made for; how hard it is to predict is described in the module's header.
#[test]
fn about_a_third_of_active_customers_buy_no_more() {
    let purchases = shop(5_000, 1).purchases;
    let cutoff = Timestamp(1_672_531_200_000_000).plus(Days(913 - 90));
    let (mut active, mut returning) = (HashSet::new(), HashSet::new());
    let rows = text(&purchases, "customer_id").iter().zip(time(&purchases, "purchased_at"));
    for ((customer, at), is_return) in rows.zip(flag(&purchases, "is_return")) {
        if !is_return && *at >= cutoff {
            returning.insert(customer);
        } else if !is_return && *at >= cutoff.minus(Days(180)) {
            active.insert(customer);
        }
    }
    let churn_rate = 1.0 - active.intersection(&returning).count() as f64 / active.len() as f64;
    assert!((0.3..0.45).contains(&churn_rate), "{churn_rate}");
}

#[test]
fn contacts_help_some_and_wake_others_as_the_truth_says() {
    let params = ShopParams { n_customers: 20_000, contacts: Some(ContactParams::default()), ..ShopParams::default() };
    let shop = simulate(&params).unwrap();
    let contacts = shop.contacts.as_ref().unwrap();
    let left_at = left_at(&shop);
    let effect: HashMap<&str, &str> = text(&shop.truth, "customer_id")
        .iter()
        .map(|id| &**id)
        .zip(text(&shop.truth, "contact_effect").iter().map(|word| &**word))
        .collect();
    // Of those still there: how many leave within the effect of a contact, by what it does and whether it was made.
    let mut counts: HashMap<(&str, &str), (f64, f64)> = HashMap::new();
    let rows = text(contacts, "customer_id").iter().zip(time(contacts, "contacted_at")).zip(text(contacts, "arm"));
    for ((id, at), arm) in rows {
        let left = left_at[&**id];
        if left.is_some_and(|left| left < *at) {
            continue;
        }
        let until = Timestamp(at.0 + 60 * crate::units::MICROS_PER_DAY);
        let count = counts.entry((effect[&**id], &**arm)).or_default();
        *count = (count.0 + f64::from(u8::from(left.is_some_and(|left| left < until))), count.1 + 1.0);
    }
    let share = |effect, arm| counts[&(effect, arm)].0 / counts[&(effect, arm)].1;
    let ratio = |effect| share(effect, "treated") / share(effect, "control");
    assert!((0.4..0.85).contains(&ratio("helped")), "{counts:?}");
    assert!((0.9..1.1).contains(&ratio("unmoved")), "{counts:?}");
    assert!((1.25..2.5).contains(&ratio("woken")), "{counts:?}");
    let n_control = text(contacts, "arm").iter().filter(|arm| *arm == "control").count();
    assert!((n_control as f64 / contacts.n_rows() as f64 - 0.2).abs() < 0.01);
}
