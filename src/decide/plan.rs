//! The plan of a list: which action each customer gets, and who is left alone to measure by.

use rayon::prelude::*;

use super::allocation::{Allocation, Choice, Problem, allocate};
use super::candidate::Candidate;
use super::contact_evidence::ContactEvidence;
use super::cool_down::Pause;
use super::decision::{Alternative, Decision, Group, Wanted};
use super::experiment::Draw;
use super::owners::beyond_owners;
use super::plan_summary::{PlanSummary, Summing};
use super::ranking::Suppression;
use super::reckoning::Reckoning;
use crate::config::DecideConfig;
use crate::config::playbook::Action;

/// The plan of a list.
#[derive(Debug, Clone, PartialEq)]
pub struct Plan {
    /// For each candidate.
    pub decisions: Vec<Decision>,
    /// All together.
    pub summary: PlanSummary,
}

/// Times that a plan is made anew for those who look after customers, and for those whom the draw leaves alone.
const ROUNDS: u32 = 6;

/// What plans are made from.
pub struct Planner<'a> {
    reckoning: Reckoning<'a>,
}

impl<'a> Planner<'a> {
    /// A planner by a config; `seed` draws what is not known.
    #[must_use]
    pub fn new(terms: &'a DecideConfig, seed: u64) -> Self {
        Self { reckoning: Reckoning::new(terms, seed) }
    }

    /// The same, knowing what the shop's own contacts say.
    #[must_use]
    pub fn with_evidence(mut self, evidence: Option<&'a ContactEvidence>) -> Self {
        self.reckoning.evidence = evidence;
        self
    }

    /// Decides about everyone.
    #[must_use]
    pub fn plan(&self, candidates: &[Candidate<'_>]) -> Plan {
        let arms: Vec<f64> = candidates.par_iter().map(|candidate| self.draw().of(candidate.id)).collect();
        let choices: Vec<Vec<Choice>> =
            candidates.par_iter().map(|candidate| self.reckoning.choices_of(candidate, 1.0)).collect();
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
        let mut summary = Summing { reckoning: &self.reckoning }.of((candidates, &decisions), &allocation);
        let is_small = |(decision, own): (&Decision, &Vec<Choice>)| {
            decision.suppressed == Some(Suppression::NoGain) && own.iter().any(|choice| choice.gain > 0.0)
        };
        summary.n_small_gain = decisions.iter().zip(&choices).filter(|pair| is_small(*pair)).count() as u64;
        Plan { decisions, summary }
    }

    /// What each action of the playbook would gain for a customer.
    #[must_use]
    pub fn alternatives(&self, candidate: &Candidate<'_>) -> Vec<Alternative> {
        let is_open = |place: usize, action: &Action| {
            candidate.is_meant_by(place, action) && !self.reckoning.is_harmful(candidate, place, action)
        };
        let gain = |(place, action): (usize, &Action)| Alternative {
            place,
            net_gain: is_open(place, action).then(|| self.reckoning.gain(candidate, place, action)),
        };
        self.reckoning.actions().iter().enumerate().map(gain).collect()
    }

    fn draw(&self) -> Draw<'a> {
        Draw { campaign: &self.reckoning.terms.campaign, salt: &self.reckoning.terms.salt }
    }

    /// What keeps a customer from an action that would bring enough: of several the one that ends first.
    fn pause_of(&self, candidate: &Candidate<'_>) -> Option<Pause> {
        let meant = self.reckoning.meant(candidate);
        let worthwhile =
            meant.filter(|(place, action)| self.reckoning.is_enough(self.reckoning.gain(candidate, *place, action)));
        let pauses = worthwhile.filter_map(|(_, action)| candidate.pause(action, self.reckoning.terms.cool_down));
        pauses.min_by_key(|pause| pause.days_left)
    }

    /// The best choice among those for whom the draw does not say control. Where those who look after customers have too
    /// many, the ones who bring least are left out and the others get what that frees, round by round. So it is with those
    /// whom the draw leaves alone for what they would get, where another action with a smaller control group is open to them.
    fn solved(&self, candidates: &[Candidate<'_>], choices: &[Vec<Choice>], arms: &[f64]) -> Solved {
        let mut is_full = vec![false; candidates.len()];
        let mut is_control = is_full.clone();
        let per_owner = self.reckoning.terms.owners.as_ref().map(|owners| owners.per_owner);
        let mut round = 0;
        loop {
            let is_out: Vec<bool> = is_full.iter().zip(&is_control).map(|(full, control)| *full || *control).collect();
            let problem = self.problem(choices, arms, &is_out);
            let mut allocation = allocate(&problem);
            let beyond = per_owner.map(|per_owner| beyond_owners(candidates, (&problem, &allocation), per_owner));
            let beyond = beyond.unwrap_or_default();
            let control = self.left_alone(choices, arms, (&problem, &allocation));
            set(&mut is_full, &beyond, true);
            set(&mut is_control, &control, true);
            round += 1;
            if (beyond.is_empty() && control.is_empty()) || round > ROUNDS {
                set(&mut allocation.chosen, &beyond, None);
                set(&mut allocation.chosen, &control, None);
                return Solved { problem, allocation, is_full };
            }
        }
    }

    /// Customers who have an action in a plan and are in the control group of the one that they would rather get.
    fn left_alone(
        &self,
        choices: &[Vec<Choice>],
        arms: &[f64],
        (problem, allocation): (&Problem, &Allocation),
    ) -> Vec<usize> {
        let shares = (0..self.reckoning.actions().len()).map(|place| self.reckoning.control_share(place));
        let largest = shares.fold(0.0, f64::max);
        let is_control = |(place, arm): &(usize, &f64)| {
            **arm < largest
                && allocation.chosen.get(*place).is_some_and(|chosen| chosen.is_some())
                && choices
                    .get(*place)
                    .and_then(|own| self.wanted(own, (problem, allocation)))
                    .is_some_and(|(wanted, _)| **arm < self.reckoning.control_share(wanted.action))
        };
        arms.iter().enumerate().filter(is_control).map(|(place, _)| place).collect()
    }

    /// What a customer would get if nobody were left alone, at the prices of budget and capacities, and what it brings at
    /// these.
    fn wanted<'c>(
        &self,
        own: &'c [Choice],
        (problem, allocation): (&Problem, &Allocation),
    ) -> Option<(&'c Choice, f64)> {
        let enough = own.iter().filter(|choice| self.reckoning.is_enough(choice.gain));
        let priced = enough.map(|choice| (choice, allocation.prices.reduced(choice, problem.limits())));
        priced.reduce(|best, other| if other.1 > best.1 { other } else { best })
    }

    /// Everyone with the choices that bring enough; nobody who is out, nor what the draw leaves out.
    fn problem(&self, choices: &[Vec<Choice>], arms: &[f64], is_out: &[bool]) -> Problem {
        let mut problem = Problem::new(self.reckoning.limits());
        for ((own, arm), is_out) in choices.iter().zip(arms).zip(is_out) {
            let is_open = |choice: &&Choice| !is_out && *arm >= self.reckoning.control_share(choice.action);
            problem.add(own.iter().filter(is_open).filter(|choice| self.reckoning.is_enough(choice.gain)).copied());
        }
        problem
    }

    fn decision(
        &self,
        candidate: &Candidate<'_>,
        found: Found<'_>,
        (problem, allocation): (&Problem, &Allocation),
    ) -> Decision {
        if candidate.is_opted_out {
            return Decision::none(Suppression::OptedOut, None);
        }
        if self.reckoning.meant(candidate).next().is_none() {
            let best = self.best_harmful(candidate);
            let why = if best.is_some() { Suppression::SleepingDog } else { Suppression::NoActionFits };
            return Decision::none(why, best);
        }
        let Some((wanted, value)) = self.wanted(found.own, (problem, allocation)) else {
            let best = found.own.iter().reduce(|best, other| if other.gain > best.gain { other } else { best });
            let harmful = self.best_harmful(candidate).filter(|wanted| self.reckoning.is_enough(wanted.net_gain));
            let none = match harmful {
                Some(harmful) => Decision::none(Suppression::SleepingDog, Some(harmful)),
                None => Decision::none(Suppression::NoGain, best.map(Wanted::of)),
            };
            let pause = self.pause_of(candidate);
            return pause
                .map_or(none, |pause| Decision { pause: Some(pause), ..Decision::none(Suppression::CoolDown, None) });
        };
        let left_out = || Decision::none(self.shortage(wanted, allocation), Some(Wanted::of(wanted)));
        let share = self.reckoning.control_share(wanted.action);
        if found.arm < share {
            let planned = || self.reckoning.planned(candidate, wanted, share);
            return if value > 0.0 { Decision::of(Group::Control, planned()) } else { left_out() };
        }
        match found.treated.and_then(|place| problem.choice(place)) {
            Some(choice) => {
                let treated = 1.0 - self.reckoning.control_share(choice.action);
                Decision::of(Group::Treat, self.reckoning.planned(candidate, choice, treated))
            }
            None if found.is_full => Decision::none(Suppression::OwnerFull, Some(Wanted::of(wanted))),
            None => left_out(),
        }
    }

    /// The best of the actions that are meant for a customer and drive such customers away.
    fn best_harmful(&self, candidate: &Candidate<'_>) -> Option<Wanted> {
        let all = self.reckoning.actions().iter().enumerate();
        let harmful = all.filter(|(place, action)| {
            candidate.is_meant_by(*place, action) && self.reckoning.is_harmful(candidate, *place, action)
        });
        let gain = |(place, action): (usize, &Action)| Wanted {
            place,
            net_gain: self.reckoning.gain(candidate, place, action),
        };
        harmful.map(gain).reduce(|best, other| if other.net_gain > best.net_gain { other } else { best })
    }

    /// Which limit keeps a customer with a gain from being contacted: the one whose price takes more of it.
    fn shortage(&self, wanted: &Choice, allocation: &Allocation) -> Suppression {
        let of_budget = allocation.prices.budget * wanted.cost;
        let of_capacities = allocation.prices.of_action(wanted.action, &self.reckoning.limits());
        if of_budget > of_capacities || (of_capacities <= 0.0 && self.reckoning.terms.budget.is_some()) {
            Suppression::Budget
        } else {
            Suppression::Capacity
        }
    }
}

impl Wanted {
    const fn of(choice: &Choice) -> Self {
        Self { place: choice.action, net_gain: choice.gain }
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

#[cfg(test)]
#[path = "plan_tests.rs"]
mod tests;
