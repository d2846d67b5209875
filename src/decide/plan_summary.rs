//! A plan in figures: whom it contacts, what that costs and is expected to bring, where it stops and why.

use rayon::prelude::*;
use serde::Serialize;

use super::allocation::{Allocation, Limits, Prices};
use super::candidate::Candidate;
use super::decision::{Decision, Group, contacted};
use super::draws::{DRAWS, Uncertain};
use super::experiment::{Balance, Subject};
use super::ranking::Suppression;
use super::reckoning::{LimitKind, Reckoning};
use crate::config::playbook::Action;
use crate::maths::quantiles::quantile;

/// A plan in figures, money in major units.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PlanSummary {
    /// Whether the playbook is the one that comes with `retain`.
    pub is_default_playbook: bool,
    /// Customers who get each action, in the order of the playbook.
    pub actions: Vec<ActionCount>,
    /// Customers who are contacted.
    pub n_contacted: u64,
    /// What contacts cost.
    pub contact_cost: f64,
    /// What incentives are expected to cost.
    pub incentive_cost: f64,
    /// Expected net gain of all contacts.
    pub net_gain: f64,
    /// Bounds that hold it in four of five cases, by what is known of the rates and of the probabilities.
    pub net_gain_interval: [f64; 2],
    /// How far the plan may be from the best one within the limits, as a share of the best.
    pub gap: f64,
    /// Customers with a gain who are not contacted because the budget or a capacity ends.
    pub n_left_out: u64,
    /// Customers who are not contacted because contacts drive customers like them away.
    pub n_sleeping_dogs: u64,
    /// Customers who are not contacted because they were contacted lately.
    pub n_cooling_down: u64,
    /// Customers who are not contacted because who looks after them has enough others.
    pub n_owner_full: u64,
    /// Least that a contact must be expected to bring.
    pub min_gain: f64,
    /// Customers with a gain who are not contacted because it is smaller than that.
    pub n_small_gain: u64,
    /// Limits that keep the plan from gaining more, the dearest first.
    pub binding_limits: Vec<BindingLimit>,
    /// The smallest net gain among those contacted; absent if nobody is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub marginal_net_gain: Option<f64>,
    /// Of the first hundred contacted, how many would be among the first hundred if actions kept and won back half as many;
    /// of fewer, likewise.
    pub first_hundred_with_half: FirstHundred,
    /// The control group.
    pub balance: Balance,
    /// Net gain that contacts of the control group would be expected to bring: the price of measuring.
    pub control_net_gain: f64,
}

/// Customers of an action.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ActionCount {
    /// Its name.
    pub action: String,
    /// Contacted with it.
    pub n: u64,
}

/// A limit that keeps a plan from gaining more.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct BindingLimit {
    /// What is limited.
    pub limit: LimitKind,
    /// Its name; empty for the budget.
    pub name: String,
    /// How much there is: money in major units, or customers.
    pub amount: f64,
    /// What one more unit would bring, in major units.
    pub price: f64,
}

/// How well the top of the list holds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct FirstHundred {
    /// Customers looked at: a hundred, or fewer if fewer are contacted.
    pub n: usize,
    /// Those of them who stay.
    pub n_kept: usize,
}

/// Places at the top that are held against another assumption.
const FIRST: usize = 100;
/// Customers whose gains are summed in one go, so that threads change no digit.
const BLOCK: usize = 4096;
/// Share of drawn sums beyond either end of an interval.
const BEYOND: f64 = 0.1;

/// What figures are made from.
pub(super) struct Summing<'r> {
    pub(super) reckoning: &'r Reckoning<'r>,
}

impl Summing<'_> {
    /// The figures of a plan.
    pub(super) fn of(
        &self,
        (candidates, decisions): (&[Candidate<'_>], &[Decision]),
        allocation: &Allocation,
    ) -> PlanSummary {
        let limits = &self.reckoning.limits();
        let contacted = || contacted(decisions).map(|(_, action)| action);
        let contact_cost = contacted().map(|action| action.spending.contact_cost).sum();
        let of_action = |place: usize| contacted().filter(|action| action.place == place).count() as u64;
        let count =
            |(place, action): (usize, &Action)| ActionCount { action: action.name.clone(), n: of_action(place) };
        let is_short =
            |decision: &&Decision| matches!(decision.suppressed, Some(Suppression::Budget | Suppression::Capacity));
        let n_left_out = decisions.iter().filter(is_short).count() as u64;
        let n_for = |why| decisions.iter().filter(|decision| decision.suppressed == Some(why)).count() as u64;
        PlanSummary {
            is_default_playbook: self.reckoning.terms.playbook.is_default,
            actions: self.reckoning.actions().iter().enumerate().map(count).collect(),
            n_contacted: contacted().count() as u64,
            contact_cost,
            incentive_cost: contacted().map(|action| action.expected_cost).sum::<f64>() - contact_cost,
            net_gain: contacted().map(|action| action.net_gain).sum(),
            net_gain_interval: self.interval(candidates, decisions),
            gap: allocation.gap(),
            n_left_out,
            n_sleeping_dogs: n_for(Suppression::SleepingDog),
            n_cooling_down: n_for(Suppression::CoolDown),
            n_owner_full: n_for(Suppression::OwnerFull),
            min_gain: self.reckoning.terms.min_gain,
            n_small_gain: 0,
            binding_limits: self.binding_limits(allocation),
            marginal_net_gain: contacted().map(|action| action.net_gain).reduce(f64::min),
            first_hundred_with_half: self.first_hundred(candidates, decisions, (limits, &allocation.prices)),
            balance: self.balance(candidates, decisions),
            control_net_gain: decisions
                .iter()
                .filter(|decision| decision.group == Group::Control)
                .filter_map(|decision| Some(decision.action.as_ref()?.net_gain))
                .sum(),
        }
    }

    fn binding_limits(&self, allocation: &Allocation) -> Vec<BindingLimit> {
        let limits = self.reckoning.limits();
        let budget = limits.budget.map(|amount| BindingLimit {
            limit: LimitKind::Budget,
            name: String::new(),
            amount,
            price: allocation.prices.budget,
        });
        let capacities =
            self.reckoning.limit_names().into_iter().zip(&limits.capacities).zip(&allocation.prices.capacities);
        let capacities = capacities.map(|(((limit, name), amount), price)| BindingLimit {
            limit,
            name,
            amount: f64::from(*amount),
            price: *price,
        });
        let mut binding: Vec<BindingLimit> =
            budget.into_iter().chain(capacities).filter(|limit| limit.price > 0.0).collect();
        binding.sort_by(|a, b| b.price.total_cmp(&a.price));
        binding
    }

    /// Bounds of the sum of gains: rates and the level of all probabilities are off together.
    fn interval(&self, candidates: &[Candidate<'_>], decisions: &[Decision]) -> [f64; 2] {
        let of_block = |(candidates, decisions): (&[Candidate<'_>], &[Decision])| {
            let mut sums = [0.0; DRAWS];
            for (at, action) in contacted(decisions) {
                let Some(Candidate { chances, stakes, log_odds_sd, .. }) = candidates.get(at) else { continue };
                let subject = Uncertain { chances, log_odds_sd: *log_odds_sd, stakes };
                let gains = self.reckoning.draws.gains(action.place, action.spending, &subject);
                sums.iter_mut().zip(gains).for_each(|(sum, gain)| *sum += gain);
            }
            sums
        };
        let blocks: Vec<[f64; DRAWS]> =
            candidates.par_chunks(BLOCK).zip(decisions.par_chunks(BLOCK)).map(of_block).collect();
        let mut sums = vec![0.0; DRAWS];
        for block in blocks {
            sums.iter_mut().zip(block).for_each(|(sum, own)| *sum += own);
        }
        sums.sort_by(f64::total_cmp);
        [BEYOND, 1.0 - BEYOND].map(|share| quantile(&sums, share).unwrap_or(0.0))
    }

    /// Whether the top of the list holds if actions keep and win back half as many, at the same prices of budget and
    /// capacities.
    fn first_hundred(
        &self,
        candidates: &[Candidate<'_>],
        decisions: &[Decision],
        (limits, prices): (&Limits, &Prices),
    ) -> FirstHundred {
        let first = largest(contacted(decisions).map(|(at, action)| (at, action.net_gain)).collect());
        let weaker = |at: usize| {
            let choices = self.reckoning.choices_of(candidates.get(at)?, 0.5);
            let worthwhile = choices.into_iter().map(|choice| (prices.reduced(&choice, limits), choice.gain));
            worthwhile
                .filter(|(value, gain)| *value > 0.0 && self.reckoning.is_enough(*gain))
                .reduce(|best, other| if other.0 > best.0 { other } else { best })
        };
        let then = largest(contacted(decisions).filter_map(|(at, _)| Some((at, weaker(at)?.1))).collect());
        FirstHundred { n: first.len(), n_kept: first.iter().filter(|at| then.contains(at)).count() }
    }

    /// The arms of the experiment. Where an action leaves nobody alone, nothing can be compared: its customers are in neither.
    fn balance(&self, candidates: &[Candidate<'_>], decisions: &[Decision]) -> Balance {
        let subject = |(candidate, decision): (&Candidate<'_>, &Decision)| {
            let action = decision.action.filter(|action| self.reckoning.control_share(action.place) > 0.0)?;
            let (rates, outcome) = (self.reckoning.rates_of(action.place), candidate.chances.outcome());
            Some(Subject {
                is_control: decision.group == Group::Control,
                control_share: self.reckoning.control_share(action.place),
                churn_probability: candidate.chances.churn,
                value_at_stake: candidate.stakes.value_at_stake,
                effect: outcome.leaving * rates.save + outcome.gone * rates.winback,
            })
        };
        let subjects: Vec<Subject> = candidates.iter().zip(decisions).filter_map(subject).collect();
        Balance::of(&subjects)
    }
}

/// The places with the largest gains, ties by place.
fn largest(mut gains: Vec<(usize, f64)>) -> Vec<usize> {
    gains.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
    gains.into_iter().take(FIRST).map(|(at, _)| at).collect()
}
