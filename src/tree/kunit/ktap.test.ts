// SPDX-License-Identifier: MIT
import { describe, expect, it } from "vitest";
import { parseKtap, resultLine } from "./ktap.ts";

describe("KTAP", () => {
  it("reads results with those below them, past other messages", () => {
    const lines = `KTAP version 1
1..2
    KTAP version 1
    # Subtest: a
    # module: a_test
    1..2
        KTAP version 1
        # Subtest: one
        ok 1 x, with a comma
ok of another kind
        not ok 2 y
    # one: pass:1 fail:1 skip:0 total:2
    not ok 1 one
    ok 2 two # SKIP not here
not ok 1 a
ok 2 b # SKIP`.split("\n");
    expect(parseKtap(lines)).toEqual([
      {
        name: "a",
        status: "not ok",
        comment: "",
        children: [
          {
            name: "one",
            status: "not ok",
            comment: "",
            children: [
              { name: "x, with a comma", status: "ok", comment: "", children: [] },
              { name: "y", status: "not ok", comment: "", children: [] },
            ],
          },
          { name: "two", status: "skip", comment: "not here", children: [] },
        ],
      },
      { name: "b", status: "skip", comment: "", children: [] },
    ]);
  });

  it.each(["# ok 1 a", "ok", "okay 1 a", "    # Totals: pass:1"])("takes %s for no result", (line) => {
    expect(resultLine(line)).toBeNull();
  });
});
