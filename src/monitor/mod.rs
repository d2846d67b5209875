//! Owns the gates before a list goes out, and what came of past lists. The shop of tonight is held against that of the last
//! list or of the training, its own past days and recent nights: one file for each kind of check, one line in [`CHECKS`] for
//! each check. Every level comes from the shop's own past, and from below which change nobody would act.
//!
//! One cause is one alarm. Causes come first: an alarm about a feed hides those about its columns, one about a column hides
//! features that read it, and any of them hides what only follows from it, such as other scores and other first places.

mod alarm;
mod census;
mod clock;
mod columns;
mod completeness;
mod delivered;
mod drift;
mod empty;
mod error;
mod evidence;
mod expected;
mod feasts;
mod feature_bins;
mod feeds;
mod lost;
mod night;
mod past_days;
mod performance;
mod profile;
mod repeated;
mod report;
mod rewritten;
mod scores;
mod shift;
mod silence;
mod words;

use serde::{Deserialize, Serialize};

use crate::checked::{self, Checked, Flaw};
use alarm::OPT_OUTS;
use drift::Counted;

pub use alarm::{Alarm, CHECKS, Check, Level, is_check};
pub use census::Census;
pub use delivered::Delivered;
pub use drift::{FeatureDrift, FeatureProfile};
pub use error::MonitorError;
pub use expected::{CAVEAT, Expected};
pub use feature_bins::FeatureCounts;
pub use lost::Lost;
pub use night::{FIRST_PLACES, NIGHT_FORMAT, Night, Scores, Told, Turnover};
pub use performance::{DecayTest, ListPerformance, Outcomes, PastList, Planned, Realised, level_sd, remembered};
pub use profile::ShopProfile;
pub use report::{ListFigures, MonitorReport};

/// What a version keeps of its training, to be held against the shop of later nights.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TrainingProfile {
    /// The feeds on the day of the training.
    pub shop: ShopProfile,
    /// The features that the model uses.
    pub features: FeatureProfile,
}

impl Checked for TrainingProfile {
    fn check(&self) -> Result<(), Flaw> {
        checked::within("shop", &self.shop)?;
        checked::within("features", &self.features)
    }
}

/// Nights beside which the past of tonight's feeds is held: one odd night alone is not believed.
const NIGHTS: usize = 8;

/// What came before tonight.
#[derive(Debug, Clone, Copy)]
pub struct Earlier<'a> {
    /// The nights, the earliest first.
    pub nights: &'a [&'a Night],
    /// The training of the model that scores.
    pub training: Option<&'a ShopProfile>,
    /// Customers of tonight who had opted out on the last list and have not now; `None` without one.
    pub opt_outs: Option<Lost>,
    /// The same of all who had opted out, those included who are no customers any more.
    pub opt_outs_and_gone: Option<Lost>,
    /// Who was on the last list and has no purchase tonight; `None` without one.
    pub customers: Option<Lost>,
    /// Who was on the last list and has purchases, but none of the day of the last order there; `None` without one.
    pub histories: Option<Lost>,
}

/// Looks at the feeds of tonight: beside the last lists or else the training, beside their own past days, and beside the
/// nights before. One alarm for a feed as a whole, or one for each of its columns.
#[must_use]
pub fn look_at_feeds(census: &Census, earlier: Earlier<'_>) -> Vec<Alarm> {
    let nights = earlier.nights;
    // Of a training that came later, nothing was there yet on a night that is made up for.
    let training = earlier.training.filter(|training| training.as_of_day <= census.as_of);
    let mut before: Vec<&ShopProfile> = nights.iter().rev().take(NIGHTS).map(|night| &night.shop).collect();
    let all: Vec<&ShopProfile> = before.iter().take(1).copied().chain(training).collect();
    if before.is_empty() {
        before.extend(training);
    }
    let mut alarms: Vec<Alarm> = Vec::new();
    tell(&mut alarms, earlier.opt_outs.and_then(|lost| lost::look_at_opt_outs(lost, census.as_of)));
    tell(&mut alarms, empty::look(census, &all));
    tell(&mut alarms, rewritten::look(census, rewritten::Before { nights: &before, training }));
    tell(&mut alarms, empty::look_for_less(census, &before));
    tell(&mut alarms, earlier.customers.and_then(|lost| lost::look_at_customers(lost, census.as_of)));
    tell(&mut alarms, earlier.histories.and_then(|lost| lost::look_at_histories(lost, census.as_of)));
    tell(&mut alarms, before.first().map(|last| repeated::look(census, last)).unwrap_or_default());
    if !alarms.iter().any(|told| told.feed == Some("purchases") && told.level == Level::Stop) {
        tell(&mut alarms, earlier.opt_outs_and_gone.and_then(|lost| lost::look_at_opt_outs(lost, census.as_of)));
    }
    let shop = census.feeds.iter().find(|feed| feed.name == "purchases");
    for feed in &census.feeds {
        let lags: Vec<u32> = nights.iter().filter_map(|night| night.shop.lag_days(feed.name)).collect();
        tell(&mut alarms, silence::look(feed, shop, nights, census.as_of));
        let delivered = census.delivered.iter().find(|delivered| delivered.feed == feed.name);
        let rejected = delivered.map_or(0, |delivered| delivered.rejected);
        tell(&mut alarms, completeness::look(feed, &lags).map(|alarm| completeness::with_rejected(alarm, rejected)));
        tell(&mut alarms, columns::look(feed));
        tell(&mut alarms, clock::look(feed));
    }
    alarms
}

/// Adds the alarms that none before them explains; lost opt-outs name the rows that lack. What stops a list is not explained by
/// what only warns: where both are about a feed as a whole, it takes the place of that.
fn tell(alarms: &mut Vec<Alarm>, found: impl IntoIterator<Item = Alarm>) {
    for alarm in found {
        let is_of_all = |told: &Alarm| told.column.is_none() || told.column == alarm.column;
        let tells_rows = |told: &Alarm| told.check == OPT_OUTS && alarm.column.is_none();
        let is_about = |told: &Alarm| told.feed == alarm.feed && (is_of_all(told) || tells_rows(told));
        if !alarms.iter().any(|told| is_about(told) && told.level >= alarm.level) {
            let is_lesser = |told: &Alarm| told.feed == alarm.feed && told.column.is_none() && alarm.column.is_none();
            alarms.retain(|told| !is_lesser(told));
            alarms.push(alarm);
        }
    }
}

/// The lists of tonight.
pub struct Tonight<'a> {
    /// Its day, counted from 1970-01-01.
    pub as_of_day: i32,
    /// Its scores in figures.
    pub scores: &'a Scores,
    /// Its features, counted in the bins of training; `None` from a version without a profile.
    pub features: Option<&'a FeatureCounts>,
    /// The nights before it by the same model, the earliest first.
    pub nights: &'a [&'a Night],
}

/// Looks at the lists of tonight, and adds what no alarm about the feeds explains.
pub fn look_at_lists(alarms: &mut Vec<Alarm>, tonight: &Tonight<'_>, training: Option<&TrainingProfile>) {
    let last = tonight.nights.last().and_then(|night| night.features.as_ref());
    let drift = training.zip(tonight.features).and_then(|(training, counts)| {
        training.features.look(Counted { counts, as_of_day: tonight.as_of_day }, last, alarms)
    });
    alarms.extend(drift);
    if alarms.is_empty() {
        let rates = training.map_or(&[][..], |training| &training.features.churn_rates);
        alarms.extend(scores::look(tonight.scores, tonight.as_of_day, tonight.nights, rates));
    }
}
