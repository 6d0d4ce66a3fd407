//! `vtexid api`: which host a path goes to, and that no other is ever sent a
//! credential

use serde_json::json;

use crate::{
    env::{TestEnv, Tool, now, stderr, stdout},
    receiver::{self, Receiver},
    sandbox,
    support::proxy::Proxy,
};

const COMMERCE: &str = "https://mystore.vtexcommercestable.com.br";
const STORE: &str = "https://mystore.myvtex.com";
const PAYMENTS: &str = "https://mystore.vtexpayments.com.br";
const SHARED: &str = "https://api.vtex.com/mystore";
const LOGISTICS: &str = "https://logistics.vtexcommercestable.com.br/mystore";

/// Documented paths, and where VTEX serves them.
const PATHS: [(&str, &str); 64] = [
    ("/api/catalog_system/pvt/brand/list", COMMERCE),
    ("/api/catalog_system/pub/products/search", COMMERCE),
    (
        "/api/catalog_system/pvt/sku/stockkeepingunitbyid/1",
        COMMERCE,
    ),
    ("/api/catalog/pvt/product/1", COMMERCE),
    ("/api/catalog/pvt/collection/search", COMMERCE),
    ("/api/checkout/pub/orderForm", COMMERCE),
    ("/api/checkout/pvt/configuration/orderForm", COMMERCE),
    ("/api/oms/pvt/orders", COMMERCE),
    ("/api/oms/pvt/orders/v1-01/invoice", COMMERCE),
    ("/api/oms/user/orders", COMMERCE),
    ("/api/orders/feed/config", COMMERCE),
    ("/api/orders/hook/config", COMMERCE),
    ("/api/order-integration/orders", COMMERCE),
    ("/api/logistics/pvt/inventory/skus/1", COMMERCE),
    ("/api/logistics/pvt/configuration/docks", COMMERCE),
    ("/api/dataentities/CL/search", COMMERCE),
    ("/api/dataentities/CL/documents/1", COMMERCE),
    ("/api/dataentities/AD/schemas", COMMERCE),
    ("/api/license-manager/users/1/roles", COMMERCE),
    ("/api/license-manager/site/pvt/logins/list/paged", COMMERCE),
    ("/api/vlm/account", COMMERCE),
    ("/api/vlm/account/stores", COMMERCE),
    ("/api/rnb/pvt/calculatorconfiguration", COMMERCE),
    ("/api/giftcards/1", COMMERCE),
    ("/api/giftcardproviders", COMMERCE),
    ("/api/intelligent-search/v0/product-search", COMMERCE),
    ("/api/io/safedata/CL/search", COMMERCE),
    ("/api/sessions", COMMERCE),
    ("/api/segments/1", COMMERCE),
    ("/api/vtexid/apptoken/login", COMMERCE),
    ("/api/vtexid/credential/validate", COMMERCE),
    ("/api/vtexid/pvt/user/id", COMMERCE),
    ("/api/vtexid/pvt/user/info", COMMERCE),
    ("/api/seller-register/pvt/sellers", COMMERCE),
    ("/api/subscriptions", COMMERCE),
    ("/api/tracking/pvt/events", COMMERCE),
    ("/api/pvt/other", COMMERCE),
    ("/api/budgets", STORE),
    ("/api/budgets/1/entries", STORE),
    ("/api/organization-units/1", STORE),
    ("/api/dataentities/customFields/documents", STORE),
    ("/api/vtexid/pub/authentication/start", STORE),
    ("/api/vtexid/refreshtoken/webstore", STORE),
    ("/api/vtexid/organization-units/1/users", STORE),
    ("/_v/private/graphql/v1", STORE),
    ("/_v/segment/graphql/v1", STORE),
    ("/_v/anything", STORE),
    ("/reviews-and-ratings/api/reviews", STORE),
    ("/pickpack/orders", STORE),
    ("/commercial-authorizations/1", STORE),
    ("/pricing/prices/1", SHARED),
    ("/pricing/prices/1/fixed/2", SHARED),
    ("/pricing/config", SHARED),
    ("/suggestions", SHARED),
    ("/suggestions/1/2", SHARED),
    ("/availability/v1/items", LOGISTICS),
    ("/api/payments/pvt/transactions", PAYMENTS),
    ("/api/pvt/transactions/1/payments", PAYMENTS),
    ("/api/pvt/affiliations", PAYMENTS),
    ("/api/pvt/rules/1", PAYMENTS),
    ("/api/pvt/installments", PAYMENTS),
    ("/api/pvt/merchants/payment-systems", PAYMENTS),
    ("/api/pvt/payments/1", PAYMENTS),
    ("/api/catalog_system/pvt/sku/a%2Fb", COMMERCE),
];

/// Served by hosts that read the account from the query.
const WITH_AN: [(&str, &str); 8] = [
    ("/api/sent-offers/feeds", "portal"),
    ("/api/channel-manager/sellers", "portal"),
    ("/api/mkp-category-mapper/categories", "portal"),
    ("/api/pricing/pvt/price-sheet", "rnb"),
    ("/api/pricing-hub/prices", "prchub"),
    ("/api/payment-configuration-service/rules", "pcs"),
    ("/api/recommend-bff/v2/users", "api"),
    ("/api/recommend-bff/v2/products", "api"),
];

fn on_vtex(env: &TestEnv, arguments: &[&str]) -> Tool {
    let all = ["api", "-a", "mystore"];
    env.vtexid(all.iter().chain(arguments))
        .without("VTEXID_URL")
}

fn url_of(env: &TestEnv, arguments: &[&str]) -> String {
    let all: Vec<&str> = arguments.iter().copied().chain(["--print-curl"]).collect();
    let done = on_vtex(env, &all).run().success().stderr("");
    let text = stdout(&done);
    let url = text
        .split([' ', '\n'])
        .find(|word| word.contains("https://"));
    url.unwrap().trim_matches('\'').to_owned()
}

#[test]
fn each_path_goes_to_the_host_that_is_documented_for_it() {
    let env = TestEnv::new();
    for (path, host) in PATHS {
        assert_eq!(url_of(&env, &[path]), format!("{host}{path}"));
    }
    for (path, host) in WITH_AN {
        let expected = format!("https://{host}.vtexcommercestable.com.br{path}?an=mystore");
        assert_eq!(url_of(&env, &[path]), expected);
        // What is there already stays.
        let given = format!("{path}?a=1&an=mystore");
        assert!(url_of(&env, &[&given]).ends_with(&given));
    }
    assert_eq!(
        url_of(&env, &["/_v/x", "--workspace", "dev"]),
        "https://dev--mystore.myvtex.com/_v/x"
    );
    assert_eq!(
        url_of(&env, &["api/oms/x"]),
        format!("{COMMERCE}/api/oms/x")
    );
}

/// A token of the account that is a fortnight from its end.
fn token(env: &TestEnv) -> String {
    env.sandbox.mint(&json!({
        "sub": "dev@example.com", "account": "mystore", "audience": "admin", "type": "user",
        "userId": "1", "exp": now() + 3600, "iat": now(),
    }))
}

/// The tool behind a proxy that leads every host to the sandbox.
fn behind(proxy: &Proxy, env: &TestEnv, arguments: &[&str]) -> Tool {
    on_vtex(env, arguments)
        .env("HTTPS_PROXY", proxy.url())
        .env("SSL_CERT_FILE", &proxy.authority)
}

#[test]
fn the_credential_reaches_each_kind_of_host() {
    let env = TestEnv::new();
    let proxy = Proxy::start(env.root(), env.sandbox.port());
    let token = token(&env);
    for path in [
        "/api/oms/pvt/orders",
        "/api/budgets",
        "/pricing/prices/1",
        "/api/pvt/rules",
        "/api/sent-offers/feeds",
    ] {
        behind(&proxy, &env, &[path, "-q"])
            .env("VTEX_TOKEN", &token)
            .run();
        let request = env.sandbox.requests().pop().unwrap();
        assert!(request.path.ends_with(path), "{request:?}");
        let name = "VtexIdclientAutCookie";
        assert_eq!(request.header(name), Some(&*token), "{path}");
        behind(&proxy, &env, &[path, "-q"])
            .env("VTEX_APP_KEY", sandbox::app_key("mystore"))
            .env("VTEX_APP_TOKEN", sandbox::app_token())
            .run();
        let request = env.sandbox.requests().pop().unwrap();
        let key = request.header("X-VTEX-API-AppKey");
        if path == "/api/budgets" {
            // Documented for a token, which was made from the pair.
            assert!(request.header(name).unwrap().starts_with("eyJ"));
            assert_eq!(key, None);
        } else {
            assert_eq!(key, Some(&*sandbox::app_key("mystore")), "{path}");
            assert_eq!(request.header(name), None);
        }
    }
    let hosts = [
        "mystore.vtexcommercestable.com.br",
        "mystore.myvtex.com",
        "mystore.vtexpayments.com.br",
        "api.vtex.com",
        "portal.vtexcommercestable.com.br",
    ];
    for head in proxy.heads() {
        let host = head.strip_prefix("CONNECT ").unwrap();
        assert!(
            hosts.iter().any(|h| host.starts_with(&format!("{h}:443 "))),
            "{head}"
        );
    }
}

/// Each would lead a careless tool to another host, path or account.
const HOSTILE: [&str; 52] = [
    "",
    " ",
    "@evil.example/x",
    "/@evil.example/x",
    ":443@evil.example/x",
    ".evil.example/x",
    "//evil.example/x",
    "//evil.example/api/x",
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
    "https://evil.example\\@mystore.vtexcommercestable.com.br/api/x",
    "https://mystore.vtexcommercestable.com.br\\@evil.example/api/x",
    "https://evil.example#@mystore.vtexcommercestable.com.br/api/x",
    "https://evil.example?@mystore.vtexcommercestable.com.br/api/x",
    "https://other.vtexcommercestable.com.br/api/x",
    "https://other.myvtex.com/_v/x",
    "https://mystore--other.myvtex.com/_v/x",
    "https://mystore.myvtex.com./_v/x",
    "https://127.0.0.1/api/x",
    "https://api.vtex.com/other/pricing/prices/1",
    "https://api.vtex.com//mystore/pricing/prices/1",
    "https://api.vtex.com/mystore/../other/pricing/prices/1",
    "https://api.vtex.com/mystore%2f..%2fother/pricing/prices/1",
    "/other/pricing/prices/1",
    "/../other/pricing/prices/1",
    "/pricing/../../other/pricing/prices/1",
    "/pricing/%2e%2e/%2E%2e/other/pricing/prices/1",
    "/pricing/..%2f..%2fother/pricing",
    "/pricing/..%5c..%5cother/pricing",
    "/pricing/%252e%252e%252f%252e%252e%252fother/pricing",
    "/pricing/..;/..;/other/pricing",
    "/api/./x",
    "/api/x/..",
    "/api/x?an=other",
    "/api/x?AN=other",
    "/api/x?%61n=other",
    "/api/x?an=mystore&an=other",
    "/api/sent-offers?an=",
    "/api/x#y",
    "/api/x\r\nHost: evil.example",
    "C:/Program Files/Git/api/x",
    "/unknown/x",
];

#[test]
fn no_typed_text_sends_a_credential_elsewhere() {
    let env = TestEnv::new();
    let proxy = Proxy::start(env.root(), env.sandbox.port());
    let token = token(&env);
    let mut lines: Vec<Vec<&str>> = HOSTILE.iter().map(|path| vec![*path]).collect();
    for host in [
        "evil.example",
        "other.myvtex.com",
        "mystore.myvtex.com@evil.example",
        "mystore.myvtex.com:8443",
        "mystore.myvtex.com.",
        "evil.example/mystore.myvtex.com",
        "evil.example\\.myvtex.com",
    ] {
        lines.push(vec!["/api/x", "--host", host]);
    }
    for workspace in ["evil.example/", "Dev", "a--b", "other.myvtex.com/x"] {
        lines.push(vec!["/_v/x", "--workspace", workspace]);
    }
    lines.push(vec!["/api/x", "--workspace", "dev"]);
    for header in [
        "Host: evil.example",
        "host:evil.example",
        "VtexIdclientAutCookie: a",
        "X-VTEX-API-AppKey: a",
        "X-VTEX-API-AppToken: a",
        "Cookie: VtexIdclientAutCookie=a",
        "Content-Length: 100",
        "Transfer-Encoding: chunked",
        "X: a\r\nHost: evil.example",
        "nocolon",
    ] {
        lines.push(vec!["/api/x", "-H", header]);
    }
    for line in lines {
        let done = behind(&proxy, &env, &line).env("VTEX_TOKEN", &token).run();
        let words = stderr(&done);
        done.code(2).stdout("");
        assert!(words.starts_with("error: "), "{line:?}: {words}");
        assert!(!words.contains(&token), "{words}");
    }
    assert_eq!(proxy.heads(), [""; 0]);
    assert_eq!(env.sandbox.requests().len(), 0);
}

#[test]
fn other_addresses_can_be_requested_without_a_credential() {
    let env = TestEnv::new();
    let proxy = Proxy::start(env.root(), env.sandbox.port());
    let token = token(&env);
    for line in [
        &["https://www.example/jwk", "--as", "none"][..],
        &["/jwk", "--host", "www.example", "--as", "none"],
        &["https://other.myvtex.com/jwk", "--as", "none"],
    ] {
        let done = behind(&proxy, &env, line)
            .env("VTEX_TOKEN", &token)
            .run()
            .success();
        assert!(stdout(&done).contains("\"kty\""));
        let request = env.sandbox.requests().pop().unwrap();
        let headers = format!("{:?}", request.headers);
        assert!(
            !headers.contains("eyJ") && !headers.contains("VtexId"),
            "{headers}"
        );
    }
    let refused = behind(&proxy, &env, &["http://www.example/", "--as", "none"]);
    refused.run().code(2);
}

#[test]
fn a_redirect_is_not_followed() {
    let elsewhere = Receiver::start(|_, _, stream| receiver::answer(stream, "200 OK", b"{}"));
    let target = elsewhere.url();
    let server = Receiver::start(move |_, _, stream| {
        let head = format!("302 Found\r\nLocation: {target}/api/x?token=SECRET");
        receiver::answer(stream, &head, b"moved");
    });
    let env = TestEnv::new();
    let token = token(&env);
    for status_or_method in [&[][..], &["-X", "POST"], &["--paginate"]] {
        let mut line = vec!["api", "/api/oms/x", "-a", "mystore"];
        line.extend(status_or_method);
        let done = env
            .vtexid(line)
            .env("VTEXID_URL", server.url())
            .env("VTEX_TOKEN", &token)
            .run()
            .code(1)
            .stdout("");
        let words = stderr(&done);
        assert!(words.contains("a redirect to 127.0.0.1"), "{words}");
        assert!(!words.contains("SECRET"), "{words}");
    }
    assert_eq!(server.log().len(), 3);
    assert_eq!(elsewhere.log().len(), 0);
}

#[test]
fn a_token_of_another_account_is_not_sent() {
    let env = TestEnv::new();
    let token = token(&env);
    let done = env
        .vtexid(["api", "/api/oms/pvt/orders", "-a", "other"])
        .env("VTEX_TOKEN", &token)
        .run()
        .code(4)
        .stdout("");
    assert!(stderr(&done).contains("VTEX_TOKEN"), "{}", stderr(&done));
    assert_eq!(env.sandbox.requests().len(), 0);
    // Where no account is named, it is the token's.
    env.vtexid(["api", "/api/oms/pvt/orders"])
        .env("VTEX_TOKEN", &token)
        .run()
        .success();
}
