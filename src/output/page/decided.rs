//! What the manager sees of the decisions: what the list is expected to gain and where it stops, and the value matrix.

use super::document::{number, text};
use super::figure::{DataTable, Figure, money, percent, rounded};
use super::input::PageInput;
use crate::charts::{Cell, Curve, CurveChart, Frame, GridChart, GridRow, Point, grid};
use crate::text::{counted, grouped};

/// Points of the curve at most.
const POINTS: usize = 60;

/// Where both lists stop, and why; names of actions are set as words.
pub(super) fn stops(input: &PageInput<'_>) -> Vec<String> {
    let lists =
        [("The list of customers to keep", "/list_stop/sentence"), ("The win-back list", "/winback_stop/sentence")];
    let stop = |(list, pointer): (&str, &str)| {
        let plain = plain(text(input.report?, pointer)?);
        let mut letters = plain.chars();
        let first = letters.next()?.to_lowercase();
        // The minus sign of print, as in all other amounts.
        let rest =
            letters.as_str().replace(&format!("{} -", input.currency()), &format!("{} \u{2212}", input.currency()));
        Some(format!("{list}: {first}{rest}"))
    };
    lists.into_iter().filter_map(stop).collect()
}

/// A sentence of a message without its marks: names are words, and a key says whose it is.
fn plain(sentence: &str) -> String {
    let of_key = |name: &str| {
        if name.contains('.') { format!("{name} in the config") } else { name.replace('_', " ") }
    };
    let parts = sentence.split('`').enumerate();
    parts.map(|(nth, part)| if nth.is_multiple_of(2) { part.to_owned() } else { of_key(part) }).collect()
}

/// What the customers to contact are expected to bring, the first of the list first.
pub(super) fn gain(input: &PageInput<'_>) -> Option<Figure> {
    let groups = input.list.texts("group");
    let costs = input.list.numbers("contact_cost");
    let rows = input.list.numbers("expected_net_gain").iter().zip(groups).enumerate();
    let treated = rows.filter_map(|(row, (gain, group))| {
        let gain = gain.filter(|_| group.as_deref() == Some("treat"))?;
        Some((gain, costs.get(row).copied().flatten().unwrap_or(0.0)))
    });
    let (gains, costs): (Vec<f64>, Vec<f64>) = treated.unzip();
    let total: f64 = gains.iter().sum();
    let n = gains.len();
    if n < 20 || total <= 0.0 {
        return None;
    }
    let sums: Vec<f64> = gains.iter().scan(0.0, |sum, gain| Some(added(sum, *gain))).collect();
    let at = |rank: usize| sums.get(rank.wrapping_sub(1)).copied().unwrap_or(0.0);
    let spent = |rank: usize| costs.iter().take(rank).sum::<f64>();
    let most = sums.iter().position(|sum| *sum >= 0.8 * total).map_or(n, |place| place + 1);
    let currency = input.currency();
    let heading = format!(
        "The first {} of {} to contact bring four fifths of the {} expected",
        grouped(most as u64),
        counted(n as u64, "customer"),
        rounded(currency, total)
    );
    let ranks: Vec<usize> = (0..=POINTS).map(|step| (step * n).div_ceil(POINTS)).collect();
    let point = |rank: usize| {
        let says = format!("the first {}: {}", grouped(rank as u64), money(currency, at(rank)));
        Point::new(rank as f64, at(rank), says)
    };
    let shown = [10, 50, 100, 500, 1_000, 5_000, 10_000, n].into_iter().filter(|rank| *rank <= n);
    let table = shown.map(|rank| {
        let (gain, cost) = (money(currency, at(rank)), money(currency, spent(rank)));
        [grouped(rank as u64), gain, percent(at(rank) / total), cost]
    });
    let title = format!("{heading}. A curve of the expected net gain over the number contacted.");
    let y_title = format!("expected net gain, {currency}");
    let frame = Frame::of_numbers("customers contacted, in the list's order", &y_title);
    let drawn = vec![Curve::line("expected net gain", "main", ranks.into_iter().map(point).collect())];
    let chart = CurveChart::new(&title, frame, drawn).across(n as f64);
    Some(Figure {
        id: "f-gain".into(),
        sentence: format!(
            "All costs are taken off. Where the curve is flat, another contact brings little: a smaller list would do. Contacting the first \
             {} costs {}, all {} cost {}, incentives aside. It ends where nobody else would bring a gain, or where the budget or a \
             capacity ends.",
            grouped(most as u64),
            rounded(currency, spent(most)),
            grouped(n as u64),
            rounded(currency, spent(n))
        ),
        population: input.of_whom(),
        svg: chart.draw(),
        table: DataTable::new(
            &heading,
            ["First customers", "Expected net gain", "Share of all", "Cost of the contacts"],
            table,
        ),
        heading,
    })
}

fn added(sum: &mut f64, gain: f64) -> f64 {
    *sum += gain;
    *sum
}

/// The quadrants as rows and columns: what was brought in the past year, by what more may come.
const MATRIX: [(&str, [(&str, &str); 2]); 2] = [
    ("brought much", [("III", "keep"), ("IV", "keep and develop")]),
    ("brought little", [("I", "let go"), ("II", "rebuild")]),
];

/// Customers and their value at stake by the quadrants of the value matrix.
pub(super) fn matrix(input: &PageInput<'_>) -> Option<Figure> {
    let quadrants = input.list.texts("value_quadrant");
    let stakes = input.list.numbers("value_at_stake");
    let all: f64 = stakes.iter().flatten().sum();
    if quadrants.is_empty() || all <= 0.0 {
        return None;
    }
    let of = |name: &str| Quadrant::of(input, name);
    let currency = input.currency();
    let most = ["I", "II", "III", "IV"].map(|name| of(name).stake).into_iter().fold(0.0, f64::max);
    let cell = |(name, strategy): (&str, &str)| {
        let found = of(name);
        Some(Cell {
            share: found.stake / most,
            lines: vec![
                format!("{name} {}", strategy.split(" and ").last().unwrap_or(strategy)),
                counted(found.n, "customer"),
                format!("{} of the value", percent(found.stake / all)),
                format!("contacted: {}", grouped(found.n_contacted)),
            ]
            .into_iter()
            .chain(found.each().map(|each| format!("{} each", money(currency, each))))
            .collect(),
            says: format!("{}, {} at stake", counted(found.n, "customer"), money(currency, found.stake)),
        })
    };
    let kept: f64 = ["III", "IV"].map(|name| of(name).stake).iter().sum();
    let heading =
        format!("Customers who brought much in the past year hold {} of the value at stake", percent(kept / all));
    let row =
        |(name, cells): (&str, [(&str, &str); 2])| GridRow { name: name.to_owned(), cells: cells.map(cell).to_vec() };
    let chart = GridChart {
        title: &format!("{heading}. A grid of two by two: margin of the past year by what more may come."),
        across: "what more may come if they stay",
        down: "past year",
        columns: ["little more", "much more"].map(str::to_owned).to_vec(),
        row_height: 104.0,
        rows: MATRIX.map(row).to_vec(),
    };
    let quadrants: Vec<(String, Quadrant)> = MATRIX
        .into_iter()
        .flat_map(|(_, cells)| cells)
        .map(|(name, strategy)| (format!("{name} ({strategy})"), of(name)))
        .collect();
    Some(Figure {
        id: "f-matrix".into(),
        sentence: format!(
            "Each quadrant of the value matrix, margin of the past year by what is expected beyond it: its customers, its share of \
             the value at stake, how many of them tonight's plan contacts, and what such a contact costs on average.{} {}",
            spending(&quadrants, currency),
            cost_alone(input, &quadrants)
        ),
        population: input.of_whom(),
        svg: grid(&chart),
        table: matrix_table(&heading, &quadrants, (all, currency)),
        heading,
    })
}

/// The value matrix in figures, beside `all` value at stake.
fn matrix_table(heading: &str, quadrants: &[(String, Quadrant)], (all, currency): (f64, &str)) -> DataTable {
    let head =
        ["Quadrant", "Customers", "Value at stake", "Share", "Contacted", "Cost of contacts", "On average, each"];
    let row = |(name, found): &(String, Quadrant)| {
        [
            name.clone(),
            grouped(found.n),
            money(currency, found.stake),
            percent(found.stake / all),
            grouped(found.n_contacted),
            money(currency, found.cost),
            found.each().map_or_else(String::new, |each| money(currency, each)),
        ]
    };
    DataTable::new(heading, head, quadrants.iter().map(row))
}

/// Where a contact costs least and most, and whether that is what the matrix advises.
fn spending(quadrants: &[(String, Quadrant)], currency: &str) -> String {
    let mut each: Vec<(&str, f64)> =
        quadrants.iter().filter_map(|(name, found)| Some((name.as_str(), found.each()?))).collect();
    each.sort_by(|a, b| a.1.total_cmp(&b.1));
    let (Some((least, low)), Some((most, high))) = (each.first(), each.last()) else { return String::new() };
    if money(currency, *low) == money(currency, *high) {
        return " It costs as much in each.".to_owned();
    }
    let low_both = each.iter().find(|(name, _)| name.starts_with("I ("));
    let advised = match low_both {
        Some((name, _)) if name == least => ", as the matrix advises: least where both are low".to_owned(),
        Some((name, here)) => {
            format!("; the matrix would have least spent on {name}, where it is {}", money(currency, *here))
        }
        None => String::new(),
    };
    format!(
        " Per customer contacted, least is spent on {least}, {}, and most on {most}, {}{advised}.",
        money(currency, *low),
        money(currency, *high)
    )
}

/// That costs here are those of contacts alone, beside the costs at the top of the page.
fn cost_alone(input: &PageInput<'_>, quadrants: &[(String, Quadrant)]) -> String {
    let currency = input.currency();
    let total: f64 = quadrants.iter().map(|(_, found)| found.cost).sum();
    let incentives = number(input.manifest, "/decisions/incentive_cost").filter(|cost| *cost > 0.0);
    let incentives = incentives.map(|cost| format!("incentives ({} on all lists)", money(currency, cost)));
    let win_back = input.further.iter().any(|further| further.total > 0).then(|| "the win-back list".to_owned());
    let more: Vec<String> = incentives.into_iter().chain(win_back).collect();
    let total = money(currency, total);
    if more.is_empty() {
        return format!("The contacts cost {total} together.");
    }
    format!(
        "This is the cost of contacts alone, {total} together; the costs at the top of the page add {}.",
        more.join(" and ")
    )
}

/// What a quadrant holds.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
struct Quadrant {
    n: u64,
    /// Value at stake.
    stake: f64,
    n_contacted: u64,
    /// Of the contacts, incentives aside.
    cost: f64,
}

impl Quadrant {
    /// Cost of a contact on average; `None` where nobody is contacted.
    fn each(&self) -> Option<f64> {
        (self.n_contacted > 0).then(|| self.cost / self.n_contacted as f64)
    }

    fn of(input: &PageInput<'_>, name: &str) -> Self {
        let [stakes, costs] = ["value_at_stake", "contact_cost"].map(|column| input.list.numbers(column));
        let number = |numbers: &[Option<f64>], row: usize| numbers.get(row).copied().flatten().unwrap_or(0.0);
        let groups = input.list.texts("group");
        let rows = input.list.texts("value_quadrant").iter().enumerate();
        let rows = rows.filter(|(_, quadrant)| quadrant.as_deref() == Some(name)).map(|(row, _)| row);
        rows.fold(Self::default(), |found, row| {
            let is_contacted = groups.get(row).is_some_and(|is| is.as_deref() == Some("treat"));
            Self {
                n: found.n + 1,
                stake: found.stake + number(stakes, row),
                n_contacted: found.n_contacted + u64::from(is_contacted),
                // What would have been spent on the control group is not spent.
                cost: found.cost + if is_contacted { number(costs, row) } else { 0.0 },
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_said_of_spending_holds_for_the_data() {
        let quadrant = |name: &str, n_contacted: u64, cost: f64| {
            (name.to_owned(), Quadrant { n: 2_000, stake: 1.0, n_contacted, cost })
        };
        let [low, keep] = ["I (let go)", "III (keep)"];
        // The most is spent on I as a whole, and the least on each of its customers.
        let advised = spending(&[quadrant(low, 1_216, 574.0), quadrant(keep, 533, 392.0)], "GBP");
        assert_eq!(
            advised,
            " Per customer contacted, least is spent on I (let go), GBP 0.47, and most on III (keep), GBP 0.74, as the matrix \
             advises: least where both are low."
        );
        let against = spending(&[quadrant(low, 10, 50.0), quadrant(keep, 10, 5.0)], "GBP");
        assert!(
            against.contains("least is spent on III (keep), GBP 0.50") && !against.contains("as the matrix"),
            "{against}"
        );
        assert!(against.contains("would have least spent on I (let go), where it is GBP 5.00"), "{against}");
        assert_eq!(spending(&[quadrant(low, 10, 5.0), quadrant(keep, 20, 10.0)], "GBP"), " It costs as much in each.");
        assert_eq!(spending(&[quadrant(low, 0, 0.0)], "GBP"), "");
    }
}
