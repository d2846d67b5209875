//! The story of scoring: everyone eligible at a day, by probability of leaving times value, with reasons.

use rayon::prelude::*;

use super::doubts::{Doubts, calibrated};
use super::economics::{Basis, Findings, HoldoutReport, ValueReport};
use super::error::PipelineError;
use super::facts::{Facts, Reader};
use super::frame::{Frame, settings};
use super::list::{ListRow, RankedList, RowWorth};
use super::observer::Observer;
use super::worth::{ValueFrame, ValueModels, Worth};
use crate::clv::ValueError;
use crate::config::Config;
use crate::dataset::{Dataset, Histories, Panel};
use crate::decide::{Prospect, Suppression, rank};
use crate::error::Failure;
use crate::explain::{Reason, Teller, Told};
use crate::registry::Version;
use crate::timeline::{Cutoff, EventLog};

/// The ranked list and what stands behind its values.
#[derive(Debug, Clone)]
pub struct Scored {
    /// The list.
    pub list: RankedList,
    /// The value models and the economics of retention; why there are none, if there are not.
    pub value: Result<ValueReport, String>,
}

/// Ranks the customers eligible at `as_of` with a stored version.
///
/// # Errors
/// Features other than the version's, nobody eligible, or whatever a room could not do.
pub fn score(
    config: &Config,
    log: &EventLog,
    version: &Version,
    as_of: Cutoff,
    observer: &dyn Observer,
) -> Result<Scored, Failure> {
    // Today's sentences for the same features.
    let schema = Frame::schema(config, log)?;
    version.schema.accept(&schema)?;
    let settings = settings(config, log, version.model.rule.clone());
    let population = settings.rule.population();
    observer.begin("counting the shop", 1);
    let panel = Panel::open(log, &schema, &[as_of], &settings)?;
    let basis = Basis { config, log, settings: &settings, as_of };
    let frame = ValueFrame::new(&config.value, &settings.rule)?;
    observer.begin("scoring", panel.n_parts());
    // Neither needs the other, and each has stretches that keep one core busy.
    let (told, valued) =
        rayon::join(|| everyone((&panel, as_of), (config, version), observer), || Valued::of(&basis, &frame));
    let Everyone { told, facts } = told?;
    if facts.is_empty() {
        return Err(PipelineError::NobodyEligible { as_of: as_of.to_string(), population }.into());
    }
    let level = version.model.model.base_log_odds(as_of);
    let probabilities = calibrated(&version.model.calibrator, level, &told.said);
    let doubts = Doubts::of(&version.model, (&told.said, &told.variances), as_of);
    observer.begin("valuing", 1);
    let eligible: Vec<(f64, f64)> =
        probabilities.iter().zip(&facts).map(|(p, facts)| (*p, facts.past_year_margin)).collect();
    let intervals = doubts.as_ref().map(Doubts::intervals);
    let prospects = prospects(log, (&facts, &probabilities), &valued);
    let mut rows = ranked((log, &facts), (&prospects, intervals.as_deref()), told.reasons, &valued);
    if let Some(doubts) = &doubts {
        doubts.put_places(&mut rows, (&facts, &panel), config.seed)?;
    }
    let Valued { histories, fitted, .. } = valued;
    let report = |Fitted { models, worth, holdout }: Fitted| {
        models.put_intervals(&mut rows, &histories, &frame);
        let holdout = holdout?;
        basis.report(Findings {
            models,
            histories: &histories,
            worth: &worth,
            holdout,
            list: &rows,
            eligible: &eligible,
        })
    };
    let value = fitted.and_then(report).map_err(|error| error.to_string());
    let list = RankedList {
        as_of: as_of.date(),
        model_version: version.manifest.version.clone(),
        currency: config.currency.clone(),
        population,
        rows,
    };
    Ok(Scored { list, value })
}

/// Everyone on the list, by customer number.
struct Everyone {
    told: Told,
    facts: Vec<Facts>,
}

/// What the model says of everyone eligible, and what else the list tells of them. Features are folded and read part by
/// part: those of all customers need never be held at one time.
fn everyone(
    (panel, as_of): (&Panel<'_>, Cutoff),
    (config, version): (&Config, &Version),
    observer: &dyn Observer,
) -> Result<Everyone, Failure> {
    let model = (&version.model.model, version.model.doubt.as_ref());
    let teller = Teller::of(model, panel.schema(), &config.currency);
    let reader = Reader::of(panel, as_of);
    let of_part = |dataset: &Dataset| {
        let part = (teller.tell(dataset)?, reader.read(dataset));
        observer.step();
        Ok::<_, Failure>(part)
    };
    let parts = panel.parts(of_part)?;
    let n_rows = parts.iter().map(|(_, facts)| facts.len()).sum();
    let mut everyone = Everyone { told: Told::with_capacity(n_rows), facts: Vec::with_capacity(n_rows) };
    for (told, facts) in parts {
        everyone.told.append(told);
        everyone.facts.extend(facts);
    }
    Ok(everyone)
}

/// Everyone who ever bought, what they are worth, and what stands behind it.
struct Valued {
    histories: Histories,
    /// Or why no model can be had.
    fitted: Result<Fitted, ValueError>,
}

/// Value models and what they say.
struct Fitted {
    models: ValueModels,
    /// Of everyone in the histories.
    worth: Vec<Worth>,
    holdout: Result<HoldoutReport, ValueError>,
}

impl Valued {
    fn of(basis: &Basis<'_>, frame: &ValueFrame) -> Self {
        let [then, histories] = basis.histories();
        let valued = || {
            let models = ValueModels::fit(&histories)?;
            let worth = models.worth_of_all(&histories, frame);
            Ok((models, worth))
        };
        let (valued, holdout) = rayon::join(valued, || basis.holdout(&then, &histories));
        let fitted = valued.map(|(models, worth)| Fitted { models, worth, holdout });
        Self { histories, fitted }
    }

    fn worth(&self, customer: u32) -> Option<&Worth> {
        self.fitted.as_ref().ok()?.worth.get(self.histories.position(customer)?)
    }
}

/// What decides the places of all rows.
fn prospects(log: &EventLog, (facts, probabilities): (&[Facts], &[f64]), valued: &Valued) -> Vec<Prospect> {
    let prospect = |(facts, p): (&Facts, &f64)| Prospect {
        customer: facts.customer,
        churn_probability: *p,
        // Without a value model, the coming year is expected to be like the past one.
        value_at_stake: valued.worth(facts.customer).map_or(facts.past_year_margin, |worth| worth.at_stake),
        suppressed: log.opted_out(facts.customer).then_some(Suppression::OptedOut),
    };
    facts.par_iter().zip(probabilities).map(prospect).collect()
}

/// All rows in the order of the list.
fn ranked(
    (log, facts): (&EventLog, &[Facts]),
    (prospects, intervals): (&[Prospect], Option<&[[f64; 2]]>),
    mut why: Vec<Vec<Reason>>,
    valued: &Valued,
) -> Vec<ListRow> {
    let order = rank(prospects);
    let why: Vec<Vec<Reason>> = order.iter().map(|row| std::mem::take(&mut why[*row])).collect();
    let row = |(row, reasons): (usize, Vec<Reason>)| {
        let (prospect, facts) = (prospects[row], &facts[row]);
        ListRow {
            customer_id: log.customer_ids()[prospect.customer as usize].clone(),
            prospect,
            churn_interval: intervals.map(|intervals| intervals[row]),
            rank_interval: None,
            clv_historic: facts.clv_historic,
            worth: valued.worth(prospect.customer).map(RowWorth::new),
            expected_next_order: facts.expected_next_order,
            days_since_last_order: facts.days_since_last_order,
            stage: facts.stage,
            open_complaints: facts.open_complaints,
            reasons,
        }
    };
    order.into_par_iter().zip(why).map(row).collect()
}
