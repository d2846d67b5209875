//! Figures of a night for Prometheus: a text file that the textfile collector of the node exporter reads.

use std::fmt::Write;

use super::gates::Gated;
use super::performance::Track;
use super::session::Session;
use crate::monitor::DecayTest;
use crate::pipeline::Lists;

/// The file.
pub(super) const FILE: &str = "retain.prom";

/// A metric: its name, what it is, and its samples, each with its labels.
struct Metric {
    name: &'static str,
    help: &'static str,
    samples: Vec<(Vec<(&'static str, String)>, f64)>,
}

/// The text of the file.
pub(super) fn text(session: &Session, lists: &Lists, gated: &Gated, track: &Track) -> String {
    let one = |value: f64| vec![(Vec::new(), value)];
    let labelled = |label, name: &str, value: f64| (vec![(label, name.to_owned())], value);
    let customers = [("list", &lists.list), ("winback", &lists.winback)];
    let feeds: Vec<(&str, u64, u32)> = gated.night.shop.feeds_in_figures().collect();
    let alarms = gated.record["alarms"].as_array().map_or(&[][..], Vec::as_slice);
    let level = |level: &str| alarms.iter().filter(|alarm| alarm["level"] == level).count() as f64;
    let expected = track.lists.last().map(|list| list.expected);
    let realised = track.lists.iter().rev().find(|list| list.realised.is_some());
    let came = realised.and_then(|list| Some((list.realised.as_ref()?, list.expected.variance)));
    let optional = |value: Option<f64>| value.map_or_else(Vec::new, one);
    let metrics = [
        ("retain_as_of_timestamp_seconds", "Start of the day of the list.", one(seconds(session.as_of.at().0))),
        ("retain_run_timestamp_seconds", "When the list was made.", one(seconds(session.now.0))),
        (
            "retain_list_customers",
            "Customers on each list.",
            customers.map(|(name, list)| labelled("list", name, list.rows.len() as f64)).to_vec(),
        ),
        ("retain_mean_churn_probability", "Mean churn probability of both lists.", one(gated.night.scores.mean)),
        (
            "retain_alarms",
            "Alarms of the gates; a stop is there only if it was accepted.",
            ["warn", "stop"].map(|name| labelled("level", name, level(name))).to_vec(),
        ),
        (
            "retain_feed_rows",
            "Rows of each feed that were known.",
            feeds.iter().map(|(name, rows, _)| labelled("feed", name, *rows as f64)).collect(),
        ),
        (
            "retain_feed_lag_days",
            "Whole days without a row before the day of the list.",
            feeds.iter().map(|(name, _, lag)| labelled("feed", name, f64::from(*lag))).collect(),
        ),
        (
            "retain_expected_auc",
            "AUC that the probabilities promise, if they are calibrated.",
            optional(expected.and_then(|expected| expected.auc)),
        ),
        (
            "retain_realised_auc",
            "AUC of the last list whose label window has ended.",
            optional(came.and_then(|(realised, _)| realised.auc)),
        ),
        (
            "retain_observed_to_expected",
            "Customers of that list who left, to those expected to.",
            optional(came.and_then(|(realised, variance)| Some(realised.ratio(variance)?[0]))),
        ),
        (
            "retain_evidence_of_decay",
            "Evidence against the model; 20 and above call for a new one.",
            optional(DecayTest::of(&track.lists, &gated.night.model_version).map(|test| test.evidence)),
        ),
    ];
    let metrics = metrics.map(|(name, help, samples)| Metric { name, help, samples });
    written(&session.config.name, &metrics)
}

fn seconds(micros: i64) -> f64 {
    micros.div_euclid(1_000_000) as f64
}

/// The text exposition format of Prometheus, version 0.0.4. A metric without a sample is left out.
fn written(shop: &str, metrics: &[Metric]) -> String {
    let mut page = String::new();
    for Metric { name, help, samples } in metrics.iter().filter(|metric| !metric.samples.is_empty()) {
        let _ = writeln!(page, "# HELP {name} {help}\n# TYPE {name} gauge");
        for (labels, value) in samples {
            let mut all = format!("shop=\"{}\"", escaped(shop));
            for (label, value) in labels {
                let _ = write!(all, ",{label}=\"{}\"", escaped(value));
            }
            let _ = writeln!(page, "{name}{{{all}}} {value}");
        }
    }
    page
}

fn escaped(value: &str) -> String {
    value.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_metric_has_its_help_and_type_once_and_labels_are_escaped() {
        let metric = |name, samples| Metric { name, help: "What it is.", samples };
        let metrics = [
            metric("retain_a", vec![(vec![("list", "a\"b\\".to_owned())], 0.5), (Vec::new(), 3.0)]),
            metric("retain_none", Vec::new()),
        ];
        let text = "# HELP retain_a What it is.\n# TYPE retain_a gauge\nretain_a{shop=\"s\",list=\"a\\\"b\\\\\"} 0.5\n\
                    retain_a{shop=\"s\"} 3\n";
        assert_eq!(written("s", &metrics), text);
    }
}
