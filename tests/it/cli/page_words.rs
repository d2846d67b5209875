//! What a page says, held against the files of its run: whom to contact, what has changed, how an action is done, and that no two
//! figures of it contradict each other.

use serde_json::Value;

use super::page::{DAY, SHOP, data};

fn json(path: &str) -> Value {
    serde_json::from_str(&SHOP.read(path)).unwrap()
}

/// The page's text with plain spaces.
fn page(folder: &str) -> String {
    SHOP.read(&format!("{folder}/report.html")).replace('\u{a0}', " ")
}

/// How many rows of both lists have this word in this column.
fn n_of(folder: &str, column: &str, word: &str) -> usize {
    ["list.csv", "winback.csv"]
        .iter()
        .map(|file| {
            let text = SHOP.read(&format!("{folder}/{file}"));
            let mut reader = text.lines();
            let place =
                reader.next().unwrap().split(',').position(|name| name.trim_start_matches('\u{feff}') == column);
            let place = place.unwrap();
            reader.filter(|line| fields(line).get(place).is_some_and(|field| field == word)).count()
        })
        .sum()
}

fn fields(line: &str) -> Vec<String> {
    let mut fields = vec![String::new()];
    let mut is_quoted = false;
    for letter in line.chars() {
        match letter {
            '"' => is_quoted = !is_quoted,
            ',' if !is_quoted => fields.push(String::new()),
            letter => fields.last_mut().unwrap().push(letter),
        }
    }
    fields
}

fn whole(number: &Value) -> String {
    format!("EUR {:.0}", number.as_f64().unwrap())
}

#[test]
fn the_headline_is_the_plan_of_both_lists_with_all_its_costs() {
    let plan = &json(&format!("{DAY}/manifest.json"))["decisions"];
    let n = n_of(DAY, "group", "treat");
    let costs = plan["contact_cost"].as_f64().unwrap() + plan["incentive_cost"].as_f64().unwrap();
    let headline = format!(
        "<h1>{n} customers are worth contacting: expected gain {}, after EUR {costs:.0} of costs</h1>",
        whole(&plan["net_gain"])
    );
    let page = page(DAY);
    assert!(page.contains(&headline), "{headline}");
    let [low, high] = [0, 1].map(|end| whole(&plan["net_gain_interval"][end]));
    assert!(page.contains(&format!("between {low} and {high} in four of five cases")), "{low} {high}");
    let n_off = n_of(DAY, "suppressed_code", "opted_out");
    assert!(n_off > 10 && page.contains(&format!("Do not contact {n_off} customers on both lists who opted out")));
    let n_held = n_of(DAY, "group", "control");
    assert!(page.contains(&format!("{n_held} are held back")), "{n_held}");
    assert!(!page.contains("<p>Since "), "there is no earlier list");
    // Names of actions are words, and a key says whose it is.
    assert!(page.contains("(decide.min_gain in the config)") && !page.contains("with personal_message"));
}

#[test]
fn the_page_of_the_next_night_says_what_has_changed() {
    let counts = &json("next/manifest.json")["changes"]["counts"];
    let page = page("next");
    let said = page.split("<p>Since 2 July 2025: ").nth(1).expect("what changed").split("</p>").next().unwrap();
    let told = [
        ("/customers/new", "new on the lists"),
        ("/customers/gone", "on neither list any more"),
        ("/asked_anew", "to contact who were not then"),
    ];
    let mut n_told = 0;
    for (place, says) in told {
        match counts.pointer(place).and_then(serde_json::Value::as_u64).unwrap_or(0) {
            0 => assert!(!said.contains(says), "{said}"),
            n => {
                n_told += 1;
                assert!(said.contains(&format!("{n} {says}")), "{said}");
            }
        }
    }
    assert!(n_told > 0 && said.ends_with('.'), "{said}");
}

#[test]
fn the_page_knows_how_an_action_is_done_and_what_a_segment_means() {
    let data = data(&SHOP.read(&format!("{DAY}/report.html")));
    let actions = &data["lists"][0]["columns"]["recommended_action"]["table"];
    for action in actions.as_array().unwrap() {
        assert!(data["hints"][action.as_str().unwrap()].as_str().is_some_and(|hint| hint.len() > 10), "{action}");
    }
    for column in ["life_cycle_stage", "rfm_segment", "value_quadrant"] {
        for word in data["lists"][0]["columns"][column]["table"].as_array().unwrap() {
            let meaning = data["meanings"][column][word.as_str().unwrap()].as_str();
            assert!(meaning.is_some_and(|meaning| meaning.contains(": ")), "{column} {word}");
        }
    }
    assert_eq!(data["horizon_days"], 60);
}

#[test]
fn forecast_and_values_are_of_one_coming_year() {
    let value = json(&format!("{DAY}/value.json"));
    let cohorts = value["sales"]["cohorts"].as_array().unwrap();
    let sum = |name: &str| -> f64 {
        cohorts.iter().flat_map(|cohort| cohort[name].as_array().unwrap()).filter_map(Value::as_f64).sum()
    };
    // The horizon of value is 365 days, four quarters of the forecast are a quarter of a day longer.
    let visits = value["shop"]["expected_purchases"].as_f64().unwrap();
    assert!((sum("purchases") / visits - 1.0).abs() < 0.005, "{} and {visits} visits", sum("purchases"));
    // The margin share is .3; money of the year is worth a tenth less at its end.
    let year = value["years_ahead"]["shop"]["by_year"][0].as_f64().unwrap();
    let discount = year / (0.3 * sum("sales"));
    assert!((0.93..0.98).contains(&discount), "{discount}");
    // In three figures.
    let unit = 10.0_f64.powf(year.log10().floor() - 2.0);
    let rounded = format!("{:.0}", (year / unit).round() * unit);
    let words = format!("As margin, discounted to today, it is EUR {}", retain::text::grouped_digits(&rounded));
    assert!(page(DAY).contains(&words), "{words}");
}

#[test]
fn what_if_begins_with_the_coming_year_of_the_forecast() {
    let value = json(&format!("{DAY}/value.json"));
    let numbers = |list: &Value| -> Vec<f64> { list.as_array().unwrap().iter().filter_map(Value::as_f64).collect() };
    let sales = value["sales"]["cohorts"].as_array().unwrap().iter();
    let everyone: f64 = sales.flat_map(|cohort| numbers(&cohort["sales"])).sum();
    let retention = &value["retention"];
    let (margin, kept) = (numbers(&retention["margin"]), numbers(&retention["retention"]));
    let listed = retention["sales_of_year"].as_f64().unwrap();
    // The margin share of the sample is .3; most of what is to come is of those on the lists.
    let year: f64 = margin[..4].iter().sum();
    assert!((year / (0.3 * listed) - 1.0).abs() < 1e-9, "{year} of {listed}");
    assert!(listed > 0.5 * everyone && listed < everyone, "{listed} of {everyone}");
    assert!(kept.is_sorted() && kept.iter().all(|kept| (0.5..1.0).contains(kept)), "losses become fewer: {kept:?}");
    // Each year of the tables, of everyone, is no less than that of the lists.
    let years = numbers(&value["years_ahead"]["shop"]["by_year"]);
    let discounted: Vec<f64> = margin.iter().zip(numbers(&retention["discount"])).map(|(m, d)| m * d).collect();
    for (place, (of_all, own)) in years.iter().zip(discounted.chunks(4)).enumerate() {
        let own: f64 = own.iter().sum();
        assert!(own < 1.001 * of_all && own > 0.4 * of_all, "year {place}: {own} of {of_all}");
    }
    let worth = retention["one_point"]["value"].as_f64().unwrap();
    assert!((worth / discounted.iter().sum::<f64>() - 1.0).abs() < 1e-9, "{worth}");
}

#[test]
fn a_main_figure_has_the_course_of_its_year_in_words_too() {
    let report = json(&format!("{DAY}/report.json"));
    let months = report["months"].as_array().unwrap();
    assert_eq!(
        (months.len(), &months[23]["from"], &months[23]["until"]),
        (24, &"2025-06-01".into(), &"2025-07-01".into())
    );
    let year =
        |from: usize| -> f64 { months[from..from + 12].iter().filter_map(|month| month["net_spend"].as_f64()).sum() };
    // The year of the tile ends a day later than June.
    let of_tile = report["years"][0]["net_spend"].as_f64().unwrap();
    assert!((year(12) / of_tile - 1.0).abs() < 0.02, "{} of {of_tile}", year(12));
    let page = page(DAY);
    let tile = page.split("customers bought in the past year<br>").nth(1).unwrap().split("</div>").next().unwrap();
    assert!(tile.contains("aria-label=\"Month by month from July 2024 to June 2025: lowest "), "{tile}");
    assert!(tile.contains("<small>by month, Jul 2024 to Jun 2025</small>"), "{tile}");
    assert!(page.contains("id=\"f-months\"") && page.contains("<td>June 2025</td>"));
}

#[test]
fn what_a_run_does_not_measure_says_where_it_is_and_features_have_their_meaning() {
    let page = page(DAY);
    assert!(page.contains("id=\"f-backtest\"") && page.contains("Its page is backtest.html"));
    assert!(page.contains("<td>recency_days</td>") && page.contains("features of each customer"));
    let lost = SHOP.read(&format!("{DAY}/interviews.csv")).lines().count() - 1;
    assert!(lost > 5 && page.contains(&format!("Ask {lost} lost customers why they left")), "{lost}");
    // Days are written as people write them.
    assert!(page.contains("ustomers with an order before 2 July 2025") && !page.contains("order before 2025-07-02"));
}

#[test]
fn the_main_figures_of_the_year_stand_beside_the_year_before() {
    let years = &json(&format!("{DAY}/report.json"))["years"];
    let [past, before] = [0, 1].map(|year| years[year]["customers"].as_u64().unwrap());
    let [past, before] = [past, before].map(retain::text::grouped);
    let page = page(DAY);
    let tile = format!("<b>{past}</b> customers bought in the past year<br><span>{before} in the year before: ");
    assert!(page.contains(&tile), "{tile}");
}
