//! Runs the sandbox until it is killed: `cargo run --example sandbox`.

#![allow(
    clippy::disallowed_methods,
    reason = "the rules are for the tool, not for what it is tried against"
)]

use std::io::Write;

use anyhow::Context;
use clap::Parser;

mod server;

use server::{Callback, Failure, LoginPage, Options, Sandbox, ShopperOptions};

/// Start a stand-in for VTEX ID on 127.0.0.1
#[derive(Parser)]
#[allow(
    clippy::struct_excessive_bools,
    reason = "each is one flag of the command line"
)]
struct Arguments {
    /// Listen on this port; 0 means any free port
    #[arg(long, default_value_t = 0)]
    port: u16,
    /// Return the one-time token to the tool in this way
    #[arg(long, value_enum, default_value_t = Callback::Get)]
    callback: Callback,
    /// Use this login page
    #[arg(long, value_enum, default_value_t = LoginPage::AdminLogin)]
    page: LoginPage,
    /// Make users' tokens valid for this many seconds; a negative number makes expired tokens
    #[arg(long, default_value_t = 86_400, allow_negative_numbers = true)]
    token_life: i64,
    /// Make app keys' tokens valid for this many seconds
    #[arg(long, default_value_t = 21_600, allow_negative_numbers = true)]
    app_token_life: i64,
    /// Return no refresh tokens
    #[arg(long)]
    no_refresh: bool,
    /// Refuse to renew a token younger than this many seconds
    #[arg(long, default_value_t = 0)]
    refresh_after: i64,
    /// Make tokens for this account, whichever account asks
    #[arg(long, value_name = "ACCOUNT")]
    token_account: Option<String>,
    /// Make tokens for this audience: `admin`, or `webstore` for a shopper's
    #[arg(long, default_value = "admin")]
    audience: String,
    /// Allow shoppers' sessions to be renewed
    #[arg(long)]
    shopper_refresh: bool,
    /// Do not offer shoppers a code by e-mail
    #[arg(long)]
    no_access_key: bool,
    /// Ask for a second factor after a shopper's code
    #[arg(long)]
    shopper_mfa: bool,
    /// Block a shopper after this many wrong codes
    #[arg(long, default_value_t = 5)]
    shopper_attempts: usize,
    /// Set the Date of every answer this many seconds ahead
    #[arg(long, default_value_t = 0, allow_negative_numbers = true)]
    clock: i64,
    /// Make requests fail: `/path=500`, or `delay:3s`, `drop`, `garbage`, `huge`; add `*2` for two requests only
    #[arg(long, value_name = "PATH=HOW")]
    fail: Vec<Failure>,
}

fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    let sandbox = Sandbox::start(Options {
        port: arguments.port,
        callback: arguments.callback,
        page: arguments.page,
        token_life: arguments.token_life,
        app_token_life: arguments.app_token_life,
        refresh: !arguments.no_refresh,
        refresh_after: arguments.refresh_after,
        token_account: arguments.token_account,
        audience: arguments.audience,
        shopper: ShopperOptions {
            access_key: !arguments.no_access_key,
            refresh: arguments.shopper_refresh,
            mfa: arguments.shopper_mfa,
            attempts: arguments.shopper_attempts,
            on_mail: |mail| {
                // Whoever started it may have read enough.
                let mut stdout = std::io::stdout();
                let _ = writeln!(stdout, "mailed {} to {}", mail.code, mail.email);
            },
            ..ShopperOptions::default()
        },
        clock: arguments.clock,
        failures: arguments.fail,
    })
    .with_context(|| format!("could not listen on 127.0.0.1:{}", arguments.port))?;

    // In one piece, so that a script may read the first line and close the pipe.
    let mut stdout = std::io::stdout().lock();
    stdout.write_all(welcome(&sandbox).as_bytes())?;
    stdout.flush()?;
    // Mails are shown by other threads.
    drop(stdout);
    loop {
        std::thread::park();
    }
}

fn welcome(sandbox: &Sandbox) -> String {
    format!(
        "VTEX ID sandbox on {url}

Sign in, and use the token:

  export VTEXID_URL={url}
  vtexid login mystore
  vtexid local token --format header | curl -H @- http://mystore.localhost:{port}/api/catalog_system/pvt/brand/list
  vtexid api /api/catalog_system/pvt/brand/list

Make a token from an app key:

  export VTEX_ACCOUNT=mystore
  export VTEX_APP_KEY={key}
  export VTEX_APP_TOKEN={token}
  vtexid apptoken

Log in as a shopper, with a code that is printed here, or with an access token of an OAuth provider:

  vtexid login mystore --shopper ana@example.com
  echo {provider_token}ana@example.com | vtexid login mystore --oauth-provider {provider}

The public key of its tokens is at {url}/jwk
",
        url = sandbox.url(),
        port = sandbox.port(),
        key = server::app_key("mystore"),
        token = server::app_token(),
        provider = server::PROVIDER,
        provider_token = server::PROVIDER_TOKEN,
    )
}
