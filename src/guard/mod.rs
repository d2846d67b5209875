//! Owns the look for leaks before anything is learnt: a feature that alone tells who leaves, a fact about customers that
//! is of today rather than of the cutoff, complaints that are themselves the exit. Labels are read to refuse data, never to
//! choose features.

mod attributes;
mod error;
mod exits;
mod figures;
mod leavers;
mod origins;
mod separation;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::config::{Config, LeakGuardConfig, Table};
use crate::dataset::Dataset;
use crate::timeline::{Cutoff, EventLog};
use attributes::{Shared, only_leavers};
use exits::complaint_figures;
use figures::{Figures, figures, largest, values};
use origins::{is_of, origin};
use separation::{CutoffRows, rows_by_cutoff};

pub use error::{GuardError, Origin, Suspicion};
pub use exits::ComplaintFigure;
pub use figures::{Side, SingleFeature};

/// Categories of complaints that are kept with their figures.
const SHOWN: usize = 10;

/// What was looked at, and what was found.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct GuardRecord {
    /// Largest AUC that a feature may have alone.
    pub max_auc: f64,
    /// Cutoffs with enough customers of either outcome for an AUC; none means that nothing could be seen.
    pub cutoffs: Vec<Date>,
    /// Features looked at.
    pub n_features: usize,
    /// The features that tell most alone, each at the cutoff where it does.
    pub largest: Vec<SingleFeature>,
    /// What came after complaints, the highest rate of leaving first.
    pub complaints: Vec<ComplaintFigure>,
    /// What looked like a leak and is named in `leak_guard.accept`.
    pub accepted: Vec<Accepted>,
    /// Names in `leak_guard.accept` that accepted nothing.
    pub accepted_without_effect: Vec<String>,
}

/// A suspicion that a person has looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Accepted {
    /// The name in `leak_guard.accept`.
    pub name: String,
    /// What it accepts.
    pub what: String,
}

/// Looks at every row of a dataset whose labels were known at `as_of`.
///
/// # Errors
/// `GuardError::Leaks` with everything that looks like a leak and is not accepted.
pub fn look_for_leaks(
    config: &Config,
    log: &EventLog,
    dataset: &Dataset,
    as_of: Cutoff,
) -> Result<GuardRecord, GuardError> {
    let at_cutoffs = rows_by_cutoff(dataset, as_of);
    let figures = figures(dataset, &at_cutoffs);
    let guard = &config.leak_guard;
    let mut suspicions = features_that_tell(config, &at_cutoffs, &figures);
    suspicions.extend(facts_of_today(config, dataset, (&at_cutoffs, &figures)));
    let mut seen: Vec<String> = Vec::new();
    // A feature is reported once, by the plainest of what speaks against it.
    suspicions.retain(|suspicion| {
        let feature = suspicion.names().swap_remove(0);
        let is_new = !seen.contains(&feature);
        seen.push(feature);
        is_new
    });
    let after_complaints = complaint_figures(dataset, log, (as_of, guard.max_exit_rate));
    suspicions.extend(exits(config, &after_complaints));
    let (accepted, suspicions) = parted(guard, suspicions);
    if !suspicions.is_empty() {
        return Err(GuardError::Leaks { suspicions: each_column_once(suspicions) });
    }
    let is_used = |name: &&String| accepted.iter().any(|accepted| accepted.name == **name);
    Ok(GuardRecord {
        max_auc: guard.max_auc,
        cutoffs: checked_cutoffs(&at_cutoffs),
        n_features: figures.len(),
        largest: largest(&figures, &at_cutoffs),
        complaints: after_complaints.into_iter().map(|(figure, _)| figure).take(SHOWN).collect(),
        accepted_without_effect: guard.accept.iter().filter(|name| !is_used(name)).cloned().collect(),
        accepted,
    })
}

/// A fact about customers makes several features, which say the same; the first of them stands for all.
fn each_column_once(mut suspicions: Vec<Suspicion>) -> Vec<Suspicion> {
    let mut seen: Vec<String> = Vec::new();
    suspicions.retain(|suspicion| {
        let column = suspicion.names().pop().filter(|name| name.starts_with("customers."));
        let is_new = column.as_ref().is_none_or(|column| !seen.contains(column));
        seen.extend(column);
        is_new
    });
    suspicions
}

/// Those that the config accepts, and the others.
fn parted(guard: &LeakGuardConfig, suspicions: Vec<Suspicion>) -> (Vec<Accepted>, Vec<Suspicion>) {
    let (mut accepted, mut refused) = (Vec::new(), Vec::new());
    for suspicion in suspicions {
        match suspicion.names().into_iter().find(|name| guard.accept.contains(name)) {
            Some(name) => accepted.push(Accepted { name, what: suspicion.to_string() }),
            None => refused.push(suspicion),
        }
    }
    (accepted, refused)
}

fn checked_cutoffs(at_cutoffs: &[CutoffRows]) -> Vec<Date> {
    let enough = |at: &&CutoffRows| {
        let left = at.churned.iter().filter(|churned| **churned).count();
        left.min(at.churned.len() - left) >= separation::LEAST_PER_OUTCOME
    };
    at_cutoffs.iter().filter(enough).map(|at| at.cutoff.date()).collect()
}

/// Features that alone have a larger AUC at some cutoff than is allowed.
fn features_that_tell(config: &Config, at_cutoffs: &[CutoffRows], figures: &[Figures]) -> Vec<Suspicion> {
    let limit = config.leak_guard.max_auc;
    let of = |figures: &Figures| {
        let (by, _, auc) = figures.largest().filter(|(_, _, auc)| *auc > limit)?;
        let above = figures.all().filter(|(side, _, auc)| *side == by && *auc > limit);
        Some(Suspicion::SeparatesAlone {
            source: origin(config, &figures.feature),
            feature: figures.feature.clone(),
            by_value: by == Side::Value,
            auc,
            limit,
            cutoffs: above.filter_map(|(_, position, _)| Some(at_cutoffs.get(position)?.cutoff.date())).collect(),
        })
    };
    figures.iter().filter_map(of).collect()
}

/// Facts about customers without versions that look like the state of today.
fn facts_of_today(
    config: &Config,
    dataset: &Dataset,
    (at_cutoffs, figures): (&[CutoffRows], &[Figures]),
) -> Vec<Suspicion> {
    let Some(newest) = at_cutoffs.last().filter(|_| has_no_versions(config)) else { return Vec::new() };
    let of_purchases = figures.iter().filter(|figures| is_of(config, &figures.feature, Table::Purchases));
    let largest = of_purchases.filter_map(Figures::rise).map(|rise| rise.size()).fold(0.0, f64::max);
    let cutoff = newest.cutoff.date();
    let of = |figures: &Figures| {
        let (feature, source) = (figures.feature.clone(), origin(config, &figures.feature));
        if let Some(rise) = figures.rise().filter(|rise| rise.is_suspicious(largest)) {
            return Some(Suspicion::AucRises { feature, source, older: rise.older, newest: rise.newest, cutoff });
        }
        let values = values(dataset, newest, dataset.schema.position(&feature)?);
        let (shared, leavers) = only_leavers(&values, newest, config.leak_guard.max_exit_rate)?;
        Some(Suspicion::OnlyLeavers {
            feature,
            source,
            shared: in_words(shared),
            n_customers: leavers.n,
            churn_rate: leavers.rate(),
            others_churn_rate: leavers.others_rate(),
            cutoff,
        })
    };
    figures.iter().filter(|figures| is_of(config, &figures.feature, Table::Customers)).filter_map(of).collect()
}

fn in_words(shared: Shared) -> String {
    match shared {
        Shared::Value(value) if value.fract() == 0.0 => format!("is {value}"),
        Shared::Value(value) => format!("is {value:.3}"),
        Shared::Present => "has a value".to_owned(),
        Shared::Absent => "is missing".to_owned(),
    }
}

/// Whether the customers table says neither from when its rows hold nor when they were recorded.
fn has_no_versions(config: &Config) -> bool {
    let maps = |column: &str| config.customers.as_ref().is_some_and(|table| table.columns.contains_key(column));
    config.customers.is_some() && !maps("valid_from") && !maps("recorded_at")
}

/// Categories that are an exit; if all complaints together are one, that alone.
fn exits(config: &Config, figures: &[(ComplaintFigure, bool)]) -> Vec<Suspicion> {
    let found = |whole: bool| -> Vec<Suspicion> {
        let exits = figures.iter().filter(|(figure, is_exit)| *is_exit && figure.category.is_none() == whole);
        exits.map(|(figure, _)| exit(config, figure)).collect()
    };
    let whole = found(true);
    if whole.is_empty() { found(false) } else { whole }
}

fn exit(config: &Config, figure: &ComplaintFigure) -> Suspicion {
    Suspicion::Exit {
        category: figure.category.clone(),
        expression: config.complaints.as_ref().and_then(|table| table.columns.get("category")).cloned(),
        n_customers: figure.n_customers,
        churn_rate: figure.churn_rate,
        others_churn_rate: figure.others_churn_rate,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accepted_suspicions_are_parted_from_the_others_by_any_of_their_names() {
        let column = Origin { column: "customers.region".to_owned(), mapped: Some("status".to_owned()) };
        let tells = |feature: &str| Suspicion::SeparatesAlone {
            feature: feature.to_owned(),
            source: Some(column.clone()),
            by_value: true,
            auc: 0.99,
            limit: 0.95,
            cutoffs: Vec::new(),
        };
        let guard = |names: &[&str]| LeakGuardConfig {
            max_auc: 0.95,
            max_exit_rate: 0.95,
            accept: names.iter().map(|name| (*name).to_owned()).collect(),
        };
        let both = || vec![tells("home_region_rank_level"), tells("home_region_customers_share")];
        let (accepted, refused) = parted(&guard(&["customers.region"]), both());
        assert_eq!((accepted.len(), refused.len()), (2, 0));
        assert_eq!(each_column_once(both()).len(), 1, "one column, one line");
        let (accepted, refused) = parted(&guard(&["home_region_rank_level"]), both());
        assert_eq!((accepted.len(), refused.len()), (1, 1));
        assert!(accepted[0].what.contains("`customers.region` = `status`"), "{accepted:?}");
    }
}
