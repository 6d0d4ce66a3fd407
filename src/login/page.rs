//! The last page in the browser: self-contained, with nothing in it that a
//! visitor could inject. The texts are in `words`.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use bytes::Bytes;
use http_body_util::Full;
use hyper::{
    Response, StatusCode,
    header::{self, HeaderValue},
};
use ring::digest;

use super::{
    sign::Sign,
    tries::Stage,
    words::{DONE, ERROR, EXPIRED, FAILED, FINISHED, NO_TOKEN, NOT_YET, REFUSED, TRYING, WAITING},
};

const TEMPLATE: &str = include_str!("page.html");

/// How often a page that waits reloads itself.
const RELOAD_SECONDS: u32 = 1;

/// Who was logged in, and to what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// The login name in the token.
    pub login: String,
    /// The account.
    pub account: String,
    /// According to this machine's clock the token has already expired.
    pub expired: bool,
}

/// The pages there are.
#[derive(Debug)]
pub enum Page<'a> {
    /// The state of a visit with a one-time token.
    Visit(&'a Stage),
    /// The visit had no usable one-time token.
    NoToken,
    /// VTEX ID reported an error.
    Error,
}

impl<'a> Page<'a> {
    /// The page of a visit.
    pub fn of(stage: &'a Stage) -> Self {
        Self::Visit(stage)
    }

    /// The page in the language the browser asks for, as an HTTP answer.
    pub fn response(&self, accept_language: Option<&str>) -> Response<Full<Bytes>> {
        let language = language(accept_language.unwrap_or_default());
        let (title, text) = self.texts(language);
        let sign = self.sign();
        let (before, rest) = TEMPLATE.split_once("<style>").unwrap_or((TEMPLATE, ""));
        let (style, after) = rest.split_once("</style>").unwrap_or(("", rest));
        // The reload leads to the address of this page, and needs no script.
        let reload = if self.reloads() {
            format!("<meta http-equiv=\"refresh\" content=\"{RELOAD_SECONDS}\">\n")
        } else {
            String::new()
        };
        let fill = |part: &str| {
            part.replace("{{language}}", language)
                .replace("{{reload}}\n", &reload)
                .replace("{{icon}}", &sign.icon())
                .replace("{{sign}}", sign.class())
                .replace("{{drawing}}", sign.drawing())
                .replace("{{title}}", title)
                .replace("{{text}}", &text)
        };
        let body = format!("{}<style>{style}</style>{}", fill(before), fill(after));
        // Allows only the page's own style (by its hash), and only its own icon
        // as a picture.
        let hash = STANDARD.encode(digest::digest(&digest::SHA256, style.as_bytes()));
        let policy = format!(
            "default-src 'none'; style-src 'sha256-{hash}'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
        );
        let mut response = Response::new(Full::from(body));
        *response.status_mut() = self.status();
        let headers = response.headers_mut();
        headers.insert(
            header::CONTENT_TYPE,
            HeaderValue::from_static("text/html; charset=utf-8"),
        );
        headers.insert(header::CONTENT_LANGUAGE, HeaderValue::from_static(language));
        if let Ok(policy) = HeaderValue::try_from(policy) {
            headers.insert(header::CONTENT_SECURITY_POLICY, policy);
        }
        response
    }

    fn reloads(&self) -> bool {
        matches!(self, Self::Visit(Stage::Waiting | Stage::Trying))
    }

    fn status(&self) -> StatusCode {
        match self {
            Self::Visit(Stage::Accepted(_)) => StatusCode::OK,
            Self::Visit(Stage::Waiting | Stage::Trying) => StatusCode::ACCEPTED,
            Self::Visit(Stage::Finished) => StatusCode::GONE,
            Self::Visit(Stage::Undecided | Stage::Failed) => StatusCode::SERVICE_UNAVAILABLE,
            Self::Visit(Stage::Refused) | Self::NoToken | Self::Error => StatusCode::BAD_REQUEST,
        }
    }

    fn sign(&self) -> Sign {
        match self {
            Self::Visit(Stage::Accepted(outcome)) if !outcome.expired => Sign::Done,
            Self::Visit(Stage::Finished) => Sign::Done,
            Self::Visit(Stage::Waiting | Stage::Trying) => Sign::Waiting,
            _ => Sign::Failed,
        }
    }

    fn texts(&self, language: &str) -> (&'static str, String) {
        let pick = |[en, pt, es]: [&'static str; 3]| match language {
            "pt-BR" => pt,
            "es" => es,
            _ => en,
        };
        let (title, text) = match self {
            Self::Visit(Stage::Accepted(outcome)) => {
                let words = if outcome.expired { EXPIRED } else { DONE };
                let text = pick(words.1)
                    .replace("{login}", &format!("<b>{}</b>", escape(&outcome.login)))
                    .replace("{store}", &format!("<b>{}</b>", escape(&outcome.account)));
                return (pick(words.0), text);
            }
            Self::Visit(Stage::Waiting) => WAITING,
            Self::Visit(Stage::Trying) => TRYING,
            Self::Visit(Stage::Refused) => REFUSED,
            Self::Visit(Stage::Undecided) => NOT_YET,
            Self::Visit(Stage::Finished) => FINISHED,
            Self::Visit(Stage::Failed) => FAILED,
            Self::NoToken => NO_TOKEN,
            Self::Error => ERROR,
        };
        (pick(title), pick(text).to_owned())
    }
}

/// The first of our languages in the order of preference (RFC 9110, 12.5.4).
fn language(accept: &str) -> &'static str {
    let mut wanted: Vec<(f32, &str)> = accept
        .split(',')
        .filter_map(|item| {
            let (tag, parameters) = item.split_once(';').unwrap_or((item, ""));
            let quality = parameters
                .trim()
                .strip_prefix("q=")
                .map_or(Some(1.0), |q| q.parse::<f32>().ok())?;
            (quality > 0.0).then_some((quality, tag.trim()))
        })
        .collect();
    wanted.sort_by(|a, b| b.0.total_cmp(&a.0));
    wanted
        .iter()
        .find_map(|(_, tag)| {
            let primary = tag.split('-').next().unwrap_or(tag);
            // Brazilian Portuguese serves every kind of Portuguese.
            [("en", "en"), ("pt", "pt-BR"), ("es", "es")]
                .into_iter()
                .find(|(known, _)| primary.eq_ignore_ascii_case(known))
                .map(|(_, language)| language)
        })
        .unwrap_or("en")
}

fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            // Keeps a value from being filled in as a placeholder.
            '{' => escaped.push_str("&#123;"),
            c => escaped.push(c),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::language;

    #[test]
    fn the_browsers_order_of_languages_decides() {
        for (accept, expected) in [
            ("", "en"),
            ("de", "en"),
            ("pt-BR,pt;q=0.9,en;q=0.8", "pt-BR"),
            ("pt-PT", "pt-BR"),
            ("en;q=0.5, es-419", "es"),
            ("pt;q=0, es;q=0.1", "es"),
            ("de, ES;q=0.3, en;q=0.2", "es"),
            (";;;q=,,é", "en"),
        ] {
            assert_eq!(language(accept), expected, "{accept}");
        }
    }
}
