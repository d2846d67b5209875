//! What can be wrong with the features of a model or of the config: how two schemas differ, and what is said of it.

use crate::error::{Exit, Report};

/// How a feature at hand differs from the one a model was trained on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SchemaDifference {
    /// The model has it, the data do not.
    Missing(String),
    /// The data have it, the model does not.
    Additional(String),
    /// Both have it, in other units.
    OtherUnit(String),
    /// Both have it, and this version computes it in another way.
    Revised {
        /// The feature.
        feature: String,
        /// Its definition when the model was trained.
        from: u32,
        /// Its definition now.
        to: u32,
    },
    /// Both have it, and the config defines it in another way.
    Redefined(String),
}

impl std::fmt::Display for SchemaDifference {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Missing(name) => write!(f, "`{name}` is missing in the data"),
            Self::Additional(name) => write!(f, "`{name}` is new in the data"),
            Self::Redefined(name) => write!(f, "`{name}` is defined otherwise in the config"),
            Self::OtherUnit(name) => write!(f, "`{name}` is in another unit"),
            Self::Revised { feature, from, to } => {
                write!(f, "`{feature}` is computed in another way (definition {from} -> {to})")
            }
        }
    }
}

/// Features that do not fit.
#[derive(Debug, thiserror::Error)]
pub enum SchemaError {
    /// Features that the model uses are gone or mean something else.
    #[error("features that the model uses are not what they were in training: {}", list(.differences))]
    Differs {
        /// Each difference.
        differences: Vec<SchemaDifference>,
    },
    /// A feature is asked for that the shop does not have.
    #[error("this shop has no feature and no family `{name}`")]
    NotHere {
        /// What was asked for.
        name: String,
        /// The most similar feature.
        nearest: Option<String>,
    },
    /// A custom feature has a name that means something already.
    #[error(
        "`features.custom` calls a feature `{name}`, which is a feature, a family or a column of ours, or stands twice"
    )]
    NameTaken {
        /// The name.
        name: String,
    },
    /// A custom feature has no column in the event log.
    #[error("the tables have no column for the custom feature `{name}`")]
    NoColumn {
        /// The feature.
        name: String,
    },
    /// A stored schema names a feature that this version does not know.
    #[error("feature `{name}` is not known to this version")]
    UnknownFeature {
        /// The feature.
        name: String,
    },
}

fn list(differences: &[SchemaDifference]) -> String {
    differences.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

impl Report for SchemaError {
    fn code(&self) -> &'static str {
        match self {
            Self::Differs { .. } => "E311",
            Self::UnknownFeature { .. } => "E312",
            Self::NotHere { .. } => "E313",
            Self::NameTaken { .. } => "E314",
            Self::NoColumn { .. } => "E315",
        }
    }

    fn exit(&self) -> Exit {
        match self {
            Self::NotHere { .. } | Self::NameTaken { .. } => Exit::BadUsage,
            _ => Exit::CouldNotRun,
        }
    }

    fn hint(&self) -> Option<String> {
        if let Self::NotHere { nearest, .. } = self {
            let similar = nearest.as_ref().map_or(String::new(), |nearest| format!("did you mean `{nearest}`? "));
            return Some(format!("{similar}`retain features --describe` lists them, and what each needs"));
        }
        if let Self::NameTaken { .. } = self {
            return Some("choose another name".to_owned());
        }
        Some("restore the columns in the config, or train a model on the present data with `retain run`".to_owned())
    }
}
