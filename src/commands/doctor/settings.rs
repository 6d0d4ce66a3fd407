//! Checks what the environment decides: variables about accounts and tokens,
//! the browser, the proxy and the certificates.

use super::{Check, Verdict};
use crate::{
    account::Typed,
    accounts,
    browser::{self, Environment},
    context::Context,
    credential::{Choice, Source, pair},
    error::Code,
    vtexid::Site,
};

/// The variables that override stored credentials, if one of them is set.
pub(super) fn environment(context: &Context) -> Option<Check> {
    const NAME: &str = "environment";
    let config = &context.config;
    let (mut found, mut verdict) = (Vec::new(), Verdict::Ok);
    if let Err(failure) = accounts::named(context) {
        return Some(Check::failed(NAME, &failure));
    }
    if config.token.is_some() {
        // Reports what other commands fail with.
        match Choice::choose(context, None) {
            Err(failure) if failure.code == Code::Usage => {
                return Some(Check::failed(NAME, &failure));
            }
            Ok(
                choice @ Choice {
                    source: Source::Token(_),
                    ..
                },
            ) => {
                let credential = choice.load(context);
                if let Err(failure) = credential.and_then(|c| c.check_not_expired(context)) {
                    return Some(Check::failed(NAME, &failure));
                }
                found.push("VTEX_TOKEN overrides the stored tokens".to_owned());
            }
            Ok(_) | Err(_) => {
                verdict = Verdict::Warning;
                found.push("VTEX_TOKEN is for another account and is not used".to_owned());
            }
        }
    }
    match config.account.as_ref().map(|text| text.parse::<Typed>()) {
        Some(Ok(typed)) => found.push(format!(
            "VTEX_ACCOUNT ({}) overrides the current account",
            typed.account
        )),
        // --account overrides it.
        Some(Err(error)) => {
            verdict = Verdict::Warning;
            found.push(format!("invalid VTEX_ACCOUNT: {error}"));
        }
        None => {}
    }
    match context.named_store() {
        Ok(Some(store)) => found.push(format!(
            "new accounts are saved in {} (VTEXID_STORE)",
            store.words()
        )),
        Ok(None) => {}
        Err(failure) => return Some(Check::failed(NAME, &failure)),
    }
    let pair = config
        .app_key
        .iter()
        .try_for_each(|key| pair::check_key(key));
    let pair = pair.and_then(|()| {
        let mut token = config.app_token.iter();
        token.try_for_each(pair::check_app_token)
    });
    if let Err(failure) = pair {
        let variables = "invalid VTEX_APP_KEY or VTEX_APP_TOKEN";
        return Some(Check::failed(NAME, &failure.context(variables)));
    }
    match (&config.app_key, &config.app_token) {
        (Some(_), Some(_)) => {
            found.push(
                "VTEX_APP_KEY and VTEX_APP_TOKEN are set, and used if nothing is stored".to_owned(),
            );
        }
        (Some(_), None) => {
            verdict = Verdict::Warning;
            found.push("VTEX_APP_KEY is set, but VTEX_APP_TOKEN is missing".to_owned());
        }
        (None, Some(_)) => {
            verdict = Verdict::Warning;
            found.push("VTEX_APP_TOKEN is set, but VTEX_APP_KEY is missing".to_owned());
        }
        (None, None) => {}
    }
    (!found.is_empty()).then(|| Check::new(NAME, verdict, found.join("; ")))
}

/// Whether `login` opens a page here.
pub(super) fn browser(context: &Context) -> Check {
    let place = Environment::find(&context.config);
    let opens = place.opens(&context.config);
    if let Err(problem) = browser::check(&context.config) {
        return Check::new("browser", Verdict::Problem, problem)
            .hint("set BROWSER to a program, with its path if it is not in PATH, or to none");
    }
    let found = match place {
        _ if place.forbidden(&context.config) => "BROWSER is none: login prints the address",
        Environment::Desktop if opens => "desktop: login opens the browser",
        Environment::Editor => {
            "editor's remote session: the editor opens the browser and forwards ports"
        }
        Environment::Wsl if opens => "WSL: login opens the browser in Windows",
        Environment::Ssh => "SSH session: the browser is on another machine",
        Environment::Container => "this is a container: the browser is on your computer",
        _ if opens => "BROWSER is set: login opens the browser",
        _ => "no display: login prints the address",
    };
    let check = Check::new("browser", Verdict::Ok, found);
    if opens {
        check
    } else {
        Check {
            verdict: Verdict::Warning,
            ..check
        }
        .hint(match place {
            Environment::Container => {
                "open the address in a browser on your computer, then paste the final URL"
            }
            _ => "open the address in your browser, then paste the final URL",
        })
    }
}

/// The proxy and the certificates.
pub(super) fn network(context: &Context) -> Check {
    const NAME: &str = "network";
    if context.site != Site::Vtex {
        return Check::new(
            NAME,
            Verdict::Ok,
            "VTEXID_URL is set: proxy and certificates are ignored",
        );
    }
    // Making the client checks the proxy and reads the certificates.
    if let Err(failure) = context.vtexid() {
        return Check::failed(NAME, &failure);
    }
    let config = &context.config;
    let mut found = Vec::new();
    match &config.proxies.used {
        Some(Ok(proxy)) => {
            found.push(format!("proxy {} ({})", proxy.host, proxy.variable));
            for domain in Site::DOMAINS {
                if proxy.url_for(domain).is_none() {
                    found.push(format!("no proxy for {domain} (NO_PROXY)"));
                }
            }
        }
        _ if cfg!(any(windows, target_os = "macos")) => found.push("the system's proxy".to_owned()),
        _ => found.push("no proxy".to_owned()),
    }
    let named: Vec<&str> = [
        config.certificate_file.as_ref().map(|_| "SSL_CERT_FILE"),
        (!config.certificate_dirs.is_empty()).then_some("SSL_CERT_DIR"),
    ]
    .into_iter()
    .flatten()
    .collect();
    found.push(if named.is_empty() {
        "the system's certificates".to_owned()
    } else {
        format!("certificates of {}", named.join(" and "))
    });
    let mut warnings = config.proxies.warnings.clone();
    let missing = config.certificate_dirs.iter().filter(|dir| !dir.is_dir());
    warnings.extend(missing.map(|dir| format!("found no folder {} (SSL_CERT_DIR)", dir.display())));
    let verdict = if warnings.is_empty() {
        Verdict::Ok
    } else {
        Verdict::Warning
    };
    found.extend(warnings);
    Check::new(NAME, verdict, found.join("; "))
}
