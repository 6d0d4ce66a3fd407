//! The proxy for requests to VTEX, from the usual variables.
//!
//! The HTTP library could read them, but it ignores a value it does not
//! understand and connects directly.
//!
//! Not for talking to a proxy: that is `vtexid::http`'s.

use hyper::Uri;
use reqwest::Url;

use super::Invalid;
use crate::{provided, secret::Secret};

/// The variables that name a proxy for HTTPS. The first that is set is used.
/// curl looks at `https_proxy` before `HTTPS_PROXY`, the HTTP library after it.
const PROXIES: [&str; 4] = ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"];
/// The variables with hosts to reach without the proxy. The same order applies.
const EXCEPTIONS: [&str; 2] = ["NO_PROXY", "no_proxy"];

const HINT: &str = "a proxy looks like `http://proxy.example.com:8080`; in a user name or password write `@`, `#`, `/` and `\\` as %40, %23, %2F and %5C; unset the variable to use no proxy";

/// The proxy that requests to VTEX go through.
#[derive(Clone, Debug)]
pub struct Proxy {
    /// The variable that names it.
    pub variable: &'static str,
    /// Its host and port, which contain no secret.
    pub host: String,
    /// Its whole address, which may contain a password.
    url: Secret,
    /// The domains to reach without it.
    exceptions: Vec<String>,
}

/// The variables about proxies.
#[derive(Clone, Debug, Default)]
pub struct Proxies {
    /// The proxy in use; `None` if no variable is set.
    pub used: Option<Result<Proxy, Invalid>>,
    /// Warnings about the other variables.
    pub warnings: Vec<String>,
}

impl Proxies {
    /// Reads the variables. An empty or blank one counts as unset.
    pub fn read(get: impl Fn(&str) -> Option<Vec<u8>>) -> Self {
        let set = |names: &[&'static str]| -> Vec<(&'static str, Vec<u8>)> {
            let value = |name: &&'static str| {
                let value = get(name)?;
                let blank =
                    std::str::from_utf8(&value).is_ok_and(|v| provided::clean(v).is_empty());
                (!blank).then_some((*name, value))
            };
            names.iter().filter_map(value).collect()
        };
        let mut proxies = Self::default();
        let exceptions = set(&EXCEPTIONS);
        if let [(used, value), (other, differs)] = &exceptions[..]
            && value != differs
        {
            proxies
                .warnings
                .push(format!("{other} differs from {used}; using {used}"));
        }
        let exceptions = exceptions.first().map_or_else(Vec::new, |(_, value)| {
            domains(&String::from_utf8_lossy(value))
        });
        let mut values = set(&PROXIES).into_iter();
        let Some((used, value)) = values.next() else {
            return proxies;
        };
        for (other, differs) in values {
            if let Err(invalid) = Proxy::parse(other, &differs, &[]) {
                proxies.warnings.push(format!(
                    "ignoring invalid {other} ({}); using {used}",
                    invalid.problem
                ));
            } else if differs != value && other.eq_ignore_ascii_case(used) {
                proxies
                    .warnings
                    .push(format!("{other} differs from {used}; using {used}"));
            }
        }
        proxies.used = Some(Proxy::parse(used, &value, &exceptions));
        proxies
    }
}

impl Proxy {
    fn parse(variable: &'static str, value: &[u8], exceptions: &[String]) -> Result<Self, Invalid> {
        let invalid = |problem| Invalid {
            variable,
            problem,
            hint: HINT.into(),
        };
        let text = std::str::from_utf8(value).map_err(|_| invalid("it is not valid UTF-8"))?;
        let text = provided::clean(text);
        if text.contains(|c: char| c.is_whitespace() || c.is_control()) {
            return Err(invalid("white space or a control character in the address"));
        }
        let (scheme, rest) = text.split_once("://").unwrap_or(("http", text));
        let scheme = match scheme.to_ascii_lowercase().as_str() {
            // GNOME's name for it. The proxy looks up host names.
            "socks" | "socks5h" => "socks5h",
            "http" => "http",
            "https" => "https",
            "socks5" => "socks5",
            "socks4" => "socks4",
            "socks4a" => "socks4a",
            _ => {
                return Err(invalid(
                    "unknown scheme (use http://, https:// or socks5h://)",
                ));
            }
        };
        // Parsed as `http`, whose rules are the strictest.
        let parsed = Url::parse(&format!("http://{rest}"))
            .map_err(|_| invalid("invalid host, port, user name or password"))?;
        // A password with one of these would end up in the path, and so would
        // `DOMAIN\user`.
        if rest.contains('\\')
            || parsed.path() != "/"
            || parsed.query().is_some()
            || parsed.fragment().is_some()
        {
            return Err(invalid(
                "`/`, `\\`, `?` or `#` before or after the host and port",
            ));
        }
        let host = parsed.host_str().unwrap_or_default();
        let plain = |c: char| c.is_ascii_alphanumeric() || "-._[:]".contains(c);
        if host.is_empty() || !host.chars().all(plain) {
            return Err(invalid("invalid host"));
        }
        let host = match (parsed.port(), scheme) {
            (Some(port), _) => format!("{host}:{port}"),
            // The parser drops `:80`, the default of `http`.
            (None, _) if rest.trim_end_matches('/').ends_with(":80") => format!("{host}:80"),
            (None, "http") => format!("{host}:80"),
            (None, "https") => format!("{host}:443"),
            (None, _) => format!("{host}:1080"),
        };
        let user = match (parsed.username(), parsed.password()) {
            ("", None) => String::new(),
            (user, None) => format!("{user}@"),
            (user, Some(password)) => format!("{user}:{password}@"),
        };
        let url = Secret::new(format!("{scheme}://{user}{host}"));
        // The HTTP library connects directly if it cannot parse the address.
        if url.expose().parse::<Uri>().is_err() {
            return Err(invalid("invalid user name or password"));
        }
        Ok(Self {
            variable,
            host,
            url,
            exceptions: exceptions.to_owned(),
        })
    }

    /// The proxy's whole address for a request to `host`; `None` if `NO_PROXY`
    /// contains it.
    pub fn url_for(&self, host: &str) -> Option<&Secret> {
        let host = host.to_ascii_lowercase();
        let excepted = self.exceptions.iter().any(|domain| {
            domain == "*"
                || host
                    .strip_suffix(domain.as_str())
                    .is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
        });
        (!excepted).then_some(&self.url)
    }
}

/// The domains in a `NO_PROXY` that apply to HTTPS.
fn domains(list: &str) -> Vec<String> {
    provided::clean(list)
        .split(|c: char| c == ',' || c.is_whitespace())
        .filter_map(|entry| {
            let name = match entry.rsplit_once(':') {
                Some((name, "443")) => name,
                Some((_, port)) if port.bytes().all(|b| b.is_ascii_digit()) => return None,
                _ => entry,
            };
            let name = name
                .strip_prefix('*')
                .filter(|rest| !rest.is_empty())
                .unwrap_or(name);
            let name = name.trim_matches('.').to_ascii_lowercase();
            (!name.is_empty()).then_some(name)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::{Proxies, Proxy, domains};

    fn proxy(value: &str, exceptions: &str) -> Proxy {
        Proxy::parse("HTTPS_PROXY", value.as_bytes(), &domains(exceptions)).unwrap()
    }

    #[test]
    fn an_address_is_read_as_meant() {
        for (value, url, host) in [
            ("proxy", "http://proxy:80", "proxy:80"),
            ("proxy:3128", "http://proxy:3128", "proxy:3128"),
            ("HTTPS://Proxy/", "https://proxy:443", "proxy:443"),
            ("socks://proxy", "socks5h://proxy:1080", "proxy:1080"),
            ("socks5://proxy:80", "socks5://proxy:80", "proxy:80"),
            ("http://[::1]:81", "http://[::1]:81", "[::1]:81"),
            ("http://a:b@c@d:81", "http://a:b%40c@d:81", "d:81"),
            ("http://:b@d:81", "http://:b@d:81", "d:81"),
            ("http://a@d:81", "http://a@d:81", "d:81"),
        ] {
            let proxy = proxy(value, "");
            assert_eq!(proxy.host, host, "{value}");
            assert_eq!(proxy.url.expose(), url, "{value}");
        }
    }

    #[test]
    fn an_exception_is_a_domain_and_what_is_below_it() {
        let host = "a.myvtex.com";
        for list in [
            "*",
            "myvtex.com",
            ".MYVTEX.com",
            "*.myvtex.com",
            "x,,a.myvtex.com:443",
            "x a.myvtex.com.",
        ] {
            assert!(proxy("p", list).url_for(host).is_none(), "{list}");
        }
        for list in [
            "",
            ",",
            "vtex.com",
            "b.a.myvtex.com",
            "a.myvtex.com:80",
            "[::1]:443",
            "::1",
            "10.0.0.0/8",
        ] {
            assert!(proxy("p", list).url_for(host).is_some(), "{list}");
        }
    }

    #[test]
    fn a_blank_variable_is_as_good_as_none() {
        let value = |name: &str| match name {
            "HTTPS_PROXY" => Some(b" \r".to_vec()),
            "all_proxy" => Some(b"b".to_vec()),
            _ => None,
        };
        let used = Proxies::read(value).used.unwrap().unwrap();
        assert_eq!(used.variable, "all_proxy");
        assert!(Proxies::read(|_| Some(b" ".to_vec())).used.is_none());
    }

    #[test]
    fn no_debug_output_holds_a_password() {
        let named = |name: &str| name.ends_with("S_PROXY");
        let proxies = Proxies::read(|name| named(name).then(|| b"http://a:hunter2@b".to_vec()));
        assert!(proxies.used.as_ref().is_some_and(Result::is_ok));
        assert!(!format!("{proxies:?}").contains("hunter2"));
    }
}
