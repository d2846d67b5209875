//! What a person should know of a training beside its figures: a capped panel, and what the leak guard was told to accept.

use crate::config::Config;
use crate::dataset::SampleRecord;
use crate::guard::GuardRecord;
use crate::pipeline::Lists;
use crate::registry::Version;
use crate::text::{counted, grouped, printable};
use crate::timeline::{ContactLog, Cutoff, EventLog};

/// Prints it on standard error.
pub(super) fn print(guard: &GuardRecord, sampled: Option<SampleRecord>) {
    if let Some(sampled) = sampled {
        tracing::warn!("note[capped_panel]: {}", of_sample(&sampled));
    }
    for accepted in &guard.accepted {
        tracing::warn!(
            "note[accepted_leak]: as `leak_guard.accept` says, `{}` is used: {}",
            accepted.name,
            accepted.what
        );
    }
    for name in &guard.accepted_without_effect {
        tracing::warn!("note[accepted_without_effect]: `leak_guard.accept` names `{name}`, which no check flagged");
    }
    if guard.cutoffs.is_empty() {
        tracing::warn!(
            "warning[leaks_not_checked]: no cutoff has 50 customers of either outcome, too few to see a leak in a feature"
        );
    }
}

/// Reports that customers of a list asked later than its day not to be contacted: a list of the past does not know it, but
/// whoever works with it today should.
pub(super) fn report_later_opt_outs(log: &EventLog, lists: &Lists, as_of: Cutoff) {
    let prospects = lists.rows().map(|row| &row.prospect).filter(|prospect| prospect.suppressed.is_none());
    let count = prospects.filter(|prospect| log.opts_out_after(prospect.customer, as_of)).count() as u64;
    if count > 0 {
        tracing::warn!(
            "warning[later_opt_outs]: {} on the list opted out on {as_of} or later; leave them out, or score for a later day",
            counted(count, "customer")
        );
    }
}

/// Reports contacts with actions that the playbook does not have: their own cool-downs cannot be kept.
pub(super) fn report_unknown_actions(contacts: &ContactLog, config: &Config) {
    let actions = &config.decide.playbook.actions;
    let unknown = contacts.actions().iter().filter(|name| !actions.iter().any(|action| action.name == **name));
    let unknown: Vec<&String> = unknown.collect();
    let Some(first) = unknown.first() else { return };
    let known: Vec<String> = actions.iter().map(|action| format!("`{}`", action.name)).collect();
    tracing::warn!(
        "note[unknown_actions]: `contacts.action` has {} that the playbook does not have, such as `{}`; only \
         `decide.cool_down_days` holds after them\nhint: the playbook has {}; translate the others in the mapping",
        counted(unknown.len() as u64, "word"),
        printable(first),
        known.join(", ")
    );
}

/// Reports that lists follow the rule of the own rhythm, where no head could be learnt.
pub(super) fn report_heads(version: &Version) {
    if version.model.heads.is_some() {
        return;
    }
    let why = version.manifest.heads.as_ref().and_then(|heads| heads.fallback.as_deref());
    let (why, hint) = match why {
        _ if version.manifest.simple_rule.is_some() => {
            ("a simple rule makes the list", "a model that passes the gate brings it")
        }
        Some(why) => (why, "give a longer history, or set `churn.follow_up_days` to a shorter follow-up"),
        None => ("the model is of an earlier version", "`retain train` learns it"),
    };
    tracing::warn!(
        "note[no_outcomes]: nothing could be learnt about who comes back: {why}; who buys nothing in the horizon is taken to \
         stay away, and the silence in the own rhythm tells who has left already\nhint: {hint}"
    );
}

fn of_sample(sampled: &SampleRecord) -> String {
    format!(
        "`panel.max_rows` = {}: training learns from {} of {} rows, those of {} of {} customers ({:.1} %), chosen by their \
         ids; tests and the list have everyone",
        sampled.max_rows,
        grouped(sampled.n_rows as u64),
        grouped(sampled.n_rows_all as u64),
        grouped(sampled.n_customers as u64),
        grouped(sampled.n_customers_all as u64),
        100.0 * sampled.share()
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_capped_panel_states_rows_and_customers() {
        let sampled = SampleRecord {
            max_rows: 5_000,
            n_rows_all: 20_000,
            n_rows: 4_998,
            n_customers_all: 8_000,
            n_customers: 2_004,
        };
        let message = "`panel.max_rows` = 5000: training learns from 4,998 of 20,000 rows, those of 2,004 of 8,000 customers \
                    (25.1 %), chosen by their ids; tests and the list have everyone";
        assert_eq!(of_sample(&sampled), message);
    }
}
