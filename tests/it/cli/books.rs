//! Exports of accounting, which are no list of orders, and orders that two systems have: refused with the reason and the way out.

use super::monthly_orders::{Order, drafted, file, saying};
use crate::shop::retain;

/// What `init` says of a file that it refuses.
fn refused(text: &str) -> String {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("export.csv"), text).unwrap();
    let said = retain().current_dir(folder.path()).args(["init", "export.csv"]).assert().failure();
    assert!(!folder.path().join("retain.toml").exists());
    String::from_utf8_lossy(&said.get_output().stderr).into_owned()
}

/// A posting: day, number, account, debit, credit.
fn ledger(header: &str, line: impl Fn(&Order, &str, f64) -> String) -> String {
    file(header, |order| {
        let euros: f64 = order.euros().parse().unwrap();
        [line(&order, "1200", euros), line(&order, "4000", -euros)].join("\n")
    })
}

#[test]
fn ledgers_journals_and_statements_are_no_shops() {
    let debit = |amount: f64| if amount > 0.0 { format!("{amount:.2}") } else { String::new() };
    let texts = [
        ledger("Date,Journal No,Account,Debit,Credit", |order, account, amount| {
            format!("{},{},{account},{},{}", order.day(), order.number, debit(amount), debit(-amount))
        }),
        ledger("Date,Journal No,Account,Amount", |order, account, amount| {
            format!("{},{},{account},{amount:.2}", order.day(), order.number)
        }),
        format!(
            "\"EXTF\";700;21;\"Buchungsstapel\";13;20240130140440439;;\"RE\"\n{}",
            file(
                "Umsatz (ohne Soll/Haben-Kz);Soll/Haben-Kennzeichen;Konto;Gegenkonto;Belegdatum;Belegfeld 1",
                |order| {
                    format!(
                        "{};S;{};8400;{};RE{}",
                        order.euros().replace('.', ","),
                        10_000 + order.customer,
                        101,
                        order.number
                    )
                }
            )
        ),
        file("Auftragskonto;Buchungstag;Valutadatum;Verwendungszweck;Kontonummer;Betrag", |order| {
            let (day, amount) = (order.day(), order.euros().replace('.', ","));
            format!("DE12;{day};{day};Rechnung {};DE{};{amount}", order.number, 1_000 + order.customer)
        }),
    ];
    for text in texts {
        let said = refused(&text);
        assert!(said.contains("no purchases of customers: export the orders"), "{said}");
    }
}

#[test]
fn who_says_that_a_ledger_has_the_purchases_gets_a_draft_that_doubts_it() {
    let folder = tempfile::tempdir().unwrap();
    let text = file("Date,Document,Account,Debit,Credit", |order| {
        format!("{},{},{},{},", order.day(), order.number, order.customer, order.euros())
    });
    std::fs::write(folder.path().join("export.csv"), text).unwrap();
    retain().current_dir(folder.path()).args(["init", "--purchases", "export.csv"]).assert().success();
    let config = std::fs::read_to_string(folder.path().join("retain.toml")).unwrap();
    assert!(config.contains("# `export.csv` looks like postings of a ledger or a bank"), "{config}");
}

#[test]
fn a_report_with_customers_on_lines_of_their_own_is_no_list() {
    let mut text = "Customer,Date,Transaction Type,Num,Amount\n".to_owned();
    for customer in 1..=60 {
        text.push_str(&format!("Firm {customer},,,,\n"));
        for order in Order::all().filter(|order| order.customer == customer) {
            text.push_str(&format!(",{},Invoice,{},{}\n", order.day(), order.number, order.euros()));
        }
        text.push_str(&format!("Total for Firm {customer},,,,100.00\n"));
    }
    let said = refused(&text);
    assert!(said.contains("`Customer` stands on a line of its own above the rows that belong to it"), "{said}");
}

/// A folder with the orders of a shop and those of another system.
fn two_systems(other: impl Fn(Order) -> String) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let header = "order_id,customer_id,order_date,total";
    let own = |order: Order| format!("{},{},{},{}", order.number, order.customer, order.day(), order.euros());
    std::fs::write(folder.path().join("shop.csv"), file(header, own)).unwrap();
    std::fs::write(folder.path().join("erp.csv"), file(header, other)).unwrap();
    retain().current_dir(folder.path()).args(["init", "shop.csv", "erp.csv"]).assert().success();
    let path = folder.path().join("retain.toml");
    let config = std::fs::read_to_string(&path).unwrap();
    let config =
        config.replace("currency = \"\"", "currency = \"EUR\"").replace("horizon_days = 0", "horizon_days = 30");
    std::fs::write(&path, config).unwrap();
    folder
}

#[test]
fn orders_that_two_systems_have_are_refused_and_orders_of_two_shops_are_not() {
    let folder =
        two_systems(|order| format!("ERP-{},{},{},{}", order.number + 9, order.customer, order.day(), order.euros()));
    saying(folder.path(), 3, &["error[sold_twice]: 2,880 orders of `", "another one of the same customer and day"]);
    let path = folder.path().join("retain.toml");
    let config = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, config.replace("[purchases]\n", "[purchases]\nduplicates = \"keep\"\n")).unwrap();
    saying(folder.path(), 0, &["in 5,760 orders"]);
    // The same with the tax.
    let folder = two_systems(|order| {
        let cents = (order.cents() * 119 + 50) / 100;
        format!("ERP-{},{},{},{}.{:02}", order.number, order.customer, order.day(), cents / 100, cents % 100)
    });
    saying(folder.path(), 3, &["error[sold_twice]", "119 % of the amount"]);
    // The same under other customers.
    let folder = two_systems(|order| {
        format!("ERP-{},{},{},{}", order.number + 9, 70_000 + order.customer, order.day(), order.euros())
    });
    saying(folder.path(), 3, &["error[sold_twice]: 100 % of the orders of one of `", "the very moment and amount"]);
    // Another shop, in which the same customers buy other things on other days.
    let folder = two_systems(|order| {
        let (cents, day) = (307 + order.number * 104_729 % 6_000, (order.customer + 11) % 28 + 1);
        let month = order.month;
        format!("S{},{},2024-{month:02}-{day:02},{}.{:02}", order.number, order.customer, cents / 100, cents % 100)
    });
    let said = saying(folder.path(), 0, &["in 5,760 orders"]);
    assert!(!said.contains("sold_twice"), "{said}");
}

#[test]
fn payments_in_parts_are_told() {
    for (column, part) in [("Installment No", ""), ("Cuota", "/12")] {
        let text = file(&format!("payment_id,customer_id,payment_date,amount,{column}"), |order| {
            format!("{},{},{},{},{}{part}", order.number, order.customer, order.day(), order.euros(), order.month)
        });
        let (folder, _) = drafted(&text);
        let said = "warning[instalments]: 2,640 of 2,880 purchases pay by";
        saying(folder.path(), 0, &[said, "a later part of what was bought before"]);
    }
    // How many payments somebody chose.
    let text = file("order_id,customer_id,order_date,amount,Installments", |order| {
        format!(
            "{},{},{},{},{}",
            order.number,
            order.customer,
            order.day(),
            order.euros(),
            [1, 3, 6, 12][order.number % 4]
        )
    });
    let (folder, _) = drafted(&text);
    let said = saying(folder.path(), 0, &["in 2,880 orders"]);
    assert!(!said.contains("instalments"), "{said}");
}
