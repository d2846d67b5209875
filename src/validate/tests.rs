//! Small shops with one fault each, and the real one if it is there.

#![expect(clippy::print_stderr, reason = "a skipped test says so")]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use jiff::tz::TimeZone;

use super::*;
use crate::config::{
    BacktestConfig, ChurnConfig, CsvFlavour, Duplicates, FeaturesConfig, GateConfig, LeakGuardConfig, LowestGrade,
    ModelsConfig, NegativeAmounts, OutputConfig, PanelConfig, PanelWeights, PrivacyConfig, SelectionConfig,
    SilentOptOuts, TableConfig, TuningConfig, Unstable, ValidateConfig, ValueConfig,
};
use crate::timeline::columns::{NEVER, NO_CODE};
use crate::units::{Currency, Days, Money};

/// A section for files with the given mapping.
fn section(paths: &[PathBuf], columns: &[(&str, &str)]) -> TableConfig {
    TableConfig {
        paths: paths.to_vec(),
        postgres: None,
        layout: crate::config::Layout::default(),
        filter: None,
        duplicates: Duplicates::Drop,
        latest_by: None,
        time_format: None,
        decimal: None,
        thousands: None,
        amount_is: None,
        discount_is: None,
        rates: std::collections::BTreeMap::new(),
        negative_amounts: NegativeAmounts::Return,
        id_case: None,
        id_trim: None,
        fill_down: None,
        known_values: Vec::new(),
        columns: columns.iter().map(|(ours, theirs)| ((*ours).to_owned(), (*theirs).to_owned())).collect(),
        lookups: Vec::new(),
    }
}

/// Decisions by the usual playbook.
fn decide_config() -> crate::config::DecideConfig {
    crate::config::DecideConfig {
        playbook_path: None,
        playbook: crate::config::Playbook::default_one().unwrap(),
        budget: None,
        control_share: 0.1,
        campaign: "retention".to_owned(),
        salt: "1".to_owned(),
        cool_down: crate::units::Days(14),
        min_gain: 0.0,
        measured_rates: false,
        owners: None,
        high_value_share: 0.2,
        high_growth_share: 0.5,
    }
}

/// A config that asks for next to nothing.
#[expect(clippy::too_many_lines, reason = "every key of a config once")]
fn config(purchases: TableConfig) -> Config {
    Config {
        name: "shop".into(),
        currency: Currency::from_code("GBP").unwrap(),
        timezone: TimeZone::get("Europe/London").unwrap(),
        seed: 1,
        as_of: Some(jiff::civil::date(2011, 12, 10)),
        purchases,
        complaints: None,
        customers: None,
        surveys: None,
        contacts: None,
        features: FeaturesConfig::default(),
        churn: ChurnConfig {
            horizon_days: Days(1),
            gap_days: Days(0),
            active_days: Days(180),
            min_purchases: 1,
            follow_up_days: None,
        },
        panel: PanelConfig {
            step_days: Days(30),
            max_cutoffs: None,
            max_rows: 2_000_000,
            weights: PanelWeights::Equal,
        },
        backtest: BacktestConfig { cutoffs: Vec::new(), last: 4, step_days: Days(30), bootstrap: 10 },
        validate: ValidateConfig {
            min_customers: 1,
            min_span_horizons: 0.0,
            max_feed_gap_days: Days(365),
            absurd_amount_factor: 100.0,
            max_rejected_share: 1.0,
            max_guest_share: 1.0,
            placeholder_ids: crate::config::PlaceholderIds::Refuse,
            whole_amounts: crate::config::WholeAmounts::Doubt,
            min_recent_share: 0.05,
            max_age_days: Days(3650),
            silent_opt_outs: SilentOptOuts::Refuse,
        },
        value: ValueConfig {
            margin_share: 1.0,
            category_margins: BTreeMap::new(),
            horizon_days: Days(365),
            discount_rate: 0.1,
        },
        privacy: PrivacyConfig::default(),
        leak_guard: LeakGuardConfig { max_auc: 0.95, max_exit_rate: 0.95, accept: Vec::new() },
        selection: SelectionConfig { max_psi: 0.25, unstable: Unstable::Flag, leave_out: Vec::new() },
        learners: crate::config::LearnersConfig { readable: crate::config::ReadableModel::None },
        tuning: TuningConfig { trials: 0 },
        gate: GateConfig { max_auc: 0.95, min_grade: LowestGrade::C },
        decide: decide_config(),
        segments: crate::config::SegmentsConfig { satisfied_csat: 4.0, satisfied_nps: 7.0, loyal_visits: 3 },
        models: ModelsConfig { dir: "models".into() },
        output: OutputConfig {
            dir: "out".into(),
            csv: CsvFlavour::Plain,
            jsonl: false,
            carry: Vec::new(),
            page_rows: 0,
            sheet_rows: 0,
            interview_rows: 30,
            lineage: None,
            lineage_url_env: None,
            postgres: None,
        },
    }
}

const NOW: Timestamp = Timestamp(1_800_000_000_000_000);
const PLAIN: &[(&str, &str)] = &[("customer_id", "id"), ("purchased_at", "at"), ("amount", "amount")];

/// Files of one test, removed at its end.
struct Shop(tempfile::TempDir);

impl Shop {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn file(&self, name: &str, text: &str) -> PathBuf {
        let path = self.0.path().join(name);
        std::fs::write(&path, text).unwrap();
        path
    }
}

fn purchases_only(text: &str) -> Config {
    let shop = Shop::new();
    let path = shop.file("lines.csv", text);
    let kept = shop.0.keep();
    assert!(path.starts_with(kept));
    config(section(&[path], PLAIN))
}

fn loaded(config: &Config) -> Loaded {
    load(config, NOW).unwrap()
}

fn found<'a>(loaded: &'a Loaded, rule: &str) -> Option<&'a Finding> {
    loaded.findings.iter().find(|finding| finding.rule == rule)
}

fn customers(loaded: &Loaded) -> Vec<&str> {
    let id = |code: &u32| loaded.tables.customer_ids[*code as usize].as_str();
    loaded.tables.purchases.customer.iter().map(id).collect()
}

#[test]
fn every_row_is_used_or_rejected_for_a_reason() {
    let text = "id,at,amount\n007,2011-01-01,1.50\n12680.0,2011-01-02 10:00,2\n,2011-01-03,3\n9,soon,4\n9,2011-01-04,\
                one\n007,2011-01-01,1.50\n9,2011-01-05\n9,2050-01-01,5\na,b,c,d\n12680,2011-01-06,-1\n";
    let loaded = loaded(&purchases_only(text));
    let line = "purchases: 10 rows = 3 used (2 customers) + 7 rejected (missing customer_id 1, broken line 1, unreadable time \
                purchased_at 1, unreadable number amount 1, missing amount 1, duplicate 1, future purchased_at 1)";
    assert_eq!(loaded.accounts[0].to_string(), line);
    assert_eq!(customers(&loaded), ["007", "12680", "12680"]);
    let purchases = &loaded.tables.purchases;
    assert_eq!(purchases.amount, [Money(150), Money(200), Money(-100)]);
    assert_eq!(purchases.is_return, [false, false, true]);
    assert_eq!(purchases.purchased_at[1].to_string(), "2011-01-02T10:00:00Z");
    assert!(purchases.order.is_none() && purchases.recorded_at.is_none());
    for rule in
        ["spreadsheet_ids", "missing", "unreadable_time", "unreadable_number", "duplicate", "future", "broken_lines"]
    {
        assert_eq!(found(&loaded, rule).map(|finding| finding.count), Some(1), "{rule}");
    }
    assert_eq!(loaded.rejects[0].height(), 7);
    assert_eq!(loaded.fingerprints.len(), 1);
}

#[test]
fn sql_over_text_counts_values_that_are_no_numbers() {
    let shop = Shop::new();
    let mut text = "Invoice,Quantity,Price,id,at\n".to_owned();
    for row in 0..30 {
        text.push_str(&format!("{row},2,1.25,c,2011-01-{:02}\n", row % 28 + 1));
    }
    text += "C31,2,1.25,c,2011-02-01\n32,two,1.25,c,2011-02-02\n33,-1,1.25,c,2011-02-03\n34,2,free,c,2011-02-04\n";
    let columns = [PLAIN[0], PLAIN[1], ("amount", "Quantity * Price"), ("order_id", "Invoice")];
    let mut purchases = section(&[shop.file("lines.csv", &text)], &columns);
    purchases.filter = Some("NOT starts_with(Invoice, 'C') AND Quantity > 0".into());
    let loaded = loaded(&config(purchases));
    let line = "purchases: 34 rows = 30 used (1 customer, 30 orders) + 4 rejected (unreadable number 1, filter 2, unreadable number amount 1)";
    assert_eq!(loaded.accounts[0].to_string(), line);
    assert!(loaded.tables.purchases.amount.iter().all(|amount| *amount == Money(250)));
    assert_eq!(loaded.tables.purchases.order.as_ref().map(Vec::len), Some(30));
    assert_eq!(loaded.rejects[0].height(), 2, "rows outside the filter are counted, not listed");
}

#[test]
fn a_margin_of_a_category_that_no_purchase_has_is_a_finding() {
    let shop = Shop::new();
    let text = "id,at,amount,kind\n1,2011-01-01,1,Shoes\n2,2011-01-02,2,Socks\n,2011-01-03,2,Hats\n";
    let columns = [PLAIN[0], PLAIN[1], PLAIN[2], ("category", "kind")];
    let mut config = config(section(&[shop.file("p.csv", text)], &columns));
    assert_eq!(found(&loaded(&config), "unknown_category"), None);
    for category in ["Shoes", "shoes", "Hats"] {
        config.value.category_margins.insert(category.to_owned(), 0.4);
    }
    let loaded = loaded(&config);
    let finding = found(&loaded, "unknown_category").unwrap();
    assert_eq!((finding.count, finding.severity), (2, Severity::Warning), "a rejected row has no category");
    assert_eq!(finding.examples, ["`Hats`", "`shoes`"]);
    assert!(finding.message.starts_with("2 of 3 categories in `value.category_margins`"), "{}", finding.message);
}

#[test]
fn tables_join_by_id_and_state_times_before_opening_are_absent() {
    let shop = Shop::new();
    let purchases = section(
        &[shop.file("p.csv", "id,at,amount,order\n1,2011-01-01,1,A\n1,2011-01-01,2,A\n2,2011-01-02,3,A\n")],
        &[PLAIN[0], PLAIN[1], PLAIN[2], ("order_id", "order")],
    );
    let complaints = section(
        &[shop.file(
            "c.csv",
            "nr;who;when;done;cause;order;words\nK1;1.0;2011-02-01;2011-01-01;late; A ;secret\nK2;9;2011-02-02;2011-02-03;\
             broken;;secret\n",
        )],
        &[
            ("complaint_id", "nr"), ("customer_id", "who"), ("opened_at", "when"), ("resolved_at", "done"),
            ("category", "cause"), ("order_id", "order"), ("text", "words"),
        ],
    );
    let config = Config { complaints: Some(complaints), ..config(purchases) };
    let loaded = loaded(&config);
    assert_eq!(loaded.tables.customer_ids, ["1", "2", "9"]);
    let (purchases, complaints) = (&loaded.tables.purchases, &loaded.tables.complaints);
    assert_eq!(complaints.customer, [0, 2]);
    assert_eq!(complaints.resolved_at.as_ref().unwrap()[0], NEVER);
    assert_eq!(complaints.resolved_at.as_ref().unwrap()[1].to_string(), "2011-02-03T00:00:00Z");
    assert_eq!(complaints.order.as_ref().unwrap()[0], purchases.order.as_ref().unwrap()[0]);
    assert_eq!(complaints.order.as_ref().unwrap()[1], 0);
    assert_eq!(loaded.dictionaries.complaint_categories, ["broken", "late"]);
    assert_eq!(complaints.category.as_ref().unwrap(), &[1, 0]);
    assert!(!complaints.category.as_ref().unwrap().contains(&NO_CODE));
    for rule in ["before_opened", "orphan_complaints", "shared_order", "spreadsheet_ids"] {
        assert_eq!(found(&loaded, rule).map(|finding| finding.count), Some(1), "{rule}");
    }
    let everything = format!("{:?} {:?} {:?}", loaded.findings, loaded.rejects, loaded.dictionaries);
    assert!(!everything.contains("secret"));
}

/// A column of days says that something happened on that day, not before what happened in its morning.
#[test]
fn a_date_without_a_time_is_on_its_day() {
    let shop = Shop::new();
    let purchases = section(&[shop.file("p.csv", "id,at,amount\n1,2011-06-01,1\n")], PLAIN);
    let rows = "nr,who,when,done\nK1,1,2011-06-02T14:10:00,2011-06-02\nK2,1,2011-06-03T09:00:00,2011-06-02\n\
                K3,1,2011-06-04T09:00:00,2011-06-05\nK4,1,2011-06-05T09:00:00,2011-06-05T08:00:00\n";
    let columns = [("complaint_id", "nr"), ("customer_id", "who"), ("opened_at", "when"), ("resolved_at", "done")];
    let complaints = section(&[shop.file("c.csv", rows)], &columns);
    let loaded = loaded(&Config { complaints: Some(complaints), ..config(purchases) });
    let complaints = &loaded.tables.complaints;
    let resolved = complaints.resolved_at.as_ref().unwrap();
    assert_eq!(resolved[0], complaints.opened_at[0], "closed on the day on which it came");
    assert_eq!(resolved[2].to_string(), "2011-06-04T23:00:00Z", "a midnight in London");
    assert_eq!([resolved[1], resolved[3]], [NEVER; 2], "the day before, or an hour before");
    assert_eq!(found(&loaded, "before_opened").map(|finding| finding.count), Some(2));
}

#[test]
fn policies_decide_about_duplicates_and_negative_amounts() {
    let text = "id,at,amount\n1,2011-01-01,1\n1,2011-01-01,1\n2,2011-01-02,-3\n";
    let mut config = purchases_only(text);
    config.purchases.duplicates = Duplicates::Keep;
    config.purchases.negative_amounts = NegativeAmounts::Reject;
    let kept = loaded(&config);
    assert_eq!(
        kept.accounts[0].to_string(),
        "purchases: 3 rows = 2 used (1 customer) + 1 rejected (negative amount 1)"
    );
    assert_eq!(kept.tables.customer_ids, ["1"], "a customer without a used row is none");
    config.purchases.duplicates = Duplicates::Refuse;
    let refused = loaded(&config);
    assert_eq!(found(&refused, "duplicate").map(|finding| finding.severity), Some(Severity::Error));
    assert!(refused.findings[0].severity == Severity::Error, "errors come first");
    assert!(matches!(refused.accepted(), Err(DataError::Refused { findings }) if findings.len() == 1));
}

#[test]
fn too_little_or_too_bad_data_are_refused_by_name() {
    let mut config = purchases_only("id,at,amount\n1,2011-01-01,1\n2,2011-03-01,1\n3,soon,1\n4,2011-03-01,?\n5,,1\n");
    config.churn.horizon_days = Days(90);
    config.validate.min_customers = 3;
    config.validate.min_span_horizons = 2.0;
    config.validate.max_rejected_share = 0.3;
    config.validate.max_age_days = Days(30);
    config.validate.max_feed_gap_days = Days(14);
    let loaded = loaded(&config);
    for (rule, severity) in [
        ("too_few_customers", Severity::Error),
        ("short_span", Severity::Error),
        ("too_many_rejected", Severity::Error),
        ("stale", Severity::Warning),
        ("feed_gap", Severity::Warning),
        ("no_complaints", Severity::Recommendation),
    ] {
        assert_eq!(found(&loaded, rule).map(|finding| finding.severity), Some(severity), "{rule}");
    }
    let failure = Failure::from(loaded.accepted().map(|_| ()).unwrap_err());
    assert!(failure.to_string().contains("validate.min_customers"), "{failure}");
}

#[test]
fn empty_tables_are_refused_and_empty_complaints_are_not() {
    let shop = Shop::new();
    let mut config = purchases_only("id,at,amount\n");
    let refused = loaded(&config);
    assert_eq!(refused.accounts[0].to_string(), "purchases: 0 rows = 0 used (0 customers)");
    assert!(refused.accepted().is_err());
    config.purchases = section(&[shop.file("p.csv", "id,at,amount\n1,2011-01-01,1\n")], PLAIN);
    let columns = [("complaint_id", "nr"), ("customer_id", "id"), ("opened_at", "at")];
    config.complaints = Some(section(&[shop.file("c.csv", "nr,id,at\n")], &columns));
    assert!(loaded(&config).accepted().is_ok());
}

#[test]
fn files_are_put_together_by_column_name() {
    let shop = Shop::new();
    shop.file("b.csv", "amount,at,id\n2,2011-01-02,2\n");
    shop.file("a.csv", "id,at,amount,more\n1,2011-01-01,1,x\n");
    let mut config = config(section(&[shop.0.path().join("*.csv")], PLAIN));
    assert_eq!(customers(&loaded(&config)), ["1", "2"]);
    shop.file("c.csv", "id,at\n3,2011-01-03\n");
    let error = load(&config, NOW).unwrap_err();
    assert!(error.to_string().contains("`purchases.columns.amount` reads column `amount`, which `"), "{error}");
    assert!(error.to_string().contains("c.csv"), "{error}");
    config.purchases.paths = vec![shop.0.path().join("d.csv")];
    assert_eq!(load(&config, NOW).unwrap_err().report().code(), "E201");
}

/// LOCAL

#[test]
fn online_retail_has_its_known_counts() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data/online_retail_ii");
    let files = ["year_2009_2010.parquet", "year_2010_2011.parquet"].map(|name| folder.join(name));
    if !files.iter().all(|file| file.exists()) {
        assert!(std::env::var_os("RETAIN_NO_SKIP").is_none(), "RETAIN_NO_SKIP is set");
        eprintln!("skipped: {} is absent", folder.display());
        return;
    }
    let lines = [
        ("customer_id", "CAST(\"Customer ID\" AS VARCHAR)"),
        ("order_id", "Invoice"),
        ("purchased_at", "InvoiceDate"),
        ("amount", "Quantity * Price"),
        ("product_id", "StockCode"),
        ("quantity", "Quantity"),
        ("region", "Country"),
    ];
    let cancelled = [
        ("customer_id", "CAST(\"Customer ID\" AS VARCHAR)"),
        ("complaint_id", "Invoice"),
        ("opened_at", "InvoiceDate"),
        ("amount", "-Quantity * Price"),
        ("category", "'return'"),
    ];
    let mut purchases = section(&files, &lines);
    purchases.filter = Some("NOT starts_with(Invoice, 'C') AND Quantity > 0 AND Price > 0".into());
    let mut complaints = section(&files, &cancelled);
    complaints.filter = Some("starts_with(Invoice, 'C')".into());
    let loaded = loaded(&Config { complaints: Some(complaints), ..config(purchases) });
    for account in &loaded.accounts {
        eprintln!("{account}");
    }
    for finding in &loaded.findings {
        eprintln!("{finding}");
    }
    let (purchases, complaints) = (&loaded.tables.purchases, &loaded.tables.complaints);
    let distinct = |values: &[u64]| values.iter().collect::<std::collections::BTreeSet<_>>().len();
    let buyers: std::collections::BTreeSet<_> = purchases.customer.iter().collect();
    assert_eq!((purchases.amount.len(), buyers.len()), (779_422, 5_878));
    assert_eq!((complaints.customer.len(), distinct(&complaints.complaint)), (18_390, 7_901));
    assert_eq!(loaded.dictionaries.complaint_categories, ["return"]);
}

#[path = "custom_tests.rs"]
mod custom;
