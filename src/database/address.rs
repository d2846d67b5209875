//! The address of a database, which has a password in it: taken from an environment variable, shown without it.

use std::sync::mpsc;
use std::time::Duration;

use postgres::config::Host;
use postgres::{Client, Config};

use super::error::DatabaseError;
use super::tls;

/// Time after which a server that does not answer is given up, where the address names none.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(30);

/// Times after which a connection on which nothing comes is asked whether the server is still there, and given up.
const ASK_AFTER: Duration = Duration::from_mins(1);
const ASK_AGAIN_AFTER: Duration = Duration::from_secs(15);
const ASK_TIMES: u32 = 4;

/// The address of a database.
pub struct Address {
    config: Config,
    /// Server and database, without user and password.
    shown: String,
}

impl Address {
    /// The address that an environment variable holds. `asked_by` is the key of the config that names the variable.
    ///
    /// # Errors
    /// `DatabaseError::NoAddress` or `BadAddress`; neither repeats what the variable holds.
    pub fn of_environment(variable: &str, asked_by: &str) -> Result<Self, DatabaseError> {
        let (variable, asked_by) = (variable.to_owned(), asked_by.to_owned());
        let Ok(url) = std::env::var(&variable) else { return Err(DatabaseError::NoAddress { variable, asked_by }) };
        Self::of_text(&url).ok_or(DatabaseError::BadAddress { variable, asked_by })
    }

    /// An address as libpq writes it, as a URL or as words with values; `None` if it is none or names no server.
    #[must_use]
    pub fn of_text(text: &str) -> Option<Self> {
        let mut config: Config = verified(text).parse().ok()?;
        if config.get_hosts().is_empty() && config.get_hostaddrs().is_empty() {
            return None;
        }
        config.application_name("retain");
        if config.get_connect_timeout().is_none() {
            config.connect_timeout(CONNECT_TIMEOUT);
        }
        if config.get_keepalives_idle() == Config::new().get_keepalives_idle() {
            config.keepalives_idle(ASK_AFTER).keepalives_interval(ASK_AGAIN_AFTER).keepalives_retries(ASK_TIMES);
        }
        let shown = shown(&config);
        Some(Self { config, shown })
    }

    /// Connects, with TLS where the address asks for it or the server offers it.
    ///
    /// # Errors
    /// `DatabaseError::NotConnected`.
    pub fn connect(&self) -> Result<Client, DatabaseError> {
        let failed = |message: String| DatabaseError::NotConnected { database: self.shown.clone(), message };
        let tls = tls::connector().map_err(failed)?;
        let (config, (sender, receiver)) = (self.config.clone(), mpsc::channel());
        // The client's own time ends with the connection; a server that then says nothing would be waited for without end.
        let connect = move || drop(sender.send(config.connect(tls)));
        std::thread::Builder::new().spawn(connect).map_err(|error| failed(error.to_string()))?;
        match receiver.recv_timeout(self.patience()) {
            Ok(connected) => connected.map_err(|error| failed(DatabaseError::told(&error))),
            Err(_) => Err(failed("the server does not answer in time".to_owned())),
        }
    }

    /// How long a connection may take: as long again as the servers have to take it.
    fn patience(&self) -> Duration {
        let servers = self.config.get_hosts().len().max(self.config.get_hostaddrs().len()).max(1);
        let each = self.config.get_connect_timeout().copied().unwrap_or(CONNECT_TIMEOUT);
        each.saturating_mul(2).saturating_mul(u32::try_from(servers).unwrap_or(u32::MAX))
    }

    /// What became of a transaction whose end failed.
    pub fn at_the_end<'a>(&'a self, doing: &'a str) -> impl Fn(postgres::Error) -> DatabaseError + 'a {
        move |error| DatabaseError::at_the_end(&self.shown, doing, &error)
    }

    /// What was refused while something was done.
    pub fn refused<'a>(&'a self, doing: &'a str) -> impl Fn(postgres::Error) -> DatabaseError + 'a {
        move |error| DatabaseError::refused(&self.shown, doing, &error)
    }
}

/// Certificates are always verified, so that the stricter words mean what `require` means.
fn verified(url: &str) -> String {
    url.replace("sslmode=verify-full", "sslmode=require").replace("sslmode=verify-ca", "sslmode=require")
}

/// Server and database.
fn shown(config: &Config) -> String {
    let host = |host: &Host| match host {
        Host::Tcp(name) => name.clone(),
        #[cfg(unix)]
        Host::Unix(path) => path.display().to_string(),
    };
    let mut servers: Vec<String> = config.get_hosts().iter().map(host).collect();
    if servers.is_empty() {
        servers = config.get_hostaddrs().iter().map(ToString::to_string).collect();
    }
    let ports = config.get_ports();
    let port = |position: usize| ports.get(position).or(ports.first()).copied().unwrap_or(5432);
    let servers: Vec<String> =
        servers.iter().enumerate().map(|(position, server)| format!("{server}:{}", port(position))).collect();
    match config.get_dbname() {
        Some(name) => format!("{name} at {}", servers.join(", ")),
        None => servers.join(", "),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_shown_without_user_and_password() {
        let of = |url: &str| shown(&verified(url).parse().unwrap());
        assert_eq!(
            of("postgresql://ann:s3cret@db.shop.example/shop?sslmode=verify-full"),
            "shop at db.shop.example:5432"
        );
        assert_eq!(of("host=/run/postgresql port=5433 user=ann password=s3cret"), "/run/postgresql:5433");
    }

    #[test]
    fn a_server_that_takes_a_connection_and_says_nothing_is_given_up() {
        let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let port = silent.local_addr().unwrap().port();
        let address = Address::of_text(&format!("postgresql://ann@127.0.0.1:{port}/shop?connect_timeout=1")).unwrap();
        let error = address.connect().err().unwrap().to_string();
        assert!(error.ends_with("the server does not answer in time"), "{error}");
    }

    #[test]
    fn what_is_no_address_is_not_repeated() {
        let error = Address::of_environment("RETAIN_NO_SUCH_VARIABLE", "purchases.url_env").err().unwrap();
        assert!(matches!(error, DatabaseError::NoAddress { .. }), "{error}");
        // The path of programs is set everywhere, and is no address.
        let error = Address::of_environment("PATH", "purchases.url_env").err().unwrap();
        assert!(matches!(error, DatabaseError::BadAddress { .. }), "{error}");
        assert!(!error.to_string().contains("/bin"), "{error}");
    }
}
