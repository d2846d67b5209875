//! What came of past lists, beside what tonight's is expected to do: read from the folders of earlier nights, told, and left
//! as a table.

use std::path::PathBuf;

use jiff::civil::Date;
use serde_json::{Value, json};

use super::nights::PastNight;
use super::session::Session;
use crate::cli::ALARM;
use crate::error::Failure;
use crate::files::Staged;
use crate::monitor::{CAVEAT, DecayTest, Expected, ListPerformance, Outcomes, Planned, Realised, level_sd, remembered};
use crate::output::{Format, stage_table};
use crate::pipeline::Lists;
use crate::registry::Version;
use crate::table::{Column, Table};
use crate::timeline::{EventLog, date_of};

const TABLE: &str = "performance";
/// The table of all lists.
pub(super) const FILE: &str = "performance.parquet";

/// The lists so far, and what they say of the model.
pub(super) struct Track {
    pub(super) lists: Vec<ListPerformance>,
    /// How many lists have matured since the last night.
    n_new: usize,
    decay: Option<DecayTest>,
    /// Whether the last night knew of the decay.
    is_known: bool,
    /// What tonight's list promises.
    expected: Expected,
    /// The day until which the model learned, if that is after tonight's: what comes of the list is then no test of it.
    knows_later: Option<Date>,
}

/// Joins the lists that have matured since the last night to what came of their customers, and adds tonight's.
pub(super) fn track(
    session: &Session,
    log: &EventLog,
    (version, past): (&Version, &[PastNight]),
    lists: &Lists,
) -> Track {
    let churn = json!(session.config.churn);
    // Lists that asked another question are not comparable.
    let past: Vec<&PastNight> = past.iter().filter(|night| night.churn == churn).collect();
    let mut known = past.last().map_or_else(Vec::new, |night| night.night.performance.clone());
    let (rule, zone) = (&version.model.rule, &session.config.timezone);
    let outcomes = Outcomes { log, rule, zone, as_of: session.as_of };
    let n_before = n_realised(&known);
    let sd = level_sd(&version.evaluation);
    let read = |day: i32| past.iter().find(|night| night.night.as_of_day == day)?.lists();
    outcomes.realise(&mut known, |_| sd, read);
    let n_new = n_realised(&known) - n_before;
    let probabilities: Vec<f64> = lists.rows().map(|row| row.prospect.churn_probability).collect();
    let model_version = version.manifest.model_version();
    let is_known = past.last().is_some_and(|night| {
        DecayTest::of(&night.night.performance, &model_version).is_some_and(|test| test.is_decayed)
    });
    let decay = DecayTest::of(&known, &model_version);
    let (as_of_day, expected) = (session.as_of.day(), Expected::of(&probabilities));
    let knows_later = version.manifest.as_of > session.as_of.date();
    let lists = if knows_later {
        known.into_iter().filter(|list| list.as_of_day < as_of_day).collect()
    } else {
        remembered(
            known,
            ListPerformance { as_of_day, model_version, expected, realised: None, planned: Some(planned(lists)) },
        )
    };
    Track { lists, n_new, decay, is_known, expected, knows_later: knows_later.then_some(version.manifest.as_of) }
}

/// What the plan promises, of both lists.
fn planned(lists: &Lists) -> Planned {
    let summary = &lists.list.decisions.summary;
    Planned {
        n_contacted: summary.n_contacted,
        net_gain: summary.net_gain,
        cost: summary.contact_cost + summary.incentive_cost,
    }
}

fn n_realised(lists: &[ListPerformance]) -> usize {
    lists.iter().filter(|list| list.realised.is_some()).count()
}

impl Track {
    /// Tells what came of lists that have matured since the last night, and whether the model has decayed.
    pub(super) fn report(&self) {
        if let Some(until) = self.knows_later {
            tracing::warn!(
                "warning[later_model]: the model learned from what was known until {until}, after the day of this list: what comes of \
                 the list is no test of the model, and does not count as one"
            );
        }
        let matured = self.lists.iter().rev().filter(|list| list.realised.is_some()).take(self.n_new.min(1));
        for sentence in matured.filter_map(ListPerformance::in_words) {
            tracing::info!("note[realised]: {sentence}");
        }
        let Some(test) = self.decay.filter(|test| test.is_decayed) else { return };
        let message = format!(
            "{} lists have matured whose label windows do not overlap, and probabilities that are shifted or flatter predicted \
             them {:.0} times as well as the model's own; a model as good as in its tests exceeds {:.0} in one of 20 shops at \
             most, over all nights together\nhint: train a model with `retain run`; {FILE} has the figures of every list",
            test.n_lists, test.evidence, test.limit
        );
        if self.is_known {
            tracing::info!("note[model_decay]: as on the nights before: {message}");
        } else {
            tracing::warn!(target: ALARM, "warning[model_decay]: {message}");
        }
    }

    /// The last list that has matured, and what it says of the model, in sentences for people; empty before there is one.
    pub(super) fn page(&self) -> String {
        let last = self.lists.iter().rev().find_map(ListPerformance::in_words);
        last.map_or_else(String::new, |sentence| format!("Came true: {sentence}\n"))
    }

    /// What the manifest says.
    pub(super) fn record(&self) -> Value {
        json!({
            "expected": self.expected,
            "caveat": CAVEAT,
            "n_lists": self.lists.len(),
            "n_realised": n_realised(&self.lists),
            "last_realised": self.lists.iter().rev().find(|list| list.realised.is_some()),
            "decay_test": self.decay,
        })
    }

    /// Stages the table of all lists.
    pub(super) fn stage(&self, staged: &Staged) -> Result<PathBuf, Failure> {
        stage_table(&self.table(), Format::Parquet, staged)
    }

    fn table(&self) -> Table<'_> {
        let numbers =
            |of: &dyn Fn(&ListPerformance) -> Option<f64>| Column::OptionalNumber(self.lists.iter().map(of).collect());
        let of_realised =
            |of: fn(&Realised) -> Option<f64>| numbers(&|list: &ListPerformance| list.realised.as_ref().and_then(of));
        let of_plan = |of: fn(&Planned) -> f64| numbers(&|list: &ListPerformance| list.planned.as_ref().map(of));
        let ratio = |place: usize| {
            numbers(&|list: &ListPerformance| {
                list.realised.as_ref()?.ratio(list.expected.variance)?.get(place).copied()
            })
        };
        let days = self.lists.iter().map(|list| date_of(list.as_of_day)).collect();
        let versions = self.lists.iter().map(|list| list.model_version.as_str());
        Table::new(
            TABLE,
            [
                ("as_of", Column::OptionalDate(days)),
                ("model_version", Column::text(versions)),
                ("customers", numbers(&|list| Some(list.expected.n as f64))),
                ("expected_churned", numbers(&|list| Some(list.expected.churned))),
                ("expected_auc", numbers(&|list| list.expected.auc)),
                ("expected_log_loss", numbers(&|list| Some(list.expected.log_loss))),
                ("planned_contacts", of_plan(|plan| plan.n_contacted as f64)),
                ("planned_net_gain", of_plan(|plan| plan.net_gain)),
                ("planned_cost", of_plan(|plan| plan.cost)),
                ("realised_customers", of_realised(|realised| Some(realised.n as f64))),
                ("missing_customers", of_realised(|realised| Some(realised.missing as f64))),
                ("churned", of_realised(|realised| Some(realised.churned as f64))),
                ("observed_to_expected", ratio(0)),
                ("observed_to_expected_low", ratio(1)),
                ("observed_to_expected_high", ratio(2)),
                ("auc", of_realised(|realised| realised.auc)),
                ("log_loss", of_realised(|realised| realised.log_loss)),
                ("evidence_of_decay", of_realised(|realised| realised.log_evidence.map(f64::exp))),
            ],
        )
    }
}
