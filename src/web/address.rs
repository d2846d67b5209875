//! The address of a server that speaks HTTP. It may have a secret in its path, and is shown without.

use std::fmt;

/// Scheme, server, and path.
#[derive(Clone, PartialEq, Eq)]
pub struct WebAddress {
    /// Whether TLS secures it.
    pub(super) is_secure: bool,
    pub(super) host: String,
    pub(super) port: u16,
    pub(super) path: String,
}

impl WebAddress {
    /// An address such as `https://lineage.shop.example:5000/api`; `usual_path` stands for a path that is not given. `None` if it
    /// is none, or has a user or a password.
    ///
    /// ```
    /// use retain::web::WebAddress;
    /// let address = WebAddress::of_text("http://localhost:5000?token=s3cret", "/api").unwrap();
    /// assert_eq!(address.to_string(), "http://localhost:5000");
    /// assert!(WebAddress::of_text("http://ann:s3cret@localhost", "/").is_none());
    /// ```
    #[must_use]
    pub fn of_text(text: &str, usual_path: &str) -> Option<Self> {
        let text = text.trim();
        let (is_secure, rest) = match text.split_once("://")? {
            (scheme, rest) if scheme.eq_ignore_ascii_case("http") => (false, rest),
            (scheme, rest) if scheme.eq_ignore_ascii_case("https") => (true, rest),
            _ => return None,
        };
        let (server, path) = rest.split_at(rest.find(['/', '?']).unwrap_or(rest.len()));
        let (host, port) = match server.rsplit_once(':') {
            // The colons of an IPv6 address stand in brackets.
            Some((host, port)) if !port.ends_with(']') => (host, port.parse().ok()?),
            _ => (server, if is_secure { 443 } else { 80 }),
        };
        let path = match path {
            "" | "/" => usual_path.to_owned(),
            query if query.starts_with('?') => format!("{usual_path}{query}"),
            path => path.to_owned(),
        };
        let is_plain = |text: &str| text.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'#');
        let is_host = !host.is_empty() && !host.contains('@') && is_plain(host);
        (is_host && is_plain(&path)).then(|| Self { is_secure, host: host.to_owned(), port, path })
    }

    /// The host as names are looked up, without brackets.
    pub(super) fn name(&self) -> &str {
        self.host.trim_start_matches('[').trim_end_matches(']')
    }

    /// Whether what is sent stays on this machine.
    pub(super) fn is_local(&self) -> bool {
        ["localhost", "127.0.0.1", "::1"].contains(&self.name())
    }
}

impl fmt::Display for WebAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://{}:{}", if self.is_secure { "https" } else { "http" }, self.host, self.port)
    }
}

impl fmt::Debug for WebAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Option<(String, String)> {
        WebAddress::of_text(text, "/usual").map(|address| (address.to_string(), address.path))
    }

    #[test]
    fn scheme_server_and_path_are_told_apart() {
        let is =
            |text: &str, server: &str, path: &str| assert_eq!(of(text), Some((server.to_owned(), path.to_owned())));
        is("https://h.example", "https://h.example:443", "/usual");
        is("HTTP://h.example/", "http://h.example:80", "/usual");
        is("http://h.example:5000/a/b?c=d", "http://h.example:5000", "/a/b?c=d");
        is("http://h.example?c=d", "http://h.example:80", "/usual?c=d");
        is("http://[::1]:81/a", "http://[::1]:81", "/a");
        is("http://[::1]", "http://[::1]:80", "/usual");
    }

    #[test]
    fn what_is_no_address_is_none() {
        for text in [
            "",
            "localhost:5000",
            "ftp://h",
            "http://",
            "http://h:port",
            "http://h:70000",
            "http://a:b@h",
            "http://h/a b",
            "http://h/a\r\nX: y",
        ] {
            assert_eq!(of(text), None, "{text:?}");
        }
    }
}
