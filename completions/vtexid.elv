
use builtin;
use str;

set edit:completion:arg-completer[vtexid] = {|@words|
    fn spaces {|n|
        builtin:repeat $n ' ' | str:join ''
    }
    fn cand {|text desc|
        edit:complex-candidate $text &display=$text' '(spaces (- 14 (wcswidth $text)))$desc
    }
    var command = 'vtexid'
    for word $words[1..-1] {
        if (str:has-prefix $word '-') {
            break
        }
        set command = $command';'$word
    }
    var completions = [
        &'vtexid'= {
            cand -a 'Act on this account (else VTEX_ACCOUNT, else the current one)'
            cand --account 'Act on this account (else VTEX_ACCOUNT, else the current one)'
            cand --json 'Print the answer as JSON'
            cand -v 'Show requests on stderr: method, host, path, status and time, never a secret'
            cand --verbose 'Show requests on stderr: method, host, path, status and time, never a secret'
            cand -q 'Hide notes on stderr; warnings and errors stay'
            cand --quiet 'Hide notes on stderr; warnings and errors stay'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
            cand -V 'Print version'
            cand --version 'Print version'
            cand login 'Log in with the browser and keep the token in the OS keyring'
            cand logout 'Revoke the account''s tokens at VTEX ID and delete its credentials here'
            cand switch 'Make another logged-in account the current one'
            cand status 'Show every stored credential, how long it is valid, and which one commands use'
            cand whoami 'Show every stored credential, how long it is valid, and which one commands use'
            cand local 'Print the stored token'
            cand exec 'Run a program with the credential in its environment'
            cand apptoken 'Make a token from an app key and app token'
            cand api 'Send a request to a VTEX API, with the right host and credential'
            cand toolbelt 'Import sessions from VTEX''s own CLI, or export one to it'
            cand inspect 'Explain a token: who, account, kind, what it may do, how long it is good'
            cand doctor 'Check what a login and a token depend on: store, clipboard, browser, clock, network'
            cand completions 'Print the completion script for a shell'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'vtexid;login'= {
            cand --shopper 'Log in as this shopper, with a code that the store mails (typed at a terminal, else a line on stdin)'
            cand --oauth-provider 'Log in as a shopper with an access token of this OAuth provider, on stdin (at a terminal: asked for, hidden)'
            cand --duration 'How long a token from --oauth-provider is to be valid: 60m (the default), 120m at most'
            cand --port 'Listen for the browser on this port instead of any free one'
            cand --timeout 'Give up after this long: 90s, 10m, 1h30m'
            cand --store 'Where to save the token; remembered for the account. `file` is plain text'
            cand -a 'Act on this account (else VTEX_ACCOUNT, else the current one)'
            cand --account 'Act on this account (else VTEX_ACCOUNT, else the current one)'
            cand --with-token 'Save the token on stdin, if VTEX ID accepts it, instead of opening a browser (at a terminal: asked for, hidden)'
            cand --fresh 'Sign in anew even where the session could be renewed without a browser'
            cand --no-browser 'Print the address to open, but open no browser'
            cand --json 'Print the answer as JSON'
            cand -v 'Show requests on stderr: method, host, path, status and time, never a secret'
            cand --verbose 'Show requests on stderr: method, host, path, status and time, never a secret'
            cand -q 'Hide notes on stderr; warnings and errors stay'
            cand --quiet 'Hide notes on stderr; warnings and errors stay'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'vtexid;logout'= {
            cand --as 'Use this credential of the account: `user`, `key`, or a shopper''s e-mail (else the user''s, else the app key''s)'
            cand -a 'Act on this account (else VTEX_ACCOUNT, else the current one)'
            cand --account 'Act on this account (else VTEX_ACCOUNT, else the current one)'
            cand --all 'Log out of every account'
            cand --browser 'Open VTEX''s sign-out page too, so that the next login can be another user''s'
            cand --force 'Forget the account even where its token cannot be read, and so not be revoked'
            cand --json 'Print the answer as JSON'
            cand -v 'Show requests on stderr: method, host, path, status and time, never a secret'
            cand --verbose 'Show requests on stderr: method, host, path, status and time, never a secret'
            cand -q 'Hide notes on stderr; warnings and errors stay'
            cand --quiet 'Hide notes on stderr; warnings and errors stay'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'vtexid;switch'= {
            cand -a 'Act on this account (else VTEX_ACCOUNT, else the current one)'
            cand --account 'Act on this account (else VTEX_ACCOUNT, else the current one)'
            cand --json 'Print the answer as JSON'
            cand -v 'Show requests on stderr: method, host, path, status and time, never a secret'
            cand --verbose 'Show requests on stderr: method, host, path, status and time, never a secret'
            cand -q 'Hide notes on stderr; warnings and errors stay'
            cand --quiet 'Hide notes on stderr; warnings and errors stay'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'vtexid;status'= {
            cand -a 'Act on this account (else VTEX_ACCOUNT, else the current one)'
            cand --account 'Act on this account (else VTEX_ACCOUNT, else the current one)'
            cand --short 'Print only the account and the credential that commands use now, for prompts'
            cand --json 'Print the answer as JSON'
            cand -v 'Show requests on stderr: method, host, path, status and time, never a secret'
            cand --verbose 'Show requests on stderr: method, host, path, status and time, never a secret'
            cand -q 'Hide notes on stderr; warnings and errors stay'
            cand --quiet 'Hide notes on stderr; warnings and errors stay'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'vtexid;whoami'= {
            cand -a 'Act on this account (else VTEX_ACCOUNT, else the current one)'
            cand --account 'Act on this account (else VTEX_ACCOUNT, else the current one)'
            cand --short 'Print only the account and the credential that commands use now, for prompts'
            cand --json 'Print the answer as JSON'
            cand -v 'Show requests on stderr: method, host, path, status and time, never a secret'
            cand --verbose 'Show requests on stderr: method, host, path, status and time, never a secret'
            cand -q 'Hide notes on stderr; warnings and errors stay'
            cand --quiet 'Hide notes on stderr; warnings and errors stay'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'vtexid;local'= {
            cand -a 'Act on this account (else VTEX_ACCOUNT, else the current one)'
            cand --account 'Act on this account (else VTEX_ACCOUNT, else the current one)'
            cand --json 'Print the answer as JSON'
            cand -v 'Show requests on stderr: method, host, path, status and time, never a secret'
            cand --verbose 'Show requests on stderr: method, host, path, status and time, never a secret'
            cand -q 'Hide notes on stderr; warnings and errors stay'
            cand --quiet 'Hide notes on stderr; warnings and errors stay'
            cand -h 'Print help'
            cand --help 'Print help'
            cand token 'Print the stored token'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'vtexid;local;token'= {
            cand --as 'Use this credential of the account: `user`, `key`, or a shopper''s e-mail (else the user''s, else the app key''s)'
            cand -f 'How to print it'
            cand --format 'How to print it'
            cand --name 'Set this variable instead of VTEX_TOKEN, with --format env, fish, powershell or dotenv'
            cand --domain 'The host of the cookie, with --format storage-state (else localhost)'
            cand --min-validity 'Have at least this long left, renewing if need be: 90s, 10m, 2h'
            cand --clear-after 'Clear the clipboard after this long if it still holds the token: 90s, 10m, never (else 2m)'
            cand -a 'Act on this account (else VTEX_ACCOUNT, else the current one)'
            cand --account 'Act on this account (else VTEX_ACCOUNT, else the current one)'
            cand --refresh 'Renew it even when it is good for long enough'
            cand --copy 'Copy what is printed to the clipboard, even when not printing to a terminal'
            cand --no-copy 'Do not copy it to the clipboard'
            cand --json 'Print the answer as JSON'
            cand -v 'Show requests on stderr: method, host, path, status and time, never a secret'
            cand --verbose 'Show requests on stderr: method, host, path, status and time, never a secret'
            cand -q 'Hide notes on stderr; warnings and errors stay'
            cand --quiet 'Hide notes on stderr; warnings and errors stay'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'vtexid;local;help'= {
            cand token 'Print the stored token'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'vtexid;local;help;token'= {
        }
        &'vtexid;local;help;help'= {
        }
        &'vtexid;exec'= {
            cand --as 'Use this credential of the account: `user`, `key`, or a shopper''s e-mail (else the user''s, else the app key''s)'
            cand --set 'Set this variable, and none but those named so: token, cookie, key, app-token, account or login'
            cand --min-validity 'Have at least this long left, renewing if need be: 90s, 10m, 2h'
            cand -a 'Act on this account (else VTEX_ACCOUNT, else the current one)'
            cand --account 'Act on this account (else VTEX_ACCOUNT, else the current one)'
            cand --json 'Print the answer as JSON'
            cand -v 'Show requests on stderr: method, host, path, status and time, never a secret'
            cand --verbose 'Show requests on stderr: method, host, path, status and time, never a secret'
            cand -q 'Hide notes on stderr; warnings and errors stay'
            cand --quiet 'Hide notes on stderr; warnings and errors stay'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'vtexid;apptoken'= {
            cand --app-key 'The app key (else VTEX_APP_KEY): vtexappkey-mystore-ABCDEF'
            cand --app-token-file 'Read the app token from this file, or `-` for stdin (else VTEX_APP_TOKEN)'
            cand --store 'Where --save keeps it; remembered for the account. `file` is plain text'
            cand -f 'How to print the token (else raw; after --save at a terminal it is not printed)'
            cand --format 'How to print the token (else raw; after --save at a terminal it is not printed)'
            cand --name 'Set this variable instead of VTEX_TOKEN, with --format env, fish, powershell or dotenv'
            cand --domain 'The host of the cookie, with --format storage-state (else localhost)'
            cand -a 'Act on this account (else VTEX_ACCOUNT, else the current one)'
            cand --account 'Act on this account (else VTEX_ACCOUNT, else the current one)'
            cand --save 'Save the app key pair, for later apptoken -a ACCOUNT and local token --as key'
            cand --json 'Print the answer as JSON'
            cand -v 'Show requests on stderr: method, host, path, status and time, never a secret'
            cand --verbose 'Show requests on stderr: method, host, path, status and time, never a secret'
            cand -q 'Hide notes on stderr; warnings and errors stay'
            cand --quiet 'Hide notes on stderr; warnings and errors stay'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'vtexid;api'= {
            cand -X 'The method (else GET, or POST with --data)'
            cand --method 'The method (else GET, or POST with --data)'
            cand -d 'Send this text, or a file with @FILE, or stdin with @-; as JSON unless a header says otherwise'
            cand --data 'Send this text, or a file with @FILE, or stdin with @-; as JSON unless a header says otherwise'
            cand -H 'Send this header too; may be given several times'
            cand --header 'Send this header too; may be given several times'
            cand -o 'Write the answer to FILE, which is replaced once it is complete'
            cand --output 'Write the answer to FILE, which is replaced once it is complete'
            cand --as 'Send this credential of the account: `user`, `key` (the app key pair), a shopper''s e-mail, or `none`'
            cand --host 'Use this one of the account''s hosts instead of the documented one'
            cand --workspace 'Use this VTEX IO workspace, on myvtex.com'
            cand -a 'Act on this account (else VTEX_ACCOUNT, else the current one)'
            cand --account 'Act on this account (else VTEX_ACCOUNT, else the current one)'
            cand -i 'Print the status and the headers before the body'
            cand --include 'Print the status and the headers before the body'
            cand --get 'Send a GET and nothing else: refuses --method, --data and --print-curl'
            cand --paginate 'Get all pages and print each item as a line of JSON'
            cand --fail-body 'Print the body of an error on stdout instead of stderr'
            cand --print-curl 'Print the request as a curl command, without the credential, and send nothing'
            cand --json 'Print the answer as JSON'
            cand -v 'Show requests on stderr: method, host, path, status and time, never a secret'
            cand --verbose 'Show requests on stderr: method, host, path, status and time, never a secret'
            cand -q 'Hide notes on stderr; warnings and errors stay'
            cand --quiet 'Hide notes on stderr; warnings and errors stay'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'vtexid;toolbelt'= {
            cand -a 'Act on this account (else VTEX_ACCOUNT, else the current one)'
            cand --account 'Act on this account (else VTEX_ACCOUNT, else the current one)'
            cand --json 'Print the answer as JSON'
            cand -v 'Show requests on stderr: method, host, path, status and time, never a secret'
            cand --verbose 'Show requests on stderr: method, host, path, status and time, never a secret'
            cand -q 'Hide notes on stderr; warnings and errors stay'
            cand --quiet 'Hide notes on stderr; warnings and errors stay'
            cand -h 'Print help'
            cand --help 'Print help'
            cand import 'Import the toolbelt''s sessions; its files stay as they are'
            cand export 'Log the toolbelt in with the stored token, which it saves in plain text'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'vtexid;toolbelt;import'= {
            cand --store 'Where to save the tokens (else where the account''s are, else in the keyring). `file` is plain text'
            cand -a 'Act on this account (else VTEX_ACCOUNT, else the current one)'
            cand --account 'Act on this account (else VTEX_ACCOUNT, else the current one)'
            cand --json 'Print the answer as JSON'
            cand -v 'Show requests on stderr: method, host, path, status and time, never a secret'
            cand --verbose 'Show requests on stderr: method, host, path, status and time, never a secret'
            cand -q 'Hide notes on stderr; warnings and errors stay'
            cand --quiet 'Hide notes on stderr; warnings and errors stay'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'vtexid;toolbelt;export'= {
            cand --as 'Use this credential of the account: `user`, `key`, or a shopper''s e-mail (else the user''s, else the app key''s)'
            cand --workspace 'The workspace to be in (else the one it is in, else master)'
            cand -a 'Act on this account (else VTEX_ACCOUNT, else the current one)'
            cand --account 'Act on this account (else VTEX_ACCOUNT, else the current one)'
            cand --json 'Print the answer as JSON'
            cand -v 'Show requests on stderr: method, host, path, status and time, never a secret'
            cand --verbose 'Show requests on stderr: method, host, path, status and time, never a secret'
            cand -q 'Hide notes on stderr; warnings and errors stay'
            cand --quiet 'Hide notes on stderr; warnings and errors stay'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'vtexid;toolbelt;help'= {
            cand import 'Import the toolbelt''s sessions; its files stay as they are'
            cand export 'Log the toolbelt in with the stored token, which it saves in plain text'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'vtexid;toolbelt;help;import'= {
        }
        &'vtexid;toolbelt;help;export'= {
        }
        &'vtexid;toolbelt;help;help'= {
        }
        &'vtexid;inspect'= {
            cand --as 'Use this credential of the account: `user`, `key`, or a shopper''s e-mail (else the user''s, else the app key''s)'
            cand --check 'Exit with 3 unless it is good: not expired, signed, nothing odd; or for so long at least: 90s, 10m, 2h'
            cand --claim 'Print this claim''s value and nothing else'
            cand --key 'Check the signature with the key in FILE: a public key or certificate (PEM), a JWK or a JWKS'
            cand --secret 'Check the signature (HS256, HS384, HS512) with the secret in FILE, taken as it is'
            cand -a 'Act on this account (else VTEX_ACCOUNT, else the current one)'
            cand --account 'Act on this account (else VTEX_ACCOUNT, else the current one)'
            cand --online 'Ask VTEX ID whether the token is good; exit with 3 if it is not'
            cand --roles 'Ask License Manager, with the token itself, for the user''s roles'
            cand --json 'Print the answer as JSON'
            cand -v 'Show requests on stderr: method, host, path, status and time, never a secret'
            cand --verbose 'Show requests on stderr: method, host, path, status and time, never a secret'
            cand -q 'Hide notes on stderr; warnings and errors stay'
            cand --quiet 'Hide notes on stderr; warnings and errors stay'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'vtexid;doctor'= {
            cand -a 'Act on this account (else VTEX_ACCOUNT, else the current one)'
            cand --account 'Act on this account (else VTEX_ACCOUNT, else the current one)'
            cand --json 'Print the answer as JSON'
            cand -v 'Show requests on stderr: method, host, path, status and time, never a secret'
            cand --verbose 'Show requests on stderr: method, host, path, status and time, never a secret'
            cand -q 'Hide notes on stderr; warnings and errors stay'
            cand --quiet 'Hide notes on stderr; warnings and errors stay'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'vtexid;completions'= {
            cand -a 'Act on this account (else VTEX_ACCOUNT, else the current one)'
            cand --account 'Act on this account (else VTEX_ACCOUNT, else the current one)'
            cand --json 'Print the answer as JSON'
            cand -v 'Show requests on stderr: method, host, path, status and time, never a secret'
            cand --verbose 'Show requests on stderr: method, host, path, status and time, never a secret'
            cand -q 'Hide notes on stderr; warnings and errors stay'
            cand --quiet 'Hide notes on stderr; warnings and errors stay'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'vtexid;help'= {
            cand login 'Log in with the browser and keep the token in the OS keyring'
            cand logout 'Revoke the account''s tokens at VTEX ID and delete its credentials here'
            cand switch 'Make another logged-in account the current one'
            cand status 'Show every stored credential, how long it is valid, and which one commands use'
            cand local 'Print the stored token'
            cand exec 'Run a program with the credential in its environment'
            cand apptoken 'Make a token from an app key and app token'
            cand api 'Send a request to a VTEX API, with the right host and credential'
            cand toolbelt 'Import sessions from VTEX''s own CLI, or export one to it'
            cand inspect 'Explain a token: who, account, kind, what it may do, how long it is good'
            cand doctor 'Check what a login and a token depend on: store, clipboard, browser, clock, network'
            cand completions 'Print the completion script for a shell'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'vtexid;help;login'= {
        }
        &'vtexid;help;logout'= {
        }
        &'vtexid;help;switch'= {
        }
        &'vtexid;help;status'= {
        }
        &'vtexid;help;local'= {
            cand token 'Print the stored token'
        }
        &'vtexid;help;local;token'= {
        }
        &'vtexid;help;exec'= {
        }
        &'vtexid;help;apptoken'= {
        }
        &'vtexid;help;api'= {
        }
        &'vtexid;help;toolbelt'= {
            cand import 'Import the toolbelt''s sessions; its files stay as they are'
            cand export 'Log the toolbelt in with the stored token, which it saves in plain text'
        }
        &'vtexid;help;toolbelt;import'= {
        }
        &'vtexid;help;toolbelt;export'= {
        }
        &'vtexid;help;inspect'= {
        }
        &'vtexid;help;doctor'= {
        }
        &'vtexid;help;completions'= {
        }
        &'vtexid;help;help'= {
        }
    ]
    $completions[$command]
}
