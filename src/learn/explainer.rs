//! What a model says of rows and what each feature adds to it, from one reading of the rows.

use ndarray::Array2;

use super::attribution::Attribution;
use super::explained::Explained;
use super::shapes::{Shape, strongest};
use super::{BlendModel, BoostedModel, ForecastModel, LearnError, LinearModel, Model, Uncertainty};
use crate::dataset::Dataset;
use crate::timeline::Cutoff;

/// Largest error of a sum of contributions, in log-odds.
const ADDITIVE_LIMIT: f64 = 1e-6;

/// A model that was made ready to explain many rows.
pub struct Explainer<'m> {
    model: &'m Model,
    ready: Ready<'m>,
    /// Asked along with the model.
    uncertainty: Option<&'m Uncertainty>,
}

/// What each kind of model needs beside itself.
enum Ready<'m> {
    Linear(&'m LinearModel),
    Boosted(&'m BoostedModel, Attribution),
    Forecast(&'m ForecastModel),
    Blend(&'m BlendModel, Vec<Explainer<'m>>),
}

impl<'m> Explainer<'m> {
    pub(super) fn of(model: &'m Model) -> Self {
        let ready = match model {
            Model::Linear(model) => Ready::Linear(model),
            Model::Boosted(model) => Ready::Boosted(model, model.attribution()),
            Model::Forecast(model) => Ready::Forecast(model),
            Model::Blend(model) => Ready::Blend(model, model.models().map(Self::of).collect()),
        };
        Self { model, ready, uncertainty: None }
    }

    /// Asks a uncertainty along, by the member that reads the same prepared columns, if there is one.
    #[must_use]
    pub fn with_uncertainty(mut self, uncertainty: &'m Uncertainty) -> Self {
        if let Ready::Blend(_, members) = &mut self.ready
            && let Some(place) = members.iter().position(|member| member.reads_columns_of(uncertainty))
        {
            let member = members.remove(place);
            members.insert(place, member.with_uncertainty(uncertainty));
        } else {
            self.uncertainty = Some(uncertainty);
        }
        self
    }

    fn reads_columns_of(&self, uncertainty: &Uncertainty) -> bool {
        matches!(self.ready, Ready::Linear(model) if uncertainty.reads_columns_of(model.preparation()))
    }

    /// Explains rows; their contributions and `base_log_odds` sum to the log-odds, which is checked.
    ///
    /// # Errors
    /// `LearnError::MissingFeature` if the dataset lacks a feature of the model; `LearnError::NotAdditive`.
    pub fn explain(&self, dataset: &Dataset, rows: &[usize]) -> Result<Explained, LearnError> {
        let mut explained = match &self.ready {
            Ready::Linear(model) => model.explained(dataset, rows, self.uncertainty)?,
            Ready::Boosted(model, attribution) => Explained::alone(model.explained(dataset, rows, attribution)?),
            Ready::Forecast(model) => Explained::alone(model.explained(dataset, rows)?),
            Ready::Blend(model, members) => {
                let of_member = |member: &Self| member.explain(dataset, rows);
                let members = members.iter().map(of_member).collect::<Result<Vec<_>, _>>()?;
                model.explained(dataset, rows, &members)
            }
        };
        if let Some(uncertainty) = self.uncertainty.filter(|_| explained.variances.is_empty()) {
            explained.variances = uncertainty.variances(dataset, rows)?;
        }
        self.check(&explained, dataset, rows)?;
        Ok(explained)
    }

    fn check(&self, explained: &Explained, dataset: &Dataset, rows: &[usize]) -> Result<(), LearnError> {
        let level = |cutoff: &Cutoff| self.model.base_log_odds(*cutoff);
        let levels: Vec<f64> = dataset.cutoffs.iter().map(level).collect();
        let summed = explained.contributions.outer_iter().zip(&explained.prediction.log_odds);
        for (row, (parts, log_odds)) in rows.iter().zip(summed) {
            let difference = levels[usize::from(dataset.cutoff_idx[*row])] + parts.sum() - log_odds;
            // Written so that a difference that is not a number is refused.
            if difference.is_nan() || difference.abs() > ADDITIVE_LIMIT {
                return Err(LearnError::NotAdditive { row: *row, difference, limit: ADDITIVE_LIMIT });
            }
        }
        Ok(())
    }
}

impl Model {
    /// The model, made ready to explain many rows.
    #[must_use]
    pub fn explainer(&self) -> Explainer<'_> {
        Explainer::of(self)
    }

    /// For each row, what each feature adds to the log-odds; with `base_log_odds` they sum to the log-odds, which is
    /// checked.
    ///
    /// # Errors
    /// `LearnError::MissingFeature` if the dataset lacks a feature of the model; `LearnError::NotAdditive`.
    pub fn contributions(&self, dataset: &Dataset, rows: &[usize]) -> Result<Array2<f64>, LearnError> {
        Ok(self.explainer().explain(dataset, rows)?.contributions)
    }

    /// The course of what its strongest features add over their values, on some rows that all have an outcome.
    ///
    /// # Errors
    /// As [`Model::contributions`].
    pub fn shapes(&self, dataset: &Dataset, rows: &[usize], as_of: Cutoff) -> Result<Vec<Shape>, LearnError> {
        let contributions = self.contributions(dataset, rows)?;
        let features = self.contributing_features();
        let places: Vec<Option<usize>> = features.iter().map(|name| dataset.schema.position(name)).collect();
        let value = |(row, feature): (usize, usize)| {
            places[feature].map_or(f64::NAN, |column| dataset.value(rows[row], column))
        };
        let values = Array2::from_shape_fn(contributions.dim(), value);
        let churned: Vec<bool> = rows.iter().map(|row| dataset.churned(*row, as_of)).collect();
        Ok(strongest(features, values.view(), contributions.view(), &churned))
    }
}
