//! More open complaints, or older ones, never lower the risk that a model of trees predicts, whatever the data say.

use retain::learn::{self, RISING};

use crate::panel::{Kind, Panel};

/// About half leave, so that leaves of a tree hold enough to be grown.
const MIXED: Kind = Kind { customers: 500, longest_gap_days: 150.0, leaving: 0.05, renamed: false };

/// Values over and beyond the range of counts and of days.
const RAISED: [f64; 9] = [0.0, 1.0, 2.0, 3.0, 5.0, 10.0, 40.0, 200.0, 2_000.0];

/// A shop in which a high value of `feature` goes with leaving, or with staying.
fn told_by(feature: &str, high_leave: bool) -> Panel {
    let mut panel = Panel::of(MIXED);
    let column = panel.dataset.schema.position(feature).unwrap();
    for (place, row) in panel.rows.clone().into_iter().enumerate() {
        let left = panel.dataset.churned(row, panel.as_of);
        let noise = f32::from(u8::from(place % 7 == 0));
        panel.dataset.features[[row, column]] = if left == high_leave { 4.0 + noise } else { noise };
    }
    panel
}

/// The steepest fall of the log-odds of any test row while the feature alone is raised, and the steepest rise.
fn steepest(panel: &Panel, learner: &str, feature: &str) -> (f64, f64) {
    let trained = learn::train(&panel.training(), &[learner]).unwrap();
    let model = &trained.iter().find(|(name, _)| *name == learner).unwrap().1.model;
    let said = |value: f64| {
        let mut raised = panel.clone();
        raised.set(feature, 1, value);
        model.log_odds(&raised.dataset, &panel.test).unwrap()
    };
    let by_value: Vec<Vec<f64>> = RAISED.into_iter().map(said).collect();
    let steps = by_value.windows(2).flat_map(|pair| pair[1].iter().zip(&pair[0]).map(|(after, before)| after - before));
    steps.fold((0.0, 0.0), |(fall, rise), step| (f64::min(fall, step), f64::max(rise, step)))
}

#[test]
fn raising_a_complaint_never_lowers_the_risk() {
    let schema = Panel::of(MIXED).dataset.schema;
    let known: Vec<&str> = RISING.iter().copied().filter(|feature| schema.position(feature).is_some()).collect();
    assert!(known.len() >= 2, "{known:?}");
    for learner in ["boosting", "ebm"] {
        for feature in &known {
            let (fall, rise) = steepest(&told_by(feature, true), learner, feature);
            assert!(fall > -1e-9, "{learner}: raising `{feature}` lowers log-odds by {fall}");
            assert!(rise > 0.5, "{learner} says nothing of `{feature}`, so that this test shows nothing: {rise}");
        }
    }
}

#[test]
fn even_where_the_data_say_the_opposite() {
    let (bound, free) = ("open_complaints_count", "complaints_all_count");
    for learner in ["boosting", "ebm"] {
        let (fall, _) = steepest(&told_by(bound, false), learner, bound);
        assert!(fall > -1e-9, "{learner}: {fall}");
        // The same values in a feature that is free to fall are learnt as they are.
        let (fall, _) = steepest(&told_by(free, false), learner, free);
        assert!(fall < -0.5, "{learner}: {fall}");
    }
}
