//! The lists themselves beside those of the nights before by the same model: how many customers, how probable it is that
//! they leave, and how many of the first stayed first. What a night may change is learnt from what nights changed.

use super::alarm::{Alarm, BASE_RATE, Level, POPULATION, SCORES, TURNOVER};
use super::night::{Night, Scores};
use super::shift::psi;
use super::words::percent;
use crate::text::{counted, grouped};

/// Changes from night to night that have to be known.
const LEAST_CHANGES: usize = 5;
/// The widest of them is allowed this many times.
const MARGIN: f64 = 3.0;
/// Changes that do not matter, whatever the nights before were: of the number of customers, of the mean probability, of the
/// index of the distribution, and of the share of the first places.
const LEAST_GROWTH: f64 = 0.1;
const LEAST_RATE: f64 = 0.03;
const LEAST_PSI: f64 = 0.1;
const LEAST_TURNOVER: f64 = 0.3;
/// A mean probability that lies outside the rates of training by less is within them.
const LEAST_BEYOND: f64 = 0.1;
/// Places of a list that say something.
const LEAST_PLACES: u32 = 20;

/// The first alarm about the list of a night, causes first. `nights` are those before it by the same model, the earliest
/// first; `churn_rates` those at the training cutoffs.
pub(super) fn look(tonight: &Scores, as_of: i32, nights: &[&Night], churn_rates: &[f64]) -> Option<Alarm> {
    let all: Vec<(i32, &Scores)> =
        nights.iter().map(|night| (night.as_of_day, &night.scores)).chain([(as_of, tonight)]).collect();
    population(&all)
        .or_else(|| base_rate(&all))
        .or_else(|| beyond_training(&all, churn_rates))
        .or_else(|| distribution(&all))
        .or_else(|| turnover(&all))
}

/// A change tonight beyond what nights changed, and how many are known.
struct Jump {
    change: f64,
    limit: f64,
    n_known: usize,
}

/// What changed between two nights, larger over a longer time: a random walk goes as far as the root of its time.
fn jump(all: &[(i32, &Scores)], least: f64, change: impl Fn(&Scores, &Scores) -> Option<f64>) -> Option<Jump> {
    let root = |days: i32| f64::from(days.max(1)).sqrt();
    let pairs = all.windows(2).filter_map(|pair| match pair {
        [(from, before), (to, after)] => Some((*to, root(to - from), change(before, after)?)),
        _ => None,
    });
    let mut pairs: Vec<(i32, f64, f64)> = pairs.collect();
    let (day, days, change) = pairs.pop()?;
    if pairs.len() < LEAST_CHANGES || Some(day) != all.last().map(|(day, _)| *day) {
        return None;
    }
    let widest = pairs.iter().map(|(_, days, change)| change.abs() / days).fold(0.0, f64::max);
    let limit = (MARGIN * widest * days).max(least);
    (change.abs() > limit).then_some(Jump { change, limit, n_known: pairs.len() })
}

fn last_two<'s>(all: &[(i32, &'s Scores)]) -> Option<[&'s Scores; 2]> {
    match all {
        [.., (_, before), (_, now)] => Some([before, now]),
        _ => None,
    }
}

fn alarm(check: &'static str, (figure, limit, n): (f64, f64, u64), message: String, hint: &str) -> Alarm {
    let (feed, column, hint) = (None, None, hint.to_owned());
    Alarm { check, level: Level::Warn, feed, column, figure, limit, n, message, hint }
}

fn population(all: &[(i32, &Scores)]) -> Option<Alarm> {
    let growth = |before: &Scores, after: &Scores| (before.n > 0).then(|| after.n as f64 / before.n as f64 - 1.0);
    let jump = jump(all, LEAST_GROWTH, growth)?;
    let [before, now] = last_two(all)?;
    let message = format!(
        "{} are on both lists, after {} on the list before: {:+.1} %; between {} lists it was never more than a third of the \
         {} that are allowed",
        counted(now.n, "customer"),
        grouped(before.n),
        100.0 * jump.change,
        grouped(jump.n_known as u64 + 1),
        percent(jump.limit),
    );
    let hint =
        "were customers imported, merged or deleted? Look at the first purchases of those who are new on the list";
    Some(alarm(POPULATION, (jump.change, jump.limit * jump.change.signum(), now.n), message, hint))
}

fn base_rate(all: &[(i32, &Scores)]) -> Option<Alarm> {
    let jump = jump(all, LEAST_RATE, |before, after| Some(after.mean - before.mean))?;
    let [before, now] = last_two(all)?;
    let message = format!(
        "the mean churn probability of {} is {}, after {} on the list before; a change of {} is allowed by {} lists before",
        counted(now.n, "customer"),
        percent(now.mean),
        percent(before.mean),
        percent(jump.limit),
        grouped(jump.n_known as u64 + 1),
    );
    Some(alarm(BASE_RATE, (jump.change, jump.limit * jump.change.signum(), now.n), message, SHOP_CHANGED))
}

const SHOP_CHANGED: &str =
    "look at what changed in the shop or its data on these days; if it stays so, train a model with `retain run`";

/// On the first nights of a model, the rates at its training cutoffs say what is usual: their range, and half of it beyond.
fn beyond_training(all: &[(i32, &Scores)], rates: &[f64]) -> Option<Alarm> {
    let (_, now) = all.last()?;
    if all.len() > LEAST_CHANGES + 1 || rates.len() < 2 {
        return None;
    }
    let [low, high] = [rates.iter().copied().fold(1.0, f64::min), rates.iter().copied().fold(0.0, f64::max)];
    let beyond = (0.5 * (high - low)).max(LEAST_BEYOND);
    let limit = if now.mean > high { high + beyond } else { low - beyond };
    ((now.mean > high + beyond) || (now.mean < low - beyond)).then(|| {
        let message = format!(
            "the mean churn probability of {} is {}; at {} training cutoffs between {} and {} left",
            counted(now.n, "customer"),
            percent(now.mean),
            grouped(rates.len() as u64),
            percent(low),
            percent(high),
        );
        alarm(BASE_RATE, (now.mean, limit, now.n), message, SHOP_CHANGED)
    })
}

fn distribution(all: &[(i32, &Scores)]) -> Option<Alarm> {
    let jump = jump(all, LEAST_PSI, |before, after| Some(psi(&after.bins, &before.bins)))?;
    let [_, now] = last_two(all)?;
    let message = format!(
        "churn probabilities of {} are distributed otherwise than on the list before: PSI {:.2}, allowed {:.2} by {} lists before",
        counted(now.n, "customer"),
        jump.change,
        jump.limit,
        grouped(jump.n_known as u64 + 1),
    );
    Some(alarm(SCORES, (jump.change, jump.limit, now.n), message, SHOP_CHANGED))
}

fn turnover(all: &[(i32, &Scores)]) -> Option<Alarm> {
    let gone = |_: &Scores, after: &Scores| {
        let turnover = after.turnover.as_ref()?;
        (turnover.places >= LEAST_PLACES)
            .then(|| f64::from(turnover.places - turnover.kept) / f64::from(turnover.places))
    };
    let jump = jump(all, LEAST_TURNOVER, gone)?;
    let turnover = last_two(all)?[1].turnover.as_ref()?;
    let message = format!(
        "{} of the first {} of the list before are among them again; {} may change by {} lists before",
        grouped(u64::from(turnover.kept)),
        grouped(u64::from(turnover.places)),
        percent(jump.limit.min(1.0)),
        grouped(jump.n_known as u64 + 1),
    );
    let hint = "no check found why: compare the reasons of the first rows with the list before, and what changed in the \
                playbook or the budget";
    Some(alarm(TURNOVER, (jump.change, jump.limit, u64::from(turnover.places)), message, hint))
}

#[cfg(test)]
mod tests {
    use super::super::night::Turnover;
    use super::*;

    fn scores(n: u64, mean: f64, kept: u32) -> Scores {
        let bins = vec![n / 2, n / 2];
        Scores { n, mean, bins, turnover: Some(Turnover { places: 100, kept }) }
    }

    fn check(tonight: &Scores, n_nights: i32) -> Option<&'static str> {
        let night = |day: i32| {
            let swing = f64::from(day % 3) / 200.0;
            scores(1_000 + u64::from(day.unsigned_abs()) % 4, 0.3 + swing, 94 + u32::try_from(day % 5).unwrap())
        };
        let nights: Vec<Scores> = (0..n_nights).map(night).collect();
        let all: Vec<(i32, &Scores)> = (0..).zip(&nights).chain([(n_nights, tonight)]).collect();
        let first = population(&all).or_else(|| base_rate(&all)).or_else(|| beyond_training(&all, &[0.25, 0.35]));
        first.or_else(|| distribution(&all)).or_else(|| turnover(&all)).map(|alarm| alarm.check)
    }

    #[test]
    fn a_usual_night_is_quiet_and_each_jump_is_one_alarm() {
        assert_eq!(check(&scores(1_003, 0.31, 93), 12), None);
        assert_eq!(check(&scores(1_400, 0.45, 50), 12), Some(POPULATION));
        assert_eq!(check(&scores(1_003, 0.36, 50), 12), Some(BASE_RATE));
        assert_eq!(check(&scores(1_003, 0.30, 50), 12), Some(TURNOVER));
        let moved = Scores { bins: vec![900, 103], ..scores(1_003, 0.3, 95) };
        assert_eq!(check(&moved, 12), Some(SCORES));
    }

    #[test]
    fn the_first_nights_are_held_against_training_alone() {
        assert_eq!(check(&scores(2_000, 0.31, 10), 2), None);
        assert_eq!(check(&scores(2_000, 0.52, 10), 2), Some(BASE_RATE));
    }
}
