//! Days are those of the shop's zone, several orders of one day are one visit, and what is known later changes nothing.

use std::collections::BTreeMap;

use jiff::ToSpan;
use jiff::civil::{Date, date};

use crate::shop::Shop;

const COLUMNS: &str = "customer_id,order_id,purchased_at,amount";

/// An order by the clock of the shop.
#[derive(Debug, Clone)]
pub(super) struct Order {
    pub(super) customer: u32,
    pub(super) day: Date,
    /// Hour and minute.
    clock: (u32, u32),
    pub(super) cents: u32,
}

impl Order {
    fn line(&self, number: usize) -> String {
        let (day, (hour, minute), cents) = (self.day, self.clock, self.cents);
        let amount = format!("{}.{:02}", cents / 100, cents % 100);
        format!("C{:04},O{number:06},{day} {hour:02}:{minute:02}:00,{amount}", self.customer)
    }
}

/// Two years of 320 customers who order in one hour of the day, of whom some leave.
pub(super) fn orders(hour: u32) -> Vec<Order> {
    let mut state = 7_u64;
    let mut below = |n: u64| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        u32::try_from((state >> 33) % n).unwrap()
    };
    let mut orders = Vec::new();
    for customer in 0..320 {
        let (usual, leaves) = (12 + below(50), 3 + below(9));
        let mut day = date(2022, 1, 1).checked_add(i64::from(below(600)).days()).unwrap();
        while day < date(2024, 1, 1) {
            orders.push(Order { customer, day, clock: (hour, below(60)), cents: 500 + below(9_000) });
            let wait = if below(u64::from(leaves)) == 0 { 400 } else { 3 + usual / 2 + below(u64::from(usual)) };
            day = day.checked_add(i64::from(wait).days()).unwrap();
        }
    }
    orders
}

/// The same with a further small order two hours after every `nth`.
fn with_second_orders(orders: &[Order], nth: usize) -> Vec<Order> {
    let second = |(number, order): (usize, &Order)| {
        let small = Order { clock: (order.clock.0 + 2, order.clock.1), cents: 300, ..order.clone() };
        [Some(order.clone()), (number % nth == 0).then_some(small)]
    };
    orders.iter().enumerate().flat_map(second).flatten().collect()
}

pub(super) fn table(orders: &[Order]) -> String {
    let lines = orders.iter().enumerate().map(|(number, order)| order.line(number) + "\n");
    format!("{COLUMNS}\n{}", lines.collect::<String>())
}

pub(super) fn config(zone: &str) -> String {
    let mapping = COLUMNS.split(',').map(|column| format!("{column} = \"{column}\"\n")).collect::<Vec<_>>().concat();
    format!(
        "name = \"shop\"\ncurrency = \"USD\"\ntimezone = \"{zone}\"\n[purchases]\npath = \"purchases.csv\"\n\
         [purchases.columns]\n{mapping}[churn]\nhorizon_days = 60\nactive_days = 180\n[panel]\nmax_cutoffs = 3\n\
         [backtest]\nlast = 1\nbootstrap = 40\n[models]\ndir = \"models\"\n[output]\ndir = \"runs\"\n"
    )
}

/// Both lists of a run, each customer's cells by column.
pub(super) fn list(shop: &Shop) -> BTreeMap<String, BTreeMap<String, String>> {
    shop.command("run").args(["--as-of", "2024-01-01", "--out", "out"]).assert().success();
    let mut lines = csv_rows(&shop.read("out/list.csv"));
    let header = lines.remove(0);
    lines.extend(csv_rows(&shop.read("out/winback.csv")).into_iter().skip(1));
    let row = |cells: Vec<String>| (cells[1].clone(), header.iter().cloned().zip(cells).collect());
    lines.into_iter().map(row).collect()
}

/// Rows of a table whose cells may be quoted.
fn csv_rows(text: &str) -> Vec<Vec<String>> {
    let cells = |line: &str| {
        let (mut cells, mut is_quoted) = (vec![String::new()], false);
        for letter in line.chars() {
            match letter {
                '"' => is_quoted = !is_quoted,
                ',' if !is_quoted => cells.push(String::new()),
                _ => cells.last_mut().unwrap().push(letter),
            }
        }
        cells
    };
    text.lines().map(cells).collect()
}

#[test]
fn a_shop_far_from_utc_gives_what_the_same_clock_times_give_in_utc() {
    // In UTC there is a midnight between the two orders of a day: at 15 and 17 o'clock in Los Angeles, at 8 and 10 in Tokyo.
    for (zone, hour) in [("America/Los_Angeles", 15), ("Asia/Tokyo", 8)] {
        let purchases = table(&with_second_orders(&orders(hour), 2));
        let without_version = |zone: &str| {
            let mut list = list(&Shop::of(&purchases, &config(zone)));
            for row in list.values_mut() {
                row.remove("model_version");
            }
            list
        };
        let in_utc = without_version("UTC");
        assert!(in_utc.len() > 100, "{} customers", in_utc.len());
        assert_eq!(without_version(zone), in_utc, "{zone}");
    }
}

#[test]
fn a_second_order_of_a_day_changes_neither_stage_nor_expected_order() {
    let once = orders(15);
    let told = |orders: &[Order]| -> Vec<(String, Vec<String>)> {
        let columns = ["life_cycle_stage", "expected_next_order_date", "days_since_last_order"];
        let rows = list(&Shop::of(&table(orders), &config("America/Los_Angeles")));
        rows.into_iter().map(|(customer, row)| (customer, columns.map(|name| row[name].clone()).to_vec())).collect()
    };
    let (single, double) = (told(&once), told(&with_second_orders(&once, 1)));
    let stages: BTreeMap<&str, usize> = single.iter().fold(BTreeMap::new(), |mut counts, (_, row)| {
        *counts.entry(row[0].as_str()).or_default() += 1;
        counts
    });
    assert!(stages.len() >= 4, "{stages:?}");
    assert_eq!(double, single);
}

#[test]
fn what_is_reported_of_times_is_reported_by_the_clocks_of_the_shop() {
    let orders = with_second_orders(&orders(15), 1);
    let shop = Shop::of(&table(&orders), &config("America/Los_Angeles"));
    // The last order there is of the last evening of the year, which is the next day in UTC.
    assert_eq!(orders.iter().map(|order| order.day).max(), Some(date(2023, 12, 31)));
    shop.command("inspect").assert().success().stdout(predicates::str::contains("to 2023-12-31"));
    let customer = list(&shop).into_keys().next().unwrap();
    let asked = ["--customer", &customer, "--json", "--as-of", "2024-01-01"];
    let output = shop.command("explain").args(asked).output().unwrap();
    let explanation: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let own = orders.iter().filter(|order| format!("C{:04}", order.customer) == customer);
    let written: Vec<String> =
        own.map(|order| format!("{}T{}:{:02}", order.day, order.clock.0, order.clock.1)).collect();
    let told = explanation["orders"].as_array().unwrap().iter().map(|order| order[0].as_str().unwrap());
    assert!(told.clone().all(|time| ["-07:00", "-08:00"].contains(&&time[19..])), "{}", explanation["orders"]);
    assert_eq!(told.map(|time| time[..16].to_owned()).collect::<Vec<_>>(), written);
}

/// The models that training at the start of July 2023 leaves, with everything that decides what they say.
fn trained(purchases: &str, config: &str) -> (String, serde_json::Value) {
    let shop = Shop::of(purchases, config);
    // Whether the model may score is not asked here.
    _ = shop.command("train").args(["--as-of", "2023-07-01"]).output().unwrap();
    let versions = std::fs::read_dir(shop.path("models/shop")).unwrap().map(|entry| entry.unwrap().path());
    let folder = versions.filter(|path| path.join("model.json").exists()).last().unwrap();
    let read = |file: &str| std::fs::read_to_string(folder.join(file)).unwrap();
    let manifest: serde_json::Value = serde_json::from_str(&read("manifest.json")).unwrap();
    (read("model.json"), manifest["training"].clone())
}

#[test]
fn what_is_known_later_changes_no_training() {
    // The active window is longer than a third of what there is, so that the warm-up is that third.
    let config = config("America/Los_Angeles").replace("active_days = 180", "active_days = 300");
    let config = config.replace("max_cutoffs = 3", "step_days = 60");
    let (all, day) = (orders(15), date(2023, 7, 1));
    let known: Vec<Order> = all.iter().filter(|order| order.day < day).cloned().collect();
    let (model, training) = trained(&table(&known), &config);
    assert!(training["cutoffs"].as_array().unwrap().len() >= 3, "{training}");
    let with_a_future = trained(&table(&all), &config);
    assert_eq!(with_a_future.1, training);
    assert_eq!(with_a_future.0, model);

    // Rows of earlier years that were recorded only later, and of an unknown customer who comes later.
    let recorded = |orders: &[Order], recorded: Option<&str>| -> String {
        let line = |(number, order): (usize, &Order)| {
            let recorded = recorded.map_or_else(|| order.day.to_string(), str::to_owned);
            format!("{},{recorded} 23:00:00\n", order.line(number))
        };
        orders.iter().enumerate().map(line).collect()
    };
    let years_before: Vec<Order> =
        known.iter().map(|order| Order { day: order.day.checked_sub(2.years()).unwrap(), ..order.clone() }).collect();
    let config = config.replace("amount = \"amount\"\n", "amount = \"amount\"\nrecorded_at = \"recorded_at\"\n");
    let on_time = format!("{COLUMNS},recorded_at\n{}", recorded(&known, None));
    let late = on_time.clone() + &recorded(&years_before, Some("2023-08-01")).replace(",O", ",P");
    let (on_time, late) = (trained(&on_time, &config), trained(&late, &config));
    assert_eq!(on_time.1["cutoffs"], training["cutoffs"]);
    assert_eq!(late, on_time);
}
