//! What a stored version consists of: plain data that cannot run code.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::calibrate::{Calibration, Calibrator, Heads};
use crate::dataset::SampleRecord;
use crate::evaluate::{Challenge, Evaluation, Finding, Verdict};
use crate::explain::Medians;
use crate::features::FeatureSchema;
use crate::guard::GuardRecord;
use crate::label::ChurnRule;
use crate::learn::{Choice, Model, ModelCard, TrainingNotes, Uncertainty};
use crate::monitor::TrainingProfile;
use crate::profile::FollowUp;

/// The format of a version; raised when an older reader would misunderstand it, or a later one cannot trust it.
pub const FORMAT: u32 = 2;

/// `model.json`: all that scoring needs beside the feature schema.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StoredModel {
    /// [`FORMAT`] of the version that wrote it.
    pub format: u32,
    /// The learner.
    pub learner: String,
    /// What was promised to whom: churn means this.
    pub rule: ChurnRule,
    /// From features to log-odds.
    pub model: Model,
    /// From log-odds to probabilities.
    pub calibrator: Calibrator,
    /// What the label window's outcome says of a return, where it could be learnt; models of earlier versions have none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub heads: Option<Heads>,
    /// How uncertain the log-odds are; models of earlier versions do not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[serde(alias = "doubt")]
    pub uncertainty: Option<Uncertainty>,
    /// What customers were like in training, for its reasons; models of earlier versions do not say.
    #[serde(default, skip_serializing_if = "Medians::is_empty")]
    pub medians: Medians,
}

impl StoredModel {
    /// The models of its heads.
    pub fn head_models(&self) -> impl Iterator<Item = &Model> {
        self.heads.iter().flat_map(Heads::models).map(|head| &head.model)
    }
}

/// `manifest.json`: where the model comes from and how it was made.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ModelManifest {
    /// Schema version of this file.
    pub format: u32,
    /// Version of `retain`.
    pub retain_version: String,
    /// The version's own name.
    pub version: String,
    /// When it was registered, in UTC.
    pub created_at: String,
    /// What was known: everything before the local midnight of this day.
    pub as_of: Date,
    /// What it learnt from.
    pub training: TrainingRecord,
    /// Choices of the learner and how its optimiser stopped.
    pub notes: TrainingNotes,
    /// What a person can read in the model.
    #[serde(default)]
    pub card: ModelCard,
    /// How the calibrator was chosen.
    pub calibration: Calibration,
    /// The grade with its population.
    pub verdict: Verdict,
    /// The model beside the champion of its day; absent in versions made before it was compared.
    #[serde(default)]
    pub challenge: Option<ChallengeRecord>,
    /// The simple rule that the version is; `None` for a learnt model. A rule is never the champion.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub simple_rule: Option<String>,
    /// How the conditional heads were learnt, or why they were not; absent in earlier versions.
    #[serde(default)]
    pub heads: Option<HeadsRecord>,
    /// What was looked at for leaks.
    #[serde(default)]
    pub leak_guard: GuardRecord,
    /// Features that this shop does not have, and what they would need.
    pub absent_features: serde_json::Value,
    /// The checked config.
    pub config: serde_json::Value,
    /// Fingerprints of the input files.
    pub inputs: serde_json::Value,
    /// What became of every input row.
    pub accounts: serde_json::Value,
}

impl ModelManifest {
    /// What lists say of the model that made them: the version, or `rule:` and the name of a simple rule.
    #[must_use]
    pub fn model_version(&self) -> String {
        self.simple_rule.as_ref().map_or_else(|| self.version.clone(), |rule| format!("rule:{rule}"))
    }
}

/// A new model beside the champion of its day.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ChallengeRecord {
    /// The version that scored then.
    pub champion: Option<String>,
    /// What came of it.
    pub outcome: Outcome,
    /// The same with its reason and figures, in one sentence.
    pub sentence: String,
    /// The figures, where both could be tested on rows from which neither had learnt.
    pub figures: Option<Challenge>,
}

/// What came of a challenge.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// There was no champion.
    First,
    /// The champion cannot score what the shop is now: other features, another question, or damaged.
    Incomparable,
    /// The new model knows less of the past than the champion.
    Older,
    /// Nothing that the champion predicted has come or not yet.
    TooSoon,
    /// The same, but the new model fell behind what the champion did in tests of its own.
    Fallen,
    /// Both were tested on the same rows.
    Compared(Finding),
}

impl Outcome {
    /// Whether there is a champion that can score.
    #[must_use]
    pub const fn leaves_a_champion(self) -> bool {
        !matches!(self, Self::First | Self::Incomparable)
    }

    /// Whether the new model may take over.
    #[must_use]
    pub const fn takes_over(self) -> bool {
        match self {
            Self::First | Self::Incomparable | Self::TooSoon => true,
            Self::Older | Self::Fallen => false,
            Self::Compared(finding) => finding.takes_over(),
        }
    }
}

/// What a model learnt from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TrainingRecord {
    /// Who is eligible, in words.
    pub population: String,
    /// What is predicted, in words.
    pub question: String,
    /// The training cutoffs.
    pub cutoffs: Vec<Date>,
    /// Rows over all of them.
    pub n_rows: usize,
    /// Share of the rows whose customer left.
    pub churn_rate: f64,
    /// Earlier cutoffs on which settings were chosen and the calibrator was learnt.
    pub fold_cutoffs: Vec<Date>,
    /// What a cap on the rows left; `None` where it learnt from everyone.
    #[serde(default)]
    pub sampled: Option<SampleRecord>,
}

/// How the conditional heads were learnt: no return given no purchase in the label window, and given one.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct HeadsRecord {
    /// How long customers are watched behind the label window.
    pub follow_up: Option<FollowUp>,
    /// The training cutoffs whose outcomes were known.
    pub cutoffs: Vec<Date>,
    /// Who never comes back, given no purchase in the label window.
    pub never: Option<HeadRecord>,
    /// Whose purchase in the label window was the last.
    pub last: Option<HeadRecord>,
    /// Why there are no heads, so that lists follow the rule of the own rhythm alone.
    pub fallback: Option<String>,
}

/// How one head was learnt.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct HeadRecord {
    /// Rows learnt from.
    pub n_rows: usize,
    /// Share of them without a return.
    pub rate: f64,
    /// What did best on the folds, one of those in `figures`.
    pub learner: String,
    /// The setting that the folds decided.
    pub setting: Choice,
    /// Earlier cutoffs on which the setting was chosen and the calibrator learnt.
    pub fold_cutoffs: Vec<Date>,
    /// The head and the rules that it has to beat, on these cutoffs.
    pub figures: Vec<HeadFigures>,
    /// How the calibrator was chosen; the calibrator itself is in the model.
    pub calibration: Calibration,
}

/// How a learner did on the folds of a head, before calibration.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct HeadFigures {
    /// The learner: `blend`, its members `logistic` and `boosting`, or the rules `silence` (in the own rhythm) and `alive` (of
    /// the value model).
    pub learner: String,
    /// Rows predicted.
    pub n_rows: usize,
    /// Mean AUC over the folds.
    pub auc: f64,
    /// Mean log-loss, each fold at its own level.
    pub log_loss: f64,
}

/// A version as it is kept: these files in one folder, and their hashes beside a passport and, where its model has trees, a
/// copy for `XGBoost` that are made from them.
#[derive(Debug, Clone, PartialEq)]
pub struct Version {
    /// `model.json`.
    pub model: StoredModel,
    /// `schema.json`: the features in the order of the model.
    pub schema: FeatureSchema,
    /// `manifest.json`.
    pub manifest: ModelManifest,
    /// `evaluation.json`: every figure about its quality.
    pub evaluation: Evaluation,
    /// `profile.json`: what the shop and its features were like in training; versions made before it was kept have none.
    pub profile: Option<TrainingProfile>,
}
