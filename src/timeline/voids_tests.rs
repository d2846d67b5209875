use super::*;

/// A line: day, order, product, pieces, amount.
type Row = (i64, u64, u32, f32, i64);

fn lines(rows: &[Row], recorded: Option<&[i64]>) -> Lines {
    Lines {
        at: rows.iter().map(|row| Timestamp(row.0)).collect(),
        recorded: recorded.map_or(Vec::new(), |days| days.iter().map(|day| Timestamp(*day)).collect()),
        order: rows.iter().map(|row| row.1).collect(),
        product: rows.iter().map(|row| row.2).collect(),
        quantity: rows.iter().map(|row| row.3).collect(),
        amount: rows.iter().map(|row| row.4).collect(),
        ..Lines::default()
    }
}

fn undone(bought: &Lines, returned: &Lines) -> Undone {
    let starts = |lines: &Lines| [0, u32::try_from(lines.at.len()).unwrap()];
    Undone::find(bought, &starts(bought), returned, &starts(returned))
}

fn void_days(undone: &Undone) -> Vec<Option<i64>> {
    undone.void.iter().map(|void| (*void != NEVER).then_some(void.0)).collect()
}

#[test]
fn a_cancelled_order_is_void_from_its_return_on() {
    let bought = lines(&[(10, 1, 7, 3.0, 30), (10, 1, 8, 1.0, 5), (20, 2, 7, 3.0, 30)], None);
    let returned = lines(&[(12, 99, 7, -3.0, -30), (13, 99, 8, -1.0, -5)], None);
    let found = undone(&bought, &returned);
    assert_eq!(void_days(&found), [Some(13), Some(13), None]);
    assert_eq!((found.counts.by_product, found.counts.void_orders), (2, 1));
    assert_eq!(found.line, [Some(0), Some(1)]);
}

#[test]
fn the_order_that_a_return_names_comes_before_a_later_one_of_the_same_product() {
    let bought = lines(&[(10, 1, 7, 3.0, 30), (20, 2, 7, 3.0, 30)], None);
    let found = undone(&bought, &lines(&[(25, 1, 7, -3.0, -30)], None));
    assert_eq!((void_days(&found), found.counts.by_order), (vec![Some(25), None], 1));
    let unnamed = undone(&bought, &lines(&[(25, 0, 7, -3.0, -30)], None));
    assert_eq!(void_days(&unnamed), [None, Some(25)], "the latest");
    let refund = undone(
        &lines(&[(10, 1, 7, 3.0, 30), (10, 1, 8, 1.0, 5)], None),
        &lines(&[(11, 1, NO_CODE, f32::NAN, -35)], None),
    );
    assert_eq!(void_days(&refund), [Some(11), Some(11)], "the whole amount of the order");
}

#[test]
fn a_part_given_back_leaves_the_order() {
    let bought = lines(&[(10, 1, 7, 3.0, 30)], None);
    for part in [(12, 0, 7, -1.0, -10), (12, 1, NO_CODE, f32::NAN, -29)] {
        assert_eq!(void_days(&undone(&bought, &lines(&[part], None))), [None], "{part:?}");
    }
    let in_two = lines(&[(12, 0, 7, -1.0, -10), (15, 0, 7, -2.0, -20)], None);
    assert_eq!(void_days(&undone(&bought, &in_two)), [Some(15)]);
}

#[test]
fn where_no_quantity_is_given_what_is_left_of_a_line_decides() {
    let bought = lines(&[(10, 1, 7, f32::NAN, 30), (20, 2, 7, f32::NAN, 10)], None);
    let part = undone(&bought, &lines(&[(25, 0, 7, f32::NAN, -20)], None));
    assert_eq!((void_days(&part), part.line[0]), (vec![None, None], Some(0)), "20 are no part of 10");
    let whole = undone(&bought, &lines(&[(25, 0, 7, f32::NAN, -30)], None));
    assert_eq!(void_days(&whole), [Some(25), None]);
    let latest = undone(&bought, &lines(&[(25, 0, 7, f32::NAN, -10)], None));
    assert_eq!(void_days(&latest), [None, Some(25)]);
}

#[test]
fn nothing_is_undone_before_it_was_bought_and_other_things_are_not() {
    let bought = lines(&[(10, 1, 7, 3.0, 30)], None);
    for other in [(9, 1, 7, -3.0, -30), (12, 0, 8, -3.0, -29)] {
        let found = undone(&bought, &lines(&[other], None));
        assert_eq!((void_days(&found), found.counts.unmatched), (vec![None], 1), "{other:?}");
    }
    let same_amount = undone(&bought, &lines(&[(12, 0, NO_CODE, f32::NAN, -30)], None));
    assert_eq!((void_days(&same_amount), same_amount.counts.by_amount), (vec![Some(12)], 1));
}

#[test]
fn what_is_recorded_later_changes_nothing_before() {
    // The second line of the order becomes known after the first was given back: it is an order of its own.
    let bought = lines(&[(10, 1, 7, 3.0, 30), (10, 1, 8, 1.0, 5)], Some(&[10, 40]));
    let found = undone(&bought, &lines(&[(12, 1, 7, -3.0, -30)], None));
    assert_eq!(void_days(&found), [Some(12), None]);
    // A return that is recorded later takes no line from one that was known before.
    let one = lines(&[(10, 1, 7, 3.0, 30)], None);
    let returned = lines(&[(11, 0, 7, -3.0, -30), (12, 0, 7, -3.0, -30)], Some(&[50, 12]));
    let found = undone(&one, &returned);
    assert_eq!((void_days(&found), found.line), (vec![Some(12)], vec![None, Some(0)]));
}
