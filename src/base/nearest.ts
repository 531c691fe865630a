// SPDX-License-Identifier: MIT
/** Finds the names that a mistyped one may have meant. */

function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      next[j] = Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1));
    }
    row = next;
  }
  return row[b.length]!;
}

/** Edits that a name may be farther off than the nearest one and still be worth naming. */
const MARGIN = 1;

/** Up to `limit` of the known names, nearest first (edit distance; a shared prefix counts as near). Never empty. */
export function nearest(name: string, known: readonly string[], limit = 3): string[] {
  const score = (k: string): number => (k.startsWith(name) || name.startsWith(k) ? 0.5 : distance(name, k));
  const scored = known.map((k) => ({ k, s: score(k) })).sort((a, b) => a.s - b.s || a.k.localeCompare(b.k));
  return scored.filter((e) => e.s <= scored[0]!.s + MARGIN).slice(0, limit).map((e) => e.k);
}
