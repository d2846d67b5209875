//! The recommendation: which horizon and which active window, and why, by a rule that fits in a paragraph.
//!
//! The horizon is the shortest usual one within which four in five come back of those who come back: a shorter one calls
//! many churned who are only between two orders, a longer one tells later. The active window is the shortest usual one,
//! not shorter than the horizon, within which nineteen in twenty come back: who is silent for longer has left already. If
//! the churn rate of that horizon swings too much between cutoffs, the next longer one takes its place that does not. What
//! history is too short for is never recommended: then it is the longest shorter horizon within which at least half come
//! back, or nothing.

use serde::Serialize;

use super::candidates::{Candidate, HORIZONS, WINDOWS};
use super::curve::{Curve, MIN_WATCHED};
use super::figures::ShopFigures;
use super::settings::ProfileSettings;
use crate::text::{counted, grouped};
use crate::units::Days;

/// Of those who come back, the share that a horizon must see come back.
pub const COME_BACK_HORIZON: f64 = 0.8;
/// Of those who come back, the share that an active window must see come back.
pub const COME_BACK_ACTIVE: f64 = 0.95;
/// Below this, a horizon forced by a short history is not recommended.
const COME_BACK_LEAST: f64 = 0.5;
/// Largest standard deviation of the churn rate between cutoffs that still counts as steady.
const STEADY: f64 = 0.1;
/// Share of customers with one order above which leaving is hardly the question.
const MOSTLY_ONCE: f64 = 0.9;
/// Churn rates outside this range leave little to predict.
const TELLING: std::ops::RangeInclusive<f64> = 0.05..=0.95;

/// How the recommendation came about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ProposalKind {
    /// What the curve asks for.
    Asked,
    /// The horizon that the curve asks for, with the longest active window that history allows.
    ShorterWindow,
    /// A longer horizon, because the churn rate of the one asked for is not steady.
    Steadier,
    /// A shorter horizon, because history is too short for the one asked for.
    ShorterHorizon,
    /// There is nothing to recommend.
    Nothing,
}

/// A horizon and an active window, or why there is none.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Proposal {
    /// The horizon, if one can be recommended.
    pub horizon_days: Option<Days>,
    /// The active window, if one can be recommended.
    pub active_days: Option<Days>,
    /// What the curve asks for, be history long enough or not.
    pub asked: Option<(Days, Days)>,
    /// How the recommendation came about.
    pub fit: ProposalKind,
    /// Why, in a sentence or two.
    pub why: String,
    /// What else should be known before it is used.
    pub notes: Vec<String>,
}

/// The horizon and the active window that the curve asks for; `None` if it asks for more than is usual, or there is none.
pub(super) fn asked(curve: &Curve) -> Option<(Days, Days)> {
    let holds = |days: &Days, least: f64| curve.come_back_within(days.0).is_some_and(|share| share >= least);
    let horizon = HORIZONS.into_iter().find(|days| holds(days, COME_BACK_HORIZON))?;
    let mut windows = WINDOWS.into_iter().filter(|days| *days >= horizon);
    let longest = WINDOWS.into_iter().max()?;
    Some((horizon, windows.find(|days| holds(days, COME_BACK_ACTIVE)).unwrap_or(longest)))
}

/// Chooses among the candidates.
pub(super) fn propose(
    curve: &Curve,
    candidates: &[Candidate],
    asked: Option<(Days, Days)>,
    shop: &ShopFigures,
    settings: &ProfileSettings,
) -> Proposal {
    let mut notes = notes_on(curve, shop, settings);
    let Some((horizon, active)) = asked else { return nothing(asked, nothing_asked(curve), notes) };
    let choice = Choice { curve, candidates, horizon, active };
    let Some((chosen, fit)) = choice.choose() else {
        return nothing(asked, choice.why_nothing(), notes);
    };
    notes.extend(notes_on_rate(chosen));
    Proposal {
        horizon_days: Some(chosen.horizon_days),
        active_days: Some(chosen.active_days),
        asked,
        fit,
        why: choice.why(chosen, fit),
        notes,
    }
}

fn nothing(asked: Option<(Days, Days)>, why: String, notes: Vec<String>) -> Proposal {
    Proposal { horizon_days: None, active_days: None, asked, fit: ProposalKind::Nothing, why, notes }
}

/// What is chosen among, and what for.
struct Choice<'a> {
    curve: &'a Curve,
    candidates: &'a [Candidate],
    /// What the curve asks for.
    horizon: Days,
    active: Days,
}

impl<'a> Choice<'a> {
    fn choose(&self) -> Option<(&'a Candidate, ProposalKind)> {
        let Some(first) = self.best_of(self.horizon) else {
            let comes_back = |horizon: &Days| self.come_back(*horizon) >= COME_BACK_LEAST;
            let mut shorter = HORIZONS.into_iter().rev().filter(|horizon| *horizon < self.horizon).filter(comes_back);
            return Some((shorter.find_map(|horizon| self.best_of(horizon))?, ProposalKind::ShorterHorizon));
        };
        let mut longer = HORIZONS.into_iter().filter(|horizon| *horizon > self.horizon);
        let steadier = (!is_steady(first))
            .then(|| longer.find_map(|horizon| self.best_of(horizon).filter(|candidate| is_steady(candidate))));
        let fit = if first.active_days == self.active { ProposalKind::Asked } else { ProposalKind::ShorterWindow };
        Some(steadier.flatten().map_or((first, fit), |steadier| (steadier, ProposalKind::Steadier)))
    }

    /// The candidate of a horizon with the longest active window up to the one asked for that history allows.
    fn best_of(&self, horizon: Days) -> Option<&'a Candidate> {
        let longest = self.active.max(horizon);
        let fits = |candidate: &&Candidate| {
            candidate.horizon_days == horizon && candidate.active_days <= longest && candidate.obstacle.is_none()
        };
        // The config's own window is in the table to be compared, not to be recommended because it is there.
        let is_usual = |candidate: &&Candidate| WINDOWS.contains(&candidate.active_days);
        self.candidates.iter().filter(fits).filter(is_usual).max_by_key(|candidate| candidate.active_days)
    }

    fn come_back(&self, days: Days) -> f64 {
        self.curve.come_back_within(days.0).unwrap_or(0.0)
    }

    fn why(&self, chosen: &Candidate, fit: ProposalKind) -> String {
        let (horizon, active) = (chosen.horizon_days, chosen.active_days);
        let reach = |days: Days| format!("{:.0} % within {days}", percent_down(self.come_back(days)));
        let rule = format!(
            "of those who come back, {} and {}: the shortest usual horizon with at least {:.0} %, the shortest usual active \
             window with at least {:.0} %",
            reach(self.horizon),
            reach(self.active),
            100.0 * COME_BACK_HORIZON,
            100.0 * COME_BACK_ACTIVE
        );
        let points = |candidate: &Candidate| format!("{:.0} points", 100.0 * candidate.spread.unwrap_or(0.0));
        match fit {
            ProposalKind::Steadier => format!(
                "{rule}; but at {} the churn rate swings by {} between cutoffs, and {horizon} is the next horizon at which \
                 it is steady",
                self.horizon,
                self.best_of(self.horizon).map_or_else(String::new, points)
            ),
            ProposalKind::ShorterWindow => format!(
                "{rule}; history is too short for {} with {}, and {active} is the longest active window that it allows",
                self.horizon, self.active
            ),
            ProposalKind::ShorterHorizon => format!(
                "{rule}; but history is too short to learn with {} ({}): {horizon} is the longest that it allows, at which \
                 only {:.0} % have come back, so that many count as churned who do come back later",
                self.horizon,
                self.obstacle(),
                percent_down(self.come_back(horizon))
            ),
            ProposalKind::Asked | ProposalKind::Nothing => rule,
        }
    }

    fn why_nothing(&self) -> String {
        let is_short = self.asked_for().and_then(|candidate| candidate.obstacle).is_some_and(|it| it.is_of_history());
        let what =
            if is_short { "history is too short to learn with" } else { "there is too little to learn from with" };
        format!(
            "the gaps ask for a horizon of {} and an active window of {}, but {what} them ({}), and no shorter horizon is \
             possible at which half of those who come back have come back",
            self.horizon,
            self.active,
            self.obstacle()
        )
    }

    fn asked_for(&self) -> Option<&'a Candidate> {
        let is_asked =
            |candidate: &&Candidate| (candidate.horizon_days, candidate.active_days) == (self.horizon, self.active);
        self.candidates.iter().find(is_asked)
    }

    fn obstacle(&self) -> String {
        self.asked_for().and_then(|candidate| candidate.obstacle).map_or_else(String::new, |it| it.to_string())
    }
}

/// Percent, rounded down, so that 79.6 does not read as the 80 that it does not reach.
fn percent_down(share: f64) -> f64 {
    // A share that is whole percents must not lose one to the last bit.
    (100.0 * share + 1e-9).floor()
}

fn is_steady(candidate: &Candidate) -> bool {
    candidate.spread.is_some_and(|spread| spread <= STEADY)
}

fn nothing_asked(curve: &Curve) -> String {
    if curve.end_day == 0 {
        format!("there are too few orders: a curve needs {MIN_WATCHED} customers watched at a time")
    } else if curve.steps.is_empty() {
        "nobody came back, so that there is no rhythm to take a horizon from".to_owned()
    } else {
        let longest = HORIZONS.into_iter().max().unwrap_or(Days(0));
        format!(
            "of those who come back, fewer than {:.0} % do so within {longest}: longer horizons are not usual, and a person \
             should choose",
            100.0 * COME_BACK_HORIZON
        )
    }
}

fn notes_on(curve: &Curve, shop: &ShopFigures, settings: &ProfileSettings) -> Vec<String> {
    let mut notes = Vec::new();
    if (shop.customers as u64) < u64::from(settings.min_customers) {
        notes.push(format!(
            "{} with an order; `validate.min_customers` asks for {}",
            counted(shop.customers as u64, "customer"),
            grouped(u64::from(settings.min_customers))
        ));
    }
    if shop.one_order_share >= MOSTLY_ONCE {
        notes.push(format!(
            "{:.0} % of the customers have one order: hardly anyone is there to leave, and the question is rather who comes \
             back at all",
            percent_down(shop.one_order_share)
        ));
    }
    if curve.flat_from_day.is_none() && !curve.steps.is_empty() {
        notes.push(format!(
            "the curve still rises where it ends, after {}: a longer history may ask for a longer horizon",
            Days(curve.end_day)
        ));
    }
    notes
}

fn notes_on_rate(chosen: &Candidate) -> Vec<String> {
    let mut notes = Vec::new();
    if let Some(spread) = chosen.spread.filter(|_| !is_steady(chosen)) {
        notes.push(format!(
            "the churn rate swings by {:.0} points between cutoffs (steady is up to {:.0}): look at the season and at gaps in \
             the feed",
            100.0 * spread,
            100.0 * STEADY
        ));
    }
    if let Some(rate) = chosen.mean_rate.filter(|rate| !TELLING.contains(rate)) {
        notes.push(format!(
            "{:.1} % churn: nearly all customers do the same, which leaves little to predict",
            100.0 * rate
        ));
    }
    notes
}
