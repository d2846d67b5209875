//! The checks of `[decide]`.

use super::knobs;
use super::playbook::Playbook;
use super::raw::RawDecide;
use super::settings::DecideConfig;
use super::values::Check;

/// Longest salt, in characters.
const MAX_SALT: usize = 200;

impl Check<'_> {
    /// What decisions need, with the playbook that comes with `retain`: one that is named is read by who reads files.
    pub(super) fn decide(&mut self, raw: &RawDecide) -> Option<DecideConfig> {
        let section = "decide";
        let written = raw.playbook.as_deref();
        let playbook_path = written.and_then(|path| self.folder(section, &knobs::PLAYBOOK, Some(path)));
        let budget = raw.budget.and_then(|budget| self.number(section, &knobs::BUDGET, Some(budget)));
        let control_share = self.number(section, &knobs::CONTROL_SHARE, raw.control_share);
        let campaign = self.as_name(section, &knobs::CAMPAIGN, raw.campaign.as_deref());
        let salt = self.text(section, &knobs::SALT, raw.salt.as_deref());
        if let Some(salt) =
            salt.as_deref().filter(|salt| salt.chars().count() > MAX_SALT || salt.contains(char::is_control))
        {
            self.unsuitable::<()>(section, &knobs::SALT, salt);
        }
        let high_value_share = self.number(section, &knobs::HIGH_VALUE_SHARE, raw.high_value_share);
        let high_growth_share = self.number(section, &knobs::HIGH_GROWTH_SHARE, raw.high_growth_share);
        Some(DecideConfig {
            playbook_path,
            playbook: Playbook::default_one().ok()?,
            budget,
            control_share: control_share?,
            campaign: campaign?,
            salt: salt?,
            high_value_share: high_value_share?,
            high_growth_share: high_growth_share?,
        })
    }
}
