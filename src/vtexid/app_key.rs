//! Gets tokens for app keys (`docs/vtex-id.md`, App keys).
//!
//! Not for where app keys come from.

use reqwest::StatusCode;
use serde::Deserialize;

use super::{VtexId, error::ApiError};
use crate::{account::Account, secret::Secret, token::Token};

impl VtexId {
    /// Gets a token for an app key and its app token.
    pub async fn app_token(
        &self,
        account: &Account,
        app_key: &str,
        app_token: &Secret,
    ) -> Result<Token, ApiError> {
        #[derive(Deserialize)]
        struct Body {
            token: Option<String>,
        }
        let url = self.site.api_url(account, "/api/vtexid/apptoken/login");
        let pair = serde_json::json!({"appkey": app_key, "apptoken": app_token.expose()});
        // Safe to repeat: a second token does no harm.
        let answer = self
            .http
            .send_with_retry(&self.http.post(url).json(&pair))
            .await?;
        let answer = answer.check_account(account)?.check_auth_status()?;
        if matches!(
            answer.status,
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN
        ) {
            return Err(ApiError::UnclearRefusal {
                host: answer.host,
                status: answer.status.as_u16(),
            });
        }
        let answer = answer.check_status()?;
        match (answer.auth_status(), answer.json::<Body>()?.token) {
            (Some(_), Some(text)) => answer.token(text),
            _ => Err(answer.failed("the answer contains no token")),
        }
    }
}
