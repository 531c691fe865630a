// SPDX-License-Identifier: MIT
import { describe, expect, it } from "vitest";
import type { Host } from "../host.ts";
import { findToolchain, LLVM_PROGRAMS, OTHER_PROGRAMS } from "./toolchain.ts";

/** A computer with some families of LLVM: suffix to what clang says of itself. */
function computer(families: Readonly<Record<string, string>>, llvm = "", lacks: readonly string[] = []): Host {
  const programs = new Set([...OTHER_PROGRAMS, ...Object.keys(families).flatMap((suffix) => LLVM_PROGRAMS.map((tool) => tool + suffix))].filter((p) => !lacks.includes(p)));
  return {
    llvm,
    findProgram: async (name: string) => (programs.has(name) ? `/usr/bin/${name}` : null),
    run: async ([program]: readonly string[]) => ({ status: 0, stdout: `${families[program!.slice("clang".length)]}\nTarget: x86_64\n`, stderr: "" }),
  } as unknown as Host;
}

const V14 = "Debian clang version 14.0.6";
const V19 = "Debian clang version 19.1.7 (3~deb12u1)";

describe("the compiler", () => {
  it("is the best one that is here as a whole", async () => {
    expect((await findToolchain(computer({ "": V14, "-14": V14, "-19": V19 }))).version).toBe(V19);
    expect((await findToolchain(computer({ "-14": V14, "-19": V19 }, "", ["wasm-ld-19"]))).version).toBe(V14);
    expect(await findToolchain(computer({ "": V19 }))).toMatchObject({ llvm: "1", llc: ["llc"], wasmLd: "wasm-ld", opaque: null });
  });

  it("is the one that CBIT_LLVM names, with or without a number in its programs' names", async () => {
    expect((await findToolchain(computer({ "-14": V14, "-19": V19 }, "14"))).llvm).toBe("-14");
    expect((await findToolchain(computer({ "": V14, "-19": V19 }, "14"))).llvm).toBe("1");
  });

  it("writes typed pointers before LLVM 15, which opt then rewrites", async () => {
    expect(await findToolchain(computer({ "-14": V14 }))).toMatchObject({ opaque: ["opt-14", "-opaque-pointers", "-S"], llc: ["llc-14", "-opaque-pointers", expect.stringContaining("mutable-globals")] });
    expect((await findToolchain(computer({ "-15": "clang version 15.0.7" }))).opaque).toBeNull();
  });

  it.each<[string, Host, string, string]>([
    ["nothing is here", computer({}), "clang, lld and llvm of one version work, 14 or later, 19 best", "apt-get install clang-19 lld-19 llvm-19"],
    ["it is too old", computer({ "": "clang version 13.0.1" }), "clang version 13.0.1 is too old", "apt-get install clang-19"],
    ["another one is wanted", computer({ "": V14, "-14": V14 }, "18"), `${V14} is not what CBIT_LLVM asks for`, "apt-get install clang-18 lld-18 llvm-18"],
    ["what is wanted is not a version", computer({ "-19": V19 }, "best"), "CBIT_LLVM=best is not a version of LLVM", "CBIT_LLVM=19"],
    ["make is missing", computer({ "-19": V19 }, "", ["make"]), "programs that are not here: make", "apt-get install make"],
  ])("%s: exit 6, and the fix", async (_case, host, message, hint) => {
    await expect(findToolchain(host)).rejects.toMatchObject({ code: "CBIT-203", exit: 6, message: expect.stringContaining(message), hint: expect.stringContaining(hint) });
  });
});
