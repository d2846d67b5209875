//! Guesses which source column is which of ours, from names, types and one example each. A guess is a proposal for a
//! person to read: what is not telling enough stays open.

use std::collections::BTreeMap;

use super::found::DraftColumn;
use super::synonyms::{self, ORDER_LEVEL, UNIT_PRICES};
use super::tables::{Kind, Table};

/// Words that a SQL expression needs in quotes.
const RESERVED: &[&str] = &[
    "date",
    "desc",
    "end",
    "from",
    "group",
    "index",
    "limit",
    "number",
    "order",
    "select",
    "table",
    "time",
    "timestamp",
    "user",
    "value",
    "values",
    "where",
];

/// Our column names with the mapping proposed for each.
pub(super) fn mapping(table: Table, columns: &[DraftColumn]) -> BTreeMap<&'static str, String> {
    let mut matched = matched(table, columns);
    if table == Table::Purchases
        && let Some(person) = person_behind(&matched, columns)
    {
        matched.insert("customer_id", person);
    }
    let mut mapping: BTreeMap<_, _> =
        matched.iter().map(|(name, column)| (*name, source_of(table, name, column))).collect();
    if table == Table::Purchases
        && let Some(amount) = derived_amount(&matched, columns)
    {
        mapping.insert("amount", amount);
    }
    mapping
}

/// The format of a time written as text or number, if it is not ISO 8601 and its parts leave no doubt.
pub(super) fn time_format(example: &str) -> Option<String> {
    let (day, clock) = example.trim().split_once([' ', 'T']).unwrap_or((example.trim(), ""));
    let is_digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    if day.len() == 8 && is_digits(day) && (day.starts_with("19") || day.starts_with("20")) && clock.is_empty() {
        return Some("%Y%m%d".to_owned());
    }
    let separator = day.chars().find(|letter| matches!(letter, '/' | '.' | '-'))?;
    let parts: Vec<&str> = day.split(separator).collect();
    let [first, second, year] = parts.as_slice() else { return None };
    if year.len() != 4 || ![first, second, year].iter().all(|part| is_digits(part)) {
        return None;
    }
    let above_twelve = |part: &str| part.parse::<u32>().is_ok_and(|number| number > 12);
    let order = match (above_twelve(first), above_twelve(second), separator) {
        (false, true, _) => ["%m", "%d", "%Y"],
        (true, false, _) | (false, false, '.') => ["%d", "%m", "%Y"],
        _ => return None,
    };
    let clock = match clock.matches(':').count() {
        _ if clock.is_empty() => "",
        1 => " %H:%M",
        2 => " %H:%M:%S",
        _ => return None,
    };
    Some(format!("{}{clock}", order.join(&separator.to_string())))
}

/// The words of a name in lower case: `InvoiceDate`, `invoice-date` and `INVOICE DATE` are `invoice`, `date`.
pub(crate) fn in_words(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut before = ' ';
    for letter in name.chars() {
        let starts_word = letter.is_uppercase() && (before.is_lowercase() || before.is_numeric());
        if (starts_word || !letter.is_alphanumeric()) && words.last().is_some_and(|word| !word.is_empty()) {
            words.push(String::new());
        }
        if let Some(word) = words.last_mut().filter(|_| letter.is_alphanumeric()) {
            word.extend(letter.to_lowercase());
        }
        before = letter;
    }
    words.retain(|word| !word.is_empty());
    words
}

/// Best matches first; a source column serves one of ours and one of ours has one source column.
fn matched(table: Table, columns: &[DraftColumn]) -> BTreeMap<&'static str, &DraftColumn> {
    let mut candidates = Vec::new();
    for (name, synonyms) in synonyms::of(table) {
        let Some(spec) = table.column(name) else { continue };
        for (position, column) in columns.iter().enumerate().filter(|(_, column)| plausible(spec.kind, column)) {
            if let Some(distance) = distance(spec.kind, synonyms, &column.name) {
                candidates.push((distance, !spec.required, position, spec.name, column));
            }
        }
    }
    candidates.sort_by_key(|(distance, optional, position, name, _)| (*distance, *optional, *position, *name));
    let mut matched = BTreeMap::new();
    let mut taken = vec![false; columns.len()];
    for (_, _, position, name, column) in candidates {
        let Some(taken) = taken.get_mut(position).filter(|taken| !**taken) else { continue };
        matched.entry(name).or_insert_with(|| {
            *taken = true;
            column
        });
    }
    matched
}

/// Words of names that tell of a person, and words that tell of more than one.
const PERSONS: &[&str] =
    &["customer", "client", "user", "buyer", "member", "shopper", "consumer", "person", "household"];
const SEVERAL: &[&str] = &[
    "group", "segment", "type", "class", "tier", "city", "region", "state", "country", "zip", "agent", "store",
    "status",
];

/// One column in so many customers has as few values as a group of customers.
const FEWEST_PERSONS: usize = 20;

/// Another column for the customer, where the one of that name is new with each order: an id of a person comes again.
fn person_behind<'c>(
    matched: &BTreeMap<&'static str, &DraftColumn>,
    columns: &'c [DraftColumn],
) -> Option<&'c DraftColumn> {
    let customer = matched.get("customer_id")?;
    let rows = columns.iter().map(|column| column.n_distinct).max()?;
    let orders = matched.get("order_id").map_or(rows, |order| order.n_distinct);
    if customer.n_distinct < 2 || customer.n_distinct < orders {
        return None;
    }
    let tells =
        |column: &&DraftColumn, words: &[&str]| in_words(&column.name).iter().any(|w| words.contains(&w.as_str()));
    let is_taken = |column: &&DraftColumn| matched.values().any(|other| other.name == column.name);
    let comes_again = |column: &&DraftColumn| {
        column.n_distinct < customer.n_distinct && column.n_distinct * FEWEST_PERSONS >= customer.n_distinct
    };
    let free = columns.iter().filter(|column| !is_taken(column) && plausible(Kind::Id, column));
    free.filter(|column| tells(column, PERSONS) && !tells(column, SEVERAL) && comes_again(column))
        .max_by_key(|column| column.n_distinct)
}

/// How far a name is from the synonyms, smaller is nearer: the same, the same with words that say nothing, one letter
/// apart. Within each, the more telling synonym is nearer.
fn distance(kind: Kind, synonyms: &[&str], name: &str) -> Option<(u8, usize)> {
    let words = in_words(name);
    let joined = words.join("_");
    let telling = telling(kind, &words);
    let rank = |matches: &dyn Fn(&str) -> bool| synonyms.iter().position(|synonym| matches(synonym));
    rank(&|synonym| synonym == joined)
        .map(|rank| (0, rank))
        .or_else(|| rank(&|synonym| synonym == telling).map(|rank| (1, rank)))
        .or_else(|| counts_pieces(kind, synonyms, &words).then_some((2, 0)))
        .or_else(|| {
            rank(&|synonym| synonym.len() > 6 && strsim::damerau_levenshtein(synonym, &joined) == 1)
                .map(|rank| (3, rank))
        })
}

/// The name without the words that say nothing for its kind, and at least its first word.
fn telling(kind: Kind, words: &[String]) -> String {
    let idle: &[&str] = match kind {
        Kind::Id => &["id", "no", "nr", "num", "number", "code", "key", "uuid", "ref"],
        Kind::Time => &["utc", "local", "ts", "dt", "timestamp", "datetime", "time"],
        Kind::Money => &["gbp", "usd", "eur", "chf", "in", "gross", "net", "incl", "excl", "vat", "local"],
        Kind::Number => &["count", "no"],
        Kind::Text => &["name", "code", "label", "desc"],
        Kind::Flag => &["flag", "is", "has"],
    };
    let kept: Vec<&str> = words.iter().map(String::as_str).filter(|word| !idle.contains(word)).collect();
    kept.join("_")
}

/// `number_of_cds`, `n_bottles`: pieces, whatever they are called.
fn counts_pieces(kind: Kind, synonyms: &[&str], words: &[String]) -> bool {
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let counts = matches!(words.as_slice(), ["number", "of", _] | ["n" | "num", _]);
    let pieces = !words.last().is_some_and(|word| matches!(*word, "orders" | "days" | "customers" | "visits"));
    kind == Kind::Number && synonyms.contains(&"quantity") && counts && pieces
}

/// Whether the type and the example allow the kind.
fn plausible(kind: Kind, column: &DraftColumn) -> bool {
    let dtype = column.dtype.to_lowercase();
    let is_time = dtype.starts_with("date") || dtype.starts_with("time");
    let is_flag = dtype.starts_with("bool");
    match kind {
        Kind::Time => !is_flag && !is_float(&dtype),
        Kind::Money | Kind::Number => !is_flag && !is_time && (!is_text(&dtype) || looks_like_number(&column.example)),
        Kind::Id => !is_flag && !is_time,
        Kind::Text | Kind::Flag => !is_time,
    }
}

fn is_float(dtype: &str) -> bool {
    dtype.starts_with('f') || dtype.starts_with("double")
}

fn is_text(dtype: &str) -> bool {
    ["str", "utf8", "text", "varchar"].iter().any(|name| dtype.starts_with(name))
}

/// Nothing is known from an empty example, so it passes.
fn looks_like_number(example: &str) -> bool {
    let digits: String = example.chars().filter(|letter| !matches!(letter, ',' | ' ')).collect();
    digits.is_empty() || digits.trim_start_matches(['$', '£', '€']).parse::<f64>().is_ok_and(f64::is_finite)
}

/// A column by its name; numbers that name something lose their decimals, else `13085` would be called `13085.0`.
fn source_of(table: Table, name: &str, column: &DraftColumn) -> String {
    let is_id = table.column(name).is_some_and(|spec| spec.kind == Kind::Id);
    if is_id && is_float(&column.dtype.to_lowercase()) {
        return format!("CAST(CAST({} AS BIGINT) AS VARCHAR)", quoted(&column.name));
    }
    column.name.clone()
}

/// Quantity times unit price, if there is no amount of the line itself; the price alone if there is no quantity.
fn derived_amount(matched: &BTreeMap<&'static str, &DraftColumn>, columns: &[DraftColumn]) -> Option<String> {
    let is_line_level = |column: &&DraftColumn| !ORDER_LEVEL.contains(&in_words(&column.name).join("_").as_str());
    if matched.get("amount").is_some_and(is_line_level) {
        return None;
    }
    let prices = columns.iter().filter(|column| plausible(Kind::Money, column));
    let price = prices
        .filter_map(|column| distance(Kind::Money, UNIT_PRICES, &column.name).map(|distance| (distance, column)))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, column)| column)?;
    match matched.get("quantity") {
        Some(quantity) => Some(format!("{} * {}", quoted(&quantity.name), quoted(&price.name))),
        None if matched.contains_key("amount") => None,
        None => Some(price.name.clone()),
    }
}

/// A column name as it must be written inside a SQL expression.
fn quoted(name: &str) -> String {
    let is_plain = name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
        && name.starts_with(|first: char| first.is_ascii_alphabetic())
        && !RESERVED.contains(&name.to_lowercase().as_str());
    if is_plain { name.to_owned() } else { format!("\"{}\"", name.replace('"', "\"\"")) }
}

#[cfg(test)]
mod tests {
    use super::*;

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
    fn names_fall_into_words() {
        let cases = [
            ("InvoiceDate", "invoice date"),
            ("CustomerID", "customer id"),
            ("ORDER_NO", "order no"),
            ("Price per Unit", "price per unit"),
            ("", ""),
            ("__", ""),
        ];
        for (name, words) in cases {
            assert_eq!(in_words(name).join(" "), words);
        }
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
    fn other_amounts_and_other_names_are_not_taken() {
        let found =
            guess(Table::Purchases, &[("tax_amount", "f64"), ("customer_name", "str"), ("order_status", "str")]);
        assert_eq!(pairs(&found), []);
        let found = guess(Table::Purchases, &[("date", "bool"), ("amount", "date")]);
        assert_eq!(pairs(&found), []);
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
        let with =
            |customers, persons| [("order_id", 900), ("customer_id", customers), ("customer_unique_id", persons)];
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

    #[test]
    fn formats_are_guessed_only_without_doubt() {
        let format = |example| time_format(example);
        assert_eq!(format("19970101").as_deref(), Some("%Y%m%d"));
        assert_eq!(format("12/13/2010 8:26").as_deref(), Some("%m/%d/%Y %H:%M"));
        assert_eq!(format("13/12/2010 08:26:00").as_deref(), Some("%d/%m/%Y %H:%M:%S"));
        assert_eq!(format("01.12.2010").as_deref(), Some("%d.%m.%Y"));
        for doubtful in ["12/1/2010 8:26", "2010-12-01", "2010-12-01T08:26:00Z", "13085", "", "noon"] {
            assert_eq!(format(doubtful), None, "{doubtful}");
        }
    }
}
