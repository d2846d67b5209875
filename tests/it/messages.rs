//! Every error the product can print, rendered once and reviewed as text.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::io::{Error, ErrorKind};

use jiff::civil::date;
use retain::clv::ValueError;
use retain::commands::JobError;
use retain::config::{Allowed, ConfigError, Place, Table, Unsorted, Violation};
use retain::database::DatabaseError;
use retain::dataset::DatasetError;
use retain::error::Failure;
use retain::evaluate::EvaluateError;
use retain::explain::{Absence, VoidNote};
use retain::features::{SchemaDifference, SchemaError};
use retain::files::FileError;
use retain::guard::{GuardError, Origin, Suspicion};
use retain::ingest::IngestError;
use retain::learn::LearnError;
use retain::monitor::{Alarm, Level, MonitorError};
use retain::output::OutputError;
use retain::pipeline::PipelineError;
use retain::registry::{ConfigChange, RegistryError};
use retain::simulate::{BadParam, SimulateError};
use retain::timeline::LogError;
use retain::units::Days;
use retain::validate::{DataError, Finding, Severity};

fn denied() -> Error {
    ErrorKind::PermissionDenied.into()
}

fn violations() -> Vec<Violation> {
    let place = |key: &str, line| Place { key: key.to_owned(), line };
    let days = Allowed::Whole { min: 1, max: 1825, unit: "days" };
    vec![
        Violation::UnknownKey {
            place: place("churn.gap_day", Some(7)),
            known: vec!["horizon_days", "gap_days"],
            nearest: Some("churn.gap_days".to_owned()),
        },
        Violation::NotAvailable {
            place: place("purchases.path", Some(3)),
            what: "an address with `://` as a source",
            instead: "copy the files to a folder and give its path",
        },
        Violation::Missing { place: place("currency", None), meaning: "The one currency", allowed: Allowed::Currency },
        Violation::WrongType {
            place: place("churn.horizon_days", Some(9)),
            allowed: days,
            came: "string",
            written: "\"90\"".to_owned(),
        },
        Violation::WholeOutside { place: place("churn.horizon_days", Some(9)), allowed: days, came: 0 },
        Violation::NumberOutside {
            place: place("gate.max_auc", Some(12)),
            allowed: Allowed::Number { min: 0.5, above_min: true, max: 1.0 },
            came: 1.5,
        },
        Violation::Unsuitable { place: place("name", Some(1)), allowed: Allowed::Name, came: "../x".to_owned() },
        Violation::Unknown {
            place: place("currency", Some(2)),
            allowed: Allowed::Currency,
            came: "GPB".to_owned(),
            nearest: Some("GBP".to_owned()),
        },
        Violation::Refused {
            place: place("features.custom.premium_spend_90d.table", Some(17)),
            why: "the config has no `[complaints]`".to_owned(),
            instead: "map the table first",
        },
        Violation::Refused {
            place: place("customers.columns.region", Some(17)),
            why: "`last_mailed` looks like a record of contacts".to_owned(),
            instead: "take it out of the mapping",
        },
        Violation::RepeatedDay {
            place: place("backtest.cutoffs", Some(20)),
            allowed: Allowed::Days,
            came: date(2011, 6, 12),
        },
    ]
}

fn config_errors() -> Vec<Failure> {
    let file = || "shop/retain.toml".into();
    vec![
        ConfigError::NotToml { file: file(), line: 3, column: 8, message: "expected `=`".to_owned() }.into(),
        ConfigError::Violations { file: file(), violations: violations() }.into(),
        ConfigError::TableNotMapped { table: Table::Complaints }.into(),
        ConfigError::Playbook {
            file: "shop/playbook.toml".into(),
            violations: vec![Violation::Unknown {
                place: Place { key: "action.thank_you.stages".to_owned(), line: Some(12) },
                allowed: Allowed::Words(&["new", "repeat", "loyal"]),
                came: "loyl".to_owned(),
                nearest: Some("loyal".to_owned()),
            }],
        }
        .into(),
        JobError::Playbook { path: "shop/playbook.toml".into(), source: ErrorKind::NotFound.into() }.into(),
        JobError::Config { path: file(), source: ErrorKind::NotFound.into() }.into(),
        JobError::NoRun { folder: "data/runs/shop".into(), lacks: "manifest.json".to_owned() }.into(),
        JobError::Threads { key: "`--threads`", threads: "100000".to_owned(), most: 1_024 }.into(),
        JobError::Exists { path: file() }.into(),
        JobError::NotEdited {
            path: "other/retain.toml".into(),
            why: "its paths are counted from another folder than those of `shop/retain.toml`".to_owned(),
        }
        .into(),
        JobError::ReplacesInput { output: "./list.csv".into(), input: "shop/list.csv".into() }.into(),
        JobError::BecomesInput { output: "data/runs/list.csv".into(), path: "data".into() }.into(),
        JobError::AmongModels { output: "models/shop/manifest.json".into(), registry: "models/shop".into() }.into(),
        JobError::Epoch { value: "yesterday".to_owned() }.into(),
        JobError::NotCome { as_of: jiff::civil::date(2025, 8, 1), today: jiff::civil::date(2025, 7, 2) }.into(),
        JobError::Unsorted {
            files: vec![Unsorted {
                path: "churn.csv".to_owned(),
                why: "has no column for `purchased_at` (when)".to_owned(),
            }],
        }
        .into(),
    ]
}

fn ingest_errors() -> Vec<Failure> {
    let (path, table) = (|| "shop/orders.csv".to_owned(), "purchases");
    let (key, expression) = (|| "purchases.columns.amount".to_owned(), || "Quantity * Prize".to_owned());
    let available = || "`Invoice`, `Quantity`, `Price`".to_owned();
    let unknown = |nearest: Option<&str>| IngestError::UnknownColumn {
        key: key(),
        column: "Prize".to_owned(),
        path: path(),
        available: available().into(),
        nearest: nearest.map(Into::into),
        elsewhere: None,
    };
    let of_other_file = |nearest: Option<&str>| IngestError::UnknownColumn {
        key: key(),
        column: "Price".to_owned(),
        path: path(),
        available: "`Invoice`, `Prize`".into(),
        nearest: nearest.map(Into::into),
        elsewhere: Some("shop/older.csv".into()),
    };
    let engine = polars::error::PolarsError::ComputeError("out of memory".into());
    vec![
        IngestError::NotFound { table, path: path() }.into(),
        IngestError::NoFiles { table, path: "shop/*.csv".to_owned(), allowed: "`*.csv`".to_owned() }.into(),
        IngestError::UnknownFormat { path: "orders.doc".to_owned(), allowed: "`*.csv`".to_owned() }.into(),
        IngestError::Io { path: path(), source: denied() }.into(),
        IngestError::UnknownSheet {
            key: "sheet",
            sheet: "Umsaetze".to_owned(),
            path: "shop/orders.xlsx".to_owned(),
            available: "`Jan`, `Feb`".to_owned(),
        }
        .into(),
        IngestError::WrongFormat { path: path(), format: "CSV", detail: "it begins like a zip archive".to_owned() }
            .into(),
        IngestError::Empty { path: path() }.into(),
        IngestError::LinesDisagree { path: path(), expected: 10, found: 9 }.into(),
        unknown(Some("Price")).into(),
        unknown(None).into(),
        IngestError::UnknownColumn {
            key: key(),
            column: "Price".to_owned(),
            path: path(),
            available: "`Invoice|Price`".into(),
            nearest: None,
            elsewhere: None,
        }
        .into(),
        of_other_file(Some("Prize")).into(),
        of_other_file(None).into(),
        IngestError::Several { errors: vec![unknown(Some("Price")), unknown(None)] }.into(),
        IngestError::WrongFormat { path: path(), format: "UTF-16", detail: "none of its bytes is zero".to_owned() }
            .into(),
        IngestError::BadExpression {
            key: key(),
            expression: expression(),
            detail: "sql parser error".to_owned(),
            available: available(),
        }
        .into(),
        IngestError::NotRowWise { key: key(), expression: "SUM(Price)".to_owned() }.into(),
        IngestError::Hidden {
            key: "features.custom.paid_count.filter".to_owned(),
            column: "done".to_owned(),
            mapping: "complaints.columns.resolved_at".to_owned(),
            why: "it becomes known only after the complaint was opened, and would tell of it too early",
        }
        .into(),
        IngestError::WrongType {
            key: key(),
            expression: "Shipped".to_owned(),
            dtype: "date".to_owned(),
            allowed: "a number",
        }
        .into(),
        IngestError::Unbounded {
            key: key(),
            expression: "LPAD(id, 2000000000, 'x')".to_owned(),
            why: "could add 2000000000 bytes to a text; 1000 are allowed".to_owned(),
        }
        .into(),
        IngestError::UnknownFunction {
            key: key(),
            expression: "UNNEST(a)".to_owned(),
            function: "unnest".to_owned(),
            instead: "the nearest known is `ABS`, as in `ABS(-2.5)`".to_owned(),
        }
        .into(),
        IngestError::Bomb { path: path(), size: 1_000, ratio: 100, always: 1 << 26 }.into(),
        IngestError::CrowdedRows { path: path(), rows: 200_000_000, size: 527_185, ratio: 10, always: 1 << 22 }.into(),
        IngestError::EndlessLine { path: path(), start: 1_000, limit: 1 << 24 }.into(),
        IngestError::LongCell { path: path(), column: "note".to_owned(), row: 7, found: 3_000_000, limit: 1 << 20 }
            .into(),
        IngestError::TooManyColumns { path: path(), found: 100_000, limit: 10_000 }.into(),
        IngestError::TooManyFiles { table, path: "/".to_owned(), limit: 100_000 }.into(),
        IngestError::NotAFile { table, path: "/dev/zero".to_owned(), kind: "a device" }.into(),
        IngestError::Engine { doing: "comparing rows".to_owned(), source: Box::new(engine) }.into(),
        IngestError::TooManyRows { table, rows: 5_000_000_000 }.into(),
        IngestError::Unbalanced { table, rows_in: 10, accounted: 9 }.into(),
    ]
}

fn too_few_customers() -> Finding {
    Finding {
        rule: "too_few_customers",
        table: "purchases",
        column: Some("customer_id".to_owned()),
        count: 12,
        examples: Vec::new(),
        severity: Severity::Error,
        message: "12 customers have a purchase; `validate.min_customers` asks for 200 at least".to_owned(),
        hint: Some("check the filter and the rejected rows".to_owned()),
        names: None,
    }
}

#[expect(clippy::too_many_lines, reason = "a list")]
fn data_errors() -> Vec<Failure> {
    vec![
        DataError::Refused { findings: vec![too_few_customers()] }.into(),
        DataError::NoSalt { variable: "RETAIN_SALT".to_owned() }.into(),
        DataError::Stale { last: date(2011, 12, 9), as_of: date(2012, 2, 7), age_days: 60, allowed: Days(45) }.into(),
        DataError::Quiet {
            as_of: date(2024, 3, 6),
            window: Days(28),
            found: 1,
            usual: 84,
            usual_until: date(2024, 1, 1),
            allowed: 0.05,
        }
        .into(),
        IngestError::ColumnTwice {
            section: "purchases.lookup.orders".to_owned(),
            column: "order_id".to_owned(),
            path: "items.csv".to_owned(),
        }
        .into(),
        IngestError::RepeatedKey {
            section: "purchases.lookup.orders".to_owned(),
            keys: 12,
            examples: "`A1`, `A2`, `A3`".to_owned(),
        }
        .into(),
        IngestError::Query {
            key: "purchases.postgres".to_owned(),
            detail: "it gives two columns with the name `id`".to_owned(),
        }
        .into(),
        IngestError::NothingFound {
            section: "purchases.lookup.orders".to_owned(),
            table: "purchases",
            path: "orders.csv".to_owned(),
            rows: 1_200,
            wanted: "A1".to_owned(),
            there: "00001".to_owned(),
        }
        .into(),
        DataError::Silent {
            as_of: date(2024, 6, 28),
            last: date(2024, 5, 31),
            usual_until: date(2024, 6, 1),
            stray: 0,
            silent_days: 27,
            longest_days: 3,
            allowed_days: 14,
        }
        .into(),
        JobError::NoPurchases.into(),
        LogError::UnequalColumns { table: "purchases", column: "amount", found: 9, expected: 10 }.into(),
        LogError::TooManyRows { table: "purchases", rows: 5_000_000_000 }.into(),
        LogError::UnknownCustomer { table: "purchases", customer: 7, n_customers: 5 }.into(),
        SchemaError::Differs {
            differences: vec![
                SchemaDifference::Missing("items_90d_count".to_owned()),
                SchemaDifference::Redefined("premium_spend_90d".to_owned()),
                SchemaDifference::OtherUnit("recency_days".to_owned()),
                SchemaDifference::Revised { feature: "gap_median_days".to_owned(), from: 1, to: 2 },
            ],
        }
        .into(),
        SchemaError::NotHere { name: "recency".to_owned(), nearest: Some("recency_days".to_owned()) }.into(),
        SchemaError::NameTaken { name: "recency_days".to_owned() }.into(),
        SchemaError::NoColumn { name: "premium_spend_90d".to_owned() }.into(),
        SchemaError::UnknownFeature { name: "orders_3d_count".to_owned() }.into(),
        DatasetError::TooManyCutoffs { n_cutoffs: 70_000 }.into(),
    ]
}

fn learning_errors() -> Vec<Failure> {
    let learner = "logistic";
    vec![
        LearnError::SingleClass { learner, n_rows: 120, churned: true }.into(),
        LearnError::NoRows { learner }.into(),
        LearnError::NotFinite { feature: "overdue_ratio".to_owned(), row: 3 }.into(),
        LearnError::MissingFeature { feature: "overdue_ratio".to_owned() }.into(),
        LearnError::NotConverged { learner, gradient: 2e-3, limit: 1e-6 }.into(),
        LearnError::Linfa { learner, message: "invalid values".to_owned() }.into(),
        LearnError::Boosting { learner, message: "invalid values".to_owned() }.into(),
        LearnError::NotAdditive { row: 17, difference: 0.01, limit: 1e-6 }.into(),
        LearnError::Shape { n_rows: 120, n_columns: 3, found: 359 }.into(),
    ]
}

fn evaluation_errors() -> Vec<Failure> {
    let (cutoff, learner) = (|| "2011-06-12".to_owned(), || "logistic".to_owned());
    let column = || "the value".to_owned();
    vec![
        EvaluateError::NoRows { n_cutoffs: 4 }.into(),
        EvaluateError::LengthDiffers { cutoff: cutoff(), column: column(), expected: 10, found: 9 }.into(),
        EvaluateError::NotFinite { cutoff: cutoff(), column: column(), count: 2, row: 3, value: f64::NAN }.into(),
        EvaluateError::NotAProbability { cutoff: cutoff(), learner: learner(), count: 1, row: 3, value: 1.5 }.into(),
        EvaluateError::LearnerMissing { cutoff: cutoff(), learner: learner(), known: "`recency`".to_owned() }.into(),
        EvaluateError::LearnerRepeated { cutoff: cutoff(), learner: learner(), count: 2 }.into(),
        EvaluateError::SliceRepeated { cutoff: cutoff(), slice: "one order".to_owned(), count: 2 }.into(),
        EvaluateError::NoBaseline { main: learner() }.into(),
        EvaluateError::TooFewResamples { n_bootstrap: 3, least: 40 }.into(),
    ]
}

fn value_errors() -> Vec<Failure> {
    let model = || "MBG/NBD".to_owned();
    vec![
        ValueError::Summary { frequency: 2, recency: 40.0, age: 39.0, allowed: "recency up to the age" }.into(),
        ValueError::Parameter { model: model(), parameter: "alpha", value: -1.0 }.into(),
        ValueError::NoCustomers.into(),
        ValueError::NoRepeatPurchases { n_customers: 12 }.into(),
        ValueError::NoModel { tried: "MBG/NBD: did not converge".to_owned() }.into(),
        ValueError::LengthDiffers { column: "the spend", expected: 10, found: 9 }.into(),
        ValueError::Number { column: "the margin", value: f64::NAN, allowed: "from 0 to 1" }.into(),
        ValueError::TooFewSpenders { found: 3, least: 10 }.into(),
        ValueError::NoSuchRate { model: "NBD".to_owned(), rate: "dropout" }.into(),
        ValueError::Regularity { regularity: 0, most: 8 }.into(),
    ]
}

fn story_errors() -> Vec<Failure> {
    let as_of = || "2011-12-10".to_owned();
    vec![
        PipelineError::NothingMatured { as_of: as_of(), matures_after: Days(90) }.into(),
        PipelineError::NotMatured { cutoff: "2011-10-10".to_owned(), as_of: as_of(), matures_after: Days(90) }.into(),
        PipelineError::NothingToLearnFrom {
            cutoff: as_of(),
            matures_after: Days(90),
            start: Some("2011-10-01T08:45:00+01:00".to_owned()),
        }
        .into(),
        PipelineError::NothingToLearnFrom { cutoff: as_of(), matures_after: Days(90), start: None }.into(),
        PipelineError::NobodyEligible {
            as_of: as_of(),
            population: "customers with at least 1 order, the last within 180 days".to_owned(),
        }
        .into(),
        PipelineError::NotOnTheList {
            customer: "007".to_owned(),
            as_of: as_of(),
            population: "customers with at least 1 order, the last within 180 days".to_owned(),
            why: Box::new(Absence::Silent {
                last_day: "2011-05-18".to_owned(),
                amount: "GBP 2.90".to_owned(),
                silence: Days(206),
                active: Days(180),
                void: VoidNote {
                    n_orders: 1,
                    last: Some("GBP 168,469.60 of 2011-12-09, given back on the same day".to_owned()),
                },
            }),
        }
        .into(),
        PipelineError::DoesNotAddUp { off: 0.01 }.into(),
        PipelineError::NotJson { what: "the config", message: "key must be a string".to_owned() }.into(),
        gate_failed(None),
        gate_failed(Some("recency".to_owned())),
    ]
}

const VERSION: &str = "20111210T020500Z-1a2b3c4d";

fn gate_failed(rule: Option<String>) -> Failure {
    PipelineError::GateFailed {
        version: VERSION.to_owned(),
        why: "grade C is below `gate.min_grade` = B".to_owned(),
        rule,
    }
    .into()
}

fn leaks() -> Vec<Failure> {
    let region = || Some(Origin { column: "customers.region".to_owned(), mapped: Some("status".to_owned()) });
    let day = |month: i8| jiff::civil::date(2025, month, 3);
    let exit = |category: Option<&str>, expression: Option<&str>| Suspicion::Exit {
        category: category.map(str::to_owned),
        expression: expression.map(str::to_owned),
        n_customers: 1_204,
        churn_rate: 0.991,
        others_churn_rate: 0.447,
    };
    let tells = |feature: &str, source: Option<Origin>, by_value: bool, cutoffs: Vec<jiff::civil::Date>| {
        Suspicion::SeparatesAlone { feature: feature.to_owned(), source, by_value, auc: 0.9971, limit: 0.95, cutoffs }
    };
    vec![
        GuardError::Leaks {
            suspicions: vec![
                tells("home_region_rank_level", region(), true, vec![day(2), day(3), day(4)]),
                Suspicion::AucRises {
                    feature: "home_region_customers_share".to_owned(),
                    source: region(),
                    older: 0.612,
                    newest: 0.874,
                    cutoff: day(5),
                },
                Suspicion::OnlyLeavers {
                    feature: "age_years".to_owned(),
                    source: Some(Origin { column: "customers.birth_date".to_owned(), mapped: None }),
                    shared: "has a value".to_owned(),
                    n_customers: 61,
                    churn_rate: 1.0,
                    others_churn_rate: 0.431,
                    cutoff: day(5),
                },
                exit(Some("won't stay"), Some("Cause")),
            ],
        }
        .into(),
        GuardError::Leaks { suspicions: vec![tells("gap_last_days", None, false, vec![day(2)])] }.into(),
        GuardError::Leaks { suspicions: vec![exit(None, None)] }.into(),
    ]
}

fn other_config() -> RegistryError {
    let change = |key: &str, from: Option<&str>, to: Option<&str>| ConfigChange {
        key: key.to_owned(),
        from: from.map(str::to_owned),
        to: to.map(str::to_owned),
    };
    let changes = vec![
        change("churn.horizon_days", Some("60"), Some("30")),
        change("purchases.columns.order_id", None, Some("\"Invoice\"")),
    ];
    RegistryError::OtherConfig { version: "20111210T020500Z-1a2b3c4d".to_owned(), changes }
}

fn gates() -> Vec<Failure> {
    let stopped = |check, feed, column: Option<&str>, message: &str, hint: &str| Alarm {
        check,
        level: Level::Stop,
        feed: Some(feed),
        column: column.map(str::to_owned),
        figure: 0.0,
        limit: 1.0,
        n: 0,
        message: message.to_owned(),
        hint: hint.to_owned(),
    };
    let silent = "`purchases`: 0 rows on 2025-06-30, and about 61 are usual on these weekdays (the 8 weeks before); a year ago it \
                  was not so";
    let cents = "`purchases.amount`: values on 2025-06-30 are larger by a factor of 100 than usual (geometric mean of 61); in 700 \
                 earlier windows of 1 day they never moved by a factor above 1.40";
    vec![
        MonitorError::Stopped {
            alarms: vec![
                stopped("missing_rows", "purchases", None, silent, "deliver the missing days and run again"),
                stopped("unit_shift", "purchases", Some("amount"), cents, "correct the rows or the mapping"),
            ],
        }
        .into(),
    ]
}

fn not_connected(message: &str) -> Failure {
    DatabaseError::NotConnected { database: "shop at db.example:5432".to_owned(), message: message.to_owned() }.into()
}

fn refused(message: &str, lacks_rights: bool, is_lost: bool) -> Failure {
    let (doing, database) = ("the query `purchases.postgres`".to_owned(), "shop at db.example:5432".to_owned());
    DatabaseError::Refused { doing, database, message: message.to_owned(), lacks_rights, is_lost }.into()
}

fn unsure() -> Failure {
    let (database, message) = ("shop at db.example:5432".to_owned(), "connection closed".to_owned());
    DatabaseError::Unsure { database, message }.into()
}

fn storage_errors() -> Vec<Failure> {
    let (folder, file) = (|| "models/shop".into(), || "models/shop/v1/model.json".into());
    let (version, known) = ("v9".to_owned(), vec!["v1".to_owned()]);
    vec![
        RegistryError::NoChampion { folder: folder() }.into(),
        RegistryError::UnknownVersion { folder: folder(), version: version.clone(), known: known.clone() }.into(),
        RegistryError::Damaged { path: file(), message: "expected `,` at line 3".to_owned() }.into(),
        RegistryError::OtherFormat { path: file(), found: 3, known: 2 }.into(),
        RegistryError::Busy {
            folder: folder(),
            holder: Some("process 4711 on `night1`, since 2025-07-02T03:00:00Z".to_owned()),
        }
        .into(),
        RegistryError::NoPredecessor { folder: folder() }.into(),
        other_config().into(),
        RegistryError::SimpleRule { version: VERSION.to_owned(), rule: "recency".to_owned() }.into(),
        RegistryError::LostChampion { folder: folder(), version, known }.into(),
        RegistryError::Unsound { message: "`model.level.mean` is NaN".to_owned() }.into(),
        FileError::Write { path: "runs/list.csv".into(), source: denied() }.into(),
        FileError::Write { path: "runs/list.csv".into(), source: ErrorKind::StorageFull.into() }.into(),
        FileError::Busy {
            folder: "runs/shop/2025-07-02".into(),
            holder: Some("process 4711 on `nights`, since 2025-07-02T03:00:00Z".to_owned()),
        }
        .into(),
        FileError::InTheWay { folder: "afile/runs".into(), file: "afile".into() }.into(),
        OutputError::Table { table: "list".to_owned(), message: "out of memory".to_owned() }.into(),
        OutputError::Page { page: "report.html".to_owned(), message: "out of fuel".to_owned() }.into(),
        JobError::Document { path: "runs/shop/manifest.json".into(), source: ErrorKind::InvalidData.into() }.into(),
        FileError::Read { path: file(), source: denied() }.into(),
        JobError::Output { source: denied() }.into(),
        DatabaseError::NoAddress {
            variable: "RETAIN_DATABASE_URL".to_owned(),
            asked_by: "purchases.url_env".to_owned(),
        }
        .into(),
        DatabaseError::BadAddress { variable: "PATH".to_owned(), asked_by: "output.postgres.url_env".to_owned() }
            .into(),
        not_connected("password authentication failed for user \"ann\" (SQLSTATE 28P01)"),
        not_connected("error performing TLS handshake: invalid peer certificate: UnknownIssuer"),
        refused("connection closed", false, true),
        refused("permission denied for schema sales (SQLSTATE 42501)", true, false),
        refused("relation \"orders\" does not exist (SQLSTATE 42P01, at character 15 of the query)", false, false),
        unsure(),
        DatabaseError::OtherColumn {
            table: "retain.list".to_owned(),
            column: "reason_1".to_owned(),
            found: "character varying(10)".to_owned(),
            needed: "text",
        }
        .into(),
        JobError::NoThreads { threads: 8, message: "Resource temporarily unavailable".to_owned() }.into(),
        JobError::OutOfMemory { n_bytes: 1 << 30 }.into(),
        JobError::Bug { place: "src/learn/boosted.rs:17:5".to_owned() }.into(),
        SimulateError::BadParams(vec![BadParam {
            param: "days",
            allowed: "from 1 to 36,500".to_owned(),
            received: "0".to_owned(),
        }])
        .into(),
    ]
}

/// Every error, one at least for each code.
pub(crate) fn failures() -> Vec<Failure> {
    let all = [
        config_errors(),
        ingest_errors(),
        data_errors(),
        learning_errors(),
        evaluation_errors(),
        value_errors(),
        story_errors(),
        leaks(),
        gates(),
        storage_errors(),
    ];
    all.into_iter().flatten().collect()
}

#[test]
fn every_error_reads_well() {
    let mut page = String::new();
    for failure in failures() {
        writeln!(page, "exit {}: {failure}\n", failure.report().exit() as u8).unwrap();
    }
    for code in codes_in_the_source() {
        assert!(page.contains(&format!("error[{code}]")), "no message of {code} is tested");
    }
    insta::assert_snapshot!("messages", page);
}

/// The catalogue of codes, which are no uses of them.
const CATALOGUE: &str = "error/codes.rs";

/// Every error code that stands in the source outside its tests.
pub(crate) fn codes_in_the_source() -> BTreeSet<String> {
    let mut codes = BTreeSet::new();
    for (file, text) in crate::source::sources() {
        if file == CATALOGUE {
            continue;
        }
        for line in crate::source::code(&text) {
            for (at, _) in line.match_indices("\"E") {
                let code = line.get(at + 1..at + 5).unwrap_or_default();
                if line.get(at + 5..at + 6) == Some("\"") && code[1..].bytes().all(|b| b.is_ascii_digit()) {
                    codes.insert(code.to_owned());
                }
            }
        }
    }
    assert!(codes.len() > 50, "{codes:?}");
    codes
}
