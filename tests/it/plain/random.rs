//! Random shops: many equal instants, instants on cutoffs and window edges, late rows, missing values.

use proptest::prelude::*;
use retain::timeline::columns::{NEVER, NO_CODE};
use retain::units::MICROS_PER_DAY;

use super::custom;
use super::{Answer, CUSTOMERS, Complaint, KNOWN, Line, PlainShop, Version, latest};

/// A quarter of a day, counted from the latest cutoff, and sometimes a microsecond beside it: many instants are equal,
/// fall on a cutoff, or on the edge of a window.
fn instant(quarters: std::ops::Range<i64>) -> impl Strategy<Value = i64> {
    (quarters, -4_i64..5).prop_map(|(quarters, beside)| {
        latest().at().0 + quarters * MICROS_PER_DAY / 4 + if beside.abs() == 1 { beside } else { 0 }
    })
}

/// A delay: mostly none, else up to ten days.
fn delay() -> impl Strategy<Value = i64> {
    (0_i64..70).prop_map(|quarters| (quarters - 30).max(0) * MICROS_PER_DAY / 4)
}

fn or_never(share: u32, at: impl Strategy<Value = i64>) -> impl Strategy<Value = i64> {
    (0..10_u32, at).prop_map(move |(die, at)| if die < share { NEVER.0 } else { at })
}

fn code(codes: u32) -> impl Strategy<Value = u32> {
    (0..codes + 1).prop_map(move |code| if code == codes { NO_CODE } else { code })
}

fn mark(range: std::ops::Range<u8>) -> impl Strategy<Value = f32> {
    (0..4_u8, range).prop_map(|(die, mark)| if die == 0 { f32::NAN } else { f32::from(mark) })
}

fn line() -> impl Strategy<Value = Line> {
    let codes = (code(6), code(3), code(2), code(3));
    // Some amounts are 0, some returns larger than what was bought.
    let what = (-900_i64..900, 0..12_u8, 1..9_u8);
    (0..KNOWN, 1_u64..14, instant(-5_200..300), delay(), what, codes).prop_map(
        |(customer, order, at, delay, (amount, die, quantity), codes)| {
            let is_return = die == 0;
            let amount = if is_return { -4 * amount.abs() } else { amount.max(0) };
            let codes = [codes.0, codes.1, codes.2, codes.3];
            Line { customer, order, at, recorded: at + delay, amount, is_return, quantity, codes }
        },
    )
}

/// An order of somebody of the crowd, mostly so long ago that nobody asks about the customer any more.
fn crowd() -> impl Strategy<Value = Line> {
    let at = (0..40_u8, instant(-5_200..-2_300), instant(-700..200));
    (line(), KNOWN..CUSTOMERS, 1_u64..5, at, delay()).prop_map(|(line, customer, order, (die, old, young), delay)| {
        let at = if die == 0 { young } else { old };
        Line { customer, order, at, recorded: at + delay, ..line }
    })
}

/// Two orders of one number that become one when the line between them is recorded.
fn bridged() -> impl Strategy<Value = [Line; 3]> {
    let days = |days: i64| days * MICROS_PER_DAY;
    (line(), 1_u64..14, instant(-1_400..-100), code(6), 0_i64..200).prop_map(move |(line, order, at, product, late)| {
        let line = Line { order, at, recorded: at, ..line };
        let between = Line { at: at + days(20), recorded: at + days(20 + late), ..line };
        let [_, codes @ ..] = line.codes;
        let codes = [product, codes[0], codes[1], codes[2]];
        [line, between, Line { at: at + days(40), recorded: at + days(40), codes, ..line }]
    })
}

/// Returns of whole lines, most of them on record a little later, some of them naming the order.
fn given_back(lines: &[Line], picks: Vec<(usize, bool, i64, i64)>) -> Vec<Line> {
    let bought: Vec<&Line> = lines.iter().filter(|line| !line.is_return).collect();
    let back = |(pick, is_named, after, late): (usize, bool, i64, i64)| {
        let line = **bought.get(pick % bought.len().max(1))?;
        let at = line.at + after * MICROS_PER_DAY / 4;
        let order = if is_named { line.order } else { 99 };
        Some(Line { at, recorded: at + late, amount: -line.amount, is_return: true, order, ..line })
    };
    picks.into_iter().filter_map(back).collect()
}

/// Customers who order often and lately, beside those who hardly do.
fn lines() -> impl Strategy<Value = Vec<Line>> {
    let regular = (line(), 1_u64..40, instant(-1_700..100), delay()).prop_map(|(line, order, at, delay)| Line {
        customer: 0,
        order,
        at,
        recorded: at + delay,
        ..line
    });
    let many = (
        prop::collection::vec(line(), 0..40),
        prop::collection::vec(regular, 0..60),
        prop::collection::vec(crowd(), 0..50),
        prop::collection::vec(bridged(), 0..4),
    );
    let picks = prop::collection::vec((0_usize..200, any::<bool>(), 0_i64..120, delay()), 0..25);
    (many, picks).prop_map(|((lines, regular, crowd, bridged), picks)| {
        let lines = [lines, regular, crowd, bridged.concat()].concat();
        let returns = given_back(&lines, picks);
        [lines, returns].concat()
    })
}

fn complaint() -> impl Strategy<Value = Complaint> {
    let states = prop::array::uniform3(or_never(3, instant(-900..200)));
    let marks = (mark(1..4), mark(1..6), code(3));
    let keys = (0..KNOWN, 0_u64..6, 0_u64..14);
    (keys, instant(-1_200..100), delay(), states, marks, (-50_i64..400, 0_i64..90)).prop_map(
        |((customer, key, order), opened, delay, states, (severity, satisfaction, cause), (amount, paid))| {
            let states = states.map(|at| if at == NEVER.0 { at } else { at.max(opened) });
            let (recorded, compensation) = (opened + delay, (paid - 30).max(0));
            Complaint {
                customer,
                key,
                opened,
                recorded,
                states,
                order,
                cause,
                severity,
                satisfaction,
                amount,
                compensation,
            }
        },
    )
}

fn version() -> impl Strategy<Value = Version> {
    let when = (instant(-2_000..200), delay());
    let born = or_never(2, instant(-90_000..-20_000));
    (0..KNOWN, when, or_never(2, instant(-3_000..300)), born, code(3), code(2)).prop_map(
        |(customer, (valid_from, delay), signed_up, born, region, acquisition)| Version {
            customer,
            valid_from,
            recorded: valid_from + delay,
            signed_up,
            born,
            region,
            acquisition,
        },
    )
}

fn answer() -> impl Strategy<Value = Answer> {
    (0..KNOWN, instant(-2_000..200), delay(), mark(0..11), mark(1..6))
        .prop_map(|(customer, at, delay, nps, csat)| Answer { customer, at, recorded: at + delay, nps, csat })
}

/// A random shop.
pub(crate) fn shop() -> impl Strategy<Value = PlainShop> {
    let complaints = prop::collection::vec(complaint(), 0..12);
    let versions = prop::collection::vec(version(), 0..10);
    let answers = prop::collection::vec(answer(), 0..10);
    (lines(), complaints, versions, answers, custom::some())
        .prop_map(|(lines, complaints, versions, answers, own)| PlainShop { lines, complaints, versions, answers, own })
}
