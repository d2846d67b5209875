//! One customer of a list explained.

use super::error::PipelineError;
use super::list::{ListRow, RankedList};
use super::score::{Scored, explainer};
use crate::config::DecideConfig;
use crate::dataset::Panel;
use crate::decide::{Alternative, Cause, Planner, Suppression};
use crate::error::Failure;
use crate::explain::{
    Absence, Breakdown, CustomerExplanation, ExplainedAlternative, ExplainedCause, ExplainedDecision, Makeup, Risk,
    Subject,
};
use crate::registry::Version;
use crate::timeline::EventLog;
use crate::value::Valuing;

/// Contributions and log-odds that differ by more do not belong together.
const ADDITIVITY: f64 = 1e-4;

/// Explains one customer of a list that `version` made.
///
/// # Errors
/// A customer who is not on the list, or contributions that do not add up.
pub fn explain_customer(
    scored: &Scored<'_>,
    version: &Version,
    customer_id: &str,
) -> Result<CustomerExplanation, Failure> {
    let Valuing { config, log, settings, as_of, .. } = &scored.valuing;
    let subject = |customer| Subject { log, settings, as_of: *as_of, customer };
    let absent = || PipelineError::NotOnTheList {
        customer: customer_id.to_owned(),
        as_of: as_of.to_string(),
        population: scored.list.population.clone(),
        why: Box::new(
            number_of(log, customer_id)
                .map_or(Absence::Unknown, |customer| subject(customer).absence(&config.currency)),
        ),
    };
    let on = |list: &RankedList| list.rows.iter().position(|row| row.customer_id == customer_id);
    let found = [&scored.list, &scored.winback].into_iter().find_map(|list| Some((list, on(list)?)));
    let (list, rank) = found.ok_or_else(absent)?;
    let row = &list.rows[rank];
    let subject = subject(row.prospect.customer);
    let panel = Panel::open(log, &scored.schema, &[*as_of], settings)?;
    let dataset = panel.of_customers(&[subject.customer]);
    let place = dataset.customers.binary_search(&subject.customer).map_err(|_| absent())?;
    let (orders, complaints) = subject.events();
    let value = scored.valuing.models().map(|models| subject.value(models, &config.value)).transpose()?.flatten();
    let explainer = explainer(version, &panel, config);
    let makeup = explainer.makeup(&dataset, place)?;
    let names = explainer.contributing_features();
    let Breakdown { features, context, facts, context_log_odds } =
        Breakdown::of_row((names, &makeup), &version.model.medians, &dataset, place);
    let (outcome, risk) = (row.prospect.outcome, Risk::of(&row.prospect.outcome));
    let explanation = CustomerExplanation {
        customer_id: customer_id.to_owned(),
        as_of: as_of.to_string(),
        model_version: list.model_version.clone(),
        risk,
        rank: (rank + 1, list.rows.len()),
        rank_interval: row.rank_interval,
        life_cycle_stage: row.stage.name(),
        horizon_days: settings.rule.horizon.0,
        churn_probability: row.prospect.churn_probability,
        churn_interval: row.churn_interval,
        gone_probability: outcome.gone,
        leaving_probability: outcome.leaving,
        quiet_probability: outcome.quiet,
        value_at_stake: row.prospect.value_at_stake,
        value_after_return: row.prospect.value_after_return,
        value,
        expected_next_order_date: row.expected_next_order.map(|day| day.to_string()),
        confidence: row.confidence(),
        cause: explained_cause(row),
        decision: explained_decision(list, row, &scored.terms, config.seed),
        reasons: list.reasons_of(row),
        base_log_odds: makeup.ends[0],
        features,
        context,
        facts,
        context_log_odds,
        orders,
        void_orders: subject.void_orders(),
        complaints,
    };
    check_sum(&makeup, &explanation)?;
    Ok(explanation)
}

/// The number of a customer, if the tables have the id.
fn number_of(log: &EventLog, customer_id: &str) -> Option<u32> {
    let place = log.customer_ids().binary_search_by(|id| id.as_str().cmp(customer_id)).ok()?;
    u32::try_from(place).ok()
}

/// Why a customer is probably lost or about to be.
fn explained_cause(row: &ListRow) -> ExplainedCause {
    let cause = row.cause.as_ref().map(|found| found.cause);
    ExplainedCause { cause, is_controllable: cause.map(Cause::is_controllable), why: row.cause_why() }
}

/// What was decided about a row, beside what else could have been.
fn explained_decision(list: &RankedList, row: &ListRow, terms: &DecideConfig, seed: u64) -> ExplainedDecision {
    let actions = &list.decisions.playbook.actions;
    let alternative = |Alternative { place, net_gain }: Alternative| {
        let action = actions.get(place)?;
        let (name, level) = (action.name.clone(), action.level.name());
        Some(ExplainedAlternative { action: name, level, expected_net_gain: net_gain })
    };
    let planner = Planner::new(terms, seed).with_evidence(list.decisions.evidence.as_deref());
    let all = planner.alternatives(&row.candidate());
    let mut alternatives: Vec<ExplainedAlternative> = all.into_iter().filter_map(alternative).collect();
    let key = |one: &ExplainedAlternative| one.expected_net_gain.unwrap_or(f64::NEG_INFINITY);
    alternatives.sort_by(|a, b| key(b).total_cmp(&key(a)));
    ExplainedDecision {
        group: row.decision.group.name(),
        recommended_action: list.action_name(row).map(str::to_owned),
        action_why: list.action_why(row),
        next_category: row.next_category.as_ref().map(|next| next.sentence()),
        hint: row.decision.action.and_then(|action| actions.get(action.place)?.hint.clone()),
        suppressed_because: list.suppressed_because(row),
        suppressed_code: row.decision.suppressed.map(Suppression::name),
        alternatives,
    }
}

/// Base and contributions must give the risk that reasons explain, and it must be the one of the list.
fn check_sum(makeup: &Makeup, explanation: &CustomerExplanation) -> Result<(), Failure> {
    let of_features = explanation.features.iter().chain(explanation.context.iter().map(|context| &context.feature));
    let of_features: f64 = of_features.map(|feature| feature.log_odds).sum();
    let of_facts = explanation.facts.iter().map(|fact| fact.log_odds).sum::<f64>() + explanation.context_log_odds;
    let [base, log_odds] = makeup.ends;
    let off = [of_features, of_facts].map(|sum| (log_odds - base - sum).abs()).into_iter().fold(0.0, f64::max);
    let risk = explanation.risk;
    let listed = match risk {
        Risk::Lost => explanation.gone_probability + explanation.leaving_probability,
        Risk::Gone => explanation.gone_probability,
    };
    let same = (risk.probability(&makeup.forecast.outcome) - listed).abs() < ADDITIVITY;
    if off <= ADDITIVITY && same { Ok(()) } else { Err(PipelineError::DoesNotAddUp { off }.into()) }
}
