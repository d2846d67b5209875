//! What a dataset is built for.

use jiff::tz::TimeZone;

use crate::config::Config;
use crate::label::{ChurnRule, OutcomeRule};
use crate::timeline::{Cutoff, EventLog, Margins, ScanSettings, ShopContext};
use crate::units::Days;

/// Cutoffs that the rows of a dataset can number.
pub const MAX_CUTOFFS: usize = 65_536;

/// What a dataset is built for.
#[derive(Debug, Clone)]
pub struct DatasetSettings {
    /// The churn rule.
    pub rule: ChurnRule,
    /// The shop's zone, in which days are counted.
    pub zone: TimeZone,
    /// Minor units in a major unit of the currency.
    pub minor_per_major: f64,
    /// What the shop earns of what it sells.
    pub margins: Margins,
    /// Length of the follow-up behind the label window; `None` where nobody asks for outcomes.
    pub follow_up: Option<Days>,
}

impl DatasetSettings {
    /// The settings of a shop under a churn rule.
    #[must_use]
    pub fn new(config: &Config, log: &EventLog, rule: ChurnRule) -> Self {
        let value = &config.value;
        Self {
            rule,
            zone: config.timezone.clone(),
            minor_per_major: config.currency.minor_per_major(),
            margins: Margins::new(value.margin_share, &value.category_margins, log.categories()),
            follow_up: None,
        }
    }

    /// The rule of outcomes; `None` where nobody asks for them.
    #[must_use]
    pub fn outcomes(&self) -> Option<OutcomeRule<'_>> {
        self.follow_up.map(|follow_up| OutcomeRule { churn: &self.rule, follow_up })
    }

    /// What a fold over `cutoffs` is asked for.
    pub(super) fn fold<'a>(&self, cutoffs: &'a [Cutoff], contexts: &'a [ShopContext]) -> ScanSettings<'a> {
        let (horizon, gap) = (self.rule.horizon, self.rule.gap);
        ScanSettings { cutoffs, contexts, minor_per_major: self.minor_per_major, horizon, gap }
    }
}
