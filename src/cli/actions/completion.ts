// Runs `audicia completion` and what its scripts call back.
import { type InputCompletion, proposeCompletions } from '@stricli/core';
import { buildAudicia, routes } from '../app.ts';
import type { Shell } from '../commands/completion.ts';
import type { CliContext } from '../context.ts';

// Each script splits what `audicia __complete -- WORDS` prints at the tab, and falls back to file names.
const scripts: Readonly<Record<Shell, string>> = {
  bash: `# audicia completion for bash. Load with: source <(audicia completion bash)
_audicia() {
  local IFS=$'\\n'
  COMPREPLY=($(audicia __complete -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null | cut -f 1))
}
complete -o default -o bashdefault -F _audicia audicia
`,
  zsh: `#compdef audicia
# audicia completion for zsh. Load with: source <(audicia completion zsh)
_audicia() {
  local -a proposals
  local line value
  while IFS= read -r line; do
    value=\${line%%$'\\t'*}
    proposals+=("\${value//:/\\\\:}:\${line#*$'\\t'}")
  done < <(audicia __complete -- "\${(@)words[2,CURRENT]}" 2>/dev/null)
  if (( \${#proposals} )); then
    _describe 'audicia' proposals
  else
    _files
  fi
}
compdef _audicia audicia
`,
  fish: `# audicia completion for fish. Load with: audicia completion fish | source
function __audicia_complete
    set -l words (commandline -opc) (commandline -ct)
    audicia __complete -- $words[2..-1] 2>/dev/null
end
complete -c audicia -a '(__audicia_complete)'
`,
  powershell: `# audicia completion for PowerShell. Load with: audicia completion powershell | Out-String | Invoke-Expression
Register-ArgumentCompleter -Native -CommandName audicia -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)
    $words = @($commandAst.CommandElements | Select-Object -Skip 1 | ForEach-Object { $_.ToString() })
    if ($wordToComplete -eq '') { $words += '' }
    audicia __complete '--' @words 2>$null | ForEach-Object {
        $value, $brief = $_ -split "\`t", 2
        [System.Management.Automation.CompletionResult]::new($value, $value, 'ParameterValue', $brief)
    }
}
`,
};

export function printScript(this: CliContext, _flags: Record<never, never>, shell: Shell): void {
  this.terminal.out(scripts[shell]);
}

export async function propose(this: CliContext, _flags: Record<never, never>, ...words: string[]): Promise<void> {
  const inputs = words.length === 0 ? [''] : words;
  const found = [...subcommands(inputs), ...(await proposeCompletions(buildAudicia(this.terminal), inputs, this))];
  const wantsFlag = (inputs.at(-1) as string).startsWith('-');
  for (const { completion, brief, kind } of found) {
    // Flags are offered when a flag is begun; before that, file names are the likelier wish.
    if (kind === 'argument:flag' && !wantsFlag) continue;
    this.terminal.out(`${completion}\t${brief}\n`);
  }
}

/** Commands of a group that runs one of them by default: Stricli proposes that one's arguments only. */
function subcommands(inputs: readonly string[]): readonly InputCompletion[] {
  const [group = '', partial = ''] = inputs;
  const target = inputs.length === 2 ? routes.getRoutingTargetForInput(group) : undefined;
  if (target === undefined || !('getAllEntries' in target)) return [];
  return target.getAllEntries().flatMap(({ name, target: { brief } }) => {
    const completion = name['convert-camel-to-kebab'];
    return completion.startsWith(partial) ? [{ kind: 'routing-target:command', completion, brief } as const] : [];
  });
}
