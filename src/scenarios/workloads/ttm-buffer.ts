// SPDX-License-Identifier: MIT
/**
 * The life of one TTM buffer: created, populated, mapped for kernel and user, then read and written by CPU
 * and device in any order. Accesses go to page 0; what differs between pages of one buffer is not looked for here.
 */

import { type Action, type Agent, tokenOf, type Workload } from "../../check/index.ts";
import type { CpuAlias, Operation } from "../../kernel/index.ts";

const FLAGS = ["created", "populated", "kmapped", "vmapped", "faulted"] as const;
type Flag = (typeof FLAGS)[number];

const mask = (...flags: readonly Flag[]): number => flags.reduce((m, f) => m | (1 << FLAGS.indexOf(f)), 0);

function action(operation: Operation, requires: readonly Flag[], forbids: readonly Flag[] = [], sets: readonly Flag[] = [], clears: readonly Flag[] = []): Action {
  return { operation, requires: mask(...requires), forbids: mask(...forbids), sets: mask(...sets), clears: mask(...clears) };
}

const buf = 0;
const page = 0;

/** Each mapping with what must be there for it. */
const MAPPINGS: readonly (readonly [CpuAlias, Flag])[] = [
  ["kmap", "kmapped"],
  ["vmap", "vmapped"],
  ["user", "faulted"],
];

const AGENTS_HERE: readonly Agent[] = ["kmap", "vmap", "user", "device"];

const lifeOf = (name: string, title: string, pages: number): Workload => ({
  name,
  title,
  buffers: 1,
  pages,
  flags: FLAGS,
  actions: [
    action({ op: "bo_create", buf, pages }, [], ["created"], ["created"]),
    action({ op: "bo_populate", buf }, ["created"], ["populated"], ["populated"]),
    action({ op: "bo_vmap", buf }, ["populated"], ["vmapped"], ["vmapped"]),
    action({ op: "bo_kmap", buf, page }, ["populated"], ["kmapped"], ["kmapped"]),
    action({ op: "bo_fault", buf, page }, ["populated"], ["faulted"], ["faulted"]),
    ...MAPPINGS.map(([alias, flag]) => action({ op: "cpu_write", buf, page, alias, value: tokenOf(alias) }, [flag])),
    action({ op: "dev_write", buf, page, value: tokenOf("device") }, ["populated"]),
    ...MAPPINGS.map(([alias, flag]) => action({ op: "cpu_read", buf, page, alias }, [flag])),
    action({ op: "dev_read", buf, page }, ["populated"]),
    action({ op: "bo_vunmap", buf }, ["vmapped"], [], [], ["vmapped"]),
    action({ op: "bo_kunmap", buf }, ["kmapped"], [], [], ["kmapped"]),
  ],
  sometimes: [
    ...AGENTS_HERE.flatMap((writer) => AGENTS_HERE.map((reader) => ({ reader, writer }))),
    { done: "bo_vunmap" },
    { done: "bo_kunmap" },
    { bounced: buf, when: "bounces-buffers" },
  ],
});

/** Two pages: one allocation. */
export const ttmBuffer: Workload = lifeOf("ttm-buffer", "one TTM buffer: create, populate, kmap, vmap, user fault; CPU and device read and write in any order", 2);

/** Three pages: TTM's pool takes an allocation of two pages and one of one (drivers/gpu/drm/ttm/ttm_pool.c:456-515). */
export const ttmChunks: Workload = lifeOf("ttm-chunks", "the same with a buffer that is built of two allocations", 3);
