//! PostgreSQL as a source and as a sink, against a real server.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Instant;

use assert_cmd::Command;
use jiff::civil::date;
use postgres::Client;
use retain::database::Address;
use retain::output::{StoredRun, store_run};
use retain::pipeline::RankedList;
use retain::table::{Column, Table};

use crate::server::{PASSWORD, Server, certificate, own};
use crate::shop::{Shop, empty_list, retain};

const DAY: &str = "2025-07-02";
const ADDRESS: &str = "RETAIN_DATABASE_URL";

/// The tables as a shop may have them: times with a zone, exact numbers, flags, words of different types.
const TABLES: &str = "
CREATE TYPE channel AS ENUM ('app', 'web', 'store', 'phone', 'chat', 'email');
CREATE TABLE purchases (customer_id varchar(20), order_id text, purchased_at timestamptz, product_id text, category text,
    quantity int, amount numeric(12,2), discount numeric, channel text, region char(8), is_return bool);
CREATE TABLE complaints (complaint_id text, customer_id text, order_id text, opened_at timestamp, category text,
    severity smallint, channel text, first_response_at timestamptz, resolved_at timestamptz, reopened_at timestamptz,
    resolution text, compensation numeric, satisfaction real, amount money, recorded_at timestamptz);
CREATE TABLE customers (customer_id text, signed_up_at timestamptz, region text, acquisition_channel text, birth_year bigint,
    opted_out bool);";

/// A trained shop whose tables stand in a server too.
fn shop_in(server: &Server) -> (Shop, Client) {
    let shop = Shop::simulated(500);
    shop.command("run").args(["--out", "of_files", "--quiet"]).assert().success();
    let mut client = server.client();
    client.batch_execute("SET TIME ZONE 'UTC'; SET lc_monetary = 'C'").unwrap();
    client.batch_execute(TABLES).unwrap();
    for table in ["purchases", "complaints", "customers"] {
        let mut rows = client.copy_in(&format!("COPY {table} FROM STDIN (FORMAT csv, HEADER)")).unwrap();
        std::io::copy(&mut shop.read(&format!("{table}.csv")).as_bytes(), &mut rows).unwrap();
        rows.finish().unwrap();
    }
    let queries = |text: String| {
        text.lines()
            .map(|line| match line.strip_prefix("path = \"").and_then(|rest| rest.strip_suffix(".csv\"")) {
                Some(table) => format!("postgres = \"SELECT * FROM {table} -- all of them\"\n"),
                None => format!("{line}\n"),
            })
            .collect::<String>()
            + "\n[output.postgres]\n"
    };
    shop.edit_config(queries);
    (shop, client)
}

fn score(shop: &Shop, address: &str, out: &str) -> Command {
    let mut command = shop.command("score");
    command.env(ADDRESS, address).args(["--as-of", DAY, "--out", out]);
    command
}

fn failed(mut command: Command) -> (i32, String) {
    let output = command.output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(!said.contains(PASSWORD) && !said.contains("wrong-s3cret"), "{said}");
    assert!(output.stdout.is_empty());
    (output.status.code().unwrap(), said)
}

fn count(client: &mut Client, table: &str) -> i64 {
    client.query_one(&format!("SELECT count(*) FROM {table}"), &[]).unwrap().get(0)
}

#[test]
fn a_list_from_a_database_is_that_of_files_and_is_stored_once_a_day() {
    let Some(server) = Server::start("") else { return };
    let (shop, mut client) = shop_in(&server);
    let address = server.address(PASSWORD);
    let output = score(&shop, &address, "one").assert().success().get_output().clone();
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("purchases: ") && said.contains(" rows from PostgreSQL"), "{said}");
    for list in ["list.csv", "winback.csv"] {
        assert_eq!(shop.read(&format!("one/{list}")), shop.read(&format!("of_files/{list}")), "{list}");
    }
    assert!(shop.unfinished().is_empty());
    // What is stored is the list, row by row, with NULL for what is empty.
    let rows =
        client.query("SELECT rank, customer_id, reason_3, action_why FROM retain.list ORDER BY rank", &[]).unwrap();
    let list: Vec<serde_json::Value> = {
        shop.edit_config(|text| text.replace("[output.postgres]", "[output]\njsonl = true\n[output.postgres]"));
        score(&shop, &address, "two").assert().success();
        shop.read("two/list.jsonl").lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    };
    assert_eq!(rows.len(), list.len());
    for (row, object) in rows.iter().zip(&list) {
        assert_eq!(object["rank"], row.get::<_, i64>(0));
        assert_eq!(object["customer_id"], row.get::<_, String>(1));
        assert_eq!(object["reason_3"].as_str(), row.get::<_, Option<String>>(2).as_deref());
        assert_eq!(object["action_why"].as_str(), row.get::<_, Option<String>>(3).as_deref());
    }
    // A second run of the day replaced its rows; another day and another shop keep theirs.
    let n_listed = i64::try_from(list.len()).unwrap();
    let runs = |client: &mut Client| count(client, "retain.runs");
    assert_eq!((runs(&mut client), count(&mut client, "retain.list")), (1, n_listed));
    let more = "INSERT INTO retain.list (shop_name, as_of, customer_id) VALUES ('other', '2025-07-02', 'x'), ('simulated-shop', '2025-07-01', 'x')";
    client.batch_execute(more).unwrap();
    score(&shop, &address, "three").assert().success();
    assert_eq!((runs(&mut client), count(&mut client, "retain.list")), (1, n_listed + 2));
    let manifest: serde_json::Value = serde_json::from_str(&shop.read("three/manifest.json")).unwrap();
    let stored: String = client.query_one("SELECT manifest::text FROM retain.runs", &[]).unwrap().get(0);
    assert_eq!(serde_json::from_str::<serde_json::Value>(&stored).unwrap(), manifest);
    assert!(!stored.contains(PASSWORD));
    // A connection that is lost half way leaves files and tables as they were.
    let before = shop.read("three/manifest.json");
    let kill = "CREATE FUNCTION lose() RETURNS trigger LANGUAGE plpgsql AS \
                'BEGIN IF NEW.rank = 50 THEN PERFORM pg_terminate_backend(pg_backend_pid()); END IF; RETURN NEW; END'; \
                CREATE TRIGGER lose BEFORE INSERT ON retain.list FOR EACH ROW EXECUTE FUNCTION lose()";
    client.batch_execute(kill).unwrap();
    let (exit, said) = failed(score(&shop, &address, "three"));
    assert!(exit == 1 && said.contains("error[E714]") && said.contains("nothing was changed"), "{said}");
    assert_eq!(shop.read("three/manifest.json"), before);
    assert_eq!((runs(&mut client), count(&mut client, "retain.list")), (1, n_listed + 2));
    client.batch_execute("DROP TRIGGER lose ON retain.list").unwrap();
    // A column that somebody changed is named; one that somebody dropped is made again.
    client.batch_execute("ALTER TABLE retain.list ALTER COLUMN reason_1 TYPE varchar(10) USING ''").unwrap();
    let (exit, said) = failed(score(&shop, &address, "three"));
    assert!(exit == 1 && said.contains("error[E715]") && said.contains("character varying(10)"), "{said}");
    client.batch_execute("ALTER TABLE retain.list DROP COLUMN reason_1").unwrap();
    score(&shop, &address, "three").assert().success();
}

#[test]
fn what_a_query_may_not_give_is_told_and_no_secret_is() {
    let Some(server) = Server::start("") else { return };
    let shop = Shop::of("", "");
    let mut client = server.client();
    client.batch_execute("CREATE TABLE sales (id text, at timestamptz, amount numeric); INSERT INTO sales VALUES ('a', 'infinity', 1)").unwrap();
    let refused = |query: &str, address: &str| {
        let config = "name = \"s\"\ncurrency = \"EUR\"\n[purchases]\npostgres = \"QUERY\"\n[purchases.columns]\ncustomer_id = \"id\"\n\
                      purchased_at = \"at\"\namount = \"amount\"\n[churn]\nhorizon_days = 30\n";
        shop.edit_config(|_| config.replace("QUERY", query));
        let mut command = shop.command("check");
        command.env(ADDRESS, address).arg("--quiet");
        failed(command)
    };
    let address = server.address(PASSWORD);
    for (query, exit, says) in [
        ("SELEC * FROM sales", 1, "error[E714]: the query `purchases.postgres` failed"),
        (
            "SELECT * FROM nowhere",
            1,
            "relation \"nowhere\" does not exist (SQLSTATE 42P01, at character 15 of the query)",
        ),
        (
            "SELECT *, 1 AS id FROM sales",
            2,
            "error[E243]: the query `purchases.postgres` gives what cannot be used: it gives two columns",
        ),
        ("SELECT * FROM sales WHERE id = $1", 2, "a parameter such as `$1`"),
        ("SELECT * FROM sales", 2, "row 1, column `at`: the time is `infinity`"),
        ("SELECT id, now() AS at, 12345678901234567.5 AS amount FROM sales", 2, "a number has 17 digits"),
        (
            "SELECT id, at, ('my words' || id)::int AS amount FROM sales",
            1,
            "invalid input syntax for type integer (SQLSTATE",
        ),
        ("DROP TABLE sales", 2, "it gives no column"),
        ("SELECT 1; DROP TABLE sales", 1, "cannot insert multiple commands"),
        ("SELECT pg_terminate_backend(pg_backend_pid())", 1, "run it again"),
    ] {
        let (code, said) = refused(query, &address);
        assert!(code == exit && said.contains(says) && !said.contains("my words"), "{query}: {said}");
    }
    for (address, code) in [
        (server.address("wrong-s3cret"), "error[E713]"),
        (address.replace("127.0.0.1:", "127.0.0.1:x"), "error[E712]"),
        (format!("{address}?sslmode=require"), "server does not support TLS"),
    ] {
        let (_, said) = refused("SELECT * FROM sales", &address);
        assert!(said.contains(code), "{said}");
    }
    assert_eq!(count(&mut client, "sales"), 1);
    assert!(shop.unfinished().is_empty());
    // An address instead of the name of its variable is refused without being repeated.
    shop.edit_config(|text| {
        text.replace("[purchases.columns]", &format!("url_env = \"{address}\"\n[purchases.columns]"))
    });
    let (exit, said) = failed(shop.command("check"));
    assert!(exit == 2 && said.contains("no name of an environment variable"), "{said}");
}

#[test]
fn a_server_is_verified_before_anything_is_sent() {
    let folder = tempfile::tempdir().unwrap();
    let Some([key, certificate]) = certificate(folder.path()) else { return };
    own(folder.path());
    let settings = format!("-c ssl=on -c ssl_key_file={} -c ssl_cert_file={}", key.display(), certificate.display());
    let Some(server) = Server::start(&settings) else { return };
    let shop = Shop::of(
        "",
        "name = \"s\"\ncurrency = \"EUR\"\n[purchases]\npostgres = \"SELECT 1 AS x\"\n[purchases.columns]\ncustomer_id = \"x\"\n\
                      purchased_at = \"x\"\namount = \"x\"\n[churn]\nhorizon_days = 30\n",
    );
    let ask = |mode: &str, trusted: Option<&Path>| {
        let mut command = shop.command("check");
        command.env(ADDRESS, format!("{}?sslmode={mode}", server.address(PASSWORD)));
        command.env("SSL_CERT_FILE", trusted.unwrap_or(Path::new("/dev/null")));
        failed_or_done(command)
    };
    let is_connected = |said: &str| said.contains("purchases: 1 row from PostgreSQL");
    for mode in ["require", "verify-full", "prefer"] {
        assert!(is_connected(&ask(mode, Some(&certificate))), "{mode}: {}", ask(mode, Some(&certificate)));
        let said = ask(mode, None);
        assert!(
            !is_connected(&said) && said.contains("error[E713]") && said.contains("SSL_CERT_FILE"),
            "{mode}: {said}"
        );
    }
    assert!(is_connected(&ask("disable", None)));
}

fn failed_or_done(mut command: Command) -> String {
    String::from_utf8(command.output().unwrap().stderr).unwrap()
}

/// So many rows of a list whose texts are like those of real ones, the ids as given.
fn rows_like(list: &RankedList, ids: &[String]) -> Table<'static> {
    let n = ids.len();
    let text = "3 orders in 8 months, where the customer used to order every 21 days";
    let filled = |name: &str, column: &Column<'_>| match column {
        Column::Text(_) if name == "customer_id" => Column::text(ids.to_vec()),
        Column::Text(_) => Column::text(vec![text; n]),
        Column::OptionalText(_) => Column::optional_text(vec![Some(text); n]),
        Column::Money { decimals, .. } => Column::Money { amounts: vec![1_234.5; n], decimals: *decimals },
        Column::OptionalMoney { decimals, .. } => {
            Column::OptionalMoney { amounts: vec![Some(1.25); n], decimals: *decimals }
        }
        Column::Number(_) => Column::Number(vec![0.1234; n]),
        Column::OptionalNumber(_) => Column::OptionalNumber(vec![None; n]),
        Column::Integer(_) => Column::Integer(vec![7; n]),
        Column::OptionalInteger(_) => Column::OptionalInteger(vec![Some(7); n]),
        Column::OptionalDate(_) => Column::OptionalDate(vec![Some(date(2025, 7, 2)); n]),
        other => unreachable!("{other:?}"),
    };
    let first = list.pieces().next().unwrap();
    Table::new("list", first.columns.iter().map(|(name, column)| (name.clone(), filled(name, column))))
}

/// Stores a list of such rows under a schema; tells how many.
fn stored(server: &Server, schema: &str, pieces: Vec<Table<'static>>) -> u64 {
    let address = Address::of_text(&server.address(PASSWORD)).unwrap();
    let manifest = serde_json::json!({ "command": "score", "rows": 1, "winback_rows": 0 });
    let run = StoredRun { schema, shop: "shop \"x\"; --", as_of: date(2025, 7, 2), manifest: &manifest };
    store_run(&address, &run, [("list", Box::new(pieces.into_iter()) as Box<dyn Iterator<Item = _>>)]).unwrap()
}

#[test]
fn no_text_is_taken_for_anything_but_text() {
    let Some(server) = Server::start("") else { return };
    let list = empty_list();
    let ids = [
        "\\",
        "\\.",
        "a\n\\.\nb",
        "\\N",
        "NULL",
        "",
        "a\tb",
        "a\r\nb",
        "'; DROP TABLE retain.list; --",
        "\"quoted\",x",
        "=1+1",
        "\u{1F600} \u{E9}",
        " x ",
    ];
    let ids: Vec<String> = ids.map(str::to_owned).to_vec();
    // A schema that is SQL, too: the library does not rely on the check of the config.
    let schema = "odd \"schema\"; DROP SCHEMA public";
    assert_eq!(stored(&server, schema, vec![rows_like(&list, &ids), rows_like(&list, &["last".to_owned()])]), 14);
    let mut client = server.client();
    let table = "\"odd \"\"schema\"\"; DROP SCHEMA public\".list";
    let rows = client.query(&format!("SELECT customer_id, shop_name FROM {table}"), &[]).unwrap();
    let mut found: BTreeMap<String, String> = rows.iter().map(|row| (row.get(0), row.get(1))).collect();
    assert!(found.values().all(|shop| shop == "shop \"x\"; --"));
    assert!(found.remove("last").is_some());
    let mut expected = ids;
    expected.sort();
    assert_eq!(found.into_keys().collect::<Vec<_>>(), expected);
}

/// How long a million rows take; run by hand, because timings are asserted nowhere.
#[test]
#[ignore = "a measurement: cargo test --release --test it a_million_rows -- --ignored --nocapture"]
#[expect(clippy::print_stderr, reason = "a measurement says what it found")]
fn a_million_rows_are_stored() {
    let Some(server) = Server::start("") else { return };
    let list = empty_list();
    for round in ["made", "replaced"] {
        let piece =
            |start: usize| rows_like(&list, &(start..start + 50_000).map(|n| format!("C{n:07}")).collect::<Vec<_>>());
        let pieces: Vec<_> = (0..20).map(|n| piece(n * 50_000)).collect();
        let begin = Instant::now();
        assert_eq!(stored(&server, "retain", pieces), 1_000_000);
        eprintln!(
            "1,000,000 rows of {} columns {round} in {:.1} s",
            list.pieces().next().unwrap().columns.len() + 1,
            begin.elapsed().as_secs_f64()
        );
    }
}

#[test]
fn a_schema_that_is_no_name_is_refused() {
    let shop = Shop::simulated(10);
    shop.edit_config(|text| text + "\n[output.postgres]\nschema = \"my schema\"\n");
    let (exit, said) = failed(shop.command("score"));
    assert!(exit == 2 && said.contains("`output.postgres.schema` must be"), "{said}");
    shop.edit_config(|text| text.replace("schema = \"my schema\"", ""));
    let mut command = retain();
    command.current_dir(shop.path("")).args(["run", "--config", "retain.toml"]).env_remove(ADDRESS);
    let (exit, said) = failed(command);
    assert!(
        exit == 2 && said.contains("error[E712]: the environment variable `RETAIN_DATABASE_URL` is not set"),
        "{said}"
    );
}
