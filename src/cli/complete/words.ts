// SPDX-License-Identifier: MIT
/** The words of a command line as a shell splits them, up to the cursor. */

/**
 * Splits at blanks outside of quotes. The last word is the one that the cursor is in: empty behind a blank. A quote that is not
 * closed yet goes to the end. Expansions are left as they are, but for backslashes.
 */
export function wordsOf(line: string): string[] {
  const words: string[] = [];
  let word = "";
  let open = false;
  let quote = "";
  for (let i = 0; i < line.length; i++) {
    const char = line[i]!;
    if (quote === "" && /\s/.test(char)) {
      if (open) words.push(word);
      word = "";
      open = false;
      continue;
    }
    open = true;
    if (char === quote) quote = "";
    else if (quote === "" && (char === '"' || char === "'")) quote = char;
    else if (char === "\\" && quote !== "'" && i + 1 < line.length) word += line[++i]!;
    else word += char;
  }
  return [...words, word];
}
