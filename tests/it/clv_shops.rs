//! Shared public shops as the value models see them: one purchase a day, times in weeks, cut at the papers' date.
//!
//! The data are never part of the project. They lie in `../shared/data`, or where `RETAIN_SHARED_DATA` says; without them
//! the tests that need them say so and pass.

use std::collections::BTreeMap;
use std::fs::File;
use std::path::PathBuf;

use jiff::civil::{Date, date};
use polars::prelude::*;
use retain::clv::CustomerSummary;

/// A shop cut at the end of its calibration; one entry for each customer in every column.
#[derive(Debug, Clone, Default)]
pub(crate) struct Shop {
    pub(crate) histories: Vec<CustomerSummary>,
    pub(crate) holdout_orders: Vec<u32>,
    pub(crate) holdout_spend: Vec<f64>,
    pub(crate) history_spend: Vec<f64>,
    /// Mean spend of the repeat purchases; 0 without any.
    pub(crate) mean_repeat_spend: Vec<f64>,
}

/// Where a shop's purchases stand, and when its calibration ends (the last day that counts).
struct Source {
    file: &'static str,
    customer: &'static str,
    spend: Option<&'static str>,
    end: Date,
}

/// The sample of the papers, in their order of customers.
pub(crate) fn cdnow_sample() -> Option<Shop> {
    let (file, end) = ("cdnow/cdnow_sample.parquet", date(1997, 9, 30));
    shop(&Source { file, customer: "sample_id", spend: Some("dollar_value"), end })
}

/// All customers of CDNOW.
pub(crate) fn cdnow_master() -> Option<Shop> {
    let (file, end) = ("cdnow/cdnow_master.parquet", date(1997, 9, 30));
    shop(&Source { file, customer: "customer_id", spend: Some("dollar_value"), end })
}

/// The grocery shop with regular customers, its first year.
pub(crate) fn grocery() -> Option<Shop> {
    let (file, end) = ("btydplus_grocery/groceryElog.parquet", date(2006, 12, 31));
    shop(&Source { file, customer: "cust", spend: None, end })
}

fn shop(source: &Source) -> Option<Shop> {
    let beside = concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/data");
    let folder = std::env::var_os("RETAIN_SHARED_DATA").map_or_else(|| PathBuf::from(beside), PathBuf::from);
    let path = folder.join(source.file);
    if !path.exists() {
        crate::skip::skipped("the public data");
        return None;
    }
    let mut shop = Shop::default();
    for days in purchase_days(&ParquetReader::new(File::open(path).unwrap()).finish().unwrap(), source).values() {
        add(&mut shop, days, days_since_epoch(source.end));
    }
    Some(shop)
}

/// Spend of each customer on each day, in days since 1970.
fn purchase_days(table: &DataFrame, source: &Source) -> BTreeMap<String, BTreeMap<i32, f64>> {
    let customers = table.column(source.customer).unwrap().cast(&DataType::String).unwrap();
    let days = table.column("date").unwrap().cast(&DataType::Int32).unwrap();
    let spend = source.spend.map(|name| table.column(name).unwrap().clone());
    let mut purchases: BTreeMap<String, BTreeMap<i32, f64>> = BTreeMap::new();
    for row in 0..table.height() {
        let customer = customers.str().unwrap().get(row).unwrap().to_owned();
        let day = days.i32().unwrap().get(row).unwrap();
        let amount = spend.as_ref().map_or(0.0, |spend| spend.f64().unwrap().get(row).unwrap());
        *purchases.entry(customer).or_default().entry(day).or_default() += amount;
    }
    purchases
}

fn days_since_epoch(day: Date) -> i32 {
    (day - date(1970, 1, 1)).get_days()
}

/// Adds a customer whose first purchase lies in the calibration.
fn add(shop: &mut Shop, days: &BTreeMap<i32, f64>, end: i32) {
    let times: Vec<f64> = days.range(..=end).map(|(day, _)| f64::from(*day) / 7.0).collect();
    if times.is_empty() {
        return;
    }
    let history = CustomerSummary::from_purchases(&times, f64::from(end) / 7.0).unwrap();
    let repeat_spend: f64 = days.range(..=end).skip(1).map(|(_, spend)| spend).sum();
    shop.mean_repeat_spend.push(repeat_spend / f64::from(history.frequency().max(1)));
    shop.history_spend.push(days.range(..=end).map(|(_, spend)| spend).sum());
    shop.holdout_orders.push(u32::try_from(days.range(end + 1..).count()).unwrap());
    shop.holdout_spend.push(days.range(end + 1..).map(|(_, spend)| spend).sum());
    shop.histories.push(history);
}
