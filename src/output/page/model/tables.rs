//! What stands below the figures: the heads, findings of the data, what one feature tells alone.

use serde_json::Value;

use super::super::document::{Estimate, count, items, number, text};
use super::super::figure::DataTable;
use super::super::input::PageInput;
use super::test_words::learner_name;
use crate::text::grouped;

/// How the heads that tell gone, leaving and quiet did on their folds.
fn heads(input: &PageInput<'_>) -> DataTable {
    let asked =
        [("never", "never back, of those who bought nothing"), ("last", "bought a last time, of those who bought")];
    let rows = asked.into_iter().flat_map(|(name, question)| {
        let head = input.manifest.pointer(&format!("/heads/{name}")).unwrap_or(&Value::Null);
        let used = text(head, "/learner").unwrap_or_default();
        let row = move |figures: &Value| {
            let learner = text(figures, "/learner").unwrap_or_default();
            let auc = Estimate::at(figures, "/auc").map_or_else(String::new, |auc| auc.text());
            let n = count(figures, "/n_rows").map_or_else(String::new, grouped);
            let is_used = if learner == used { "yes" } else { "" };
            [question.to_owned(), learner_name(learner).to_owned(), auc, n, is_used.to_owned()]
        };
        items(head, "/figures").iter().map(row)
    });
    let head = ["Question", "Learner", "Mean AUC", "Rows", "Used"];
    DataTable::new("Who comes back: two more questions", head, rows).saying(
        "Measured on earlier cutoffs of training, before calibration. The first learner is held against rules; what did best is used.",
    )
}

/// Rows that are not used, and how many for each reason.
fn set_aside(account: &Value) -> (u64, String) {
    let rejected = items(account, "/rejected").iter().filter_map(|pair| Some((pair.get(0)?, pair.get(1)?.as_u64()?)));
    let rejected: Vec<(&Value, u64)> = rejected.collect();
    let reason = |(reason, n): &(&Value, u64)| {
        let words = [text(reason, "/rule"), text(reason, "/column")].into_iter().flatten();
        format!("{} {}", words.collect::<Vec<_>>().join(" ").replace('_', " "), grouped(*n))
    };
    let why: Vec<String> = rejected.iter().map(reason).collect();
    (rejected.iter().map(|(_, n)| n).sum(), why.join("; "))
}

/// Findings of the data, and features that tell most alone.
pub(super) fn tables(input: &PageInput<'_>) -> Vec<DataTable> {
    let manifest = input.manifest;
    let finding = |finding: &Value| {
        let of = |name: &str| text(finding, &format!("/{name}")).unwrap_or_default().to_owned();
        [of("severity"), of("message"), of("hint")]
    };
    let findings = DataTable::new(
        "What the check of the data found",
        ["Weight", "Finding", "Hint"],
        items(manifest, "/findings").iter().map(finding),
    );
    let account = |account: &Value| {
        let n = |name: &str| count(account, &format!("/{name}")).map_or_else(String::new, grouped);
        let table = text(account, "/table").unwrap_or_default().to_owned();
        let (aside, why) = set_aside(account);
        [table, n("rows_in"), n("used"), grouped(aside), why, n("about/customers")]
    };
    let accounts = DataTable::new(
        "What became of every row",
        ["Table", "Rows read", "Rows used", "Set aside", "For which reason", "Customers"],
        items(manifest, "/accounts").iter().map(account),
    );
    let single = |single: &Value| {
        let auc = Estimate::at(single, "/auc").map_or_else(String::new, |auc| auc.text());
        [
            text(single, "/feature").unwrap_or_default().to_owned(),
            auc,
            text(single, "/cutoff").unwrap_or_default().to_owned(),
        ]
    };
    let largest = DataTable::new(
        "What one feature tells alone",
        ["Feature", "AUC", "At cutoff"],
        items(manifest, "/leak_guard/largest").iter().map(single),
    );
    let limit = number(manifest, "/leak_guard/max_auc").map_or_else(String::new, |auc| format!("{auc:.2}"));
    let found = [
        heads(input),
        findings.saying("Recommendations and warnings; errors would have stopped the run."),
        accounts.saying("Rows read are rows used and rows set aside. Customers are those of the rows used."),
        largest.saying(&format!(
            "The guard against leaks stops a training in which one feature alone reaches an AUC of {limit}."
        )),
    ];
    found.into_iter().filter(|table| !table.rows.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn rows_read_are_rows_used_and_rows_set_aside() {
        let account = json!({
            "table": "purchases", "rows_in": 1_000, "used": 700,
            "rejected": [[{ "rule": "filter", "column": null }, 260], [{ "rule": "missing", "column": "customer_id" }, 40]],
        });
        assert_eq!(set_aside(&account), (300, "filter 260; missing customer id 40".to_owned()));
        assert_eq!(set_aside(&json!({ "table": "contacts" })), (0, String::new()));
    }
}
