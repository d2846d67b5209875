//! Events of lineage sent to a server: one that takes them, one that does not, and none at all.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use predicates::prelude::*;
use predicates::str::contains;
use serde_json::Value;

use crate::shop::Shop;

/// A key that no message may repeat.
const KEY: &str = "k3y-of-the-shop";

fn shop() -> Shop {
    let shop = Shop::simulated(500);
    let more =
        "\n[panel]\nmax_cutoffs = 2\n[backtest]\nlast = 1\nbootstrap = 40\n[output]\nlineage_url_env = \"LINEAGE\"\n";
    shop.edit_config(|text| text + more);
    shop
}

/// A request: its head, and the event in it.
type Request = (String, Value);

/// A server on a free port that answers each request with a status line; its address, and what it was sent.
fn server(answer: &'static str) -> (String, Receiver<Request>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let (sender, receiver) = channel();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            if sender.send(read(&mut stream)).is_err() {
                return;
            }
            let _ = stream.write_all(answer.as_bytes());
        }
    });
    (address, receiver)
}

fn read(stream: &mut TcpStream) -> Request {
    let mut reader = BufReader::new(stream);
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        reader.read_line(&mut head).unwrap();
    }
    let length = head.lines().find_map(|line| line.strip_prefix("Content-Length: ")).unwrap();
    let mut body = vec![0; length.parse().unwrap()];
    reader.read_exact(&mut body).unwrap();
    (head, serde_json::from_slice(&body).unwrap())
}

fn kinds(requests: &[Request]) -> Vec<&str> {
    requests.iter().map(|(_, event)| event["eventType"].as_str().unwrap()).collect()
}

#[test]
fn a_server_gets_the_start_and_the_end_of_a_run() {
    let shop = shop();
    let (address, receiver) = server("HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n");
    let command = |name: &str| {
        let mut command = shop.command(name);
        command.env("LINEAGE", &address).env("OPENLINEAGE_API_KEY", KEY).args(["--as-of", "2025-06-01"]);
        command
    };
    let unheard = || contains("no_lineage").not().and(contains(KEY).not());
    command("train").assert().success().stderr(unheard());
    let told: Vec<Request> = receiver.try_iter().collect();
    assert_eq!(kinds(&told), ["START", "COMPLETE"]);
    for (head, event) in &told {
        assert!(head.starts_with("POST /api/v1/lineage HTTP/1.1\r\n"), "{head}");
        assert!(head.contains(&format!("\r\nAuthorization: Bearer {KEY}\r\n")), "{head}");
        assert!(head.contains("\r\nContent-Type: application/json\r\n"), "{head}");
        assert_eq!(event["run"]["runId"], told[0].1["run"]["runId"]);
    }
    // A run that fails says so, with its code alone.
    shop.edit("purchases.csv", |text| text.lines().take(30).collect::<Vec<_>>().join("\n"));
    command("score").assert().code(3).stderr(unheard());
    let told: Vec<Request> = receiver.try_iter().collect();
    assert_eq!(kinds(&told), ["START", "FAIL"]);
    let message = told[1].1["run"]["facets"]["errorMessage"]["message"].as_str().unwrap();
    assert!(message.starts_with("E221: "), "{message}");
}

#[test]
fn a_server_that_does_not_take_events_costs_no_run() {
    let shop = shop();
    // Without a model there is no list; that is told as without a server, and quickly.
    let said = |address: Option<&str>| {
        let mut command = shop.command("score");
        command.env_remove("LINEAGE").env("OPENLINEAGE_API_KEY", KEY).args(["--as-of", "2025-06-01"]);
        address.map(|address| command.env("LINEAGE", address));
        let output = command.assert().code(1).stderr(contains("error[E601]").and(contains(KEY).not()));
        String::from_utf8_lossy(&output.get_output().stderr).into_owned()
    };
    let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let (strict, _requests) = server("HTTP/1.1 401 Unauthorized\r\n\r\n");
    let (foreign, _others) = server("SSH-2.0-OpenSSH\r\n");
    for (address, why) in [
        (None, "the environment variable is not set".to_owned()),
        (Some(format!("http://{closed}")), format!("cannot send to http://{closed}: Connection refused")),
        (Some(strict.clone()), format!("{strict} answers with status 401")),
        (Some(foreign.clone()), format!("what {foreign} answers is no HTTP")),
        (Some("http://ann:s3cret@localhost".to_owned()), "it holds no address such as".to_owned()),
        (Some("http://lineage.example:5000".to_owned()), "lets others read it; use https://".to_owned()),
    ] {
        let said = said(address.as_deref());
        for event in ["START", "FAIL"] {
            let line =
                format!("warning[no_lineage]: the event {event} of this run is not told to the server of `LINEAGE`: ");
            assert!(said.contains(&line), "{address:?}: {said}");
        }
        assert!(said.contains(&why) && !said.contains("s3cret"), "{address:?}: {said}");
    }
}

#[test]
fn a_server_that_is_silent_is_given_up() {
    let shop = shop();
    // Connections are made and wait.
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let begun = Instant::now();
    let told = contains("the server does not answer in time").and(contains("error[E601]"));
    shop.command("score").env("LINEAGE", address).args(["--as-of", "2025-06-01"]).assert().code(1).stderr(told);
    assert!(begun.elapsed() < Duration::from_secs(40), "{:?}", begun.elapsed());
}
