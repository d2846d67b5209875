//! The functions of the SQL of mappings for people: what each does with an example, and what to write instead of others that
//! are typed often.

use std::fmt::Write as _;

use polars::prelude::*;

use super::engine;
use super::sql;

/// A function, what it does, and an example of it.
struct Example(&'static str, &'static str, &'static str);

#[rustfmt::skip]
const EXAMPLES: &[Example] = &[
    Example("abs", "without the sign", "ABS(-2.5)"),
    Example("acos", "arc cosine, in radians", "ACOS(1.0)"),
    Example("acosd", "arc cosine, in degrees", "ACOSD(0.0)"),
    Example("asin", "arc sine, in radians", "ASIN(0.0)"),
    Example("asind", "arc sine, in degrees", "ASIND(1.0)"),
    Example("atan", "arc tangent, in radians", "ATAN(0.0)"),
    Example("atan2", "angle of a point, in radians", "ATAN2(0.0, 1.0)"),
    Example("atan2d", "angle of a point, in degrees", "ATAN2D(1.0, 1.0)"),
    Example("atand", "arc tangent, in degrees", "ATAND(1.0)"),
    Example("bit_and", "bits that both have", "BIT_AND(6, 3)"),
    Example("bit_length", "length of a text in bits", "BIT_LENGTH('abc')"),
    Example("bit_not", "all bits turned", "BIT_NOT(6)"),
    Example("bit_or", "bits that one of both has", "BIT_OR(6, 3)"),
    Example("bit_xor", "bits that just one has", "BIT_XOR(6, 3)"),
    Example("bitand", "as `BIT_AND`", "BITAND(6, 3)"),
    Example("bitnot", "as `BIT_NOT`", "BITNOT(6)"),
    Example("bitor", "as `BIT_OR`", "BITOR(6, 3)"),
    Example("bitxor", "as `BIT_XOR`", "BITXOR(6, 3)"),
    Example("cbrt", "cube root", "CBRT(27.0)"),
    Example("ceil", "next whole number above", "CEIL(2.1)"),
    Example("ceiling", "as `CEIL`", "CEILING(2.1)"),
    Example("char_length", "as `LENGTH`", "CHAR_LENGTH('café')"),
    Example("character_length", "as `LENGTH`", "CHARACTER_LENGTH('café')"),
    Example("coalesce", "the first that is not absent", "COALESCE(NULLIF('', ''), 'none')"),
    Example("concat", "texts put together; `a || b` does the same", "CONCAT('2024-05-01', ' ', '10:30')"),
    Example("concat_ws", "texts put together with a separator", "CONCAT_WS('-', 'NL', '17')"),
    Example("cos", "cosine", "COS(0.0)"),
    Example("cosd", "cosine of degrees", "COSD(0.0)"),
    Example("cot", "cotangent", "COT(1.0)"),
    Example("cotd", "cotangent of degrees", "COTD(45.0)"),
    Example("date", "a day from text", "DATE('2024-05-01')"),
    Example("date_part", "a part of a time", "DATE_PART('year', STRPTIME('2024-05-01', '%Y-%m-%d'))"),
    Example("datetime", "a time from text", "DATETIME('2024-05-01 10:30:00')"),
    Example("degrees", "degrees from radians", "DEGREES(0.0)"),
    Example("div", "whole part of a quotient", "DIV(7, 2)"),
    Example("ends_with", "whether a text ends so", "ENDS_WITH('A-17', '17')"),
    Example("exp", "e to the power", "EXP(0.0)"),
    Example("floor", "next whole number below", "FLOOR(2.9)"),
    Example("greatest", "the largest", "GREATEST(1, 3, 2)"),
    Example("if", "one of two, by a condition; `CASE` knows more", "IF(2 > 1, 'yes', 'no')"),
    Example("ifnull", "the second where the first is absent", "IFNULL('a', 'none')"),
    Example("least", "the smallest", "LEAST(1, 3, 2)"),
    Example("left", "the first letters", "LEFT('A-17', 1)"),
    Example("length", "letters of a text", "LENGTH('café')"),
    Example("ln", "natural logarithm", "LN(1.0)"),
    Example("log", "logarithm to a base", "LOG(8.0, 2.0)"),
    Example("log10", "logarithm to base 10", "LOG10(1000.0)"),
    Example("log1p", "natural logarithm of 1 + x", "LOG1P(0.0)"),
    Example("log2", "logarithm to base 2", "LOG2(8.0)"),
    Example("lower", "in small letters", "LOWER('A@Shop.Example')"),
    Example("lpad", "filled up on the left", "LPAD('905', 4, '0')"),
    Example("ltrim", "without blanks on the left", "LTRIM('  a')"),
    Example("mod", "rest of a division", "MOD(7, 2)"),
    Example("normalize", "letters and accents in one form", "NORMALIZE('café')"),
    Example("nullif", "absent where both are equal", "COALESCE(NULLIF('00.00.0000', '00.00.0000'), 'absent')"),
    Example("octet_length", "length of a text in bytes", "OCTET_LENGTH('café')"),
    Example("pi", "the number", "PI()"),
    Example("pow", "to the power", "POW(2.0, 3.0)"),
    Example("power", "as `POW`", "POWER(2.0, 3.0)"),
    Example("radians", "radians from degrees", "RADIANS(0.0)"),
    Example("regexp_like", "whether a text matches a pattern", "REGEXP_LIKE('INV-17', '^INV-[0-9]+$')"),
    Example("replace", "a text with parts replaced", "REPLACE('1.299', '.', '')"),
    Example("reverse", "letters from the end", "REVERSE('abc')"),
    Example("right", "the last letters", "RIGHT('A-17', 2)"),
    Example("round", "rounded to decimals", "ROUND(2.345, 1)"),
    Example("rpad", "filled up on the right", "RPAD('7', 3, '0')"),
    Example("rtrim", "without blanks on the right", "RTRIM('a  ')"),
    Example("sign", "-1, 0 or 1", "SIGN(-2.5)"),
    Example("sin", "sine", "SIN(0.0)"),
    Example("sind", "sine of degrees", "SIND(90.0)"),
    Example("split_part", "a part between separators, from 1", "SPLIT_PART('NL-17-x', '-', 2)"),
    Example("sqrt", "square root", "SQRT(9.0)"),
    Example("starts_with", "whether a text begins so", "STARTS_WITH('C536379', 'C')"),
    Example("strftime", "a time as text", "STRFTIME(STRPTIME('2024-05-01', '%Y-%m-%d'), '%d.%m.%Y')"),
    Example("strpos", "where a text stands in another, from 1; 0 for nowhere", "STRPOS('A-17', '-')"),
    Example("strptime", "a time from text of a format", "STRPTIME('01.05.2024 10:30', '%d.%m.%Y %H:%M')"),
    Example("substr", "letters from a place on, and how many", "SUBSTR('INV-17', 5, 2)"),
    Example("tan", "tangent", "TAN(0.0)"),
    Example("tand", "tangent of degrees", "TAND(45.0)"),
    Example("time", "a time of the day from text", "TIME('10:30:00')"),
    Example("timestamp", "as `DATETIME`", "TIMESTAMP('2024-05-01 10:30:00')"),
    Example("trunc", "without decimals", "TRUNC(2.9)"),
    Example("truncate", "as `TRUNC`", "TRUNCATE(2.9)"),
    Example("upper", "in capitals", "UPPER('nl')"),
    Example("xor", "whether just one of both holds", "XOR(TRUE, FALSE)"),
];

/// What stands between values rather than around them, with examples.
#[rustfmt::skip]
const FORMS: &[Example] = &[
    Example("+ - * / %", "arithmetic", "12 * 2.5"),
    Example("= <> < <= > >=", "comparisons", "3 <= 5"),
    Example("AND OR NOT", "conditions put together", "TRUE AND NOT FALSE"),
    Example("||", "texts put together", "'01.05.2024' || ' ' || '10:30'"),
    Example("CASE", "a value by conditions", "CASE LOWER('High') WHEN 'low' THEN 1 WHEN 'high' THEN 3 END"),
    Example("CAST", "another type: `VARCHAR`, `BIGINT`, `DOUBLE`, `DATE`, `TIMESTAMP`", "CAST('17' AS BIGINT)"),
    Example("IN", "one of some", "'paid' IN ('paid', 'settled')"),
    Example("BETWEEN", "from one to another, both included", "3 BETWEEN 1 AND 5"),
    Example("LIKE", "a pattern with `%` and `_`", "'C536379' LIKE 'C%'"),
    Example("ILIKE", "the same whatever the case of letters", "'Test@x' ILIKE 'test@%'"),
    Example("IS NULL", "whether it is absent; `IS NOT NULL` for the reverse", "NULLIF('', '') IS NULL"),
    Example("TRIM", "without blanks, or letters, at both ends", "TRIM('  a ')"),
    Example("EXTRACT", "a part of a time", "EXTRACT(YEAR FROM STRPTIME('2024-05-01', '%Y-%m-%d'))"),
];

/// Functions of other programs, and what says the same here.
#[rustfmt::skip]
const SUBSTITUTES: &[(&str, &str)] = &[
    ("regexp_extract", "`SPLIT_PART(\"column\", '-', 2)` takes a part, `SUBSTR(\"column\", STRPOS(\"column\", '-') + 1, 4)` letters from a place on"),
    ("regexp_substr", "`SPLIT_PART(\"column\", '-', 2)` takes a part, `SUBSTR(\"column\", STRPOS(\"column\", '-') + 1, 4)` letters from a place on"),
    ("regexp_replace", "`REPLACE(\"column\", '.', '')` replaces a text"),
    ("regexp_matches", "`REGEXP_LIKE(\"column\", '^INV')` tells whether a pattern matches"),
    ("to_timestamp", "`STRPTIME(\"column\", '%d.%m.%Y %H:%M')`; or map the column as it is and set `time_format`"),
    ("to_date", "`STRPTIME(\"column\", '%d.%m.%Y')`; or map the column as it is and set `time_format`"),
    ("str_to_date", "`STRPTIME(\"column\", '%d.%m.%Y')`; or map the column as it is and set `time_format`"),
    ("parse_date", "`STRPTIME(\"column\", '%d.%m.%Y')`; or map the column as it is and set `time_format`"),
    ("from_unixtime", "map the column as it is and set `time_format = \"epoch_seconds\"`"),
    ("date_add", "`STRPTIME(\"column\", '%Y-%m-%d') + INTERVAL '1 day'`"),
    ("dateadd", "`STRPTIME(\"column\", '%Y-%m-%d') + INTERVAL '1 day'`"),
    ("date_sub", "`STRPTIME(\"column\", '%Y-%m-%d') - INTERVAL '1 day'`"),
    ("date_format", "`STRFTIME(\"column\", '%Y-%m-%d')`"),
    ("to_char", "`STRFTIME(\"column\", '%Y-%m-%d')` for times, `CAST(\"column\" AS VARCHAR)` for numbers"),
    ("year", "`DATE_PART('year', \"column\")`"),
    ("month", "`DATE_PART('month', \"column\")`"),
    ("day", "`DATE_PART('day', \"column\")`"),
    ("iif", "`IF(condition, 'a', 'b')` or `CASE WHEN condition THEN 'a' ELSE 'b' END`"),
    ("decode", "`CASE \"column\" WHEN 'x' THEN 1 ELSE 0 END`"),
    ("nvl", "`COALESCE(\"column\", 'none')`"),
    ("nvl2", "`CASE WHEN \"column\" IS NULL THEN 'b' ELSE 'a' END`"),
    ("isnull", "`COALESCE(\"column\", 'none')`, or `\"column\" IS NULL` for a condition"),
    ("isnan", "`\"column\" IS NULL`: what is no number is absent"),
    ("ilike", "`\"column\" ILIKE '%x%'`, between the two"),
    ("like", "`\"column\" LIKE '%x%'`, between the two"),
    ("contains", "`\"column\" LIKE '%x%'`"),
    ("instr", "`STRPOS(\"column\", 'x')`"),
    ("locate", "`STRPOS(\"column\", 'x')`"),
    ("charindex", "`STRPOS(\"column\", 'x')`"),
    ("len", "`LENGTH(\"column\")`"),
    ("mid", "`SUBSTR(\"column\", 5, 2)`"),
    ("substring_index", "`SPLIT_PART(\"column\", '-', 1)`"),
    ("lcase", "`LOWER(\"column\")`"),
    ("ucase", "`UPPER(\"column\")`"),
    ("try_cast", "`CAST(\"column\" AS DOUBLE)`: what cannot be cast is absent"),
    ("to_number", "`CAST(\"column\" AS DOUBLE)`; numbers of files are read as such without it, with `decimal` and `thousands`"),
    ("read_csv", "a file is looked into with `[purchases.lookup.NAME]`"),
    ("read_parquet", "a file is looked into with `[purchases.lookup.NAME]`"),
    ("read_json", "a file is looked into with `[purchases.lookup.NAME]`, as CSV or Parquet"),
];

/// What to write instead of a function that is not known.
pub(super) fn instead_of(function: &str) -> String {
    if let Some((_, instead)) = SUBSTITUTES.iter().find(|(name, _)| *name == function) {
        return format!("write {instead}");
    }
    let likeness = |example: &&Example| strsim::jaro_winkler(example.0, function);
    let nearest = EXAMPLES.iter().max_by(|a, b| likeness(a).total_cmp(&likeness(b)));
    match nearest.filter(|nearest| likeness(nearest) > 0.8) {
        Some(nearest) => format!("the nearest known is `{}`, as in `{}`", nearest.0.to_uppercase(), nearest.2),
        None => "prepare the column in the export, or find a function in docs/reference/sql.md".to_owned(),
    }
}

/// What an example gives, as text.
fn result(expression: &str) -> Result<String, String> {
    let parsed = sql::parsed(expression, |_| true).map_err(|refusal| format!("{refusal:?}"))?;
    let frame = DataFrame::new(1, vec![Column::new("row".into(), [0_i32])]).map_err(|error| error.to_string())?;
    let value =
        engine::ask(|| frame.lazy().select([parsed.alias("value")]).collect()).map_err(|error| error.to_string())?;
    let value = value.column("value").and_then(|column| column.get(0).map(|value| value.to_string()));
    value.map(|text| text.trim_matches('"').to_owned()).map_err(|error| error.to_string())
}

/// The functions that a mapping may use, with an example each: tables in Markdown.
#[must_use]
pub fn sql_reference() -> String {
    let mut page = String::new();
    for (title, examples) in [("Between values", FORMS), ("Functions", EXAMPLES)] {
        let _ = write!(page, "## {title}\n\n| | does | example | gives |\n|---|---|---|---|\n");
        for Example(name, does, example) in examples {
            let gives = result(example).unwrap_or_else(|_| "-".to_owned());
            let cell = |text: &str| text.replace('|', "\\|");
            let _ = writeln!(
                page,
                "| `{}` | {} | `{}` | `{}` |",
                cell(&name.to_uppercase()),
                cell(does),
                cell(example),
                cell(&gives)
            );
        }
        page.push('\n');
    }
    page.push_str("## What others call otherwise\n\n| typed | write |\n|---|---|\n");
    for (name, instead) in SUBSTITUTES {
        let _ = writeln!(page, "| `{}` | {} |", name.to_uppercase(), instead.replace('|', "\\|"));
    }
    page
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_function_has_an_example_that_gives_something() {
        let mut faults = Vec::new();
        for name in sql::functions() {
            if !EXAMPLES.iter().any(|example| example.0 == name) {
                faults.push(format!("{name} has no example"));
            }
        }
        for Example(name, _, example) in EXAMPLES.iter().chain(FORMS) {
            match result(example) {
                Ok(value) if value != "null" => {}
                other => faults.push(format!("{name}: {example} gives {other:?}")),
            }
        }
        assert!(faults.is_empty(), "{}", faults.join("\n"));
        assert!(EXAMPLES.iter().all(|example| sql::functions().contains(&example.0)));
    }

    #[test]
    fn what_is_typed_often_is_answered() {
        assert!(instead_of("regexp_extract").contains("SPLIT_PART"));
        assert!(instead_of("read_csv").contains("[purchases.lookup.NAME]"));
        assert_eq!(instead_of("lenght"), "the nearest known is `LENGTH`, as in `LENGTH('café')`");
        assert!(SUBSTITUTES.iter().all(|(name, _)| !sql::functions().contains(name)));
    }
}
