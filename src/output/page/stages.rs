//! Expected loss by life-cycle stage.

use super::figure::{DataTable, Figure, money, percent, rounded};
use super::input::PageInput;
use crate::charts::{Row, RowChart, Unit, rows};
use crate::decide::Stage;
use crate::text::{counted, grouped};

/// The probability of having left already.
const GONE: &str = "gone_probability";

/// The customers of a stage.
struct OfStage {
    stage: Stage,
    n: usize,
    expected_loss: f64,
    /// Mean probability of leaving.
    leaving: f64,
    /// Mean probability of having left already, of lists that have it.
    gone: Option<f64>,
}

impl OfStage {
    fn name(&self) -> String {
        self.stage.name().replace('_', " ")
    }

    /// The customers of the list with a stage; `None` for nobody.
    fn of(input: &PageInput<'_>, stage: Stage) -> Option<Self> {
        let words = input.list.texts("life_cycle_stage").iter().enumerate();
        let places: Vec<usize> =
            words.filter(|(_, word)| word.as_deref() == Some(stage.name())).map(|(place, _)| place).collect();
        let losses = input.list.numbers("expected_loss");
        let mean = |name: &str| {
            let all = input.list.numbers(name);
            let sum: f64 = places.iter().filter_map(|place| all.get(*place).copied().flatten()).sum();
            sum / places.len() as f64
        };
        (!places.is_empty()).then(|| Self {
            stage,
            n: places.len(),
            expected_loss: places
                .iter()
                .filter_map(|place| losses.get(*place).copied().flatten())
                .map(|loss| loss.max(0.0))
                .sum(),
            leaving: mean(input.probability()),
            gone: input.list.get(GONE).map(|_| mean(GONE)),
        })
    }

    fn bar(&self, currency: &str, most: Stage) -> Row {
        let gone = self.gone.map_or_else(String::new, |gone| format!(", {} have left", percent(gone)));
        let (n, leave) = (counted(self.n as u64, "customer"), percent(self.leaving));
        Row {
            name: self.name(),
            value: self.expected_loss,
            interval: None,
            note: format!("{} of {n}: {leave} leave{gone}", rounded(currency, self.expected_loss)),
            is_main: self.stage == most,
        }
    }

    fn cells(&self, currency: &str) -> [String; 5] {
        let gone = self.gone.map_or_else(String::new, percent);
        let n = grouped(self.n as u64);
        [self.stage.meaning().to_owned(), n, percent(self.leaving), gone, money(currency, self.expected_loss)]
    }
}

/// Expected loss by life-cycle stage.
pub(super) fn by_stage(input: &PageInput<'_>) -> Option<Figure> {
    let found: Vec<OfStage> = Stage::ALL.into_iter().filter_map(|stage| OfStage::of(input, stage)).collect();
    let total: f64 = found.iter().map(|stage| stage.expected_loss).sum();
    let most = found.iter().max_by(|a, b| a.expected_loss.total_cmp(&b.expected_loss))?;
    if total <= 0.0 {
        return None;
    }
    let share = percent(most.expected_loss / total);
    let heading =
        format!("The largest part of the expected loss, {share}, lies with customers who are {}", most.name());
    let head = [
        "Stage",
        "Customers",
        "Mean probability of leaving",
        "Mean probability of having left already",
        "Expected loss",
    ];
    let table = DataTable::new(&heading, head, found.iter().map(|stage| stage.cells(input.currency())));
    let chart = RowChart {
        title: &format!("{heading}. Bars of expected loss by stage."),
        axis: &format!("expected loss, {}", input.currency()),
        unit: Unit::Number,
        range: None,
        has_bars: true,
        reference: None,
        rows: found.iter().map(|stage| stage.bar(input.currency(), most.stage)).collect(),
    };
    Some(Figure {
        id: "f-stage".into(),
        sentence: "A stage compares the silence of a customer with the customer's usual gap between visits. Behind each bar: the \
                   amount, how many customers there are, and of a hundred of them how many leave and how many have left already, \
                   by the model."
            .to_owned(),
        population: input.of_whom(),
        svg: rows(&chart),
        table,
        heading,
    })
}
