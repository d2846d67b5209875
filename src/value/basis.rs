//! The shop at the day whose values are asked for: its histories, and the models that count on as many visits as came.

use rayon::prelude::*;

use super::models::{ValueModels, purchase_model};
use super::visit_calibration::VisitCalibration;
use crate::clv::ValueError;
use crate::config::Config;
use crate::dataset::{DatasetSettings, Histories};
use crate::timeline::{Cutoff, EventLog};
use crate::units::Days;

/// The shop whose values are reported.
#[derive(Clone, Copy)]
pub(crate) struct Basis<'a> {
    pub(crate) config: &'a Config,
    pub(crate) log: &'a EventLog,
    pub(crate) settings: &'a DatasetSettings,
    pub(crate) as_of: Cutoff,
}

/// Visits that came between two histories, in the order of the customers of the first.
pub(super) fn visits_since(then: &Histories, now: &Histories) -> Vec<u32> {
    let count = |place: usize| {
        let later = now.position(then.customers[place]).map_or(0, |place| now.purchases[place].frequency());
        later.saturating_sub(then.purchases[place].frequency())
    };
    (0..then.customers.len()).into_par_iter().map(count).collect()
}

impl Basis<'_> {
    /// The same shop at another day.
    pub(super) const fn at(self, as_of: Cutoff) -> Self {
        Self { as_of, ..self }
    }

    /// The histories at the day from which visits are compared with those expected, at the day of the holdout's forecast,
    /// and at the as-of day.
    pub(super) fn histories(&self) -> [Histories; 3] {
        let cutoffs = [self.calibration_cutoff(), self.holdout_cutoff(), self.as_of];
        Histories::collect(self.log, cutoffs, self.settings)
    }

    /// The models of the as-of day, counting on so many of the visits as came since an earlier one.
    pub(super) fn models(&self, earlier: &Histories, now: &Histories) -> Result<ValueModels, ValueError> {
        let (models, visits) = rayon::join(|| ValueModels::fit(now), || self.visit_calibration(earlier, now));
        let models = models?;
        let visits = visits.map(|visits| visits.without_season(&models.purchases.model, now));
        Ok(models.counting_on(visits))
    }

    /// The day from which visits are compared with those expected: the value horizon ago or, in a younger shop, half of its
    /// history; never later than the holdout's.
    pub(super) fn calibration_cutoff(&self) -> Cutoff {
        let half = self.log.span().before(self.as_of).map_or(0.0, |(first, _)| self.as_of.at().days_since(first) / 2.0);
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "at most the value horizon")]
        let days = half.min(f64::from(self.config.value.horizon_days.0)).max(0.0) as u32;
        self.as_of.before(Days(days.max(self.settings.rule.horizon.0)), &self.settings.zone)
    }

    /// How the visits that came since then compare with those that a model had expected then; `None` without a model.
    fn visit_calibration(&self, then: &Histories, now: &Histories) -> Option<VisitCalibration> {
        let cutoff = self.calibration_cutoff();
        let purchases = purchase_model(then).ok()?;
        let days = f64::from(self.as_of.day() - cutoff.day());
        VisitCalibration::learn(&purchases.model, then, &visits_since(then, now), (cutoff.to_string(), days))
    }

    /// The day from which the last horizon before the as-of day is forecast.
    pub(super) fn holdout_cutoff(&self) -> Cutoff {
        self.as_of.before(self.settings.rule.horizon, &self.settings.zone)
    }
}
