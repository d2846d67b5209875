//! Value models at scale: fitting and predicting for customers with distinct histories, from a seeded generator.
//!
//! `beside_lifetimes.py` runs it beside the Python package `lifetimes` on the same machine.

#![expect(clippy::unwrap_used, reason = "a bench that cannot go on fails")]

use retain::clv::{
    CustomerSummary, GammaGamma, Grouped, ModelKind, PurchaseModel, SpendSummary, TimeUnit, ValueSettings,
    ValuedCustomer, Wanted, fit, lifetime_values, predict_all,
};

const MILLION: u64 = 1_000_000;

fn main() {
    divan::main();
}

/// A uniform number in (0, 1) from a counter (`SplitMix64`).
fn uniform(counter: &mut u64) -> f64 {
    *counter = counter.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut z = *counter;
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    (((z ^ (z >> 31)) >> 11) as f64 + 0.5) / 9_007_199_254_740_992.0
}

/// Customers whose rates are exponential with mean 1/6 per week and who leave after a purchase with a chance that
/// is beta with a = 1 and b = 3; ages of one to two years to the second, so that all histories differ.
fn shop(n_customers: u64) -> Vec<CustomerSummary> {
    let mut counter = 42;
    let mut customer = |_| {
        let rate = -uniform(&mut counter).ln() / 6.0;
        let p = 1.0 - uniform(&mut counter).cbrt();
        let age = 52.0 * (1.0 + uniform(&mut counter));
        let mut times = vec![0.0];
        loop {
            let next = times.last().unwrap() - uniform(&mut counter).ln() / rate;
            if next > age {
                break;
            }
            times.push(next);
            if uniform(&mut counter) < p {
                break;
            }
        }
        CustomerSummary::from_purchases(&times, age).unwrap()
    };
    (0..n_customers).map(&mut customer).collect()
}

fn bg_nbd() -> PurchaseModel {
    ModelKind::BG_NBD.with_parameters(&[1.0, 6.0, 1.0, 3.0]).unwrap()
}

fn fit_kind(bencher: divan::Bencher<'_, '_>, n_customers: u64, kind: ModelKind) {
    let customers = shop(n_customers);
    bencher.bench_local(|| {
        let shop = Grouped::new(&customers).unwrap();
        fit(&shop, TimeUnit::Week, Wanted::Model(kind)).unwrap().log_likelihood
    });
}

#[divan::bench(args = [MILLION, 10 * MILLION], sample_count = 3, sample_size = 1)]
fn group_and_fit_bg_nbd(bencher: divan::Bencher<'_, '_>, n_customers: u64) {
    fit_kind(bencher, n_customers, ModelKind::BG_NBD);
}

#[divan::bench(args = [MILLION], sample_count = 3, sample_size = 1)]
fn group_and_fit_mbg_cnbd_2(bencher: divan::Bencher<'_, '_>, n_customers: u64) {
    fit_kind(bencher, n_customers, ModelKind::MbgCnbd { regularity: 2 });
}

#[divan::bench(args = [MILLION], sample_count = 3, sample_size = 1)]
fn group_and_fit_pareto_nbd(bencher: divan::Bencher<'_, '_>, n_customers: u64) {
    fit_kind(bencher, n_customers, ModelKind::ParetoNbd);
}

fn predict_with(bencher: divan::Bencher<'_, '_>, model: PurchaseModel) {
    let customers = shop(MILLION);
    bencher.bench_local(|| predict_all(&model, &customers, 52.0).len());
}

#[divan::bench(sample_count = 3, sample_size = 1)]
fn predict_bg_nbd_for_a_million(bencher: divan::Bencher<'_, '_>) {
    predict_with(bencher, bg_nbd());
}

#[divan::bench(sample_count = 3, sample_size = 1)]
fn predict_pareto_nbd_for_a_million(bencher: divan::Bencher<'_, '_>) {
    predict_with(bencher, ModelKind::ParetoNbd.with_parameters(&[0.8, 6.0, 0.7, 12.0]).unwrap());
}

#[divan::bench(args = [1.0, 5.0], sample_count = 3, sample_size = 1)]
fn lifetime_value_of_a_million(bencher: divan::Bencher<'_, '_>, horizon_years: f64) {
    let valued = |history: &CustomerSummary| {
        let spend = SpendSummary::new(history.frequency(), 30.0 * f64::from(history.frequency())).unwrap();
        ValuedCustomer { history: *history, spend, historic: 30.0, margin: 0.4 }
    };
    let customers: Vec<ValuedCustomer> = shop(MILLION).iter().map(valued).collect();
    let spend = GammaGamma::new(6.25, 3.74, 15.44).unwrap();
    let settings = ValueSettings::new(TimeUnit::Week, horizon_years, 0.1).unwrap();
    bencher.bench_local(|| lifetime_values(&bg_nbd(), &spend, &customers, &settings).len());
}
