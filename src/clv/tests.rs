//! Every model against slow second implementations, simulated shops, and histories meant to break it.

use proptest::prelude::*;

use super::bg_long::LongFuture;
use super::gamma_gamma::{GammaGamma, SpendSummary};
use super::search::Objective;
use super::testing::{Oracle, bg_oracle, hypergeometric, pareto_oracle, shop, typical};
use super::*;
use crate::maths::random::noise;

fn model(kind: ModelKind, parameters: &[f64]) -> PurchaseModel {
    kind.with_parameters(parameters).unwrap()
}

fn history(x: u32, t_x: f64, t: f64) -> CustomerSummary {
    CustomerSummary::new(x, t_x, t).unwrap()
}

fn histories() -> Vec<CustomerSummary> {
    vec![
        CustomerSummary::NEW,
        history(0, 0.0, 30.0),
        history(1, 0.5, 30.0),
        history(2, 30.43, 38.86),
        history(7, 35.0, 38.0),
        history(12, 12.0, 40.0),
    ]
}

fn agree(model: &PurchaseModel, history: &CustomerSummary, span: f64, oracle: &Oracle, log_likelihood: Option<f64>) {
    let name = format!("{} {history:?}", model.kind().name());
    let close = |what: &str, ours: f64, theirs: f64| {
        assert!((ours - theirs).abs() < 1e-6 * (1.0 + theirs.abs()), "{name} {what}: {ours} instead of {theirs}");
    };
    if let Some(ours) = log_likelihood {
        close("log-likelihood", ours, oracle.log_likelihood);
    }
    close("alive", model.probability_alive(history), oracle.alive);
    close("expected", model.expected_purchases(history, span), oracle.expected);
    close("no purchase", model.probability_no_purchase(history, span), 1.0 - oracle.at_least[0]);
    let counts = model.purchase_counts(history, span, 4);
    let mut at_least = 1.0;
    for (m, p) in counts.iter().take(4).enumerate() {
        at_least -= p;
        close("counts", at_least, oracle.at_least[m]);
    }
}

#[test]
fn predictions_agree_with_integration_over_the_hidden_rates() {
    for model in typical() {
        for history in histories() {
            match &model {
                PurchaseModel::Nbd(_) => {}
                PurchaseModel::BgNbd(inner) => {
                    let ours = (inner.regularity == 1).then(|| inner.log_likelihood_of(&history));
                    agree(&model, &history, 13.0, &bg_oracle(inner, &history, 13.0), ours);
                }
                PurchaseModel::ParetoNbd(inner) => {
                    let ours = Some(inner.log_likelihood_of(&history));
                    agree(&model, &history, 13.0, &pareto_oracle(inner, &history, 13.0), ours);
                }
            }
        }
    }
}

/// Fader, Hardie and Lee (2005), equation 10, with the hypergeometric function.
#[test]
#[expect(clippy::many_single_char_names, reason = "the letters of the paper")]
fn bg_nbd_agrees_with_the_published_closed_form() {
    let [r, alpha, a, b] = [0.243, 4.414, 0.793, 2.426];
    let model = model(ModelKind::BG_NBD, &[r, alpha, a, b]);
    for (x, t_x, t, span) in
        [(2, 30.43, 38.86, 39.0), (1, 2.0, 38.0, 5.0), (30, 30.0, 39.0, 100.0), (3, 9.0, 10.0, 300.0)]
    {
        let n = f64::from(x);
        let z = span / (alpha + t + span);
        let f = hypergeometric([r + n, b + n, a + b + n - 1.0], z);
        let ratio = ((alpha + t) / (alpha + t + span)).powf(r + n);
        let odds = a / (b + n - 1.0) * ((alpha + t) / (alpha + t_x)).powf(r + n);
        let published = (a + b + n - 1.0) / (a - 1.0) * (1.0 - ratio * f) / (1.0 + odds);
        let ours = model.expected_purchases(&history(x, t_x, t), span);
        assert!((ours / published - 1.0).abs() < 1e-9, "{x}: {ours} {published}");
    }
}

/// Schmittlein, Morrison and Colombo (1987): P(alive) with the hypergeometric function, for alpha below beta.
#[test]
fn pareto_nbd_agrees_with_the_published_closed_form() {
    let [r, alpha, s, beta] = [0.553, 10.578, 0.606, 11.669];
    let model = model(ModelKind::ParetoNbd, &[r, alpha, s, beta]);
    for (x, t_x, t) in [(2, 30.43, 38.86), (26, 30.86, 31.0), (1, 2.0, 38.0), (0, 0.0, 20.0)] {
        let n = r + f64::from(x);
        let part = |time: f64| {
            let f = hypergeometric([n + s, n, n + s + 1.0], (beta - alpha) / (beta + time));
            f / (beta + time).powf(n + s)
        };
        let silent = (alpha + t).powf(n) * (beta + t).powf(s) * (part(t_x) - part(t));
        let published = 1.0 / (1.0 + s / (n + s) * silent);
        let ours = model.probability_alive(&history(x, t_x, t));
        assert!((ours - published).abs() < 1e-9, "{x}: {ours} {published}");
    }
}

#[test]
fn singular_cases_of_the_closed_form_are_ordinary_here() {
    for (a, b) in [(1.0, 2.0), (0.3, 0.7), (0.5, 0.2), (1.0 + 1e-9, 2.0)] {
        let PurchaseModel::BgNbd(inner) = model(ModelKind::BG_NBD, &[0.3, 4.0, a, b]) else { panic!() };
        for history in [history(0, 0.0, 20.0), history(1, 3.0, 20.0)] {
            agree(&PurchaseModel::BgNbd(inner), &history, 13.0, &bg_oracle(&inner, &history, 13.0), None);
        }
    }
    let near = |s| model(ModelKind::ParetoNbd, &[0.5, 10.0, s, 11.0]).expected_purchases(&history(2, 30.0, 39.0), 39.0);
    assert!((near(1.0) - near(1.0 + 1e-9)).abs() < 1e-7 && (near(1.0) - near(1.0 - 1e-9)).abs() < 1e-7);
}

#[test]
fn long_sums_and_their_integral_agree() {
    for (regularity, a) in [(1, 0.793), (2, 0.5), (3, 1.0), (4, 0.05)] {
        let (r, alpha, b) = (0.243, 4.414, 2.426);
        let model = model(ModelKind::MbgCnbd { regularity }, &[r, alpha, a, b]);
        for (x, t_x, t, span) in [(0, 0.0, 0.0, 100.0), (100, 100.0, 100.0, 100.0), (5, 10.0, 10.0, 2_000.0)] {
            // A last purchase at the end of the history: the customer stands at stage 0.
            let history = history(x, t_x, t);
            let by_sum = model.expected_purchases(&history, span) / model.probability_alive(&history);
            let shape = r + f64::from(x * regularity);
            let long = LongFuture { regularity, stage: 0, shape, time_per_scale: span / (alpha + t) };
            let by_integral = long.expected(a, b + f64::from(x) + 1.0);
            assert!((by_sum / by_integral - 1.0).abs() < 1e-9, "{regularity} {x}: {by_sum} {by_integral}");
        }
    }
}

#[test]
fn gradients_agree_with_differences() {
    for model in typical() {
        let shop = Grouped::new(&shop(&model, 60, 30.0, 5)).unwrap();
        let objective = Objective::new(model.kind(), &shop);
        let point: Vec<f64> = objective.point(&model.parameters()).iter().map(|z| z + 0.1).collect();
        let gradient = objective.evaluate(&point).gradient;
        for (i, slope) in gradient.iter().enumerate() {
            let at = |by: f64| {
                let mut moved = point.clone();
                moved[i] += by;
                objective.evaluate(&moved).value
            };
            let difference = (at(1e-5) - at(-1e-5)) / 2e-5;
            assert!((slope - difference).abs() < 1e-7, "{} {i}: {slope} {difference}", model.kind().name());
        }
    }
}

#[test]
fn threads_change_nothing() {
    let customers = shop(&model(ModelKind::BG_NBD, &[0.8, 6.0, 0.8, 2.5]), 20_000, 40.0, 9);
    let run = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| {
            let shop = Grouped::new(&customers).unwrap();
            let fit = fit(&shop, TimeUnit::Week, Wanted::Model(ModelKind::BG_NBD)).unwrap();
            (predict_all(&fit.model, &customers, 13.0), fit)
        })
    };
    assert_eq!(run(1), run(3));
}

/// Regular customers who leave with one and the same chance: the parameters of dropout run to the edge together.
#[test]
fn dropout_alike_for_everyone_is_fitted_at_the_edge() {
    for (n, end) in [(251_u32, 500.0), (300, 600.0), (300, 660.0)] {
        let draw = |customer: u32, i: u32| noise::draw(u64::from(customer) << 32 | u64::from(i));
        let customer = |who: u32| {
            let gap = 8.0 + 32.0 * draw(who, 0).powi(2);
            let (mut at, mut times) = ((end - 60.0) * draw(who, 1), Vec::new());
            for i in 1.. {
                times.push(at);
                at += gap * (0.5 + draw(who, 2 * i));
                if at >= end || draw(who, 2 * i + 1) < 0.03 {
                    break;
                }
            }
            CustomerSummary::from_purchases(&times, end).unwrap()
        };
        let customers: Vec<CustomerSummary> = (0..n).map(customer).collect();
        let grouped = Grouped::new(&customers).unwrap();
        let fit = fit(&grouped, TimeUnit::Day, Wanted::Model(ModelKind::MBG_NBD)).unwrap();
        assert_eq!(fit.model.kind(), ModelKind::MBG_NBD, "{:?}", fit.steps);
    }
}

#[test]
fn shops_at_the_edge_get_a_usable_model() {
    let same = |x, t_x, t, n| vec![history(x, t_x, t); n];
    let shops = [
        same(1, 5.0, 10.0, 50),
        [same(0, 0.0, 10.0, 500), same(1, 1.0, 10.0, 1)].concat(),
        same(9_000, 99.0, 100.0, 3),
        [same(0, 0.0, 0.001, 20), same(3, 9.0, 1e6, 20)].concat(),
        same(1, 10.0, 10.0, 1),
        [same(0, 0.0, 5.0, 3), same(20, 5.0, 5.0, 3)].concat(),
    ];
    for customers in shops {
        let shop = Grouped::new(&customers).unwrap();
        for wanted in [
            Wanted::Model(ModelKind::BG_NBD),
            Wanted::Model(ModelKind::ParetoNbd),
            Wanted::ChosenRegularity,
            Wanted::Model(ModelKind::Nbd),
        ] {
            let fit = fit(&shop, TimeUnit::Day, wanted).unwrap();
            assert!(fit.log_likelihood.is_finite() && !fit.steps.is_empty(), "{fit:?}");
            for customer in &customers {
                sound(&fit.model, customer, 30.0);
            }
            let _ = standard_errors(&fit.model, &shop);
        }
    }
    let nobody_came_back = Grouped::new(&same(0, 0.0, 10.0, 30)).unwrap();
    assert!(fit(&nobody_came_back, TimeUnit::Day, Wanted::ChosenRegularity).is_err());
}

/// Nothing said of the customer is NaN, infinite, negative, or a probability outside [0, 1].
fn sound(model: &PurchaseModel, history: &CustomerSummary, span: f64) {
    let message = format!("{model:?} {history:?} {span}");
    let probability = |p: f64| assert!((0.0..=1.0).contains(&p), "{message}: probability {p}");
    let amount = |z: f64| assert!(z.is_finite() && z >= 0.0, "{message}: amount {z}");
    probability(model.probability_alive(history));
    probability(model.probability_no_purchase(history, span));
    probability(model.probability_no_purchase_between(history, span / 3.0, span));
    let counts = model.purchase_counts(history, span, 6);
    for p in &counts {
        probability(*p);
    }
    assert!((counts.iter().sum::<f64>() - 1.0).abs() < 1e-9, "{message}: {counts:?}");
    amount(model.expected_purchases(history, span));
    amount(model.median_wait(history, span));
    assert!(model.median_wait(history, span) <= span.max(0.0), "{message}");
    let spend = GammaGamma::new(6.25, 3.74, 15.44).unwrap();
    let settings = ValueSettings::new(TimeUnit::Day, 2.0, 0.1).unwrap();
    let orders = SpendSummary::new(history.frequency(), 12.5 * f64::from(history.frequency())).unwrap();
    let customer = ValuedCustomer { history: *history, spend: orders, historic: 1.0, margin: 0.3 };
    let value = lifetime_value(model, &spend, &customer, &settings);
    amount(value.predicted);
    for year in &value.by_year {
        amount(*year);
    }
}

fn any_parameter() -> impl Strategy<Value = f64> {
    (-7.0..7.0_f64).prop_map(f64::exp)
}

fn any_model() -> impl Strategy<Value = PurchaseModel> {
    let kinds = prop::sample::select(vec![
        ModelKind::Nbd,
        ModelKind::BG_NBD,
        ModelKind::MBG_NBD,
        ModelKind::BgCnbd { regularity: 2 },
        ModelKind::MbgCnbd { regularity: 4 },
        ModelKind::ParetoNbd,
    ]);
    let reported = Just(model(ModelKind::ParetoNbd, &[10.465, 0.007_985_65, 3.0516, 2.82]));
    let any =
        (kinds, prop::collection::vec(any_parameter(), 4)).prop_map(|(kind, parameters)| model(kind, &parameters));
    prop_oneof![4 => any, 1 => reported, 5 => prop::sample::select(typical())]
}

fn any_history() -> impl Strategy<Value = CustomerSummary> {
    let frequency = prop_oneof![Just(0), 1..5_u32, 1..=10_000_u32];
    (frequency, -6.0..10.0_f64, 0.0..=1.0_f64, 0..4_u8).prop_map(|(x, log_age, share, special)| {
        let age = log_age.exp();
        let recency = match special {
            0 => age,
            1 => age * 1e-9,
            _ => (age * share).max(age * 1e-12),
        };
        if x == 0 { history(0, 0.0, age) } else { history(x, recency, age) }
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nothing_breaks_a_prediction(model in any_model(), history in any_history(), log_span in -5.0..8.0_f64) {
        sound(&model, &history, log_span.exp());
    }

    #[test]
    fn likelihoods_are_finite(model in any_model(), history in any_history()) {
        let shop = Grouped::new(&[history]).unwrap();
        let likelihood = model.likelihood(&shop);
        prop_assert!(likelihood.value.is_finite() && likelihood.gradient.iter().all(|slope| slope.is_finite()));
    }

    #[test]
    fn more_time_means_more_purchases(model in any_model(), history in any_history(), span in 0.1..100.0_f64) {
        let (soon, late) = (model.expected_purchases(&history, span), model.expected_purchases(&history, 2.0 * span));
        prop_assert!(late >= soon * (1.0 - 1e-9), "{soon} {late}");
        let (soon, late) = (model.probability_no_purchase(&history, span), model.probability_no_purchase(&history, 2.0 * span));
        prop_assert!(late <= soon + 1e-9, "{soon} {late}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nothing_breaks_a_fit(customers in prop::collection::vec(any_history(), 1..40), any in any_history()) {
        let shop = Grouped::new(&customers).unwrap();
        for wanted in [
            Wanted::Model(ModelKind::BG_NBD),
            Wanted::Model(ModelKind::MbgCnbd { regularity: 2 }),
            Wanted::Model(ModelKind::ParetoNbd),
        ] {
            match fit(&shop, TimeUnit::Day, wanted) {
                Ok(fit) => {
                    prop_assert!(fit.log_likelihood.is_finite());
                    sound(&fit.model, &any, 90.0);
                    customers.iter().take(5).for_each(|customer| sound(&fit.model, customer, 90.0));
                    let errors = standard_errors(&fit.model, &shop);
                    prop_assert!(errors.iter().filter_map(|p| p.standard_error).all(f64::is_finite));
                }
                Err(error) => prop_assert!(shop.n_repeat_purchases() < 1.0, "{error}"),
            }
        }
    }
}

#[test]
fn several_spans_at_once_are_the_same_as_one_by_one() {
    let spans = [0.0, 0.5, 4.0, 13.0, 52.0, 104.0, 260.0, 1.0, 26.0, 1e5];
    for model in typical() {
        for history in histories() {
            for (span, together) in spans.iter().zip(model.expected_purchases_at(&history, &spans)) {
                let alone = model.expected_purchases(&history, *span);
                assert!((together - alone).abs() <= 1e-10 * (1.0 + alone), "{model:?} {span}: {together} {alone}");
            }
        }
    }
}

#[test]
fn a_window_that_begins_now_is_a_span() {
    for model in typical() {
        for history in histories() {
            let whole = model.probability_no_purchase(&history, 20.0);
            assert!((model.probability_no_purchase_between(&history, 0.0, 20.0) - whole).abs() < 1e-12);
            assert!((model.probability_no_purchase_between(&history, 9.0, 9.0) - 1.0).abs() < 1e-12);
        }
    }
}

/// In a window too short for two purchases, the chance of one is their expected number.
#[test]
fn a_short_window_later_on_has_the_chance_that_expected_purchases_grow_by() {
    let length = 1e-4;
    for model in typical() {
        for history in histories() {
            for from in [0.5, 13.0, 60.0] {
                let of = |t: f64| model.expected_purchases(&history, t);
                let grown = (of(from + length) - of(from)) / length;
                let chance = (1.0 - model.probability_no_purchase_between(&history, from, from + length)) / length;
                let name = model.kind().name();
                assert!((chance - grown).abs() < 1e-4 + 2e-3 * grown, "{name} {history:?} {from}: {chance} {grown}");
            }
        }
    }
}

/// Given rate and dropout probability p, an active customer is still active after a wait g with chance
/// `exp(-rate p g)`; the rate integrates to powers, p is integrated by a fine rule.
#[test]
fn a_window_after_a_wait_agrees_with_integration_over_dropout() {
    let (a, b) = (1.6, 2.2);
    let model = model(ModelKind::MBG_NBD, &[0.6, 7.0, a, b]);
    for history in histories() {
        let (n, scale) = (0.6 + f64::from(history.frequency()), 7.0 + history.age());
        let b = b + f64::from(history.frequency()) + 1.0;
        let density = |p: f64| p.powf(a - 1.0) * (1.0 - p).powf(b - 1.0);
        let bought = |p: f64| {
            let silent = |span: f64| (scale / (scale + p * 10.0 + span)).powf(n);
            density(p) * (silent(0.0) - silent(25.0))
        };
        let over =
            |f: &dyn Fn(f64) -> f64| -> f64 { (0..20_000).map(|i| f((f64::from(i) + 0.5) / 20_000.0)).sum::<f64>() };
        let expected = 1.0 - model.probability_alive(&history) * over(&bought) / over(&density);
        let ours = model.probability_no_purchase_between(&history, 10.0, 35.0);
        assert!((ours - expected).abs() < 1e-6, "{history:?}: {ours} {expected}");
    }
}

#[test]
fn the_median_wait_halves_the_chance_of_a_purchase() {
    for model in typical() {
        for history in histories() {
            for span in [0.1, 13.0, 500.0] {
                let bought = |t| 1.0 - model.probability_no_purchase(&history, t);
                let (half, whole) = (bought(model.median_wait(&history, span)), bought(span));
                assert!((half - whole / 2.0).abs() < 1e-9, "{model:?} {history:?} {span}: {half} {whole}");
            }
        }
    }
}

#[test]
fn spans_that_are_none_count_as_none() {
    for model in typical() {
        for span in [0.0, -1.0, f64::NAN] {
            let history = history(2, 30.0, 39.0);
            assert!(model.expected_purchases(&history, span).abs() < 1e-15);
            assert!((model.probability_no_purchase(&history, span) - 1.0).abs() < 1e-12);
            sound(&model, &history, span);
        }
        sound(&model, &history(2, 30.0, 39.0), f64::INFINITY);
    }
}

#[test]
fn models_survive_being_written_down() {
    for model in typical() {
        let text = serde_json::to_string(&model).unwrap();
        assert_eq!(serde_json::from_str::<PurchaseModel>(&text).unwrap(), model, "{text}");
    }
    assert!(ModelKind::BG_NBD.with_parameters(&[1.0, 1.0, f64::NAN, 1.0]).is_err());
    assert!(ModelKind::ParetoNbd.with_parameters(&[1.0, 1.0, 1.0]).is_err());
    assert!(ModelKind::MbgCnbd { regularity: 0 }.with_parameters(&[1.0; 4]).is_err());
}

#[test]
fn kinds_and_models_agree() {
    for model in typical() {
        assert_eq!(model.kind().with_parameters(&model.parameters()).unwrap(), model);
    }
}
