//! A simulated shop in a folder of its own, and the binary.

use std::path::{Path, PathBuf};

use assert_cmd::Command;
use jiff::civil::date;
use retain::config::{DecideConfig, Playbook};
use retain::decide::Planner;
use retain::pipeline::{ListDecisions, RankedList};
use retain::units::Currency;
use tempfile::TempDir;

/// The binary, with the clock of the day after the sample's last purchase and messages for people.
pub(crate) fn retain() -> Command {
    let mut command = Command::cargo_bin("retain").unwrap();
    // 2025-07-02T06:00:00Z
    command.env("SOURCE_DATE_EPOCH", "1751436000").env_remove("RUST_LOG");
    command
}

/// Custom features over the sample's tables, to be put behind its config.
pub(crate) const OWN_FEATURES: &str = r#"
[[features.custom]]
name = "big_order_spend_90d"
table = "purchases"
aggregate = "sum"
column = "amount"
filter = "amount > 50"
window_days = 90
unit = "amount"
reason = "spent {value} in big orders lately"

[[features.custom]]
name = "grave_complaints"
table = "complaints"
aggregate = "count"
filter = "severity >= 2"

[[features.custom]]
name = "last_channel"
table = "purchases"
aggregate = "last"
column = "CASE WHEN channel = 'web' THEN 1 ELSE 0 END"

[[features.custom]]
name = "bulk_share"
table = "purchases"
aggregate = "mean"
column = "quantity > 1"
unit = "share"

[[features.custom]]
name = "complaint_causes"
table = "complaints"
aggregate = "distinct"
column = "category"
window_days = 365
"#;

/// Facts about the sample's customers as custom features, to be put behind those.
pub(crate) const OWN_FACTS: &str = r#"
[privacy]
allow = ["birth_year"]

[[features.custom]]
name = "birth_year_level"
table = "customers"
aggregate = "last"
column = "birth_year"

[[features.custom]]
name = "lives_on_islands"
table = "customers"
aggregate = "count"
filter = "region = 'islands'"
"#;

/// A shop of CSV files with its config.
pub(crate) struct Shop {
    folder: TempDir,
}

impl Shop {
    /// A shop of `customers` simulated customers.
    pub(crate) fn simulated(customers: usize) -> Self {
        Self::simulated_with(customers, &[])
    }

    /// The same with more options of `retain simulate`.
    pub(crate) fn simulated_with(customers: usize, options: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let out = folder.path().to_str().unwrap().to_owned();
        let simulate = ["simulate", "--customers", &customers.to_string(), "--out", &out];
        retain().args(simulate).args(options).assert().success();
        Self { folder }
    }

    /// A shop of one table of purchases.
    pub(crate) fn of(purchases: &str, config: &str) -> Self {
        let shop = Self { folder: tempfile::tempdir().unwrap() };
        std::fs::write(shop.path("purchases.csv"), purchases).unwrap();
        std::fs::write(shop.path("retain.toml"), config).unwrap();
        shop
    }

    /// The sample shop, in a copy that may be changed.
    pub(crate) fn sample() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let sample = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/sample");
        for entry in std::fs::read_dir(sample).unwrap() {
            let path = entry.unwrap().path();
            std::fs::copy(&path, folder.path().join(path.file_name().unwrap())).unwrap();
        }
        let shop = Self { folder };
        shop.edit_config(|text| text.replace("\"../../models\"", "\"models\"").replace("\"../runs\"", "\"runs\""));
        shop
    }

    /// A path in its folder.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The text of one of its files.
    pub(crate) fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.path(name)).unwrap()
    }

    /// Changes one of its files.
    pub(crate) fn edit(&self, name: &str, change: impl Fn(String) -> String) {
        std::fs::write(self.path(name), change(self.read(name))).unwrap();
    }

    /// Changes its config.
    pub(crate) fn edit_config(&self, change: impl Fn(String) -> String) {
        self.edit("retain.toml", change);
    }

    /// The binary with a command and the shop's config, in the shop's folder.
    pub(crate) fn command(&self, name: &str) -> Command {
        let mut command = retain();
        command.current_dir(self.folder.path()).args([name, "--config", "retain.toml"]);
        command
    }

    /// Names of everything under a folder of it that is unfinished or temporary.
    pub(crate) fn unfinished(&self) -> Vec<PathBuf> {
        let mut found = Vec::new();
        let mut folders = vec![self.folder.path().to_owned()];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.to_string_lossy().ends_with(".partial") {
                    found.push(path.clone());
                }
                if path.is_dir() {
                    folders.push(path);
                }
            }
        }
        found
    }
}

/// An empty list with the columns of every list.
pub(crate) fn empty_list() -> RankedList {
    let decide = DecideConfig {
        playbook_path: None,
        playbook: Playbook::default_one().unwrap(),
        budget: None,
        control_share: 0.1,
        campaign: String::new(),
        salt: String::new(),
        cool_down: retain::units::Days(14),
        min_gain: 1.0,
        measured_rates: false,
        owners: None,
        high_value_share: 0.2,
        high_growth_share: 0.5,
    };
    let summary = Planner::new(&decide, 1).plan(&[]).summary;
    RankedList {
        as_of: date(2025, 7, 2),
        model_version: String::new(),
        currency: Currency::from_code("EUR").unwrap(),
        has_money: true,
        population: String::new(),
        rows: Vec::new(),
        decisions: ListDecisions { playbook: decide.playbook, summary, evidence: None },
        carried: Vec::new(),
    }
}
