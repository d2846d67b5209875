//! Who is a customer and what is an order: exports in which ids, states and repetitions mislead are refused or warned about
//! with the line of config that mends them, whole and in parts.

use std::fmt::Write;

use assert_cmd::assert::Assert;
use predicates::prelude::*;
use predicates::str::contains;

use crate::shop::Shop;

/// A config of a table with more in its section.
fn config(more: &str) -> String {
    format!(
        "name = \"shop\"\ncurrency = \"EUR\"\nas_of = 2024-12-31\n[purchases]\npath = \"purchases*.csv\"\n{more}\n\
         [purchases.columns]\ncustomer_id = \"customer\"\norder_id = \"order\"\npurchased_at = \"at\"\namount = \"amount\"\n\
         product_id = \"product\"\n[churn]\nhorizon_days = 30\n[output]\ndir = \"runs\"\n"
    )
}

/// An order of each of 300 customers in each of twelve months: two lines, the second without the fields of the order.
struct Lines {
    /// The id of a customer, by number and month.
    id: fn(usize, usize) -> String,
    /// The state of an order, by its number.
    state: fn(usize) -> &'static str,
    /// Whether fields of the order stand on its second line too.
    are_repeated: bool,
}

const PLAIN: Lines = Lines { id: |customer, _| format!("c{customer}@x.com"), state: |_| "paid", are_repeated: true };

const HEAD: &str = "order,customer,at,product,amount,Status,total\n";

impl Lines {
    fn rows(&self) -> Vec<String> {
        let mut rows = Vec::new();
        for month in 1..=12 {
            for customer in 0..300 {
                let order = month * 300 + customer;
                let (id, at) = ((self.id)(customer, month), format!("2024-{month:02}-{:02}", 1 + customer % 28));
                let (state, total) = ((self.state)(order), 30);
                rows.push(format!("O{order},{id},{at},p{},10,{state},{total}\n", order % 7));
                let (state, total) = if self.are_repeated { (state, "30") } else { ("", "") };
                rows.push(format!("O{order},{id},{at},p{},20,{state},{total}\n", order % 5));
            }
        }
        rows
    }

    fn shop(&self, more: &str) -> Shop {
        Shop::of(&(HEAD.to_owned() + &self.rows().concat()), &config(more))
    }
}

fn check(shop: &Shop, code: i32) -> Assert {
    shop.command("check").assert().code(code)
}

fn saying(shop: &Shop, code: i32, words: &[&str]) {
    for word in words {
        check(shop, code).stderr(contains(*word));
    }
}

/// A command that reads the shop in parts says the same of it.
fn saying_in_parts(shop: &Shop, code: i32, words: &[&str]) {
    for word in words {
        let mut command = shop.command("features");
        command.args(["--as-of", "2024-10-01", "--memory", "1MiB", "--out", "parts"]);
        command.assert().code(code).stderr(contains(*word));
    }
}

#[test]
fn a_sound_shop_raises_no_finding_of_these() {
    let shop = PLAIN.shop("");
    for word in
        ["ids_alike", "placeholder", "not_looked_at", "overlap", "repeated_far", "totals_disagree", "first_line"]
    {
        check(&shop, 0).stderr(contains(word).not());
    }
}

#[test]
fn ids_that_differ_in_capitals_are_refused_until_the_config_says_what_they_are() {
    let id = |customer, month| if month % 2 == 0 { format!("c{customer}@x.com") } else { format!("C{customer}@X.com") };
    let lines = Lines { id, ..PLAIN };
    let told =
        ["error[ids_alike]: 600 customer ids are 300 but for capitals", "`id_case = \"lower\"` in `[purchases]`"];
    saying(&lines.shop(""), 3, &told);
    saying_in_parts(&lines.shop(""), 3, &told);
    for (answer, customers) in
        [("id_case = \"lower\"", "(300 customers, 3,600 orders)"), ("id_case = \"keep\"", "(600 customers")]
    {
        saying(&lines.shop(answer), 0, &[customers]);
        saying_in_parts(&lines.shop(answer), 0, &[customers]);
    }
    let id = |customer, month| if month % 2 == 0 { format!("é {customer}") } else { format!("e{customer}") };
    let lines = Lines { id, ..PLAIN };
    saying(&lines.shop(""), 3, &["are 300 but for blanks or a `.0` at the end", "`id_trim = \"all\"`"]);
    saying(&lines.shop("id_trim = \"all\"\nid_case = \"fold\""), 0, &["(300 customers"]);
}

#[test]
fn an_id_of_many_people_is_refused_with_the_filter_that_sets_it_aside() {
    for (guest, rule) in
        [("guest", "`guest`, which looks like no customer"), ("0", "`0`, which"), ("77777", "customer `77777` holds")]
    {
        let rows = PLAIN.rows().into_iter().enumerate();
        let rows = rows.map(|(row, line)| {
            let own = format!("c{}@x.com", row / 2 % 300);
            if row / 2 % 5 == 0 { line.replace(&own, guest) } else { line }
        });
        let shop = Shop::of(&(HEAD.to_owned() + &rows.collect::<String>()), &config(""));
        saying(
            &shop,
            3,
            &["error[placeholder_id]: ", rule, "720 of 3,600 orders (20.0 %)", "placeholder_ids = \"accept\""],
        );
        let filter = format!("filter = \"\\\"customer\\\" <> '{guest}'\"");
        saying(&shop, 3, &[&filter]);
        saying_in_parts(&shop, 3, &[&filter]);
        shop.edit_config(|_| config(&filter));
        saying(&shop, 0, &["(240 customers, 2,880 orders)"]);
        shop.edit_config(|_| config("") + "[validate]\nplaceholder_ids = \"accept\"\n");
        saying(&shop, 0, &["(241 customers, 3,600 orders)"]);
    }
}

#[test]
fn tables_whose_ids_do_not_meet_are_refused_with_the_likely_cause() {
    let complaints = |id: fn(usize) -> String| {
        let lines: String = (0..60).map(|n| [&n.to_string(), ",", &id(n), ",2024-06-01\n"].concat()).collect();
        let shop = Lines { id: |customer, _| format!("{}", 1_000 + customer), ..PLAIN }.shop("");
        std::fs::write(shop.path("complaints.csv"), "nr,who,at\n".to_owned() + &lines).unwrap();
        shop.edit_config(|text| {
            text + "[complaints]\npath = \"complaints.csv\"\n[complaints.columns]\ncomplaint_id = \"nr\"\ncustomer_id = \"who\"\n\
                    opened_at = \"at\"\n"
        });
        shop
    };
    let zeros = complaints(|n| format!("00{}", 1_000 + n));
    let mend = "customer_id = \"LTRIM(\\\"who\\\", '0')\"";
    saying(
        &zeros,
        3,
        &["error[ids_written_otherwise]: 60 of 60 customer ids in `complaints`", "but for zeros in front", mend],
    );
    saying_in_parts(&zeros, 3, &["but for zeros in front"]);
    zeros.edit_config(|text| text.replace("customer_id = \"who\"", mend));
    check(&zeros, 0).stderr(contains("ids_written").not().and(contains("orphan").not()));
    saying(
        &complaints(|n| format!("ticket-{n}")),
        3,
        &["error[ids_do_not_meet]: no customer of `complaints`", "is `who`"],
    );
    check(&complaints(|n| format!("{}.0", 1_000 + n)), 0).stderr(contains("ids_do_not_meet").not());
}

#[test]
fn states_that_are_no_purchases_are_warned_about_until_a_filter_looks_at_them() {
    let state = |order| {
        if order % 10 == 0 {
            "cancelled"
        } else if order % 25 == 0 {
            "Test"
        } else {
            "paid"
        }
    };
    let lines = Lines { state, ..PLAIN };
    let told = "warning[status_not_looked_at]: 864 of 7,200 purchases that are used (12.0 %) are none by their `Status`: `cancelled` 720 \
                (10.0 %), `Test` 144 (2.0 %)";
    let mend = "filter = \"\\\"Status\\\" NOT IN ('Test', 'cancelled')\"";
    saying(&lines.shop(""), 0, &[told, mend]);
    saying_in_parts(&lines.shop(""), 0, &[told, mend]);
    let mended = lines.shop(mend);
    saying(&mended, 0, &["6,336 used"]);
    check(&mended, 0).stderr(contains("not_looked_at").not());
}

#[test]
fn a_filter_on_a_field_of_first_lines_is_refused_and_filling_down_mends_it() {
    let state = |order| if order % 10 == 0 { "void" } else { "paid" };
    let lines = Lines { state, are_repeated: false, ..PLAIN };
    let filter = "filter = \"Status = 'paid'\"";
    let told =
        ["error[first_line_only]: 3,600 lines of orders are set aside", "`fill_down = [\"Status\"]` in `[purchases]`"];
    saying(&lines.shop(filter), 3, &told);
    saying_in_parts(&lines.shop(filter), 3, &told);
    let filled = lines.shop(&format!("{filter}\nfill_down = [\"Status\"]"));
    let used = "6,480 used (270 customers, 3,240 orders)";
    saying(&filled, 0, &[used]);
    saying_in_parts(&filled, 0, &[used]);
    saying(&lines.shop(&format!("{filter}\nfill_down = []")), 0, &["3,240 used (270 customers, 3,240 orders)"]);
}

#[test]
fn a_customer_who_stands_on_first_lines_alone_is_filled_down() {
    let rows = PLAIN.rows().into_iter().enumerate();
    let second = |(row, line): (usize, String)| {
        let mut fields: Vec<&str> = line.split(',').collect();
        fields[1] = if row % 2 == 1 { "" } else { fields[1] };
        fields.join(",")
    };
    let text = HEAD.to_owned() + &rows.map(second).collect::<String>();
    let shop = Shop::of(&text, &config(""));
    let told = [
        "error[first_line_only]: 3,600 lines of orders are set aside because `customer` is empty",
        "`fill_down = [\"customer\"]`",
    ];
    saying(&shop, 3, &told);
    saying_in_parts(&shop, 3, &told);
    shop.edit_config(|_| config("fill_down = [\"customer\"]"));
    saying(&shop, 0, &["7,200 used (300 customers, 3,600 orders)"]);
    saying_in_parts(&shop, 0, &["7,200 used (300 customers, 3,600 orders)"]);
}

/// Two exports that overlap by a month, with a basket of three equal lines in it.
#[test]
fn rows_of_two_exports_count_once_and_equal_lines_of_a_basket_stay() {
    let rows = PLAIN.rows();
    let basket = "O9999,c7@x.com,2024-06-30,tea,5,paid,15\n".repeat(3);
    let first = HEAD.to_owned() + &rows[..3_600].concat() + &basket;
    let second = HEAD.to_owned() + &basket + &rows[3_000..].concat();
    let shop = Shop::of(&first, &config(""));
    std::fs::write(shop.path("purchases_2.csv"), &second).unwrap();
    let told = [
        "7,203 used (300 customers, 3,601 orders) + 603 rejected (overlap 603)",
        "warning[overlap]: 603 of 7,806 purchases stand in another file of `purchases` too, equal in all columns",
    ];
    saying(&shop, 0, &told);
    saying_in_parts(&shop, 0, &told);
    // An order that has changed between the exports, in a column that is not mapped.
    std::fs::write(shop.path("purchases_2.csv"), second.replace(",paid,", ",sent,")).unwrap();
    let told =
        ["error[changed_since]: 603 rows of `purchases` stand in a later file again", "`duplicates = \"latest\"`"];
    saying(&shop, 3, &told);
    saying_in_parts(&shop, 3, &told);
    shop.edit_config(|_| config("duplicates = \"drop\""));
    saying(&shop, 0, &["7,201 used"]);
    shop.edit_config(|_| config("duplicates = \"latest\""));
    let told = ["7,203 used (300 customers, 3,601 orders) + 603 rejected (superseded 603)"];
    saying(&shop, 0, &told);
    saying_in_parts(&shop, 0, &told);
}

#[test]
fn an_export_behind_itself_is_refused() {
    let rows = PLAIN.rows().concat();
    let shop = Shop::of(&(HEAD.to_owned() + &rows + &rows), &config(""));
    let told = "error[repeated_far]: 7,200 of 14,400 purchases repeat a row far before in the same file in every mapped column";
    saying(&shop, 3, &[told]);
    saying_in_parts(&shop, 3, &[told]);
}

#[test]
fn lines_that_do_not_come_to_their_total_are_told() {
    let shop = PLAIN.shop("");
    shop.edit("purchases.csv", |text| text.replace(",10,paid,30", ",1,paid,30").replace(",20,paid,30", ",2,paid,30"));
    saying(
        &shop,
        0,
        &["warning[totals_disagree]: the lines of 3,600 of 3,600 orders (100.0 %)", "10800.00 EUR in lines"],
    );
    // A column that is called a total and is one of each line is no total of the order.
    shop.edit("purchases.csv", |text| text.replace(",1,paid,30", ",1,paid,11"));
    check(&shop, 0).stderr(contains("totals_disagree").not());
}

#[test]
fn rejections_that_select_are_refused() {
    // Every value of one form.
    let shop = PLAIN.shop("");
    shop.edit("purchases.csv", |text| text.replace("2024-01-0", "Jan 0"));
    saying(&shop, 3, &["error[rejected_form]: ", "look like `a 9`", "rejected rows are listed in runs/"]);
    saying_in_parts(&shop, 3, &["error[rejected_form]: "]);
    // One month, and the customers of some letters.
    let mut text = HEAD.to_owned();
    for (row, line) in PLAIN.rows().into_iter().enumerate() {
        let amount = ["?", "none left", "10", "10"][row % 4];
        let line = if line.contains("2024-03-") {
            line.replace(",10,", &format!(",{amount},")).replace(",20,", ",x!,")
        } else {
            line
        };
        text.write_str(&line).unwrap();
    }
    let shop = Shop::of(&text, &config(""));
    saying(
        &shop,
        3,
        &["error[lost_period]: 1 month loses a far larger share", "2024-03 (", "error[too_many_rejected]"],
    );
    saying_in_parts(&shop, 3, &["error[lost_period]: 1 month loses"]);
}

#[test]
fn customers_are_those_who_bought() {
    let mut text = HEAD.to_owned() + &PLAIN.rows().concat();
    for n in 0..12 {
        writeln!(text, "R{n},r{n}@x.com,2024-05-0{},p1,-10,paid,-10", 1 + n % 9).unwrap();
    }
    let shop = Shop::of(&text, &config(""));
    let told = ["(300 customers, 3,612 orders; 12 customers more with returns alone)", "300 customers"];
    saying(&shop, 0, &told);
}

#[test]
fn the_column_that_repeats_is_named_where_nobody_comes_back() {
    let text = PLAIN.rows().concat().lines().enumerate().fold(
        "order,customer,at,product,amount,client_key\n".to_owned(),
        |text, (row, line)| {
            let mut fields: Vec<&str> = line.split(',').take(5).collect();
            let (id, own) = (fields[1].to_owned(), format!("k{}", row / 2));
            fields[1] = &own;
            text + &fields.join(",") + "," + &id + "\n"
        },
    );
    let shop = Shop::of(&text, &config(""));
    saying(&shop, 3, &["error[nobody_returns]", "is `customer` the id of an order? 300 of 300 values of `client_key`"]);
    saying(&shop, 3, &["write `customer_id = \"client_key\"` in `[purchases.columns]`"]);
}
