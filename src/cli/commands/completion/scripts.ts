/**
 * What each shell runs: it asks `vault-k8s completion candidates -- WORDS` with the words up to the cursor, and gets a candidate a line,
 * with a tab and what it means. Where there are none, files are offered. Errors say nothing.
 */
export const scripts: Readonly<Record<string, string>> = {
  bash: `# vault-k8s completion for bash. Load it with: source <(vault-k8s completion bash)
_vault_k8s() {
  local IFS=$'\\n' line word
  word="\${COMP_WORDS[COMP_CWORD]}"
  # bash splits words at = and :, which stand in values.
  local typed="\${COMP_LINE:0:COMP_POINT}" words
  IFS=' ' read -r -a words <<< "$typed"
  [[ "$typed" == *' ' ]] && words+=("")
  COMPREPLY=()
  local last="\${words[\${#words[@]}-1]}"
  while IFS= read -r line; do
    line="\${line%%$'\\t'*}"
    # Only what follows the last = or : is replaced by bash.
    [[ "$last" == "$line"* || "$line" == "$last"* ]] && COMPREPLY+=("\${line:\${#last}-\${#word}}")
  done < <("\${COMP_WORDS[0]}" completion candidates -- "\${words[@]:1}" 2> /dev/null)
}
complete -o default -F _vault_k8s vault-k8s
`,
  zsh: `#compdef vault-k8s
# vault-k8s completion for zsh. Load it with: source <(vault-k8s completion zsh)
_vault_k8s() {
  local -a lines names described
  local line
  lines=("\${(@f)$("\${words[1]}" completion candidates -- "\${(@)words[2,CURRENT]}" 2> /dev/null)}")
  for line in $lines; do
    [[ -z "$line" ]] && continue
    described+=("\${\${line%%$'\\t'*}//:/\\\\:}:\${line#*$'\\t'}")
  done
  if (( \${#described} )); then _describe -t values vault-k8s described; else _files; fi
}
if [[ "$funcstack[1]" == "_vault_k8s" ]]; then _vault_k8s "$@"; else compdef _vault_k8s vault-k8s; fi
`,
  fish: `# vault-k8s completion for fish. Load it with: vault-k8s completion fish | source
function __vault_k8s_candidates
  set -l words (commandline -opc) (commandline -ct)
  $words[1] completion candidates -- $words[2..-1] 2> /dev/null
end
complete -c vault-k8s -f -a '(__vault_k8s_candidates)'
complete -c vault-k8s -n 'test (count (__vault_k8s_candidates)) -eq 0' -F
`,
  powershell: `# vault-k8s completion for PowerShell. Load it with: vault-k8s completion powershell | Out-String | Invoke-Expression
Register-ArgumentCompleter -Native -CommandName vault-k8s -ScriptBlock {
  param($wordToComplete, $commandAst, $cursorPosition)
  $words = @($commandAst.CommandElements | Select-Object -Skip 1 | Where-Object { $_.Extent.StartOffset -lt $cursorPosition } | ForEach-Object { $_.ToString() })
  if ($wordToComplete -eq '') { $words += '' }
  & vault-k8s completion candidates -- @words 2> $null | ForEach-Object {
    $name, $meaning = $_ -split "\`t", 2
    if (-not $meaning) { $meaning = $name }
    [System.Management.Automation.CompletionResult]::new($name, $name, 'ParameterValue', $meaning)
  }
}
`,
};
