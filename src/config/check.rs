//! From the config as written to the checked one. Every violation is collected before anything is refused.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use jiff::civil::Date;

use super::allowed::{Allowed, SHARE};
use super::error::{ConfigError, Violation};
use super::keys::{self, Written, join};
use super::raw::{RawBacktest, RawChurn, RawConfig, RawLeakGuard, RawPanel, RawSelection, RawValidate, RawValue};
use super::raw_day::RawDay;
use super::settings::{
    BacktestConfig, ChurnConfig, Config, FeaturesConfig, GateConfig, LeakGuardConfig, LearnersConfig, PanelConfig,
    SelectionConfig, TuningConfig, ValidateConfig, ValueConfig,
};
use super::settings_lists::ModelsConfig;
use super::table_settings::TableConfig;
use super::values::Check;
use super::{Table, knobs};
use crate::units::Days;

impl Config {
    /// Reads and checks the text of a config file. Relative paths are taken from the folder of `file`, which is not
    /// opened.
    ///
    /// # Errors
    /// [`ConfigError::NotToml`] if the text is not TOML, otherwise [`ConfigError::Violations`] with everything that
    /// is wrong.
    pub fn from_toml(text: &str, file: &Path) -> Result<Self, ConfigError> {
        Self::from_toml_beside(text, file, &|_| false)
    }

    /// The same, with names that mean something already: no custom feature may have a name that `is_taken`.
    ///
    /// # Errors
    /// As [`Config::from_toml`].
    pub fn from_toml_beside(text: &str, file: &Path, is_taken: &dyn Fn(&str) -> bool) -> Result<Self, ConfigError> {
        let Written { raw, lines, violations } = keys::read(text, file)?;
        let folder = file.parent().unwrap_or(Path::new(""));
        let mut check = Check { folder, lines: &lines, violations };
        let config = check.config(&raw, is_taken);
        let mut violations = check.violations;
        violations.sort_by_key(|violation| violation.place().line.unwrap_or(usize::MAX));
        match config {
            Some(config) if violations.is_empty() => Ok(config),
            _ => Err(ConfigError::Violations { file: file.to_owned(), violations }),
        }
    }

    /// Where a table is; `None` if the shop does not have it.
    #[must_use]
    pub const fn table(&self, table: Table) -> Option<&TableConfig> {
        match table {
            Table::Purchases => Some(&self.purchases),
            Table::Complaints => self.complaints.as_ref(),
            Table::Customers => self.customers.as_ref(),
            Table::Surveys => self.surveys.as_ref(),
            Table::Contacts => self.contacts.as_ref(),
        }
    }

    /// Reads a table from other files with the same mapping. The paths are taken as they are.
    ///
    /// # Errors
    /// [`ConfigError::TableNotMapped`] if the config does not have the table.
    pub fn set_paths(&mut self, table: Table, paths: Vec<PathBuf>) -> Result<(), ConfigError> {
        let config = match table {
            Table::Purchases => Some(&mut self.purchases),
            Table::Complaints => self.complaints.as_mut(),
            Table::Customers => self.customers.as_mut(),
            Table::Surveys => self.surveys.as_mut(),
            Table::Contacts => self.contacts.as_mut(),
        };
        config.ok_or(ConfigError::TableNotMapped { table })?.paths = paths;
        Ok(())
    }
}

/// A table whose ids are written as those of the purchases, where it does not say otherwise.
fn with_ids_of(purchases: Option<&TableConfig>, table: Option<TableConfig>) -> Option<TableConfig> {
    let (case, trim) = purchases.map_or((None, None), |own| (own.id_case, own.id_trim));
    table.map(|own| TableConfig { id_case: own.id_case.or(case), id_trim: own.id_trim.or(trim), ..own })
}

impl Check<'_> {
    fn config(&mut self, raw: &RawConfig, is_taken: &dyn Fn(&str) -> bool) -> Option<Config> {
        let name = self.name(raw.name.as_deref());
        let currency = self.currency("", &knobs::CURRENCY, raw.currency.as_deref());
        let timezone = self.timezone(raw.timezone.as_deref());
        let seed = self.whole("", &knobs::SEED, raw.seed);
        let as_of = raw.as_of.as_ref().and_then(|day| self.day("", &knobs::AS_OF, day));
        let purchases = self.purchases(raw.purchases.as_ref());
        let complaints = raw.complaints.as_ref().and_then(|table| self.table(Table::Complaints, table));
        let customers = raw.customers.as_ref().and_then(|table| self.table(Table::Customers, table));
        let surveys = raw.surveys.as_ref().and_then(|table| self.table(Table::Surveys, table));
        let contacts = raw.contacts.as_ref().and_then(|table| self.table(Table::Contacts, table));
        let [complaints, mut customers, surveys, contacts] =
            [complaints, customers, surveys, contacts].map(|table| with_ids_of(purchases.as_ref(), table));
        let privacy = self.privacy(raw, customers.as_mut());
        let features = FeaturesConfig { custom: self.custom_features(raw, is_taken) };
        let churn = self.churn(&raw.churn);
        let panel = self.panel(&raw.panel);
        let backtest = self.backtest(&raw.backtest);
        let validate = self.validate(&raw.validate);
        let has_categories = raw.purchases.as_ref().is_some_and(|purchases| purchases.columns.contains_key("category"));
        let value = self.value(&raw.value, has_categories);
        let leak_guard = self.leak_guard(&raw.leak_guard);
        let selection = self.selection(&raw.selection);
        let trials = self.count("tuning", &knobs::TRIALS, raw.tuning.trials);
        self.contacts(raw);
        let readable = self.word("learners", &knobs::READABLE, raw.learners.readable.as_deref());
        let max_auc = self.number("gate", &knobs::MAX_AUC, raw.gate.max_auc);
        let min_grade = self.word("gate", &knobs::MIN_GRADE, raw.gate.min_grade.as_deref());
        let decide = self.decide(&raw.decide, &raw.output.carry, currency.as_ref());
        let models = self.folder("models", &knobs::MODELS_DIR, raw.models.dir.as_deref());
        let segments = self.segments(&raw.segments);
        let output = self.output(raw);
        Some(Config {
            name: name?,
            currency: currency?,
            timezone: timezone?,
            seed: u64::try_from(seed?).ok()?,
            as_of,
            purchases: purchases?,
            complaints,
            customers,
            surveys,
            contacts,
            features,
            churn: churn?,
            panel: panel?,
            backtest: backtest?,
            validate: validate?,
            value: value?,
            leak_guard: leak_guard?,
            privacy: privacy?,
            selection: selection?,
            learners: LearnersConfig { readable: readable? },
            tuning: TuningConfig { trials: trials? },
            gate: GateConfig { max_auc: max_auc?, min_grade: min_grade? },
            decide: decide?,
            segments: segments?,
            models: ModelsConfig { dir: models? },
            output: output?,
        })
    }

    fn churn(&mut self, raw: &RawChurn) -> Option<ChurnConfig> {
        let horizon = self.days("churn", &knobs::HORIZON_DAYS, raw.horizon_days);
        let gap = self.days("churn", &knobs::GAP_DAYS, raw.gap_days);
        let written = raw.active_days.and_then(|days| self.days("churn", &knobs::ACTIVE_DAYS, Some(days)));
        let active = written.or(horizon.map(|horizon| Days(horizon.0.saturating_mul(2))));
        let min_purchases = self.count("churn", &knobs::MIN_PURCHASES, raw.min_purchases);
        let follow_up_days = raw.follow_up_days.and_then(|days| self.days("churn", &knobs::FOLLOW_UP_DAYS, Some(days)));
        Some(ChurnConfig {
            horizon_days: horizon?,
            gap_days: gap?,
            active_days: active?,
            min_purchases: min_purchases?,
            follow_up_days,
        })
    }

    fn panel(&mut self, raw: &RawPanel) -> Option<PanelConfig> {
        let max_cutoffs = self.count("panel", &knobs::MAX_CUTOFFS, raw.max_cutoffs);
        let max_rows = self.count("panel", &knobs::MAX_ROWS, raw.max_rows);
        let weights = self.word("panel", &knobs::WEIGHTS, raw.weights.as_deref());
        let step_days = self.days("panel", &knobs::PANEL_STEP_DAYS, raw.step_days)?;
        Some(PanelConfig { step_days, max_cutoffs, max_rows: max_rows?, weights: weights? })
    }

    fn leak_guard(&mut self, raw: &RawLeakGuard) -> Option<LeakGuardConfig> {
        let max_auc = self.number("leak_guard", &knobs::MAX_SINGLE_AUC, raw.max_auc);
        let max_exit_rate = self.number("leak_guard", &knobs::MAX_EXIT_RATE, raw.max_exit_rate);
        if raw.accept.iter().any(|name| name.trim().is_empty()) {
            return self.unsuitable("leak_guard", &knobs::ACCEPT, "");
        }
        let accept = raw.accept.iter().map(|name| name.trim().to_owned()).collect();
        Some(LeakGuardConfig { max_auc: max_auc?, max_exit_rate: max_exit_rate?, accept })
    }

    fn selection(&mut self, raw: &RawSelection) -> Option<SelectionConfig> {
        let max_psi = self.number("selection", &knobs::MAX_PSI, raw.max_psi);
        let unstable = self.word("selection", &knobs::UNSTABLE, raw.unstable.as_deref());
        if raw.leave_out.iter().any(|name| name.trim().is_empty()) {
            return self.unsuitable("selection", &knobs::LEAVE_OUT, "");
        }
        let leave_out = raw.leave_out.iter().map(|name| name.trim().to_owned()).collect();
        Some(SelectionConfig { max_psi: max_psi?, unstable: unstable?, leave_out })
    }

    fn backtest(&mut self, raw: &RawBacktest) -> Option<BacktestConfig> {
        let cutoffs = self.cutoffs(&raw.cutoffs);
        let last = self.count("backtest", &knobs::LAST, raw.last);
        let step_days = self.days("backtest", &knobs::BACKTEST_STEP_DAYS, raw.step_days);
        let bootstrap = self.count("backtest", &knobs::BOOTSTRAP, raw.bootstrap);
        Some(BacktestConfig { cutoffs, last: last?, step_days: step_days?, bootstrap: bootstrap? })
    }

    fn value(&mut self, raw: &RawValue, has_categories: bool) -> Option<ValueConfig> {
        let margin_share = self.number("value", &knobs::MARGIN_SHARE, raw.margin_share);
        let horizon_days = self.days("value", &knobs::VALUE_HORIZON_DAYS, raw.horizon_days);
        let discount_rate = self.number("value", &knobs::DISCOUNT_RATE, raw.discount_rate);
        self.category_margins(&raw.category_margins, has_categories);
        Some(ValueConfig {
            margin_share: margin_share?,
            category_margins: raw.category_margins.clone(),
            horizon_days: horizon_days?,
            discount_rate: discount_rate?,
        })
    }

    /// Every margin out of range, and margins of categories that the purchases do not have.
    fn category_margins(&mut self, margins: &BTreeMap<String, f64>, has_categories: bool) {
        let section = join("value", knobs::CATEGORY_MARGINS.name);
        for (category, margin) in margins.iter().filter(|(_, margin)| !SHARE.holds_number(**margin)) {
            let place = self.place(&section, category);
            self.violations.push(Violation::NumberOutside { place, allowed: SHARE, came: *margin });
        }
        if !margins.is_empty() && !has_categories {
            let columns = join(Table::Purchases.name(), "columns");
            self.missing(&columns, "category", "what is bought, as `value.category_margins` names it", Allowed::Source);
        }
    }

    fn validate(&mut self, raw: &RawValidate) -> Option<ValidateConfig> {
        let section = "validate";
        let min_customers = self.count(section, &knobs::MIN_CUSTOMERS, raw.min_customers);
        let min_span = self.number(section, &knobs::MIN_SPAN_HORIZONS, raw.min_span_horizons);
        let max_feed_gap = self.days(section, &knobs::MAX_FEED_GAP_DAYS, raw.max_feed_gap_days);
        let absurd = self.number(section, &knobs::ABSURD_AMOUNT_FACTOR, raw.absurd_amount_factor);
        let max_rejected = self.number(section, &knobs::MAX_REJECTED_SHARE, raw.max_rejected_share);
        let max_guest = self.number(section, &knobs::MAX_GUEST_SHARE, raw.max_guest_share);
        let placeholder = self.word(section, &knobs::PLACEHOLDER_IDS, raw.placeholder_ids.as_deref());
        let whole_amounts = self.word(section, &knobs::WHOLE_AMOUNTS, raw.whole_amounts.as_deref());
        let max_age = self.days(section, &knobs::MAX_AGE_DAYS, raw.max_age_days);
        let silent = self.word(section, &knobs::SILENT_OPT_OUTS, raw.silent_opt_outs.as_deref());
        let min_recent = self.number(section, &knobs::MIN_RECENT_SHARE, raw.min_recent_share);
        Some(ValidateConfig {
            min_customers: min_customers?,
            min_span_horizons: min_span?,
            max_feed_gap_days: max_feed_gap?,
            absurd_amount_factor: absurd?,
            max_rejected_share: max_rejected?,
            max_guest_share: max_guest?,
            placeholder_ids: placeholder?,
            whole_amounts: whole_amounts?,
            max_age_days: max_age?,
            silent_opt_outs: silent?,
            min_recent_share: min_recent?,
        })
    }

    fn cutoffs(&mut self, came: &[RawDay]) -> Vec<Date> {
        let mut cutoffs = BTreeSet::new();
        for written in came {
            let Some(day) = self.day("backtest", &knobs::CUTOFFS, written) else { continue };
            if !cutoffs.insert(day) {
                let place = self.place("backtest", knobs::CUTOFFS.name);
                self.violations.push(Violation::RepeatedDay { place, allowed: knobs::CUTOFFS.allowed, came: day });
            }
        }
        cutoffs.into_iter().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::table_settings::{Duplicates, NegativeAmounts};

    const SHOP: &str = r#"
name = "online-retail"
currency = "GBP"
timezone = "Europe/London"

[purchases]
path = ["sheet1.parquet", "/data/sheet2.parquet"]
filter = "Quantity > 0"
[purchases.columns]
customer_id = "Customer ID"
purchased_at = "InvoiceDate"
amount = "Quantity * Price"

[churn]
horizon_days = 90
"#;

    fn load(text: &str) -> Result<Config, ConfigError> {
        Config::from_toml(text, Path::new("shops/uk/retain.toml"))
    }

    fn shop_with(more: &str) -> Result<Config, ConfigError> {
        load(&format!("{SHOP}\n{more}"))
    }

    fn violations(result: Result<Config, ConfigError>) -> Vec<String> {
        let Err(ConfigError::Violations { violations, .. }) = result else { panic!("{result:?}") };
        violations.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_short_config_gets_the_defaults() {
        let config = shop_with("").unwrap();
        assert_eq!((config.seed, config.as_of, config.churn.active_days), (1, None, Days(180)));
        assert_eq!((config.churn.gap_days, config.churn.min_purchases), (Days(0), 1));
        assert_eq!((config.panel.step_days, config.panel.max_cutoffs), (Days(30), None));
        assert_eq!((config.backtest.last, config.backtest.bootstrap), (4, 200));
        assert_eq!((config.validate.min_customers, config.validate.max_age_days), (200, Days(45)));
        assert_eq!(config.purchases.duplicates, Duplicates::Overlap);
        assert_eq!(config.purchases.negative_amounts, NegativeAmounts::Return);
        assert_eq!(config.timezone.iana_name(), Some("Europe/London"));
    }

    #[test]
    fn relative_paths_start_at_the_folder_of_the_file() {
        let config = shop_with("[models]\ndir = '/srv/models'").unwrap();
        assert_eq!(config.purchases.paths, [Path::new("shops/uk/sheet1.parquet"), Path::new("/data/sheet2.parquet")]);
        assert_eq!(config.models.dir, Path::new("/srv/models"));
        assert_eq!(config.output.dir, Path::new("shops/uk/data/runs"));
        let here = Config::from_toml(SHOP, Path::new("retain.toml")).unwrap();
        assert_eq!(here.output.dir, Path::new("data/runs"));
    }

    #[test]
    fn an_empty_file_names_everything_that_is_missing() {
        let found = violations(load(""));
        assert_eq!(found.len(), 4);
        for (message, key) in found.iter().zip(["name", "currency", "purchases", "churn.horizon_days"]) {
            assert!(message.starts_with(&format!("`{key}` is missing (")), "{message}");
        }
        assert!(found[3].ends_with("it must be a whole number of days from 1 to 1825"), "{found:?}");
    }

    #[test]
    fn all_violations_come_at_once_in_the_order_of_the_file() {
        let text = "currency = 'GPB'\nname = '.x'\n[churn]\nhorizon_days = 0\ngap_day = 1\n[gate]\nmax_auc = nan\n";
        let Err(ConfigError::Violations { violations, .. }) = load(text) else { panic!() };
        let places: Vec<_> = violations.iter().map(|v| (v.place().key.as_str(), v.place().line)).collect();
        let expected = [
            ("currency", Some(1)),
            ("name", Some(2)),
            ("churn.horizon_days", Some(4)),
            ("churn.gap_day", Some(5)),
            ("gate.max_auc", Some(7)),
            ("purchases", None),
        ];
        assert_eq!(places, expected);
        assert_eq!(violations[0].hint().as_deref(), Some("the nearest known is `GBP`"));
        assert_eq!(violations[4].to_string(), "`gate.max_auc` must be a number above 0.5 and at most 1.0; came NaN");
    }

    #[test]
    fn a_mapping_names_every_required_column() {
        let found = violations(shop_with("[complaints]\npath = 'c.csv'\n[complaints.columns]\nopened_at = ' '\n"));
        assert_eq!(found.len(), 3);
        assert!(found[0].starts_with("`complaints.columns.complaint_id` is missing"), "{found:?}");
        assert!(found[1].starts_with("`complaints.columns.customer_id` is missing (who complained)"), "{found:?}");
        assert!(found[2].starts_with("`complaints.columns.opened_at` must be a column of the source"), "{found:?}");
    }

    #[test]
    fn sources_that_are_not_there_yet_are_named_once() {
        let mapping = "[customers.columns]\ncustomer_id = 'id'\n[customers]\n";
        let found = violations(shop_with(&format!("{mapping}path = 's3://bucket/c.parquet'")));
        assert_eq!(found, ["`customers.path` cannot be used: an address with `://` as a source is not available yet"]);
    }

    #[test]
    fn cutoffs_are_sorted_and_differ() {
        let cutoffs = |list: &str| shop_with(&format!("[backtest]\ncutoffs = {list}"));
        let sorted = cutoffs("[2011-07-12, '2011-06-12']").unwrap().backtest.cutoffs;
        assert_eq!(sorted, [jiff::civil::date(2011, 6, 12), jiff::civil::date(2011, 7, 12)]);
        let found = violations(cutoffs("[2011-07-12, '2011-07-12', '12/06/2011']"));
        assert!(found[0].ends_with("came `2011-07-12` twice"), "{found:?}");
        assert_eq!(found[1], "`backtest.cutoffs` must be a day such as `2011-06-12`; came `12/06/2011`");
    }

    #[test]
    fn every_margin_of_a_category_is_checked_and_needs_the_column() {
        let margins =
            "[value.category_margins]\nShoes = 0.35\n\"Hats & caps\" = 1\nBooks = 0\nBags = 1.5\nBelts = 'x'\n";
        let found = violations(shop_with(margins));
        assert_eq!(found.len(), 4, "{found:?}");
        let of = |text: &str| found.iter().any(|message| message.contains(text));
        assert!(of("`value.category_margins.Books` must be a number above 0.0 and at most 1.0; came 0"), "{found:?}");
        assert!(of("`value.category_margins.Bags` must be"), "{found:?}");
        assert!(of("`value.category_margins.Belts` must be") && of("came the string `'x'`"), "{found:?}");
        assert!(of("`purchases.columns.category` is missing (what is bought, as"), "{found:?}");
        let mapped = SHOP.replace("amount = ", "category = \"Kind\"\namount = ");
        let margins = "[value]\ncategory_margins = { Shoes = 0.35 }\n";
        let config = load(&format!("{mapped}\n{margins}")).unwrap();
        assert_eq!(config.value.category_margins, BTreeMap::from([("Shoes".to_owned(), 0.35)]));
    }

    #[test]
    fn other_files_can_be_read_with_the_same_mapping() {
        let mut config = shop_with("").unwrap();
        config.set_paths(Table::Purchases, vec!["new.csv".into()]).unwrap();
        assert_eq!(config.table(Table::Purchases).unwrap().paths, [Path::new("new.csv")]);
        let refused = config.set_paths(Table::Complaints, vec![]);
        assert_eq!(refused, Err(ConfigError::TableNotMapped { table: Table::Complaints }));
    }
}
