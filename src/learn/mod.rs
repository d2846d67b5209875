//! Owns the learners behind one trait. A learner sees prepared columns and labels, never events; whether its optimiser
//! converged is a value that is stored.

mod attribution;
mod blend;
mod blend_weights;
mod boosted;
mod boosted_model;
mod boosting;
mod card;
mod curves;
mod cutoff_weight_choice;
mod cutoff_weights;
mod design;
mod error;
mod explained;
mod explainer;
mod feature_selection;
mod fold_losses;
mod folds;
mod forecast;
mod forecast_model;
mod forest;
mod heads;
mod intercepts;
mod level;
mod linear;
mod linear_model;
mod log_odds;
mod logistic;
mod losses;
mod model;
mod onnx;
mod preparation;
mod rows;
mod scores;
mod selection_optimism;
mod shapes;
mod shared_fits;
mod stability;
mod standard_errors;
mod target;
mod training;
mod tuning;
mod uncertainty;
mod walk;
mod xgboost;

use ndarray::ArrayView2;

use crate::maths::logistic::Problem;

pub use blend::BlendLearner;
pub use boosted::BoostedLearner;
pub use boosted_model::BoostedModel;
pub use card::{Coefficient, ColumnKind, ModelCard};
pub use curves::Curve;
pub use cutoff_weights::{CutoffWeights, CutoffWeightsPolicy, CutoffWeightsRecord, CutoffWeightsTrial};
pub use error::LearnError;
pub use explained::Explained;
pub use explainer::Explainer;
pub use feature_selection::{
    FeatureNote, FeatureSelection, FeatureSelections, RISING, SelectionPolicy, SelectionRecord, Why,
};
pub use folds::{Fold, forward_chain};
pub use forecast::ForecastLearner;
pub use forecast_model::ForecastModel;
pub use heads::train_head;
pub use level::Level;
pub use linear::{Columns, LinearLearner, PENALTIES};
pub use linear_model::LinearModel;
pub use log_odds::LogOddsPrediction;
pub use log_odds::OutOfTime;
pub use logistic::Convergence;
pub use losses::{log_loss_at_own_level, mean_log_loss};
pub use model::{BlendMember, BlendModel, Model};
pub use onnx::GraphRows;
pub use preparation::Preparation;
pub use selection_optimism::{MeasuredOn, NestedLoss};
pub use shapes::{Drivers, MissingStep, Shape, ShapeStep};
pub use shared_fits::SharedFits;
pub use stability::{Stability, stability_index};
pub use target::Target;
pub use training::{Choice, Learner, Member, Trained, Training, TrainingNotes};
pub use tuning::{BoostingSettings, TuningRecord, TuningTrial};
pub use uncertainty::Uncertainty;

/// Every learner, the main one first, then the baselines it has to beat.
pub const LEARNERS: &[&dyn Learner] = &[
    &BlendLearner { name: "blend", title: "blend", members: &["logistic", "boosting", "mbg_nbd"] },
    &LinearLearner { name: "logistic", title: "logistic regression", columns: Columns::All },
    &BoostedLearner {
        name: "boosting",
        title: "gradient boosting",
        one_feature_a_tree: false,
        seed: 1,
        is_on_request: false,
    },
    &BoostedLearner {
        name: READABLE_LEARNER,
        title: "explainable boosting",
        one_feature_a_tree: true,
        seed: 1,
        is_on_request: true,
    },
    &LinearLearner { name: "recency", title: "recency rule", columns: Columns::Only(&["recency_days"]) },
    &LinearLearner { name: "overdue", title: "overdue rule", columns: Columns::Only(&["overdue_ratio"]) },
    &LinearLearner {
        name: "rfm",
        title: "recency, frequency, monetary",
        columns: Columns::Only(&["recency_days", "orders_365d_count", "net_spend_365d_amount"]),
    },
    &ForecastLearner { name: "mbg_nbd", title: "MBG/NBD", feature: "model_no_purchase_share" },
];

/// The learner whose probabilities make the list.
pub const MAIN_LEARNER: &str = "blend";

/// The learner whose model is a sum of one curve a feature, which a person can read.
pub const READABLE_LEARNER: &str = "ebm";

/// Trains learners and those on which they build, each once; they come in the order of [`LEARNERS`].
///
/// # Errors
/// The first learner that could not learn.
pub fn train(training: &Training<'_>, names: &[&str]) -> Result<Vec<(&'static str, Trained)>, LearnError> {
    let is_wanted = |learner: &&&dyn Learner| names.contains(&learner.name());
    let builds_on = |name: &str| LEARNERS.iter().filter(is_wanted).any(|other| other.members().contains(&name));
    let needed: Vec<&dyn Learner> =
        LEARNERS.iter().copied().filter(|learner| is_wanted(&learner) || builds_on(learner.name())).collect();
    let (alone, composed): (Vec<&dyn Learner>, Vec<&dyn Learner>) =
        needed.iter().copied().partition(|learner| learner.members().is_empty());
    let selections = training.selections()?;
    let cutoff_weights = cutoff_weight_choice::choose(training, &selections)?;
    let training = &Training { cutoff_weights: CutoffWeightsPolicy::Given(cutoff_weights.used), ..*training };
    let train_alone = |learner: &&dyn Learner| Ok((learner.name(), learner.train(training, &selections, &[])?));
    let n_cells = training.rows.len() * selections.whole.used.len();
    let mut trained: Vec<(&'static str, Trained)> = rows::results_of(&alone, n_cells, train_alone)?;
    for learner in composed {
        let is_member = |(name, _): &&(&'static str, Trained)| learner.members().contains(name);
        let members: Vec<Member<'_>> =
            trained.iter().filter(is_member).map(|(name, trained)| Member { name, trained }).collect();
        let composite = learner.train(training, &selections, &members)?;
        trained.push((learner.name(), composite));
    }
    for (_, trained) in &mut trained {
        trained.notes.cutoff_weights = cutoff_weights.clone();
    }
    trained.sort_by_key(|(name, _)| LEARNERS.iter().position(|learner| learner.name() == *name));
    Ok(trained)
}

/// Fits a logistic regression to prepared columns, `(n_rows, n_columns)`: the weights, then the intercept, at the minimum of
/// `sum of log-losses + alpha / 2 * |weights|^2`.
///
/// # Errors
/// No rows or one outcome only, values that are not finite, or no convergence.
pub fn fit_logistic(
    x: ArrayView2<'_, f64>,
    churned: &[bool],
    alpha: f64,
) -> Result<(Vec<f64>, Convergence), LearnError> {
    rows::check_classes("logistic", churned)?;
    let fit = logistic::fit("logistic", &Problem { x: x.view(), churned, alpha, weights: &[] })?;
    Ok((fit.parameters.to_vec(), fit.convergence))
}
