//! Numbers, currencies and times in the forms in which shops write them: read as all values prove, or refused with the line of
//! the config that settles it.

use predicates::prelude::*;
use predicates::str::contains;

use crate::shop::Shop;

const HEADER: &str = "id,at,amount\n";

/// A shop of three thousand lines, each from its number.
fn shop(header: &str, line: impl Fn(usize) -> String, section: &str, columns: &str) -> Shop {
    let config = format!(
        "name = 'x'\ncurrency = 'EUR'\ntimezone = 'UTC'\nas_of = 2025-01-01\n[churn]\nhorizon_days = 60\n[validate]\nmin_recent_share = 0\nmin_customers = 1\n[purchases]\npath = \
         'purchases.csv'\n{section}\n[purchases.columns]\ncustomer_id = 'id'\npurchased_at = 'at'\namount = 'amount'\n{columns}\n"
    );
    Shop::of(&(header.to_owned() + &(0..3_000).map(line).collect::<String>()), &config)
}

fn day(n: usize) -> (usize, usize, usize) {
    (2022 + n / 1_000, n % 12 + 1, n % 28 + 1)
}

fn iso(n: usize) -> String {
    let (year, month, day) = day(n);
    format!("{year}-{month:02}-{day:02}")
}

/// The shop with amounts written by `amount`.
fn amounts(amount: impl Fn(usize) -> String, section: &str) -> Shop {
    shop(HEADER, |n| format!("c{},{},\"{}\"\n", n % 300, iso(n), amount(n)), section, "")
}

/// The shop with times written by `at`.
fn times(at: impl Fn(usize) -> String, section: &str) -> Shop {
    shop(HEADER, |n| format!("c{},\"{}\",{}.50\n", n % 300, at(n), n % 90 + 1), section, "")
}

fn passes(shop: &Shop, says: &str) {
    shop.command("check").assert().success().stderr(contains(says));
}

fn refused(shop: &Shop, says: &[&str]) {
    let mut all = shop.command("check").assert().code(3);
    for text in says {
        all = all.stderr(contains(*text));
    }
}

#[test]
fn amounts_are_read_as_their_values_prove() {
    let german = |n: usize| format!("{}.{:03},{:02}", n % 9 + 1, n % 1_000, n % 100);
    passes(&amounts(german, ""), "decimal_mark");
    let quiet = amounts(german, "decimal = ','");
    quiet.command("check").assert().success().stderr(contains("decimal_mark").not());
    let used = "3,000 used";
    for text in ["$", "USD "] {
        let shop = amounts(|n| format!("{text}{},{:03}.50", n % 9 + 1, n % 1_000), "");
        refused(&shop, &["other_currency", used]);
    }
    passes(&amounts(|n| format!("{} €", german(n)), ""), used);
    passes(
        &amounts(
            |n| {
                format!("{}{}'{:03}.00)", if n.is_multiple_of(9) { "(" } else { "" }, n % 9 + 1, n % 1_000)
                    .replace(if n.is_multiple_of(9) { "\u{0}" } else { ")" }, "")
            },
            "",
        ),
        used,
    );
    passes(
        &amounts(
            |n| format!("{}\u{202f}{:03},5{}", n % 9 + 1, n % 1_000, if n.is_multiple_of(9) { "-" } else { "" }),
            "",
        ),
        used,
    );
}

#[test]
fn thousands_are_told_by_the_values_beside_them_or_refused() {
    let whole =
        |n: usize| if n.is_multiple_of(3) { format!("{}", n % 900 + 100) } else { format!("1.{:03}", n % 1_000) };
    passes(&amounts(whole, ""), "`1.001` is 1001");
    let open = |n: usize| format!("{}.{:03}", n % 9 + 1, n % 1_000);
    refused(
        &amounts(open, ""),
        &["open_decimal_mark", "write `decimal = \",\"` and `thousands = \".\"` in `[purchases]`"],
    );
    amounts(open, "decimal = '.'").command("check").assert().success();
    amounts(open, "decimal = ','\nthousands = '.'").command("check").assert().success();
    let two = |n: usize| if n.is_multiple_of(2) { "12.50".to_owned() } else { "12,50".to_owned() };
    refused(&amounts(two, ""), &["mixed_decimal_marks"]);
}

#[test]
#[expect(clippy::many_single_char_names, clippy::too_many_lines, clippy::type_complexity, reason = "a table of forms")]
fn times_are_read_as_all_values_prove() {
    let at = |n| {
        let (year, month, day) = day(n);
        (year, month, day, n % 24, n % 60)
    };
    let hour = |hour: usize| if hour.is_multiple_of(12) { 12 } else { hour % 12 };
    let forms: [(&str, Box<dyn Fn(usize) -> String>); 6] = [
        (
            "day_first",
            Box::new(move |n| {
                let (y, m, d, h, i) = at(n);
                format!("{d:02}.{m:02}.{y} {h:02}:{i:02}")
            }),
        ),
        (
            "month_first",
            Box::new(move |n| {
                let (y, m, d, h, i) = at(n);
                format!("{m}/{d}/{} {h}:{i:02}", y - 2000)
            }),
        ),
        (
            "month_first",
            Box::new(move |n| {
                let (y, m, d, h, i) = at(n);
                format!("{m}/{d}/{y} {}:{i:02}:00 {}", hour(h), if h < 12 { "AM" } else { "PM" })
            }),
        ),
        ("excel", Box::new(|n| format!("{}.25", 44_562 + n / 3))),
        ("epoch_seconds", Box::new(|n| format!("{}", 1_641_000_000 + n * 30_000))),
        ("epoch_milliseconds", Box::new(|n| format!("{}", 1_641_000_000_123 + n * 30_000_000))),
    ];
    for (form, at) in forms {
        passes(&times(at, ""), &format!("time_format = \"{form}\""));
    }
    let (year_month_day, used) = (at, "3,000 used (300 customers)");
    passes(
        &times(
            move |n| {
                let (y, m, d, ..) = year_month_day(n);
                format!("{y}{m:02}{d:02}")
            },
            "",
        ),
        used,
    );
    let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    passes(
        &times(
            move |n| {
                let (y, m, d, ..) = year_month_day(n);
                format!("{} {d}, {y} 8:06:23 AM", months[m - 1])
            },
            "",
        ),
        used,
    );
    passes(
        &times(
            move |n| {
                let (y, m, d, ..) = year_month_day(n);
                format!("{d:02}-{}-{y}", months[m - 1])
            },
            "",
        ),
        used,
    );
}

#[test]
fn dates_that_can_be_read_in_two_ways_are_refused_until_one_is_chosen() {
    let open = |n: usize| format!("{:02}/{:02}/{}", n % 11 + 1, n % 12 + 1, 2022 + n / 1_000);
    refused(&times(open, ""), &["open_dates", "`time_format = \"day_first\"`", "`time_format = \"month_first\"`"]);
    times(open, "time_format = 'day_first'").command("check").assert().success();
    times(open, "time_format = { purchased_at = 'month_first' }").command("check").assert().success();
    let sorted =
        |n: usize| format!("{:02}/{:02}/{}", n % 1_000 / 84 % 12 + 1, n % 1_000 % 84 / 7 + 1, 2022 + n / 1_000);
    passes(&times(sorted, ""), "time_format = \"month_first\"");
    let mixed =
        |n: usize| if n < 1_500 { format!("{:02}/05/2023", n % 28 + 1) } else { format!("05/{:02}/2023", n % 28 + 1) };
    refused(&times(mixed, ""), &["mixed_dates"]);
}

#[test]
fn a_format_that_cannot_read_a_part_of_the_times_is_refused_with_a_better_one() {
    let at = |n: usize| {
        let (year, month, day) = day(n);
        format!("{day:02}/{month:02}/{year} 10:00")
    };
    let better = "write `time_format = \"day_first\"`";
    refused(&times(at, "time_format = '%d/%m/%Y'"), &["unfit_time_format", better]);
    refused(&times(at, "time_format = 'iso'"), &["unfit_time_format", better]);
    refused(&times(at, "time_format = '%m/%d/%Y %H:%M'"), &["exchanged_dates", "`time_format = \"%d/%m/%Y %H:%M\"`"]);
    let wrong = times(at, "time_format = 'day_frist'");
    wrong.command("check").assert().code(2).stderr(contains("the nearest known is `day_first`"));
}

#[test]
fn date_and_time_in_two_columns_are_one_by_sql() {
    let line = |n: usize| {
        let (year, month, day) = day(n);
        format!("c{},{year}{month:02}{day:02},{},5.50\n", n % 300, n % 24 * 100 + n % 60)
    };
    let shop = shop("id,DATUM,ZEIT,amount\n", line, "", "");
    shop.edit_config(|text| text.replace("'at'", "'''DATUM || ' ' || ZEIT'''"));
    passes(&shop, "3,000 used (300 customers)");
}

#[test]
fn several_currencies_are_refused_until_a_filter_or_rates_say_what_to_do() {
    let line =
        |n: usize| format!("c{},{},10.50,{}\n", n % 300, iso(n), if n.is_multiple_of(3) { "usd" } else { "EUR" });
    let header = "id,at,amount,Currency\n";
    refused(&shop(header, line, "", ""), &["mixed_currencies", "USD (1,000)", "filter = \"\\\"Currency\\\" = 'EUR'\""]);
    let filtered = shop(header, line, "filter = \"Currency = 'EUR'\"", "");
    filtered.command("check").assert().success().stderr(contains("2,000 used"));
    let converted = shop(header, line, "rates = { USD = 0.92 }", "currency = 'Currency'");
    passes(&converted, "converted_amounts");
    let no_rate = shop(header, line, "rates = { GBP = 1.17 }", "currency = 'Currency'");
    refused(&no_rate, &["mixed_currencies", "USD (1,000)"]);
    shop(header, line, "", "currency = \"'EUR'\"").command("check").assert().success();
}

#[test]
fn an_amount_of_the_order_on_each_line_is_refused_until_it_is_said_so() {
    let line = |n: usize| format!("c{},{},{}.00,o{},p{}\n", n / 3 % 300, iso(n / 3), n / 3 % 70 + 10, n / 3, n % 50);
    let (header, columns) = ("id,at,amount,order,sku\n", "order_id = 'order'\nproduct_id = 'sku'");
    refused(&shop(header, line, "", columns), &["order_totals", "write `amount_is = \"order\"` in `[purchases]`"]);
    shop(header, line, "amount_is = 'order'", columns).command("check").assert().success();
    let lines = |n: usize| format!("c{},{},{}.00,o{},p{}\n", n / 3 % 300, iso(n / 3), n % 70 + 10, n / 3, n % 50);
    let own = shop(header, lines, "", columns);
    own.command("check").assert().success();
    own.edit_config(|text| text.replace("[purchases]", "[purchases]\namount_is = 'order'"));
    refused(&own, &["differing_order_amounts"]);
    let equal = |n: usize| format!("c{},{},10.00,o{},p{}\n", n / 3 % 300, iso(n / 3), n / 3, n % 50);
    shop(header, equal, "", columns).command("check").assert().success();
}

#[test]
fn what_is_found_in_parts_is_what_is_found_in_the_whole() {
    let line = |n: usize| {
        format!("c{},{:02}.{:02}.{},\"1.{:03},50\"\n", n % 300, n % 28 + 1, n % 12 + 1, 2022 + n / 1_000, n % 1_000)
    };
    let shop = shop(HEADER, line, "", "");
    let features = |memory: &str| {
        let mut command = shop.command("features");
        command.args(["--as-of", "2024-12-01", "--memory", memory]).assert().success()
    };
    let (whole, parts) = (features("1GiB"), features("1MiB"));
    let said = |output: &assert_cmd::assert::Assert| {
        let text = String::from_utf8_lossy(&output.get_output().stderr).into_owned();
        text.lines()
            .filter(|line| line.contains("[decimal_mark]") || line.contains("[time_form]"))
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    assert_eq!(said(&whole), said(&parts));
    assert_eq!(said(&whole).len(), 2);
}
