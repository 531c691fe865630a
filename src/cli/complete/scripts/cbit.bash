# SPDX-License-Identifier: MIT
# cbit completion for bash: source <(cbit completion bash)
# Readline breaks words at the characters of COMP_WORDBREAKS and replaces what stands behind the last one only: that much is cut
# off from the candidates. "@" breaks words, too, but belongs to what is replaced. Ref: bash(1), COMP_WORDBREAKS; rl_special_prefixes.
_cbit() {
  local IFS=$'\n' typed value breaks= prefix= char
  local -a lines
  mapfile -t lines < <("${1/#\~/$HOME}" __complete --line "${COMP_LINE:0:COMP_POINT}" 2>/dev/null)
  COMPREPLY=()
  typed=${lines[0]}
  for char in = : @; do
    if [[ $COMP_WORDBREAKS == *"$char"* ]]; then breaks+=$char; fi
  done
  if [[ -n $breaks ]]; then prefix=${typed%"${typed##*[$breaks]}"}; fi
  prefix=${prefix%@}
  for value in "${lines[@]:1}"; do
    value=${value%%$'\t'*}
    value=${value#"$prefix"}
    if [[ $value == *[!A-Za-z0-9_./:,=@%+~-]* ]]; then printf -v value %q "$value"; fi
    COMPREPLY+=("$value")
  done
  if [[ ${#COMPREPLY[@]} -eq 1 && ${COMPREPLY[0]} == *[=,:/@] ]]; then compopt -o nospace 2>/dev/null; fi
}
complete -F _cbit cbit
