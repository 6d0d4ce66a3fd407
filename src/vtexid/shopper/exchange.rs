//! A shopper's token for an access token of the store's OAuth provider
//! (`docs/vtex-id.md`, Shoppers). Not for getting one of the provider's.

use reqwest::StatusCode;
use serde::Deserialize;

use super::{super::answer::Answer, ShopperError};
use crate::{account::Account, secret::Secret, token::Token, vtexid::VtexId};

impl VtexId {
    /// A shopper's token for the access token of the store's OAuth provider,
    /// valid for that many minutes. Asking twice does no harm.
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
        // VTEX answers for an account that does not exist with a page.
        let answer = if answer.is_page() {
            answer.of_account(account)?
        } else {
            answer
        };
        if status.is_client_error() && !answer.is_page() {
            refused_exchange(&answer)?;
        }
        let answer = answer.not_refused()?.successful()?;
        match answer.json::<Body>() {
            Ok(Body {
                auth_token: Some(text),
            }) => Ok(answer.token(text)?),
            Ok(_) => Err(answer.failed("the answer contains no token").into()),
            Err(_) => Err(answer.stranger().into()),
        }
    }
}

/// What the refusal of an exchange is about: how VTEX ID refuses is not
/// published, so the status and the words are looked at.
fn refused_exchange(answer: &Answer) -> Result<(), ShopperError> {
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
