//! Features that a shop has defined, from their SQL to the columns of the tables.

use super::*;
use crate::config::{Aggregate, CustomFeature, CustomTable, CustomUnit};

fn feature(name: &str, aggregate: Aggregate, column: &str, filter: &str) -> CustomFeature {
    let text = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    CustomFeature {
        name: name.to_owned(),
        table: CustomTable::Purchases,
        aggregate,
        column: text(column),
        filter: text(filter),
        window_days: None,
        unit: CustomUnit::Number,
        reason: None,
    }
}

const LINES: &str = "id,at,amount,Category,Quantity,Price,Weight\n\
                     1,2011-01-01,9,premium,3,1.10,1e3\n\
                     1,2011-01-02,9, plain,1,2,\n\
                     ,2011-01-03,9,premium,1,2,7\n\
                     2,2011-01-03,9,premium,2,0.15,heavy\n\
                     2,2011-01-04,9,,,5,-0\n";

fn shop(features: &[CustomFeature]) -> Config {
    let mut config = purchases_only(LINES);
    config.features.custom = features.to_vec();
    config
}

fn values(loaded: &Loaded, name: &str) -> Vec<String> {
    let column = loaded.tables.purchases.custom.iter().find(|column| column.name == name).unwrap();
    column.values.iter().map(|value| if value.is_nan() { "-".to_owned() } else { value.to_string() }).collect()
}

#[test]
fn expressions_become_one_number_for_each_used_row() {
    let amount = |name, column, filter| CustomFeature {
        unit: CustomUnit::Amount,
        ..feature(name, Aggregate::Sum, column, filter)
    };
    let loaded = loaded(&shop(&[
        amount("premium", "Quantity * Price", "Category = 'premium'"),
        feature("weight", Aggregate::Max, "Weight", ""),
        feature("several", Aggregate::Mean, "Quantity > 1", ""),
        feature("lines", Aggregate::Count, "", "Price >= 1 AND Quantity < 4"),
        feature("kinds", Aggregate::Distinct, "Category", ""),
        feature("months", Aggregate::Distinct, "CAST(at AS DATE)", ""),
        feature("none", Aggregate::Count, "", "FALSE"),
    ]));
    assert_eq!(values(&loaded, "premium"), ["330", "-", "30", "-"], "minor units; the row without a customer is gone");
    assert_eq!(values(&loaded, "weight"), ["1000", "-", "-", "0"]);
    assert_eq!(values(&loaded, "several"), ["1", "0", "1", "-"]);
    assert_eq!(values(&loaded, "lines"), ["1", "1", "-", "-"]);
    assert_eq!(values(&loaded, "none"), ["-"; 4]);
    let kinds = values(&loaded, "kinds");
    assert!(kinds[0] == kinds[2] && kinds[0] != kinds[1] && kinds[3] == "-", "{kinds:?}");
    assert_eq!(values(&loaded, "months").iter().collect::<std::collections::BTreeSet<_>>().len(), 4);
}

#[test]
fn what_cannot_be_read_is_counted_and_named() {
    let mut text = LINES.to_owned();
    for day in 1..29 {
        text += &format!("3,2011-02-{day:02},9,basic,1,2,1\n");
    }
    let mut config = purchases_only(&format!("{text}4,2011-03-01,9,basic,two,2,1\n"));
    config.features.custom = vec![
        feature("weight", Aggregate::Max, "Weight", ""),
        feature("pieces", Aggregate::Sum, "Quantity * 2", "Category = 'basic'"),
        feature("lines", Aggregate::Count, "", "Quantity < 4"),
        feature("elsewhere", Aggregate::Sum, "Quantity * 2", "Category = 'premium'"),
    ];
    let loaded = loaded(&config);
    let message = |key: &str| {
        let finding = loaded.findings.iter().find(|finding| finding.column.as_deref() == Some(key));
        finding.map(|finding| (finding.rule, finding.count, finding.examples.join(" ")))
    };
    let unreadable = |example: &str| Some(("unreadable_value", 1, example.to_owned()));
    assert_eq!(message("features.custom.weight.column"), unreadable("`heavy`"));
    assert_eq!(message("features.custom.pieces.column"), unreadable(""));
    assert_eq!(message("features.custom.lines.filter"), unreadable(""));
    assert_eq!(message("features.custom.elsewhere.column"), None, "its filter leaves the row out");
}

#[test]
fn a_bad_expression_is_reported_with_its_key() {
    let refused = |feature: CustomFeature| load(&shop(&[feature]), NOW).unwrap_err().to_string();
    for (column, filter, says) in [
        ("Prize", "", "error[E208]: `features.custom.x.column` reads column `Prize`, which `"),
        ("Quantity *", "", "error[E209]: `features.custom.x.column = \"Quantity *\"` is neither"),
        ("SUM(Price)", "", "error[E210]: `features.custom.x.column = \"SUM(Price)\"` looks at more than its own row"),
        ("Price", "Price", "error[E211]: `features.custom.x.filter = \"Price\"` is of type str, but true or false"),
        ("Price", "Price > 0 AND Colour = 'red'", "`features.custom.x.filter` reads column `Colour`"),
        ("Category", "", "error[E211]: `features.custom.x.column = \"Category\"` is of type text that is no number"),
        ("CAST(at AS DATE)", "", "error[E211]: `features.custom.x.column = \"CAST(at AS DATE)\"` is of type date"),
    ] {
        let message = refused(feature("x", Aggregate::Sum, column, filter));
        assert!(message.contains(says), "{message}");
    }
}

#[test]
fn rows_that_differ_in_a_column_of_a_feature_are_no_repetitions() {
    let mut config = purchases_only("id,at,amount,Weight\n1,2011-01-01,1,5\n1,2011-01-01,1,6\n1,2011-01-01,1,5\n");
    assert_eq!(loaded(&config).tables.purchases.amount.len(), 1);
    config.features.custom = vec![feature("weight", Aggregate::Sum, "Weight", "")];
    let loaded = loaded(&config);
    assert_eq!(values(&loaded, "weight"), ["5", "6"]);
}

const COMPLAINTS: &str = "nr,who,when,done,paid,words,cause,hours,amount\n\
                          K1,1,2011-02-01,2011-02-03,5,secret,late,3,9\nK2,1,2011-02-02,,,secret,late,secret,9\n";

fn complaining(features: &[CustomFeature]) -> Config {
    let shop = Shop::new();
    let path = shop.file("c.csv", COMPLAINTS);
    assert!(path.starts_with(shop.0.keep()));
    let mut config = purchases_only(LINES);
    config.complaints = Some(section(
        &[path],
        &[
            ("complaint_id", "nr"),
            ("customer_id", "who"),
            ("opened_at", "when"),
            ("resolved_at", "CASE WHEN done <> '' THEN done END"),
            ("compensation", "paid"),
            ("text", "words"),
        ],
    ));
    config.features.custom = features.to_vec();
    config
}

#[test]
fn what_becomes_known_later_is_refused() {
    let over_complaints = |column: &str, filter: &str| CustomFeature {
        table: CustomTable::Complaints,
        ..feature("x", Aggregate::Distinct, column, filter)
    };
    for (column, filter, says) in [
        (
            "done",
            "",
            "`features.custom.x.column` reads column `done`, which `complaints.columns.resolved_at` maps: it becomes",
        ),
        (
            "cause",
            "paid > 0",
            "`features.custom.x.filter` reads column `paid`, which `complaints.columns.compensation` maps",
        ),
        ("words", "", "`complaints.columns.text` maps: the words of a customer are never read into a feature"),
    ] {
        let message = load(&complaining(&[over_complaints(column, filter)]), NOW).unwrap_err().to_string();
        assert!(message.starts_with("error[E214]: ") && message.contains(says), "{message}");
    }
    let loaded = loaded(&complaining(&[over_complaints("cause", "")]));
    assert_eq!(loaded.tables.complaints.custom[0].values, [0.0, 0.0]);
    // Purchases read from the file of the complaints must not read it either.
    let mut config = complaining(&[feature("x", Aggregate::Distinct, "done", "")]);
    config.purchases = section(
        &config.complaints.as_ref().unwrap().paths,
        &[("customer_id", "who"), ("purchased_at", "when"), ("amount", "amount")],
    );
    config.purchases.duplicates = Duplicates::Keep;
    assert_eq!(load(&config, NOW).unwrap_err().report().code(), "E214");
}

#[test]
fn facts_about_customers_come_with_their_rows_and_what_is_of_today_is_refused() {
    let with = |features: &[CustomFeature]| {
        let shop = Shop::new();
        let path = shop.file(
            "who.csv",
            "id,since,joined,out,tier,points\n1,2011-01-01,2010-05-01,no,gold,7\n\
                                         1,,2010-05-01,no,,\n2,2011-01-03,2012-01-01,yes,basic,4.5\n",
        );
        assert!(path.starts_with(shop.0.keep()));
        let mut config = purchases_only(LINES);
        let columns =
            [("customer_id", "id"), ("valid_from", "since"), ("signed_up_at", "joined"), ("opted_out", "out")];
        config.customers = Some(section(&[path], &columns));
        config.features.custom = features.to_vec();
        config
    };
    let of = |name: &str, aggregate, column: &str, filter: &str| CustomFeature {
        table: CustomTable::Customers,
        ..feature(name, aggregate, column, filter)
    };
    let columns = loaded(&with(&[
        of("points", Aggregate::Last, "points", ""),
        of("is_gold", Aggregate::Count, "", "tier = 'gold'"),
    ]))
    .tables
    .customers;
    let shown = |place: usize| format!("{:?}", columns.custom[place].values);
    assert_eq!((shown(0), shown(1)), ("[7.0, NaN, 4.5]".to_owned(), "[1.0, NaN, NaN]".to_owned()));
    assert_eq!(columns.valid_from.unwrap()[1], crate::timeline::columns::ALWAYS);
    for (column, filter, says) in [
        ("points", "out = 'yes'", "`customers.columns.opted_out` maps: it says what is so today"),
        ("points", "joined < '2011-01-01'", "`customers.columns.signed_up_at` maps: it may lie after a cutoff"),
        ("tier", "", "is of type text that is no number in any row"),
        ("pionts", "", "reads column `pionts`, which `"),
    ] {
        let error = load(&with(&[of("x", Aggregate::Last, column, filter)]), NOW).unwrap_err();
        assert!(error.to_string().contains(says), "{error}");
        if column == "tier" {
            let hint = error.report().hint().unwrap();
            assert!(hint.contains("`filter = \"tier = '...'\"`"), "{hint}");
        }
    }
}

#[test]
fn what_customers_wrote_is_not_quoted() {
    let hours = CustomFeature { table: CustomTable::Complaints, ..feature("x", Aggregate::Sum, "hours", "") };
    let loaded = loaded(&complaining(&[hours]));
    let finding = loaded.findings.iter().find(|finding| finding.rule == "unreadable_value").unwrap();
    assert_eq!((finding.count, finding.examples.len()), (1, 0));
    assert!(!format!("{:?} {:?}", loaded.findings, loaded.rejects).contains("secret"));
}
