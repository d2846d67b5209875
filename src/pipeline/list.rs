//! The ranked list as rows.

use std::borrow::Cow;
use std::sync::Arc;

use jiff::civil::Date;
use rayon::prelude::*;

use super::earlier::RowChange;
use crate::clv::ValueInterval;
use crate::config::Playbook;
use crate::decide::{
    Candidate, Chances, ContactEvidence, Decision, FoundCause, Grievance, NextCategory, PastContact, PlanSummary,
    Prospect, Segments, Stage, Stakes, Subject, Untouched, action_why, cause_why, suppressed_because,
};
use crate::explain::{Reason, Unexplained, Usual};
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
    /// Spend of the past 365 days net of returns, in major units.
    pub past_year_spend: f64,
    /// Whole days since the last order.
    pub days_since_last_order: i64,
    /// The life-cycle stage.
    pub stage: Stage,
    /// The segments.
    pub segments: Segments,
    /// Complaints waiting for a resolution; `None` if the shop does not record resolutions.
    pub open_complaints: Option<i64>,
    /// Why the customer is probably lost or about to be, if a cause stands out.
    pub cause: Option<FoundCause>,
    /// The strongest first.
    pub reasons: Vec<Reason>,
    /// What is done for the customer, or why nothing.
    pub decision: Decision,
    /// What it was decided from, beside the other fields.
    pub basis: DecisionBasis,
    /// The latest contact with each action, the latest first.
    pub contacts: Vec<PastContact>,
    /// For each action, whether its SQL condition holds; empty where no action has one.
    pub holds: Box<[bool]>,
    /// The category that the customer is likely to want next, if there is one.
    pub next_category: Option<Box<NextCategory>>,
    /// The complaint that has to be settled first, if there is one.
    pub grievance: Option<Box<Grievance>>,
    /// What changed since an earlier list, if there is one.
    pub change: Option<Box<RowChange>>,
}

/// What a decision was made from.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct DecisionBasis {
    /// What may become of the customer.
    pub chances: Chances,
    /// Standard deviation of what is not known of the log-odds of churning.
    pub log_odds_sd: f64,
    /// What is won or lost.
    pub stakes: Stakes,
    /// Who looks after the customer, if the shop says so.
    pub owner: Option<u32>,
}

/// What was decided about all rows, and by which playbook.
#[derive(Debug, Clone, PartialEq)]
pub struct ListDecisions {
    /// The playbook.
    pub playbook: Playbook,
    /// The plan in figures.
    pub summary: PlanSummary,
    /// What the shop's own contacts say; `None` where none are recorded.
    pub evidence: Option<Arc<ContactEvidence>>,
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
    /// The customer as it was decided about.
    #[must_use]
    pub fn candidate(&self) -> Candidate<'_> {
        let DecisionBasis { chances, log_odds_sd, stakes, owner } = self.basis;
        Candidate {
            id: &self.customer_id,
            chances,
            log_odds_sd,
            stakes,
            clv_historic: self.clv_historic,
            days_since_last_order: self.days_since_last_order,
            stage: self.stage,
            segments: self.segments,
            cause: self.cause.as_ref().map(|found| found.cause),
            open_complaints: self.open_complaints,
            has_grievance: self.grievance.is_some(),
            is_opted_out: self.prospect.suppressed.is_some(),
            contacts: &self.contacts,
            owner,
            holds: &self.holds,
            has_next_category: self.next_category.is_some(),
        }
    }

    /// What the cause is read from, as a sentence.
    #[must_use]
    pub fn cause_why(&self) -> String {
        cause_why(self.cause.as_ref(), self.reasons.iter().map(|reason| &*reason.sentence))
    }

    /// The customer as one without a reason.
    fn unexplained(&self, has_money: bool) -> Unexplained {
        let Prospect { outcome, value_at_stake, .. } = self.prospect;
        let past_year_spend = if has_money { self.past_year_spend } else { 0.0 };
        Unexplained { risk: outcome.lost(), value_at_stake, past_year_spend }
    }

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
    /// Whether amounts of purchases are money.
    pub has_money: bool,
    /// Who is on the list, in words.
    pub population: String,
    /// The first is the most urgent.
    pub rows: Vec<ListRow>,
    /// What was decided.
    pub decisions: ListDecisions,
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

impl RankedList {
    /// The name of the action of a row, if there is one.
    #[must_use]
    pub fn action_name(&self, row: &ListRow) -> Option<&str> {
        Some(&self.decisions.playbook.actions.get(row.decision.action?.place)?.name)
    }

    /// What is usual on the list.
    #[must_use]
    pub fn usual(&self) -> Usual {
        let rows = self.rows.iter().map(|row| row.unexplained(self.has_money));
        Usual::of(rows.map(|row| (row.risk, row.value_at_stake)))
    }

    /// The first reason of a row, or what stands in its place.
    #[must_use]
    pub fn first_reason<'l>(&self, usual: &Usual, row: &'l ListRow) -> Cow<'l, str> {
        let none = || usual.sentence(&row.unexplained(self.has_money), &self.currency).into();
        row.reasons.first().map_or_else(none, |reason| Cow::Borrowed(&*reason.sentence))
    }

    /// The reasons of a row in sentences, or what stands in their place.
    #[must_use]
    pub fn reasons_of(&self, row: &ListRow) -> Vec<String> {
        let others = row.reasons.iter().skip(1).map(|reason| reason.sentence.clone().into_string());
        std::iter::once(self.first_reason(&self.usual(), row).into_owned()).chain(others).collect()
    }

    /// Why a row has its action, as a sentence; `None` where it has none.
    #[must_use]
    pub fn action_why(&self, row: &ListRow) -> Option<String> {
        let planned = row.decision.action.as_ref()?;
        let action = self.decisions.playbook.actions.get(planned.place)?;
        let DecisionBasis { chances, stakes, .. } = &row.basis;
        let grievance = row.grievance.as_deref();
        let subject = Subject {
            action,
            planned,
            chances,
            stakes,
            cause: row.cause.as_ref().map(|found| found.cause),
            grievance,
            next_category: row.next_category.as_deref(),
            currency: &self.currency,
        };
        Some(action_why(row.decision.group, &subject))
    }

    /// Why the customer of a row is not contacted, as a sentence.
    #[must_use]
    pub fn suppressed_because(&self, row: &ListRow) -> Option<String> {
        suppressed_because(&Untouched {
            decision: &row.decision,
            contacts: &row.contacts,
            stage: row.stage,
            grievance: row.grievance.as_deref(),
            evidence: self.decisions.evidence.as_deref(),
            as_of: self.as_of,
            actions: &self.decisions.playbook.actions,
            min_gain: self.decisions.summary.min_gain,
            currency: &self.currency,
        })
    }
}
