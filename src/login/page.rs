//! What the person sees in the browser when it comes back: self-contained,
//! in three languages, with nothing in it that a visitor could inject.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use bytes::Bytes;
use http_body_util::Full;
use hyper::{
    Response, StatusCode,
    header::{self, HeaderValue},
};
use ring::digest;

const TEMPLATE: &str = include_str!("page.html");

/// Who was logged in, and to what.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// The login name in the token.
    pub login: String,
    /// The account.
    pub account: String,
}

/// The pages there are.
pub enum Page {
    /// Logged in.
    Done(Outcome),
    /// VTEX ID refused the one-time token.
    Refused,
    /// The visit brought no usable one-time token.
    NoToken,
    /// The login ended without success.
    Failed,
}

impl Page {
    /// The page in the language the browser asks for, as an HTTP answer.
    pub fn response(
        &self,
        status: StatusCode,
        accept_language: Option<&str>,
    ) -> Response<Full<Bytes>> {
        let language = language(accept_language.unwrap_or_default());
        let (title, text) = self.words(language);
        let (before, rest) = TEMPLATE.split_once("<style>").unwrap_or((TEMPLATE, ""));
        let (style, after) = rest.split_once("</style>").unwrap_or(("", rest));
        let fill = |part: &str| {
            part.replace("{{language}}", language)
                .replace(
                    "{{mark}}",
                    if matches!(self, Self::Done(_)) {
                        "✓"
                    } else {
                        "!"
                    },
                )
                .replace("{{title}}", title)
                .replace("{{text}}", &text)
        };
        let body = format!("{}<style>{style}</style>{}", fill(before), fill(after));
        // The style is allowed by its hash: an injected one would not match.
        let hash = STANDARD.encode(digest::digest(&digest::SHA256, style.as_bytes()));
        let policy = format!(
            "default-src 'none'; style-src 'sha256-{hash}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
        );
        let mut response = Response::new(Full::from(body));
        *response.status_mut() = status;
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

    fn words(&self, language: &str) -> (&'static str, String) {
        let pick = |en, pt, es| match language {
            "pt" => pt,
            "es" => es,
            _ => en,
        };
        match self {
            Self::Done(Outcome { login, account }) => {
                let (login, account) = (escape(login), escape(account));
                (
                    pick("You are logged in", "Login concluído", "Sesión iniciada"),
                    match language {
                        "pt" => format!("<b>{login}</b> em <b>{account}</b>. Você já pode fechar esta aba e voltar ao terminal."),
                        "es" => format!("<b>{login}</b> en <b>{account}</b>. Ya puede cerrar esta pestaña y volver a la terminal."),
                        _ => format!("<b>{login}</b> at <b>{account}</b>. You can close this tab and go back to the terminal."),
                    },
                )
            }
            Self::Refused => (
                pick("VTEX ID refused this login", "O VTEX ID recusou este login", "VTEX ID rechazó este inicio de sesión"),
                pick(
                    "The terminal is still waiting: open the address it printed and sign in again.",
                    "O terminal continua aguardando: abra o endereço que ele mostrou e entre novamente.",
                    "La terminal sigue esperando: abra la dirección que mostró e inicie sesión de nuevo.",
                ).to_owned(),
            ),
            Self::NoToken => (
                pick("Nothing to log in with", "Nada com que fazer login", "Nada con que iniciar sesión"),
                pick(
                    "This address came without what VTEX ID sends along. The terminal is still waiting: open the address it printed.",
                    "Este endereço veio sem o que o VTEX ID envia. O terminal continua aguardando: abra o endereço que ele mostrou.",
                    "Esta dirección llegó sin lo que envía VTEX ID. La terminal sigue esperando: abra la dirección que mostró.",
                ).to_owned(),
            ),
            Self::Failed => (
                pick("The login did not succeed", "O login não foi concluído", "El inicio de sesión no se completó"),
                pick(
                    "The terminal says why.",
                    "O terminal mostra o motivo.",
                    "La terminal indica el motivo.",
                ).to_owned(),
            ),
        }
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
            ["en", "pt", "es"]
                .into_iter()
                .find(|known| primary.eq_ignore_ascii_case(known))
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
            // The template's own marks must not be filled a second time.
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
            ("pt-BR,pt;q=0.9,en;q=0.8", "pt"),
            ("en;q=0.5, es-419", "es"),
            ("pt;q=0, es;q=0.1", "es"),
            ("de, ES;q=0.3, en;q=0.2", "es"),
            (";;;q=,,é", "en"),
        ] {
            assert_eq!(language(accept), expected, "{accept}");
        }
    }
}
