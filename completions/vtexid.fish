# Completions of vtexid for fish. At each Tab they ask vtexid itself what can be typed.

function __vtexid_complete
    set -l words (commandline --current-process --tokenize --cut-at-cursor)
    set -l typing (commandline --current-token --cut-at-cursor)
    set -l lines (command vtexid __complete --typing="$typing" -- $words 2>/dev/null)
    switch "$lines[1]"
        case :files
            __fish_complete_path "$typing"
        case :command
            if test "$words[-1]" = --
                __fish_complete_command
            else
                __fish_complete_path "$typing"
            end
        case '*'
            printf '%s\n' $lines
    end
end

complete --command vtexid --no-files --keep-order --arguments '(__vtexid_complete)'
