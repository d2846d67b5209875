//! Scoring: everyone eligible at a day, those to be kept by probability of leaving times value, those to be won back by that
//! of having left, with reasons.

use std::sync::Arc;

use rayon::prelude::*;

use super::beside::Beside;
use super::causes::{CauseReader, ReadCause};
use super::contact_trials::contact_evidence;
use super::decisions::{Likely, OneAside, candidate, contacted_first, segments_of};
use super::eligibility::condition_rows;
use super::error::PipelineError;
use super::facts::{Facts, LIST_FEATURES, Reader};
use super::frame::Frame;
use super::given_back::GivenBack;
use super::list::{DecisionBasis, ListDecisions, ListRow, ListedValue, RankedList};
use super::progress::Progress;
use super::score_uncertainty::ScoreUncertainty;
use crate::clv::ValueError;
use crate::config::{Config, DecideConfig};
use crate::dataset::{Dataset, DatasetSettings, Histories, Panel};
use crate::decide::{
    Candidate, ContactEvidence, Decision, NextCategory, Order, PastContact, Plan, PlanSummary, Planner, Prospect,
    RiskBand, Suppression, rank,
};
use crate::error::Failure;
use crate::explain::{Background, CustomerExplainer, Explanations, Forecast, Reason, ScoringModel};
use crate::features::{FeatureSchema, SchemaDifference};
use crate::monitor::FeatureCounts;
use crate::profile::{AssociationRule, Associations};
use crate::registry::{StoredModel, Version};
use crate::timeline::{Cutoff, EventLog};
use crate::value::{Basis, Comebacks, CustomerValues, Fitted, ValueFrame, Valued, Valuing};

/// The ranked list and what stands behind its values.
pub struct Scored<'a> {
    /// The list: customers who are here.
    pub list: RankedList,
    /// The win-back list: customers who have more likely left than not.
    pub winback: RankedList,
    /// How features that the model does not use differ from those of its training.
    pub not_used: Vec<SchemaDifference>,
    /// What was decided by: the config's terms, with rates as they were measured where it wants that.
    pub(super) terms: DecideConfig,
    /// The columns that the list was made of.
    pub(super) schema: FeatureSchema,
    /// The features in the bins of training; `None` from a version without a profile.
    pub features: Option<FeatureCounts>,
    /// What customers buy together.
    pub associations: Associations,
    /// What customers who came back were worth.
    pub comebacks: Comebacks,
    /// The value models, and what a report on the shop is made from.
    pub valuing: Valuing<'a>,
}

/// Ranks the customers eligible at `as_of` with a stored version, each in one of two lists.
///
/// # Errors
/// A shop or a config that the version does not fit, nobody eligible, or whatever a room could not do.
#[expect(clippy::too_many_arguments, reason = "a shop, a version, a day, and what is known beside")]
pub fn score<'a>(
    config: &'a Config,
    log: &'a EventLog,
    version: &Version,
    as_of: Cutoff,
    beside: Beside<'_>,
    progress: &dyn Progress,
) -> Result<Scored<'a>, Failure> {
    version.accept_config(config)?;
    // Today's sentences for the columns of the version.
    let (schema, not_used) = version.columns_of(&Frame::schema(config, log)?, &LIST_FEATURES)?;
    let settings = DatasetSettings::new(config, log, version.model.rule.clone());
    let population = settings.rule.population();
    progress.begin("counting the shop", 1);
    let panel = Panel::open(log, &schema, &[as_of], &settings)?;
    let associations = Associations::of(log, as_of);
    let comebacks = Comebacks::of(log, as_of, settings.rule.horizon);
    let evidence = contact_evidence(config, (log, beside.contacts), &settings.rule, as_of).map(Arc::new);
    let terms = terms_of(&config.decide, evidence.as_deref());
    let scoring = Scoring {
        config,
        terms: &terms,
        evidence: evidence.as_deref(),
        log,
        version,
        as_of,
        panel: &panel,
        beside,
        comebacks: &comebacks,
        associations: &associations,
    };
    let basis = Basis { config, log, settings: &settings, as_of };
    let frame = ValueFrame::new(&config.value, &settings.rule)?;
    progress.begin("scoring", panel.n_parts());
    // Neither needs the other, and each has stretches that keep one core busy.
    let (everyone, valued) = rayon::join(|| scoring.everyone(progress), || Valued::of(&basis, &frame));
    let (everyone, features) = everyone?;
    if everyone.facts.is_empty() {
        return Err(PipelineError::NobodyEligible { as_of: as_of.to_string(), population }.into());
    }
    progress.begin("valuing", 1);
    let Valued { histories, customer_value, fitted } = valued;
    let (mut lists, summary) = scoring.listed(everyone, CustomerValues { histories: &histories, customer_value })?;
    put_value_intervals(&mut lists, &fitted, &histories, &frame);
    let [list, winback] = lists.map(|rows| RankedList {
        as_of: as_of.date(),
        model_version: version.manifest.model_version(),
        currency: config.currency.clone(),
        has_money: config.has_money(),
        population: population.clone(),
        rows,
        decisions: ListDecisions {
            playbook: terms.playbook.clone(),
            summary: summary.clone(),
            evidence: evidence.clone(),
        },
        carried: Vec::new(),
    });
    drop(panel);
    Ok(Scored {
        list,
        winback,
        not_used,
        terms,
        schema,
        features,
        associations,
        comebacks,
        valuing: Valuing { config, log, settings, as_of, histories, fitted },
    })
}

/// The intervals of values of those ranked first.
fn put_value_intervals(
    lists: &mut [Vec<ListRow>; 2],
    fitted: &Result<Fitted, ValueError>,
    histories: &Histories,
    frame: &ValueFrame,
) {
    let Ok(Fitted { models, .. }) = fitted else { return };
    for rows in lists {
        let ranked = rows.iter().map(|row| row.prospect.customer);
        let intervals = models.first_intervals(histories, ranked, frame);
        for (row, interval) in rows.iter_mut().zip(intervals) {
            row.customer_value.iter_mut().for_each(|value| value.interval = interval);
        }
    }
}

/// What is decided by: the config's terms, with rates as they were measured where it wants that.
fn terms_of(terms: &DecideConfig, evidence: Option<&ContactEvidence>) -> DecideConfig {
    let measured = evidence.filter(|_| terms.measured_rates).map(|own| own.measured_playbook(&terms.playbook));
    DecideConfig { playbook: measured.unwrap_or_else(|| terms.playbook.clone()), ..terms.clone() }
}

/// A version, made ready to tell why of the rows of a panel with one cutoff.
pub(super) fn explainer<'a>(version: &'a Version, panel: &'a Panel<'_>, config: &'a Config) -> CustomerExplainer<'a> {
    let StoredModel { model, calibrator, heads, uncertainty, medians, rule, .. } = &version.model;
    let (gap, horizon) = (rule.gap, rule.horizon);
    let purchases = panel.purchase_model();
    let background = Background { medians, purchases, gap, horizon, has_money: config.has_money() };
    let (uncertainty, heads) = (uncertainty.as_ref(), heads.as_ref());
    let scoring = ScoringModel { churn: model, calibrator, uncertainty, heads, medians, horizon };
    CustomerExplainer::of(scoring, panel.schema(), background, &config.currency)
}

/// A version at work on a shop.
struct Scoring<'a> {
    config: &'a Config,
    /// What is decided by.
    terms: &'a DecideConfig,
    /// What the shop's own contacts say.
    evidence: Option<&'a ContactEvidence>,
    log: &'a EventLog,
    version: &'a Version,
    as_of: Cutoff,
    panel: &'a Panel<'a>,
    beside: Beside<'a>,
    comebacks: &'a Comebacks,
    associations: &'a Associations,
}

/// Everyone on the list, by customer number.
struct Everyone {
    explanations: Explanations,
    facts: Vec<Facts>,
}

impl Scoring<'_> {
    /// What the model says of everyone eligible, and what else the list tells of them. Features are folded and read part
    /// by part: those of all customers need never be held at one time.
    fn everyone(&self, progress: &dyn Progress) -> Result<(Everyone, Option<FeatureCounts>), Failure> {
        let explainer = explainer(self.version, self.panel, self.config);
        let reader = Reader::of(self.panel, self.as_of);
        let of_part = |dataset: &Dataset| {
            let counts = self.version.profile.as_ref().map(|profile| profile.features.count(dataset));
            let part = (explainer.explain(dataset)?, reader.read(dataset), counts);
            progress.step();
            Ok::<_, Failure>(part)
        };
        let parts = self.panel.parts(of_part)?;
        let n_rows = parts.iter().map(|(_, facts, _)| facts.len()).sum();
        let mut everyone =
            Everyone { explanations: Explanations::with_capacity(n_rows), facts: Vec::with_capacity(n_rows) };
        let mut features = self.version.profile.as_ref().map(|_| FeatureCounts::default());
        for (explanations, facts, counts) in parts {
            everyone.explanations.append(explanations);
            everyone.facts.extend(facts);
            if let Some((features, counts)) = features.as_mut().zip(counts) {
                features.add(counts);
            }
        }
        Ok((everyone, features))
    }

    /// The rows of both lists in their order. What they are made of is dropped with it.
    fn listed(
        &self,
        Everyone { explanations, facts }: Everyone,
        customer_value: CustomerValues<'_>,
    ) -> Result<([Vec<ListRow>; 2], PlanSummary), Failure> {
        let Explanations { prediction, mut reasons, variances, forecasts, is_raised } = explanations;
        let uncertainty = ScoreUncertainty::of(&self.version.model, &prediction, &variances, self.as_of);
        let intervals = uncertainty.as_ref().map(ScoreUncertainty::intervals);
        let prospects = self.prospects(&facts, &forecasts, &customer_value);
        let contacts = self.contacts(&facts);
        GivenBack::of((self.log, self.panel.schema()), self.as_of, self.config.currency.minor_per_major())
            .name_in(&facts, &mut reasons);
        let causes = self.causes((&facts, &reasons), (&forecasts, &is_raised));
        let aside = Aside { causes: &causes, contacts: &contacts };
        let mut candidates = self.candidates((&facts, &forecasts), (&prospects, aside), intervals.as_deref());
        let held = self.beside.holds.map(|holds| holds(&condition_rows(&candidates))).transpose()?.unwrap_or_default();
        let next = self.next_categories(&facts);
        candidates.iter_mut().zip(&next).for_each(|(candidate, next)| candidate.has_next_category = next.is_some());
        candidates.iter_mut().zip(&held).for_each(|(candidate, held)| candidate.holds = held);
        let planner = Planner::new(self.terms, self.config.seed).with_evidence(self.evidence);
        let Plan { decisions, summary } = planner.plan(&candidates);
        let placed = Placed {
            facts: &facts,
            prospects: &prospects,
            intervals: intervals.as_deref(),
            candidates: &candidates,
            causes: &causes,
            decisions: &decisions,
            next: &next,
        };
        let Order { list, winback } = rank(&prospects);
        let mut lists = [list, winback].map(|order| {
            let order = contacted_first(order, &decisions);
            self.ranked(&placed, &order, &mut reasons, &customer_value)
        });
        drop(customer_value);
        if let Some(uncertainty) = &uncertainty {
            let actions = &self.terms.playbook.actions;
            for rows in &mut lists {
                uncertainty.put_places(rows, (&facts, actions), self.panel, self.config.seed)?;
            }
        }
        Ok((lists, summary))
    }

    /// What decides the places of all rows.
    fn prospects(&self, facts: &[Facts], forecasts: &[Forecast], customer_value: &CustomerValues<'_>) -> Vec<Prospect> {
        let prospect = |(facts, forecast): (&Facts, &Forecast)| {
            // Without a value model, the coming year is expected to be like the past one.
            let value_at_stake = customer_value
                .of(facts.customer)
                .map_or(facts.past_year_margin, |customer_value| customer_value.at_stake);
            let again = self.comebacks.usual_visits(facts.visits, facts.days_since_last_order as f64);
            // Whoever comes back is worth no more than whoever never left; where too few came back, as much.
            let value_after_return = again
                .map_or(value_at_stake, |visits| (visits * facts.usual_order * facts.margin_share).min(value_at_stake));
            Prospect {
                customer: facts.customer,
                churn_probability: forecast.churn,
                outcome: forecast.outcome,
                value_at_stake,
                value_after_return,
                suppressed: self.log.opted_out(facts.customer, self.as_of).then_some(Suppression::OptedOut),
            }
        };
        facts.par_iter().zip(forecasts).map(prospect).collect()
    }

    /// What each customer is likely to want next.
    fn next_categories(&self, facts: &[Facts]) -> Vec<Option<NextCategory>> {
        let next = |facts: &Facts| {
            let AssociationRule { bought, then, lift, .. } =
                self.associations.next(self.log, facts.customer, self.as_of)?;
            Some(NextCategory { category: then.clone(), bought: bought.clone(), lift: *lift })
        };
        facts.par_iter().map(next).collect()
    }

    /// When each customer was contacted.
    fn contacts(&self, facts: &[Facts]) -> Vec<Vec<PastContact>> {
        let of = |facts: &Facts| self.beside.contacts_of(self.log, facts.customer, self.as_of);
        facts.par_iter().map(of).collect()
    }

    /// Why each is probably lost or about to be.
    fn causes(
        &self,
        (facts, reasons): (&[Facts], &[Vec<Reason>]),
        (forecasts, is_raised): (&[Forecast], &[bool]),
    ) -> Vec<ReadCause> {
        let minor_per_major = self.config.currency.minor_per_major();
        let reader = CauseReader::of((self.log, self.panel.schema()), self.as_of, minor_per_major);
        let cause = |row: usize| {
            let is_at_risk = is_raised[row] || RiskBand::of(forecasts[row].churn) != RiskBand::Low;
            reader.read(&facts[row], &reasons[row], is_at_risk)
        };
        (0..facts.len()).into_par_iter().map(cause).collect()
    }

    /// Everyone as decisions see them.
    fn candidates<'c>(
        &'c self,
        (facts, forecasts): (&[Facts], &[Forecast]),
        (prospects, aside): (&[Prospect], Aside<'c>),
        intervals: Option<&[[f64; 2]]>,
    ) -> Vec<Candidate<'c>> {
        let owners = self.beside.owner_numbers();
        let segments = segments_of(facts, prospects, &self.config.decide);
        let one = |row: usize| {
            let prospect = &prospects[row];
            let id = &self.log.customer_ids()[prospect.customer as usize];
            let forecast =
                Likely { forecast: &forecasts[row], churn_interval: intervals.map(|intervals| intervals[row]) };
            let owner = owners.get(prospect.customer as usize).copied().flatten();
            let ReadCause { cause, grievance } = &aside.causes[row];
            let (cause, has_grievance) = (cause.as_ref().map(|found| found.cause), grievance.is_some());
            let aside = OneAside { cause, has_grievance, contacts: &aside.contacts[row], owner };
            candidate(id, (&facts[row], segments[row]), prospect, forecast, aside)
        };
        (0..facts.len()).into_par_iter().map(one).collect()
    }

    /// Rows in the order of a list.
    fn ranked(
        &self,
        placed: &Placed<'_>,
        order: &[usize],
        why: &mut [Vec<Reason>],
        customer_value: &CustomerValues<'_>,
    ) -> Vec<ListRow> {
        let why: Vec<Vec<Reason>> = order.iter().map(|row| std::mem::take(&mut why[*row])).collect();
        let row = |(row, reasons): (&usize, Vec<Reason>)| {
            let (prospect, facts) = (placed.prospects[*row], &placed.facts[*row]);
            let Candidate { chances, log_odds_sd, stakes, segments, owner, contacts, holds, .. } =
                placed.candidates[*row];
            ListRow {
                customer_id: self.log.customer_ids()[prospect.customer as usize].clone(),
                prospect,
                churn_interval: placed.intervals.map(|intervals| intervals[*row]),
                rank_interval: None,
                clv_historic: facts.clv_historic,
                customer_value: customer_value.of(prospect.customer).map(ListedValue::new),
                expected_next_order: facts.expected_next_order,
                past_year_spend: facts.past_year_spend,
                days_since_last_order: facts.days_since_last_order,
                stage: facts.stage,
                segments,
                open_complaints: facts.open_complaints,
                cause: placed.causes[*row].cause.clone(),
                reasons,
                decision: placed.decisions[*row],
                basis: DecisionBasis { chances, log_odds_sd, stakes, owner },
                contacts: contacts.to_vec(),
                holds: holds.into(),
                next_category: placed.next[*row].clone().map(Box::new),
                grievance: placed.causes[*row].grievance.clone().map(Box::new),
                change: None,
            }
        };
        order.par_iter().zip(why).map(row).collect()
    }
}

/// What is known of each row, and what was decided about it.
struct Placed<'a> {
    facts: &'a [Facts],
    prospects: &'a [Prospect],
    candidates: &'a [Candidate<'a>],
    decisions: &'a [Decision],
    causes: &'a [ReadCause],
    /// Bounds of the probability of churning.
    intervals: Option<&'a [[f64; 2]]>,
    next: &'a [Option<NextCategory>],
}

/// What is known of each row beside features.
#[derive(Clone, Copy)]
struct Aside<'a> {
    causes: &'a [ReadCause],
    contacts: &'a [Vec<PastContact>],
}
