# SPDX-License-Identifier: MIT
# Types lines into an interactive shell on a pseudo terminal, presses TAB behind each, and prints what the shell has made of it.
# Usage: zsh -f complete-in-shell.zsh bash|zsh LINE...
zmodload zsh/zpty
shell=$1; shift
case $shell in
  bash)
    zpty -b pty bash --norc --noprofile -i
    setup=$'bind "set bell-style none"; bind "set enable-bracketed-paste off"; source <(cbit completion bash); bind -x \'"\\C-x\\C-b":echo "<<$READLINE_LINE>>"\'; echo REA""DY\n' ;;
  zsh)
    zpty -b pty zsh -f -i
    setup=$'unsetopt beep prompt_sp; autoload -Uz compinit; compinit -u -D; source <(cbit completion zsh); show() { print -r -- "<<$BUFFER>>"; zle reset-prompt }; zle -N show; bindkey "^X^B" show; print REA""DY\n' ;;
esac
# Waits until the terminal has shown the pattern.
await() {
  local text= chunk deadline=$((SECONDS + 30))
  while [[ $text != ${~1} && $SECONDS -lt $deadline ]]; do
    if zpty -r -t pty chunk; then text+=$chunk; else sleep 0.02; fi
  done
  reply=$text
}
zpty -w -n pty "$setup"
await '*READY*'
for line in "$@"; do
  zpty -w -n pty "$line"$'\t'
  # The line editor reads on once the candidates are there.
  zpty -w -n pty $'\x18\x02'
  await '*<<*>>*'
  print -r -- "${${reply##*<<}%%>>*}"
  zpty -w -n pty $'\x15'
done
zpty -d pty
