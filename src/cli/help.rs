//! What follows the help of all commands: exit codes, environment, files, examples.
//! Not for what belongs to one command.

/// In what follows help, a heading becomes a section of the man page, and what is indented by two a term in it.
pub const MORE: &str = "Exit status:
  0    done
  1    anything not below
  2    wrong usage
  3    the token is not good: expired or refused
  4    nobody is logged in, or the stored token has expired for good
  5    the credential store is missing, locked, or does not answer
  6    VTEX ID or an API was not reached or failed: worth trying again
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
