
using namespace System.Management.Automation
using namespace System.Management.Automation.Language

Register-ArgumentCompleter -Native -CommandName 'vtexid' -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)

    $commandElements = $commandAst.CommandElements
    $command = @(
        'vtexid'
        for ($i = 1; $i -lt $commandElements.Count; $i++) {
            $element = $commandElements[$i]
            if ($element -isnot [StringConstantExpressionAst] -or
                $element.StringConstantType -ne [StringConstantType]::BareWord -or
                $element.Value.StartsWith('-') -or
                $element.Value -eq $wordToComplete) {
                break
        }
        $element.Value
    }) -join ';'

    $completions = @(switch ($command) {
        'vtexid' {
            [CompletionResult]::new('-a', '-a', [CompletionResultType]::ParameterName, 'Act on this account (else VTEX_ACCOUNT, else the current one)')
            [CompletionResult]::new('--account', '--account', [CompletionResultType]::ParameterName, 'Act on this account (else VTEX_ACCOUNT, else the current one)')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print the answer as JSON')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Show requests on stderr: method, host, path, status and time, never a secret')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Show requests on stderr: method, host, path, status and time, never a secret')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Hide notes on stderr; warnings and errors stay')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Hide notes on stderr; warnings and errors stay')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('login', 'login', [CompletionResultType]::ParameterValue, 'Log in with the browser and keep the token in the OS keyring')
            [CompletionResult]::new('logout', 'logout', [CompletionResultType]::ParameterValue, 'Revoke the account''s tokens at VTEX ID and delete its credentials here')
            [CompletionResult]::new('switch', 'switch', [CompletionResultType]::ParameterValue, 'Make another logged-in account the current one')
            [CompletionResult]::new('status', 'status', [CompletionResultType]::ParameterValue, 'Show every stored credential, how long it is valid, and which one commands use')
            [CompletionResult]::new('whoami', 'whoami', [CompletionResultType]::ParameterValue, 'Show every stored credential, how long it is valid, and which one commands use')
            [CompletionResult]::new('local', 'local', [CompletionResultType]::ParameterValue, 'Print the stored token')
            [CompletionResult]::new('exec', 'exec', [CompletionResultType]::ParameterValue, 'Run a program with the credential in its environment')
            [CompletionResult]::new('apptoken', 'apptoken', [CompletionResultType]::ParameterValue, 'Make a token from an app key and app token')
            [CompletionResult]::new('api', 'api', [CompletionResultType]::ParameterValue, 'Send a request to a VTEX API, with the right host and credential')
            [CompletionResult]::new('toolbelt', 'toolbelt', [CompletionResultType]::ParameterValue, 'Import sessions from VTEX''s own CLI, or export one to it')
            [CompletionResult]::new('inspect', 'inspect', [CompletionResultType]::ParameterValue, 'Explain a token: who, account, kind, what it may do, how long it is good')
            [CompletionResult]::new('doctor', 'doctor', [CompletionResultType]::ParameterValue, 'Check what a login and a token depend on: store, clipboard, browser, clock, network')
            [CompletionResult]::new('completions', 'completions', [CompletionResultType]::ParameterValue, 'Print the completion script for a shell')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'vtexid;login' {
            [CompletionResult]::new('--shopper', '--shopper', [CompletionResultType]::ParameterName, 'Log in as this shopper, with a code that the store mails (typed at a terminal, else a line on stdin)')
            [CompletionResult]::new('--oauth-provider', '--oauth-provider', [CompletionResultType]::ParameterName, 'Log in as a shopper with an access token of this OAuth provider, on stdin (at a terminal: asked for, hidden)')
            [CompletionResult]::new('--duration', '--duration', [CompletionResultType]::ParameterName, 'How long a token from --oauth-provider is to be valid: 60m (the default), 120m at most')
            [CompletionResult]::new('--port', '--port', [CompletionResultType]::ParameterName, 'Listen for the browser on this port instead of any free one')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Give up after this long: 90s, 10m, 1h30m')
            [CompletionResult]::new('--store', '--store', [CompletionResultType]::ParameterName, 'Where to save the token; remembered for the account. `file` is plain text')
            [CompletionResult]::new('-a', '-a', [CompletionResultType]::ParameterName, 'Act on this account (else VTEX_ACCOUNT, else the current one)')
            [CompletionResult]::new('--account', '--account', [CompletionResultType]::ParameterName, 'Act on this account (else VTEX_ACCOUNT, else the current one)')
            [CompletionResult]::new('--with-token', '--with-token', [CompletionResultType]::ParameterName, 'Save the token on stdin, if VTEX ID accepts it, instead of opening a browser (at a terminal: asked for, hidden)')
            [CompletionResult]::new('--fresh', '--fresh', [CompletionResultType]::ParameterName, 'Sign in anew even where the session could be renewed without a browser')
            [CompletionResult]::new('--no-browser', '--no-browser', [CompletionResultType]::ParameterName, 'Print the address to open, but open no browser')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print the answer as JSON')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Show requests on stderr: method, host, path, status and time, never a secret')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Show requests on stderr: method, host, path, status and time, never a secret')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Hide notes on stderr; warnings and errors stay')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Hide notes on stderr; warnings and errors stay')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'vtexid;logout' {
            [CompletionResult]::new('--as', '--as', [CompletionResultType]::ParameterName, 'Use this credential of the account: `user`, `key`, or a shopper''s e-mail (else the user''s, else the app key''s)')
            [CompletionResult]::new('-a', '-a', [CompletionResultType]::ParameterName, 'Act on this account (else VTEX_ACCOUNT, else the current one)')
            [CompletionResult]::new('--account', '--account', [CompletionResultType]::ParameterName, 'Act on this account (else VTEX_ACCOUNT, else the current one)')
            [CompletionResult]::new('--all', '--all', [CompletionResultType]::ParameterName, 'Log out of every account')
            [CompletionResult]::new('--browser', '--browser', [CompletionResultType]::ParameterName, 'Open VTEX''s sign-out page too, so that the next login can be another user''s')
            [CompletionResult]::new('--force', '--force', [CompletionResultType]::ParameterName, 'Forget the account even where its token cannot be read, and so not be revoked')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print the answer as JSON')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Show requests on stderr: method, host, path, status and time, never a secret')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Show requests on stderr: method, host, path, status and time, never a secret')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Hide notes on stderr; warnings and errors stay')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Hide notes on stderr; warnings and errors stay')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'vtexid;switch' {
            [CompletionResult]::new('-a', '-a', [CompletionResultType]::ParameterName, 'Act on this account (else VTEX_ACCOUNT, else the current one)')
            [CompletionResult]::new('--account', '--account', [CompletionResultType]::ParameterName, 'Act on this account (else VTEX_ACCOUNT, else the current one)')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print the answer as JSON')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Show requests on stderr: method, host, path, status and time, never a secret')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Show requests on stderr: method, host, path, status and time, never a secret')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Hide notes on stderr; warnings and errors stay')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Hide notes on stderr; warnings and errors stay')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'vtexid;status' {
            [CompletionResult]::new('-a', '-a', [CompletionResultType]::ParameterName, 'Act on this account (else VTEX_ACCOUNT, else the current one)')
            [CompletionResult]::new('--account', '--account', [CompletionResultType]::ParameterName, 'Act on this account (else VTEX_ACCOUNT, else the current one)')
            [CompletionResult]::new('--short', '--short', [CompletionResultType]::ParameterName, 'Print only the account and the credential that commands use now, for prompts')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print the answer as JSON')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Show requests on stderr: method, host, path, status and time, never a secret')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Show requests on stderr: method, host, path, status and time, never a secret')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Hide notes on stderr; warnings and errors stay')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Hide notes on stderr; warnings and errors stay')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'vtexid;whoami' {
            [CompletionResult]::new('-a', '-a', [CompletionResultType]::ParameterName, 'Act on this account (else VTEX_ACCOUNT, else the current one)')
            [CompletionResult]::new('--account', '--account', [CompletionResultType]::ParameterName, 'Act on this account (else VTEX_ACCOUNT, else the current one)')
            [CompletionResult]::new('--short', '--short', [CompletionResultType]::ParameterName, 'Print only the account and the credential that commands use now, for prompts')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print the answer as JSON')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Show requests on stderr: method, host, path, status and time, never a secret')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Show requests on stderr: method, host, path, status and time, never a secret')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Hide notes on stderr; warnings and errors stay')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Hide notes on stderr; warnings and errors stay')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'vtexid;local' {
            [CompletionResult]::new('-a', '-a', [CompletionResultType]::ParameterName, 'Act on this account (else VTEX_ACCOUNT, else the current one)')
            [CompletionResult]::new('--account', '--account', [CompletionResultType]::ParameterName, 'Act on this account (else VTEX_ACCOUNT, else the current one)')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print the answer as JSON')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Show requests on stderr: method, host, path, status and time, never a secret')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Show requests on stderr: method, host, path, status and time, never a secret')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Hide notes on stderr; warnings and errors stay')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Hide notes on stderr; warnings and errors stay')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('token', 'token', [CompletionResultType]::ParameterValue, 'Print the stored token')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'vtexid;local;token' {
            [CompletionResult]::new('--as', '--as', [CompletionResultType]::ParameterName, 'Use this credential of the account: `user`, `key`, or a shopper''s e-mail (else the user''s, else the app key''s)')
            [CompletionResult]::new('-f', '-f', [CompletionResultType]::ParameterName, 'How to print it')
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'How to print it')
            [CompletionResult]::new('--name', '--name', [CompletionResultType]::ParameterName, 'Set this variable instead of VTEX_TOKEN, with --format env, fish, powershell or dotenv')
            [CompletionResult]::new('--domain', '--domain', [CompletionResultType]::ParameterName, 'The host of the cookie, with --format storage-state (else localhost)')
            [CompletionResult]::new('--min-validity', '--min-validity', [CompletionResultType]::ParameterName, 'Have at least this long left, renewing if need be: 90s, 10m, 2h')
            [CompletionResult]::new('--clear-after', '--clear-after', [CompletionResultType]::ParameterName, 'Clear the clipboard after this long if it still holds the token: 90s, 10m, never (else 2m)')
            [CompletionResult]::new('-a', '-a', [CompletionResultType]::ParameterName, 'Act on this account (else VTEX_ACCOUNT, else the current one)')
            [CompletionResult]::new('--account', '--account', [CompletionResultType]::ParameterName, 'Act on this account (else VTEX_ACCOUNT, else the current one)')
            [CompletionResult]::new('--refresh', '--refresh', [CompletionResultType]::ParameterName, 'Renew it even when it is good for long enough')
            [CompletionResult]::new('--copy', '--copy', [CompletionResultType]::ParameterName, 'Copy what is printed to the clipboard, even when not printing to a terminal')
            [CompletionResult]::new('--no-copy', '--no-copy', [CompletionResultType]::ParameterName, 'Do not copy it to the clipboard')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print the answer as JSON')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Show requests on stderr: method, host, path, status and time, never a secret')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Show requests on stderr: method, host, path, status and time, never a secret')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Hide notes on stderr; warnings and errors stay')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Hide notes on stderr; warnings and errors stay')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'vtexid;local;help' {
            [CompletionResult]::new('token', 'token', [CompletionResultType]::ParameterValue, 'Print the stored token')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'vtexid;local;help;token' {
            break
        }
        'vtexid;local;help;help' {
            break
        }
        'vtexid;exec' {
            [CompletionResult]::new('--as', '--as', [CompletionResultType]::ParameterName, 'Use this credential of the account: `user`, `key`, or a shopper''s e-mail (else the user''s, else the app key''s)')
            [CompletionResult]::new('--set', '--set', [CompletionResultType]::ParameterName, 'Set this variable, and none but those named so: token, cookie, key, app-token, account or login')
            [CompletionResult]::new('--min-validity', '--min-validity', [CompletionResultType]::ParameterName, 'Have at least this long left, renewing if need be: 90s, 10m, 2h')
            [CompletionResult]::new('-a', '-a', [CompletionResultType]::ParameterName, 'Act on this account (else VTEX_ACCOUNT, else the current one)')
            [CompletionResult]::new('--account', '--account', [CompletionResultType]::ParameterName, 'Act on this account (else VTEX_ACCOUNT, else the current one)')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print the answer as JSON')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Show requests on stderr: method, host, path, status and time, never a secret')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Show requests on stderr: method, host, path, status and time, never a secret')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Hide notes on stderr; warnings and errors stay')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Hide notes on stderr; warnings and errors stay')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'vtexid;apptoken' {
            [CompletionResult]::new('--app-key', '--app-key', [CompletionResultType]::ParameterName, 'The app key (else VTEX_APP_KEY): vtexappkey-mystore-ABCDEF')
            [CompletionResult]::new('--app-token-file', '--app-token-file', [CompletionResultType]::ParameterName, 'Read the app token from this file, or `-` for stdin (else VTEX_APP_TOKEN)')
            [CompletionResult]::new('--store', '--store', [CompletionResultType]::ParameterName, 'Where --save keeps it; remembered for the account. `file` is plain text')
            [CompletionResult]::new('-f', '-f', [CompletionResultType]::ParameterName, 'How to print the token (else raw; after --save at a terminal it is not printed)')
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'How to print the token (else raw; after --save at a terminal it is not printed)')
            [CompletionResult]::new('--name', '--name', [CompletionResultType]::ParameterName, 'Set this variable instead of VTEX_TOKEN, with --format env, fish, powershell or dotenv')
            [CompletionResult]::new('--domain', '--domain', [CompletionResultType]::ParameterName, 'The host of the cookie, with --format storage-state (else localhost)')
            [CompletionResult]::new('-a', '-a', [CompletionResultType]::ParameterName, 'Act on this account (else VTEX_ACCOUNT, else the current one)')
            [CompletionResult]::new('--account', '--account', [CompletionResultType]::ParameterName, 'Act on this account (else VTEX_ACCOUNT, else the current one)')
            [CompletionResult]::new('--save', '--save', [CompletionResultType]::ParameterName, 'Save the app key pair, for later apptoken -a ACCOUNT and local token --as key')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print the answer as JSON')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Show requests on stderr: method, host, path, status and time, never a secret')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Show requests on stderr: method, host, path, status and time, never a secret')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Hide notes on stderr; warnings and errors stay')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Hide notes on stderr; warnings and errors stay')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'vtexid;api' {
            [CompletionResult]::new('-X', '-X ', [CompletionResultType]::ParameterName, 'The method (else GET, or POST with --data)')
            [CompletionResult]::new('--method', '--method', [CompletionResultType]::ParameterName, 'The method (else GET, or POST with --data)')
            [CompletionResult]::new('-d', '-d', [CompletionResultType]::ParameterName, 'Send this text, or a file with @FILE, or stdin with @-; as JSON unless a header says otherwise')
            [CompletionResult]::new('--data', '--data', [CompletionResultType]::ParameterName, 'Send this text, or a file with @FILE, or stdin with @-; as JSON unless a header says otherwise')
            [CompletionResult]::new('-H', '-H ', [CompletionResultType]::ParameterName, 'Send this header too; may be given several times')
            [CompletionResult]::new('--header', '--header', [CompletionResultType]::ParameterName, 'Send this header too; may be given several times')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Write the answer to FILE, which is replaced once it is complete')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Write the answer to FILE, which is replaced once it is complete')
            [CompletionResult]::new('--as', '--as', [CompletionResultType]::ParameterName, 'Send this credential of the account: `user`, `key` (the app key pair), a shopper''s e-mail, or `none`')
            [CompletionResult]::new('--host', '--host', [CompletionResultType]::ParameterName, 'Use this one of the account''s hosts instead of the documented one')
            [CompletionResult]::new('--workspace', '--workspace', [CompletionResultType]::ParameterName, 'Use this VTEX IO workspace, on myvtex.com')
            [CompletionResult]::new('-a', '-a', [CompletionResultType]::ParameterName, 'Act on this account (else VTEX_ACCOUNT, else the current one)')
            [CompletionResult]::new('--account', '--account', [CompletionResultType]::ParameterName, 'Act on this account (else VTEX_ACCOUNT, else the current one)')
            [CompletionResult]::new('-i', '-i', [CompletionResultType]::ParameterName, 'Print the status and the headers before the body')
            [CompletionResult]::new('--include', '--include', [CompletionResultType]::ParameterName, 'Print the status and the headers before the body')
            [CompletionResult]::new('--get', '--get', [CompletionResultType]::ParameterName, 'Send a GET and nothing else: refuses --method, --data and --print-curl')
            [CompletionResult]::new('--paginate', '--paginate', [CompletionResultType]::ParameterName, 'Get all pages and print each item as a line of JSON')
            [CompletionResult]::new('--fail-body', '--fail-body', [CompletionResultType]::ParameterName, 'Print the body of an error on stdout instead of stderr')
            [CompletionResult]::new('--print-curl', '--print-curl', [CompletionResultType]::ParameterName, 'Print the request as a curl command, without the credential, and send nothing')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print the answer as JSON')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Show requests on stderr: method, host, path, status and time, never a secret')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Show requests on stderr: method, host, path, status and time, never a secret')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Hide notes on stderr; warnings and errors stay')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Hide notes on stderr; warnings and errors stay')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'vtexid;toolbelt' {
            [CompletionResult]::new('-a', '-a', [CompletionResultType]::ParameterName, 'Act on this account (else VTEX_ACCOUNT, else the current one)')
            [CompletionResult]::new('--account', '--account', [CompletionResultType]::ParameterName, 'Act on this account (else VTEX_ACCOUNT, else the current one)')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print the answer as JSON')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Show requests on stderr: method, host, path, status and time, never a secret')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Show requests on stderr: method, host, path, status and time, never a secret')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Hide notes on stderr; warnings and errors stay')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Hide notes on stderr; warnings and errors stay')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('import', 'import', [CompletionResultType]::ParameterValue, 'Import the toolbelt''s sessions; its files stay as they are')
            [CompletionResult]::new('export', 'export', [CompletionResultType]::ParameterValue, 'Log the toolbelt in with the stored token, which it saves in plain text')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'vtexid;toolbelt;import' {
            [CompletionResult]::new('--store', '--store', [CompletionResultType]::ParameterName, 'Where to save the tokens (else where the account''s are, else in the keyring). `file` is plain text')
            [CompletionResult]::new('-a', '-a', [CompletionResultType]::ParameterName, 'Act on this account (else VTEX_ACCOUNT, else the current one)')
            [CompletionResult]::new('--account', '--account', [CompletionResultType]::ParameterName, 'Act on this account (else VTEX_ACCOUNT, else the current one)')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print the answer as JSON')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Show requests on stderr: method, host, path, status and time, never a secret')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Show requests on stderr: method, host, path, status and time, never a secret')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Hide notes on stderr; warnings and errors stay')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Hide notes on stderr; warnings and errors stay')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'vtexid;toolbelt;export' {
            [CompletionResult]::new('--as', '--as', [CompletionResultType]::ParameterName, 'Use this credential of the account: `user`, `key`, or a shopper''s e-mail (else the user''s, else the app key''s)')
            [CompletionResult]::new('--workspace', '--workspace', [CompletionResultType]::ParameterName, 'The workspace to be in (else the one it is in, else master)')
            [CompletionResult]::new('-a', '-a', [CompletionResultType]::ParameterName, 'Act on this account (else VTEX_ACCOUNT, else the current one)')
            [CompletionResult]::new('--account', '--account', [CompletionResultType]::ParameterName, 'Act on this account (else VTEX_ACCOUNT, else the current one)')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print the answer as JSON')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Show requests on stderr: method, host, path, status and time, never a secret')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Show requests on stderr: method, host, path, status and time, never a secret')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Hide notes on stderr; warnings and errors stay')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Hide notes on stderr; warnings and errors stay')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'vtexid;toolbelt;help' {
            [CompletionResult]::new('import', 'import', [CompletionResultType]::ParameterValue, 'Import the toolbelt''s sessions; its files stay as they are')
            [CompletionResult]::new('export', 'export', [CompletionResultType]::ParameterValue, 'Log the toolbelt in with the stored token, which it saves in plain text')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'vtexid;toolbelt;help;import' {
            break
        }
        'vtexid;toolbelt;help;export' {
            break
        }
        'vtexid;toolbelt;help;help' {
            break
        }
        'vtexid;inspect' {
            [CompletionResult]::new('--as', '--as', [CompletionResultType]::ParameterName, 'Use this credential of the account: `user`, `key`, or a shopper''s e-mail (else the user''s, else the app key''s)')
            [CompletionResult]::new('--check', '--check', [CompletionResultType]::ParameterName, 'Exit with 3 unless it is good: not expired, signed, nothing odd; or for so long at least: 90s, 10m, 2h')
            [CompletionResult]::new('--claim', '--claim', [CompletionResultType]::ParameterName, 'Print this claim''s value and nothing else')
            [CompletionResult]::new('--key', '--key', [CompletionResultType]::ParameterName, 'Check the signature with the key in FILE: a public key or certificate (PEM), a JWK or a JWKS')
            [CompletionResult]::new('--secret', '--secret', [CompletionResultType]::ParameterName, 'Check the signature (HS256, HS384, HS512) with the secret in FILE, taken as it is')
            [CompletionResult]::new('-a', '-a', [CompletionResultType]::ParameterName, 'Act on this account (else VTEX_ACCOUNT, else the current one)')
            [CompletionResult]::new('--account', '--account', [CompletionResultType]::ParameterName, 'Act on this account (else VTEX_ACCOUNT, else the current one)')
            [CompletionResult]::new('--online', '--online', [CompletionResultType]::ParameterName, 'Ask VTEX ID whether the token is good; exit with 3 if it is not')
            [CompletionResult]::new('--roles', '--roles', [CompletionResultType]::ParameterName, 'Ask License Manager, with the token itself, for the user''s roles')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print the answer as JSON')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Show requests on stderr: method, host, path, status and time, never a secret')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Show requests on stderr: method, host, path, status and time, never a secret')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Hide notes on stderr; warnings and errors stay')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Hide notes on stderr; warnings and errors stay')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'vtexid;doctor' {
            [CompletionResult]::new('-a', '-a', [CompletionResultType]::ParameterName, 'Act on this account (else VTEX_ACCOUNT, else the current one)')
            [CompletionResult]::new('--account', '--account', [CompletionResultType]::ParameterName, 'Act on this account (else VTEX_ACCOUNT, else the current one)')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print the answer as JSON')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Show requests on stderr: method, host, path, status and time, never a secret')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Show requests on stderr: method, host, path, status and time, never a secret')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Hide notes on stderr; warnings and errors stay')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Hide notes on stderr; warnings and errors stay')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'vtexid;completions' {
            [CompletionResult]::new('-a', '-a', [CompletionResultType]::ParameterName, 'Act on this account (else VTEX_ACCOUNT, else the current one)')
            [CompletionResult]::new('--account', '--account', [CompletionResultType]::ParameterName, 'Act on this account (else VTEX_ACCOUNT, else the current one)')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print the answer as JSON')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Show requests on stderr: method, host, path, status and time, never a secret')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Show requests on stderr: method, host, path, status and time, never a secret')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Hide notes on stderr; warnings and errors stay')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Hide notes on stderr; warnings and errors stay')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'vtexid;help' {
            [CompletionResult]::new('login', 'login', [CompletionResultType]::ParameterValue, 'Log in with the browser and keep the token in the OS keyring')
            [CompletionResult]::new('logout', 'logout', [CompletionResultType]::ParameterValue, 'Revoke the account''s tokens at VTEX ID and delete its credentials here')
            [CompletionResult]::new('switch', 'switch', [CompletionResultType]::ParameterValue, 'Make another logged-in account the current one')
            [CompletionResult]::new('status', 'status', [CompletionResultType]::ParameterValue, 'Show every stored credential, how long it is valid, and which one commands use')
            [CompletionResult]::new('local', 'local', [CompletionResultType]::ParameterValue, 'Print the stored token')
            [CompletionResult]::new('exec', 'exec', [CompletionResultType]::ParameterValue, 'Run a program with the credential in its environment')
            [CompletionResult]::new('apptoken', 'apptoken', [CompletionResultType]::ParameterValue, 'Make a token from an app key and app token')
            [CompletionResult]::new('api', 'api', [CompletionResultType]::ParameterValue, 'Send a request to a VTEX API, with the right host and credential')
            [CompletionResult]::new('toolbelt', 'toolbelt', [CompletionResultType]::ParameterValue, 'Import sessions from VTEX''s own CLI, or export one to it')
            [CompletionResult]::new('inspect', 'inspect', [CompletionResultType]::ParameterValue, 'Explain a token: who, account, kind, what it may do, how long it is good')
            [CompletionResult]::new('doctor', 'doctor', [CompletionResultType]::ParameterValue, 'Check what a login and a token depend on: store, clipboard, browser, clock, network')
            [CompletionResult]::new('completions', 'completions', [CompletionResultType]::ParameterValue, 'Print the completion script for a shell')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'vtexid;help;login' {
            break
        }
        'vtexid;help;logout' {
            break
        }
        'vtexid;help;switch' {
            break
        }
        'vtexid;help;status' {
            break
        }
        'vtexid;help;local' {
            [CompletionResult]::new('token', 'token', [CompletionResultType]::ParameterValue, 'Print the stored token')
            break
        }
        'vtexid;help;local;token' {
            break
        }
        'vtexid;help;exec' {
            break
        }
        'vtexid;help;apptoken' {
            break
        }
        'vtexid;help;api' {
            break
        }
        'vtexid;help;toolbelt' {
            [CompletionResult]::new('import', 'import', [CompletionResultType]::ParameterValue, 'Import the toolbelt''s sessions; its files stay as they are')
            [CompletionResult]::new('export', 'export', [CompletionResultType]::ParameterValue, 'Log the toolbelt in with the stored token, which it saves in plain text')
            break
        }
        'vtexid;help;toolbelt;import' {
            break
        }
        'vtexid;help;toolbelt;export' {
            break
        }
        'vtexid;help;inspect' {
            break
        }
        'vtexid;help;doctor' {
            break
        }
        'vtexid;help;completions' {
            break
        }
        'vtexid;help;help' {
            break
        }
    })

    $completions.Where{ $_.CompletionText -like "$wordToComplete*" } |
        Sort-Object -Property ListItemText
}
