//! `vtexid api --paginate`: every page in each way that VTEX has

use std::fs;

use crate::{
    env::{TestEnv, Tool, stderr, stdout},
    receiver::{self, Receiver},
    sandbox,
};

fn pages(env: &TestEnv, path: &str) -> Tool {
    env.vtexid(["api", path, "--paginate"])
        .env("VTEX_APP_KEY", sandbox::app_key("mystore"))
        .env("VTEX_APP_TOKEN", sandbox::app_token())
}

#[test]
fn every_item_of_every_page_is_a_line() {
    let env = TestEnv::new();
    for (path, requests, items, last) in [
        (
            "/api/oms/pvt/orders?per_page=20",
            3,
            45,
            "{\"orderId\":\"v45-01\"",
        ),
        (
            "/api/catalog_system/pvt/brand/pagedlist",
            3,
            25,
            "{\"id\":25",
        ),
        (
            "/api/license-manager/site/pvt/logins/list/paged",
            2,
            12,
            "{\"id\":12",
        ),
        ("/api/catalog/pvt/collection/search", 3, 5, "{\"id\":5"),
        (
            "/api/catalog_system/pub/products/search?_from=0&_to=19",
            3,
            60,
            "{\"id\":60",
        ),
        (
            "/api/dataentities/CL/search?_fields=id",
            25,
            250,
            "{\"id\":250",
        ),
        (
            "/api/dataentities/CL/scroll?_size=100",
            4,
            250,
            "{\"id\":250",
        ),
        (
            "/api/catalog_system/pvt/sku/stockkeepingunitids?page=1&pagesize=5000",
            3,
            10_000,
            "10000",
        ),
        (
            "/api/catalog_system/pvt/brand/list",
            1,
            2,
            "{\"id\":2000001",
        ),
    ] {
        let before = env.sandbox.requests().len();
        let done = pages(&env, path).run().success();
        let text = stdout(&done);
        assert_eq!(text.lines().count(), items, "{path}");
        let mut lines: Vec<&str> = text.lines().collect();
        assert!(
            lines.last().unwrap().starts_with(last),
            "{path}: {:?}",
            lines.last()
        );
        lines.sort_unstable();
        lines.dedup();
        assert_eq!(lines.len(), items, "{path}");
        assert_eq!(env.sandbox.requests().len() - before, requests, "{path}");
    }
    env.login("mystore");
    let done = env
        .vtexid(["api", "/api/budgets", "--paginate"])
        .run()
        .success();
    assert_eq!(stdout(&done).lines().count(), 5);
}

#[test]
fn a_page_without_a_list_is_a_line() {
    let env = TestEnv::new();
    let path = "/api/catalog_system/pvt/products/GetProductAndSkuIds?_from=1&_to=25";
    let done = pages(&env, path).run().success();
    let text = stdout(&done);
    assert_eq!(text.lines().count(), 3);
    assert!(text.lines().all(|line| line.starts_with("{\"data\":{")));
    assert!(text.contains("\"60\":[600]"));
}

#[test]
fn after_thirty_pages_of_oms_it_fails_with_a_hint() {
    let env = TestEnv::new();
    let done = pages(&env, "/api/oms/pvt/orders?per_page=1").run().code(1);
    assert_eq!(stdout(&done).lines().count(), 30);
    let words = stderr(&done);
    assert!(
        words.contains("stopped after 30 pages (30 items)"),
        "{words}"
    );
    assert!(words.contains("filter by date"), "{words}");
    assert_eq!(env.requests_to("/api/oms/pvt/orders").len(), 30);
}

#[test]
fn a_failing_page_is_an_error_with_the_count_of_pages_and_items() {
    let env = TestEnv::new();
    let server = Receiver::start(|_, number, stream| {
        if number < 3 {
            let body = format!("[{number}]");
            receiver::answer(stream, "200 OK", body.as_bytes());
        } else {
            receiver::answer(stream, "400 Bad Request", b"{\"message\": \"no\"}");
        }
    });
    fs::write(env.root().join("out"), "old").unwrap();
    let tool = || pages(&env, "/api/x?page=1").env("VTEXID_URL", server.url());
    let done = tool().run().code(1).stdout("1\n2\n");
    let words = stderr(&done);
    assert!(
        words.contains("stopped after 2 pages (2 items): "),
        "{words}"
    );
    assert!(words.contains("answered 400"), "{words}");
    tool().arg("-o").arg("out").run().code(1).stdout("");
    assert_eq!(fs::read_to_string(env.root().join("out")).unwrap(), "old");
}

#[test]
fn a_repeated_page_is_an_error() {
    let env = TestEnv::new();
    let server = Receiver::start(|_, _, stream| receiver::answer(stream, "200 OK", b"[1, 2]"));
    let tool = pages(&env, "/api/x?page=1").env("VTEXID_URL", server.url());
    let done = tool.run().code(1).stdout("1\n2\n");
    assert!(
        stderr(&done).contains("page 2 is the same as page 1"),
        "{}",
        stderr(&done)
    );
    assert_eq!(server.log().len(), 2);
}

#[test]
fn items_are_as_they_were_written_on_one_line() {
    let env = TestEnv::new();
    let body = "{ \"paging\": {\"pages\": 1, \"page\": 1},\n \"items\": [\n {\"a\": 1.50,\n \"b\": 12345678901234567890},\n \"c  d\", null ] }";
    let server =
        Receiver::start(move |_, _, stream| receiver::answer(stream, "200 OK", body.as_bytes()));
    let tool = pages(&env, "/api/x").env("VTEXID_URL", server.url());
    tool.run()
        .success()
        .stdout("{\"a\":1.50,\"b\":12345678901234567890}\n\"c  d\"\nnull\n");
    let server = Receiver::start(|_, _, stream| receiver::answer(stream, "200 OK", b"<html>"));
    let done = pages(&env, "/api/x")
        .env("VTEXID_URL", server.url())
        .run()
        .code(1);
    assert!(stderr(&done).contains("not JSON"), "{}", stderr(&done));
}

#[test]
fn a_busy_server_is_asked_for_the_same_page_again() {
    let env = TestEnv::new();
    env.fail("/api/oms=busy:0*2");
    let done = pages(&env, "/api/oms/pvt/orders?per_page=20")
        .run()
        .success();
    assert_eq!(stdout(&done).lines().count(), 45);
    assert_eq!(env.requests_to("/api/oms/pvt/orders").len(), 5);
}
