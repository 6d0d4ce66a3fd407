//! Which host serves a path of VTEX's APIs, where that host reads the account,
//! and which credential the path is documented for.
//!
//! Facts from the `servers` and `security` of VTEX's published `OpenAPI` files
//! (`docs/vtex-id.md`, Other APIs).
//! Pure: it reads paths and host names, and sends nothing.

use crate::account::{self, Account};

/// A host of VTEX's, for an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Host {
    /// `{account}.vtexcommercestable.com.br`
    Commerce,
    /// `{account}.myvtex.com`, or `{workspace}--{account}.myvtex.com`
    Store,
    /// `{account}.vtexpayments.com.br`
    Payments,
    /// One for all accounts, which reads the account from the request.
    Shared(&'static str, AccountIn),
}

/// Where a host reads the account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AccountIn {
    /// The first label of its own name.
    Label,
    /// The first segment of the path.
    Segment,
    /// The parameter `an` of the query.
    Query,
}

/// Which credential a path is documented for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Takes {
    /// A token or an app key pair.
    Either,
    /// Only a token.
    Token,
    /// Only an app key pair.
    Pair,
}

/// What a host name is for an account.
#[derive(Debug, PartialEq, Eq)]
pub enum Named {
    /// A host of the account, and the workspace in its name.
    Ours(Host, Option<String>),
    /// A host of another account.
    Others,
    /// Not a host of the table.
    Outside,
}

const COMMERCE: &str = ".vtexcommercestable.com.br";
const STORE: &str = ".myvtex.com";
const PAYMENTS: &str = ".vtexpayments.com.br";

const API: Host = Host::Shared("api.vtex.com", AccountIn::Segment);
const PORTAL: Host = Host::Shared("portal.vtexcommercestable.com.br", AccountIn::Query);
const RNB: Host = Host::Shared("rnb.vtexcommercestable.com.br", AccountIn::Query);
const PRICING_HUB: Host = Host::Shared("prchub.vtexcommercestable.com.br", AccountIn::Query);
const PAYMENT_CONFIGURATION: Host = Host::Shared("pcs.vtexcommercestable.com.br", AccountIn::Query);
const RECOMMEND: Host = Host::Shared("api.vtexcommercestable.com.br", AccountIn::Query);
const LOGISTICS: Host = Host::Shared("logistics.vtexcommercestable.com.br", AccountIn::Segment);

const SHARED: [Host; 7] = [
    API,
    PORTAL,
    RNB,
    PRICING_HUB,
    PAYMENT_CONFIGURATION,
    RECOMMEND,
    LOGISTICS,
];

/// Whole segments of a path and the host that serves what begins with them. The
/// first match applies. A prefix that ends in `*` may end within a segment.
const TABLE: [(&str, Host); 28] = [
    ("/_v", Host::Store),
    ("/reviews-and-ratings", Host::Store),
    ("/pickpack", Host::Store),
    ("/commercial-authorizations", Host::Store),
    ("/api/budgets", Host::Store),
    ("/api/organization-units", Host::Store),
    ("/api/dataentities/customField*", Host::Store),
    ("/api/vtexid/pub/authentication", Host::Store),
    ("/api/vtexid/refreshtoken", Host::Store),
    ("/api/vtexid/organization-units", Host::Store),
    ("/pricing", API),
    ("/suggestions", API),
    ("/api/payments/pvt", Host::Payments),
    ("/api/pvt/transactions", Host::Payments),
    ("/api/pvt/affiliations", Host::Payments),
    ("/api/pvt/rules", Host::Payments),
    ("/api/pvt/installments", Host::Payments),
    ("/api/pvt/merchants", Host::Payments),
    ("/api/pvt/payments", Host::Payments),
    ("/api/sent-offers", PORTAL),
    ("/api/channel-manager", PORTAL),
    ("/api/mkp-category-mapper", PORTAL),
    ("/api/pricing/pvt", RNB),
    ("/api/pricing-hub", PRICING_HUB),
    ("/api/payment-configuration-service", PAYMENT_CONFIGURATION),
    ("/api/recommend-bff", RECOMMEND),
    ("/availability/v1", LOGISTICS),
    ("/api", Host::Commerce),
];

/// Documented only for tokens: the method, if that matters, and the path.
const TOKEN_ONLY: [(&str, &str); 8] = [
    ("", "/api/budgets"),
    ("", "/api/organization-units"),
    ("", "/api/vtexid/organization-units"),
    ("", "/api/dataentities/customField*"),
    ("", "/commercial-authorizations"),
    ("POST", "/reviews-and-ratings/api/review"),
    ("POST", "/reviews-and-ratings/api/reviews"),
    ("GET", "/api/vtexid/pvt/user/id"),
];

/// Documented only for app key pairs.
const PAIR_ONLY: [(&str, &str); 5] = [
    ("", "/api/sent-offers"),
    ("", "/api/channel-manager"),
    ("", "/api/mkp-category-mapper"),
    ("", "/api/order-integration"),
    ("GET", "/api/vtexid/pvt/user/info"),
];

/// The beginnings of API paths, for completions.
pub const PREFIXES: [&str; 42] = [
    "/_v/",
    "/api/budgets/",
    "/api/catalog/pvt/",
    "/api/catalog_system/pub/",
    "/api/catalog_system/pvt/",
    "/api/channel-manager/",
    "/api/checkout/pub/",
    "/api/checkout/pvt/",
    "/api/dataentities/",
    "/api/giftcards/",
    "/api/intelligent-search/",
    "/api/io/",
    "/api/license-manager/",
    "/api/logistics/pvt/",
    "/api/mkp-category-mapper/",
    "/api/oms/pvt/",
    "/api/oms/user/",
    "/api/order-integration/",
    "/api/organization-units/",
    "/api/payment-configuration-service/",
    "/api/payments/pvt/",
    "/api/pricing-hub/",
    "/api/pricing/pvt/",
    "/api/pvt/affiliations",
    "/api/pvt/installments",
    "/api/pvt/merchants/",
    "/api/pvt/payments/",
    "/api/pvt/rules",
    "/api/pvt/transactions",
    "/api/recommend-bff/",
    "/api/rnb/pvt/",
    "/api/segments",
    "/api/sent-offers/",
    "/api/sessions",
    "/api/vlm/",
    "/api/vtexid/",
    "/availability/v1/",
    "/commercial-authorizations/",
    "/pickpack/",
    "/pricing/",
    "/reviews-and-ratings/",
    "/suggestions/",
];

/// The documented host of a path, which is without its query.
pub fn of_path(path: &str) -> Option<Host> {
    let row = TABLE.iter().find(|(prefix, _)| begins(path, prefix));
    row.map(|(_, host)| *host)
}

/// What a path is documented for.
pub fn takes(method: &str, path: &str) -> Takes {
    let listed = |list: &[(&str, &str)]| {
        list.iter()
            .any(|(only, prefix)| begins(path, prefix) && (only.is_empty() || *only == method))
    };
    if listed(&TOKEN_ONLY) {
        Takes::Token
    } else if listed(&PAIR_ONLY) {
        Takes::Pair
    } else {
        Takes::Either
    }
}

fn begins(path: &str, prefix: &str) -> bool {
    let (prefix, whole) = match prefix.strip_suffix('*') {
        Some(prefix) => (prefix, false),
        None => (prefix, true),
    };
    let begin = path.get(..prefix.len());
    begin.is_some_and(|begin| begin.eq_ignore_ascii_case(prefix))
        && (!whole || matches!(path.as_bytes().get(prefix.len()), None | Some(b'/')))
}

impl Host {
    /// Where it reads the account.
    pub fn account_in(self) -> AccountIn {
        match self {
            Self::Shared(_, place) => place,
            _ => AccountIn::Label,
        }
    }

    /// Its name. Only the store's host has a workspace.
    pub fn name(self, account: &Account, workspace: Option<&str>) -> String {
        match self {
            Self::Commerce => format!("{account}{COMMERCE}"),
            Self::Store => format!("{}{STORE}", label(account, workspace)),
            Self::Payments => format!("{account}{PAYMENTS}"),
            Self::Shared(name, _) => name.to_owned(),
        }
    }

    /// What `name`, in lower case, is for this account.
    pub fn named(name: &str, account: &Account) -> Named {
        let is_label = |label: &str| label == account.as_str();
        if let Some(label) = name.strip_suffix(STORE) {
            return match workspace_in(label, account) {
                Some(workspace) => Named::Ours(Self::Store, workspace),
                None => Named::Others,
            };
        }
        for (suffix, host) in [(COMMERCE, Self::Commerce), (PAYMENTS, Self::Payments)] {
            if name.strip_suffix(suffix).is_some_and(is_label) {
                return Named::Ours(host, None);
            }
        }
        let shared = SHARED
            .into_iter()
            .find(|host| matches!(host, Self::Shared(shared, _) if *shared == name));
        match shared {
            Some(host) => Named::Ours(host, None),
            None if name.ends_with(COMMERCE) || name.ends_with(PAYMENTS) => Named::Others,
            None => Named::Outside,
        }
    }
}

/// The first label of a store's host.
pub fn label(account: &Account, workspace: Option<&str>) -> String {
    workspace.map_or_else(
        || account.to_string(),
        |workspace| format!("{workspace}--{account}"),
    )
}

/// The workspace that the first label of a host names, if the label is this
/// account's.
#[expect(clippy::option_option, reason = "not ours, or ours without one")]
pub fn workspace_in(label: &str, account: &Account) -> Option<Option<String>> {
    if label == account.as_str() {
        return Some(None);
    }
    let workspace = label.strip_suffix(account.as_str())?.strip_suffix("--")?;
    account::is_workspace(workspace).then(|| Some(workspace.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::{Account, AccountIn, Host, Named, PREFIXES, Takes, of_path, takes};

    fn mystore() -> Account {
        "mystore".parse().unwrap()
    }

    #[test]
    fn a_prefix_is_whole_segments() {
        assert_eq!(of_path("/pricing"), of_path("/pricing/prices/1"));
        assert_eq!(of_path("/pricings/1"), None);
        assert_eq!(of_path("/apis"), None);
        assert_eq!(of_path("/api/budgetsx"), Some(Host::Commerce));
        assert_eq!(
            of_path("/api/dataentities/customFields/x"),
            Some(Host::Store)
        );
        assert_eq!(of_path("/api/dataentities/CL"), Some(Host::Commerce));
        assert_eq!(of_path("/API/oms"), Some(Host::Commerce));
        assert_eq!(of_path(""), None);
        assert_eq!(of_path("/ápi"), None);
    }

    #[test]
    fn every_prefix_that_is_completed_has_a_host() {
        for prefix in PREFIXES {
            assert!(of_path(prefix).is_some(), "{prefix}");
        }
        assert!(PREFIXES.is_sorted());
    }

    #[test]
    fn a_host_that_is_named_is_the_one_that_was_meant() {
        for host in super::TABLE.map(|(_, host)| host) {
            let name = host.name(&mystore(), None);
            assert_eq!(
                Host::named(&name, &mystore()),
                Named::Ours(host, None),
                "{name}"
            );
        }
        assert_eq!(
            Host::named("dev--mystore.myvtex.com", &mystore()),
            Named::Ours(Host::Store, Some("dev".to_owned()))
        );
        for other in [
            "other.myvtex.com",
            "mystore--other.myvtex.com",
            "Dev--mystore.myvtex.com",
            "a--b--mystore.myvtex.com",
            "--mystore.myvtex.com",
            "xmystore.myvtex.com",
            "a.mystore.myvtex.com",
            "mystore.a.myvtex.com",
            ".myvtex.com",
            "other.vtexcommercestable.com.br",
            "dev--mystore.vtexcommercestable.com.br",
            "other.vtexpayments.com.br",
        ] {
            assert_eq!(Host::named(other, &mystore()), Named::Others, "{other}");
        }
        for outside in [
            "",
            "myvtex.com",
            "mystore.myvtex.com.",
            "mystore.myvtex.com.evil.example",
            "mystoremyvtex.com",
            "evil.example",
            "a.api.vtex.com",
            "vtex.com",
            "mystore.vtexcommercebeta.com.br",
            "127.0.0.1",
        ] {
            assert_eq!(
                Host::named(outside, &mystore()),
                Named::Outside,
                "{outside}"
            );
        }
    }

    #[test]
    fn an_account_with_the_name_of_a_shared_host_has_its_own() {
        let portal: Account = "portal".parse().unwrap();
        assert_eq!(
            Host::named("portal.vtexcommercestable.com.br", &portal),
            Named::Ours(Host::Commerce, None)
        );
        assert_eq!(Host::Commerce.account_in(), AccountIn::Label);
    }

    #[test]
    fn what_is_documented_for_one_credential_is_known() {
        for (method, path, expected) in [
            ("GET", "/api/oms/pvt/orders", Takes::Either),
            ("GET", "/api/budgets", Takes::Token),
            ("POST", "/reviews-and-ratings/api/review", Takes::Token),
            ("GET", "/reviews-and-ratings/api/reviews", Takes::Either),
            ("GET", "/api/vtexid/pvt/user/id", Takes::Token),
            ("GET", "/api/vtexid/pvt/user/info", Takes::Pair),
            ("PUT", "/api/sent-offers/x", Takes::Pair),
        ] {
            assert_eq!(takes(method, path), expected, "{method} {path}");
        }
    }
}
