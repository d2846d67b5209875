//! A PostgreSQL server of a test's own: made in a temporary folder, stopped at the end.

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::Command;

use postgres::{Client, NoTls};
use tempfile::TempDir;

use crate::skip::skipped;

/// A password that no message may repeat.
pub(crate) const PASSWORD: &str = "s3cret-of-ann";

/// A running server with the user `ann`.
pub(crate) struct Server {
    folder: TempDir,
    programs: PathBuf,
    port: u16,
}

impl Server {
    /// Starts a server with more settings; `None`, with a line, where PostgreSQL is not installed.
    pub(crate) fn start(settings: &str) -> Option<Self> {
        let Some(programs) = programs() else {
            skipped("postgresql");
            return None;
        };
        let folder = tempfile::tempdir().unwrap();
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let server = Self { folder, programs, port };
        let root = server.folder.path().display().to_string();
        std::fs::write(server.path("password"), PASSWORD).unwrap();
        own(server.folder.path());
        let data = format!("{root}/data");
        let password = format!("--pwfile={root}/password");
        server.run(
            "initdb",
            &["-D", &data, "-U", "ann", "-A", "scram-sha-256", &password, "--locale=C", "-E", "UTF8", "--no-sync"],
        );
        let options = format!("-p {port} -k {root} -c listen_addresses=127.0.0.1 -c fsync=off {settings}");
        server.run("pg_ctl", &["-D", &data, "-o", &options, "-w", "-l", &format!("{root}/log"), "start"]);
        Some(server)
    }

    /// A path in its folder.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Its address, with that password.
    pub(crate) fn address(&self, password: &str) -> String {
        format!("postgresql://ann:{password}@127.0.0.1:{}/postgres", self.port)
    }

    /// A connection to it.
    pub(crate) fn client(&self) -> Client {
        Client::connect(&self.address(PASSWORD), NoTls).unwrap()
    }

    fn run(&self, program: &str, arguments: &[&str]) {
        let status =
            as_nobody(&self.programs.join(program)).args(arguments).stdout(std::process::Stdio::null()).status();
        assert!(status.unwrap().success(), "{program}");
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let data = self.path("data").display().to_string();
        self.run("pg_ctl", &["-D", &data, "-m", "immediate", "-w", "stop"]);
    }
}

/// Where the newest server that is installed has its programs.
fn programs() -> Option<PathBuf> {
    let versions = std::fs::read_dir("/usr/lib/postgresql").ok()?.filter_map(Result::ok);
    let mut folders: Vec<PathBuf> = versions.map(|version| version.path().join("bin")).collect();
    folders.retain(|folder| folder.join("initdb").is_file());
    folders.sort();
    folders.pop()
}

/// Whether the tests run as root, whom PostgreSQL refuses.
fn is_root() -> bool {
    Command::new("id").arg("-u").output().is_ok_and(|output| output.stdout.trim_ascii() == b"0")
}

/// A command as a user without rights.
fn as_nobody(program: &Path) -> Command {
    if !is_root() {
        return Command::new(program);
    }
    let mut command = Command::new("setpriv");
    command.args(["--reuid=65534", "--regid=65534", "--clear-groups"]).arg(program);
    command
}

/// A key and a certificate of this machine's own, signed by itself; `None`, with a line, where `openssl` is not installed.
pub(crate) fn certificate(folder: &Path) -> Option<[PathBuf; 2]> {
    let files = ["key", "certificate"].map(|name| folder.join(name));
    let [key, certificate] = &files;
    let subject = ["-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1"];
    let made = Command::new("openssl")
        .args(["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"])
        .args(subject)
        .args(["-addext", "basicConstraints=critical,CA:FALSE"])
        .args([Path::new("-keyout"), key, Path::new("-out"), certificate])
        .output();
    if made.is_ok_and(|made| made.status.success()) {
        return Some(files);
    }
    skipped("openssl");
    None
}

/// Gives a folder to that user.
pub(crate) fn own(folder: &Path) {
    if is_root() {
        assert!(Command::new("chown").args(["-R", "65534:65534"]).arg(folder).status().unwrap().success());
    }
}
