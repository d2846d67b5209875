//! How long the texts of an expression can become, from how long the texts are that it reads; and what patterns may ask for.

use polars::prelude::*;

/// How many times as long as the texts that it reads a text may become.
const MOST_TIMES: f64 = 100.0;

/// Bytes that an expression may add to a text.
const MOST_BYTES: f64 = 1_000.0;

/// Bytes of a number or a time as text at most.
const NUMBER_BYTES: f64 = 64.0;

/// Bytes of a number that was read from a text.
const AS_TEXT_BYTES: f64 = 24.0;

/// Bytes of a pattern at most.
const LONGEST_PATTERN: usize = 500;

/// Parts that a pattern may have when its counts are written out.
const MOST_REPETITIONS: u64 = 1_000;

/// The longest text: so many times the longest that is read, and so many bytes more.
#[derive(Clone, Copy)]
struct Longest {
    times: f64,
    bytes: f64,
}

/// A number, a time or an answer.
const NUMBER: Longest = Longest { times: 0.0, bytes: NUMBER_BYTES };

/// Checks every part of an expression.
///
/// # Errors
/// A sentence that names the bound.
pub(super) fn check(expression: &Expr) -> Result<(), String> {
    longest(expression).map(|_| ())
}

fn longest(expression: &Expr) -> Result<Longest, String> {
    let Longest { times, bytes } = match expression {
        Expr::Column(_) => Longest { times: 1.0, bytes: 0.0 },
        Expr::Literal(value) => Longest { times: 0.0, bytes: length_of(value) },
        // Of texts, `+` makes one; everything else makes numbers or answers.
        Expr::BinaryExpr { left, op, right } => {
            let (left, right) = (longest(left)?, longest(right)?);
            if *op == Operator::Plus { left.and(right) } else { NUMBER }
        }
        Expr::Ternary { predicate, truthy, falsy } => {
            longest(predicate)?;
            longest(truthy)?.or(longest(falsy)?)
        }
        Expr::Cast { expr, dtype, .. } => {
            let inner = longest(expr)?;
            match dtype.as_literal() {
                // A number, a time or an answer, however long the text was.
                Some(dtype) if !dtype.is_string() => Longest { times: 0.0, bytes: AS_TEXT_BYTES },
                _ => inner.with_bytes(NUMBER_BYTES),
            }
        }
        Expr::Function { input, function } => of_function(input, function)?,
        Expr::Alias(inner, _) | Expr::Agg(AggExpr::Implode { input: inner, .. }) => longest(inner)?,
        // Nothing else looks at one row.
        _ => NUMBER,
    };
    if times > MOST_TIMES {
        return Err(format!(
            "could make a text {times} times as long as those it reads; {MOST_TIMES} times are allowed"
        ));
    }
    if bytes > MOST_BYTES {
        return Err(format!("could add {bytes} bytes to a text; {MOST_BYTES} are allowed"));
    }
    Ok(Longest { times, bytes })
}

fn of_function(input: &[Expr], function: &FunctionExpr) -> Result<Longest, String> {
    let mut all = Longest { times: 0.0, bytes: 0.0 };
    let mut highest = all;
    for part in input {
        let part = longest(part)?;
        (all, highest) = (all.and(part), highest.or(part));
    }
    let first = || input.first().map_or(Ok(NUMBER), longest);
    Ok(match function {
        FunctionExpr::StringExpr(StringFunction::PadStart { fill_char } | StringFunction::PadEnd { fill_char }) => {
            let width = input.get(1).and_then(whole).ok_or("pads to a length that is not written out as a number")?;
            first()?.or(Longest { times: 0.0, bytes: width * fill_char.len_utf8() as f64 })
        }
        FunctionExpr::StringExpr(StringFunction::Replace { .. }) => {
            let written = |place: usize| input.get(place).and_then(text);
            let new = written(2).ok_or("puts in a text that is not written out between quotes")?;
            let old = written(1).ok_or("replaces a text that is not written out between quotes")?;
            // An empty text is found between any two letters.
            let times = (new.len() as f64 / old.len().max(1) as f64).max(1.0) + f64::from(u8::from(old.is_empty()));
            let first = first()?;
            let ends = if old.is_empty() { new.len() as f64 } else { 0.0 };
            Longest { times: first.times * times, bytes: first.bytes.mul_add(times, ends) }
        }
        FunctionExpr::StringExpr(StringFunction::ConcatHorizontal { delimiter, .. }) => {
            all.with_bytes((delimiter.len() * input.len()) as f64)
        }
        FunctionExpr::StringExpr(StringFunction::Uppercase | StringFunction::Lowercase) => all.scaled(3.0),
        FunctionExpr::StringExpr(StringFunction::Normalize { .. }) => all.scaled(18.0),
        FunctionExpr::StringExpr(
            StringFunction::Contains { literal: false, .. } | StringFunction::Find { literal: false, .. },
        ) => {
            let pattern = input.get(1).and_then(text);
            check_pattern(pattern.ok_or("looks for a pattern that is not written out between quotes")?)?;
            NUMBER
        }
        // No part of a time is longer than this.
        FunctionExpr::TemporalExpr(TemporalFunction::ToString(format)) => {
            Longest { times: 0.0, bytes: NUMBER_BYTES.max(16.0 * format.len() as f64) }
        }
        // One of the texts that it is given, or a part of one.
        _ => highest,
    })
}

fn check_pattern(pattern: &str) -> Result<(), String> {
    if pattern.len() > LONGEST_PATTERN {
        return Err(format!("has a pattern of {} bytes; {LONGEST_PATTERN} are allowed", pattern.len()));
    }
    let repetitions = repetitions(pattern);
    if repetitions > MOST_REPETITIONS {
        return Err(format!(
            "has a pattern that its counts make {repetitions} parts long; {MOST_REPETITIONS} are allowed"
        ));
    }
    Ok(())
}

/// How many parts a pattern has when its counts are written out: parts side by side add up, counts inside counts multiply.
fn repetitions(pattern: &str) -> u64 {
    // Of each open group, the parts so far and those of its last one, which a count may follow.
    let mut open = vec![(0_u64, 0_u64)];
    let (mut letters, mut is_in_class) = (pattern.chars(), false);
    while let Some(letter) = letters.next() {
        let part = match letter {
            '\\' => {
                letters.next();
                1
            }
            ']' if is_in_class => {
                is_in_class = false;
                continue;
            }
            _ if is_in_class => continue,
            '[' => {
                is_in_class = true;
                1
            }
            '(' => {
                open.push((0, 0));
                continue;
            }
            ')' if open.len() > 1 => {
                let (sum, last) = open.pop().unwrap_or_default();
                sum.saturating_add(last).max(1)
            }
            '{' => {
                let counts: String = letters.by_ref().take_while(|letter| *letter != '}').collect();
                let count = counts.split(',').filter_map(|count| count.trim().parse::<u64>().ok()).max().unwrap_or(1);
                if let Some((_, last)) = open.last_mut() {
                    *last = last.saturating_mul(count.max(1));
                }
                continue;
            }
            _ => 1,
        };
        if let Some((sum, last)) = open.last_mut() {
            *sum = sum.saturating_add(*last);
            *last = part;
        }
    }
    open.into_iter().fold(0, |all, (sum, last)| all.saturating_add(sum).saturating_add(last))
}

impl Longest {
    fn and(self, other: Self) -> Self {
        Self { times: self.times + other.times, bytes: self.bytes + other.bytes }
    }

    fn or(self, other: Self) -> Self {
        Self { times: self.times.max(other.times), bytes: self.bytes.max(other.bytes) }
    }

    fn with_bytes(self, bytes: f64) -> Self {
        Self { bytes: self.bytes + bytes, ..self }
    }

    fn scaled(self, factor: f64) -> Self {
        Self { times: self.times * factor, bytes: self.bytes * factor }
    }
}

fn length_of(value: &LiteralValue) -> f64 {
    match value {
        // Lists are looked into, never written out.
        LiteralValue::Series(_) => 0.0,
        value => match (value.extract_str(), value.extract_i64()) {
            (Some(text), _) => text.len() as f64,
            (None, Ok(number)) => number.to_string().len() as f64,
            (None, Err(_)) => NUMBER_BYTES,
        },
    }
}

fn text(expression: &Expr) -> Option<&str> {
    match expression {
        Expr::Literal(value) => value.extract_str(),
        _ => None,
    }
}

fn whole(expression: &Expr) -> Option<f64> {
    match expression {
        Expr::Cast { expr, .. } => whole(expr),
        #[expect(clippy::cast_precision_loss, reason = "a width is compared with a bound far below")]
        other => other.extract_i64().ok().map(|width| width as f64),
    }
}
