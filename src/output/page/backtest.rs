//! The page of a backtest: the part of the model without a list. It has no script and loads nothing.

use serde_json::Value;

use super::audits::audits;
use super::backtest_outcomes::calibrated_outcomes;
use super::backtest_values::calibrated_values;
use super::document::{Estimate, count, items, number, text};
use super::figure::{DataTable, Part, capital, day, money, percent};
use super::model::{learner_name, test_part};
use super::words::Words;
use crate::text::{counted, grouped};

/// What the page of a backtest shows.
#[derive(Debug, Clone, Copy)]
pub struct BacktestInput<'a> {
    /// `backtest.json`.
    pub backtest: &'a Value,
    /// `manifest.json` of the backtest.
    pub manifest: &'a Value,
}

/// The only part of the page.
pub(super) fn part(input: &BacktestInput<'_>) -> Part {
    let BacktestInput { backtest, .. } = input;
    let mut part = test_part(backtest);
    part.figures.extend(calibrated_outcomes(backtest));
    part.figures.extend(calibrated_values(backtest, currency(input.manifest)));
    part.figures.extend(audits(backtest));
    let tables =
        [outcomes(backtest), heads(backtest), values(input), by_value(backtest), profit(input), choices(backtest)];
    part.tables.extend(tables.into_iter().filter(|table| !table.rows.is_empty()));
    part
}

/// What stands at the top and at the foot.
pub(super) fn words(input: &BacktestInput<'_>) -> Words {
    let BacktestInput { backtest, manifest } = input;
    let shop = text(manifest, "/name").unwrap_or("shop").to_owned();
    let as_of = day(text(manifest, "/as_of").unwrap_or_default());
    let grade = text(backtest, "/verdict/grade").unwrap_or("unknown");
    let auc = Estimate::at(backtest, "/verdict/auc").map_or_else(String::new, |auc| format!(", AUC {}", auc.text()));
    let n_cutoffs = items(backtest, "/population/cutoffs").len() as u64;
    Words {
        line: format!("{shop} \u{b7} backtest \u{b7} outcomes as known on {as_of}"),
        headline: format!("Tested on {} of the past, the model has grade {grade}{auc}", counted(n_cutoffs, "day")),
        lede: vec![
            "Before each of these days everything was learnt anew from what was known then, as a list of that day would have been \
             made; then it was held against what came."
                .to_owned(),
        ],
        footer: format!(
            "Made by retain {} (backtest) at {}. All figures: backtest.json; the predictions behind them: predictions.parquet. All \
             amounts in {}.",
            text(manifest, "/retain_version").unwrap_or_default(),
            text(manifest, "/created_at").unwrap_or_default(),
            currency(manifest)
        ),
        shop,
        as_of,
    }
}

fn currency(manifest: &Value) -> &str {
    text(manifest, "/config/currency/code").unwrap_or_default()
}

/// A figure with its interval as text; a dash where there is none.
fn figure(document: &Value, pointer: &str) -> String {
    Estimate::at(document, pointer).map_or_else(|| "-".to_owned(), |figure| figure.text())
}

/// Whom a report is about.
fn of_whom(report: &Value) -> String {
    format!(
        "{}: {} at {}.",
        capital(text(report, "/population").unwrap_or_default()),
        counted(count(report, "/n_customers").unwrap_or(0), "customer"),
        counted(items(report, "/cutoffs").len() as u64, "test cutoff")
    )
}

/// What came of those ranked first.
fn outcomes(backtest: &Value) -> DataTable {
    let report = backtest.pointer("/outcomes").unwrap_or(&Value::Null);
    let rows = items(report, "/rankings").iter().flat_map(|ranking| {
        let by = text(ranking, "/ranked_by").unwrap_or_default();
        let row = move |group: &Value| {
            let share = |name: &str| figure(group, &format!("/share/{name}"));
            let name = text(group, "/name").unwrap_or_default().to_owned();
            [by.to_owned(), name, share("never"), share("quiet"), share("last"), share("staying")]
        };
        items(ranking, "/groups").iter().map(row)
    });
    let head = ["Ranked by", "Rows", "Never back", "Quiet", "Bought a last time", "Staying"];
    DataTable::new("What came of those ranked first", head, rows)
        .saying(&format!("{} Shares with 95 % intervals.", of_whom(report)))
}

/// Who comes back.
fn heads(backtest: &Value) -> DataTable {
    let asked =
        [("never", "never back, of those who bought nothing"), ("last", "bought a last time, of those who bought")];
    let rows = asked.into_iter().flat_map(|(name, question)| {
        let head = backtest.pointer(&format!("/heads/{name}")).unwrap_or(&Value::Null);
        let n = count(head, "/population/n_rows").map_or_else(String::new, grouped);
        let row = move |learner: &Value| {
            let name = text(learner, "/name").map(learner_name).unwrap_or_default().to_owned();
            [question.to_owned(), name, n.clone(), figure(learner, "/mean/auc"), figure(learner, "/mean/log_loss")]
        };
        items(head, "/learners").iter().map(row)
    });
    let head = ["Question", "Predicted by", "Rows", "AUC", "Log-loss"];
    DataTable::new("Who comes back: two more questions", head, rows)
        .saying("Rows of the test cutoffs whose follow-up has ended. Means over cutoffs, with 95 % intervals.")
}

/// What was predicted to come in, beside what came: the forecast of each window, for everyone on the lists and for groups.
fn values(input: &BacktestInput<'_>) -> DataTable {
    let currency = currency(input.manifest);
    let windows = items(input.backtest, "/value_calibration/windows");
    let rows = windows.iter().flat_map(|window| {
        let days = count(window, "/days").map_or_else(String::new, |days| counted(days, "day"));
        let row = move |group: &Value| {
            let amount = |pointer: &str| Estimate::at(group, pointer).map(|amount| money(currency, amount.estimate));
            [
                days.clone(),
                text(group, "/name").unwrap_or_default().to_owned(),
                count(group, "/n_rows").map_or_else(String::new, grouped),
                amount("/mean_predicted").unwrap_or_default(),
                amount("/mean_actual").unwrap_or_default(),
                figure(group, "/predicted_over_actual"),
            ]
        };
        items(window, "/groups").iter().map(row)
    });
    let head = ["Coming", "Customers", "Rows", "Mean margin predicted", "Mean margin that came", "Predicted over came"];
    let whom: Vec<String> = windows
        .iter()
        .map(|window| format!("{}: {}", counted(count(window, "/days").unwrap_or(0), "day"), of_whom(window)))
        .collect();
    DataTable::new("What was forecast, and what came", head, rows).saying(&format!(
        "Above 1 too much was predicted. Intervals from customers drawn anew; the models are held fixed. {}",
        whom.join(" ")
    ))
}

/// Rankings by value.
fn by_value(backtest: &Value) -> DataTable {
    let kinds = ["everyone", "on_the_list"];
    let reports: Vec<&Value> =
        kinds.iter().filter_map(|kind| backtest.pointer(&format!("/value_ranking/{kind}"))).collect();
    let rows = reports.iter().flat_map(|report| {
        let whom = text(report, "/population").unwrap_or_default();
        let row = move |ranking: &Value| {
            let name = text(ranking, "/name").unwrap_or_default().to_owned();
            [whom.to_owned(), name, figure(ranking, "/share"), figure(ranking, "/first_is_ahead_by")]
        };
        items(report, "/rankings").iter().map(row)
    });
    let days = number(backtest, "/value_ranking/days").map_or_else(String::new, |days| format!(" in {days} days"));
    let head = ["Customers", "Ranked by", "Share of the spend in the first tenth", "Predicted value is ahead by"];
    DataTable::new("Who will spend", head, rows).saying(&format!(
        "Share of all that was spent{days} from each cutoff that the tenth ranked first spent, with 95 % intervals."
    ))
}

/// What a campaign would earn.
fn profit(input: &BacktestInput<'_>) -> DataTable {
    let report = input.backtest.pointer("/profit").unwrap_or(&Value::Null);
    let share = |pair: &Value, pointer: &str| number(pair, pointer).map_or_else(String::new, percent);
    let amount =
        |learner: &Value, pointer: &str| number(learner, pointer).map_or_else(String::new, |sum| format!("{sum:.3}"));
    let row = |learner: &Value| {
        [
            text(learner, "/name").map(learner_name).unwrap_or_default().to_owned(),
            amount(learner, "/empc/profit"),
            share(learner, "/empc/fraction"),
            amount(learner, "/mpc/profit"),
            share(learner, "/mpc/fraction"),
        ]
    };
    let head = ["Learner", "EMPC", "Contacted", "MPC", "Contacted"];
    let term =
        |name: &str| number(report, &format!("/terms/{name}")).map_or_else(String::new, |sum| format!("{sum:.2}"));
    DataTable::new("What a campaign would earn", head, items(report, "/learners").iter().map(row)).saying(&format!(
        "Largest profit of one campaign for each customer of the population, in {}, by the rules of Verbraken and others (2013): a \
         customer is worth {}, an incentive costs {}, a contact {}.",
        currency(input.manifest),
        term("clv"),
        term("incentive"),
        term("contact_cost")
    ))
}

/// What was chosen before each cutoff.
fn choices(backtest: &Value) -> DataTable {
    let row = |choice: &Value| {
        let map = text(choice, "/calibration/calibrator/kind").unwrap_or("-");
        [text(choice, "/cutoff").unwrap_or_default().to_owned(), map.to_owned()]
    };
    DataTable::new(
        "What was chosen before each cutoff",
        ["Cutoff", "Calibration"],
        items(backtest, "/choices").iter().map(row),
    )
    .saying("By earlier cutoffs whose label windows had ended; backtest.json has the figures of all choices.")
}
