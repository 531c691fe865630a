# SPDX-License-Identifier: MIT
# cbit completion for fish: cbit completion fish | source
function __cbit_complete
    set -l words (commandline -opc)
    set -l typed (commandline -ct)
    $words[1] __complete -- $words[2..-1] "$typed" 2>/dev/null
end
complete -c cbit -f -a '(__cbit_complete)'
