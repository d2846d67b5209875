//! What the guard found, and how it is reported.

use std::fmt;

use jiff::civil::Date;

use crate::error::{Exit, Report};
use crate::text::counted;

/// What keys of custom features start with.
pub(super) const CUSTOM_PREFIX: &str = "features.custom.";

/// Something in the data that knows who leaves.
#[derive(Debug, Clone, PartialEq)]
pub enum Suspicion {
    /// A feature alone tells those who left.
    SeparatesAlone {
        /// The feature.
        feature: String,
        /// The column behind it and what the config maps to it, if one column makes the feature.
        source: Option<Origin>,
        /// Whether it is the value that tells, rather than whether there is one.
        by_value: bool,
        /// Its largest AUC, in the direction in which it is above one half.
        auc: f64,
        /// The largest that is allowed.
        limit: f64,
        /// The cutoffs at which it is above.
        cutoffs: Vec<Date>,
    },
    /// A fact about customers tells more of the present than of the past.
    AucRises {
        /// The feature.
        feature: String,
        /// The column behind it.
        source: Option<Origin>,
        /// Mean AUC at the older half of the cutoffs.
        older: f64,
        /// AUC at the newest cutoff.
        newest: f64,
        /// The newest cutoff.
        cutoff: Date,
    },
    /// A fact about customers that almost only those who left share.
    OnlyLeavers {
        /// The feature.
        feature: String,
        /// The column behind it.
        source: Option<Origin>,
        /// What they share.
        shared: String,
        /// How many there are.
        n_customers: usize,
        /// Share of them that left.
        churn_rate: f64,
        /// Share of the others that left.
        others_churn_rate: f64,
        /// The newest cutoff.
        cutoff: Date,
    },
    /// Complaints after which nothing is bought.
    Exit {
        /// The category; `None` for all complaints.
        category: Option<String>,
        /// How the config maps the category.
        expression: Option<String>,
        /// Customers with such a complaint.
        n_customers: usize,
        /// Share of them that left.
        churn_rate: f64,
        /// Share of the others that left.
        others_churn_rate: f64,
    },
}

/// Where a feature comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    /// Our column, such as `customers.region`.
    pub column: String,
    /// What the config maps to it.
    pub mapped: Option<String>,
}

impl Suspicion {
    /// The names by which `leak_guard.accept` accepts it, the most telling first.
    #[must_use]
    pub fn names(&self) -> Vec<String> {
        match self {
            Self::SeparatesAlone { feature, source, .. }
            | Self::AucRises { feature, source, .. }
            | Self::OnlyLeavers { feature, source, .. } => {
                // A custom feature is accepted by its name, as no column of ours is behind it.
                let columns =
                    source.iter().map(|origin| &origin.column).filter(|column| !column.starts_with(CUSTOM_PREFIX));
                [feature].into_iter().chain(columns).cloned().collect()
            }
            Self::Exit { category: Some(category), .. } => vec![format!("complaints.{category}")],
            Self::Exit { category: None, .. } => vec!["complaints".to_owned()],
        }
    }

    fn hint(&self) -> String {
        match self {
            Self::Exit { category: Some(category), expression: Some(expression), .. } => format!(
                "if such a complaint is the exit itself, set it aside: `complaints.filter = \"NOT ({expression} = '{}')\"`",
                category.replace('\'', "''")
            ),
            Self::Exit { .. } => {
                "if such complaints are the exit itself, set them aside with `complaints.filter`".to_owned()
            }
            Self::SeparatesAlone { source: Some(origin), .. }
            | Self::AucRises { source: Some(origin), .. }
            | Self::OnlyLeavers { source: Some(origin), .. }
                if origin.column.starts_with("customers.") || origin.column.starts_with(CUSTOM_PREFIX) =>
            {
                let whole = if origin.column.starts_with(CUSTOM_PREFIX) { "the config" } else { "the mapping" };
                format!(
                    "if `{}` is written or overwritten when a customer leaves, give its earlier versions with \
                     `customers.valid_from`, or take it out of {whole}",
                    origin.column
                )
            }
            _ => {
                "see whether its source columns are filled in or changed after the fact; `retain features --describe` \
                  names them"
                    .to_owned()
            }
        }
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}`", self.column)?;
        match &self.mapped {
            Some(mapped) => write!(f, " = `{mapped}`"),
            None => Ok(()),
        }
    }
}

fn named(feature: &str, source: Option<&Origin>) -> String {
    source.map_or_else(|| format!("`{feature}`"), |origin| format!("`{feature}` (from {origin})"))
}

/// An AUC without its leading zero.
fn auc(value: f64) -> String {
    let text = format!("{value:.3}");
    text.strip_prefix('0').map_or(text.clone(), str::to_owned)
}

/// One sentence with the figures.
impl fmt::Display for Suspicion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::SeparatesAlone { feature, source, by_value, auc: largest, limit, cutoffs } => {
                let what = if *by_value { "" } else { "; whether there is a value is what separates those who leave" };
                let days = match cutoffs.as_slice() {
                    [] => String::new(),
                    [one] => format!(" at {one}"),
                    [first, .., last] => {
                        format!(" at {} from {first} to {last}", counted(cutoffs.len() as u64, "cutoff"))
                    }
                };
                let named = named(feature, source.as_ref());
                write!(
                    f,
                    "{named} alone has an AUC of up to {}, above `leak_guard.max_auc` = {limit},{days}{what}",
                    auc(*largest)
                )
            }
            Self::AucRises { feature, source, older, newest, cutoff } => write!(
                f,
                "{} has an AUC of {} at the newest cutoff {cutoff} and of {} at the older ones, a rise that no feature of \
                 purchases has; it looks like the state of today",
                named(feature, source.as_ref()),
                auc(*newest),
                auc(*older)
            ),
            Self::OnlyLeavers { feature, source, shared, n_customers, churn_rate, others_churn_rate, cutoff } => {
                write!(
                    f,
                    "{} {shared} for {} at {cutoff}, of whom {:.1} % left, and {:.1} % of the others",
                    named(feature, source.as_ref()),
                    counted(*n_customers as u64, "customer"),
                    100.0 * churn_rate,
                    100.0 * others_churn_rate
                )
            }
            Self::Exit { category, n_customers, churn_rate, others_churn_rate, .. } => {
                let customers = counted(*n_customers as u64, "customer");
                let (left, others) = (100.0 * churn_rate, 100.0 * others_churn_rate);
                match category {
                    Some(category) => write!(f, "complaints of the category `{category}`: ")?,
                    None => write!(f, "complaints: ")?,
                }
                write!(
                    f,
                    "of {customers} with one {left:.1} % bought nothing in the horizon after it was known, and \
                           {others:.1} % of the others"
                )
            }
        }
    }
}

/// Data that know who leaves.
#[derive(Debug, thiserror::Error)]
pub enum GuardError {
    /// A leak, or something that looks like one.
    #[error("the data give away who leaves, by {} that must be looked at first{}", count(.suspicions), lines(.suspicions))]
    Leaks {
        /// All of them.
        suspicions: Vec<Suspicion>,
    },
}

fn count(suspicions: &[Suspicion]) -> String {
    counted(suspicions.len() as u64, "fact")
}

fn lines(suspicions: &[Suspicion]) -> String {
    suspicions.iter().flat_map(|suspicion| ["\n  ".to_owned(), suspicion.to_string()]).collect()
}

impl Report for GuardError {
    fn code(&self) -> &'static str {
        match self {
            Self::Leaks { .. } => "E431",
        }
    }

    fn exit(&self) -> Exit {
        Exit::DataRefused
    }

    fn hint(&self) -> Option<String> {
        let Self::Leaks { suspicions } = self;
        let mut hints: Vec<String> = Vec::new();
        for hint in suspicions.iter().map(Suspicion::hint) {
            if !hints.contains(&hint) {
                hints.push(hint);
            }
        }
        let mut names: Vec<String> = Vec::new();
        for name in suspicions.iter().filter_map(|suspicion| suspicion.names().pop()) {
            if !names.contains(&name) {
                names.push(name);
            }
        }
        let list: Vec<String> = names.iter().map(|name| format!("{name:?}")).collect();
        hints.push(format!("if you have looked and it is honest: `leak_guard.accept = [{}]`", list.join(", ")));
        Some(hints.join("; "))
    }
}
