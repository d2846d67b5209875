//! Owns what can be wrong with the parameters of a simulated shop.

use std::fmt;

use crate::error::{Exit, Report};

/// One parameter outside its range.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadParam {
    /// The parameter, as a path within `ShopParams`, for example `leaving.per_order_mean`.
    pub param: &'static str,
    /// What is allowed.
    pub allowed: String,
    /// What came.
    pub received: String,
}

impl fmt::Display for BadParam {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` must be {}, not {}", self.param, self.allowed, self.received)
    }
}

/// Why a shop cannot be simulated.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SimulateError {
    /// Parameters are outside their range; all of them are listed.
    #[error("{} of the shop's parameters cannot be used: {}", .0.len(), listed(.0))]
    BadParams(Vec<BadParam>),
}

impl Report for SimulateError {
    fn code(&self) -> &'static str {
        match self {
            Self::BadParams(_) => "E801",
        }
    }

    fn exit(&self) -> Exit {
        Exit::BadUsage
    }

    fn hint(&self) -> Option<String> {
        Some("`ShopParams::default()` is a shop that works; change one figure at a time".to_owned())
    }
}

fn listed(bad: &[BadParam]) -> String {
    bad.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
}
