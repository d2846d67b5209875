//! Times of learning, and the files from which `beside_learning.py` makes others learn the same: `panel FOLDER` trains
//! the default learners on a made shop, `core FOLDER ROWS COLUMNS` fits one penalised logistic regression.

use std::io::{BufWriter, Error, Write};
use std::path::{Path, PathBuf};
use std::time::Instant;

use jiff::civil::date;
use jiff::tz::TimeZone;
use ndarray::Array2;
use retain::dataset::{Dataset, DatasetSettings};
use retain::features::FeatureSchema;
use retain::label::ChurnRule;
use retain::learn::{
    CutoffWeightsPolicy, LEARNERS, SelectionPolicy, SharedFits, Target, Training, fit_logistic, forward_chain, train,
};
use retain::maths::special::probability;
use retain::timeline::columns::{PurchaseColumns, Tables};
use retain::timeline::{Cutoff, EventLog, Margins, matured_cutoffs};
use retain::units::{Days, MICROS_PER_DAY, Money, Timestamp};

const CUSTOMERS: u32 = 65_000;
const HISTORY_DAYS: u32 = 720;
const HORIZON: Days = Days(60);
const COLUMNS: usize = 110;
const PENALTY: f64 = 10.0;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| !argument.starts_with("--")).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["panel", folder] => panel(Path::new(folder)),
        ["core", folder, rows, columns] => core(Path::new(folder), rows.parse()?, columns.parse()?),
        _ => {
            writeln!(std::io::stderr(), "nothing measured: `panel FOLDER` or `core FOLDER ROWS COLUMNS` is wanted")?;
            Ok(())
        }
    }
}

/// Trains all default learners together, as a run does, on a panel of customers whose pace of buying tells who leaves.
fn panel(folder: &Path) -> Result<(), Box<dyn std::error::Error>> {
    let zone = TimeZone::UTC;
    let as_of = start().after(Days(HISTORY_DAYS), &zone);
    let training = matured_cutoffs(as_of, HORIZON, Days(30), start().after(Days(180), &zone).at(), &zone);
    let settings = DatasetSettings {
        rule: ChurnRule { horizon: HORIZON, gap: Days(0), active: Days(180), min_purchases: 1 },
        zone: zone.clone(),
        minor_per_major: 100.0,
        margins: Margins::alike(1.0),
        follow_up: None,
    };
    let tables = tables();
    let mut schema = serde_json::to_value(FeatureSchema::for_inputs(&tables.available()))?;
    if let Some(columns) = schema["columns"].as_array_mut() {
        // Those that describe the day rather than the customer are dropped by the learners, so they are no load.
        columns.retain(|column| !column["name"].as_str().is_some_and(|name| name.starts_with("cutoff_")));
        // The forecasts of the value model are what a learner of the default set reads.
        let is_forecast = |column: &serde_json::Value| column["name"].as_str().is_some_and(|n| n.starts_with("model_"));
        let mut others = COLUMNS - columns.iter().filter(|column| is_forecast(column)).count();
        columns.retain(|column| {
            let stays = is_forecast(column) || others > 0;
            others -= usize::from(stays && !is_forecast(column));
            stays
        });
    }
    let log = EventLog::build(tables, &zone)?;
    let dataset = Dataset::build(&log, &serde_json::from_value(schema)?, &training, &settings)?;
    drop(log);
    let rows: Vec<usize> = (0..dataset.len()).collect();
    let folds = forward_chain(&dataset, &training, HORIZON, 4, &zone);
    let churned: Vec<u8> = rows.iter().map(|row| u8::from(dataset.churned(*row, as_of))).collect();
    write(&folder.join("matrix.f32"), dataset.features.iter().flat_map(|value| value.to_le_bytes()))?;
    write(&folder.join("churned.u8"), churned.iter().copied())?;
    let before = kib("VmRSS:")?;
    // From here on, the peak is that of learning.
    std::fs::write("/proc/self/clear_refs", "5")?;
    let policy = SelectionPolicy::default();
    let training = Training {
        target: Target::Churn,
        dataset: &dataset,
        as_of,
        horizon: HORIZON,
        rows: &rows,
        folds: &folds,
        policy: &policy,
        cutoff_weights: CutoffWeightsPolicy::default(),
        trials: 0,
        shared: &SharedFits::default(),
    };
    let names: Vec<&str> =
        LEARNERS.iter().filter(|learner| !learner.is_on_request()).map(|learner| learner.name()).collect();
    let begun = Instant::now();
    let trained = train(&training, &names)?;
    let seconds = begun.elapsed().as_secs_f64();
    let matrix = (dataset.features.len() * size_of::<f32>()) as f64;
    let figures = serde_json::json!({
        "rows": rows.len(), "columns": dataset.features.ncols(), "learners": trained.len(), "seconds": seconds,
        "churn_rate": f64::from(churned.iter().map(|left| u32::from(*left)).sum::<u32>()) / rows.len() as f64,
        "resident_before_over_matrix": before * 1024.0 / matrix, "peak_over_matrix": kib("VmHWM:")? * 1024.0 / matrix,
    });
    writeln!(std::io::stdout(), "{figures}")?;
    Ok(())
}

/// Fits rows whose log-odds are linear; the parameters go to a file for comparison.
fn core(folder: &Path, n_rows: usize, n_columns: usize) -> Result<(), Box<dyn std::error::Error>> {
    let x = Array2::from_shape_fn((n_rows, n_columns), |(row, column)| {
        let of = |n: u64| draw(row as u64, n);
        // Columns in groups of ten have something in common, as features have.
        (of(column as u64) - 0.5 + 0.7 * (of(1_000 + column as u64 / 10) - 0.5)) * 2.8
    });
    let weight = |column: usize| (draw(7, column as u64) - 0.5) * 0.4;
    let leaves = |(row, values): (usize, ndarray::ArrayView1<'_, f64>)| {
        let log_odds: f64 = values.iter().enumerate().map(|(column, value)| value * weight(column)).sum();
        draw(row as u64, 5_000) < probability(log_odds - 0.4)
    };
    let churned: Vec<bool> = x.outer_iter().enumerate().map(leaves).collect();
    write(&folder.join("core.f64"), x.iter().flat_map(|value| value.to_le_bytes()))?;
    write(&folder.join("core.u8"), churned.iter().map(|churned| u8::from(*churned)))?;
    let begun = Instant::now();
    let (parameters, convergence) = fit_logistic(x.view(), &churned, PENALTY)?;
    let seconds = begun.elapsed().as_secs_f64();
    let figures = serde_json::json!({
        "rows": n_rows, "columns": n_columns, "penalty": PENALTY, "seconds": seconds,
        "gradient_per_row": convergence.gradient_per_row, "parameters": parameters,
    });
    writeln!(std::io::stdout(), "{figures}")?;
    Ok(())
}

fn write(path: &PathBuf, bytes: impl Iterator<Item = u8>) -> Result<(), Error> {
    let mut file = BufWriter::with_capacity(1 << 20, std::fs::File::create(path)?);
    for byte in bytes {
        file.write_all(&[byte])?;
    }
    file.flush()
}

/// A line of the process's own status, in KiB.
fn kib(name: &str) -> Result<f64, Box<dyn std::error::Error>> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find(|line| line.starts_with(name)).and_then(|line| line.split_whitespace().nth(1));
    Ok(line.unwrap_or_default().parse()?)
}

fn start() -> Cutoff {
    Cutoff::at_start_of(date(2023, 1, 1), &TimeZone::UTC)
}

/// Numbers between 0 and 1 without pattern, the same each time.
fn draw(row: u64, n: u64) -> f64 {
    let mut x = (row << 20 | n).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    for _ in 0..3 {
        x = (x ^ (x >> 31)).wrapping_mul(0xd6e8_feb8_6659_fd93);
    }
    (x >> 11) as f64 / (1_u64 << 53) as f64
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "days, cents and codes are small")]
fn tables() -> Tables {
    let mut purchases = PurchaseColumns { records_returns: true, ..PurchaseColumns::default() };
    for who in 0..CUSTOMERS {
        let draw = |n: u64| draw(u64::from(who), n);
        let gap = 8.0 + 70.0 * draw(0).powi(2);
        let mut at = 600.0 * draw(1);
        for n in 0_u64.. {
            let code = |salt: u64, of: f64| (draw(16 + 16 * n + salt) * of) as u32;
            purchases.customer.push(who);
            purchases.purchased_at.push(Timestamp(start().at().0 + (at * MICROS_PER_DAY as f64) as i64));
            purchases.order.get_or_insert_default().push(u64::from(who) << 20 | n);
            purchases.amount.push(Money((1_000.0 + 9_000.0 * draw(2) * draw(17 + 16 * n)) as i64));
            purchases.is_return.push(false);
            purchases.product.get_or_insert_default().push(code(2, 3_000.0));
            purchases.category.get_or_insert_default().push(code(3, 40.0));
            purchases.channel.get_or_insert_default().push(code(4, 4.0));
            purchases.region.get_or_insert_default().push(code(5, 6.0));
            purchases.quantity.get_or_insert_default().push(1.0 + code(6, 5.0) as f32);
            let leaves = draw(18 + 16 * n + 5) < 0.06;
            at += gap * (0.5 + draw(19 + 16 * n + 5));
            if leaves || at >= f64::from(HISTORY_DAYS) {
                break;
            }
        }
    }
    Tables { customer_ids: (0..CUSTOMERS).map(|who| format!("{who:06}")).collect(), purchases, ..Tables::default() }
}
