//! Comparisons of models whose quality is known, because the chance of each customer to leave is.

use super::super::input::LearnerScores;
use super::*;
use crate::error::Report;

fn noise(id: u32, factor: u32) -> f64 {
    f64::from(id.wrapping_mul(factor) >> 8) / f64::from(1_u32 << 24)
}

fn logistic(z: f64) -> f64 {
    1.0 / (1.0 + (-z).exp())
}

/// Log-odds of a customer to leave.
fn truth(id: u32) -> f64 {
    4.0 * noise(id, 2_654_435_769) - 2.0
}

/// Customers `first..first + n`, of whom two models say something.
fn cutoff(date: &str, first: u32, n: u32, says: [fn(u32) -> f64; 2]) -> TestCutoff {
    let ids: Vec<u32> = (first..first + n).collect();
    let scores = |name: &str, says: fn(u32) -> f64| LearnerScores {
        name: name.to_owned(),
        is_probability: true,
        values: ids.iter().map(|id| says(*id)).collect(),
    };
    TestCutoff {
        cutoff: date.to_owned(),
        churned: ids.iter().map(|id| noise(*id, 2_246_822_519) < logistic(truth(*id))).collect(),
        value: ids.iter().map(|id| 1.0 + f64::from(id % 97)).collect(),
        slices: Vec::new(),
        scores: vec![scores(CHALLENGER, says[0]), scores(CHAMPION, says[1])],
        customer: ids,
    }
}

fn compared(n: u32, says: [fn(u32) -> f64; 2]) -> Challenge {
    let tests = [cutoff("2025-03-01", 0, n, says), cutoff("2025-04-01", n / 2, n, says)];
    let settings = Settings { seed: 5, n_bootstrap: 200, population: "all".to_owned() };
    Challenge::new(&tests, &settings).unwrap().unwrap()
}

fn knows(id: u32) -> f64 {
    logistic(truth(id))
}

fn guesses(id: u32) -> f64 {
    logistic(0.4 * truth(id) + 3.0 * (noise(id, 3_266_489_917) - 0.5))
}

fn nearly_knows(id: u32) -> f64 {
    logistic(truth(id) + 0.05 * (noise(id, 3_266_489_917) - 0.5))
}

fn roughly_knows(id: u32) -> f64 {
    logistic(truth(id) + 2.0 * (noise(id, 668_265_263) - 0.5))
}

fn exaggerates(id: u32) -> f64 {
    logistic(1.6 * truth(id) + 0.9)
}

fn exaggerates_more(id: u32) -> f64 {
    logistic(2.5 * truth(id) + 1.8)
}

#[test]
fn equal_models_are_level_and_the_newer_takes_over() {
    let same = compared(1_000, [knows, knows]);
    let difference = same.auc.difference.unwrap();
    assert_eq!([difference.low, difference.high].map(f64::to_bits), [0.0_f64.to_bits(); 2]);
    assert_eq!(same.finding(), Finding::Level);
    assert_eq!(compared(1_000, [nearly_knows, knows]).finding(), Finding::Level);
    assert!(Finding::Level.takes_over());
}

#[test]
fn a_much_better_model_takes_over_and_a_much_worse_one_does_not() {
    let better = compared(1_000, [knows, guesses]);
    assert_eq!(better.finding(), Finding::Better);
    assert!(better.value_found.difference.unwrap().estimate > 0.0);
    let worse = compared(1_000, [guesses, knows]);
    assert_eq!(worse.finding(), Finding::Worse);
    assert!(!worse.finding().takes_over());
    let (gain, loss) = (better.auc.difference.unwrap(), worse.auc.difference.unwrap());
    assert!((gain.estimate + loss.estimate).abs() < 1e-12 && (gain.low + loss.high).abs() < 1e-12);
}

#[test]
fn too_few_rows_show_nothing_and_promote_nothing() {
    let few = compared(60, [roughly_knows, knows]);
    assert_eq!(few.finding(), Finding::Unclear, "{few:?}");
    assert!(!few.finding().takes_over());
}

#[test]
fn probabilities_that_are_off_are_refused_unless_those_in_use_are_farther_off() {
    let timid = |id: u32| logistic(0.3 * truth(id));
    let against_worse = compared(2_000, [exaggerates, exaggerates_more]);
    assert_eq!(against_worse.finding(), Finding::Better);
    // Equal order and a champion that is nearly calibrated: log-loss alone would refuse it, so it is left out here.
    let mut off = compared(2_000, [exaggerates, knows]);
    off.log_loss.difference = Some(Interval { estimate: 0.0, low: -0.001, high: 0.001 });
    assert_eq!(off.finding(), Finding::Miscalibrated);
    let mut timid = compared(2_000, [timid, knows]);
    timid.log_loss.difference = off.log_loss.difference;
    assert_eq!(timid.finding(), Finding::Miscalibrated);
}

#[test]
fn pairing_narrows_the_interval() {
    let challenge = compared(1_000, [nearly_knows, knows]);
    let width = |interval: Option<Interval>| interval.map(|interval| interval.high - interval.low).unwrap();
    let paired = width(challenge.auc.difference);
    // Of independent samples, the variances would add up.
    let unpaired = width(challenge.auc.challenger).hypot(width(challenge.auc.champion));
    assert!(paired < unpaired / 5.0, "{paired} {unpaired}");
    let money = (width(challenge.value_found.challenger), width(challenge.value_found.difference));
    assert!(money.1 < money.0, "{money:?}");
}

/// Ten customers, one is listed; of ten times 97 and 3 in value, the champion lists who left with 97, the challenger 3.
#[test]
fn money_by_hand() {
    let mut test = cutoff("2025-03-01", 0, 10, [knows, knows]);
    test.churned = (0..10).map(|row| row < 4).collect();
    test.value = vec![97.0, 3.0, 5.0, 7.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0];
    test.scores[0].values = vec![0.001, 0.9, 0.2, 0.2, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1];
    test.scores[1].values = vec![0.5; 10];
    let settings = Settings { seed: 5, n_bootstrap: 200, population: "all".to_owned() };
    let money = Challenge::new(&[test], &settings).unwrap().unwrap().value_found;
    let estimates = [money.challenger, money.champion, money.difference].map(|money| money.unwrap().estimate);
    for (found, by_hand) in estimates.into_iter().zip([0.3, 9.7, -9.4]) {
        assert!((found - by_hand).abs() < 1e-12, "{estimates:?}");
    }
}

#[test]
fn nobody_cannot_be_compared() {
    let settings = Settings { seed: 5, n_bootstrap: 40, population: "all".to_owned() };
    assert_eq!(Challenge::new(&[], &settings).unwrap(), None);
    let mut broken = cutoff("2025-03-01", 0, 10, [knows, knows]);
    broken.scores[1].values[3] = f64::NAN;
    assert_eq!(Challenge::new(&[broken], &settings).unwrap_err().code(), "E413");
}
