//! The plan of a list: which action each customer gets, who is left alone to measure by, where it stops and why.

use rayon::prelude::*;
use serde::Serialize;

use super::allocation::{Allocation, Choice, Limits, Prices, Problem, allocate};
use super::candidate::Candidate;
use super::cool_down::Pause;
use super::draws::{DRAWS, Draws, Uncertain};
use super::experiment::{Balance, Draw, Subject};
use super::gain::{Rates, Spending, expected_cost, expected_net_gain};
use super::owners::beyond_owners;
use super::ranking::Suppression;
use crate::config::DecideConfig;
use crate::config::playbook::{Action, Playbook};
use crate::maths::quantiles::quantile;

/// What is decided about a customer.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Decision {
    /// The group.
    pub group: Group,
    /// What is done, or would be done for a customer of the control group.
    pub action: Option<PlannedAction>,
    /// Why the customer is not to be contacted, if so for another reason than the control group.
    pub suppressed: Option<Suppression>,
    /// The contact of late that keeps the customer from another one, where that is why.
    pub pause: Option<Pause>,
}

/// Whether a customer is contacted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Group {
    /// Contacted.
    Treat,
    /// Worth a contact, and left alone to measure by.
    Control,
    /// Not contacted.
    Suppressed,
}

impl Group {
    /// The word in files.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Treat => "treat",
            Self::Control => "control",
            Self::Suppressed => "suppressed",
        }
    }
}

/// An action for a customer, money in major units.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PlannedAction {
    /// Its place in the playbook.
    pub place: usize,
    /// What it is expected to gain, all costs included.
    pub net_gain: f64,
    /// Probability that the gain is positive, by what is known of rates and of the probability of churning.
    pub gain_probability: f64,
    /// What it spends.
    pub spending: Spending,
    /// What it is expected to cost, incentives included.
    pub expected_cost: f64,
    /// Probability of the group that the customer is in.
    pub group_probability: f64,
}

/// An action beside others, for the explanation of a customer.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Alternative {
    /// Its place in the playbook.
    pub place: usize,
    /// What it is expected to gain, in major units; `None` if it is not meant for the customer.
    pub net_gain: Option<f64>,
}

/// The plan of a list.
#[derive(Debug, Clone, PartialEq)]
pub struct Plan {
    /// For each candidate.
    pub decisions: Vec<Decision>,
    /// All together.
    pub summary: PlanSummary,
}

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

/// What is limited.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum LimitKind {
    /// Money.
    Budget,
    /// A channel.
    Channel,
    /// An action.
    Action,
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

/// Times that a plan is made anew for those who look after customers.
const OWNER_ROUNDS: u32 = 6;

/// What plans are made from.
pub struct Planner<'a> {
    terms: &'a DecideConfig,
    rates: Vec<Rates>,
    draws: Draws,
}

impl<'a> Planner<'a> {
    /// A planner by a config; `seed` draws what is not known.
    #[must_use]
    pub fn new(terms: &'a DecideConfig, seed: u64) -> Self {
        let actions = &terms.playbook.actions;
        Self { terms, rates: actions.iter().map(Rates::expected).collect(), draws: Draws::of(actions, seed) }
    }

    /// Decides about everyone.
    #[must_use]
    pub fn plan(&self, candidates: &[Candidate<'_>]) -> Plan {
        let arms: Vec<f64> = candidates.par_iter().map(|candidate| self.draw().of(candidate.id)).collect();
        let choices: Vec<Vec<Choice>> =
            candidates.par_iter().map(|candidate| self.choices_of(candidate, 1.0)).collect();
        let Solved { problem, allocation, is_full } = self.solved(candidates, &choices, &arms);
        let decided = candidates.par_iter().zip(&arms).zip(&choices).enumerate();
        let decisions: Vec<Decision> = decided
            .map(|(place, ((candidate, arm), own))| {
                let treated = allocation.chosen.get(place).copied().flatten();
                let is_full = is_full.get(place) == Some(&true);
                let found = Found { own, treated, arm: *arm, is_full };
                self.decision(candidate, found, (&problem, &allocation))
            })
            .collect();
        let mut summary = self.summary(candidates, &decisions, problem.limits(), &allocation);
        let is_small = |(decision, own): (&Decision, &Vec<Choice>)| {
            decision.suppressed == Some(Suppression::NoGain) && own.iter().any(|choice| choice.gain > 0.0)
        };
        summary.n_small_gain = decisions.iter().zip(&choices).filter(|pair| is_small(*pair)).count() as u64;
        Plan { decisions, summary }
    }

    /// What each action of the playbook would gain for a customer.
    #[must_use]
    pub fn alternatives(&self, candidate: &Candidate<'_>) -> Vec<Alternative> {
        let gain = |(place, action): (usize, &Action)| Alternative {
            place,
            net_gain: candidate.is_meant_by(action).then(|| self.gain(candidate, place, action)),
        };
        self.actions().iter().enumerate().map(gain).collect()
    }

    fn actions(&self) -> &'a [Action] {
        &self.terms.playbook.actions
    }

    fn draw(&self) -> Draw<'a> {
        Draw { campaign: &self.terms.campaign, salt: &self.terms.salt }
    }

    fn rates_of(&self, place: usize) -> Rates {
        self.rates.get(place).copied().unwrap_or(Rates { save: 0.0, take: 0.0, winback: 0.0, wake: 0.0 })
    }

    fn control_share(&self, place: usize) -> f64 {
        self.actions().get(place).and_then(|action| action.control_share).unwrap_or(self.terms.control_share)
    }

    fn gain(&self, candidate: &Candidate<'_>, place: usize, action: &Action) -> f64 {
        let spending = Spending::of(action, &candidate.stakes);
        expected_net_gain(&candidate.chances, &candidate.stakes, spending, &self.rates_of(place))
    }

    /// The actions that are meant for a customer who was not contacted lately, with gains of any sign.
    ///
    /// * `strength` - factor of what is kept and won back.
    fn choices_of(&self, candidate: &Candidate<'_>, strength: f64) -> Vec<Choice> {
        if candidate.is_opted_out {
            return Vec::new();
        }
        let meant = self.actions().iter().enumerate().filter(|(_, action)| candidate.is_meant_by(action));
        let rested = meant.filter(|(_, action)| candidate.pause(action, self.terms.cool_down).is_none());
        let choice = |(place, action): (usize, &Action)| {
            let spending = Spending::of(action, &candidate.stakes);
            let rates = self.rates_of(place).weaker(strength);
            Choice {
                gain: expected_net_gain(&candidate.chances, &candidate.stakes, spending, &rates),
                cost: expected_cost(&candidate.chances, spending, &rates),
                action: place,
            }
        };
        rested.map(choice).collect()
    }

    /// Whether an action brings enough to be done.
    fn is_enough(&self, gain: f64) -> bool {
        gain > 0.0 && gain >= self.terms.min_gain
    }

    /// What keeps a customer from an action that would bring enough: of several the one that ends first.
    fn pause_of(&self, candidate: &Candidate<'_>) -> Option<Pause> {
        let meant = self.actions().iter().enumerate().filter(|(_, action)| candidate.is_meant_by(action));
        let worthwhile = meant.filter(|(place, action)| self.is_enough(self.gain(candidate, *place, action)));
        let pauses = worthwhile.filter_map(|(_, action)| candidate.pause(action, self.terms.cool_down));
        pauses.min_by_key(|pause| pause.days_left)
    }

    /// The best choice among those for whom the draw does not say control.
    /// Where those who look after customers have too many, the ones who bring least are left out and the others get what that
    /// frees, round by round.
    fn solved(&self, candidates: &[Candidate<'_>], choices: &[Vec<Choice>], arms: &[f64]) -> Solved {
        let mut is_full = vec![false; candidates.len()];
        let per_owner = self.terms.owners.as_ref().map(|owners| owners.per_owner);
        let mut round = 0;
        loop {
            let problem = self.problem(choices, arms, &is_full);
            let mut allocation = allocate(&problem);
            let beyond = per_owner.map(|per_owner| beyond_owners(candidates, (&problem, &allocation), per_owner));
            let beyond = beyond.unwrap_or_default();
            set(&mut is_full, &beyond, true);
            round += 1;
            if beyond.is_empty() || round > OWNER_ROUNDS {
                set(&mut allocation.chosen, &beyond, None);
                return Solved { problem, allocation, is_full };
            }
        }
    }

    /// Everyone with the choices that bring enough; nobody whom the draw or a full owner leaves out.
    fn problem(&self, choices: &[Vec<Choice>], arms: &[f64], is_full: &[bool]) -> Problem {
        let mut problem = Problem::new(self.limits());
        for ((own, arm), is_full) in choices.iter().zip(arms).zip(is_full) {
            let is_open = |choice: &&Choice| !is_full && *arm >= self.control_share(choice.action);
            problem.add(own.iter().filter(is_open).filter(|choice| self.is_enough(choice.gain)).copied());
        }
        problem
    }

    /// Capacities: first those of channels, then those of actions that have one.
    fn limits(&self) -> Limits {
        let playbook = &self.terms.playbook;
        let mut capacities: Vec<u32> = playbook.channels.iter().map(|channel| channel.capacity).collect();
        let mut of_action = Vec::with_capacity(playbook.actions.len());
        for action in &playbook.actions {
            let mut own: Vec<usize> = playbook.channel_of(action).into_iter().collect();
            if let Some(capacity) = action.capacity {
                own.push(capacities.len());
                capacities.push(capacity);
            }
            of_action.push(own);
        }
        Limits { budget: self.terms.budget, capacities, of_action }
    }

    /// The names of the capacities of [`Self::limits`].
    fn limit_names(&self) -> Vec<(LimitKind, String)> {
        let Playbook { channels, actions, .. } = &self.terms.playbook;
        let channels = channels.iter().map(|channel| (LimitKind::Channel, channel.name.clone()));
        let limited = actions.iter().filter(|action| action.capacity.is_some());
        channels.chain(limited.map(|action| (LimitKind::Action, action.name.clone()))).collect()
    }

    fn decision(
        &self,
        candidate: &Candidate<'_>,
        found: Found<'_>,
        (problem, allocation): (&Problem, &Allocation),
    ) -> Decision {
        let resting = |why, pause| Decision { group: Group::Suppressed, action: None, suppressed: Some(why), pause };
        let not = |why| resting(why, None);
        if candidate.is_opted_out {
            return not(Suppression::OptedOut);
        }
        if !self.actions().iter().any(|action| candidate.is_meant_by(action)) {
            return not(Suppression::NoActionFits);
        }
        // What the customer would get if nobody were left alone, at the prices of budget and capacities.
        let wanted = found.own.iter().filter(|choice| self.is_enough(choice.gain));
        let wanted = wanted.map(|choice| (choice, allocation.prices.reduced(choice, problem.limits())));
        let wanted = wanted.reduce(|best, other| if other.1 > best.1 { other } else { best });
        let Some((wanted, value)) = wanted else {
            let pause = self.pause_of(candidate);
            return pause.map_or(not(Suppression::NoGain), |pause| resting(Suppression::CoolDown, Some(pause)));
        };
        let share = self.control_share(wanted.action);
        if found.arm < share {
            return if value > 0.0 {
                Decision {
                    group: Group::Control,
                    action: Some(self.planned(candidate, wanted, share)),
                    suppressed: None,
                    pause: None,
                }
            } else {
                not(self.shortage(wanted, allocation))
            };
        }
        match found.treated.and_then(|place| problem.choice(place)) {
            Some(choice) => {
                let treated = 1.0 - self.control_share(choice.action);
                Decision {
                    group: Group::Treat,
                    action: Some(self.planned(candidate, choice, treated)),
                    suppressed: None,
                    pause: None,
                }
            }
            None if found.is_full => not(Suppression::OwnerFull),
            None => not(self.shortage(wanted, allocation)),
        }
    }

    /// Which limit keeps a customer with a gain from being contacted: the one whose price takes more of it.
    fn shortage(&self, wanted: &Choice, allocation: &Allocation) -> Suppression {
        let of_budget = allocation.prices.budget * wanted.cost;
        let of_capacities = allocation.prices.of_action(wanted.action, &self.limits());
        if of_budget > of_capacities || (of_capacities <= 0.0 && self.terms.budget.is_some()) {
            Suppression::Budget
        } else {
            Suppression::Capacity
        }
    }

    fn planned(&self, candidate: &Candidate<'_>, choice: &Choice, group_probability: f64) -> PlannedAction {
        let Candidate { chances, stakes, log_odds_sd, .. } = candidate;
        let spending = self.actions().get(choice.action).map(|action| Spending::of(action, stakes));
        let spending = spending.unwrap_or(Spending { contact_cost: 0.0, incentive: 0.0 });
        let subject = Uncertain { chances, log_odds_sd: *log_odds_sd, stakes };
        let gains = self.draws.gains(choice.action, spending, &subject);
        PlannedAction {
            place: choice.action,
            net_gain: choice.gain,
            gain_probability: gains.filter(|gain| *gain > 0.0).count() as f64 / DRAWS as f64,
            spending,
            expected_cost: choice.cost,
            group_probability,
        }
    }

    fn summary(
        &self,
        candidates: &[Candidate<'_>],
        decisions: &[Decision],
        limits: &Limits,
        allocation: &Allocation,
    ) -> PlanSummary {
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
            is_default_playbook: self.terms.playbook.is_default,
            actions: self.actions().iter().enumerate().map(count).collect(),
            n_contacted: contacted().count() as u64,
            contact_cost,
            incentive_cost: contacted().map(|action| action.expected_cost).sum::<f64>() - contact_cost,
            net_gain: contacted().map(|action| action.net_gain).sum(),
            net_gain_interval: self.interval(candidates, decisions),
            gap: allocation.gap(),
            n_left_out,
            n_cooling_down: n_for(Suppression::CoolDown),
            n_owner_full: n_for(Suppression::OwnerFull),
            min_gain: self.terms.min_gain,
            n_small_gain: 0,
            binding_limits: self.binding_limits(allocation),
            marginal_net_gain: contacted().map(|action| action.net_gain).reduce(f64::min),
            first_hundred_with_half: self.first_hundred(candidates, decisions, (limits, &allocation.prices)),
            balance: self.balance(candidates, decisions),
        }
    }

    fn binding_limits(&self, allocation: &Allocation) -> Vec<BindingLimit> {
        let limits = self.limits();
        let budget = limits.budget.map(|amount| BindingLimit {
            limit: LimitKind::Budget,
            name: String::new(),
            amount,
            price: allocation.prices.budget,
        });
        let capacities = self.limit_names().into_iter().zip(&limits.capacities).zip(&allocation.prices.capacities);
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
                let gains = self.draws.gains(action.place, action.spending, &subject);
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
            let choices = self.choices_of(candidates.get(at)?, 0.5);
            let worthwhile = choices.into_iter().map(|choice| (prices.reduced(&choice, limits), choice.gain));
            worthwhile
                .filter(|(value, gain)| *value > 0.0 && self.is_enough(*gain))
                .reduce(|best, other| if other.0 > best.0 { other } else { best })
        };
        let then = largest(contacted(decisions).filter_map(|(at, _)| Some((at, weaker(at)?.1))).collect());
        FirstHundred { n: first.len(), n_kept: first.iter().filter(|at| then.contains(at)).count() }
    }

    fn balance(&self, candidates: &[Candidate<'_>], decisions: &[Decision]) -> Balance {
        let subject = |(candidate, decision): (&Candidate<'_>, &Decision)| {
            let action = decision.action?;
            let (rates, outcome) = (self.rates_of(action.place), candidate.chances.outcome());
            Some(Subject {
                is_control: decision.group == Group::Control,
                control_share: self.control_share(action.place),
                churn_probability: candidate.chances.churn,
                value_at_stake: candidate.stakes.value_at_stake,
                effect: outcome.leaving * rates.save + outcome.gone * rates.winback,
            })
        };
        let subjects: Vec<Subject> = candidates.iter().zip(decisions).filter_map(subject).collect();
        Balance::of(&subjects)
    }
}

/// The plan before it is told.
struct Solved {
    problem: Problem,
    allocation: Allocation,
    /// Customers who are too many for those who look after them.
    is_full: Vec<bool>,
}

/// What was found for a customer.
#[derive(Clone, Copy)]
struct Found<'a> {
    /// All actions that may be done for the customer now.
    own: &'a [Choice],
    /// The choice among those that do not leave the customer alone.
    treated: Option<usize>,
    /// The draw of the group.
    arm: f64,
    /// Whether the customer is one too many for who looks after them.
    is_full: bool,
}

/// Gives some places one value.
fn set<T: Copy>(values: &mut [T], places: &[usize], value: T) {
    for place in places {
        if let Some(own) = values.get_mut(*place) {
            *own = value;
        }
    }
}

/// Those who are contacted, by their places.
fn contacted(decisions: &[Decision]) -> impl Iterator<Item = (usize, PlannedAction)> {
    let treated = decisions.iter().enumerate().filter(|(_, decision)| decision.group == Group::Treat);
    treated.filter_map(|(at, decision)| Some((at, decision.action?)))
}

/// The places with the largest gains, ties by place.
fn largest(mut gains: Vec<(usize, f64)>) -> Vec<usize> {
    gains.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
    gains.into_iter().take(FIRST).map(|(at, _)| at).collect()
}

#[cfg(test)]
#[path = "plan_tests.rs"]
mod tests;
