//! The plans so far: how many customers each list asked to contact, what that cost, and what it was expected to bring.

use serde_json::Value;

use super::document::{count, items, number, text};
use super::figure::{DataTable, Figure, Tile, day, money, rounded};
use super::input::PageInput;
use super::lists_so_far::{FEWEST, SHOWN, names};
use crate::charts::{Curve, CurveChart, Frame, Point, Unit, spark};
use crate::text::{counted, grouped};

/// The plan of one list, money in major units.
struct Plan<'m> {
    as_of: &'m str,
    day: f64,
    n_contacted: u64,
    net_gain: f64,
    cost: f64,
}

impl<'m> Plan<'m> {
    fn of(list: &'m Value) -> Option<Self> {
        Some(Self {
            as_of: text(list, "/as_of")?,
            day: number(list, "/as_of_day")?,
            n_contacted: count(list, "/planned/n_contacted")?,
            net_gain: number(list, "/planned/net_gain")?,
            cost: number(list, "/planned/cost")?,
        })
    }
}

/// The newest plans, the earliest first; none where they are too few for a course.
fn plans<'m>(input: &PageInput<'m>) -> Vec<Plan<'m>> {
    let known = input.monitor.map(|monitor| items(monitor, "/lists")).unwrap_or_default();
    let found: Vec<Plan<'m>> = known.iter().filter_map(Plan::of).collect();
    let n = found.len();
    if n < FEWEST { Vec::new() } else { found.into_iter().skip(n.saturating_sub(SHOWN)).collect() }
}

/// Whom tonight's plan contacts and what that is expected to gain, each with its course over the lists.
pub(super) fn tiles(input: &PageInput<'_>) -> Vec<Tile> {
    let of = |name: &str| number(input.manifest, &format!("/decisions/{name}"));
    let (Some(n), Some(gain)) = (count(input.manifest, "/decisions/n_contacted"), of("net_gain")) else {
        return Vec::new();
    };
    let (currency, plans) = (input.currency(), plans(input));
    let cost = of("contact_cost").unwrap_or(0.0) + of("incentive_cost").unwrap_or(0.0);
    let eligible = count(input.manifest, "/eligible").map_or_else(String::new, |n| format!("of {} ", grouped(n)));
    let mut contacts =
        Tile::new(grouped(n), "customers to contact", format!("{eligible}on both lists, by tonight's plan"));
    let note = format!("after {} of costs, if the playbook's rates hold", rounded(currency, cost));
    let mut gains = Tile::of_money(currency, gain, "expected gain of these contacts", note);
    course(&mut contacts, &plans, |plan| plan.n_contacted as f64, |n| Unit::Number.text(n));
    course(&mut gains, &plans, |plan| plan.net_gain, |gain| rounded(currency, gain));
    vec![contacts, gains]
}

/// Gives a tile its line over the lists.
fn course(tile: &mut Tile, plans: &[Plan<'_>], of: impl Fn(&Plan<'_>) -> f64, written: impl Fn(f64) -> String) {
    let (Some(first), Some(last)) = (plans.first(), plans.last()) else { return };
    let says = |plan: &Plan<'_>| format!("{} on {}", written(of(plan)), day(plan.as_of));
    let by = |a: &&Plan<'_>, b: &&Plan<'_>| of(a).total_cmp(&of(b));
    let [lowest, highest] =
        [plans.iter().min_by(by), plans.iter().max_by(by)].map(|plan| plan.map_or_else(String::new, says));
    let whole = format!(
        "{}, {} from {} to {}: lowest {lowest}, highest {highest}, last {}",
        tile.name,
        counted(plans.len() as u64, "list"),
        day(first.as_of),
        day(last.as_of),
        says(last)
    );
    let values: Vec<f64> = plans.iter().map(&of).collect();
    if let Some(svg) = spark(&whole, &values) {
        (tile.spark, tile.span) = (svg, format!("by list, {} to {}", day(first.as_of), day(last.as_of)));
    }
}

/// The same as a figure.
pub(super) fn figure(input: &PageInput<'_>) -> Option<Figure> {
    let (plans, currency) = (plans(input), input.currency());
    let (first, last) = (plans.first()?, plans.last()?);
    let heading = format!(
        "Today's {} are expected to gain {}; on {} it was {} by {}",
        counted(last.n_contacted, "contact"),
        rounded(currency, last.net_gain),
        day(first.as_of),
        rounded(currency, first.net_gain),
        grouped(first.n_contacted)
    );
    let point = |plan: &Plan<'_>| {
        let says = format!(
            "{}: {} by {}",
            day(plan.as_of),
            money(currency, plan.net_gain),
            counted(plan.n_contacted, "contact")
        );
        Point::new(plan.day, plan.net_gain, says)
    };
    let title = format!("{heading}. A line over the days of the lists.");
    let axis = format!("day of the list, {} to {}", day(first.as_of), day(last.as_of));
    let height = format!("expected net gain of a list, {currency}");
    let frame = Frame::of_numbers(&axis, &height);
    let drawn = vec![Curve::dotted("expected gain", "main", plans.iter().map(point).collect())];
    let days: Vec<(f64, &str)> = plans.iter().map(|plan| (plan.day, plan.as_of)).collect();
    let chart = CurveChart::new(&title, frame, drawn).named(names(&days));
    let head = ["List of", "To contact", "Expected net gain", "Expected costs", "Gain of a contact"];
    let row = |plan: &Plan<'_>| {
        let each = plan.net_gain / plan.n_contacted.max(1) as f64;
        [
            day(plan.as_of),
            Unit::Number.text(plan.n_contacted as f64),
            money(currency, plan.net_gain),
            money(currency, plan.cost),
            if plan.n_contacted == 0 { String::new() } else { money(currency, each) },
        ]
    };
    Some(Figure {
        id: "f-plans".into(),
        sentence: "Each dot is a list as it was made, all costs taken off. These are promises: what contacts really brought is known only \
                   where they are recorded and a control group was left alone."
            .to_owned(),
        population: format!("Everyone to contact on both lists of each day: {}", counted(plans.len() as u64, "list")),
        svg: chart.draw(),
        table: DataTable::new(&heading, head, plans.iter().rev().map(row)),
        heading,
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::columns::Columns;
    use super::*;

    fn told<T>(n: i32, of: impl Fn(&PageInput<'_>) -> T) -> T {
        let list = |nth: i32| {
            let date = jiff::civil::date(2025, 5, 1).checked_add(jiff::Span::new().days(nth * 10)).unwrap();
            // The first list was made before plans were kept.
            let planned =
                json!({ "n_contacted": 100 + nth, "net_gain": 2_000.0 + 100.0 * f64::from(nth), "cost": 50.0 });
            json!({
                "as_of": date.to_string(), "as_of_day": 20_209 + nth * 10,
                "planned": if nth == 0 { Value::Null } else { planned },
            })
        };
        let monitor = json!({ "lists": (0..n).map(list).collect::<Vec<_>>() });
        let manifest = json!({
            "as_of": "2025-06-30", "eligible": 900, "config": { "currency": { "code": "EUR" } },
            "decisions": { "n_contacted": 106, "net_gain": 2_600.0, "contact_cost": 40.0, "incentive_cost": 10.0 },
        });
        let none = Columns::default();
        of(&PageInput { monitor: Some(&monitor), ..PageInput::bare(&none, &none, &manifest) })
    }

    #[test]
    fn contacts_and_gain_have_a_course_over_the_lists() {
        let tiles = told(7, tiles);
        let said: Vec<[&str; 3]> = tiles.iter().map(|tile| [&*tile.value, &*tile.name, &*tile.note]).collect();
        assert_eq!(said[0], ["106", "customers to contact", "of 900 on both lists, by tonight's plan"]);
        assert_eq!(
            said[1],
            ["EUR 2,600", "expected gain of these contacts", "after EUR 50 of costs, if the playbook's rates hold"]
        );
        assert!(
            tiles[1].spark.contains("6 lists from 11 May 2025 to 30 June 2025: lowest EUR 2,100 on 11 May 2025"),
            "{}",
            tiles[1].spark
        );
        let figure = told(7, figure).unwrap();
        assert_eq!(
            figure.heading,
            "Today's 106 contacts are expected to gain EUR 2,600; on 11 May 2025 it was EUR 2,100 by 101"
        );
        assert_eq!(figure.svg.matches("<circle").count(), 6);
        assert_eq!(figure.table.rows[0], ["30 June 2025", "106", "EUR 2,600", "EUR 50", "EUR 25"].map(str::to_owned));
    }

    #[test]
    fn two_plans_are_no_course_and_no_plan_is_no_tile() {
        assert!(told(3, figure).is_none());
        assert!(told(3, tiles).iter().all(|tile| tile.spark.is_empty()));
        let (none, manifest) = (Columns::default(), json!({ "as_of": "2025-06-30" }));
        assert!(tiles(&PageInput::bare(&none, &none, &manifest)).is_empty());
    }
}
