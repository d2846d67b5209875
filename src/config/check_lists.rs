//! The checks of the sections on lists: `[decide]`, `[segments]` and `[output]`.

use std::collections::BTreeSet;

use super::allowed::Allowed;
use super::currency_sizes::units_per;
use super::error::Violation;
use super::keys::nearest;
use super::playbook::Playbook;
use super::raw::RawConfig;
use super::raw_lists::{RawDecide, RawSegments};
use super::settings_lists::{DecideConfig, OutputConfig, OwnersConfig, SegmentsConfig};
use super::values::Check;
use super::{Table, knobs};
use crate::units::Currency;

/// Longest salt, in characters.
const MAX_SALT: usize = 200;

impl Check<'_> {
    /// What decisions need, with the playbook that comes with `retain`: one that is named is read by who reads files.
    pub(super) fn decide(
        &mut self,
        raw: &RawDecide,
        carry: &[String],
        currency: Option<&Currency>,
    ) -> Option<DecideConfig> {
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
        let cool_down = self.days(section, &knobs::COOL_DOWN_DAYS, raw.cool_down_days);
        let min_gain = self.number(section, &knobs::MIN_GAIN, raw.min_gain);
        // What is not written is the default, which is of the euro's size.
        let size = currency.filter(|_| raw.min_gain.is_none()).map_or(1.0, |shop| units_per(shop.code(), "EUR"));
        let measured_rates = raw.measured_rates.unwrap_or(false);
        let per_owner = self.count(section, &knobs::PER_OWNER, raw.per_owner);
        let owners = self.owners(raw, carry);
        let high_value_share = self.number(section, &knobs::HIGH_VALUE_SHARE, raw.high_value_share);
        let high_growth_share = self.number(section, &knobs::HIGH_GROWTH_SHARE, raw.high_growth_share);
        Some(DecideConfig {
            playbook_path,
            playbook: Playbook::default_one().ok()?.in_currency(currency?.code()),
            budget,
            control_share: control_share?,
            campaign: campaign?,
            salt: salt?,
            cool_down: cool_down?,
            min_gain: size * min_gain?,
            measured_rates,
            owners: owners.zip(per_owner).map(|(column, per_owner)| OwnersConfig { column, per_owner }),
            high_value_share: high_value_share?,
            high_growth_share: high_growth_share?,
        })
    }

    /// From where on customers are satisfied and loyal.
    pub(super) fn segments(&mut self, raw: &RawSegments) -> Option<SegmentsConfig> {
        let section = "segments";
        let satisfied_csat = self.number(section, &knobs::SATISFIED_CSAT, raw.satisfied_csat);
        let satisfied_nps = self.number(section, &knobs::SATISFIED_NPS, raw.satisfied_nps);
        let loyal_visits = self.count(section, &knobs::LOYAL_VISITS, raw.loyal_visits);
        Some(SegmentsConfig {
            satisfied_csat: satisfied_csat?,
            satisfied_nps: satisfied_nps?,
            loyal_visits: loyal_visits?,
        })
    }

    /// The column of those who look after customers, which the list must have.
    fn owners(&mut self, raw: &RawDecide, carry: &[String]) -> Option<String> {
        let section = "decide";
        if raw.owner.is_none() && raw.per_owner.is_some() {
            let meaning = "which column says who looks after a customer, for whom `per_owner` is a limit";
            self.missing(section, knobs::OWNER.name, meaning, knobs::OWNER.allowed);
        }
        let owner = raw.owner.as_deref()?.trim();
        if carry.iter().any(|column| column.trim() == owner) {
            return Some(owner.to_owned());
        }
        let place = self.place(section, knobs::OWNER.name);
        let near = nearest(owner, carry.iter().map(|column| column.trim()));
        let near = near.map_or_else(String::new, |near| format!("; the nearest of those there is `{near}`"));
        let why = format!("`output.carry` does not name the column `{owner}`{near}");
        let instead = "add the column to `output.carry`, so that the list shows who looks after whom";
        self.violations.push(Violation::Refused { place, why, instead });
        None
    }

    /// Where lists and runs go, and how they are written.
    pub(super) fn output(&mut self, raw: &RawConfig) -> Option<OutputConfig> {
        let dir = self.folder("output", &knobs::OUTPUT_DIR, raw.output.dir.as_deref());
        let csv = self.word("output", &knobs::OUTPUT_CSV, raw.output.csv.as_deref());
        let page_rows = self.count("output", &knobs::OUTPUT_PAGE_ROWS, raw.output.page_rows);
        let sheet_rows = self.count("output", &knobs::OUTPUT_SHEET_ROWS, raw.output.sheet_rows);
        let interview_rows = self.count("output", &knobs::OUTPUT_INTERVIEW_ROWS, raw.output.interview_rows);
        let carry: Vec<String> = raw.output.carry.iter().map(|column| column.trim().to_owned()).collect();
        if carry.iter().collect::<BTreeSet<_>>().len() < carry.len() || carry.iter().any(String::is_empty) {
            return self.unsuitable("output", &knobs::OUTPUT_CARRY, &carry.join(", "));
        }
        if !carry.is_empty() && raw.customers.is_none() {
            let meaning = "Facts about customers, of which `output.carry` names columns";
            self.missing("", Table::Customers.name(), meaning, Allowed::Section);
        }
        let lineage = raw.output.lineage.as_deref();
        let lineage = lineage.and_then(|folder| self.folder("output", &knobs::OUTPUT_LINEAGE, Some(folder)));
        let url_env = raw.output.lineage_url_env.as_deref();
        let lineage_url_env =
            url_env.and_then(|name| self.variable("output", &knobs::OUTPUT_LINEAGE_URL_ENV, Some(name)));
        let postgres = raw.output.postgres.as_ref().and_then(|raw| self.output_postgres(raw));
        Some(OutputConfig {
            dir: dir?,
            csv: csv?,
            jsonl: raw.output.jsonl.unwrap_or(false),
            carry,
            page_rows: page_rows?,
            sheet_rows: sheet_rows?,
            interview_rows: interview_rows?,
            lineage,
            lineage_url_env,
            postgres,
        })
    }
}
