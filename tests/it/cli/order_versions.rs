//! Orders that are exported again once their state has changed: by a later file, or as rows of their own in one.

use super::monthly_orders::{Order, check, drafted, edit, paste, saying};
use crate::shop::retain;

/// What tells the versions of an order apart.
type Version<'v> = &'v dyn Fn(Order, usize) -> String;

/// One order in twelve is cancelled.
const fn is_cancelled(order: Order) -> bool {
    order.number.is_multiple_of(12)
}

fn left() -> (usize, String) {
    let kept: Vec<Order> = Order::all().filter(|order| !is_cancelled(*order)).collect();
    let cents: usize = kept.iter().map(|order| order.cents()).sum();
    let digits = format!("{}.{:02}", cents / 100, cents % 100);
    let place = digits.len() - 6;
    (kept.len(), format!("{},{}", &digits[..place], &digits[place..]))
}

fn told() -> String {
    let (n, euros) = left();
    format!("bought by 220 customers in {},{:03} orders: EUR {euros}", n / 1000, n % 1000)
}

#[test]
fn an_order_with_a_row_for_each_of_its_states_counts_once_with_the_last() {
    let number = |state: usize| (state + 1).to_string();
    let day = |order: Order, state: usize| {
        format!("2024-{:02}-{:02}T0{}:30:00Z", order.month, order.customer % 28 + 1, 7 + state)
    };
    let forms: [(&str, Version<'_>, [&str; 2]); 3] = [
        ("updated_at", &day, ["created", "completed"]),
        ("version", &|_, state| number(state), ["offen", "bezahlt"]),
        ("last modified", &|order, state| day(order, state).replace(['T', 'Z'], " "), ["en attente", "payée"]),
    ];
    for (column, version, [first, last]) in forms {
        let mut lines: Vec<String> = Order::all()
            .flat_map(|order| {
                let last = if is_cancelled(order) { "cancelled" } else { last };
                [first, last].into_iter().enumerate().map(move |(state, name)| {
                    let (number, customer, day) = (order.number, order.customer, order.day());
                    format!("{number},{customer},{day},{},{name},{}", version(order, state), order.euros())
                })
            })
            .collect();
        // The latest first, as some exports have them.
        lines.reverse();
        let text = format!("order_id,customer_id,order_date,{column},status,total\n{}\n", lines.join("\n"));
        let (folder, config) = drafted(&text);
        assert!(config.contains(&format!("latest_by = \"{column}\"")), "{column}: {config}");
        edit(folder.path(), |config| config.replace("# filter = ", "filter = "));
        saying(folder.path(), 0, &[&told()]);
        // Without the filter a cancelled order counts, and each counts once all the same.
        edit(folder.path(), |config| config.replace("filter = ", "# filter = "));
        saying(folder.path(), 0, &["2,880 used (240 customers, 2,880 orders) + 2,880 rejected (superseded 2,880)"]);
    }
}

#[test]
fn lines_of_one_order_with_times_of_their_own_are_no_versions() {
    let line = |order: Order| {
        let (number, customer, day) = (order.number / 2, order.customer / 2, order.day());
        format!("{number},{customer},{day},{day} 09:{:02},sku{},{}", order.number % 2, order.number % 9, order.euros())
    };
    let text = super::monthly_orders::file("order_id,customer_id,order_date,updated_at,sku,total", line);
    let (_folder, config) = drafted(&text);
    assert!(!config.contains("latest_by"), "{config}");
}

#[test]
fn an_order_that_a_later_file_has_with_another_state_counts_once_with_that() {
    for (n_lines, with_product) in [(1, false), (2, true)] {
        let folder = tempfile::tempdir().unwrap();
        let row = |order: Order, is_first: bool| {
            let state = match (is_first, is_cancelled(order)) {
                (true, _) => "processing",
                (false, true) => "cancelled",
                (false, false) => "completed",
            };
            let head = format!("{},{},{}", order.number, order.customer, order.day());
            let product = |line: usize| if with_product { format!("sku{line},") } else { String::new() };
            let half = order.cents() / n_lines;
            let cents = |line: usize| if line == 0 { order.cents() - half * (n_lines - 1) } else { half };
            let lines = (0..n_lines)
                .map(|line| format!("{head},{}{state},{}.{:02}", product(line), cents(line) / 100, cents(line) % 100));
            lines.collect::<Vec<_>>().join("\n")
        };
        let header = format!("order_id,customer_id,order_date,{}status,amount", if with_product { "sku," } else { "" });
        let write = |name: &str, rows: Vec<String>| {
            std::fs::write(folder.path().join(name), format!("{header}\n{}\n", rows.join("\n"))).unwrap();
        };
        // The first file has the orders of September in the state of that month.
        let first = Order::all().filter(|order| order.month < 10).map(|order| row(order, order.month == 9));
        write("export_1.csv", first.collect());
        write("export_2.csv", Order::all().filter(|order| order.month > 8).map(|order| row(order, false)).collect());
        retain().current_dir(folder.path()).args(["init", "export_1.csv", "export_2.csv"]).assert().success();
        edit(folder.path(), |config| {
            let config = config
                .replace("currency = \"\"", "currency = \"EUR\"")
                .replace("horizon_days = 0", "horizon_days = 30");
            config.replace("# filter = ", "filter = ")
        });
        let refused = check(folder.path(), 3);
        assert!(refused.contains("error[changed_since]:"), "{refused}");
        for other in ["joined_lines", "order_totals", "overlap_differs"] {
            assert!(!refused.contains(other), "{other}: {refused}");
        }
        paste(folder.path(), &refused, "duplicates");
        saying(folder.path(), 0, &[&told()]);
    }
}

#[test]
fn an_overlap_in_which_no_state_has_changed_counts_once_with_its_cancelled_orders_aside() {
    let folder = tempfile::tempdir().unwrap();
    let row = |order: Order| {
        let state = if is_cancelled(order) { "cancelled" } else { "completed" };
        format!("{},{},{},{state},{}", order.number, order.customer, order.day(), order.euros())
    };
    let write = |name: &str, rows: Vec<String>| {
        let text = format!("order_id,customer_id,order_date,status,amount\n{}\n", rows.join("\n"));
        std::fs::write(folder.path().join(name), text).unwrap();
    };
    write("export_1.csv", Order::all().filter(|order| order.month < 10).map(row).collect());
    write("export_2.csv", Order::all().filter(|order| order.month > 4).map(row).collect());
    retain().current_dir(folder.path()).args(["init", "export_1.csv", "export_2.csv"]).assert().success();
    edit(folder.path(), |config| {
        let config = config.replace("currency = \"\"", "currency = \"EUR\"");
        config.replace("horizon_days = 0", "horizon_days = 30").replace("# filter = ", "filter = ")
    });
    saying(folder.path(), 0, &[&told()]);
}

#[test]
fn versions_need_a_number_and_values_with_an_order() {
    let line = |order: Order| {
        let (month, day) = (order.month, order.customer % 28 + 1);
        format!("{},{},{},{day:02}.{month:02}.2024,{}", order.number, order.customer, order.day(), order.euros())
    };
    let (folder, _) = drafted(&super::monthly_orders::file("order_id,customer_id,order_date,changed,total", line));
    edit(folder.path(), |config| config.replace("[purchases.columns]", "latest_by = \"changed\"\n[purchases.columns]"));
    let refused = check(folder.path(), 2);
    assert!(
        refused.contains("`purchases.latest_by = \"changed\"`") && refused.contains("begins with its year"),
        "{refused}"
    );
    edit(folder.path(), |config| {
        config.lines().filter(|line| !line.starts_with("order_id")).collect::<Vec<_>>().join("\n")
    });
    assert!(check(folder.path(), 2).contains("`purchases.columns.order_id`"));
}
