//! Worked examples of typing, kind by kind.

use jiff::tz::TimeZone;

use super::*;
use crate::config::Table;

fn read(name: &str, column: &Column, format: Option<&str>) -> Result<Typed, TypeProblem> {
    let clock = LocalClock::new(&TimeZone::get("Europe/London").unwrap());
    let time = format.map_or(TimeForm::Iso, TimeForm::given);
    let rules = Rules { clock: &clock, time: &time, marks: Marks::default(), decimals: 2 };
    typed(column, Table::Purchases.column(name).unwrap(), &rules)
}

fn instants(column: &Column, format: Option<&str>) -> (Vec<String>, Vec<usize>) {
    let typed = read("purchased_at", column, format).unwrap();
    let Values::Times(times) = typed.values else { panic!("times") };
    let show = |time: i64| match time {
        ABSENT => "-".to_owned(),
        time => crate::units::Timestamp(time).to_string(),
    };
    (times.into_iter().map(show).collect(), typed.unreadable)
}

#[test]
fn local_times_and_dates_are_read_in_the_zone() {
    let text =
        Column::new("t".into(), ["2011-07-01 12:00", "2011-07-01", "2011-07-01T12:00Z", "", "soon", "1850-01-01"]);
    let (times, unreadable) = instants(&text, None);
    let expected = ["2011-07-01T11:00:00Z", "2011-06-30T23:00:00Z", "2011-07-01T12:00:00Z", "-", "-", "-"];
    assert_eq!((times.as_slice(), unreadable.as_slice()), (expected.map(str::to_owned).as_slice(), [4, 5].as_slice()));
}

#[test]
fn typed_times_keep_their_zone_or_take_ours() {
    let noon = 1_309_521_600_000_i64;
    let millis = Column::new("t".into(), [Some(noon), None]);
    let local = millis.cast(&DataType::Datetime(TimeUnit::Milliseconds, None)).unwrap();
    assert_eq!(instants(&local, None).0, ["2011-07-01T11:00:00Z", "-"]);
    let utc = millis.cast(&DataType::Datetime(TimeUnit::Milliseconds, Some(polars::prelude::TimeZone::UTC))).unwrap();
    assert_eq!(instants(&utc, None).0, ["2011-07-01T12:00:00Z", "-"]);
    let date = Column::new("t".into(), [15_156_i32]).cast(&DataType::Date).unwrap();
    assert_eq!(instants(&date, None).0, ["2011-06-30T23:00:00Z"]);
}

#[test]
fn formats_read_text_and_whole_numbers() {
    let text = Column::new("t".into(), ["01/07/2011 12:00", "2011-07-01"]);
    let (times, unreadable) = instants(&text, Some("%d/%m/%Y %H:%M"));
    assert_eq!((times, unreadable), (vec!["2011-07-01T11:00:00Z".to_owned(), "-".to_owned()], vec![1]));
    let days = Column::new("t".into(), [19_970_101_i64]);
    assert_eq!(instants(&days, Some("%Y%m%d")).0, ["1997-01-01T00:00:00Z"]);
    let seconds = Column::new("t".into(), [1_309_521_600_i64]);
    assert_eq!(instants(&seconds, Some("%s")).0, ["2011-07-01T12:00:00Z"]);
    let zoned = Column::new("t".into(), ["2011-07-01 12:00 +0200"]);
    assert_eq!(instants(&zoned, Some("%Y-%m-%d %H:%M %z")).0, ["2011-07-01T10:00:00Z"]);
    assert_eq!(instants(&days, None).1, [0]);
    assert_eq!(instants(&Column::new("t".into(), [45_292.5]), Some("excel")).0, ["2024-01-01T12:00:00Z"]);
    let none = Column::new("t".into(), ["00.00.0000", "0000-00-00 00:00:00", "1900-01-01"]);
    assert_eq!(instants(&none, None), (vec!["-".to_owned(); 3], Vec::new()));
    let flags = Column::new("t".into(), [true]);
    assert!(matches!(read("purchased_at", &flags, None), Err(TypeProblem::WrongType(_))));
}

#[test]
fn money_comes_from_every_kind_of_number() {
    let columns = [
        Column::new("a".into(), [Some(12.5), None, Some(f64::NAN), Some(-3.0)]),
        Column::new("a".into(), [Some("12.50"), Some(" "), Some("£x"), Some("-3")]),
    ];
    for column in columns {
        let typed = read("amount", &column, None).unwrap();
        let Values::Money(values) = typed.values else { panic!("money") };
        assert_eq!((values, typed.unreadable), (vec![1250, ABSENT, ABSENT, -300], vec![2]));
    }
    let whole = read("amount", &Column::new("a".into(), [7_i32]), None).unwrap();
    assert!(matches!(whole.values, Values::Money(values) if values == [700]));
    let large = read("amount", &Column::new("a".into(), [Some(-7_i64), None, Some(i64::MAX)]), None).unwrap();
    assert_eq!(large.unreadable, [2], "more than an amount can be");
    assert!(matches!(large.values, Values::Money(values) if values == [-700, ABSENT, ABSENT]));
    let exact = Column::new("a".into(), ["1.10"]).cast(&DataType::Decimal(10, 2)).unwrap();
    assert!(matches!(read("amount", &exact, None).unwrap().values, Values::Money(values) if values == [110]));
    assert!(read("amount", &Column::new("a".into(), [true]), None).is_err());
}

#[test]
fn numbers_and_flags_name_what_they_cannot_read() {
    let typed = read("quantity", &Column::new("q".into(), ["2", "two", "", "1e99"]), None).unwrap();
    let Values::Numbers(values) = typed.values else { panic!("numbers") };
    assert_eq!(values[0].to_bits(), 2.0_f32.to_bits());
    assert!(values[1..].iter().all(|value| value.is_nan()));
    assert_eq!(typed.unreadable, [1, 3]);
    let typed = read("is_return", &Column::new("f".into(), ["Yes", "0", "maybe", "", "TRUE"]), None).unwrap();
    assert!(matches!(typed.values, Values::Flags(values) if values == [1, 0, NO_FLAG, NO_FLAG, 1]));
    assert_eq!(typed.unreadable, [2]);
    let typed = read("is_return", &Column::new("f".into(), [Some(true), None]), None).unwrap();
    assert!(matches!(typed.values, Values::Flags(values) if values == [1, NO_FLAG]));
}

#[test]
fn a_column_without_any_value_is_absent_in_every_kind() {
    let nothing = Column::full_null("n".into(), 3, &DataType::Null);
    for name in ["customer_id", "purchased_at", "amount", "quantity", "category", "is_return", "order_id"] {
        let typed = read(name, &nothing, None).unwrap();
        assert!((0..3).all(|row| typed.values.is_absent(row)), "{name}");
        assert!(typed.unreadable.is_empty(), "{name}");
    }
}
