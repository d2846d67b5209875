//! The ranked list as rows.

use jiff::civil::Date;
use rayon::prelude::*;

use crate::clv::ValueInterval;
use crate::decide::{Prospect, Stage};
use crate::explain::Reason;
use crate::units::Currency;
use crate::value::{CustomerValue, ListedCustomer};

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
    /// Columns of the shop's own behind the others: how the config names each, and the text of each row where there is any.
    pub carried: Vec<(String, Vec<Option<String>>)>,
}

/// Everyone eligible, each in one of two lists of the same columns.
#[derive(Debug, Clone, PartialEq)]
pub struct Lists {
    /// Customers who are here: to be kept.
    pub list: RankedList,
    /// Customers who have more likely left than not: to be won back.
    pub winback: RankedList,
}

impl Lists {
    /// How many customers are eligible.
    #[must_use]
    pub const fn n_eligible(&self) -> usize {
        self.list.rows.len() + self.winback.rows.len()
    }

    /// The rows of both lists.
    pub fn rows(&self) -> impl Iterator<Item = &ListRow> {
        self.list.rows.iter().chain(&self.winback.rows)
    }

    /// Mean churn probability of everyone eligible; 0 for nobody.
    #[must_use]
    pub fn mean_churn_probability(&self) -> f64 {
        let sum: f64 = self.rows().map(|row| row.prospect.churn_probability).sum();
        sum / (self.n_eligible() as f64).max(1.0)
    }

    /// The customers as tables of value by group know them.
    #[must_use]
    pub fn customers(&self) -> Vec<ListedCustomer> {
        let listed = |row: &ListRow| ListedCustomer {
            customer: row.prospect.customer,
            stage: row.stage,
            churn_probability: row.prospect.churn_probability,
        };
        let lists = self.list.rows.par_iter().chain(&self.winback.rows);
        lists.map(listed).collect()
    }
}
