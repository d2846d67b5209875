//! What every learner keeps, whatever it learns.

use std::sync::OnceLock;

use retain::features::FeatureSchema;
use retain::learn::{
    self, BoostingSettings, CutoffWeights, CutoffWeightsPolicy, LEARNERS, LearnError, MAIN_LEARNER, Model, SharedFits,
    Trained, Training,
};
use retain::maths::special::probability;

use crate::panel::{FLEETING, Kind, LOYAL, Panel};

pub(crate) type AllTrained = Vec<(&'static str, Trained)>;

fn names() -> Vec<&'static str> {
    LEARNERS.iter().map(|learner| learner.name()).collect()
}

fn train_all(panel: &Panel) -> AllTrained {
    learn::train(&panel.training(), &names()).unwrap()
}

/// One learner alone, with those it builds on.
fn train(panel: &Panel, name: &str) -> Result<Trained, LearnError> {
    let trained = learn::train(&panel.training(), &[name])?;
    Ok(trained.into_iter().find(|(other, _)| *other == name).unwrap().1)
}

/// The loyal shop and what all have learnt from it.
pub(crate) fn loyal() -> &'static (Panel, AllTrained) {
    static LEARNT: OnceLock<(Panel, AllTrained)> = OnceLock::new();
    LEARNT.get_or_init(|| {
        let panel = Panel::of(LOYAL);
        let trained = train_all(&panel);
        (panel, trained)
    })
}

fn bits(values: &[f64]) -> Vec<u64> {
    values.iter().map(|value| value.to_bits()).collect()
}

fn mean(values: impl IntoIterator<Item = f64>) -> f64 {
    let values: Vec<f64> = values.into_iter().collect();
    values.iter().sum::<f64>() / values.len() as f64
}

/// Mean probability predicted to those who left and to those who stayed.
fn predicted(panel: &Panel, model: &Model) -> (f64, f64) {
    let log_odds = model.log_odds(&panel.dataset, &panel.test).unwrap();
    let said = |left: bool| {
        let pairs = log_odds.iter().zip(panel.outcome());
        mean(pairs.filter(|(_, churned)| *churned == left).map(|(z, _)| probability(*z)))
    };
    (said(true), said(false))
}

#[test]
fn names_are_unique_and_the_main_learner_is_one_of_them() {
    let mut names = names();
    assert_eq!(names[0], MAIN_LEARNER);
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), LEARNERS.len());
    for learner in LEARNERS {
        assert!(learner.members().iter().all(|member| names.contains(member)));
    }
}

#[test]
fn those_who_left_were_predicted_more_risk_at_any_rate() {
    let fleeting = Panel::of(FLEETING);
    let of_fleeting = train_all(&fleeting);
    let (panel, trained) = loyal();
    for (panel, trained, rates) in [(panel, trained, 0.1..0.32), (&fleeting, &of_fleeting, 0.68..0.9)] {
        let rate = mean(panel.outcome().into_iter().map(|churned| f64::from(u8::from(churned))));
        assert!(rates.contains(&rate), "{rate}");
        for (name, trained) in trained {
            let (left, stayed) = predicted(panel, &trained.model);
            assert!(left > stayed + 0.01, "{name} at {rate}: {left} {stayed}");
            let predicted = rate * left + (1.0 - rate) * stayed;
            assert!((predicted - rate).abs() < 0.12, "{name} predicts {predicted} where {rate} leave");
        }
    }
}

#[test]
fn one_thread_and_two_learn_the_same() {
    let panel = Panel::of(Kind { customers: 150, ..LOYAL });
    let learnt = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| train_all(&panel))
    };
    for ((name, one), (_, two)) in learnt(1).iter().zip(&learnt(2)) {
        let json = |trained: &Trained| serde_json::to_string(&(&trained.model, &trained.notes)).unwrap();
        assert!(json(one) == json(two), "{name} differs");
        for (one, two) in one.out_of_time.iter().zip(&two.out_of_time) {
            assert_eq!(bits(&one.log_odds), bits(&two.log_odds), "{name}");
        }
    }
}

#[test]
fn fits_that_trainings_share_change_nothing() {
    let panel = Panel::of(Kind { customers: 150, ..LOYAL });
    let alone = train_all(&panel);
    let shared = SharedFits::default();
    // What an earlier training has learnt from everything is a fold of a later one.
    for fold in panel.training().folds {
        let earlier =
            Training { rows: &fold.training, as_of: fold.cutoff, folds: &[], shared: &shared, ..panel.training() };
        learn::train(&earlier, &names()).unwrap();
    }
    for _ in 0..2 {
        let again = learn::train(&Training { shared: &shared, ..panel.training() }, &names()).unwrap();
        for ((name, alone), (_, again)) in alone.iter().zip(&again) {
            let json = |trained: &Trained| serde_json::to_string(&(&trained.model, &trained.notes)).unwrap();
            assert!(json(alone) == json(again), "{name} differs");
            for (alone, again) in alone.out_of_time.iter().zip(&again.out_of_time) {
                assert_eq!(bits(&alone.log_odds), bits(&again.log_odds), "{name}");
            }
        }
    }
}

/// A small shop whose cutoffs do not count alike.
fn weighted(panel: &Panel, cutoff_weights: CutoffWeightsPolicy) -> AllTrained {
    learn::train(&Training { cutoff_weights, ..panel.training() }, &names()).unwrap()
}

#[test]
fn weights_of_cutoffs_are_heard_and_keep_the_contract() {
    let (panel, equal) = loyal();
    let recent = CutoffWeights { half_life_days: Some(60.0), in_season: 2.0 };
    let weighted = weighted(panel, CutoffWeightsPolicy::Given(recent));
    for ((name, weighted), (_, equal)) in weighted.iter().zip(equal) {
        let (left, stayed) = predicted(panel, &weighted.model);
        assert!(left > stayed + 0.01, "{name}: {left} {stayed}");
        assert_eq!(weighted.notes.cutoff_weights.used, recent);
        let log_odds = |trained: &Trained| bits(&trained.model.log_odds(&panel.dataset, &panel.test).unwrap());
        let differs = log_odds(weighted) != log_odds(equal);
        assert_eq!(
            differs,
            *name != "mbg_nbd",
            "{name}: only a forecast of one feature has nothing to learn from rows"
        );
    }
}

#[test]
fn weights_are_chosen_the_same_with_one_thread_and_two_and_equal_ones_stand_without_reason() {
    let panel = Panel::of(Kind { customers: 150, ..LOYAL });
    let chosen = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| weighted(&panel, CutoffWeightsPolicy::Choose).remove(1).1.notes.cutoff_weights)
    };
    let record = chosen(1);
    assert_eq!(record, chosen(2));
    assert!(record.tried.len() > 2 && record.tried[0].cutoff_weights.is_equal() && record.tried[0].gain.abs() < 1e-15);
    let used = record.tried.iter().find(|trial| trial.cutoff_weights == record.used).unwrap();
    let best = record.tried.iter().map(|trial| trial.gain - trial.standard_error).fold(f64::NEG_INFINITY, f64::max);
    assert_eq!(used.cutoff_weights.is_equal(), best <= 0.0, "{record:?}");
}

#[test]
fn tuning_tries_what_it_says_and_keeps_the_usual_unless_another_is_clearly_better() {
    let panel = Panel::of(Kind { customers: 150, ..LOYAL });
    let tuned = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        let learn = || learn::train(&Training { trials: 4, ..panel.training() }, &[MAIN_LEARNER]).unwrap();
        pool.install(learn)
    };
    let (one, two) = (tuned(1), tuned(2));
    for ((name, one), (_, two)) in one.iter().zip(&two) {
        let json = |trained: &Trained| serde_json::to_string(&(&trained.model, &trained.notes)).unwrap();
        assert!(json(one) == json(two), "{name} differs");
    }
    let of = |name: &str| &one.iter().find(|(other, _)| *other == name).unwrap().1.notes;
    let record = &of("boosting").tuning;
    assert_eq!((record.trials.len(), record.trials[0].settings), (5, BoostingSettings::USUAL));
    let clear = record.trials[1..].iter().any(|trial| trial.gain > 2.0 * trial.standard_error);
    assert_eq!(record.used == BoostingSettings::USUAL, !clear, "{record:?}");
    assert_eq!(of("logistic").fold_log_loss.len(), learn::PENALTIES.len() + 4);
    assert_eq!(&of(MAIN_LEARNER).tuning, record);
}

/// A shop with too short a history for any fold: nothing is compared, and what is written can be read again.
#[test]
fn without_folds_all_members_speak_and_the_notes_can_be_read_again() {
    let panel = Panel::of(Kind { customers: 150, ..LOYAL });
    let trained = learn::train(&Training { folds: &[], ..panel.training() }, &[MAIN_LEARNER]).unwrap();
    let of = |name: &str| &trained.iter().find(|(other, _)| *other == name).unwrap().1;
    let blend = of(MAIN_LEARNER);
    let Model::Blend(model) = &blend.model else { panic!("not a blend") };
    assert_eq!(model.blended().len(), 3);
    assert!(blend.notes.fold_log_loss.is_empty());
    let written = serde_json::to_string(&blend.notes).unwrap();
    assert_eq!(serde_json::from_str::<learn::TrainingNotes>(&written).unwrap(), blend.notes);
}

/// Models of before drift was stored mix the levels as they did: each as it is.
#[test]
fn a_blend_without_drift_mixes_levels_as_they_are() {
    let panel = Panel::of(Kind { customers: 150, ..LOYAL });
    let trained = learn::train(&panel.training(), &[MAIN_LEARNER]).unwrap();
    let mut stored = serde_json::to_value(&trained[0].1.model).unwrap();
    for member in stored["voices"].as_array_mut().unwrap() {
        assert!(member.as_object_mut().unwrap().remove("drift").is_some());
    }
    let earlier: Model = serde_json::from_value(stored).unwrap();
    let Model::Blend(blend) = &earlier else { panic!("not a blend") };
    let mixed: f64 =
        blend.blended().iter().map(|member| member.level_share * member.model.base_log_odds(panel.as_of)).sum();
    assert!((earlier.base_log_odds(panel.as_of) - mixed).abs() < 1e-12);
}

#[test]
fn infinite_values_are_refused_by_name_and_missing_ones_are_not() {
    let used = ["recency_days", "overdue_ratio", "model_no_purchase_share"];
    let small = Panel::of(Kind { customers: 150, ..LOYAL });
    let (mut infinite, mut missing) = (small.clone(), small);
    for feature in used {
        infinite.set(feature, 7, f64::INFINITY);
        missing.set(feature, 5, f64::NAN);
    }
    for name in names() {
        match train(&infinite, name) {
            Err(LearnError::NotFinite { feature, .. }) => {
                assert!(used.contains(&feature.as_str()), "{name}: {feature}");
            }
            other => panic!("{name}: {:?}", other.err()),
        }
        let model = train(&missing, name).unwrap().model;
        let log_odds = model.log_odds(&missing.dataset, &missing.test).unwrap();
        assert!(log_odds.iter().all(|z| z.is_finite()), "{name}");
    }
}

#[test]
fn a_missing_feature_is_named() {
    let (_, trained) = loyal();
    let mut schema = serde_json::to_value(FeatureSchema::for_inputs(&Panel::available())).unwrap();
    schema["columns"].as_array_mut().unwrap().retain(|column| column["name"] == "tenure_days");
    let poor = Panel::with_schema(LOYAL, &serde_json::from_value(schema).unwrap());
    for (name, trained) in trained {
        for result in [
            trained.model.log_odds(&poor.dataset, &poor.test).map(|_| ()),
            trained.model.contributions(&poor.dataset, &poor.test).map(|_| ()),
        ] {
            match result {
                Err(LearnError::MissingFeature { feature }) => {
                    assert!(trained.model.contributing_features().contains(&feature), "{name}: {feature}");
                }
                other => panic!("{name}: {other:?}"),
            }
        }
    }
}

#[test]
fn one_outcome_only_is_refused() {
    let mut panel = loyal().0.clone();
    let (dataset, as_of) = (&panel.dataset, panel.as_of);
    panel.rows.retain(|row| !dataset.churned(*row, as_of));
    panel.folds.clear();
    let mut empty = panel.clone();
    empty.rows.clear();
    for name in names() {
        let error = train(&panel, name).unwrap_err();
        assert!(matches!(error, LearnError::SingleClass { churned: false, .. }), "{name}: {error}");
        assert!(matches!(train(&empty, name), Err(LearnError::NoRows { .. })), "{name}");
    }
}

#[test]
fn a_constant_column_is_harmless_and_says_nothing() {
    let mut panel = Panel::of(Kind { customers: 150, ..LOYAL });
    panel.set("recency_days", 1, 3.0);
    panel.set("tenure_days", 1, f64::NAN);
    for (name, trained) in train_all(&panel) {
        let parts = trained.model.contributions(&panel.dataset, &panel.test).unwrap();
        assert!(parts.iter().all(|part| part.is_finite()), "{name}");
        for (feature, parts) in trained.model.contributing_features().iter().zip(parts.columns()) {
            let constant = ["recency_days", "tenure_days"].contains(&feature.as_str());
            assert!(!constant || parts.iter().all(|part| part.abs() < 1e-12), "{name}: {feature}");
        }
    }
}

#[test]
fn a_model_comes_back_from_a_file_bit_for_bit() {
    let (panel, trained) = loyal();
    for (name, trained) in trained {
        let text = serde_json::to_string(&trained.model).unwrap();
        let back: Model = serde_json::from_str(&text).unwrap();
        assert!(back == trained.model && serde_json::to_string(&back).unwrap() == text, "{name}");
        let said = |model: &Model| bits(&model.log_odds(&panel.dataset, &panel.test).unwrap());
        assert_eq!(said(&back), said(&trained.model), "{name}");
    }
}

#[test]
fn one_customer_alone_gets_what_it_gets_in_company() {
    let (panel, trained) = loyal();
    for (name, trained) in trained {
        let all = trained.model.log_odds(&panel.dataset, &panel.test).unwrap();
        let parts = trained.model.contributions(&panel.dataset, &panel.test).unwrap();
        for (place, row) in panel.test.iter().enumerate().step_by(17) {
            let alone = trained.model.log_odds(&panel.dataset, &[*row]).unwrap();
            assert_eq!(alone[0].to_bits(), all[place].to_bits(), "{name}");
            let own = trained.model.contributions(&panel.dataset, &[*row]).unwrap();
            assert_eq!(bits(&own.row(0).to_vec()), bits(&parts.row(place).to_vec()), "{name}");
        }
    }
}

/// Rows come customer after customer, so that another numbering of the customers is another order of the rows. A sum in
/// another order differs in its last digits; trees draw other rows, which may not matter more than chance does.
#[test]
fn the_order_of_the_rows_does_not_matter() {
    let (panel, trained) = loyal();
    let renamed = Panel::of(Kind { renamed: true, ..LOYAL });
    let of_renamed = train_all(&renamed);
    for ((name, trained), (_, other)) in trained.iter().zip(&of_renamed) {
        let here = trained.model.log_odds(&panel.dataset, &panel.test).unwrap();
        let mut there = other.model.log_odds(&renamed.dataset, &renamed.test).unwrap();
        there.reverse();
        let apart = mean(here.iter().zip(&there).map(|(a, b)| (probability(*a) - probability(*b)).abs()));
        let draws_rows = ["boosting", "ebm", "blend"].contains(name);
        assert!(apart < if draws_rows { 0.03 } else { 1e-6 }, "{name}: {apart}");
    }
}

#[test]
fn contributions_and_base_sum_to_the_log_odds() {
    let (panel, trained) = loyal();
    for (name, trained) in trained {
        let parts = trained.model.contributions(&panel.dataset, &panel.test).unwrap();
        let base = trained.model.base_log_odds(panel.as_of);
        assert_eq!(parts.ncols(), trained.model.contributing_features().len(), "{name}");
        for (parts, z) in parts.outer_iter().zip(trained.model.log_odds(&panel.dataset, &panel.test).unwrap()) {
            assert!((base + parts.sum() - z).abs() < 1e-9, "{name}");
        }
    }
}
