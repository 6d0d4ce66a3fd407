# Completions of vtexid for PowerShell. At each Tab they ask vtexid itself what can be typed.

Register-ArgumentCompleter -Native -CommandName vtexid -ScriptBlock {
    param($typing, $command, $cursor)
    $words = @()
    foreach ($element in $command.CommandElements) {
        if ($element.Extent.EndOffset -ge $cursor) { break }
        $words += $element.Extent.Text.Trim("'", '"')
    }
    foreach ($line in @(& vtexid __complete "--typing=$typing" -- @words 2>$null)) {
        $value, $about = $line -split "`t", 2
        # PowerShell offers files where nothing else is offered.
        if ($value.StartsWith(':')) { return }
        if (-not $about) { $about = $value }
        [System.Management.Automation.CompletionResult]::new($value, $value, 'ParameterValue', $about)
    }
}
