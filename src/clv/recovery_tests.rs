//! Shops simulated from known parameters: fits give them back, predictions come true, covariates are found.

use super::testing::{Random, repeat_purchases, shop, typical};
use super::*;

fn model(kind: ModelKind, parameters: &[f64]) -> PurchaseModel {
    kind.with_parameters(parameters).unwrap()
}

fn history(x: u32, t_x: f64, t: f64) -> CustomerSummary {
    CustomerSummary::new(x, t_x, t).unwrap()
}

#[test]
fn simulated_futures_agree_with_predictions() {
    for (seed, model) in typical().into_iter().enumerate() {
        let mut random = Random::new(seed as u64 + 77);
        let (mut came, mut none, mut expected, mut expected_none) = (0.0, 0.0, 0.0, 0.0);
        for _ in 0..60_000 {
            let times = repeat_purchases(&model, 52.0, &mut random);
            let mut before: Vec<f64> = vec![0.0];
            before.extend(times.iter().filter(|time| **time <= 26.0));
            let history = CustomerSummary::from_purchases(&before, 26.0).unwrap();
            let future = (times.len() + 1 - before.len()) as f64;
            came += future;
            none += f64::from(u8::from(future < 1.0));
            expected += model.expected_purchases(&history, 26.0);
            expected_none += model.probability_no_purchase(&history, 26.0);
        }
        let name = model.kind().name();
        assert!((expected / came - 1.0_f64).abs() < 0.03, "{name}: {expected} {came}");
        assert!((expected_none / none - 1.0_f64).abs() < 0.01, "{name}: {expected_none} {none}");
    }
}

/// Fits 50 simulated shops, and returns how far estimates lie from the truth, in standard errors of their logarithms.
fn distances(truth: &PurchaseModel, n_customers: u32) -> Vec<f64> {
    let mut distances = Vec::new();
    for seed in 0..50 {
        let shop = Grouped::new(&shop(truth, n_customers, 40.0, 2_000 + seed)).unwrap();
        let fit = fit(&shop, TimeUnit::Week, Wanted::Model(truth.kind())).unwrap();
        assert_eq!(fit.model.kind(), truth.kind(), "{:?}", fit.steps);
        // At the true parameters, because at low estimates the likelihood is steeper than it is wide.
        let errors = standard_errors(truth, &shop);
        for ((estimate, true_value), error) in fit.model.parameters().iter().zip(truth.parameters()).zip(errors) {
            distances.push((estimate / true_value).ln() / error.log_standard_error.unwrap());
        }
    }
    distances
}

/// A distance beyond three happens by chance, about once in four hundred: the fifty seeds are ones without, of which the
/// spread of the distances, held near one, is the stricter test.
fn recovered(truth: &PurchaseModel, n_customers: u32) {
    let distances = distances(truth, n_customers);
    let farthest = distances.iter().fold(0.0, |far: f64, distance| far.max(distance.abs()));
    assert!(farthest < 3.0, "{}: {farthest} standard errors", truth.kind().name());
    // Standard errors that were too wide would pass the first test alone.
    let spread = (distances.iter().map(|distance| distance * distance).sum::<f64>() / distances.len() as f64).sqrt();
    assert!((0.8..1.2).contains(&spread), "{}: spread {spread}", truth.kind().name());
}

#[test]
fn simulated_shops_give_back_bg_nbd() {
    recovered(&model(ModelKind::BG_NBD, &[0.8, 6.0, 0.8, 2.5]), 4_000);
}

#[test]
fn simulated_shops_give_back_mbg_nbd() {
    recovered(&model(ModelKind::MBG_NBD, &[0.8, 6.0, 0.8, 2.5]), 25_000);
}

#[test]
fn simulated_shops_give_back_regular_customers() {
    recovered(&model(ModelKind::MbgCnbd { regularity: 2 }, &[1.3, 2.8, 0.5, 1.5]), 4_000);
}

#[test]
fn simulated_shops_give_back_pareto_nbd() {
    recovered(&model(ModelKind::ParetoNbd, &[0.8, 6.0, 0.7, 12.0]), 3_000);
}

#[test]
fn simulated_shops_give_back_nbd() {
    recovered(&model(ModelKind::Nbd, &[0.5, 8.0]), 3_000);
}

#[test]
fn the_likelihood_finds_the_regularity() {
    for regularity in 1..=3 {
        let truth = model(ModelKind::MbgCnbd { regularity }, &[1.3, 2.8, 0.5, 1.5]);
        let shop = Grouped::new(&shop(&truth, 2_000, 40.0, 3)).unwrap();
        let fit = fit(&shop, TimeUnit::Week, Wanted::ChosenRegularity).unwrap();
        assert_eq!(fit.model.kind(), truth.kind());
        let accepted = fit.steps.iter().filter(|step| step.outcome == FitOutcome::Accepted).count();
        assert_eq!(accepted, 1, "{:?}", fit.steps);
    }
}

#[test]
fn covariates_are_found_and_tested() {
    for (kind, plain) in [(ModelKind::BG_NBD, [0.8, 6.0, 0.5, 2.5]), (ModelKind::ParetoNbd, [0.8, 6.0, 0.7, 12.0])] {
        let dropout_moves = |parameters: &mut [f64; 4]| match kind {
            ModelKind::ParetoNbd => parameters[3] *= (-0.8_f64).exp(),
            _ => parameters[2] *= 0.8_f64.exp(),
        };
        let mut complained = plain;
        dropout_moves(&mut complained);
        let mut customers = shop(&model(kind, &plain), 4_000, 40.0, 11);
        customers.extend(shop(&model(kind, &complained), 4_000, 40.0, 12));
        let complaint: Vec<f64> = (0..8_000).map(|i| f64::from(u8::from(i >= 4_000))).collect();
        let noise: Vec<f64> = (0..8_000).map(|i| f64::from(i % 2)).collect();
        let named = |name: &str, values: &[f64]| Covariate { name: name.to_owned(), values: values.to_vec() };
        let covariates =
            Covariates { purchase: vec![named("noise", &noise)], dropout: vec![named("complaint", &complaint)] };
        let fit = fit_covariates(&customers, &covariates, kind).unwrap();
        let (effect, noise) = (&fit.dropout[0], &fit.purchase[0]);
        assert!((effect.estimate - 0.8).abs() < 3.0 * effect.standard_error.unwrap(), "{effect:?}");
        assert!(noise.estimate.abs() < 3.0 * noise.standard_error.unwrap(), "{noise:?}");
        assert!(fit.test.p_value < 1e-6 && fit.test.degrees_of_freedom == 2, "{:?}", fit.test);
        let shifted = fit.model_for(&[0.0], &[1.0]).unwrap();
        let customer = history(3, 20.0, 40.0);
        assert!(shifted.probability_alive(&customer) < fit.model.probability_alive(&customer));
    }
    let none =
        Covariates { purchase: Vec::new(), dropout: vec![Covariate { name: "a".to_owned(), values: vec![0.0] }] };
    assert!(fit_covariates(&[history(1, 1.0, 2.0)], &none, ModelKind::Nbd).is_err());
    assert!(fit_covariates(&[], &Covariates::default(), ModelKind::Nbd).is_err());
}
