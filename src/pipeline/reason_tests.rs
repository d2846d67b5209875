//! Whether the reasons of the lists of past days held.

use serde::Serialize;

use super::heads::DayHeads;
use super::learnt::{LearntModel, Trainings};
use crate::config::Config;
use crate::dataset::Panel;
use crate::error::Failure;
use crate::evaluate::Interval;
use crate::evaluate::bootstrap::{Customers, Resampling, bootstrap};
use crate::explain::{Background, CustomerExplainer, ScoringModel, TestedReasons};
use crate::timeline::{Cutoff, EventLog};

/// Customers of each day whose reasons are tested at most: every n-th of more.
const TESTED: usize = 2_000;

/// How the reasons of lists of past days held, over all tested rows.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct ReasonTests {
    /// Who was on the lists, in words.
    pub population: String,
    /// The days.
    pub cutoffs: Vec<String>,
    /// Customers and days.
    pub n_rows: usize,
    /// Rows with a reason.
    pub n_with_reason: usize,
    /// Reasons told.
    pub n_reasons: usize,
    /// Those told by what is no fact of the customer.
    pub n_circular: usize,
    /// Those told against the side that the catalogue allows.
    pub n_against: usize,
    /// Share of the rows with a reason whose risk is lower with the fact of the first reason at the median.
    pub faithful: Option<Interval>,
    /// The same with another fact, drawn at random, at the median.
    pub faithful_of_another: Option<Interval>,
    /// Share of the rows with a reason in which the fall is larger than with the other fact.
    pub larger_than_another: Option<Interval>,
    /// Mean fall of the probability with the fact of the first reason at the median.
    pub mean_fall: Option<Interval>,
    /// The same with the other fact.
    pub mean_fall_of_another: Option<Interval>,
}

/// The reasons of one day.
pub(super) struct DayReasons {
    pub(super) cutoff: String,
    rows: Vec<TestedReasons>,
}

/// Tests the reasons of a day as its list would have told them.
pub(super) fn test_reasons(
    (config, log): (&Config, &EventLog),
    trainings: &Trainings<'_>,
    cutoff: Cutoff,
    main: &LearntModel,
    DayHeads { heads, medians }: &DayHeads,
) -> Result<DayReasons, Failure> {
    let settings = &trainings.frame.settings;
    let panel = Panel::open(log, &trainings.dataset.schema, &[cutoff], settings)?;
    let rows = trainings.dataset.rows_at(|other| other == cutoff);
    let every = rows.len().div_ceil(TESTED).max(1);
    let customers: Vec<u32> = rows.iter().step_by(every).map(|row| trainings.dataset.customers[*row]).collect();
    let (gap, horizon) = (settings.rule.gap, settings.rule.horizon);
    let purchases = panel.purchase_model();
    let background = Background { medians, purchases, gap, horizon, has_money: config.has_money() };
    let scoring = ScoringModel {
        churn: &main.trained.model,
        calibrator: &main.calibration.calibrator,
        uncertainty: None,
        heads: heads.as_ref(),
        medians,
        horizon,
    };
    let explainer = CustomerExplainer::of(scoring, panel.schema(), background, &config.currency);
    let rows = explainer.test_reasons(&panel.of_customers(&customers), medians, config.seed)?;
    Ok(DayReasons { cutoff: cutoff.to_string(), rows })
}

impl ReasonTests {
    /// Counts over all days; `None` without any row.
    pub(super) fn of(days: &[DayReasons], population: &str, resampling: Resampling) -> Option<Self> {
        let ids: Vec<Vec<u32>> = days.iter().map(|day| day.rows.iter().map(|row| row.customer).collect()).collect();
        let ids: Vec<&[u32]> = ids.iter().map(Vec::as_slice).collect();
        let customers = Customers::new(&ids).filter(|customers| !customers.is_empty())?;
        let figures = |cutoff: usize, weights: &[u32]| -> Vec<Option<f64>> {
            let mut sums = [0.0; 6];
            for (row, weight) in days[cutoff].rows.iter().zip(weights) {
                let Some((own, other)) = row.fall.zip(row.other_fall) else { continue };
                let holds = |does: bool| f64::from(u8::from(does));
                let of_row = [1.0, holds(own > 0.0), holds(other > 0.0), holds(own > other), own, other];
                sums.iter_mut().zip(of_row).for_each(|(sum, figure)| *sum += f64::from(*weight) * figure);
            }
            sums.map(Some).to_vec()
        };
        let draws = bootstrap(&customers, resampling, figures);
        let rows = || days.iter().flat_map(|day| &day.rows);
        let [faithful, faithful_of_another, larger_than_another, mean_fall, mean_fall_of_another] =
            [1, 2, 3, 4, 5].map(|figure| draws.ratio(figure, 0));
        Some(Self {
            population: population.to_owned(),
            cutoffs: days.iter().map(|day| day.cutoff.clone()).collect(),
            n_rows: rows().count(),
            n_with_reason: rows().filter(|row| row.n_told > 0).count(),
            n_reasons: rows().map(|row| row.n_told).sum(),
            n_circular: rows().map(|row| row.n_circular).sum(),
            n_against: rows().map(|row| row.n_against).sum(),
            faithful,
            faithful_of_another,
            larger_than_another,
            mean_fall,
            mean_fall_of_another,
        })
    }
}
