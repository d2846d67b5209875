//! What the manager sees of the decisions: what the list is expected to gain and where it stops, and the value matrix.

use super::document::text;
use super::figure::{DataTable, Figure, money, percent};
use super::input::PageInput;
use crate::charts::{Cell, Curve, CurveChart, Frame, GridChart, GridRow, Point, Unit, curves, grid};
use crate::text::{counted, grouped};

/// Points of the curve at most.
const POINTS: usize = 60;

/// Where both lists stop, and why.
pub(super) fn stops(input: &PageInput<'_>) -> Vec<String> {
    let lists =
        [("The list of customers to keep", "/list_stop/sentence"), ("The win-back list", "/winback_stop/sentence")];
    let stop = |(list, pointer): (&str, &str)| {
        let plain = text(input.report?, pointer)?.replace('`', "");
        let mut letters = plain.chars();
        let first = letters.next()?.to_lowercase();
        Some(format!("{list}: {first}{}", letters.as_str()))
    };
    lists.into_iter().filter_map(stop).collect()
}

/// What the customers to contact are expected to bring, the first of the list first.
pub(super) fn gain(input: &PageInput<'_>) -> Option<Figure> {
    let groups = input.list.texts("group");
    let gains = input.list.numbers("expected_net_gain").iter().zip(groups);
    let gains: Vec<f64> =
        gains.filter_map(|(gain, group)| gain.filter(|_| group.as_deref() == Some("treat"))).collect();
    let total: f64 = gains.iter().sum();
    let n = gains.len();
    if n < 20 || total <= 0.0 {
        return None;
    }
    let sums: Vec<f64> = gains.iter().scan(0.0, |sum, gain| Some(added(sum, *gain))).collect();
    let at = |rank: usize| sums.get(rank.wrapping_sub(1)).copied().unwrap_or(0.0);
    let most = sums.iter().position(|sum| *sum >= 0.8 * total).map_or(n, |place| place + 1);
    let currency = input.currency();
    let heading = format!(
        "The first {} of {} to contact bring four fifths of the {} expected",
        grouped(most as u64),
        counted(n as u64, "customer"),
        money(currency, total)
    );
    let ranks: Vec<usize> = (0..=POINTS).map(|step| (step * n).div_ceil(POINTS)).collect();
    let point = |rank: usize| {
        let says = format!("the first {}: {}", grouped(rank as u64), money(currency, at(rank)));
        Point { x: rank as f64, y: at(rank), interval: None, says }
    };
    let shown = [10, 50, 100, 500, 1_000, 5_000, 10_000, n].into_iter().filter(|rank| *rank <= n);
    let table = shown.map(|rank| [grouped(rank as u64), money(currency, at(rank)), percent(at(rank) / total)]);
    let chart = CurveChart {
        title: &format!("{heading}. A curve of the expected net gain over the number contacted."),
        frame: Frame {
            x_title: "customers contacted, in the list's order",
            x_unit: Unit::Number,
            y_title: &format!("expected net gain, {currency}"),
            y_unit: Unit::Number,
        },
        across: Some([0.0, n as f64]),
        up: None,
        curves: vec![Curve {
            name: "expected net gain",
            class: "main",
            points: ranks.into_iter().map(point).collect(),
            is_joined: true,
            is_dotted: false,
        }],
    };
    Some(Figure {
        id: "f-gain",
        sentence: "All costs are taken off. Where the curve is flat, another contact brings little: a smaller list would do. It ends where \
                   nobody else would bring a gain, or where the budget or a capacity ends."
            .to_owned(),
        population: input.of_whom(),
        svg: curves(&chart),
        table: DataTable::new(&heading, ["First customers", "Expected net gain", "Share of all"], table),
        heading,
    })
}

fn added(sum: &mut f64, gain: f64) -> f64 {
    *sum += gain;
    *sum
}

/// The quadrants as rows and columns: what was brought in the past year, by what more may come.
const MATRIX: [(&str, [(&str, &str); 2]); 2] = [
    ("much so far", [("III", "keep"), ("IV", "keep and develop")]),
    ("little so far", [("I", "let go"), ("II", "rebuild")]),
];

/// Customers and their value at stake by the quadrants of the value matrix.
pub(super) fn matrix(input: &PageInput<'_>) -> Option<Figure> {
    let quadrants = input.list.texts("value_quadrant");
    let stakes = input.list.numbers("value_at_stake");
    let all: f64 = stakes.iter().flatten().sum();
    if quadrants.is_empty() || all <= 0.0 {
        return None;
    }
    let of = |name: &str| {
        let rows = quadrants.iter().zip(stakes).filter(|(quadrant, _)| quadrant.as_deref() == Some(name));
        let (n, stake) = rows.fold((0_u64, 0.0), |(n, sum), (_, stake)| (n + 1, sum + stake.unwrap_or(0.0)));
        (n, stake)
    };
    let currency = input.currency();
    let cell = |(name, strategy): (&str, &str)| {
        let (n, stake) = of(name);
        Some(Cell {
            share: stake / all,
            text: format!("{name} {}: {}", strategy.split(" and ").last().unwrap_or(strategy), percent(stake / all)),
            says: format!("{}, {} at stake", counted(n, "customer"), money(currency, stake)),
        })
    };
    let kept: f64 = ["III", "IV"].map(|name| of(name).1).iter().sum();
    let heading = format!("Customers who brought much so far hold {} of the value at stake", percent(kept / all));
    let row =
        |(name, cells): (&str, [(&str, &str); 2])| GridRow { name: name.to_owned(), cells: cells.map(cell).to_vec() };
    let chart = GridChart {
        title: &format!("{heading}. A grid of two by two: value so far by what more may come."),
        across: "what more may come if they stay",
        down: "past year",
        columns: ["little more", "much more"].map(str::to_owned).to_vec(),
        row_height: 64.0,
        rows: MATRIX.map(row).to_vec(),
    };
    let table = MATRIX.into_iter().flat_map(|(_, cells)| cells).map(|(name, strategy)| {
        let (n, stake) = of(name);
        [format!("{name}: {strategy}"), grouped(n), money(currency, stake), percent(stake / all)]
    });
    Some(Figure {
        id: "f-matrix",
        sentence: "Share of the value at stake in each quadrant of the value matrix: margin of the past year by what is expected beyond it. Spend least where both are low, keep those who \
                   bring much, and offer more to those who could."
            .to_owned(),
        population: input.of_whom(),
        svg: grid(&chart),
        table: DataTable::new(&heading, ["Quadrant", "Customers", "Value at stake", "Share"], table),
        heading,
    })
}
