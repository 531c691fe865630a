#compdef cbit
# SPDX-License-Identifier: MIT
# cbit completion for zsh: source <(cbit completion zsh), or as _cbit in a folder of $fpath
_cbit() {
  local -a lines done open
  local line entry
  lines=("${(@f)$("${(Q)words[1]/#\~/$HOME}" __complete -- "${(@Q)words[2,CURRENT-1]}" "${(Q)PREFIX}" 2>/dev/null)}")
  for line in $lines; do
    [[ -n $line ]] || continue
    entry=${${line%%$'\t'*}//:/\\:}
    if [[ $line == *$'\t'* ]]; then entry+=:${line#*$'\t'}; fi
    if [[ ${line%%$'\t'*} == *[=,:/@] ]]; then open+=("$entry"); else done+=("$entry"); fi
  done
  _describe -t values value done -- open -S ''
}
if [[ $funcstack[1] == _cbit ]]; then _cbit "$@"; else compdef _cbit cbit; fi
