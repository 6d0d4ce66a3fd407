//! What people and attackers may type, and where it leads.

use reqwest::Url;

use super::{Typed, bare_url, check, target};
use crate::{account::Account, vtexid::Site};

fn mystore() -> Account {
    "mystore".parse().unwrap()
}

fn typed(path: &str) -> Typed<'_> {
    Typed {
        path,
        host: None,
        workspace: None,
        credential: true,
    }
}

fn url(typed: Typed<'_>) -> Result<String, String> {
    let url = target(&Site::Vtex, &mystore(), typed);
    url.map(String::from).map_err(|e| e.to_string())
}

#[test]
fn what_people_type_leads_to_the_host_that_serves_it() {
    let commerce = "https://mystore.vtexcommercestable.com.br";
    for (path, expected) in [
        (
            "/api/oms/pvt/orders?page=2",
            format!("{commerce}/api/oms/pvt/orders?page=2"),
        ),
        (
            "api/oms/pvt/orders",
            format!("{commerce}/api/oms/pvt/orders"),
        ),
        (
            "/api/x?q=a b&url=http://a/../b",
            format!("{commerce}/api/x?q=a%20b&url=http://a/../b"),
        ),
        ("/api/x?", format!("{commerce}/api/x?")),
        ("/api/x/a%2Fb", format!("{commerce}/api/x/a%2Fb")),
        ("/api/x?an=MyStore", format!("{commerce}/api/x?an=MyStore")),
        (
            "/pricing/prices/1",
            "https://api.vtex.com/mystore/pricing/prices/1".to_owned(),
        ),
        (
            "/mystore/pricing/prices/1",
            "https://api.vtex.com/mystore/pricing/prices/1".to_owned(),
        ),
        (
            "https://api.vtex.com/mystore/pricing/prices/1",
            "https://api.vtex.com/mystore/pricing/prices/1".to_owned(),
        ),
        (
            "HTTPS://MyStore.VtexCommerceStable.com.br:443/api/x",
            format!("{commerce}/api/x"),
        ),
        (
            "/api/sent-offers/x?a=1",
            "https://portal.vtexcommercestable.com.br/api/sent-offers/x?a=1&an=mystore".to_owned(),
        ),
        (
            "/api/sent-offers/x?",
            "https://portal.vtexcommercestable.com.br/api/sent-offers/x?an=mystore".to_owned(),
        ),
        (
            "/api/sent-offers?an=mystore",
            "https://portal.vtexcommercestable.com.br/api/sent-offers?an=mystore".to_owned(),
        ),
        (
            "/availability/v1/x",
            "https://logistics.vtexcommercestable.com.br/mystore/availability/v1/x".to_owned(),
        ),
    ] {
        assert_eq!(url(typed(path)), Ok(expected), "{path}");
    }
}

#[test]
fn an_account_may_have_the_name_of_a_path() {
    let pricing: Account = "pricing".parse().unwrap();
    let url = target(&Site::Vtex, &pricing, typed("/pricing/prices/1")).unwrap();
    assert_eq!(
        url.as_str(),
        "https://api.vtex.com/pricing/pricing/prices/1"
    );
}

#[test]
fn a_host_and_a_workspace_are_chosen_among_the_accounts_own() {
    let with = |host, workspace, path| {
        url(Typed {
            host,
            workspace,
            ..typed(path)
        })
    };
    assert_eq!(
        with(None, Some("dev"), "/_v/x").unwrap(),
        "https://dev--mystore.myvtex.com/_v/x"
    );
    assert_eq!(
        with(Some("MyStore.myvtex.com"), None, "/api/oms").unwrap(),
        "https://mystore.myvtex.com/api/oms"
    );
    assert_eq!(
        with(Some("mystore.myvtex.com"), Some("dev"), "/api/oms").unwrap(),
        "https://dev--mystore.myvtex.com/api/oms"
    );
    assert_eq!(
        with(Some("api.vtex.com"), None, "/dataentities/CL").unwrap(),
        "https://api.vtex.com/mystore/dataentities/CL"
    );
    assert_eq!(
        with(Some("rnb.vtexcommercestable.com.br"), None, "x").unwrap(),
        "https://rnb.vtexcommercestable.com.br/x?an=mystore"
    );
    for (host, workspace, path) in [
        (None, Some("dev"), "/api/oms"),
        (None, Some("Dev"), "/_v/x"),
        (None, Some("a--b"), "/_v/x"),
        (None, Some("evil.example/"), "/_v/x"),
        (Some("dev--mystore.myvtex.com"), Some("prod"), "/_v/x"),
        (Some("other.myvtex.com"), None, "/_v/x"),
        (Some("evil.example"), None, "/_v/x"),
        (Some("mystore.myvtex.com@evil.example"), None, "/_v/x"),
        (Some("mystore.myvtex.com:8443"), None, "/_v/x"),
        (Some("mystore.myvtex.com."), None, "/_v/x"),
        (Some("mystore.myvtex.com/x"), None, "/_v/x"),
        (Some(""), None, "/_v/x"),
        (Some("api.vtex.com"), None, "/other/pricing/prices/1"),
        (
            Some("mystore.myvtex.com"),
            None,
            "https://mystore.myvtex.com/x",
        ),
    ] {
        assert!(
            with(host, workspace, path).is_err(),
            "{host:?} {workspace:?} {path}"
        );
    }
}

/// Each would lead a careless tool to another host, path or account.
const HOSTILE: [&str; 66] = [
    "",
    " ",
    "@evil.example/x",
    "/@evil.example/x",
    ":443@evil.example/x",
    ".evil.example/x",
    "//evil.example/x",
    "//evil.example/api/x",
    "///evil.example/api/x",
    "/\\evil.example/api/x",
    "\\\\evil.example/api/x",
    "/api\\..\\x",
    "https:evil.example/api/x",
    "https:/evil.example/api/x",
    "https:///evil.example/api/x",
    "https://evil.example/api/x",
    "http://mystore.vtexcommercestable.com.br/api/x",
    "https://mystore.vtexcommercestable.com.br:8443/api/x",
    "https://mystore.vtexcommercestable.com.br.evil.example/api/x",
    "https://mystore.vtexcommercestable.com.br@evil.example/api/x",
    "https://evil.example@mystore.vtexcommercestable.com.br/api/x",
    "https://a:b@mystore.vtexcommercestable.com.br/api/x",
    "https://evil.example\\@mystore.vtexcommercestable.com.br/api/x",
    "https://mystore.vtexcommercestable.com.br\\@evil.example/api/x",
    "https://evil.example#@mystore.vtexcommercestable.com.br/api/x",
    "https://evil.example?@mystore.vtexcommercestable.com.br/api/x",
    "https://other.vtexcommercestable.com.br/api/x",
    "https://other.myvtex.com/_v/x",
    "https://mystore--other.myvtex.com/_v/x",
    "https://x.mystore.myvtex.com/_v/x",
    "https://mystore.myvtex.com./_v/x",
    "https://[::1]/api/x",
    "https://127.0.0.1/api/x",
    "ftp://mystore.myvtex.com/_v/x",
    "file:///api/x",
    "https://api.vtex.com/other/pricing/prices/1",
    "https://api.vtex.com//mystore/pricing/prices/1",
    "https://api.vtex.com/mystore/../other/pricing/prices/1",
    "https://api.vtex.com/mystore%2f..%2fother/pricing/prices/1",
    "https://api.vtex.com/dataentities/CL",
    "/other/pricing/prices/1",
    "/../other/pricing/prices/1",
    "/pricing/../../other/pricing/prices/1",
    "/pricing/%2e%2e/%2e%2e/other/pricing/prices/1",
    "/pricing/.%2E/%2e./other/pricing",
    "/pricing/..%2f..%2fother/pricing",
    "/pricing/..%5c..%5cother/pricing",
    "/pricing/%252e%252e%252f%252e%252e%252fother/pricing",
    "/pricing/..;/..;/other/pricing",
    "/pricing/..;a=b/..;/other/pricing",
    "/api/./x",
    "/api/%2e/x",
    "/api/x/..",
    "/api/x/.",
    "/api/x?an=other",
    "/api/x?AN=other",
    "/api/x?%61n=other",
    "/api/x?a=1;an=other",
    "/api/x?an=mystore&an=other",
    "/api/sent-offers?an=",
    "/api/sent-offers/x?+an=other",
    "/api/x#y",
    "/api/x\r\nHost: evil.example",
    "/api/\tx",
    "C:/Program Files/Git/api/x",
    "/unknown/x",
];

#[test]
fn nothing_that_is_typed_leads_a_credential_elsewhere() {
    for path in HOSTILE {
        assert!(
            url(typed(path)).is_err(),
            "{path:?}: {:?}",
            url(typed(path))
        );
        // The same as a host's own path: there it leads to that host or nowhere.
        let here = url(Typed {
            host: Some("mystore.myvtex.com"),
            ..typed(path)
        });
        if let Ok(here) = here {
            assert!(
                here.starts_with("https://mystore.myvtex.com/"),
                "{path:?}: {here}"
            );
        }
    }
}

#[test]
fn a_parsed_url_is_judged_whatever_it_was_built_from() {
    let passes = |text: &str| check(&Url::parse(text).unwrap(), &mystore(), &Site::Vtex).is_ok();
    for good in [
        "https://mystore.vtexcommercestable.com.br/api/x",
        "https://mystore.myvtex.com/_v/x?an=mystore",
        "https://dev--mystore.myvtex.com:443/_v/x",
        "https://mystore.vtexpayments.com.br/api/pvt/rules",
        "https://api.vtex.com/mystore/pricing",
        "https://portal.vtexcommercestable.com.br/api/sent-offers?an=mystore",
    ] {
        assert!(passes(good), "{good}");
    }
    for bad in [
        "https://api.vtex.com/pricing/prices/1",
        "https://api.vtex.com/mystore/..%2fother",
        "https://portal.vtexcommercestable.com.br/api/sent-offers",
        "https://portal.vtexcommercestable.com.br/api/sent-offers?an=other",
        "https://portal.vtexcommercestable.com.br/api/sent-offers?an=mystore;an=other",
        "https://mystore.myvtex.com/#x",
    ] {
        assert!(!passes(bad), "{bad}");
    }
    for bad in super::tests::HOSTILE {
        if let Ok(url) = Url::parse(bad)
            && check(&url, &mystore(), &Site::Vtex).is_ok()
        {
            assert_eq!(
                url.host_str(),
                Some("mystore.vtexcommercestable.com.br"),
                "{bad}"
            );
        }
    }
}

#[test]
fn without_a_credential_any_https_address_can_be_asked() {
    let bare = |path, host| match bare_url(&Site::Vtex, path) {
        Ok(Some(url)) => Ok(String::from(url)),
        Err(error) => Err(error.to_string()),
        Ok(None) => url(Typed {
            path,
            host,
            workspace: None,
            credential: false,
        }),
    };
    assert_eq!(
        bare("https://example.com:8443/x", None).unwrap(),
        "https://example.com:8443/x"
    );
    assert_eq!(
        bare("/x", Some("example.com")).unwrap(),
        "https://example.com/x"
    );
    for (path, host) in [
        ("http://example.com/x", None),
        ("https://a:b@example.com/x", None),
        ("/x", Some("a@example.com")),
        ("/x", Some("example.com/y")),
        ("/x", Some("")),
    ] {
        assert!(bare(path, host).is_err(), "{path} {host:?}");
    }
}

#[test]
fn the_sandbox_stands_in_for_every_host() {
    let site = Site::local("http://127.0.0.1:4000").unwrap();
    let at = |path| target(&site, &mystore(), typed(path)).map(String::from);
    for (path, expected) in [
        ("/api/x", "http://mystore.localhost:4000/api/x"),
        (
            "/pricing/prices/1",
            "http://mystore.localhost:4000/mystore/pricing/prices/1",
        ),
        (
            "/api/sent-offers",
            "http://mystore.localhost:4000/api/sent-offers?an=mystore",
        ),
        (
            "http://mystore.localhost:4000/api/x",
            "http://mystore.localhost:4000/api/x",
        ),
        (
            "https://mystore.myvtex.com/api/x",
            "http://mystore.localhost:4000/api/x",
        ),
    ] {
        assert_eq!(at(path).unwrap(), expected, "{path}");
    }
    for bad in [
        "http://other.localhost:4000/api/x",
        "http://mystore.localhost:4001/api/x",
        "https://mystore.localhost:4000/api/x",
        "https://evil.example/api/x",
    ] {
        assert!(at(bad).is_err(), "{bad}");
    }
    assert!(bare_url(&site, "https://example.com/").is_err());
    let url = bare_url(&site, "http://other.localhost:4000/x").unwrap();
    assert_eq!(url.unwrap().as_str(), "http://other.localhost:4000/x");
}
