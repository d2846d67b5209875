//! Input that is damaged, hostile or odd: it ends with an error of ours, soon and within bounds, or is read as it is meant.

use std::fs::File;
use std::io::Write;

use polars::prelude::*;
use predicates::prelude::*;
use predicates::str::contains;

use crate::shop::{Shop, retain};

fn purchases(shop: &Shop) -> DataFrame {
    ParquetReader::new(File::open(shop.path("purchases.parquet")).unwrap()).finish().unwrap()
}

fn put_purchases(shop: &Shop, mut frame: DataFrame) {
    ParquetWriter::new(File::create(shop.path("purchases.parquet")).unwrap()).finish(&mut frame).unwrap();
}

/// A small shop of text with these lines behind its header.
fn shop_of(lines: &str) -> Shop {
    let shop = Shop::sample();
    std::fs::write(shop.path("p.csv"), format!("customer_id,order_id,purchased_at,amount\n{lines}")).unwrap();
    let names = ["customer_id", "order_id", "purchased_at", "amount"];
    let columns = names.iter().map(|name| format!("{name} = \"{name}\"\n")).collect::<Vec<_>>().concat();
    let config = format!(
        "name = \"x\"\ncurrency = \"EUR\"\n[purchases]\npath = \"p.csv\"\n[purchases.columns]\n{columns}[churn]\n\
         horizon_days = 60\n[models]\ndir = \"models\"\n[output]\ndir = \"runs\"\n"
    );
    shop.edit_config(|_| config.clone());
    shop
}

/// A number that differs from call to call, the same in every run.
pub(super) fn next(state: &mut u64) -> usize {
    *state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
    usize::try_from(*state >> 33).unwrap()
}

#[test]
fn a_damaged_parquet_file_is_an_error_and_no_panic() {
    let shop = Shop::sample();
    let rows = purchases(&shop).head(Some(500));
    put_purchases(&shop, rows);
    let sound = std::fs::read(shop.path("purchases.parquet")).unwrap();
    let footer = u32::from_le_bytes(sound[sound.len() - 8..sound.len() - 4].try_into().unwrap()) as usize;
    let mut state = 7;
    for trial in 0..60 {
        let mut bytes = sound.clone();
        for _ in 0..=(trial % 3) {
            // Two thirds of the damage is in the footer, which is a small part of the file.
            let place = if trial % 3 == 0 {
                4 + next(&mut state) % (bytes.len() - 12)
            } else {
                bytes.len() - 8 - footer + next(&mut state) % footer
            };
            bytes[place] ^= 1 << (next(&mut state) % 8);
        }
        std::fs::write(shop.path("purchases.parquet"), &bytes).unwrap();
        let output = shop.command("check").arg("--quiet").output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(matches!(output.status.code(), Some(0..=3)), "{trial}: {:?} {said}", output.status);
        assert!(!said.contains("panicked"), "{trial}: {said}");
    }
}

#[test]
fn sql_that_the_engine_cannot_take_or_that_has_no_end_is_refused() {
    let shop = Shop::sample();
    let config = shop.read("retain.toml");
    for (filter, code) in [
        ("GREATEST() > 1", 209),
        ("CAST(amount AS DECIMAL(99,99)) > 1", 209),
        ("purchased_at > purchased_at + INTERVAL '9999999999999 years'", 209),
        ("LPAD(customer_id, 2000000000, 'x') = 'x'", 223),
        ("REGEXP_LIKE(customer_id, '((a{500}){500}){500}')", 223),
        ("UNNEST(customer_id) = 'x'", 210),
        ("customer_id IN (SELECT customer_id FROM x)", 210),
        ("ARRAY_LENGTH(STRING_TO_ARRAY(customer_id, 'C')) > 1", 224),
    ] {
        shop.edit_config(|_| {
            config.replace(
                "path = \"purchases.parquet\"",
                &format!("path = \"purchases.parquet\"\nfilter = \"{filter}\""),
            )
        });
        let said = contains(format!("error[E{code}]")).and(contains("panicked").not());
        shop.command("check").arg("-q").assert().code(2).stderr(said.and(contains("purchases.filter")));
    }
}

#[test]
fn deep_nesting_is_an_error_everywhere() {
    let shop = Shop::sample();
    let config = shop.read("retain.toml");
    let (open, dots) = ("[".repeat(20_000), "a.".repeat(20_000));
    let deep_sql = format!("{}1{}", "(".repeat(15_000), ")".repeat(15_000));
    let chain = vec!["1"; 15_000].join("+");
    for text in [
        format!("x = {open}"),
        format!("{dots}b = 1\n{config}"),
        format!("[{dots}b]\n{config}"),
        config.replace("amount = \"amount\"", &format!("amount = \"{deep_sql}\"")),
        config.replace("amount = \"amount\"", &format!("amount = \"{chain}\"")),
    ] {
        shop.edit_config(|_| text.clone());
        shop.command("check").arg("-q").assert().code(2).stderr(contains("error[E"));
    }
    let mut long = File::create(shop.path("retain.toml")).unwrap();
    long.write_all(&vec![b'#'; 2 << 20]).unwrap();
    shop.command("check").arg("-q").assert().code(2).stderr(contains("longer than 1048576 bytes"));
}

#[cfg(unix)]
#[test]
fn a_file_counts_once_and_what_is_no_file_is_refused() {
    use std::os::unix::fs::symlink;
    let shop = Shop::sample();
    let rows = purchases(&shop).height();
    std::fs::create_dir(shop.path("p")).unwrap();
    std::fs::rename(shop.path("purchases.parquet"), shop.path("p/purchases.parquet")).unwrap();
    symlink(".", shop.path("p/self")).unwrap();
    std::fs::hard_link(shop.path("p/purchases.parquet"), shop.path("p/same.parquet")).unwrap();
    shop.edit_config(|text| text.replace("path = \"purchases.parquet\"", "path = [\"p\", \"p/*.parquet\"]"));
    for arguments in [&["check"][..], &["features", "--memory", "1MiB"]] {
        let once = contains(format!("= {},{:03} used", rows / 1_000, rows % 1_000));
        let said = once.and(contains("warning[same_file]")).and(contains("each is read once"));
        shop.command(arguments[0]).args(&arguments[1..]).assert().success().stderr(said);
    }
    let config = shop.read("retain.toml");
    assert!(std::process::Command::new("mkfifo").arg(shop.path("pipe.csv")).status().unwrap().success());
    for path in ["pipe.csv", "/dev/zero"] {
        shop.edit_config(|_| config.replace("[\"p\", \"p/*.parquet\"]", &format!("\"{path}\"")));
        shop.command("check").arg("-q").assert().code(2).stderr(contains("error[E229]"));
    }
}

/// Who may read everything cannot be refused: the test gives that right up where it has it and knows how.
#[cfg(unix)]
#[test]
fn what_may_not_be_read_is_reported_as_such() {
    use std::os::unix::fs::PermissionsExt;
    let shop = Shop::sample();
    let closed = |name: &str, mode| std::fs::set_permissions(shop.path(name), std::fs::Permissions::from_mode(mode));
    std::fs::create_dir(shop.path("closed")).unwrap();
    std::fs::copy(shop.path("purchases.parquet"), shop.path("closed/p.parquet")).unwrap();
    std::fs::write(shop.path("p.csv"), "customer_id\n").unwrap();
    for name in ["purchases.parquet", "p.csv"] {
        closed(name, 0).unwrap();
    }
    closed("closed", 0).unwrap();
    if File::open(shop.path("p.csv")).is_ok() && !may_become_nobody() {
        crate::skip::skipped("a way to lose the right to read everything");
        return;
    }
    closed("", 0o777).unwrap();
    let config = shop.read("retain.toml");
    for path in ["purchases.parquet", "p.csv", "closed", "closed/p.parquet", "closed/*.parquet"] {
        shop.edit_config(|_| config.replace("path = \"purchases.parquet\"", &format!("path = \"{path}\"")));
        let mut command = as_nobody(&shop);
        command.current_dir(shop.path("")).args(["check", "-q", "--config", "retain.toml"]);
        let said = contains("error[E204]").and(contains("ermission denied")).and(contains("hint: the user"));
        command.assert().code(1).stderr(said);
    }
    closed("closed", 0o755).unwrap();
}

#[cfg(unix)]
fn may_become_nobody() -> bool {
    std::process::Command::new("setpriv")
        .args(["--reuid", "65534", "true"])
        .status()
        .is_ok_and(|status| status.success())
}

#[cfg(unix)]
fn as_nobody(shop: &Shop) -> assert_cmd::Command {
    if !may_become_nobody() {
        return retain();
    }
    // The binary lies where only its builder may go.
    let binary = shop.path("retain");
    if !binary.exists() {
        std::fs::copy(assert_cmd::cargo::cargo_bin("retain"), &binary).unwrap();
    }
    let mut command = assert_cmd::Command::new("setpriv");
    command.args(["--reuid", "65534", "--clear-groups"]).arg(binary);
    command
}

#[test]
fn a_compressed_bomb_and_a_line_without_end_are_refused() {
    let shop = Shop::sample();
    let config = shop.read("retain.toml");
    let lines = "c1,o1,2024-01-01,1\n".repeat(1 << 16);
    let header = "customer_id,order_id,purchased_at,amount\n";
    let compress = |name: &str, program: &str, times: usize| {
        let out = File::create(shop.path(name)).unwrap();
        let mut child = std::process::Command::new(program)
            .arg("-9c")
            .stdin(std::process::Stdio::piped())
            .stdout(out)
            .spawn()
            .unwrap();
        let mut pipe = child.stdin.take().unwrap();
        pipe.write_all(header.as_bytes()).unwrap();
        for _ in 0..times {
            pipe.write_all(lines.as_bytes()).unwrap();
        }
        drop(pipe);
        assert!(child.wait().unwrap().success());
    };
    compress("bomb.csv.gz", "gzip", 160);
    std::fs::write(shop.path("endless.csv"), [header.as_bytes(), &vec![b'x'; 20 << 20]].concat()).unwrap();
    let zeros = File::create(shop.path("zeros.csv")).unwrap();
    zeros.set_len(1 << 40).unwrap();
    std::fs::write(shop.path("wide.csv"), vec!["a"; 100_000].join(",")).unwrap();
    for (path, code) in [("bomb.csv.gz", 225), ("endless.csv", 226), ("zeros.csv", 226), ("wide.csv", 227)] {
        shop.edit_config(|_| config.replace("path = \"purchases.parquet\"", &format!("path = \"{path}\"")));
        shop.command("check").arg("-q").assert().code(3).stderr(contains(format!("error[E{code}]")));
    }
}

#[test]
fn nothing_from_outside_steers_the_terminal_or_forges_a_line() {
    let shop = shop_of("c1,\"o1\u{1b}]0;title\u{7}\u{1b}[31m\nerror[E999]: forged line\u{9b}\u{202e}\",2190-01-01,1\n");
    let output = shop.command("check").output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("o1\\u001b]0;title\\u0007\\u001b[31m\\u000aerror[E999]"), "{said}");
    assert!(!said.lines().any(|line| line.starts_with("error[E999]")), "{said}");
    assert!(!said.chars().any(|c| (c.is_control() && c != '\n') || c == '\u{202e}'), "{said:?}");
    let name = "p\u{1b}[2J\nerror[E998]: x.csv";
    shop.edit_config(|text| text.replace("\"p.csv\"", &toml::Value::String(name.to_owned()).to_string()));
    let output = shop.command("check").output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("\\u001b[2J"), "{said}");
    assert!(!said.lines().any(|line| line.starts_with("error[E998]")), "{said}");
    shop.edit_config(|text| format!("nmae\u{1b}[2J = 1\n{text}"));
    let output = shop.command("check").output().unwrap();
    assert!(!String::from_utf8(output.stderr).unwrap().contains('\u{1b}'));
}

#[test]
fn ids_that_are_no_number_or_a_word_for_nothing_are_missing_in_parquet() {
    let shop = Shop::sample();
    let all = purchases(&shop);
    let text = all.column("customer_id").unwrap().str().unwrap().clone();
    let is_guest = |row: usize| row % 10 == 3;
    let n_guests = (0..all.height()).filter(|row| is_guest(*row)).count();
    let number = |id: &str| id.trim_start_matches('C').parse::<f64>().unwrap();
    let floats: Float64Chunked = text
        .iter()
        .enumerate()
        .map(|(row, id)| Some(if is_guest(row) { f64::NAN } else { number(id.unwrap()) }))
        .collect();
    let words = ["nan", "None", "NULL", "<NA>"];
    let texts: StringChunked =
        text.iter().enumerate().map(|(row, id)| if is_guest(row) { Some(words[row % 4]) } else { id }).collect();
    for ids in
        [floats.with_name("customer_id".into()).into_column(), texts.with_name("customer_id".into()).into_column()]
    {
        let mut rows = all.clone();
        rows.with_column(ids).unwrap();
        put_purchases(&shop, rows);
        let missing = format!("{},{:03} rejected (missing customer_id", n_guests / 1_000, n_guests % 1_000);
        shop.command("check").assert().stderr(contains(missing));
    }
}

#[test]
fn a_shop_to_which_nobody_comes_back_is_reported_so() {
    let line = |n: usize| format!("c{n},o{n},2023-{:02}-{:02},{}\n", n % 12 + 1, n % 28 + 1, n % 50 + 1);
    let shop = shop_of(&(0..900).map(line).collect::<String>());
    for command in ["check", "run"] {
        let said =
            contains("nobody_returns").and(contains("no customer has two orders")).and(contains("id of an order"));
        shop.command(command).assert().code(3).stderr(said);
    }
}

#[test]
fn an_id_of_each_order_is_not_taken_for_the_customer() {
    let folder = tempfile::tempdir().unwrap();
    let line = |n: usize| format!("o{n},c{n},u{},2023-{:02}-01,5\n", n % 300, n % 12 + 1);
    let text = "order_id,customer_id,customer_unique_id,order_date,amount\n".to_owned();
    std::fs::write(folder.path().join("p.csv"), text + &(0..900).map(line).collect::<String>()).unwrap();
    retain().current_dir(&folder).args(["init", "--purchases", "p.csv"]).assert().success();
    let draft = std::fs::read_to_string(folder.path().join("retain.toml")).unwrap();
    assert!(draft.contains("\ncustomer_id = \"customer_unique_id\""), "{draft}");
}

#[test]
fn one_stray_order_sets_no_day() {
    let shop = Shop::sample();
    let mut rows = purchases(&shop);
    let stray = rows.head(Some(1));
    let times = stray.column("purchased_at").unwrap();
    let dtype = times.dtype().clone();
    // 2025-09-04, 65 days after the others.
    let later = Column::new("purchased_at".into(), [1_756_944_000_000_000_i64])
        .cast(&DataType::Datetime(TimeUnit::Microseconds, None))
        .unwrap();
    let later = match &dtype {
        DataType::Datetime(_, Some(_)) => {
            later.cast(&DataType::Datetime(TimeUnit::Microseconds, Some(TimeZone::UTC))).unwrap().cast(&dtype).unwrap()
        }
        _ => later.cast(&dtype).unwrap(),
    };
    let mut stray = stray.clone();
    stray.with_column(later).unwrap();
    rows.vstack_mut(&stray).unwrap();
    put_purchases(&shop, rows);
    let now = |name: &str| {
        let mut command = shop.command(name);
        // 2025-09-05T06:00:00Z
        command.env("SOURCE_DATE_EPOCH", "1757052000");
        command
    };
    for arguments in
        [&["check"][..], &["run"], &["train", "--as-of", "2025-08-20"], &["check", "--as-of", "2025-09-05"]]
    {
        let said = contains("error[E231]").and(contains("until 2025-07-0"));
        now(arguments[0]).args(&arguments[1..]).assert().code(3).stderr(said);
    }
    now("check").args(["--as-of", "2025-07-02"]).assert().success();
    shop.edit_config(|text| text.replace("[validate]\n", "[validate]\nmin_recent_share = 0\n"));
    now("check").assert().success();
}

#[test]
fn dates_and_amounts_that_were_meant_otherwise_are_refused_with_the_line_that_mends_it() {
    let line = |n: usize| {
        let (day, month, amount) = (n % 20 + 1, n % 12 + 1, n % 900 + 100);
        let thousands = if n.is_multiple_of(3) { "" } else { "1." };
        format!("c{},o{n},{day:02}/{month:02}/{},{thousands}{amount}\n", n % 300, 2020 + n / 1_000)
    };
    let shop = shop_of(&(0..3_000).map(line).collect::<String>());
    let config = shop.read("retain.toml").replace("[purchases]\n", "[purchases]\ntime_format = \"%m/%d/%Y\"\n");
    shop.edit_config(|_| config.clone());
    let mends = contains("exchanged_dates").and(contains("write `time_format = \"%d/%m/%Y\"` in `[purchases]`"));
    let mends = mends.and(contains("decimal_mark")).and(contains("write `decimal = \",\"` in `[purchases]`"));
    shop.command("check").assert().code(3).stderr(mends);
    shop.edit_config(|_| {
        config.replace("%m/%d", "%d/%m").replace("amount = \"amount\"", "amount = \"REPLACE(amount, '.', '')\"")
    });
    shop.command("check").assert().success();
}

#[test]
fn rejected_rows_hold_no_formula() {
    let shop = shop_of(
        "=1+1,o1,2024-01-01,much\n\" -1-1\",o2,2024-01-01,much\n\u{ff1d}1,o3,2024-01-01,much\n-5,o4,2024-01-01,much\n",
    );
    shop.command("check").args(["--out", "o"]).assert().code(3);
    let rejects = shop.read("o/refused_purchases.csv");
    for cell in [",'=1+1,", ",' -1-1,", ",'\u{ff1d}1,", ",-5,"] {
        assert!(rejects.contains(cell), "{cell}: {rejects}");
    }
}

#[test]
fn times_that_no_calendar_has_are_rejected_rows() {
    let shop = Shop::sample();
    let mut rows = purchases(&shop);
    let times = rows.column("purchased_at").unwrap().clone();
    let dtype = times.dtype().clone();
    let physical = times.to_physical_repr().i64().unwrap().clone();
    let absurd: Int64Chunked = physical
        .iter()
        .enumerate()
        .map(|(row, time)| if row % 1_000 == 7 { Some(i64::MAX - 1) } else { time })
        .collect();
    rows.with_column(absurd.with_name("purchased_at".into()).into_column().cast(&dtype).unwrap()).unwrap();
    put_purchases(&shop, rows);
    let said = contains("unreadable time purchased_at 25").and(contains("panicked").not());
    shop.command("check").args(["--out", "o"]).assert().success().stderr(said);
    assert!(shop.read("o/rejects_purchases.csv").contains("9223372036854775806"));
}
