//! Features that say no more of a complaint than that there was one.

/// Says no more of a complaint than that there was one.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Mention {
    /// How long ago the latest was.
    Latest,
    /// How many there were in the latest days.
    Within(f64),
}

/// The features that count complaints, with the days in which they do.
const COUNTS: [(&str, f64); 7] = [
    ("complaints_7d_count", 7.0),
    ("complaints_30d_count", 30.0),
    ("complaints_60d_count", 60.0),
    ("complaints_90d_count", 90.0),
    ("complaints_180d_count", 180.0),
    ("complaints_365d_count", 365.0),
    ("complaints_all_count", f64::INFINITY),
];

impl Mention {
    /// What the feature of this name mentions.
    pub(super) fn of(feature: &str) -> Option<Self> {
        let count = COUNTS.iter().find(|(name, _)| *name == feature).map(|(_, days)| Self::Within(*days));
        if feature == "complaint_recency_days" { Some(Self::Latest) } else { count }
    }

    /// Whether the complaint is the one that has been open for so many days, given the value of the feature.
    pub(super) fn is_of(self, value: f64, open_days: f64) -> bool {
        match self {
            Self::Latest => value.total_cmp(&open_days).is_eq(),
            Self::Within(days) => (value - 1.0).abs() < 0.5 && open_days <= days,
        }
    }
}
