use super::*;
use crate::config::Playbook;

/// So many customers of each arm at a stage, of whom so many bought.
fn trials(action: usize, stage: Stage, contacted: [u32; 2], control: [u32; 2]) -> Vec<ContactTrial> {
    let arm = |is_control, [n, bought]: [u32; 2]| {
        (0..n).map(move |customer| ContactTrial {
            action,
            stage,
            is_control,
            bought: customer < bought,
            bought_before: customer % 2 == 0,
        })
    };
    arm(false, contacted).chain(arm(true, control)).collect()
}

fn playbook() -> Playbook {
    Playbook::default_one().unwrap()
}

fn evidence(trials: &[ContactTrial]) -> ContactEvidence {
    ContactEvidence::of(trials, &playbook(), (60, "customers".to_owned()), BTreeMap::new())
}

fn place(name: &str) -> usize {
    playbook().actions.iter().position(|action| action.name == name).unwrap()
}

#[test]
fn only_contacts_that_are_followed_by_less_beyond_chance_are_harm() {
    let [offer, call, resolve] = ["offer", "personal_call", "resolve_complaint"].map(place);
    let mut all = trials(offer, Stage::AtRisk, [1_000, 300], [1_000, 420]);
    all.extend(trials(offer, Stage::Dormant, [1_000, 210], [1_000, 100]));
    all.extend(trials(call, Stage::AtRisk, [1_000, 400], [1_000, 420]));
    all.extend(trials(resolve, Stage::AtRisk, [1_000, 300], [1_000, 420]));
    let (found, playbook) = (evidence(&all), playbook());
    let actions = &playbook.actions;
    let harm = |place: usize, stage| found.harm(place, &actions[place], stage).map(|one| one.group);
    assert_eq!(harm(offer, Stage::AtRisk), Some("at_risk"));
    assert_eq!([harm(offer, Stage::Dormant), harm(offer, Stage::Loyal)], [None, None], "others are not touched");
    assert_eq!(harm(call, Stage::AtRisk), None, "chance explains it");
    assert_eq!(harm(resolve, Stage::AtRisk), None, "a complaint is answered");
    let of_offer = found.actions.iter().find(|own| own.action == "offer").unwrap();
    let findings: Vec<_> = of_offer.comparisons.iter().map(|one| (one.group, one.finding)).collect();
    assert_eq!(
        findings,
        [
            ("all", ContactFinding::NoDifference),
            ("at_risk", ContactFinding::Lowers),
            ("dormant", ContactFinding::Raises)
        ]
    );
}

#[test]
fn many_comparisons_make_each_prove_more() {
    let alone = trials(1, Stage::AtRisk, [1_000, 370], [1_000, 425]);
    let playbook = playbook();
    let action = &playbook.actions[1];
    assert!(evidence(&alone).harm(1, action, Stage::AtRisk).is_some());
    let others = Stage::ALL.into_iter().flat_map(|stage| trials(2, stage, [1_000, 420], [1_000, 420]));
    let found = evidence(&alone.iter().copied().chain(others).collect::<Vec<_>>());
    assert!(found.harm(1, action, Stage::AtRisk).is_none(), "one of nine is no proof at this p-value");
}

#[test]
fn a_rate_is_drawn_towards_what_was_measured_by_how_much_is_known() {
    let call = place("personal_call");
    let rates = |n: u32| {
        let found = evidence(&trials(call, Stage::Loyal, [n, n * 52 / 100], [n, n * 40 / 100]));
        let actions = found.measured_playbook(&playbook()).actions;
        (actions[call].save_rate, actions[call].winback_rate)
    };
    let prior = &playbook().actions[call];
    assert_eq!(rates(50).0, prior.save_rate, "too few to measure by");
    // Of sixty in a hundred who would have been silent, twelve bought: a fifth.
    let [some, many] = [rates(200).0, rates(100_000).0];
    assert!(prior.save_rate.mean < some.mean && some.mean < many.mean && many.mean < 0.2, "{some:?} {many:?}");
    assert!((many.mean - 0.2).abs() < 0.001 && many.weight > some.weight && some.weight > prior.save_rate.weight);
    assert_eq!(many.evidence, Evidence::Measured);
    assert_eq!(rates(1_000).1, prior.winback_rate, "nobody was dormant");
}

#[test]
fn what_both_say_is_the_mean_by_precision() {
    let prior = Rate { mean: 0.1, weight: 20.0, evidence: Evidence::Assumed };
    let measured = Estimate { value: 0.3, interval: [0.2, 0.4], standard_error: (0.09_f64 / 21.0).sqrt() };
    let (mean, weight) = together(&prior, &measured).unwrap();
    assert!((mean - 0.2).abs() < 1e-12, "equally precise: {mean}");
    // Variance .09 / 42; .16 / variance - 1.
    assert!((weight - (0.16 * 42.0 / 0.09 - 1.0)).abs() < 1e-9, "{weight}");
    let harmful = Estimate { value: -0.4, interval: [-0.5, -0.3], standard_error: 0.01 };
    assert!((together(&prior, &harmful).unwrap().0 - LEAST_RATE).abs() < 1e-12, "no rate is below nothing");
}
