//! Which columns are taken for which of ours.

use super::*;
use crate::config::found::LineValue;

fn guess(table: Table, columns: &[(&str, &str)]) -> BTreeMap<&'static str, String> {
    let columns: Vec<_> = columns
        .iter()
        .map(|(name, dtype)| DraftColumn {
            name: (*name).to_owned(),
            dtype: (*dtype).to_owned(),
            ..DraftColumn::default()
        })
        .collect();
    mapping(table, &columns)
}

fn pairs<'m>(mapping: &'m BTreeMap<&'static str, String>) -> Vec<(&'static str, &'m str)> {
    mapping.iter().map(|(name, source)| (*name, source.as_str())).collect()
}

#[test]
fn an_amount_of_the_line_comes_before_a_product_and_a_product_before_a_total() {
    let amount = |columns: &[(&str, &str)]| guess(Table::Purchases, columns).remove("amount");
    let with = |name| [("Qty", "i64"), ("Unit Price", "f64"), (name, "f64")];
    assert_eq!(amount(&with("revenue")).as_deref(), Some("revenue"));
    assert_eq!(amount(&with("Total")).as_deref(), Some("Qty * \"Unit Price\""));
    assert_eq!(amount(&[("Total", "f64")]).as_deref(), Some("Total"));
    assert_eq!(amount(&[("price", "f64")]).as_deref(), Some("price"));
    assert_eq!(amount(&[("colour", "str")]), None);
}

#[test]
fn values_that_tell_what_money_is_of_count_before_its_name() {
    let amount = |name: &str, is_of_line, net: Option<&str>| {
        let mut columns: Vec<DraftColumn> = ["Qty", "Less", name]
            .map(|name| DraftColumn { name: name.to_owned(), dtype: "f64".to_owned(), ..DraftColumn::default() })
            .to_vec();
        let (within, net) = (Some("SKU".to_owned()), net.map(str::to_owned));
        columns[2].line_value = Some(LineValue { quantity: "Qty".to_owned(), is_of_line, within, net });
        mapping(Table::Purchases, &columns).remove("amount").unwrap()
    };
    assert_eq!(amount("price", true, None), "price");
    assert_eq!(amount("price", true, Some("Less")), "Less");
    assert_eq!(amount("price", false, None), "Qty * price");
    assert_eq!(amount("sales", true, None), "sales");
    assert_eq!(amount("sales", false, None), "Qty * sales");
    assert_eq!(amount("line_amount", false, None), "line_amount");
}

#[test]
fn other_amounts_and_other_names_are_not_taken() {
    let found = guess(Table::Purchases, &[("tax_amount", "f64"), ("customer_name", "str"), ("order_status", "str")]);
    assert_eq!(pairs(&found), []);
    let found = guess(Table::Purchases, &[("date", "bool"), ("amount", "date")]);
    assert_eq!(pairs(&found), []);
}

#[test]
fn words_about_taxes_say_nothing_of_what_an_amount_is() {
    let amount = |name: &str| guess(Table::Purchases, &[(name, "f64")]).remove("amount");
    for name in
        ["Order Total (inc tax)", "Subtotal (ex VAT)", "Gesamtbetrag inkl. MwSt", "Total TTC", "Importe (sin IVA)"]
    {
        assert_eq!(amount(name).as_deref(), Some(name));
    }
    for name in ["Tax", "Tax Amount", "Incl. Tax", "VAT total"] {
        assert_eq!(amount(name), None, "{name}");
    }
}

#[test]
fn a_plain_id_is_the_order_where_it_comes_again() {
    let order = |n_distinct| {
        let column = |name: &str, n_distinct| DraftColumn {
            name: name.to_owned(),
            dtype: "i64".to_owned(),
            n_distinct,
            n_rows: 900,
            ..DraftColumn::default()
        };
        let columns = [column("ID", n_distinct), column("Customer", 40)];
        mapping(Table::Purchases, &columns).get("order_id").cloned()
    };
    assert_eq!(order(600).as_deref(), Some("ID"));
    assert_eq!(order(900), None, "it may number lines");
}

#[test]
fn a_customer_who_is_new_with_each_order_gives_way_to_one_who_comes_again() {
    let customer = |columns: &[(&str, usize)]| {
        let columns: Vec<_> = columns
            .iter()
            .map(|(name, n_distinct)| DraftColumn {
                name: (*name).to_owned(),
                dtype: "str".to_owned(),
                n_distinct: *n_distinct,
                ..DraftColumn::default()
            })
            .collect();
        mapping(Table::Purchases, &columns)["customer_id"].clone()
    };
    let with = |customers, persons| [("order_id", 900), ("customer_id", customers), ("customer_unique_id", persons)];
    assert_eq!(customer(&with(900, 300)), "customer_unique_id");
    assert_eq!(customer(&with(400, 300)), "customer_id");
    assert_eq!(customer(&with(900, 10)), "customer_id", "so few are groups");
    assert_eq!(customer(&[("order_id", 900), ("customer_id", 900), ("customer_segment", 300)]), "customer_id");
    assert_eq!(customer(&[("customer_id", 900), ("line", 2_000), ("client_key", 300)]), "customer_id");
}

#[test]
fn tickets_and_members_are_understood() {
    let tickets = [
        ("Ticket ID", "i64"),
        ("Client No", "str"),
        ("created", "datetime"),
        ("closed_at", "datetime"),
        ("Priority", "i64"),
    ];
    let expected = [
        ("complaint_id", "Ticket ID"),
        ("customer_id", "Client No"),
        ("opened_at", "created"),
        ("resolved_at", "closed_at"),
        ("severity", "Priority"),
    ];
    assert_eq!(pairs(&guess(Table::Complaints, &tickets)), expected);
    let members = [("id", "i64"), ("join_date", "date"), ("unsubscribed", "bool")];
    let expected = [("customer_id", "id"), ("opted_out", "unsubscribed"), ("signed_up_at", "join_date")];
    assert_eq!(pairs(&guess(Table::Customers, &members)), expected);
}
