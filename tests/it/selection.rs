//! Which features are left out and which are flagged, on rows made for it.

use retain::learn::{self, FeatureSelection, SelectionPolicy, Why};

use crate::panel::{Kind, LOYAL, Panel};

fn small() -> Panel {
    Panel::of(Kind { customers: 300, ..LOYAL })
}

fn selection(panel: &Panel, drop_unstable: bool) -> FeatureSelection {
    let policy = SelectionPolicy { drop_unstable, ..SelectionPolicy::default() };
    FeatureSelection::learn(&panel.dataset, &panel.rows, &policy).unwrap()
}

fn why(selection: &FeatureSelection, feature: &str) -> Option<Why> {
    selection.record.dropped.iter().find(|note| note.feature == feature).map(|note| note.why.clone())
}

fn copy(panel: &mut Panel, from: &str, to: &str) {
    let place = |name: &str| panel.dataset.schema.position(name).unwrap();
    let (from, to) = (place(from), place(to));
    let values = panel.dataset.features.column(from).to_owned();
    panel.dataset.features.column_mut(to).assign(&values);
}

#[test]
fn constants_copies_and_what_is_the_same_for_everyone_are_dropped_with_the_reason() {
    let mut panel = small();
    panel.set("recency_days", 1, 3.0);
    panel.set("tenure_days", 1, f64::NAN);
    copy(&mut panel, "orders_all_count", "orders_90d_count");
    let selection = selection(&panel, false);
    assert_eq!(why(&selection, "recency_days"), Some(Why::Constant));
    assert_eq!(why(&selection, "tenure_days"), Some(Why::Constant));
    assert_eq!(why(&selection, "cutoff_month_level"), Some(Why::SameForEveryoneAtACutoff));
    let (all, recent) = (why(&selection, "orders_all_count"), why(&selection, "orders_90d_count"));
    let of = |of: &str| Some(Why::Duplicate { of: of.to_owned() });
    // The first of the catalogue stays.
    assert!((all == of("orders_90d_count")) != (recent == of("orders_all_count")), "{all:?} {recent:?}");
    let record = &selection.record;
    assert_eq!(record.n_used + record.dropped.len(), record.n_features);
    let trained = learn::train(&panel.training(), &["blend"]).unwrap();
    for (name, trained) in &trained {
        let used = trained.model.contributing_features();
        assert!(record.dropped.iter().all(|note| !used.contains(&note.feature)), "{name}");
        assert_eq!(trained.notes.selection, *record, "{name}");
    }
}

#[test]
fn what_the_config_leaves_out_is_not_learnt_from_and_the_copy_of_it_is() {
    let mut panel = small();
    copy(&mut panel, "orders_all_count", "recency_days");
    let leave_out = vec!["cadence".to_owned(), "orders_all_count".to_owned()];
    let policy = SelectionPolicy { leave_out, ..SelectionPolicy::default() };
    let selection = FeatureSelection::learn(&panel.dataset, &panel.rows, &policy).unwrap();
    assert_eq!(why(&selection, "orders_all_count"), Some(Why::LeftOut));
    assert_eq!(why(&selection, "overdue_ratio"), Some(Why::LeftOut), "one of a family");
    assert!(selection.used.contains(&"recency_days".to_owned()), "{:?}", why(&selection, "recency_days"));
    assert!(selection.varying.contains(&"overdue_ratio".to_owned()), "rules may still use it");
    let record = &selection.record;
    assert_eq!(record.n_used + record.dropped.len(), record.n_features);
}

#[test]
fn of_two_copies_the_one_that_may_not_lower_the_risk_stays() {
    let mut panel = small();
    copy(&mut panel, "open_complaints_count", "complaints_all_count");
    let selection = selection(&panel, false);
    assert_eq!(why(&selection, "open_complaints_count"), None);
    let of = "open_complaints_count".to_owned();
    assert_eq!(why(&selection, "complaints_all_count"), Some(Why::Duplicate { of }));
}

#[test]
fn a_difference_in_one_row_is_no_copy() {
    let mut panel = small();
    copy(&mut panel, "orders_all_count", "orders_90d_count");
    let place = panel.dataset.schema.position("orders_90d_count").unwrap();
    panel.dataset.features[[panel.rows[7], place]] += 1.0;
    let selection = selection(&panel, false);
    assert_eq!((why(&selection, "orders_all_count"), why(&selection, "orders_90d_count")), (None, None));
}

#[test]
fn a_feature_that_moved_is_flagged_and_dropped_only_if_wanted() {
    let mut panel = Panel::of(Kind { customers: 600, ..LOYAL });
    let moved = "gap_median_days";
    let place = panel.dataset.schema.position(moved).unwrap();
    let newest = panel.rows.iter().map(|row| panel.dataset.cutoff_idx[*row]).max().unwrap();
    for row in panel.rows.clone() {
        if panel.dataset.cutoff_idx[row] == newest {
            panel.dataset.features[[row, place]] = f32::NAN;
        }
    }
    let flagged = selection(&panel, false);
    let note = flagged.record.flagged.iter().find(|note| note.feature == moved).unwrap();
    assert!(matches!(note.why, Why::Unstable { psi } if psi > 1.0), "{note:?}");
    assert!(flagged.used.contains(&moved.to_owned()));
    let dropped = selection(&panel, true);
    assert!(matches!(why(&dropped, moved), Some(Why::Unstable { .. })));
    assert!(!dropped.used.contains(&moved.to_owned()) && dropped.record.flagged.is_empty());
}
