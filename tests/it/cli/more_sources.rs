//! Tables that are no tidy CSV: JSON, files under other names, numbers of phones as ids.

use super::monthly_orders::{Order, USUAL, drafted, drafted_of, file, paste, saying};
use crate::shop::retain;

/// What is said of all that the shop sold.
fn turnover() -> String {
    let cents: usize = Order::all().map(Order::cents).sum();
    format!("EUR {}", cents / 100 / 1_000)
}

#[test]
fn json_is_read_by_the_line_and_as_a_list() {
    let object = |order: Order| {
        format!(
            "{{\"order_no\": {}, \"created_at\": \"{}T10:00:00Z\", \"customer\": {{\"id\": {}, \"email\": null}}, \"total\": {}, \
             \"line_items\": [{{\"sku\": \"A\", \"price\": 1}}]}}",
            order.number,
            order.day(),
            order.customer,
            order.euros()
        )
    };
    let objects: Vec<String> = Order::all().map(object).collect();
    let list = objects.join(",\n ");
    for (name, text) in [
        ("orders.jsonl", objects.join("\n")),
        ("orders.json", format!("[{list}]")),
        ("orders.json", format!("{{\"page\": 1, \"orders\": [{list}]}}")),
    ] {
        let (folder, config) = drafted_of(name, &text);
        assert!(config.contains("customer_id = \"\\\"customer.id\\\"\"") || config.contains("customer.id"), "{config}");
        saying(folder.path(), 0, &["bought by 240 customers in 2,880 orders", &turnover()]);
    }
}

#[test]
fn json_that_ends_too_early_is_told() {
    let object = |order: Order| {
        format!(
            "{{\"order_no\": {}, \"customer_no\": \"C{}\", \"order_date\": \"{}\", \"total\": {}}}",
            order.number,
            order.customer,
            order.day(),
            order.euros()
        )
    };
    let text = Order::all().map(object).collect::<Vec<_>>().join("\n");
    let (folder, _) = drafted_of("orders.ndjson", &text[..text.len() - 5]);
    saying(folder.path(), 0, &["has 1 line that is no whole object", "row 2880", "transferred to its end"]);
}

#[test]
fn a_file_under_another_name_says_how_its_table_gets_in() {
    let folder = tempfile::tempdir().unwrap();
    for (name, text, words) in [
        ("orders.zip", "PK\u{3}\u{4}", "unpack it"),
        ("orders.dat", "a,b\n", "ends in `.csv`"),
        ("orders.numbers", "PK\u{3}\u{4}", "export the table as `.xlsx` or `.csv`"),
        ("orders.csv", "[{\"a\": 1}]", "name it `.jsonl`"),
        ("orders.csv", "<html><table>", "web page"),
    ] {
        std::fs::write(folder.path().join(name), text).unwrap();
        let said = retain().current_dir(folder.path()).args(["inspect", name]).assert().failure();
        let said = String::from_utf8_lossy(&said.get_output().stderr).into_owned();
        assert!(said.contains(words), "{name}: {said}");
    }
}

#[test]
fn phone_numbers_with_the_code_of_the_country_are_those_without() {
    let id = |order: Order| match order.month % 3 {
        0 => format!("+49 170 {:07}", order.customer * 7_919),
        1 => format!("0170/{:07}", order.customer * 7_919),
        _ => format!("0049170{:07}", order.customer * 7_919),
    };
    let line = |order: Order| format!("{},{},{},{}", order.number, id(order), order.day(), order.euros());
    let (folder, _) = drafted(&file("order_no,phone,order_date,total", line));
    let said = saying(folder.path(), 3, &["but for the code of a country in front", "`0170/0007919`"]);
    paste(folder.path(), &said, "customer_id");
    saying(folder.path(), 0, &["bought by 240 customers in 2,880 orders"]);
    // Where the last letters make others one, no line is offered.
    let id = |order: Order| match (order.customer, order.month % 2) {
        (..=40, _) => format!("Person {} Schneider", order.customer),
        (_, 0) => format!("+49 170 {:07}", order.customer * 7_919),
        _ => format!("0170 {:07}", order.customer * 7_919),
    };
    let line = |order: Order| format!("{},{},{},{}", order.number, id(order), order.day(), order.euros());
    let (folder, _) = drafted(&file("order_no,phone,order_date,total", line));
    let said = saying(folder.path(), 3, &["but for the code of a country in front", "in the export"]);
    assert!(!said.contains("RIGHT("), "{said}");
    // Numbers of one length, as those of a tax office, and numbers of customers of which none is another with digits in front.
    let id = |order: Order| format!("{:03}.456.789-{:02}", order.customer, order.customer % 90);
    let line = |order: Order| format!("{},{},{},{}", order.number, id(order), order.day(), order.euros());
    let (folder, _) = drafted(&file(USUAL, line));
    assert!(!saying(folder.path(), 0, &["bought by 240 customers"]).contains("country"));
    let line =
        |order: Order| format!("{},{},{},{}", order.number, 10_000_000 + order.customer, order.day(), order.euros());
    let (folder, _) = drafted(&file(USUAL, line));
    let said = saying(folder.path(), 0, &["bought by 240 customers"]);
    assert!(!said.contains("ids_alike"), "{said}");
}
