// SPDX-License-Identifier: MIT
/** Releases as the command line spells them: `6.12`, and with single changes switched `6.12-71ce046327cf+device_cc_accepted`. */

import { CbitError, EXIT, nearest } from "../../base/index.ts";
import { CHANGES } from "./changes.ts";
import { linux61 } from "./6.1.ts";
import { linux612 } from "./6.12.ts";
import { proposed } from "./proposed.ts";
import type { Release } from "./release.ts";

const BASES = [linux612, linux61, proposed] as const;
const HEX_ID = /^[0-9a-f]{7,40}$/;

function bad(spec: string, what: string, hint: string): CbitError {
  return new CbitError({ code: "CBIT-103", exit: EXIT.usage, message: `kernel "model:${spec}": ${what}`, hint });
}

/** The change that a word names: an id, or the beginning or the whole of a commit's digits. */
function changeNamed(spec: string, word: string): string {
  const ids = CHANGES.map((c) => c.id);
  if (ids.includes(word)) return word;
  const found = HEX_ID.test(word) ? ids.filter((id) => id.startsWith(word.slice(0, 12))) : [];
  if (found.length === 1) return found[0]!;
  if (word === "") throw bad(spec, "no change id stands behind a + or -", "`cbit list changes` shows all changes.");
  throw bad(spec, `unknown change "${word}"; nearest: ${nearest(word, ids).join(", ")}`, "`cbit list changes` shows all changes.");
}

/**
 * The release that a spec names. Its name is canonical: switches that change nothing are dropped, the others sorted.
 * @throws CbitError (CBIT-103, exit 2) for a release or change that is not known, and for one that is switched twice
 */
export function parseRelease(spec: string): Release {
  const [name, ...rest] = spec.split(/(?=[+-])/);
  const base = BASES.find((r) => r.name === name);
  const names = BASES.map((r) => r.name);
  if (base === undefined) {
    const what = spec === "" ? "no release is named" : `the model has no release "${name}"; nearest: ${nearest(name ?? "", names).join(", ")}`;
    throw bad(spec, what, `One of ${names.join(", ")}; --kernel model:${names[0]} is the default.`);
  }
  const changes = new Set(base.changes);
  const seen = new Set<string>();
  for (const part of rest) {
    const id = changeNamed(spec, part.slice(1));
    if (seen.has(id)) throw bad(spec, `change ${id} is switched twice`, `Name it once: model:${base.name}${part[0]}${id}.`);
    seen.add(id);
    if (part.startsWith("+")) changes.add(id);
    else changes.delete(id);
  }
  const switched = [...seen].filter((id) => changes.has(id) !== base.changes.has(id)).toSorted();
  if (switched.length === 0) return base;
  const suffix = switched.map((id) => `${changes.has(id) ? "+" : "-"}${id}`).join("");
  return { name: `${base.name}${suffix}`, title: `${base.title}, changed: ${suffix}`, tree: base.tree, changes };
}
