//! A shop of two years of which half of the rows of three months were not exported.

use super::monthly_orders::{check, drafted, saying};

/// 12 orders a day for two years, from 1 January 2023 on, without those that are not exported.
fn orders(is_there: impl Fn(usize, usize) -> bool) -> String {
    let mut text = "order_id,customer_id,order_date,amount\n".to_owned();
    let first = jiff::civil::date(2023, 1, 1);
    for day in 0..730_usize {
        let date = first.checked_add(jiff::Span::new().days(i64::try_from(day).unwrap())).unwrap();
        for place in (0..12).filter(|place| is_there(day, *place)) {
            let number = day * 12 + place;
            let customer = number * 7_919 % 400 + 1;
            text.push_str(&format!(
                "{},{customer},{date},{}.{:02}\n",
                10_000 + number,
                5 + number % 60,
                number % 99 + 1
            ));
        }
    }
    text
}

#[test]
fn weeks_of_which_half_is_missing_are_told() {
    let (folder, _) = drafted(&orders(|day, place| !(400..490).contains(&day) || place % 2 == 0));
    let said = saying(folder.path(), 0, &["warning[thin_weeks]: the 14 weeks from 2024-02-01 to 2024-05-08 have"]);
    assert!(said.contains("of the numbers of orders are not there: a part of the rows may be missing"), "{said}");
}

#[test]
fn a_summer_with_fewer_orders_each_year_is_no_matter() {
    let renumbered = |text: String| {
        let lines = text.lines().enumerate().map(|(place, line)| match line.split_once(',') {
            Some((_, rest)) if place > 0 => format!("{},{rest}\n", 10_000 + place),
            _ => format!("{line}\n"),
        });
        lines.collect::<String>()
    };
    let is_summer = |day: usize| (180..240).contains(&(day % 365));
    let (folder, _) = drafted(&renumbered(orders(|day, place| !is_summer(day) || place % 2 == 0)));
    assert!(!check(folder.path(), 0).contains("thin_weeks"));
    let (folder, _) = drafted(&orders(|_, _| true));
    assert!(!check(folder.path(), 0).contains("thin_weeks"));
}
