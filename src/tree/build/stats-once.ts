// SPDX-License-Identifier: MIT
/** Looks at each file of the sources once in a command, however many modules and records ask. */

import type { FileStat, Host } from "../host.ts";

/** @param ours the cache: what lies there changes meanwhile, and is looked at each time */
export function statsOnce(host: Host, ours: string): Host {
  const seen = new Map<string, Promise<FileStat | null>>();
  return {
    ...host,
    stat: (path) => {
      if (path.startsWith(`${ours}/`)) return host.stat(path);
      const known = seen.get(path) ?? host.stat(path);
      seen.set(path, known);
      return known;
    },
  };
}

/** The same question to one host has one answer. */
export function oncePerHost<T>(ask: (host: Host) => Promise<T>): (host: Host) => Promise<T> {
  const answers = new WeakMap<Host, Promise<T>>();
  return (host) => {
    const known = answers.get(host) ?? ask(host);
    answers.set(host, known);
    return known;
  };
}
