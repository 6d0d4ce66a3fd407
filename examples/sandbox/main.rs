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
    /// How the one-time token comes back to vtexid
    #[arg(long, value_enum, default_value_t = Callback::Get)]
    callback: Callback,
    /// Which login page to show
    #[arg(long, value_enum, default_value_t = LoginPage::AdminLogin)]
    page: LoginPage,
    /// Lifetime of a user's token in seconds; negative: already expired
    #[arg(long, default_value_t = 86_400, allow_negative_numbers = true)]
    token_life: i64,
    /// Lifetime of an app key's token in seconds; negative: already expired
    #[arg(long, default_value_t = 21_600, allow_negative_numbers = true)]
    app_token_life: i64,
    /// Give no refresh token, so that no session can be renewed
    #[arg(long)]
    no_refresh: bool,
    /// Renew a token only when it is at least this many seconds old
    #[arg(long, default_value_t = 0)]
    refresh_after: i64,
    /// Put this account into every token, even if another account asks
    #[arg(long, value_name = "ACCOUNT")]
    token_account: Option<String>,
    /// Whose tokens to make: `admin` for users of the Admin, `webstore` for shoppers
    #[arg(long, default_value = "admin")]
    audience: String,
    /// Allow shoppers' sessions to be renewed
    #[arg(long)]
    shopper_refresh: bool,
    /// Offer shoppers no code by e-mail
    #[arg(long)]
    no_access_key: bool,
    /// Ask for a second factor after a shopper's code
    #[arg(long)]
    shopper_mfa: bool,
    /// Block a shopper after this many wrong codes
    #[arg(long, default_value_t = 5)]
    shopper_attempts: usize,
    /// How many seconds the sandbox's clock is ahead; negative: behind
    #[arg(long, default_value_t = 0, allow_negative_numbers = true)]
    clock: i64,
    /// Make requests to a path fail, as in `/path=500`; instead of 500 also `delay:3s`, `drop`, `garbage` or `huge`; with `*2` at the end only two requests fail
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
