# Completions of vtexid for elvish. At each Tab they ask vtexid itself what can be typed.

use str

set edit:completion:arg-completer[vtexid] = {|@words|
    var lines = [(try { e:vtexid __complete --typing=$words[-1] -- (all $words[..-1]) 2>/dev/null } catch { })]
    if (and (not-eq $lines []) (str:has-prefix $lines[0] :)) {
        edit:complete-filename $@words
    } else {
        for line $lines {
            var parts = [(str:split &max=2 "\t" $line)]
            var blank = ' '
            if (str:has-suffix $parts[0] /) { set blank = '' }
            edit:complex-candidate $parts[0] &display=(str:join '  ' $parts) &code-suffix=$blank
        }
    }
}
