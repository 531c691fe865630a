// SPDX-License-Identifier: MIT

/** What one object of a model may do, and what becomes of it, by the value of its word. */
export interface Tables {
  /** By value: the kinds of action that may run, a bit each. */
  readonly mayRun: Uint32Array;
  /** By kind and value, kind by kind: the value afterwards. */
  readonly after: Uint32Array;
}

/** Tabulates two functions of an action's name and a word below `values`. At most 32 names. */
export function tabulate<Name extends string>(
  names: readonly Name[],
  values: number,
  mayRun: (name: Name, value: number) => boolean,
  after: (name: Name, value: number) => number,
): Tables {
  const tables = { mayRun: new Uint32Array(values), after: new Uint32Array(names.length * values) };
  for (let value = 0; value < values; value++) {
    for (const [kind, name] of names.entries()) {
      if (mayRun(name, value)) tables.mayRun[value]! |= 1 << kind;
      tables.after[kind * values + value] = after(name, value);
    }
  }
  return tables;
}

/** By action, where actions are numbered object by object: the object it is of, and its kind. */
export function numbering(objects: number, kinds: number): { readonly object: Uint8Array; readonly kind: Uint8Array } {
  return {
    object: Uint8Array.from({ length: objects * kinds }, (_, action) => Math.floor(action / kinds)),
    kind: Uint8Array.from({ length: objects * kinds }, (_, action) => action % kinds),
  };
}
