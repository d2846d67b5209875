//! `retain backtest`: rolling origin over the test cutoffs, retraining before each.

use serde::Serialize;
use serde_json::json;

use super::job;
use super::printing::{print, shown, write_json};
use super::report::{BACKTEST, BACKTEST_PAGE, stage_backtest_page};
use super::session::Session;
use super::{lineage, remarks};
use crate::cli::{Learning, OutputOptions};
use crate::error::Failure;
use crate::evaluate::grade::with_bounds;
use crate::evaluate::{AuditDay, Evaluation, GroupAudit, Interval, Population, ProfitReport, ValueCalibrationTable};
use crate::ingest::CarriedColumn;
use crate::output::{Format, stage_table};
use crate::pipeline::{self, Backtest, DayLeftOut, HeadTests, PastListsReport, ReasonTests, TestChoice};
use crate::text::{counted, shortened, wrapped};
use crate::timeline::{Cutoff, EventLog};
use crate::units::Timestamp;
use crate::value::ValueRanking;

pub(super) fn run(arguments: &Learning, talk: OutputOptions, now: Timestamp) -> Result<(), Failure> {
    let (mut session, log) =
        job::start_learning(arguments, talk, now, &[BACKTEST, "predictions.parquet", BACKTEST_PAGE])?;
    let backtest = pipeline::backtest(&session.config, &log, session.as_of, &session.watch)?;
    let audits = audits(&session, &log, &backtest);
    let staged = session.stage()?;
    let report = Report {
        evaluation: &backtest.evaluation,
        profit: backtest.profit.as_ref(),
        value_ranking: &backtest.value,
        past_lists: &backtest.past_lists,
        choices: &backtest.choices,
        group_audits: &audits,
    };
    let path = staged.add(BACKTEST, |writer| write_json(writer, &report))?;
    let predictions = stage_table(&backtest.predictions, Format::Parquet, &staged)?;
    remarks::print(&backtest.leak_guard, backtest.sampled);
    let more = json!({
        "verdict": backtest.evaluation.verdict,
        "leak_guard": backtest.leak_guard,
        "sampled": backtest.sampled,
    });
    let page_path = stage_backtest_page(&json!(report), &session.manifest("backtest", more.clone()), &staged)?;
    session.conclude_with(
        ("backtest", more),
        staged,
        vec![path, predictions, page_path],
        |session, ready, manifest| {
            job::appear(ready)?;
            lineage::complete(session, "backtest", manifest);
            Ok(())
        },
    )?;
    print(&(page(&backtest, session.config.currency.code()) + &by_group(&audits)))?;
    tracing::info!("\nfiles are in {}", shown(&session.folder));
    Ok(())
}

/// `backtest.json`: how lists of past days would have done.
#[derive(Serialize, schemars::JsonSchema)]
#[schemars(title = "`backtest.json`: how lists of past days would have done")]
struct Report<'a> {
    #[serde(flatten)]
    evaluation: &'a Evaluation,
    profit: Option<&'a ProfitReport>,
    value_ranking: &'a ValueRanking,
    #[serde(flatten)]
    past_lists: &'a PastListsReport,
    choices: &'a [TestChoice],
    /// By the groups of each sensitive attribute of the config.
    group_audits: &'a [GroupAudit],
}

/// The test cutoffs by the groups of each sensitive attribute, as known at each.
fn audits(session: &Session, log: &EventLog, backtest: &Backtest) -> Vec<GroupAudit> {
    let (attributes, ids) = (&session.config.privacy.sensitive, log.customer_ids());
    if attributes.is_empty() {
        return Vec::new();
    }
    let days: Vec<AuditDay> = backtest.audit_days.iter().map(|(_, day)| day.clone()).collect();
    let of_day = |(cutoff, day): &(Cutoff, AuditDay)| {
        let names = day.customers.iter().map(|customer| ids.get(*customer as usize).map_or("", String::as_str));
        session.carried.at(*cutoff, names)
    };
    let carried: Vec<Vec<CarriedColumn>> = backtest.audit_days.iter().map(of_day).collect();
    let population = &backtest.evaluation.population.eligibility;
    // Columns for the list come first.
    let audit = |(place, attribute): (usize, &String)| {
        let place = session.config.output.carry.len() + place;
        let groups = carried.iter().map(|day| day.get(place).map(|(_, texts)| texts.clone()).unwrap_or_default());
        GroupAudit::of(attribute, population, &days, &groups.collect::<Vec<_>>())
    };
    attributes.iter().enumerate().map(audit).collect()
}

/// The audits and how they are read.
fn by_group(audits: &[GroupAudit]) -> String {
    let Some(GroupAudit { population, n_cutoffs, .. }) = audits.first() else { return String::new() };
    let tables = audits.iter().map(|audit| format!("\n{audit}")).collect::<Vec<_>>().concat();
    let note = format!(
        "Groups at {}: {population}. Predicted: mean churn probability; *: outside the interval of what came. First \
         tenth: share of the group in the first tenth of the list of each day. Intervals by Wilson, counting customers, not rows; \
         small groups together. A difference may have causes other than the attribute; none is proof of fairness.",
        counted(*n_cutoffs as u64, "test cutoff")
    );
    tables + &sentence(&note)
}

/// The schema of `backtest.json`.
#[must_use]
pub fn backtest_schema() -> serde_json::Value {
    schemars::schema_for!(Report<'static>).to_value()
}

const WIDTH: usize = 80;

/// The figures of the learners, then those of rankings by value, then whether values were right.
fn page(backtest: &Backtest, currency: &str) -> String {
    let mut page = backtest.evaluation.to_string();
    if let Some(profit) = &backtest.profit {
        page.push_str(&profits(profit));
    }
    let value = &backtest.value;
    for report in [&value.everyone, &value.on_the_list].into_iter().flatten() {
        page.push_str(&format!("\n{report}"));
    }
    if let Some(report) = &value.everyone {
        let note = format!(
            "Net spend of the {} from each cutoff; means over cutoffs; intervals from {} resamples of customers, with what \
             is printed above held fixed.",
            value.days, report.n_bootstrap
        );
        page.push_str(&sentence(&note));
    }
    for (cutoff, why) in &value.without_model {
        page.push_str(&sentence(&format!("No value model at {cutoff}: {why}")));
    }
    page.push_str(&past_lists(&backtest.past_lists, currency));
    page
}

/// What came of those ranked first, and what was predicted beside what came.
fn past_lists(report: &PastListsReport, currency: &str) -> String {
    let mut text = String::new();
    if let Some(outcomes) = &report.outcomes {
        text.push_str(&format!("\n{outcomes}"));
        text.push_str(&sentence(
            "Never: nothing bought in the horizon nor in the follow-up; quiet: back in the follow-up; last: bought in the \
             horizon, then nothing. m.never, m.last: share of the past year's margin of all who turned out so.",
        ));
    }
    text.push_str(&heads(&report.heads));
    text.push_str(&report.reasons.as_ref().map(reasons).unwrap_or_default());
    let report = &report.value_calibration;
    if !report.windows.is_empty() {
        text.push_str(&format!("\n{}", ValueCalibrationTable { windows: &report.windows, currency }));
        text.push_str(&sentence(
            "Sum predicted over sum that came, not discounted: above 1, too much was predicted. Tenths by predicted value; the \
             list ranked as on that day. Intervals from resamples of customers; models, groups and lists held fixed.",
        ));
    }
    for DayLeftOut { cutoff, why } in &report.left_out {
        text.push_str(&sentence(&format!("No values of the list of {cutoff}: {why}")));
    }
    text
}

/// How well it was predicted who comes back.
fn heads(heads: &HeadTests) -> String {
    let shown = |figure: Option<Interval>| figure.map_or_else(|| "-".to_owned(), with_bounds);
    let mut text = String::new();
    for (name, head) in [("never", &heads.never), ("last", &heads.last)] {
        let Some(head) = head else { continue };
        let Population { eligibility, n_rows, n_customers, n_churned, .. } = &head.population;
        let who = format!(
            "{name}: {n_churned} of {} of {}, {eligibility}, bought nothing in the follow-up.",
            counted(*n_rows as u64, "row"),
            counted(*n_customers as u64, "customer")
        );
        text.push_str(&format!("\n{}", sentence(&who)));
        text.push_str(&format!("{:20}{:>24}{:>24}\n", "predicted by", "AUC [95 % interval]", "log-loss"));
        for learner in &head.learners {
            let line =
                format!("{:20}{:>24}{:>24}", learner.name, shown(learner.mean.auc), shown(learner.mean.log_loss));
            text.push_str(&format!("{line}\n"));
        }
        if let Some(all) = &head.calibration.overall {
            let line = format!(
                "Expected {}, came {}, slope {}.",
                shown(all.mean_probability),
                shown(all.churn_rate),
                shown(all.slope)
            );
            text.push_str(&sentence(&line));
        }
    }
    text
}

/// Whether reasons held.
fn reasons(tests: &ReasonTests) -> String {
    let shown = |figure: Option<Interval>| figure.map_or_else(|| "-".to_owned(), with_bounds);
    let text = format!(
        "Reasons: {} told of {} at {}, {} of them no fact of the customer, {} against their direction. With the fact of the \
         first reason at the shop's median the risk falls in {} of the rows, with another fact, drawn at \
         random, in {}; it falls more in {}.",
        counted(tests.n_reasons as u64, "reason"),
        counted(tests.n_rows as u64, "row"),
        counted(tests.cutoffs.len() as u64, "test cutoff"),
        tests.n_circular,
        tests.n_against,
        shown(tests.faithful),
        shown(tests.faithful_of_another),
        shown(tests.larger_than_another)
    );
    format!("\n{}", sentence(&text))
}

/// A sentence in lines.
fn sentence(text: &str) -> String {
    wrapped(text, WIDTH).join("\n") + "\n"
}

/// What a campaign among the customers ranked first would earn by each learner.
fn profits(report: &ProfitReport) -> String {
    let mut page = format!("\n{:16}{:>12}{:>12}{:>12}{:>12}\n", "profit", "EMPC", "contacted", "MPC", "contacted");
    for learner in &report.learners {
        let (expected, maximum) = (learner.empc, learner.mpc);
        page.push_str(&format!(
            "{:16}{:>12.3}{:>10.1} %{:>12.3}{:>10.1} %\n",
            shortened(&learner.name, 16),
            expected.profit,
            100.0 * expected.fraction,
            maximum.profit,
            100.0 * maximum.fraction
        ));
    }
    let terms = &report.terms;
    let note = format!(
        "Largest profit of one campaign for each customer of the population, by the rules of Verbraken and others (2013), and the \
         share contacted for it: a customer is worth {:.2}, the margin of a year; an incentive costs {:.2}, a contact {:.2}; of \
         those who would leave 30 % accept and stay (EMPC: a beta distribution with 6 and 14).",
        terms.clv, terms.incentive, terms.contact_cost
    );
    page.push_str(&sentence(&note));
    page
}
