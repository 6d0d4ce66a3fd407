//! Each way of paging, from an answer to the next request.

use reqwest::{
    StatusCode, Url,
    header::{HeaderMap, HeaderName},
};

use super::{Items, Next, Page, Pager, set_query};

fn next(
    pager: &mut Pager,
    status: u16,
    header: Option<(&str, &str)>,
    url: &str,
    body: &str,
) -> String {
    let mut headers = HeaderMap::new();
    if let Some((name, value)) = header {
        headers.insert(HeaderName::try_from(name).unwrap(), value.parse().unwrap());
    }
    let url = Url::parse(&format!("https://mystore.myvtex.com{url}")).unwrap();
    let page = Page {
        url: &url,
        status: StatusCode::from_u16(status).unwrap(),
        headers: &headers,
        items: &Items::read(body.as_bytes()).unwrap(),
    };
    match pager.next(&page) {
        Next::End => "end".to_owned(),
        Next::Header(name, value) => format!("{name}: {value}"),
        Next::Refused(why, _) => why.to_owned(),
        Next::Query(parameters) => {
            let mut url = url.clone();
            set_query(&mut url, &parameters);
            url.query().unwrap_or_default().to_owned()
        }
    }
}

#[test]
#[expect(clippy::too_many_lines, reason = "one table")]
fn each_way_of_paging_has_a_next_page_and_an_end() {
    const RANGE: &str = "rest-content-range";
    for (status, header, url, body, expected) in [
        // Master Data search
        (
            200,
            Some((RANGE, "resources 0-2/5")),
            "/x?_fields=a",
            "[1,2]",
            "rest-range: resources=2-4",
        ),
        (
            200,
            Some((RANGE, "resources 0-1/5")),
            "/x",
            "[1,2]",
            "rest-range: resources=2-3",
        ),
        (200, Some((RANGE, "resources 2-4/4")), "/x", "[1,2]", "end"),
        (200, Some((RANGE, "resources 2-4/9")), "/x", "[]", "end"),
        (200, Some((RANGE, "nonsense")), "/x", "[1]", "end"),
        // catalog search
        (
            206,
            Some(("resources", "0-9/19")),
            "/x?fq=a&_from=0&_to=9",
            "[1]",
            "fq=a&_from=10&_to=19",
        ),
        (206, Some(("resources", "10-18/19")), "/x", "[1]", "end"),
        (
            206,
            Some(("resources", "2451-2500/9000")),
            "/x",
            "[1]",
            "the search returns no items after the first 2,500",
        ),
        (200, Some(("resources", "0-9/19")), "/x", "[1]", "end"),
        // OMS, logistics, brands
        (
            200,
            None,
            "/api/oms/pvt/orders?page=1&q=a%20b",
            r#"{"paging":{"pages":3,"currentPage":1}}"#,
            "q=a%20b&page=2",
        ),
        (
            200,
            None,
            "/api/logistics/x",
            r#"{"paging":{"page":1,"perPage":10,"total":11}}"#,
            "page=2",
        ),
        (
            200,
            None,
            "/api/oms/x",
            r#"{"paging":{"pages":3,"currentPage":3}}"#,
            "end",
        ),
        (
            200,
            None,
            "/api/oms/x",
            r#"{"paging":{"pages":31,"currentPage":30}}"#,
            "OMS returns no pages after the 30th",
        ),
        (
            200,
            None,
            "/api/logistics/x",
            r#"{"paging":{"pages":31,"currentPage":30}}"#,
            "page=31",
        ),
        (
            200,
            None,
            "/api/oms/x",
            r#"{"paging":{"pages":30,"currentPage":30}}"#,
            "end",
        ),
        (200, None, "/api/oms/x", r#"{"paging":{}}"#, "end"),
        (
            200,
            None,
            "/api/oms/x",
            r#"{"paging":{"total":5,"perPage":0,"page":1}}"#,
            "end",
        ),
        // License Manager
        (
            200,
            None,
            "/api/license-manager/x",
            r#"{"paging":{"page":1,"pages":2}}"#,
            "pageNumber=2",
        ),
        (
            200,
            None,
            "/api/license-manager/x?pagenumber=1",
            r#"{"paging":{"page":1,"pages":2}}"#,
            "pagenumber=2",
        ),
        // budgets, collections
        (
            200,
            None,
            "/api/budgets",
            r#"{"pagination":{"current":1,"pages":2}}"#,
            "page=2",
        ),
        (
            200,
            None,
            "/x?Page=1",
            r#"{"Page":1,"TotalPage":2,"Data":[]}"#,
            "Page=2",
        ),
        (
            200,
            None,
            "/x",
            r#"{"Page":2,"TotalPage":2,"Data":[]}"#,
            "end",
        ),
        // products and SKUs
        (
            200,
            None,
            "/x?_from=1&_to=50",
            r#"{"range":{"total":60,"from":1,"to":50}}"#,
            "_from=51&_to=100",
        ),
        (
            200,
            None,
            "/x",
            r#"{"range":{"total":60,"from":51,"to":100}}"#,
            "end",
        ),
        // a bare list
        (
            200,
            None,
            "/x?page=2&pagesize=10",
            "[1]",
            "pagesize=10&page=3",
        ),
        (200, None, "/x?page=2&pagesize=10", "[]", "end"),
        (200, None, "/x", "[1]", "end"),
        (200, None, "/x?page=two", "[1]", "end"),
        (200, None, "/x?page=1", "{\"a\":1}", "end"),
    ] {
        let found = next(&mut Pager::default(), status, header, url, body);
        assert_eq!(found, expected, "{status} {header:?} {url} {body}");
    }
}

#[test]
fn a_scroll_goes_on_until_a_page_is_empty() {
    let mut pager = Pager::default();
    let token = Some(("x-vtex-md-token", "A+B"));
    let first = next(&mut pager, 200, token, "/x/scroll?_size=2", "[1,2]");
    assert_eq!(first, "_size=2&_token=A%2BB");
    let second = next(
        &mut pager,
        200,
        None,
        "/x/scroll?_size=2&_token=A%2BB",
        "[3]",
    );
    assert_eq!(second, "_size=2&_token=A%2BB");
    assert_eq!(
        next(&mut pager, 200, token, "/x/scroll?_token=A", "[]"),
        "end"
    );
}
