//! What people open: the page and the spreadsheet of a run, as a browser and a spreadsheet program show them.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;

use polars::prelude::*;
use predicates::prelude::*;
use predicates::str::contains;
use serde_json::Value;

use crate::shop::Shop;
use crate::skip::skipped;

pub(super) const DAY: &str = "runs/sample/2025-07-02";
const SCRIPT: &str = "<script>alert(1)</script>";
const FORMULA: &str = "=HYPERLINK(\"x\")";

/// The sample with hostile names of its customers, after a run that carries them and the nightly job of the next day.
pub(super) static SHOP: LazyLock<Shop> = LazyLock::new(|| {
    let shop = Shop::sample();
    let path = shop.path("customers.parquet");
    let scanned =
        LazyFrame::scan_parquet(PlRefPath::try_from_path(&path).unwrap(), ScanArgsParquet::default()).unwrap();
    let even = col("customer_id").str().ends_with(lit("2"));
    let name = when(even).then(lit(SCRIPT)).otherwise(lit(FORMULA));
    let mut customers = scanned.with_columns([name.alias("name")]).collect().unwrap();
    ParquetWriter::new(std::fs::File::create(path).unwrap()).finish(&mut customers).unwrap();
    shop.edit_config(|config| config.replace("[output]\n", "[output]\ncarry = [\"name\"]\n"));
    shop.command("run").assert().success();
    shop.command("score").args(["--as-of", "2025-07-03", "--out", "next"]).assert().success();
    shop
});

fn page() -> String {
    SHOP.read(&format!("{DAY}/report.html"))
}

/// The data that the page's script reads.
pub(super) fn data(page: &str) -> Value {
    let start = page.find("id=\"data\">").unwrap() + "id=\"data\">".len();
    serde_json::from_str(page[start..].split("</script>").next().unwrap()).unwrap()
}

#[test]
fn the_page_is_whole_loads_nothing_and_names_are_text() {
    let page = page();
    assert!(page.ends_with("</html>") || page.ends_with("</html>\n"));
    assert!(page.contains("default-src ") && page.matches("sha256-").count() == 2, "no policy");
    for loads in ["http://", "https://", "src=", "url(", "@import", "innerHTML", "style=\""] {
        assert!(!page.replace("http://www.w3.org/2000/svg", "").contains(loads), "{loads}");
    }
    assert!(!page.contains(SCRIPT) && page.contains("\\u003cscript\\u003ealert(1)"));
    let data = data(&page);
    let list = &data["lists"][0];
    let n_rows = SHOP.read(&format!("{DAY}/list.csv")).lines().count() - 1;
    assert_eq!([&list["total"], &list["shown"], &list["detailed"]], [&Value::from(n_rows); 3]);
    assert_eq!(list["carried"], serde_json::json!(["name"]));
    let orders = list["history"].as_array().unwrap().iter().filter(|row| row[0].as_array().unwrap().len() > 1).count();
    assert_eq!(orders, n_rows, "everyone on the list has an order within its 180 days");
    let manifest: Value = serde_json::from_str(&SHOP.read(&format!("{DAY}/manifest.json"))).unwrap();
    let names: Vec<&str> =
        manifest["files"].as_array().unwrap().iter().map(|file| file["name"].as_str().unwrap()).collect();
    assert_eq!(
        names,
        [
            "details.parquet",
            "interviews.csv",
            "interviews.parquet",
            "list.csv",
            "list.parquet",
            "list.xlsx",
            "monitor.json",
            "performance.parquet",
            "report.html",
            "report.json",
            "retain.prom",
            "value.json",
            "winback.csv",
            "winback.parquet"
        ]
    );
}

#[test]
fn nothing_on_the_page_was_known_at_its_day_or_later() {
    let path = PlRefPath::try_from_path(&SHOP.path(&format!("{DAY}/details.parquet"))).unwrap();
    let details = LazyFrame::scan_parquet(path, ScanArgsParquet::default()).unwrap().collect().unwrap();
    let last = |name: &str| {
        let days = details.column(name).unwrap().cast(&DataType::Int32).unwrap();
        days.i32().unwrap().iter().flatten().max().unwrap()
    };
    // 2025-07-02 is day 20,271.
    assert!((20_260..20_271).contains(&last("day")) && (20_260..20_271).contains(&last("closed")), "{details}");
}

#[test]
fn the_page_of_a_past_run_is_made_again_to_the_same_bytes() {
    let before = page();
    let night = SHOP.path("again");
    std::fs::create_dir(&night).unwrap();
    for entry in std::fs::read_dir(SHOP.path(DAY)).unwrap() {
        let path = entry.unwrap().path();
        std::fs::copy(&path, night.join(path.file_name().unwrap())).unwrap();
    }
    let manifest = SHOP.read("again/manifest.json");
    std::fs::remove_file(night.join("report.html")).unwrap();
    let report = || {
        let mut command = crate::shop::retain();
        command.current_dir(SHOP.path("")).args(["report", "again"]);
        command
    };
    report().assert().success().stdout(contains("again/report.html"));
    assert!(SHOP.read("again/report.html") == before, "the page differs");
    assert_eq!(SHOP.read("again/manifest.json"), manifest);

    std::fs::remove_file(night.join("details.parquet")).unwrap();
    report().assert().code(2).stderr(contains("error[E711]").and(contains("details.parquet")).and(contains("hint:")));
    std::fs::remove_file(night.join("manifest.json")).unwrap();
    report().assert().code(2).stderr(contains("lacks manifest.json"));
}

#[test]
fn page_and_spreadsheet_are_left_out_or_cut_as_the_config_says() {
    let rows = |keys: &str| {
        SHOP.edit_config(|config| config.replace("carry = [\"name\"]\n", &format!("carry = [\"name\"]\n{keys}")));
        let mut command = SHOP.command("score");
        let said = command.args(["--out", "cut"]).assert().success().get_output().stderr.clone();
        SHOP.edit_config(|config| config.replace(keys, ""));
        String::from_utf8(said).unwrap()
    };
    let said = rows("page_rows = 120\nsheet_rows = 70\n");
    assert!(said.contains("list.xlsx has the first 70 of"), "{said}");
    let cut = SHOP.read("cut/report.html");
    let list = &data(&cut)["lists"][0];
    assert_eq!((&list["shown"], &list["history"][119][0].is_array()), (&120.into(), &true));
    assert!(list["limits"].as_str().unwrap().starts_with("This page has the first 120 of"), "{}", list["limits"]);
    assert!(cut.contains("the first 120 customers of"), "figures name another population");
    rows("page_rows = 0\nsheet_rows = 0\n");
    for gone in ["report.html", "details.parquet", "list.xlsx"] {
        assert!(!SHOP.path("cut").join(gone).exists(), "{gone}");
    }
    SHOP.edit_config(|config| config.replace("carry = [\"name\"]\n", "carry = [\"name\"]\npage_rows = 50001\n"));
    SHOP.command("check").assert().code(2).stderr(contains("`output.page_rows` must be").and(contains("50000")));
    SHOP.edit_config(|config| config.replace("page_rows = 50001\n", ""));
}

/// A tool of the machine, if it is there.
fn tool(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|folder| folder.join(name)).find(|path| path.exists())
}

#[test]
fn a_browser_shows_the_page_and_everything_on_it_works() {
    let (Some(chromium), Some(node)) = (tool("chromium"), tool("node")) else { return skipped("chromium and node") };
    let packages = std::env::var_os("RETAIN_NODE")
        .map(PathBuf::from)
        .or_else(|| Some(Path::new(&std::env::var_os("HOME")?).join(".cache/retain/node")));
    let Some(packages) = packages.filter(|folder| folder.join("node_modules/axe-core").exists()) else {
        return skipped("playwright-core and axe-core for chromium, which `.ci/run` installs");
    };
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/cli/page.mjs");
    let page = SHOP.path(&format!("{DAY}/report.html"));
    let output = Command::new(node).arg(script).arg(&page).arg(chromium).arg(packages).output().unwrap();
    let (said, failed) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{said}\n{failed}");
    let n_checks = said.lines().filter(|line| line.starts_with("ok ")).count();
    assert!(n_checks >= 25, "{said}");
    // On this page these are there to be looked at.
    for name in [
        "a hostile name is text",
        "a formula is text",
        "a formula in the export is harmless",
        "the slider says another value",
    ] {
        assert!(said.contains(&format!("ok {name}")), "{name}: {said}");
    }
    // Sizes and times are for people; nothing is asserted of the machine.
    std::io::Write::write_all(&mut std::io::stdout(), said.as_bytes()).unwrap();
}

#[test]
fn a_spreadsheet_program_shows_the_rows_of_the_list() {
    let Some(soffice) = tool("soffice") else { return skipped("LibreOffice") };
    let out = SHOP.path("opened");
    let home = format!("-env:UserInstallation=file://{}", SHOP.path("office").display());
    // 44,34,76: commas, quotes, UTF-8; cells as they are, not as they look; all sheets.
    let filter = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,false,false,false,false,-1";
    let mut convert = Command::new(soffice);
    convert.args([&home, "--headless", "--convert-to", filter, "--outdir"]).arg(&out);
    let output = convert.arg(SHOP.path(&format!("{DAY}/list.xlsx"))).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let ours = cells(&SHOP.path(&format!("{DAY}/list.csv")));
    let theirs = cells(&out.join("list-List.csv"));
    assert_eq!(theirs.len(), ours.len());
    let mut n_compared = 0;
    for (row, (ours, theirs)) in ours.iter().zip(&theirs).enumerate() {
        assert_eq!(theirs.len(), ours.len(), "row {row}");
        for (ours, theirs) in ours.iter().zip(theirs) {
            // In a spreadsheet a text needs no apostrophe: its cell says that it is one.
            // Shares are shown in percent, with all their digits.
            let share = |cell: &str| cell.strip_suffix('%').and_then(|share| share.parse::<f64>().ok());
            let theirs_as_number = theirs.parse::<f64>().ok().or_else(|| share(theirs).map(|percent| percent / 100.0));
            let same = ours == theirs
                || ours.strip_prefix('\'') == Some(theirs)
                || ours.parse::<f64>().ok().zip(theirs_as_number).is_some_and(|(a, b)| (a - b).abs() < 1e-9);
            assert!(same, "row {row}: `{ours}` in the list, `{theirs}` in the spreadsheet");
            n_compared += 1;
        }
    }
    assert!(n_compared > 20_000, "{n_compared}");
    assert!(theirs.iter().flatten().any(|cell| cell == FORMULA));
    let meanings = cells(&out.join("list-Columns.csv"));
    assert_eq!(meanings.len(), retain::pipeline::LIST_COLUMNS.len() + 1);
    assert!(std::fs::read_to_string(out.join("list-Summary.csv")).unwrap().contains("Expected loss, all of the list"));
}

/// The cells of a CSV file as text.
fn cells(path: &Path) -> Vec<Vec<String>> {
    let text = std::fs::read_to_string(path).unwrap();
    let (mut rows, mut row, mut cell) = (Vec::new(), Vec::new(), String::new());
    let mut letters = text.trim_start_matches('\u{FEFF}').chars().peekable();
    let mut is_quoted = false;
    while let Some(letter) = letters.next() {
        match letter {
            '"' if is_quoted && letters.peek() == Some(&'"') => {
                letters.next();
                cell.push('"');
            }
            '"' => is_quoted = !is_quoted,
            ',' if !is_quoted => row.push(std::mem::take(&mut cell)),
            '\n' if !is_quoted => {
                row.push(std::mem::take(&mut cell));
                rows.push(std::mem::take(&mut row));
            }
            '\r' if !is_quoted => {}
            letter => cell.push(letter),
        }
    }
    rows
}
