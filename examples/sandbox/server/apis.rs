//! Five families of VTEX's APIs, as far as vtexid's documentation uses them: catalog, OMS, License Manager, Master Data and
//! pricing, and one path each of a few others. Each way of paging that VTEX has is among them.
//!
//! They want a token or an app key pair, as VTEX's do, and know nothing that a store would.

use serde_json::{Map, Value, json};

use super::Shared;
use super::http::{Request, Response};
use super::tokens::{app_key, app_token};

const TOKEN: &str = "VtexIdclientAutCookie";

const ORDERS: usize = 45;
const BRANDS: usize = 25;
const PRODUCTS: usize = 60;
const SKUS: usize = 10_000;
const CUSTOMERS: usize = 250;
const LOGINS: usize = 12;
/// OMS gives no more pages than this.
const ORDER_PAGES: usize = 30;

/// What a request was sent with.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Sent {
    Nothing,
    Token,
    Pair,
}

impl Shared {
    /// The answer, if the request is to one of these.
    pub(super) fn apis(&self, request: &Request) -> Option<Response> {
        let (account, path) = place(request)?;
        let sent = self.sent(&account, request);
        let answer = match (request.method.as_str(), path.as_str()) {
            ("GET", "/api/catalog_system/pub/products/search") => return Some(search(request)),
            ("GET", "/api/catalog_system/pvt/brand/pagedlist") => {
                paged(request, BRANDS, "page", "pageSize")
            }
            ("GET", "/api/catalog_system/pvt/products/GetProductAndSkuIds") => product_ids(request),
            ("GET", "/api/catalog_system/pvt/sku/stockkeepingunitids") => sku_ids(request),
            ("GET", "/api/catalog/pvt/collection/search") => collections(request),
            ("GET", "/api/oms/pvt/orders") => orders(request),
            ("GET", "/api/license-manager/site/pvt/logins/list/paged") => {
                paged(request, LOGINS, "pageNumber", "numItems")
            }
            ("GET", "/api/dataentities/CL/search") => documents(request),
            ("GET", "/api/dataentities/CL/scroll") => scroll(request),
            ("POST", "/api/dataentities/CL/documents") => {
                Response::json(201, &json!({"DocumentId": "1"}))
            }
            ("GET", "/pricing/prices/1") => {
                Response::json(200, &json!({"itemId": "1", "basePrice": 19.90}))
            }
            ("PUT", "/pricing/prices/1") => Response::text(200, ""),
            ("POST", "/_v/private/graphql/v1") => Response::json(
                200,
                &json!({"data": {"host": request.host, "sent": request.body}}),
            ),
            ("GET", "/api/budgets") if sent == Sent::Pair => {
                return Some(Response::json(403, &json!({"message": "token only"})));
            }
            ("GET", "/api/budgets") => budgets(request),
            ("GET", "/api/sent-offers/feeds") if sent == Sent::Token => {
                return Some(Response::json(403, &json!({"message": "app keys only"})));
            }
            ("GET", "/api/sent-offers/feeds") => Response::json(200, &json!([])),
            _ => return None,
        };
        Some(match sent {
            Sent::Nothing => Response::json(
                401,
                &json!({"error": "no valid credential for this account"}),
            ),
            _ => answer,
        })
    }

    /// What the account accepts of what was sent.
    pub(super) fn sent(&self, account: &str, request: &Request) -> Sent {
        if request.header("X-VTEX-API-AppKey") == Some(&app_key(account))
            && request.header("X-VTEX-API-AppToken") == Some(&app_token())
        {
            return Sent::Pair;
        }
        let token = request
            .header(TOKEN)
            .map(str::to_owned)
            .or_else(|| request.cookie(TOKEN));
        let named = self.options.token_account.as_deref().unwrap_or(account);
        match token.and_then(|token| self.accept(&token)) {
            Some(claims) if claims["account"] == account || claims["account"] == named => {
                Sent::Token
            }
            _ => Sent::Nothing,
        }
    }
}

/// The account and the path, wherever a host of VTEX's reads the account.
fn place(request: &Request) -> Option<(String, String)> {
    let host = request.host.split(':').next().unwrap_or_default();
    let first = request.path.split('/').nth(1).unwrap_or_default();
    let by_path = || Some((first.to_owned(), request.path[first.len() + 1..].to_owned()));
    match host {
        "api.vtex.com" | "logistics.vtexcommercestable.com.br" => by_path(),
        "portal.vtexcommercestable.com.br"
        | "rnb.vtexcommercestable.com.br"
        | "prchub.vtexcommercestable.com.br"
        | "pcs.vtexcommercestable.com.br"
        | "api.vtexcommercestable.com.br" => Some((request.query("an")?, request.path.clone())),
        _ => {
            let account = request.account()?;
            if first == account {
                by_path()
            } else {
                Some((account, request.path.clone()))
            }
        }
    }
}

fn number(request: &Request, name: &str, otherwise: usize) -> usize {
    request
        .query(name)
        .and_then(|value| value.parse().ok())
        .unwrap_or(otherwise)
}

/// The numbers of a page's items, from 1.
fn page_of(page: usize, size: usize, total: usize) -> impl Iterator<Item = usize> {
    let from = page.saturating_sub(1).saturating_mul(size).min(total);
    (from + 1)..=(from + size).min(total)
}

fn list(numbers: impl Iterator<Item = usize>, name: &str) -> Value {
    numbers
        .map(|n| json!({"id": n, "name": format!("{name} {n}")}))
        .collect()
}

/// `paging`, as brands and License Manager have it.
fn paged(request: &Request, total: usize, page: &str, size: &str) -> Response {
    let (page, size) = (number(request, page, 1), number(request, size, 10).max(1));
    let answer = json!({
        "items": list(page_of(page, size, total), "item"),
        "paging": {"page": page, "perPage": size, "total": total, "pages": total.div_ceil(size)},
    });
    Response::json(200, &answer)
}

/// `paging`, with other names, a second list, and an end at page 30.
fn orders(request: &Request) -> Response {
    let (page, size) = (
        number(request, "page", 1),
        number(request, "per_page", 15).max(1),
    );
    if page > ORDER_PAGES {
        return Response::json(
            400,
            &json!({"error": {"code": "1", "message": "Max page exceed"}}),
        );
    }
    let orders: Vec<Value> = page_of(page, size, ORDERS)
        .map(
            |n| json!({"orderId": format!("v{n}-01"), "totalValue": n * 100, "status": "invoiced"}),
        )
        .collect();
    let answer = json!({
        "list": orders,
        "facets": [],
        "paging": {"total": ORDERS, "pages": ORDERS.div_ceil(size), "currentPage": page, "perPage": size},
        "stats": {"stats": {}},
    });
    Response::json(200, &answer)
}

/// `pagination`
fn budgets(request: &Request) -> Response {
    let page = number(request, "page", 1);
    let answer = json!({"data": list(page_of(page, 2, 5), "budget"), "pagination": {"current": page, "pages": 3}});
    Response::json(200, &answer)
}

/// `Page` and `TotalPage`
fn collections(request: &Request) -> Response {
    let (page, size) = (
        number(request, "page", 1),
        number(request, "pageSize", 2).max(1),
    );
    let answer = json!({
        "Page": page, "Size": size, "TotalRows": 5, "TotalPage": 5_usize.div_ceil(size),
        "Data": list(page_of(page, size, 5), "collection"),
    });
    Response::json(200, &answer)
}

/// `range`, and no list.
fn product_ids(request: &Request) -> Response {
    let (from, to) = (
        number(request, "_from", 1).max(1),
        number(request, "_to", 20),
    );
    let ids: Map<String, Value> = (from..=to.min(PRODUCTS))
        .map(|n| (n.to_string(), json!([n * 10])))
        .collect();
    let answer = json!({"data": ids, "range": {"total": PRODUCTS, "from": from, "to": to}});
    Response::json(200, &answer)
}

/// A bare list, for who asks with `page` and `pagesize`.
fn sku_ids(request: &Request) -> Response {
    let (page, size) = (
        number(request, "page", 1),
        number(request, "pagesize", 20).max(1),
    );
    Response::json(200, &page_of(page, size, SKUS).map(|n| json!(n)).collect())
}

/// Status 206 with `resources`.
fn search(request: &Request) -> Response {
    let (from, to) = (number(request, "_from", 0), number(request, "_to", 9));
    if to < from || to - from >= 50 {
        return Response::text(400, "Quantidade de registros permitidos é de 50");
    }
    let to = to.min(PRODUCTS - 1);
    let products = list((from..=to).map(|n| n + 1), "product");
    Response::json(206, &products).with("resources", format!("{from}-{to}/{PRODUCTS}"))
}

/// `REST-Content-Range`, whose last number is the first of the next page.
fn documents(request: &Request) -> Response {
    let range = request.header("REST-Range").unwrap_or("resources=0-10");
    let range = range
        .strip_prefix("resources=")
        .and_then(|range| range.split_once('-'));
    let range = range.and_then(|(from, to)| Some((from.parse().ok()?, to.parse().ok()?)));
    let Some((from, to)) =
        range.filter(|(from, to): &(usize, usize)| from < to && to - from <= 100)
    else {
        return Response::json(400, &json!({"Message": "Invalid range"}));
    };
    let to = to.min(CUSTOMERS);
    let documents = list((from..to).map(|n| n + 1), "customer");
    Response::json(200, &documents).with(
        "REST-Content-Range",
        format!("resources {from}-{to}/{CUSTOMERS}"),
    )
}

/// `X-VTEX-MD-TOKEN`, which here says where the scroll is.
fn scroll(request: &Request) -> Response {
    let size = number(request, "_size", 50).clamp(1, 1000);
    let from = request
        .query("_token")
        .and_then(|token| token.strip_prefix("at/")?.parse().ok());
    let from = from.unwrap_or(0).min(CUSTOMERS);
    let to = (from + size).min(CUSTOMERS);
    Response::json(200, &list((from..to).map(|n| n + 1), "customer"))
        .with("X-VTEX-MD-TOKEN", format!("at/{to}"))
}
