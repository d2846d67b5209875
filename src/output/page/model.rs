//! The part for the data scientist: how good the model is, on whom that was measured, what drives it, and where it is weak.

use serde_json::Value;

use super::document::{Estimate, count, items, number, text};
use super::figure::{DataTable, Entry, Figure, Part, Tile, percent};
use super::input::PageInput;
use crate::charts::{ColumnChart, Curve, CurveChart, Frame, Point, Row, RowChart, Unit, columns, curves, rows};
use crate::text::{counted, grouped};

/// The part of the model.
pub(super) fn part(input: &PageInput<'_>) -> Part {
    Part {
        id: "model",
        title: "The model",
        words: words(input),
        tiles: tiles(input),
        summary: None,
        figures: figures(input),
        what_if: None,
        card: card(input),
        tables: tables(input),
    }
}

/// The learner that makes the list, among those of an evaluation.
fn main_learner(evaluation: &Value) -> Option<&Value> {
    let main = text(evaluation, "/main")?;
    items(evaluation, "/learners").iter().find(|learner| learner["name"] == main)
}

/// The population of all test figures.
fn population(evaluation: &Value) -> String {
    let n = |name: &str| count(evaluation, &format!("/population/{name}")).map_or_else(String::new, grouped);
    let cutoffs = items(evaluation, "/population/cutoffs");
    let day = |cutoff: Option<&Value>| cutoff.and_then(|cutoff| text(cutoff, "/cutoff")).unwrap_or_default().to_owned();
    format!(
        "Out-of-time test: {} rows of {} customers at {} test cutoffs ({} to {}), {} churned; {}",
        n("n_rows"),
        n("n_customers"),
        cutoffs.len(),
        day(cutoffs.first()),
        day(cutoffs.last()),
        n("n_churned"),
        text(evaluation, "/population/eligibility").unwrap_or_default()
    )
}

const INTERVAL: &str = "Lines are 95 % intervals from customers drawn anew.";

/// The population and the grade in words.
fn words(input: &PageInput<'_>) -> Vec<String> {
    let Some(evaluation) = input.evaluation else {
        return vec![
            "The files of the model that made this list are not at hand, so its figures are not shown.".to_owned(),
        ];
    };
    vec![
        format!("The model answers one question: {}.", input.question()),
        format!("{}.", population(evaluation)),
        format!("Grade {}.", text(evaluation, "/verdict/sentence").unwrap_or_default()),
    ]
}

/// The large numbers.
fn tiles(input: &PageInput<'_>) -> Vec<Tile> {
    let Some(main) = input.evaluation.and_then(main_learner) else { return Vec::new() };
    let tile = |(path, name, note): (&str, &str, &str)| {
        let figure = Estimate::at(main, path)?;
        Some(Tile { value: figure.text(), name: name.to_owned(), note: note.to_owned() })
    };
    let wanted = [
        ("/mean/auc", "AUC", "how often a customer who left stands above one who stayed; .5 is chance"),
        ("/mean/average_precision", "average precision", "mean precision over all lengths of the list"),
        ("/mean/brier", "Brier score", "squared error of the probability; lower is better"),
        ("/mean/calibration_slope", "calibration slope", "1 is right; below 1 the model is too sure of itself"),
    ];
    wanted.into_iter().filter_map(tile).collect()
}

/// The figures of the part, as far as the model's files have them.
fn figures(input: &PageInput<'_>) -> Vec<Figure> {
    let of_test = input.evaluation.map(|evaluation| {
        [by_learner(evaluation), by_cutoff(evaluation), reliability(evaluation), gain(evaluation), slices(evaluation)]
    });
    let others = [scores(input), drivers(input)];
    of_test.into_iter().flatten().chain(others).flatten().collect()
}

/// The name of a learner for people.
fn learner_name(name: &str) -> &str {
    match name {
        "blend" => "blend: the model",
        "logistic" => "logistic regression",
        "boosting" => "gradient boosting",
        "recency" => "rule: longest silence first",
        "overdue" => "rule: silence against the own rhythm",
        "rfm" => "rule: recency, frequency, monetary value",
        "mbg_nbd" => "purchase model (MBG/NBD)",
        other => other,
    }
}

fn by_learner(evaluation: &Value) -> Option<Figure> {
    let main = text(evaluation, "/main")?;
    let found: Vec<(&str, Estimate, Option<Estimate>)> = items(evaluation, "/learners")
        .iter()
        .filter_map(|learner| {
            Some((
                text(learner, "/name")?,
                Estimate::at(learner, "/mean/auc")?,
                Estimate::at(learner, "/mean/average_precision"),
            ))
        })
        .collect();
    let ahead = Estimate::at(evaluation, "/verdict/difference")?;
    let baseline = learner_name(text(evaluation, "/verdict/best_baseline")?);
    let is_ahead = ahead.interval.is_some_and(|[low, _]| low > 0.0);
    let heading = if is_ahead {
        format!("The model ranks better than the best simple rule, by {} of AUC", ahead.text())
    } else {
        format!("It is not shown that the model ranks better than the best simple rule: {} of AUC", ahead.text())
    };
    let row = |(name, auc, _): &(&str, Estimate, Option<Estimate>)| Row {
        name: learner_name(name).to_owned(),
        value: auc.estimate,
        interval: auc.interval,
        note: auc.text(),
        is_main: *name == main,
    };
    let chart = RowChart {
        title: &format!("{heading}. AUC with intervals by learner."),
        axis: "AUC, mean over test cutoffs; .5 is chance",
        unit: Unit::Number,
        range: Some([0.4, 1.0]),
        has_bars: false,
        reference: Some(0.5),
        rows: found.iter().map(row).collect(),
    };
    let table = found.iter().map(|(name, auc, precision)| {
        [learner_name(name).to_owned(), auc.text(), precision.map_or_else(String::new, |figure| figure.text())]
    });
    Some(Figure {
        id: "f-learners",
        sentence: format!(
            "The best simple rule is: {baseline}. The model mixes logistic regression, boosting and the purchase model. {INTERVAL}"
        ),
        population: population(evaluation),
        svg: rows(&chart),
        table: DataTable::new(&heading, ["Learner", "AUC", "Average precision"], table),
        heading,
    })
}

fn by_cutoff(evaluation: &Value) -> Option<Figure> {
    let main = main_learner(evaluation)?;
    let baseline = text(evaluation, "/verdict/best_baseline").unwrap_or_default();
    let other = items(evaluation, "/learners").iter().find(|learner| learner["name"] == baseline);
    let of = |learner: &Value| -> Vec<(String, u64, f64)> {
        let figures = items(learner, "/by_cutoff").iter();
        let figure = |figure: &Value| {
            let (cutoff, n) = (text(figure, "/population/cutoff")?, count(figure, "/population/n")?);
            Some((cutoff.to_owned(), n, Estimate::at(figure, "/metrics/auc")?.estimate))
        };
        figures.filter_map(figure).collect()
    };
    let (own, others) = (of(main), other.map(of).unwrap_or_default());
    if own.len() < 2 {
        return None;
    }
    let (low, high) = own.iter().fold((f64::MAX, f64::MIN), |(low, high), found| (low.min(found.2), high.max(found.2)));
    let heading = format!("From cutoff to cutoff the AUC lies between {low:.3} and {high:.3}").replace("0.", ".");
    let row = |(cutoff, n, auc): &(String, u64, f64), is_main: bool| Row {
        name: if is_main {
            format!("{cutoff}, {}", counted(*n, "customer"))
        } else {
            format!("{cutoff}, {}", learner_name(baseline))
        },
        value: *auc,
        interval: None,
        note: format!("{auc:.3}").replacen("0.", ".", 1),
        is_main,
    };
    let pairs = own.iter().enumerate().flat_map(|(place, found)| {
        std::iter::once(row(found, true)).chain(others.get(place).map(|found| row(found, false)))
    });
    let chart = RowChart {
        title: &format!("{heading}. AUC by test cutoff, of the model and of the best simple rule."),
        axis: "AUC at one cutoff; .5 is chance",
        unit: Unit::Number,
        range: Some([0.4, 1.0]),
        has_bars: false,
        reference: Some(0.5),
        rows: pairs.collect(),
    };
    let table = own.iter().enumerate().map(|(place, (cutoff, n, auc))| {
        let other = others.get(place).map_or_else(String::new, |found| format!("{:.3}", found.2));
        [cutoff.clone(), grouped(*n), format!("{auc:.3}"), other]
    });
    Some(Figure {
        id: "f-cutoffs",
        sentence:
            "At each test cutoff the model was trained anew on what was known before it. Grey is the best simple rule."
                .to_owned(),
        population: population(evaluation),
        svg: rows(&chart),
        table: DataTable::new(&heading, ["Cutoff", "Customers", "AUC of the model", "AUC of the best rule"], table),
        heading,
    })
}

fn reliability(evaluation: &Value) -> Option<Figure> {
    let bins = items(evaluation, "/calibration/overall/bins");
    let bin = |bin: &Value| {
        Some((count(bin, "/n")?, number(bin, "/mean_probability")?, Estimate::at(bin, "/observed_rate")?))
    };
    let found: Vec<(u64, f64, Estimate)> = bins.iter().filter_map(bin).collect();
    let off = found.iter().map(|(_, mean, rate)| (rate.estimate - mean).abs()).fold(0.0, f64::max);
    if found.is_empty() {
        return None;
    }
    let points = (100.0 * off).round();
    let heading = if off < 0.1 {
        format!("What the model says is what comes: no tenth is off by more than {points} points")
    } else {
        format!("The probabilities are off by up to {points} points")
    };
    let point = |(n, mean, rate): &(u64, f64, Estimate)| Point {
        x: *mean,
        y: rate.estimate,
        interval: rate.interval,
        says: format!("said {}, came {}, {} rows", percent(*mean), percent(rate.estimate), grouped(*n)),
    };
    let ideal = [0.0, 1.0].map(|end| Point { x: end, y: end, interval: None, says: String::new() });
    let frame = Frame {
        x_title: "probability of churn, as said",
        x_unit: Unit::Share,
        y_title: "share that churned",
        y_unit: Unit::Share,
    };
    let series = |name, class, points, is_joined| Curve { name, class, points, is_joined, is_dotted: !is_joined };
    let chart = CurveChart {
        title: &format!("{heading}. Share that churned over the probability that was said, in ten groups."),
        frame,
        across: Some([0.0, 1.0]),
        up: Some([0.0, 1.0]),
        curves: vec![
            series("as said", "reference", ideal.to_vec(), true),
            series("", "main", found.iter().map(point).collect(), false),
        ],
    };
    let table = found.iter().map(|(n, mean, rate)| [grouped(*n), percent(*mean), percent(rate.estimate), rate.text()]);
    Some(Figure {
        id: "f-reliability",
        sentence: format!(
            "Each dot is a tenth of the rows, ordered by probability. On the dashed line the probability is exactly right. {INTERVAL}"
        ),
        population: population(evaluation),
        svg: curves(&chart),
        table: DataTable::new(&heading, ["Rows", "Said", "Came", "Share that came, with interval"], table),
        heading,
    })
}

fn gain(evaluation: &Value) -> Option<Figure> {
    let main = main_learner(evaluation)?;
    let of = |learner: &Value, what: &str| -> Vec<(f64, Estimate)> {
        let pairs = items(learner, &format!("/mean/{what}")).iter();
        pairs.filter_map(|pair| Some((number(pair, "/fraction")?, Estimate::at(pair, "/value")?))).collect()
    };
    let (churners, margin) = (of(main, "gain"), of(main, "value_captured"));
    let tenth = churners.iter().find(|pair| (pair.0 - 0.1).abs() < 1e-9)?;
    let lift = tenth.1.estimate / tenth.0;
    let heading = format!(
        "The first tenth by probability holds {} of those who left, {lift:.1} times chance",
        percent(tenth.1.estimate)
    );
    let points = |pairs: &[(f64, Estimate)]| -> Vec<Point> {
        let point = |(x, figure): &(f64, Estimate)| Point {
            x: *x,
            y: figure.estimate,
            interval: figure.interval,
            says: format!("first {}: {}", percent(*x), percent(figure.estimate)),
        };
        pairs.iter().map(point).collect()
    };
    let last = churners.last()?.0;
    let series = |name, class, points, is_dotted| Curve { name, class, points, is_joined: true, is_dotted };
    let chance = [0.0, last].map(|end| Point { x: end, y: end, interval: None, says: String::new() });
    let mut drawn = vec![series("chance", "reference", chance.to_vec(), false)];
    if !margin.is_empty() {
        drawn.push(series("margin of those who left", "other", points(&margin), true));
    }
    drawn.push(series("customers who left", "main", points(&churners), true));
    let frame = Frame {
        x_title: "first share of the customers, by order of the model",
        x_unit: Unit::Share,
        y_title: "share of all who left",
        y_unit: Unit::Share,
    };
    let chart = CurveChart {
        title: &format!("{heading}. Shares captured over the length of the list."),
        frame,
        across: Some([0.0, last]),
        up: Some([0.0, 1.0]),
        curves: drawn,
    };
    let table = churners.iter().enumerate().map(|(place, (fraction, figure))| {
        let money = margin.get(place).map_or_else(String::new, |(_, figure)| figure.text());
        [percent(*fraction), figure.text(), format!("{:.2}", figure.estimate / fraction), money]
    });
    let table = DataTable::new(&heading, ["First", "Share of those who left", "Lift", "Share of their margin"], table);
    Some(Figure {
        id: "f-gain",
        sentence: format!(
            "Customers who left are counted in the order of their probability; their margin in the order of expected loss. {INTERVAL}"
        ),
        population: population(evaluation),
        svg: curves(&chart),
        table,
        heading,
    })
}

fn slices<'e>(evaluation: &'e Value) -> Option<Figure> {
    let slice = |slice: &'e Value| {
        let rates = [Estimate::at(slice, "/churn_rate")?, Estimate::at(slice, "/mean_probability")?];
        Some((text(slice, "/name")?, count(slice, "/n")?, Estimate::at(slice, "/auc")?, rates))
    };
    let found: Vec<(&str, u64, Estimate, [Estimate; 2])> =
        items(evaluation, "/slices").iter().filter_map(slice).collect();
    let weakest = found.iter().min_by(|a, b| a.2.estimate.total_cmp(&b.2.estimate))?;
    let heading = format!("The model is weakest on customers with {}: AUC {}", weakest.0, weakest.2.text());
    let row = |(name, n, auc, _): &(&str, u64, Estimate, [Estimate; 2])| Row {
        name: format!("{name}, {}", counted(*n, "row")),
        value: auc.estimate,
        interval: auc.interval,
        note: auc.text(),
        is_main: *name != weakest.0,
    };
    let chart = RowChart {
        title: &format!("{heading}. AUC with intervals by group of customers."),
        axis: "AUC within the group; .5 is chance",
        unit: Unit::Number,
        range: Some([0.4, 1.0]),
        has_bars: false,
        reference: Some(0.5),
        rows: found.iter().map(row).collect(),
    };
    let table = found.iter().map(|(name, n, auc, [rate, mean])| {
        [(*name).to_owned(), grouped(*n), auc.text(), percent(rate.estimate), percent(mean.estimate)]
    });
    Some(Figure {
        id: "f-slices",
        sentence: format!(
            "The same test within groups. Grey marks the weakest: look twice at these customers. {INTERVAL}"
        ),
        population: population(evaluation),
        svg: rows(&chart),
        table: DataTable::new(&heading, ["Group", "Rows", "AUC", "Churned", "Said"], table),
        heading,
    })
}

/// Groups of probabilities.
const BINS: usize = 20;

fn scores(input: &PageInput<'_>) -> Option<Figure> {
    let scores: Vec<f64> = input.list.numbers("churn_probability").iter().flatten().copied().collect();
    let mut counts = [0_u32; BINS];
    for score in &scores {
        let bin = (0..BINS).rfind(|bin| *score >= *bin as f64 / BINS as f64).unwrap_or(0);
        counts.iter_mut().skip(bin).take(1).for_each(|count| *count += 1);
    }
    let high = scores.iter().filter(|score| **score >= 2.0 / 3.0).count();
    if scores.is_empty() {
        return None;
    }
    let heading = format!(
        "{} of {} customers have a churn probability of two thirds or more",
        grouped(high as u64),
        grouped(scores.len() as u64)
    );
    let edge = |bin: usize| (100 * bin / BINS).to_string();
    let bars = counts.iter().enumerate().map(|(bin, count)| {
        let name = if bin % 2 == 0 { edge(bin) } else { String::new() };
        (
            name,
            f64::from(*count),
            format!("{} to {} %: {}", edge(bin), edge(bin + 1), counted(u64::from(*count), "customer")),
        )
    });
    let frame = Frame {
        x_title: "churn probability from .. %",
        x_unit: Unit::Number,
        y_title: "customers",
        y_unit: Unit::Number,
    };
    let title = format!("{heading}. Bars of customers by probability.");
    let chart = ColumnChart { title: &title, frame, bars: bars.collect(), has_numbers: false };
    let table = counts
        .iter()
        .enumerate()
        .map(|(bin, count)| [format!("{} to {} %", edge(bin), edge(bin + 1)), grouped(u64::from(*count))]);
    Some(Figure {
        id: "f-scores",
        sentence:
            "How the probabilities of today's list are spread. A model that says the same of everyone has one high bar."
                .to_owned(),
        population: input.of_whom(),
        svg: columns(&chart),
        table: DataTable::new(&heading, ["Churn probability", "Customers"], table),
        heading,
    })
}

/// Drivers that are shown.
const DRIVERS: usize = 12;

fn drivers<'m>(input: &PageInput<'m>) -> Option<Figure> {
    let model: &'m Value = input.model?;
    let driver = |entry: &'m Value| {
        let effect = number(entry, "/log_odds_per_sd")?;
        let error = number(entry, "/standard_error");
        Some((text(entry, "/feature")?, text(entry, "/column").unwrap_or_default(), effect, error))
    };
    let all = items(model, "/card/coefficients").iter().filter_map(driver);
    let mut found: Vec<(&str, &str, f64, Option<f64>)> = all.filter(|driver| driver.2 != 0.0).collect();
    // By how sure the sign is, so that an unsure large effect does not lead.
    let size = |driver: &(&str, &str, f64, Option<f64>)| driver.3.map_or(driver.2, |error| driver.2 / error).abs();
    found.sort_by(|a, b| size(b).total_cmp(&size(a)));
    found.truncate(DRIVERS);
    let first = found.first()?;
    let direction = if first.2 > 0.0 { "raises" } else { "lowers" };
    let heading = format!("What speaks most clearly: {} {direction} the risk", spoken(first.0));
    let row = |(name, column, effect, error): &(&str, &str, f64, Option<f64>)| Row {
        name: format!("{}{}", spoken(name), if *column == "signed_logarithm" { " (logarithm)" } else { "" }),
        value: *effect,
        interval: error.map(|error| [effect - 1.96 * error, effect + 1.96 * error]),
        note: format!("{} risk", if *effect > 0.0 { "raises" } else { "lowers" }),
        is_main: *effect > 0.0,
    };
    let chart = RowChart {
        title: &format!("{heading}. Effects on the log-odds with intervals."),
        axis: "change of the log-odds for one standard deviation more",
        unit: Unit::Number,
        range: None,
        has_bars: false,
        reference: Some(0.0),
        rows: found.iter().map(row).collect(),
    };
    let table = found.iter().map(|(name, column, effect, error)| {
        [
            (*name).to_owned(),
            (*column).to_owned(),
            format!("{effect:+.3}"),
            error.map_or_else(String::new, |error| format!("{error:.3}")),
        ]
    });
    let n = count(model, "/training/n_rows").map_or_else(String::new, |n| counted(n, "row"));
    Some(Figure {
        id: "f-drivers",
        sentence: "Right of the line raises the risk, left lowers it, all others held equal. From the logistic regression, one part of the \
                   model: features that say the same share an effect, so read groups, not single lines. Lines are 95 % intervals."
            .to_owned(),
        population: format!("Training: {n}; {}", text(model, "/training/population").unwrap_or_default()),
        svg: rows(&chart),
        table: DataTable::new(&heading, ["Feature", "Form", "Log-odds per standard deviation", "Standard error"], table),
        heading,
    })
}

/// The name of a feature in words.
fn spoken(feature: &str) -> String {
    feature.replace('_', " ")
}

/// The model card.
fn card(input: &PageInput<'_>) -> Vec<Entry> {
    let model = input.model.unwrap_or(&Value::Null);
    let entry = |name: &'static str, text: String| Entry { name, text };
    let cutoffs = items(model, "/training/cutoffs");
    let day = |cutoff: Option<&Value>| cutoff.and_then(Value::as_str).unwrap_or_default().to_owned();
    let mut card = vec![
        entry("Made for", format!("Ordering the customers of one shop for contact: {}. People decide what is done.", input.population())),
        entry(
            "Not made for",
            "Prices, credit, refusing service or complaints, or any decision about a person without a person. It says who is likely \
             to leave, not what a contact changes: that needs a control group."
                .to_owned(),
        ),
    ];
    if let Some(n) = count(model, "/training/n_rows") {
        card.push(entry(
            "Learnt from",
            format!(
                "{} at {} cutoffs from {} to {}, {} of them churned; only label windows that had ended. Version {} of {}.",
                counted(n, "row"),
                cutoffs.len(),
                day(cutoffs.first()),
                day(cutoffs.last()),
                number(model, "/training/churn_rate").map_or_else(String::new, percent),
                text(model, "/version").unwrap_or_default(),
                text(model, "/as_of").unwrap_or_default()
            ),
        ));
    }
    let unstable: Vec<&str> =
        items(model, "/notes/selection/flagged").iter().filter_map(|flag| text(flag, "/feature")).collect();
    let mut limits = vec![
        "A list is about buying or not buying in the horizon; a customer who only pauses counts as one who left."
            .to_owned(),
        "Intervals hold fixed: ".to_owned()
            + input.evaluation.and_then(|evaluation| text(evaluation, "/intervals_hold_fixed")).unwrap_or("the model")
            + ".",
    ];
    if !unstable.is_empty() {
        limits.push(format!(
            "Features whose values drift over time: {}.",
            unstable.iter().map(|name| spoken(name)).collect::<Vec<_>>().join(", ")
        ));
    }
    card.push(entry("Known limits", limits.join(" ")));
    if let Some(sentence) = text(model, "/challenge/sentence") {
        card.push(entry("Against the champion", format!("{sentence}.")));
    }
    card
}

/// How the heads that tell gone, leaving and quiet did on their folds.
fn heads(input: &PageInput<'_>) -> DataTable {
    let asked =
        [("never", "never back, of those who bought nothing"), ("last", "bought a last time, of those who bought")];
    let rows = asked.into_iter().flat_map(|(name, question)| {
        let head = input.manifest.pointer(&format!("/heads/{name}")).unwrap_or(&Value::Null);
        let used = text(head, "/learner").unwrap_or_default();
        let row = move |figures: &Value| {
            let learner = text(figures, "/learner").unwrap_or_default();
            let auc = Estimate::at(figures, "/auc").map_or_else(String::new, |auc| auc.text());
            let n = count(figures, "/n_rows").map_or_else(String::new, grouped);
            let is_used = if learner == used { "yes" } else { "" };
            [question.to_owned(), learner.to_owned(), auc, n, is_used.to_owned()]
        };
        items(head, "/figures").iter().map(row)
    });
    let head = ["Question", "Learner", "Mean AUC", "Rows", "Used"];
    DataTable::new("Who comes back: two more questions", head, rows).saying(
        "Measured on earlier cutoffs of training, before calibration. The first learner is held against rules; what did best is used.",
    )
}

/// Findings of the data, and features that tell most alone.
fn tables(input: &PageInput<'_>) -> Vec<DataTable> {
    let manifest = input.manifest;
    let finding = |finding: &Value| {
        let of = |name: &str| text(finding, &format!("/{name}")).unwrap_or_default().to_owned();
        [of("severity"), of("message"), of("hint")]
    };
    let findings = DataTable::new(
        "What the check of the data found",
        ["Weight", "Finding", "Hint"],
        items(manifest, "/findings").iter().map(finding),
    );
    let account = |account: &Value| {
        let n = |name: &str| count(account, &format!("/{name}")).map_or_else(String::new, grouped);
        [text(account, "/table").unwrap_or_default().to_owned(), n("rows_in"), n("used"), n("about/customers")]
    };
    let accounts = DataTable::new(
        "What became of every row",
        ["Table", "Rows read", "Rows used", "Customers"],
        items(manifest, "/accounts").iter().map(account),
    );
    let single = |single: &Value| {
        let auc = Estimate::at(single, "/auc").map_or_else(String::new, |auc| auc.text());
        [
            text(single, "/feature").unwrap_or_default().to_owned(),
            auc,
            text(single, "/cutoff").unwrap_or_default().to_owned(),
        ]
    };
    let largest = DataTable::new(
        "What one feature tells alone",
        ["Feature", "AUC", "At cutoff"],
        items(manifest, "/leak_guard/largest").iter().map(single),
    );
    let limit = number(manifest, "/leak_guard/max_auc").map_or_else(String::new, |auc| format!("{auc:.2}"));
    let found = [
        heads(input),
        findings.saying("Recommendations and warnings; errors would have stopped the run."),
        accounts.saying("Rows read are rows used and rows set aside with a reason."),
        largest.saying(&format!(
            "The guard against leaks stops a training in which one feature alone reaches an AUC of {limit}."
        )),
    ];
    found.into_iter().filter(|table| !table.rows.is_empty()).collect()
}
