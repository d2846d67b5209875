//! Which optional parts of the input a shop has: what decides which features exist.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::columns::Tables;

/// A part of the input that not every shop has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Available {
    /// `purchases.quantity`
    Quantity,
    /// `purchases.discount`
    Discount,
    /// `purchases.product_id`
    Product,
    /// `purchases.category`
    Category,
    /// `purchases.channel`
    Channel,
    /// `purchases.region`
    Region,
    /// `purchases.is_return`, or negative amounts that are returns
    Returns,
    /// The complaints table
    Complaints,
    /// `complaints.first_response_at`
    FirstResponse,
    /// `complaints.resolved_at`
    Resolution,
    /// `complaints.reopened_at`
    Reopening,
    /// `complaints.category`
    Cause,
    /// `complaints.severity`
    Severity,
    /// `complaints.satisfaction`
    Satisfaction,
    /// `complaints.compensation`
    Compensation,
    /// `complaints.amount`
    ComplaintAmount,
    /// `customers.signed_up_at`
    SignUp,
    /// `complaints.order_id` and `purchases.order_id`
    ComplaintOrder,
    /// `customers.birth_date`
    BirthDate,
    /// `customers.region`
    HomeRegion,
    /// `customers.acquisition_channel`
    Acquisition,
    /// The surveys table
    Surveys,
    /// `surveys.nps`
    Nps,
    /// `surveys.csat`
    Csat,
    /// `purchases.channel`, `purchases.region` and `purchases.category`
    Ties,
}

impl Available {
    /// The input that provides it, as the config calls it.
    #[must_use]
    pub const fn input(self) -> &'static str {
        match self {
            Self::Quantity => "purchases.quantity",
            Self::Discount => "purchases.discount",
            Self::Product => "purchases.product_id",
            Self::Category => "purchases.category",
            Self::Channel => "purchases.channel",
            Self::Region => "purchases.region",
            Self::Returns => "purchases.is_return, or purchases.negative_amounts = \"return\"",
            Self::Complaints => "complaints",
            Self::FirstResponse => "complaints.first_response_at",
            Self::Resolution => "complaints.resolved_at",
            Self::Reopening => "complaints.reopened_at",
            Self::Cause => "complaints.category",
            Self::Severity => "complaints.severity",
            Self::Satisfaction => "complaints.satisfaction",
            Self::Compensation => "complaints.compensation",
            Self::ComplaintAmount => "complaints.amount",
            Self::SignUp => "customers.signed_up_at",
            Self::ComplaintOrder => "complaints.order_id and purchases.order_id",
            Self::BirthDate => "customers.birth_date",
            Self::HomeRegion => "customers.region",
            Self::Acquisition => "customers.acquisition_channel",
            Self::Surveys => "surveys",
            Self::Nps => "surveys.nps",
            Self::Csat => "surveys.csat",
            Self::Ties => "purchases.channel and purchases.region and purchases.category",
        }
    }
}

impl Tables {
    /// What the tables provide beyond the required columns.
    #[must_use]
    pub fn available(&self) -> BTreeSet<Available> {
        let (purchases, complaints, customers, surveys) =
            (&self.purchases, &self.complaints, &self.customers, &self.surveys);
        // What exists is decided by the config and never by the rows, so that a shop's first complaint or return does not
        // give it features that its model has never seen, and that all parts of a shop have the same.
        let (any_survey, any_complaint) = (surveys.are_recorded, complaints.are_recorded);
        let present = [
            (Available::Quantity, purchases.quantity.is_some()),
            (Available::Discount, purchases.discount.is_some()),
            (Available::Product, purchases.product.is_some()),
            (Available::Category, purchases.category.is_some()),
            (Available::Channel, purchases.channel.is_some()),
            (Available::Region, purchases.region.is_some()),
            (Available::Returns, purchases.records_returns),
            (Available::Complaints, any_complaint),
            (Available::FirstResponse, any_complaint && complaints.first_response_at.is_some()),
            (Available::Resolution, any_complaint && complaints.resolved_at.is_some()),
            (Available::Reopening, any_complaint && complaints.reopened_at.is_some()),
            (Available::Cause, any_complaint && complaints.category.is_some()),
            (Available::Severity, any_complaint && complaints.severity.is_some()),
            (Available::Satisfaction, any_complaint && complaints.satisfaction.is_some()),
            (Available::Compensation, any_complaint && complaints.compensation.is_some()),
            (Available::ComplaintAmount, any_complaint && complaints.amount.is_some()),
            (Available::SignUp, customers.signed_up_at.is_some()),
            (Available::ComplaintOrder, any_complaint && complaints.order.is_some() && purchases.order.is_some()),
            (Available::BirthDate, customers.birth_date.is_some()),
            (Available::HomeRegion, customers.region.is_some()),
            (Available::Acquisition, customers.acquisition.is_some()),
            (Available::Surveys, any_survey),
            (Available::Nps, any_survey && surveys.nps.is_some()),
            (Available::Csat, any_survey && surveys.csat.is_some()),
            (
                Available::Ties,
                purchases.channel.is_some() && purchases.region.is_some() && purchases.category.is_some(),
            ),
        ];
        present.into_iter().filter_map(|(part, there)| there.then_some(part)).collect()
    }
}
