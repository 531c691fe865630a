// SPDX-License-Identifier: MIT
/** All built-in workloads. */

import { CbitError, EXIT, nearest } from "../../base/index.ts";
import type { Workload } from "../../check/index.ts";
import { dmaBuf } from "./dma-buf.ts";
import { dmaCoherent } from "./dma-coherent.ts";
import { dmaStreaming } from "./dma-streaming.ts";
import { host } from "./host.ts";
import { poolReuse } from "./pool-reuse.ts";
import { parseScale, type Scale, scaled } from "./scale.ts";
import { setMemoryFailures } from "./set-memory-failures.ts";
import { trust } from "./trust.ts";
import { ttmBuffer, ttmChunks } from "./ttm-buffer.ts";
import { ttmMove } from "./ttm-move.ts";
import { ttmSwap } from "./ttm-swap.ts";
import { ttmWc } from "./ttm-wc.ts";

/** The built-in workloads. */
export const WORKLOADS: readonly Workload[] = [ttmBuffer, ttmChunks, ttmMove, ttmSwap, ttmWc, poolReuse, dmaStreaming, dmaCoherent, dmaBuf, setMemoryFailures, trust, host];

/** What `cbit check` runs. */
export const DEFAULT_WORKLOAD: Workload = ttmBuffer;

/** What `cbit compare --policies` runs: a policy that takes a buffer for one allocation shows it here only. */
export const POLICIES_WORKLOAD: Workload = ttmChunks;

/** The workload of a name, as it is or scaled: "ttm-buffer", "ttm-buffer,buffers=2,pages=2". @throws CbitError (CBIT-105) that names the nearest, CBIT-110 */
export function workloadNamed(name: string): Workload {
  const comma = name.indexOf(",");
  const bare = comma < 0 ? name : name.slice(0, comma);
  const found = WORKLOADS.find((w) => w.name === bare);
  if (found !== undefined) return comma < 0 ? found : scaled(found, parseScale(name.slice(comma + 1)));
  throw new CbitError({
    code: "CBIT-105",
    exit: EXIT.usage,
    message: `unknown workload "${bare}"; nearest: ${nearest(bare, WORKLOADS.map((w) => w.name)).join(", ")}`,
    hint: "`cbit list workloads` shows all.",
  });
}

export { type Scale, scaled };
