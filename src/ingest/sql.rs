//! SQL of the config: read on a stack of its own, and refused where its evaluation could take memory or time without end.
//!
//! Functions are those of a list: each looks at one row. What is left to bound is how often the engine writes a part of an
//! expression out again, how long a text can grow, and what a pattern may ask for.

use std::ops::ControlFlow;

use polars::prelude::*;
use polars::sql::sql_expr;
use sqlparser::ast::{self as sql, SelectItem, Visit, Visitor};
use sqlparser::dialect::GenericDialect;
use sqlparser::parser::{Parser, ParserOptions};

use super::engine::caught;
use super::growth;

/// Bytes of an expression at most.
pub(super) const LONGEST: usize = 32_768;

/// Parts of an expression at most, as the engine writes them out.
const MOST_PARTS: u64 = 20_000;

/// How deep the parts of an expression may stand in each other; a branch of `CASE` stands in the one before.
const DEEPEST: u64 = 400;

/// The stack on which expressions are read: parts that stand in each other are read one inside the other.
const STACK_BYTES: usize = 64 << 20;

/// Functions of one row whose parts the engine writes once.
const ONCE: &[&str] = &[
    "abs",
    "bit_and",
    "bit_length",
    "bit_not",
    "bit_or",
    "bit_xor",
    "bitand",
    "bitnot",
    "bitor",
    "bitxor",
    "cbrt",
    "ceil",
    "ceiling",
    "char_length",
    "character_length",
    "coalesce",
    "concat",
    "concat_ws",
    "cos",
    "date",
    "datetime",
    "div",
    "ends_with",
    "exp",
    "floor",
    "greatest",
    "if",
    "ifnull",
    "least",
    "length",
    "ln",
    "log",
    "log10",
    "log1p",
    "log2",
    "lower",
    "ltrim",
    "mod",
    "normalize",
    "octet_length",
    "pi",
    "pow",
    "power",
    "regexp_like",
    "replace",
    "reverse",
    "round",
    "rtrim",
    "sign",
    "sin",
    "sqrt",
    "starts_with",
    "strftime",
    "strptime",
    "tan",
    "time",
    "timestamp",
    "trunc",
    "truncate",
    "upper",
    "xor",
];

/// Other functions of one row: the engine may write their parts several times.
const SEVERAL_TIMES: &[&str] = &[
    "acos",
    "acosd",
    "asin",
    "asind",
    "atan",
    "atan2",
    "atan2d",
    "atand",
    "cosd",
    "cot",
    "cotd",
    "date_part",
    "degrees",
    "left",
    "lpad",
    "nullif",
    "radians",
    "right",
    "rpad",
    "sind",
    "split_part",
    "strpos",
    "substr",
    "tand",
];

/// How often the engine writes the parts of such a function at most.
const TIMES: u64 = 5;

/// Why an expression is not taken.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    /// The parser or the engine says no.
    Invalid(String),
    /// It reads other tables.
    OtherTables,
    /// It calls a function that is not on the list.
    Function(String),
    /// It is beyond a bound, which the sentence names.
    Beyond(String),
}

/// The functions that an expression may call.
#[cfg(test)]
pub(super) fn functions() -> Vec<&'static str> {
    let mut names: Vec<&str> = ONCE.iter().chain(SEVERAL_TIMES).copied().collect();
    names.sort_unstable();
    names
}

/// Reads an expression.
///
/// # Errors
/// Why it is not taken. What the engine itself refuses comes first, so that a slip of writing is reported as one; functions
/// come last, so that `is_row_wise` can say first that an expression looks at other rows.
pub(super) fn parsed(text: &str, is_row_wise: fn(&Expr) -> bool) -> Result<Expr, Refusal> {
    if text.len() > LONGEST {
        return Err(Refusal::Beyond(format!("is {} bytes long; {LONGEST} are allowed", text.len())));
    }
    let read = || caught(|| read(text, is_row_wise)).unwrap_or_else(|panic| Err(Refusal::Invalid(panic)));
    let ended = std::thread::scope(|scope| {
        let reader = std::thread::Builder::new().stack_size(STACK_BYTES).spawn_scoped(scope, read);
        reader.map(std::thread::ScopedJoinHandle::join)
    });
    match ended {
        Ok(Ok(outcome)) => outcome,
        Ok(Err(_)) => Err(Refusal::Invalid("it cannot be read".to_owned())),
        Err(error) => Err(Refusal::Invalid(format!("no thread can be had to read it: {error}"))),
    }
}

fn read(text: &str, is_row_wise: fn(&Expr) -> bool) -> Result<Expr, Refusal> {
    let options = ParserOptions { trailing_commas: true, ..Default::default() };
    let mut parser = Parser::new(&GenericDialect).with_options(options);
    parser = parser.try_with_sql(text).map_err(|error| Refusal::Invalid(error.to_string()))?;
    // What cannot be parsed here cannot be parsed by the engine, which says so better.
    let mut parts = Parts::default();
    if let Ok(SelectItem::UnnamedExpr(tree) | SelectItem::ExprWithAlias { expr: tree, .. }) = parser.parse_select_item()
    {
        if let ControlFlow::Break(refusal) = tree.visit(&mut parts) {
            return Err(refusal);
        }
        parts.check()?;
    }
    // A function that others have is answered with ours, whatever the engine says of it.
    let unknown = parts.functions.iter().find(|name| !is_known(name));
    let expression = sql_expr(text).map_err(|error| match unknown {
        Some(name) => Refusal::Function(name.clone()),
        None => Refusal::Invalid(error.to_string()),
    })?;
    if is_row_wise(&expression) {
        if let Some(name) = parts.functions.into_iter().find(|name| !is_known(name)) {
            return Err(Refusal::Function(name));
        }
        growth::check(&expression).map_err(Refusal::Beyond)?;
    }
    Ok(expression)
}

fn is_known(name: &str) -> bool {
    ONCE.contains(&name) || SEVERAL_TIMES.contains(&name)
}

/// What is counted of an expression.
#[derive(Default)]
struct Parts {
    /// Of each part that is open, from the outermost: the parts inside and how deep they stand.
    open: Vec<Size>,
    whole: Size,
    functions: Vec<String>,
}

#[derive(Clone, Copy, Default)]
struct Size {
    parts: u64,
    depth: u64,
}

impl Parts {
    fn check(&self) -> Result<(), Refusal> {
        let Size { parts, depth } = self.whole;
        if parts > MOST_PARTS {
            return Err(Refusal::Beyond(format!(
                "has more than {MOST_PARTS} parts when it is written out, the most allowed"
            )));
        }
        if depth > DEEPEST {
            let why = format!("has parts that stand {depth} deep in each other; {DEEPEST} are allowed");
            return Err(Refusal::Beyond(why));
        }
        Ok(())
    }

    /// How often the engine writes what stands in a part, and how much deeper it stands.
    fn factors(&mut self, part: &sql::Expr) -> (u64, u64) {
        match part {
            sql::Expr::Function(function) => {
                let name = function.name.0.first().and_then(|name| name.as_ident());
                let name = name.map(|name| name.value.to_lowercase()).unwrap_or_default();
                let times = if ONCE.contains(&name.as_str()) { 1 } else { TIMES };
                self.functions.push(name);
                (times, 2)
            }
            sql::Expr::Case { operand, conditions, .. } => {
                let branches = conditions.len() as u64 + 1;
                (if operand.is_some() { branches } else { 1 }, branches)
            }
            sql::Expr::BinaryOp { op, .. } => (if is_plain(op) { 1 } else { 2 }, 1),
            sql::Expr::Identifier(_)
            | sql::Expr::CompoundIdentifier(_)
            | sql::Expr::Value(_)
            | sql::Expr::UnaryOp { .. }
            | sql::Expr::Nested(_)
            | sql::Expr::Cast { .. }
            | sql::Expr::InList { .. }
            | sql::Expr::Like { .. }
            | sql::Expr::ILike { .. }
            | sql::Expr::IsNull(_)
            | sql::Expr::IsNotNull(_)
            | sql::Expr::Trim { .. } => (1, 1),
            _ => (TIMES, 2),
        }
    }
}

const fn is_plain(operator: &sql::BinaryOperator) -> bool {
    use sql::BinaryOperator as Op;
    matches!(
        operator,
        Op::Plus
            | Op::Minus
            | Op::Multiply
            | Op::Divide
            | Op::Modulo
            | Op::And
            | Op::Or
            | Op::Eq
            | Op::NotEq
            | Op::Gt
            | Op::GtEq
            | Op::Lt
            | Op::LtEq
            | Op::StringConcat
    )
}

impl Visitor for Parts {
    type Break = Refusal;

    fn pre_visit_query(&mut self, _: &sql::Query) -> ControlFlow<Refusal> {
        ControlFlow::Break(Refusal::OtherTables)
    }

    fn pre_visit_expr(&mut self, _: &sql::Expr) -> ControlFlow<Refusal> {
        self.open.push(Size::default());
        ControlFlow::Continue(())
    }

    fn post_visit_expr(&mut self, part: &sql::Expr) -> ControlFlow<Refusal> {
        let inside = self.open.pop().unwrap_or_default();
        let (times, deeper) = self.factors(part);
        let own = Size {
            parts: inside.parts.saturating_mul(times).saturating_add(1),
            depth: inside.depth.saturating_add(deeper),
        };
        let outer = self.open.last_mut().unwrap_or(&mut self.whole);
        outer.parts = outer.parts.saturating_add(own.parts);
        outer.depth = outer.depth.max(own.depth);
        ControlFlow::Continue(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(text: &str) -> Refusal {
        parsed(text, |_| true).map(|_| ()).unwrap_err()
    }

    #[test]
    fn usual_expressions_are_taken() {
        let many: Vec<String> = (0..300).map(|n| format!("WHEN k = 'k{n}' THEN {n}")).collect();
        let list: Vec<String> = (0..2_000).map(|n| format!("'k{n}'")).collect();
        for text in [
            "CAST(CAST(a AS BIGINT) AS VARCHAR)",
            "TRIM(UPPER(COALESCE(NULLIF(REPLACE(a, ',', '.'), ''), 'none')))",
            "LPAD(a, 12, '0') || '-' || LEFT(b, 3)",
            "CASE WHEN REGEXP_LIKE(a, '^[A-Z]{2,3}[0-9]+$') THEN 1 ELSE 0 END",
            "STRPTIME(a, '%d.%m.%Y %H:%M')",
            "a LIKE 'C%' AND NOT b BETWEEN 1 AND 2",
            &format!("CASE {} ELSE 0 END", many.join(" ")),
            &format!("a IN ({})", list.join(", ")),
        ] {
            assert!(parsed(text, |_| true).is_ok(), "{text}: {:?}", parsed(text, |_| true).err());
        }
    }

    #[test]
    fn what_could_have_no_end_is_refused() {
        let nested = |name: &str, depth: usize, rest: &str| {
            format!("{}a{}", format!("{name}(").repeat(depth), format!("{rest})").repeat(depth))
        };
        for text in [
            "LPAD(a, 2000000000, 'x')",
            "RPAD(a, CAST(b AS BIGINT), 'x')",
            &nested("REPLACE", 12, ", 'x', 'xxxxxxxxxx'"),
            "REPLACE(a, b, c)",
            &format!("REPLACE(a, '', '{}')", "x".repeat(120)),
            &nested("NULLIF", 40, ", ''"),
            &nested("SUBSTR", 12, ", 1, 2"),
            &vec!["a"; 8_000].join(" + "),
            &format!("a || '{}'", "x".repeat(5_000)),
            &vec!["a"; 200].join(" || "),
            "REGEXP_LIKE(a, '((a{100}){100}){100}')",
            "REGEXP_LIKE(a, b)",
            &format!("REGEXP_LIKE(a, '{}')", "(a|b)*".repeat(500)),
            &"a".repeat(LONGEST + 1),
        ] {
            let refusal = refused(text);
            assert!(matches!(refusal, Refusal::Beyond(_)), "{}: {refusal:?}", &text[..text.len().min(60)]);
        }
    }

    #[test]
    fn panics_of_the_engine_other_tables_and_unknown_functions_are_refused() {
        assert!(matches!(refused("GREATEST()"), Refusal::Invalid(_)));
        assert!(matches!(refused("INTERVAL '99999999999999999999 years'"), Refusal::Invalid(_)));
        assert_eq!(refused("(SELECT a FROM b)"), Refusal::OtherTables);
        assert_eq!(refused("a IN (SELECT a FROM b)"), Refusal::OtherTables);
        assert_eq!(refused("STRING_TO_ARRAY(a, ',')"), Refusal::Function("string_to_array".to_owned()));
        let open = "(".repeat(10_000);
        assert!(matches!(refused(&open), Refusal::Invalid(_)));
    }

    #[test]
    fn the_deepest_expression_is_evaluated_on_a_small_stack() {
        let text = vec!["a"; usize::try_from(DEEPEST).unwrap() - 1].join(" - ");
        let branches: Vec<String> = (0..DEEPEST - 4).map(|n| format!("WHEN a = {n} THEN {n}")).collect();
        for text in [text, format!("CASE {} ELSE 0 END", branches.join(" "))] {
            let expression = parsed(&text, |_| true).unwrap();
            let evaluated = std::thread::Builder::new().stack_size(2 << 20).spawn(move || {
                let frame = df!("a" => [1_i64, 2]).unwrap();
                frame.lazy().select([expression.clone().alias("x")]).collect().unwrap().height()
            });
            assert_eq!(evaluated.unwrap().join().unwrap(), 2);
        }
    }
}
