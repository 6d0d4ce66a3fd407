//! What follows the help of all commands: exit codes, environment, files, examples.
//! Not for what belongs to one command.

/// The first screen: what people come for, and where it is.
pub const FIRST: &str = "Examples:
  vtexid login mystore                            log in to mystore.myvtex.com
  vtexid api /api/catalog_system/pvt/brand/list   call an API
  vtexid inspect                                  explain the token

Log in:
  login        with the browser, as a shopper, or with a token
  logout       revoke and delete credentials
  switch       make another account the current one
  status       what is stored, and what commands use

Use the token:
  api          send a request to a VTEX API
  exec         run a program with the credential in its environment
  local token  print the token

In CI:
  apptoken     make a token from an app key
  toolbelt     share sessions with VTEX's own CLI

Explain and look after:
  inspect      explain a token
  doctor       check what a login and a token depend on
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
  0    done
  1    anything not below
  2    wrong usage
  3    the token is not good: expired or refused
  4    nobody is logged in, or the stored token has expired for good
  5    the credential store is missing, locked, or does not answer
  6    VTEX ID or an API was not reached or failed: worth trying again
  126, 127
       exec: the program cannot be run, or is not there
  129, 130, 131, 143
       ended by a signal: HUP, INT (Ctrl-C), QUIT, TERM

Environment:
  VTEX_ACCOUNT                  the account, where --account does not name one
  VTEX_TOKEN                    a token that overrides the stored ones, where it fits -a and --as
  VTEX_APP_KEY, VTEX_APP_TOKEN  the app key pair, used where nothing is stored
  BROWSER                       what opens pages: a program or a list; none opens none
  CI                            login refuses to wait for a browser
  VTEXID_COPY                   never copies a token to the clipboard unless --copy asks for it
  VTEXID_STORE                  where new accounts are saved, where --store does not say: keyring, kernel or file
  VTEXID_DIR                    the folder of the session index, an absolute path
  VTEXID_URL                    a VTEX ID on this machine, such as the sandbox
  HTTPS_PROXY, ALL_PROXY        the proxy, of which the first is used
  NO_PROXY                      what is reached without it
  SSL_CERT_FILE, SSL_CERT_DIR   the certificates to trust, as PEM
  NO_COLOR                      no colours

Files:
  ~/.config/vtexid/index.json   who is logged in where; nothing secret
  ~/.config/vtexid/secrets/     tokens in plain text, where --store file asks for it
  ~/.local/state/vtexid/locks/  empty files that keep two commands from changing one session at once
  ~/.vtex/session/              what the toolbelt commands read and write

Examples:
  vtexid login mystore
          log in to mystore.myvtex.com with the browser
  vtexid api /api/catalog_system/pvt/brand/list
          call an API; nobody sees the token
  vtexid inspect
          say what the token is, what it may do, and for how long
  vtexid apptoken
          make a token from VTEX_APP_KEY and VTEX_APP_TOKEN";
