//! What follows the help of all commands: exit codes, environment, files, examples.
//! Not for what belongs to one command.

/// The first screen: what people come for, and where it is.
pub const FIRST: &str = "Examples:
  vtexid login mystore                            log in to mystore.myvtex.com
  vtexid api /api/catalog_system/pvt/brand/list   call an API
  vtexid inspect                                  explain the token

Log in:
  login        log in with the browser, as a shopper, or with a token
  logout       revoke and delete credentials
  switch       choose the current account
  status       show what is stored, and what commands use
  toolbelt     share logins with VTEX's own CLI, `vtex`

Use the token:
  api          send a request to a VTEX API
  exec         run a program with the credential in its environment
  local token  print the token

In CI:
  apptoken     make a token from an app key

Explain and check:
  inspect      decode and check a token
  doctor       check that vtexid can work on this machine
  completions  print a shell's completion script
  help         explain a command";

/// How the first screen is put together.
pub const FIRST_SCREEN: &str = "{about-with-newline}
{usage-heading} {usage}

{before-help}Options:
{options}{after-help}";

/// How the help of a command is put together: people copy an example first.
pub const EXAMPLES_FIRST: &str = "{about-with-newline}{after-help}

{usage-heading} {usage}

{all-args}";

/// In what follows help, a heading becomes a section of the man page, and what is indented by two a term in it.
pub const MORE: &str = "Exit status:
  0    success
  1    any other failure
  2    wrong usage
  3    the token, or the app key pair, was rejected, or the token has expired, or its signature is wrong
  4    not logged in, or the stored token has expired and cannot be renewed
  5    the keyring, or the other credential store, is missing, locked, or does not respond
  6    VTEX ID or an API could not be reached, or failed: try again
  126, 127
       exec: the program cannot be run, or was not found
  129, 130, 131, 143
       ended by a signal: HUP, INT (Ctrl-C), QUIT, TERM

Environment:
  VTEX_ACCOUNT                  the account; --account overrides it
  VTEX_TOKEN                    a token that overrides the stored ones, if it matches -a and --as
  VTEX_APP_KEY, VTEX_APP_TOKEN  the app key pair, used if nothing is stored
  BROWSER                       the browser to open: a program or a list; `none` opens none
  CI                            login does not wait for a browser
  VTEXID_COPY                   `never`: copy no token to the clipboard, except with --copy
  VTEXID_STORE                  where new accounts are saved: keyring, kernel or file; --store overrides it
  VTEXID_DIR                    the folder of the session index, as an absolute path
  VTEXID_URL                    a stand-in for VTEX ID on this machine, such as the sandbox
  HTTPS_PROXY, ALL_PROXY        the proxy; HTTPS_PROXY overrides ALL_PROXY
  NO_PROXY                      hosts to reach without the proxy
  SSL_CERT_FILE, SSL_CERT_DIR   PEM files to trust instead of the system's certificates
  NO_COLOR                      no colours

Files:
  ~/.config/vtexid/index.json   who is logged in where; no secrets
  ~/.config/vtexid/secrets/     tokens in plain text, with --store file
  ~/.vtex/session/              the files of VTEX's own CLI, for the toolbelt commands

Examples:
  vtexid login mystore
          log in to mystore.myvtex.com with the browser
  vtexid api /api/catalog_system/pvt/brand/list
          call an API, without showing the token
  vtexid inspect
          explain the token: user, account, permissions, expiry
  vtexid apptoken
          make a token from VTEX_APP_KEY and VTEX_APP_TOKEN";
