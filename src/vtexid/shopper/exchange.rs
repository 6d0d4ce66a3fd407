//! Exchanges an access token of the store's OAuth provider for a shopper's token
//! (`docs/vtex-id.md`, Shoppers).
//!
//! Not for getting the provider's access token.

use reqwest::StatusCode;
use serde::Deserialize;

use super::{super::answer::Answer, ShopperError};
use crate::{account::Account, secret::Secret, token::Token, vtexid::VtexId};

impl VtexId {
    /// Exchanges the provider's access token for a shopper's token that is valid
    /// for this many minutes. Safe to repeat.
    pub async fn exchange(
        &self,
        account: &Account,
        provider: &str,
        access_token: &Secret,
        minutes: u64,
    ) -> Result<Token, ShopperError> {
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Body {
            auth_token: Option<String>,
        }
        let path = "/api/vtexid/audience/webstore/provider/oauth/exchange";
        let body = serde_json::json!({
            "providerId": provider,
            "accessToken": access_token.expose(),
            "duration": minutes,
        });
        let request = self.http.post(self.site.api_url(account, path)).json(&body);
        let answer = self.http.send_with_retry(&request).await?;
        let status = answer.status;
        // VTEX's answer for an account that does not exist is a page.
        let answer = if answer.is_page() {
            answer.check_account(account)?
        } else {
            answer
        };
        if status.is_client_error() && !answer.is_page() {
            check_rejection(&answer)?;
        }
        let answer = answer.check_auth_status()?.check_status()?;
        match answer.json::<Body>() {
            Ok(Body {
                auth_token: Some(text),
            }) => Ok(answer.token(text)?),
            Ok(_) => Err(answer.failed("the answer contains no token").into()),
            Err(_) => Err(answer.not_vtex_id().into()),
        }
    }
}

/// Finds out why an exchange was rejected. VTEX ID's answers are not published,
/// so this examines the status and the text.
fn check_rejection(answer: &Answer) -> Result<(), ShopperError> {
    let (host, status) = (answer.host.clone(), answer.status.as_u16());
    let words = String::from_utf8_lossy(&answer.body).to_lowercase();
    match answer.status {
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => {
            Err(ShopperError::ProviderToken { host, status })
        }
        StatusCode::NOT_FOUND => Err(ShopperError::UnknownProvider { host, status }),
        StatusCode::BAD_REQUEST | StatusCode::UNPROCESSABLE_ENTITY => {
            if words.contains("provider") && !words.contains("token") {
                Err(ShopperError::UnknownProvider { host, status })
            } else {
                Err(ShopperError::ProviderToken { host, status })
            }
        }
        _ => Ok(()),
    }
}
