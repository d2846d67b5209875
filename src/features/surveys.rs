//! What customers say when they are asked.

use super::spec::{Family, Feature, Unit, count, ratio};
use super::telling::{Fact, Side};
use crate::timeline::{Available, History, KnownAnswer, Window};

const fn survey(name: &'static str, unit: Unit, meaning: &'static str) -> Feature {
    Feature::new(name, Family::Surveys, unit).needs(Available::Surveys).meaning(meaning)
}

type Mark = fn(&KnownAnswer) -> f64;
const fn nps(answer: &KnownAnswer) -> f64 {
    answer.nps
}
const fn csat(answer: &KnownAnswer) -> f64 {
    answer.csat
}

fn marks<'a>(history: &'a History<'_>, mark: Mark) -> impl DoubleEndedIterator<Item = f64> + use<'a> {
    history.answers().iter().map(mark).filter(|mark| mark.is_finite())
}

/// The latest mark; of several at one instant the lowest.
fn last(history: &History<'_>, mark: Mark) -> f64 {
    let marked = |answer: &&KnownAnswer| mark(answer).is_finite();
    let Some(latest) = history.answers().iter().rev().find(marked) else { return f64::NAN };
    let at_once = history.answers().iter().filter(marked).filter(|answer| answer.answered_at == latest.answered_at);
    at_once.map(mark).fold(f64::NAN, f64::min)
}

fn mean(history: &History<'_>, mark: Mark) -> f64 {
    ratio(marks(history, mark).sum(), count(marks(history, mark).count()))
}

/// The latest mark less the mean of all; missing with fewer than two.
fn change(history: &History<'_>, mark: Mark) -> f64 {
    if marks(history, mark).count() < 2 { f64::NAN } else { last(history, mark) - mean(history, mark) }
}

/// At most this much of 10 is a detractor's mark.
const DETRACTOR: f64 = 6.0;

pub(super) const FEATURES: &[Feature] = &[
    survey("surveys_all_count", Unit::Count, "Surveys answered so far.")
        .adds_to(Fact::Surveys)
        .is(|h, _| count(h.answers().len())),
    survey("surveys_365d_count", Unit::Count, "Surveys answered in the last 365 days.")
        .adds_to(Fact::Surveys)
        .over(Window::Days365)
        .is(|h, _| count(h.answers().iter().filter(|answer| h.days_since(answer.answered_at) <= 365.0).count())),
    survey("survey_recency_days", Unit::Days, "Days since a survey was last answered.")
        .adds_to(Fact::Surveys)
        .or_missing()
        .is(|h, _| h.answers().last().map_or(f64::NAN, |answer| h.days_since(answer.answered_at))),
    survey(
        "nps_last_level",
        Unit::Level,
        "Latest likelihood to recommend, 0 to 10; of several at one instant the lowest.",
    )
    .tells(Fact::Surveys, Side::Low, "last rated the shop {nps_last_level} of 10")
    .needs(Available::Nps)
    .or_missing()
    .is(|h, _| last(h, nps)),
    survey("nps_mean_level", Unit::Level, "Mean likelihood to recommend, 0 to 10.")
        .tells(Fact::Surveys, Side::Low, "rates the shop {nps_mean_level} of 10 on average")
        .needs(Available::Nps)
        .or_missing()
        .is(|h, _| mean(h, nps)),
    survey(
        "nps_change_level",
        Unit::Level,
        "Latest likelihood to recommend less the mean of all; missing with fewer than two.",
    )
    .tells(
        Fact::Surveys,
        Side::Low,
        "[nps_last_level<nps_mean_level]last rated the shop {nps_last_level} of 10, {nps_mean_level} on average",
    )
    .needs(Available::Nps)
    .or_missing()
    .is(|h, _| change(h, nps)),
    survey("nps_detractor_share", Unit::Share, "Share of the likelihoods to recommend of 6 or less.")
        .adds_to(Fact::Surveys)
        .needs(Available::Nps)
        .or_missing()
        .is(|h, _| ratio(count(marks(h, nps).filter(|mark| *mark <= DETRACTOR).count()), count(marks(h, nps).count()))),
    survey("csat_last_level", Unit::Level, "Latest satisfaction, 1 to 5; of several at one instant the lowest.")
        .tells(Fact::Surveys, Side::Low, "last rated the shop {csat_last_level} of 5")
        .needs(Available::Csat)
        .or_missing()
        .is(|h, _| last(h, csat)),
    survey("csat_mean_level", Unit::Level, "Mean satisfaction, 1 to 5.")
        .tells(Fact::Surveys, Side::Low, "rates the shop {csat_mean_level} of 5 on average")
        .needs(Available::Csat)
        .or_missing()
        .is(|h, _| mean(h, csat)),
    survey("csat_change_level", Unit::Level, "Latest satisfaction less the mean of all; missing with fewer than two.")
        .tells(
            Fact::Surveys,
            Side::Low,
            "[csat_last_level<csat_mean_level]last rated the shop {csat_last_level} of 5, {csat_mean_level} on average",
        )
        .needs(Available::Csat)
        .or_missing()
        .is(|h, _| change(h, csat)),
];
