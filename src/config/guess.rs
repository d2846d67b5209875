//! Guesses which source column is which of ours, from names, types and one example each. A guess is a proposal for a
//! person to read: what is not telling enough stays open.

use std::collections::BTreeMap;

use super::expressions::{always_quoted, names_in, quoted};
use super::found::DraftColumn;
use super::lexicon;
use super::looks::{holds_days, is_float, is_text, numbers_rows, plausible};
use super::name_words::in_words;
use super::synonyms::{self, ORDER_LEVEL, UNIT_PRICES};
use super::tables::{Kind, Table};

/// Our column names with the mapping proposed for each.
pub(super) fn mapping(table: Table, columns: &[DraftColumn]) -> BTreeMap<&'static str, String> {
    let mut matched = matched(table, columns);
    if table == Table::Purchases {
        if let Some(person) = person_behind(&matched, columns) {
            matched.insert("customer_id", person);
        }
        if let Some(order) = plain_order(&matched, columns) {
            matched.insert("order_id", order);
        }
    }
    let mut mapping: BTreeMap<_, _> =
        matched.iter().map(|(name, column)| (*name, source_of(table, name, column))).collect();
    if table == Table::Purchases
        && let Some(amount) = derived_amount(&matched, columns)
    {
        mapping.insert("amount", amount);
    }
    if let Some(name) = ["purchased_at", "opened_at", "answered_at"].into_iter().find(|name| mapping.contains_key(name))
        && let Some(time) = matched.get(name).and_then(|day| with_clock(day, columns))
    {
        mapping.insert(name, time);
    }
    mapping
}

/// Words of names of columns that hold the time of the day.
const CLOCKS: &[&str] = &["time", "tim", "zeit", "uhr", "heure", "hora", "ora", "tijd", "klok", "tid"];

/// A day together with the time of the day that stands in a column of its own.
fn with_clock(day: &DraftColumn, columns: &[DraftColumn]) -> Option<String> {
    if day.example.contains(':') || !day.example.contains(|letter: char| letter.is_ascii_digit()) {
        return None;
    }
    let is_clock = |column: &&DraftColumn| {
        // `clientid` ends like a Swedish time and is none.
        let tells = |word: &String| {
            CLOCKS.iter().any(|clock| {
                word == clock || (clock.len() > 2 && word.ends_with(clock) && lexicon::means("purchased_at", word))
            })
        };
        column.name != day.name && in_words(&column.name).iter().any(tells)
    };
    columns.iter().filter(is_clock).find_map(|column| {
        let (digits, colons) = (column.example.as_str(), column.example.matches(':').count());
        let is_number = digits.bytes().all(|byte| byte.is_ascii_digit());
        let time = match (colons, digits.len()) {
            (1 | 2, 4..) => as_text(column),
            // 905 is five past nine.
            (0, 3 | 4) if is_number => format!("LPAD({}, 4, '0')", as_text(column)),
            (0, 5 | 6) if is_number => format!("LPAD({}, 6, '0')", as_text(column)),
            _ => return None,
        };
        Some(format!("{} || ' ' || {time}", as_text(day)))
    })
}

/// The column as text, whatever its type.
fn as_text(column: &DraftColumn) -> String {
    let name = always_quoted(&column.name);
    if is_text(&column.dtype.to_lowercase()) { name } else { format!("CAST({name} AS VARCHAR)") }
}

/// Best matches first; a source column serves one of ours and one of ours has one source column.
fn matched(table: Table, columns: &[DraftColumn]) -> BTreeMap<&'static str, &DraftColumn> {
    let mut candidates = Vec::new();
    let tells_lines =
        |column: &DraftColumn| ["quantity", "product_id"].iter().any(|ours| lexicon::means(ours, &column.name));
    let has_lines = table == Table::Purchases && columns.iter().any(tells_lines);
    for (name, synonyms) in synonyms::of(table) {
        let Some(spec) = table.column(name) else { continue };
        for (position, column) in columns.iter().enumerate().filter(|(_, column)| plausible(spec.kind, column)) {
            // One id for all is the shop's own.
            if *name == "customer_id" && column.n_distinct == 1 && column.n_rows >= FEWEST_PERSONS {
                continue;
            }
            if spec.kind == Kind::Money && numbers_rows(column) {
                continue;
            }
            // A number that is new in each row names the order: `Ref.` is short for either.
            if *name == "product_id" && is_plain_number(column) && column.n_distinct == column.n_rows {
                continue;
            }
            // `state` is what became of an order at least as often as a place.
            if column.holds_states && matches!(*name, "region" | "channel") {
                continue;
            }
            let words = in_words(&column.name);
            let words = if spec.kind == Kind::Money { without_taxes(&words) } else { &words };
            let by_words = || lexicon::distance(table, name, words).map(|rank| (BY_WORDS, rank));
            if let Some(mut distance) = distance(spec.kind, synonyms, &column.name).or_else(by_words) {
                // A time of the day is no day.
                let is_far = match spec.kind {
                    Kind::Id => holds_names(column),
                    Kind::Time => !column.example.is_empty() && !holds_days(column),
                    _ => false,
                };
                if is_far {
                    distance.0 += BEHIND_OTHERS;
                } else if name == &"amount" && has_lines && is_of_order(&column.name) {
                    distance.0 += BEHIND_LINES;
                }
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

/// How near a name is that is on no list, but whose words all mean something.
const BY_WORDS: u8 = 4;

/// How much nearer an amount of a line is than one of its order.
const BEHIND_LINES: u8 = 5;

/// How much nearer any number is than a name, of which two customers may have the same one, and a day than a time of the day.
const BEHIND_OTHERS: u8 = 10;

/// Whether a column holds names of people or firms and no numbers or addresses.
fn holds_names(column: &DraftColumn) -> bool {
    let example = column.example.trim();
    example.contains(' ') && !example.contains('@') && !example.bytes().any(|byte| byte.is_ascii_digit())
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

/// Names that say that a column numbers something, and not what.
const PLAIN_NUMBERS: &[&str] = &[
    "id",
    "no",
    "nr",
    "number",
    "nummer",
    "numero",
    "número",
    "numéro",
    "numer",
    "номер",
    "szám",
    "αριθμός",
    "番号",
    "编号",
    "번호",
    "ref",
    "réf",
];

/// Whether a column is called `ID` or `No` and no more.
fn is_plain_number(column: &DraftColumn) -> bool {
    PLAIN_NUMBERS.contains(&in_words(&column.name).join("_").as_str())
}

/// A column called `ID` or `No` and no more, where no other names the order: of the purchase that a row belongs to, if it comes
/// again within the file; one that never does may as well number lines.
fn plain_order<'c>(
    matched: &BTreeMap<&'static str, &DraftColumn>,
    columns: &'c [DraftColumn],
) -> Option<&'c DraftColumn> {
    let is_plain = |column: &&DraftColumn| is_plain_number(column);
    // Where the amount is that of an order, each row is one.
    let are_orders = matched.get("amount").is_some_and(|amount| is_of_order(&amount.name));
    let comes_again = |column: &&DraftColumn| {
        column.n_empty == 0 && column.n_distinct > 1 && (column.n_distinct < column.n_rows || are_orders)
    };
    let is_free = |column: &&DraftColumn| matched.values().all(|other| other.name != column.name);
    let candidates = columns.iter().filter(|column| plausible(Kind::Id, column));
    if matched.contains_key("order_id") || !matched.contains_key("customer_id") {
        return None;
    }
    candidates.filter(is_plain).filter(is_free).find(comes_again)
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
        Kind::Money => &[
            "gbp", "usd", "eur", "chf", "in", "gross", "net", "incl", "excl", "vat", "local", "cent", "cents", "ct",
            "pence", "centimes", "centavos", "minor", "brutto", "netto",
        ],
        Kind::Number => &["count", "no"],
        Kind::Text => &["name", "code", "label", "desc"],
        Kind::Flag => &["flag", "is", "has"],
    };
    let words = if kind == Kind::Money { without_taxes(words) } else { words };
    let kept: Vec<&str> = words.iter().map(String::as_str).filter(|word| !idle.contains(word)).collect();
    kept.join("_")
}

/// Words before a tax that say whether it is part of an amount.
const WITH_OR_WITHOUT: &[&str] = &[
    "inc",
    "incl",
    "including",
    "ex",
    "excl",
    "excluding",
    "with",
    "without",
    "before",
    "after",
    "inkl",
    "exkl",
    "mit",
    "ohne",
    "zzgl",
    "avec",
    "sans",
    "hors",
    "con",
    "sin",
    "senza",
    "met",
    "zonder",
    "s",
    "bez",
    "z",
    "med",
    "utan",
    "uten",
    "uden",
];

/// The words before the first that say how an amount stands to its taxes: `Order Total (inc tax)` is an order total.
fn without_taxes(words: &[String]) -> &[String] {
    const TAXES: &[&str] = &[
        "tax", "taxes", "vat", "gst", "mwst", "mw", "ust", "steuer", "tva", "taxe", "iva", "btw", "moms", "dph", "mva",
        "kdv",
    ];
    let is = |word: Option<&String>, known: &[&str]| word.is_some_and(|word| known.contains(&word.as_str()));
    let says = |place: &usize| is(words.get(*place), WITH_OR_WITHOUT) && is(words.get(place + 1), TAXES);
    // `VAT total` and `tax amount` are taxes.
    let end = if is(words.first(), TAXES) { 0 } else { (1..words.len()).find(says).unwrap_or(words.len()) };
    words.get(..end).unwrap_or(words)
}

/// `number_of_cds`, `n_bottles`: pieces, whatever they are called.
fn counts_pieces(kind: Kind, synonyms: &[&str], words: &[String]) -> bool {
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let counts = matches!(words.as_slice(), ["number", "of", _] | ["n" | "num", _]);
    let last = words.last().copied().unwrap_or_default();
    // `N° commande` is the number of an order.
    let is_an_id = || ["order_id", "customer_id", "purchased_at"].iter().any(|ours| lexicon::means(ours, last));
    let pieces = !matches!(last, "orders" | "days" | "customers" | "visits") && !is_an_id();
    kind == Kind::Number && synonyms.contains(&"quantity") && counts && pieces
}

/// Whether a column of that name holds currencies.
pub(super) fn names_currencies(name: &str) -> bool {
    const WORDS: &[&str] = &[
        "currency",
        "währung",
        "waehrung",
        "währg",
        "waehrg",
        "whrg",
        "devise",
        "moneda",
        "moeda",
        "valuta",
        "waluta",
        "měna",
        "mena",
        "pénznem",
        "döviz",
        "валюта",
        "通貨",
        "货币",
        "통화",
        "wkz",
    ];
    let words = in_words(name);
    words.iter().any(|word| WORDS.contains(&word.as_str())) && !words.iter().any(|word| word == "converted")
}

/// Words that tell that an amount is counted in hundredths.
const HUNDREDTHS: &[&str] = &["cent", "cents", "ct", "pence", "centimes", "centavos", "pfennig", "ore", "minor"];

/// A column by its name; numbers that name something lose their decimals, else `13085` would be called `13085.0`.
fn source_of(table: Table, name: &str, column: &DraftColumn) -> String {
    let is_id = table.column(name).is_some_and(|spec| spec.kind == Kind::Id);
    if is_id && is_float(&column.dtype.to_lowercase()) {
        return format!("CAST(CAST({} AS BIGINT) AS VARCHAR)", quoted(&column.name));
    }
    if table.column(name).is_some_and(|spec| spec.kind == Kind::Money) {
        return in_major_units(column, column.name.clone());
    }
    if name == "customer_id" && column.example.contains('@') {
        return format!("LOWER({})", always_quoted(&column.name));
    }
    column.name.clone()
}

/// An amount as it stands, or divided where its name says that it is counted in cents.
fn in_major_units(column: &DraftColumn, written: String) -> String {
    let is_in_cents = in_words(&column.name).iter().any(|word| HUNDREDTHS.contains(&word.as_str()));
    if is_in_cents { format!("{} / 100", always_quoted(&column.name)) } else { written }
}

/// Whether an amount of that name is of an order as a whole.
fn is_of_order(name: &str) -> bool {
    let words = in_words(name);
    ORDER_LEVEL.contains(&words.join("_").as_str()) || lexicon::is_of_order(&words)
}

/// Quantity times unit price, if there is no amount of the line itself; the price alone if there is no quantity.
fn derived_amount(matched: &BTreeMap<&'static str, &DraftColumn>, columns: &[DraftColumn]) -> Option<String> {
    let is_line_level = |column: &&DraftColumn| !is_of_order(&column.name);
    if matched.get("amount").is_some_and(is_line_level) {
        return None;
    }
    let prices = columns.iter().filter(|column| plausible(Kind::Money, column));
    let price = prices
        .filter_map(|column| {
            let by_words = || lexicon::distance_of_unit_price(&in_words(&column.name)).map(|rank| (BY_WORDS, rank));
            Some((distance(Kind::Money, UNIT_PRICES, &column.name).or_else(by_words)?, column))
        })
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, column)| column)?;
    match matched.get("quantity") {
        Some(quantity) => Some(format!("{} * {}", quoted(&quantity.name), in_major_units(price, quoted(&price.name)))),
        None if matched.contains_key("amount") => None,
        None => Some(in_major_units(price, price.name.clone())),
    }
}

/// The columns of a source that a mapping reads.
pub(super) fn reads(from: &str, columns: &[DraftColumn]) -> Vec<String> {
    if columns.iter().any(|column| column.name == from) {
        return vec![from.to_owned()];
    }
    let mut names = names_in(from);
    let words = from.split(|letter: char| !letter.is_alphanumeric() && letter != '_');
    names.extend(words.map(str::to_owned));
    names.retain(|name| columns.iter().any(|column| column.name == *name));
    names
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
}
