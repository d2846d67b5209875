//! Events of lineage sent to a server: one that takes them, one that does not, and none at all.

use std::io::{BufRead, BufReader, ErrorKind, Read, Write};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::{Duration, Instant};

use predicates::prelude::*;
use predicates::str::contains;
use rustls::crypto::ring::default_provider;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use serde_json::Value;

use crate::server::certificate;
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
            serve(&mut stream.unwrap(), answer, &sender);
        }
    });
    (address, receiver)
}

/// A server with TLS that takes everything.
fn secure_server([key, certificate]: &[PathBuf; 2]) -> (String, Receiver<Request>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("https://{}/events?token=t0ken", listener.local_addr().unwrap());
    let (certificates, key) =
        (vec![CertificateDer::from_pem_file(certificate).unwrap()], PrivateKeyDer::from_pem_file(key).unwrap());
    let config = ServerConfig::builder_with_provider(Arc::new(default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(certificates, key)
        .unwrap();
    let config = Arc::new(config);
    let (sender, receiver) = channel();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let connection = ServerConnection::new(config.clone()).unwrap();
            let mut stream = StreamOwned::new(connection, stream.unwrap());
            serve(&mut stream, "HTTP/1.1 200 OK\r\n\r\n", &sender);
        }
    });
    (address, receiver)
}

fn serve(stream: &mut (impl Read + Write), answer: &str, sender: &Sender<Request>) {
    if let Ok(request) = read(stream) {
        sender.send(request).unwrap();
        let _ = stream.write_all(answer.as_bytes()).and_then(|()| stream.flush());
    }
}

/// The request, or why there is none.
fn read(stream: &mut impl Read) -> std::io::Result<Request> {
    let mut reader = BufReader::new(stream);
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        if reader.read_line(&mut head)? == 0 {
            return Err(ErrorKind::UnexpectedEof.into());
        }
    }
    let length = head.lines().find_map(|line| line.strip_prefix("Content-Length: ")).unwrap();
    let mut body = vec![0; length.parse().unwrap()];
    reader.read_exact(&mut body)?;
    Ok((head, serde_json::from_slice(&body).unwrap()))
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

#[test]
fn a_server_with_tls_is_verified_before_anything_is_sent() {
    let folder = tempfile::tempdir().unwrap();
    let Some(files) = certificate(folder.path()) else { return };
    let (address, receiver) = secure_server(&files);
    let shop = shop();
    let score = |trusted: &Path| {
        let mut command = shop.command("score");
        command.env("LINEAGE", &address).env("OPENLINEAGE_API_KEY", KEY).env("SSL_CERT_FILE", trusted);
        let said = command.args(["--as-of", "2025-06-01"]).assert().code(1).stderr(contains("error[E601]"));
        String::from_utf8_lossy(&said.get_output().stderr).into_owned()
    };
    let said = score(&files[1]);
    assert!(!said.contains("no_lineage"), "{said}");
    let told: Vec<Request> = receiver.try_iter().collect();
    assert_eq!(kinds(&told), ["START", "FAIL"]);
    assert!(told[0].0.starts_with("POST /events?token=t0ken HTTP/1.1\r\n") && told[0].0.contains(KEY), "{}", told[0].0);
    let said = score(Path::new("/dev/null"));
    assert!(said.contains("warning[no_lineage]") && said.contains("certificate"), "{said}");
    assert!(!said.contains("t0ken") && !said.contains(KEY), "{said}");
    assert_eq!(receiver.try_iter().count(), 0);
}
