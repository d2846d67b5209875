//! What a person can read in a model: the weights of its linear part with their errors, curves, and what drives it.

use serde::{Deserialize, Serialize};

use super::curves::Curve;
use super::shapes::Drivers;
use crate::checked::{self, Checked, Flaw};

/// The readable parts of a model.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct ModelCard {
    /// Weights of linear members, those farthest from zero in standard errors first.
    pub coefficients: Vec<Coefficient>,
    /// Curves of the explainable boosting that was trained beside the model, the strongest first; empty where the config
    /// asks for none.
    #[serde(default)]
    pub curves: Vec<Curve>,
    /// The course of what the strongest features of the whole model add; absent in versions from before it was kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub drivers: Option<Drivers>,
}

impl Checked for ModelCard {
    fn check(&self) -> Result<(), Flaw> {
        for (number, curve) in self.curves.iter().enumerate() {
            let in_curve = |flaw: Flaw| flaw.within(&format!("curves[{number}]"));
            checked::length("log_odds", curve.log_odds.len(), curve.edges.len() + 1).map_err(in_curve)?;
            checked::length("rows", curve.rows.len(), curve.log_odds.len()).map_err(in_curve)?;
        }
        self.drivers.as_ref().map_or(Ok(()), |drivers| checked::within("drivers", drivers))
    }
}

/// The weight of one column of a logistic regression.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Coefficient {
    /// The feature behind the column.
    pub feature: String,
    /// What the column holds of it.
    pub column: ColumnKind,
    /// Mean of the column over the training rows, in the unit of the feature, or of its logarithm.
    pub mean: f64,
    /// Its standard deviation there: the step that the weight is about.
    pub sd: f64,
    /// Change in log-odds of churning for one standard deviation more.
    pub log_odds_per_sd: f64,
    /// Standard error of that, clustered by customer; of the penalised estimate, which is drawn towards zero.
    pub standard_error: f64,
    /// The weight in standard errors.
    pub z: f64,
}

/// What a prepared column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ColumnKind {
    /// The value.
    Value,
    /// `sign(x) ln(1 + |x|)` of it.
    SignedLogarithm,
    /// 1 where it is missing, 0 elsewhere.
    IsMissing,
}
