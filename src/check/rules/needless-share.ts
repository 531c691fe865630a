// SPDX-License-Identifier: MIT
/** `needless-share`: a buffer is shared with the host although its device could reach it in private. Advice: nothing is wrong with the bytes. */

import { causeNumber } from "./cause-number.ts";
import { NO_CAUSE, type Rule } from "./rule.ts";

export const needlessShare: Rule = {
  id: "needless-share",
  severity: "advice",
  title: "a buffer is shared without need",
  question: "Is memory shared only where a device needs it?",
  docs: "docs/rules/needless-share.md",
  source: "arch/x86/mm/mem_encrypt.c:20-43 (force_dma_unencrypted decides for a guest as a whole, and by the mask alone for a host)",
  judge({ health, operation }) {
    const first = health?.needless[0];
    return first === undefined ? NO_CAUSE : causeNumber(0, operation.op, first.why);
  },
  describe({ health }) {
    const first = health?.needless[0];
    return first === undefined ? "a buffer is shared without need" : `page ${first.page} of buffer ${first.buf} is shared without need: ${first.why}`;
  },
  why: () => ({
    text: "Every shared page is one that the host can read and change, and a conversion costs flushes and calls to the host.",
    ref: "arch/x86/mm/mem_encrypt.c:20-43 (force_dma_unencrypted), Documentation/arch/x86/amd-memory-encryption.rst:16-40",
  }),
  hint: () => "A test for the device, not for the machine, would keep the page private.",
};
