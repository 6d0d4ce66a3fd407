//! The flags of `vtexid login` for shoppers. Not for logging them in.

use clap::Args;

use crate::{slot::Email, time::parse_span};

/// Whose login it is, where it is no user's of the Admin.
#[derive(Debug, Args)]
pub struct ShopperLogin {
    /// Log in as this shopper, with a code that the store mails (type it, or send it as a line on stdin)
    #[arg(long, value_name = "EMAIL", value_parser = parse_email, conflicts_with_all = ["with_token", "no_browser", "port", "fresh", "timeout", "oauth_provider", "duration"])]
    pub shopper: Option<Email>,
    /// Log in as a shopper with an access token of this OAuth provider, from stdin (at a terminal, vtexid asks for it without showing it)
    #[arg(long, value_name = "NAME", value_parser = clap::builder::NonEmptyStringValueParser::new(), conflicts_with_all = ["with_token", "no_browser", "port", "fresh", "timeout"])]
    pub oauth_provider: Option<String>,
    /// How long the token from --oauth-provider is valid: 60m by default, 120m at most
    #[arg(long, value_name = "TIME", requires = "oauth_provider", value_parser = parse_minutes)]
    pub duration: Option<u64>,
}

impl ShopperLogin {
    /// Whether a shopper is to be logged in.
    pub fn is_asked_for(&self) -> bool {
        self.shopper.is_some() || self.oauth_provider.is_some()
    }
}

fn parse_email(text: &str) -> Result<Email, String> {
    let expected = |_| "expected an e-mail address, such as `ana@example.com`".to_owned();
    text.parse().map_err(expected)
}

/// VTEX ID counts in minutes, and gives 120 at most.
fn parse_minutes(text: &str) -> Result<u64, String> {
    const MAX_MINUTES: u64 = 120;
    let seconds = parse_span(text)?.as_secs();
    if !seconds.is_multiple_of(60) {
        return Err("expected whole minutes".to_owned());
    }
    if seconds / 60 > MAX_MINUTES {
        return Err(format!("expected at most {MAX_MINUTES}m"));
    }
    Ok(seconds / 60)
}
