//! The ranked list as rows and as the table that goes to files.

use std::ops::Range;

use jiff::civil::Date;
use rayon::prelude::*;

use super::customer_value::CustomerValue;
use crate::clv::ValueInterval;
use crate::decide::{Prospect, RiskBand, Stage};
use crate::explain::{REASONS, Reason};
use crate::table::{Column, Table};
use crate::units::Currency;

/// One customer on the list.
#[derive(Debug, Clone, PartialEq)]
pub struct ListRow {
    /// As in the shop's tables.
    pub customer_id: String,
    /// What the customer is ranked by.
    pub prospect: Prospect,
    /// Bounds that hold the probability of leaving of customers like this one in four of five cases; `None` from a model
    /// that does not say how sure it is.
    pub churn_interval: Option<[f64; 2]>,
    /// The places between which the customer stands in four of five cases; only for those ranked first.
    pub rank_interval: Option<[u32; 2]>,
    /// Margin of the customer so far, net of returns, in major units.
    pub clv_historic: f64,
    /// What value models expect of the customer; `None` if none could be fitted.
    pub customer_value: Option<ListedValue>,
    /// The day of the last order plus the customer's median gap; `None` with one day with an order.
    pub expected_next_order: Option<Date>,
    /// Whole days since the last order.
    pub days_since_last_order: i64,
    /// The life-cycle stage.
    pub stage: Stage,
    /// Complaints waiting for a resolution; `None` if the shop does not record resolutions.
    pub open_complaints: Option<i64>,
    /// The strongest first.
    pub reasons: Vec<Reason>,
}

/// What value models expect of a customer.
#[derive(Debug, Clone, PartialEq)]
pub struct ListedValue {
    /// Margin lost if the customer leaves, in major units.
    pub at_stake: f64,
    /// Discounted margin expected within the value horizon, leaving included, in major units.
    pub predicted: f64,
    /// Bounds of that margin, which hold it with probability 0.8; only for the customers ranked first.
    pub interval: Option<ValueInterval>,
    /// Probability of no purchase within the horizon of churn, by the value model alone.
    pub probability_no_purchase: f64,
}

impl ListedValue {
    pub(super) const fn new(customer_value: &CustomerValue) -> Self {
        Self {
            at_stake: customer_value.at_stake,
            predicted: customer_value.value.predicted,
            interval: None,
            probability_no_purchase: customer_value.probability_no_purchase,
        }
    }
}

impl ListRow {
    /// `low` where the value model and the classifier disagree about whether the customer leaves.
    #[must_use]
    pub fn confidence(&self) -> &'static str {
        let gap = self
            .customer_value
            .as_ref()
            .map(|customer_value| customer_value.probability_no_purchase - self.prospect.churn_probability);
        if gap.is_some_and(|gap| gap.abs() > DISAGREEMENT) { "low" } else { "normal" }
    }
}

/// Probabilities of the two models that differ by more than this disagree.
const DISAGREEMENT: f64 = 0.3;

/// Customers in the order in which they are worth the retention team's time.
#[derive(Debug, Clone, PartialEq)]
pub struct RankedList {
    /// The list ends history at the start of this day.
    pub as_of: Date,
    /// The version that scored.
    pub model_version: String,
    /// The currency of all amounts.
    pub currency: Currency,
    /// Who is on the list, in words.
    pub population: String,
    /// The first is the most urgent.
    pub rows: Vec<ListRow>,
}

/// Decimals of a probability in files: more would pretend to be known.
const PROBABILITY_DECIMALS: u32 = 4;

/// Rows of a list that are held as columns at one time.
const PIECE_ROWS: usize = 1 << 17;

impl RankedList {
    /// The list in its stable column order, in pieces one after the other; at least one.
    pub fn pieces(&self) -> impl Iterator<Item = Table<'_>> {
        let n = self.rows.len();
        (0..n.max(1)).step_by(PIECE_ROWS).map(move |start| self.table_of(start..(start + PIECE_ROWS).min(n)))
    }

    fn table_of(&self, places: Range<usize>) -> Table<'_> {
        let first = places.start;
        let rows = &self.rows[places];
        let ranks = i64::try_from(first).unwrap_or(i64::MAX).saturating_add(1)..;
        let money = |of: fn(&ListRow) -> f64| {
            Column::Number(rows.par_iter().map(|row| rounded(of(row), self.currency.decimals())).collect())
        };
        let customer_value = |of: fn(&ListedValue) -> Option<f64>| {
            let value = |row: &ListRow| Some(rounded(of(row.customer_value.as_ref()?)?, self.currency.decimals()));
            Column::OptionalNumber(rows.par_iter().map(value).collect())
        };
        let total = |row: &ListRow| Some(row.clv_historic + row.customer_value.as_ref()?.predicted);
        let total = |row: &ListRow| total(row).map(|total| rounded(total, self.currency.decimals()));
        let total = Column::OptionalNumber(rows.par_iter().map(total).collect());
        let text = |of: fn(&ListRow) -> &str| Column::Text(rows.par_iter().map(|row| of(row).into()).collect());
        let probability = |row: &ListRow| rounded(row.prospect.churn_probability, PROBABILITY_DECIMALS);
        let bound = |side: usize| {
            let bound = |row: &ListRow| Some(rounded(row.churn_interval?[side], PROBABILITY_DECIMALS));
            Column::OptionalNumber(rows.par_iter().map(bound).collect())
        };
        let place = |side: usize| {
            Column::OptionalInteger(rows.par_iter().map(|row| Some(i64::from(row.rank_interval?[side]))).collect())
        };
        let suppressed = |row: &ListRow| row.prospect.suppressed.map(|why| why.name().into());
        let mut columns = vec![
            ("rank".to_owned(), Column::Integer(ranks.take(rows.len()).collect())),
            ("customer_id".to_owned(), text(|row| &row.customer_id)),
            ("expected_loss".to_owned(), money(|row| row.prospect.expected_loss())),
            ("churn_probability".to_owned(), Column::Number(rows.par_iter().map(probability).collect())),
            ("churn_probability_low".to_owned(), bound(0)),
            ("churn_probability_high".to_owned(), bound(1)),
            ("rank_low".to_owned(), place(0)),
            ("rank_high".to_owned(), place(1)),
            ("risk_band".to_owned(), text(|row| RiskBand::of(row.prospect.churn_probability).name())),
            ("value_at_stake".to_owned(), money(|row| row.prospect.value_at_stake)),
            ("clv_historic".to_owned(), money(|row| row.clv_historic)),
            ("clv_predicted".to_owned(), customer_value(|customer_value| Some(customer_value.predicted))),
            ("clv_predicted_low".to_owned(), customer_value(|customer_value| Some(customer_value.interval?.low))),
            ("clv_predicted_high".to_owned(), customer_value(|customer_value| Some(customer_value.interval?.high))),
            ("clv_total".to_owned(), total),
            ("confidence".to_owned(), text(ListRow::confidence)),
            (
                "expected_next_order_date".to_owned(),
                Column::OptionalDate(rows.par_iter().map(|row| row.expected_next_order).collect()),
            ),
            (
                "days_since_last_order".to_owned(),
                Column::Integer(rows.par_iter().map(|row| row.days_since_last_order).collect()),
            ),
            ("life_cycle_stage".to_owned(), text(|row| row.stage.name())),
            (
                "open_complaints".to_owned(),
                Column::OptionalInteger(rows.par_iter().map(|row| row.open_complaints).collect()),
            ),
        ];
        columns.extend(reason_columns(rows));
        columns
            .push(("suppressed_because".to_owned(), Column::OptionalText(rows.par_iter().map(suppressed).collect())));
        columns.push(("model_version".to_owned(), Column::text(vec![self.model_version.as_str(); rows.len()])));
        columns.push(("as_of".to_owned(), Column::OptionalDate(vec![Some(self.as_of); rows.len()])));
        Table::new("list", columns)
    }
}

fn reason_columns<'l>(rows: &'l [ListRow]) -> Vec<(String, Column<'l>)> {
    let mut columns = Vec::with_capacity(2 * REASONS);
    let (sentence, code): (Tells, Tells) = (|reason| &reason.sentence, |reason| reason.family.code());
    for (name, of) in [("reason", sentence), ("reason_code", code)] {
        columns.extend((0..REASONS).map(|n| {
            let reason = |row: &'l ListRow| row.reasons.get(n).map(|reason| of(reason).into());
            (format!("{name}_{}", n + 1), Column::OptionalText(rows.par_iter().map(reason).collect()))
        }));
    }
    columns
}

/// A text of a reason.
type Tells = fn(&Reason) -> &str;

fn rounded(value: f64, decimals: u32) -> f64 {
    let scale = f64::from(10_u32.pow(decimals));
    // Adding zero turns a negative zero into a positive one.
    (value * scale).round() / scale + 0.0
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::decide::Suppression;
    use crate::features::Family;

    #[test]
    fn the_columns_keep_their_order_and_absent_values_stay_absent() {
        let reason = Reason { family: Family::Cadence, sentence: "silent for 71 days".into(), log_odds: 0.4 };
        let prospect = Prospect {
            customer: 0,
            churn_probability: 0.123_456,
            value_at_stake: 10.0,
            suppressed: Some(Suppression::OptedOut),
        };
        let row = ListRow {
            customer_id: "007".to_owned(),
            prospect,
            churn_interval: Some([0.1, 0.150_04]),
            rank_interval: None,
            clv_historic: -0.001,
            customer_value: None,
            expected_next_order: None,
            days_since_last_order: 71,
            stage: Stage::AtRisk,
            open_complaints: None,
            reasons: vec![reason],
        };
        let list = RankedList {
            as_of: date(2024, 6, 1),
            model_version: "v".to_owned(),
            currency: Currency::from_code("EUR").unwrap(),
            population: String::new(),
            rows: vec![row],
        };
        let mut pieces = list.pieces();
        let table = pieces.next().unwrap();
        assert!(pieces.next().is_none());
        let names: Vec<&str> = table.columns.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(
            names.join(" "),
            "rank customer_id expected_loss churn_probability churn_probability_low churn_probability_high rank_low \
             rank_high risk_band value_at_stake clv_historic \
             clv_predicted clv_predicted_low clv_predicted_high clv_total confidence expected_next_order_date days_since_last_order life_cycle_stage open_complaints reason_1 reason_2 reason_3 \
             reason_code_1 reason_code_2 reason_code_3 suppressed_because model_version as_of"
        );
        let column = |name: &str| table.column(name).unwrap().clone();
        assert_eq!(column("churn_probability"), Column::Number(vec![0.1235]));
        assert_eq!(column("churn_probability_high"), Column::OptionalNumber(vec![Some(0.15)]));
        assert_eq!(column("rank_low"), Column::OptionalInteger(vec![None]));
        assert_eq!(column("expected_loss"), Column::Number(vec![1.23]));
        assert_eq!(format!("{:?}", column("clv_historic")), "Number([0.0])");
        assert_eq!(column("reason_2"), Column::OptionalText(vec![None]));
        assert_eq!(column("suppressed_because"), Column::optional_text([Some("opted_out")]));
    }
}
