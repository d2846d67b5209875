//! The ranked list as rows and as the table that goes to files.

use std::ops::Range;

use jiff::civil::Date;

use super::customer_value::CustomerValue;
use super::list_columns::{LIST_COLUMNS, Piece};
use crate::clv::ValueInterval;
use crate::decide::{Prospect, Stage};
use crate::explain::Reason;
use crate::table::Table;
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

/// Rows of a list that are held as columns at one time.
const PIECE_ROWS: usize = 1 << 17;

impl RankedList {
    /// The list in its stable column order, in pieces one after the other; at least one.
    pub fn pieces(&self) -> impl Iterator<Item = Table<'_>> {
        let n = self.rows.len();
        (0..n.max(1)).step_by(PIECE_ROWS).map(move |start| self.table_of(start..(start + PIECE_ROWS).min(n)))
    }

    fn table_of(&self, places: Range<usize>) -> Table<'_> {
        let piece = Piece { list: self, rows: &self.rows[places.clone()], first: places.start };
        Table::new("list", LIST_COLUMNS.iter().map(|column| (column.name, column.of(piece))))
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::decide::Suppression;
    use crate::features::Family;
    use crate::table::Column;

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
