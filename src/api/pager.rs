//! Finds the next page from the status, headers and body of the previous one,
//! for each of VTEX's ways of paging.
//!
//! Pure. Not for sending anything.

use reqwest::{StatusCode, Url, header::HeaderMap};
use serde_json::Value;

use super::Items;

/// OMS lists no page after this one.
const LAST_OMS_PAGE: u64 = 30;
/// Catalog search starts no page after this item.
const LAST_SEARCH_ITEM: u64 = 2500;

/// A received page.
pub struct Page<'a> {
    /// Its URL.
    pub url: &'a Url,
    /// Its status.
    pub status: StatusCode,
    /// Its headers.
    pub headers: &'a HeaderMap,
    /// Its body.
    pub items: &'a Items,
}

/// What comes after a page.
#[derive(Debug, PartialEq, Eq)]
pub enum Next {
    /// Nothing.
    End,
    /// The same with these parameters.
    Query(Vec<(String, String)>),
    /// The same with this header.
    Header(&'static str, String),
    /// A page that the API does not return; why, and what to do about it.
    Refused(&'static str, &'static str),
}

/// What is remembered from page to page.
#[derive(Default)]
pub struct Pager {
    scrolls: Option<String>,
}

impl Pager {
    /// What comes after this page.
    pub fn next(&mut self, page: &Page<'_>) -> Next {
        let header = |name: &str| page.headers.get(name).and_then(|value| value.to_str().ok());
        if let Some(token) = header("x-vtex-md-token").filter(|token| !token.is_empty()) {
            self.scrolls = Some(token.to_owned());
        }
        if let Some(token) = &self.scrolls {
            return match page.items.list_length() {
                Some(1..) => query([("_token", token.clone())]),
                _ => Next::End,
            };
        }
        if let Some(range) = header("rest-content-range").and_then(Range::read) {
            // Documents and servers differ on whether the last one is included.
            let length = page.items.list_length().map(|length| length as u64);
            let length = length.unwrap_or(range.to.saturating_sub(range.from));
            let from = range.from.saturating_add(length);
            if length == 0 || from >= range.total {
                return Next::End;
            }
            let to = from.saturating_add(range.to.saturating_sub(range.from).max(1));
            return Next::Header("rest-range", format!("resources={from}-{to}"));
        }
        if page.status == StatusCode::PARTIAL_CONTENT
            && let Some(range) = header("resources").and_then(Range::read)
        {
            let from = range.to.saturating_add(1);
            return match range.moved_on() {
                _ if from >= range.total => Next::End,
                _ if from > LAST_SEARCH_ITEM => Next::Refused(
                    "the search returns no items after the first 2,500",
                    "narrow the search, such as by category or price",
                ),
                next => next,
            };
        }
        numbered(page)
    }

    /// A warning before the last available page.
    pub fn warning(page: &Page<'_>) -> Option<String> {
        let pages = u64_of(&page.items.field("paging")?, "pages")?;
        (is_oms(page.url) && pages > LAST_OMS_PAGE).then(|| {
            format!("OMS has {pages} pages of this list, but returns only the first {LAST_OMS_PAGE}: filter by date")
        })
    }
}

fn is_oms(url: &Url) -> bool {
    url.path().starts_with("/api/oms/")
}

/// `resources 0-9/19`, with or without the word.
struct Range {
    from: u64,
    to: u64,
    total: u64,
}

impl Range {
    fn read(text: &str) -> Option<Self> {
        let text = text.trim();
        let text = text.strip_prefix("resources").unwrap_or(text);
        let (range, total) = text.trim().split_once('/')?;
        let (from, to) = range.trim().split_once('-')?;
        let (from, to) = (from.trim().parse().ok()?, to.trim().parse().ok()?);
        let total = total.trim().parse().ok()?;
        (from <= to).then_some(Self { from, to, total })
    }

    /// The next range of the same length.
    fn moved_on(&self) -> Next {
        let from = self.to.saturating_add(1);
        let to = from.saturating_add(self.to - self.from);
        query([("_from", from.to_string()), ("_to", to.to_string())])
    }
}

/// Pages whose body contains the page number.
fn numbered(page: &Page<'_>) -> Next {
    let items = page.items;
    if let Some(paging) = items.field("paging") {
        let number = number(&paging, &["page", "currentPage"]);
        let pages = u64_of(&paging, "pages").or_else(|| {
            let per = u64_of(&paging, "perPage").filter(|per| *per > 0)?;
            Some(u64_of(&paging, "total")?.div_ceil(per))
        });
        return after(page, number, pages);
    }
    if let Some(pagination) = items.field("pagination") {
        return after(
            page,
            number(&pagination, &["current"]),
            u64_of(&pagination, "pages"),
        );
    }
    if let (Some(number), Some(pages)) = (items.field("Page"), items.field("TotalPage")) {
        return after(page, number.as_u64(), pages.as_u64());
    }
    if let Some(range) = items.field("range") {
        let part = |name| u64_of(&range, name);
        if let (Some(total), Some(from), Some(to)) = (part("total"), part("from"), part("to")) {
            return if to >= total || from > to {
                Next::End
            } else {
                Range { from, to, total }.moved_on()
            };
        }
    }
    // A bare list has no page number, so the request's is used.
    match (items.list_length(), asked_for(page.url, "page")) {
        (Some(1..), Some((name, number))) => {
            query([(&*name, number.saturating_add(1).to_string())])
        }
        _ => Next::End,
    }
}

fn after(page: &Page<'_>, number: Option<u64>, pages: Option<u64>) -> Next {
    let (Some(number), Some(pages)) = (number, pages) else {
        return Next::End;
    };
    let next = number.saturating_add(1);
    if next > pages {
        return Next::End;
    }
    let path = page.url.path();
    if next > LAST_OMS_PAGE && is_oms(page.url) {
        return Next::Refused(
            "OMS returns no pages after the 30th",
            "filter by date, such as with `f_creationDate`, and request 100 per page (`per_page=100`)",
        );
    }
    let usual = if path.starts_with("/api/license-manager/") {
        "pageNumber"
    } else {
        "page"
    };
    let given = [usual, "page", "pageNumber"]
        .into_iter()
        .find_map(|name| asked_for(page.url, name));
    let name = given.map_or_else(|| usual.to_owned(), |(name, _)| name);
    query([(&*name, next.to_string())])
}

/// The parameter as it was typed, and its number.
fn asked_for(url: &Url, wanted: &str) -> Option<(String, u64)> {
    url.query_pairs().find_map(|(name, value)| {
        let number = value.parse().ok()?;
        name.eq_ignore_ascii_case(wanted)
            .then(|| (name.into_owned(), number))
    })
}

fn number(object: &Value, names: &[&str]) -> Option<u64> {
    names.iter().find_map(|name| u64_of(object, name))
}

fn u64_of(object: &Value, name: &str) -> Option<u64> {
    object.get(name)?.as_u64()
}

fn query<'a>(parameters: impl IntoIterator<Item = (&'a str, String)>) -> Next {
    let parameters = parameters.into_iter();
    Next::Query(parameters.map(|(n, v)| (n.to_owned(), v)).collect())
}

/// Sets parameters of a URL's query and leaves the others as they were typed.
pub fn set_query(url: &mut Url, parameters: &[(String, String)]) {
    let is_set = |part: &str| {
        form_urlencoded::parse(part.as_bytes()).any(|(name, _)| {
            parameters
                .iter()
                .any(|(set, _)| name.eq_ignore_ascii_case(set))
        })
    };
    let old = url.query().unwrap_or_default().to_owned();
    let kept = old
        .split('&')
        .filter(|part| !part.is_empty() && !is_set(part));
    let set = parameters.iter().map(|(name, value)| {
        let encode = |s: &str| form_urlencoded::byte_serialize(s.as_bytes()).collect::<String>();
        format!("{}={}", encode(name), encode(value))
    });
    let query: Vec<String> = kept.map(str::to_owned).chain(set).collect();
    url.set_query(Some(&query.join("&")));
}

#[cfg(test)]
mod tests;
