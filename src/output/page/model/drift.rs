//! How far the features of today's list lie from those of training.

use serde_json::Value;

use super::super::document::{count, items, number, text};
use super::super::figure::{DataTable, Figure, day, percent};
use super::super::input::PageInput;
use super::test_words::spoken;
use crate::charts::{Row, RowChart, Unit, rows};
use crate::text::{counted, grouped};

/// Features that are drawn.
const SHOWN: usize = 10;
/// The axis reaches so far at least, the least that is allowed of any feature: small indices look small.
const LEAST_SHOWN: f64 = 0.25;
/// From here on a difference has a side worth naming.
const LEAST_EFFECT: f64 = 0.02;

/// A feature, its index, what is allowed, and to which side it moved.
struct Moved<'m> {
    feature: &'m str,
    psi: f64,
    allowed: f64,
    effect: f64,
}

impl Moved<'_> {
    fn is_beyond(&self) -> bool {
        self.psi > self.allowed
    }

    fn row(&self) -> Row {
        let beyond = if self.is_beyond() { ": beyond" } else { "" };
        Row {
            name: spoken(self.feature),
            value: self.psi,
            interval: None,
            note: format!("PSI {:.2}, allowed {:.2}; {}{beyond}", self.psi, self.allowed, self.side()),
            is_main: self.is_beyond(),
        }
    }

    fn cells(&self) -> [String; 4] {
        let [psi, allowed] = [self.psi, self.allowed].map(|index| format!("{index:.3}"));
        [self.feature.to_owned(), psi, allowed, format!("{:+.3}", self.effect)]
    }

    fn side(&self) -> &'static str {
        match self.effect {
            effect if effect > LEAST_EFFECT => "larger",
            effect if effect < -LEAST_EFFECT => "smaller",
            _ => "about as large",
        }
    }
}

/// The features that have moved most since training; absent for a model that keeps no profile of its training.
pub(super) fn drift(input: &PageInput<'_>) -> Option<Figure> {
    let monitor = input.monitor?;
    let moved = |feature: &'_ Value| -> Option<(f64, f64, f64)> {
        Some((number(feature, "/psi")?, number(feature, "/allowed_psi")?, number(feature, "/cliffs_delta")?))
    };
    let found = items(monitor, "/features").iter().filter_map(|entry| {
        let (psi, allowed, effect) = moved(entry)?;
        Some(Moved { feature: text(entry, "/feature")?, psi, allowed, effect })
    });
    let found: Vec<Moved<'_>> = found.collect();
    let first = found.first()?;
    let n_beyond = found.iter().filter(|moved| moved.is_beyond()).count() as u64;
    let of = counted(found.len() as u64, "feature");
    let heading = if n_beyond == 0 {
        format!("None of the {of} of the model has drifted beyond what training had seen")
    } else {
        format!(
            "{} of the {of} of the model lie further from training than training itself ever moved",
            grouped(n_beyond)
        )
    };
    let chart = RowChart {
        title: &format!("{heading}. Bars of the population stability index by feature."),
        axis: "population stability index (PSI) against training; 0 is the same",
        unit: Unit::Number,
        range: Some([0.0, first.psi.max(LEAST_SHOWN)]),
        has_bars: true,
        reference: None,
        rows: found.iter().take(SHOWN).map(Moved::row).collect(),
    };
    Some(Figure {
        id: "f-drift".into(),
        sentence: format!(
            "The {} that moved most. What is allowed is twice the widest swing between the cutoffs of training, \
             further out with time, and .25 at least. Larger or smaller is by Cliff's delta. {}",
            counted(found.len().min(SHOWN) as u64, "feature"),
            scores(monitor)
        ),
        population: format!(
            "On {}: {} on both lists, beside all rows of training",
            day(input.as_of()),
            counted(count(monitor, "/n_customers").unwrap_or(0), "customer")
        ),
        svg: rows(&chart),
        table: DataTable::new(&heading, ["Feature", "PSI", "Allowed", "Cliff's delta"], found.iter().map(Moved::cells)),
        heading,
    })
}

/// The mean probability of the lists beside what came at the cutoffs of training.
fn scores(monitor: &Value) -> String {
    let rates = items(monitor, "/training_churn_rates").iter().filter_map(Value::as_f64);
    let range = rates.fold(None, |range: Option<[f64; 2]>, rate| {
        Some(range.map_or([rate; 2], |[low, high]| [low.min(rate), high.max(rate)]))
    });
    let (Some(mean), Some([low, high])) = (number(monitor, "/mean_probability"), range) else { return String::new() };
    let place = if (low..=high).contains(&mean) { "within" } else { "outside" };
    format!(
        "The mean churn probability of the lists is {}, {place} the {} to {} that churned at the cutoffs of training.",
        percent(mean),
        percent(low),
        percent(high)
    )
}
