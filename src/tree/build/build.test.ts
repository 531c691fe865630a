// SPDX-License-Identifier: MIT
import { describe, expect, it } from "vitest";
import { SERVICES } from "../services/table.ts";
import { MODULES } from "../modules/index.ts";
import { configFragment, configMismatches } from "./config.ts";
import { changedFiles, fingerprint, parseCmd, parseRule } from "./dependencies.ts";
import { definitions } from "./objects.ts";
import type { Host } from "../host.ts";

describe("configuration", () => {
  it.each([["x86_64", "SMP"], ["arm64", "KVM"]] as const)("of %s names each option that did not come out as asked", (arch, off) => {
    const good = configFragment(arch);
    expect(configMismatches(good, arch)).toEqual([]);
    expect(configMismatches(good.replace("CONFIG_SWIOTLB=y\n", "").replace(`CONFIG_${off}=n`, `CONFIG_${off}=y`), arch)).toEqual(["CONFIG_SWIOTLB is not set", `CONFIG_${off} is set`]);
  });
});

describe("dependencies", () => {
  const CMD = [
    "savedcmd_kernel/dma/pool.ll := clang-19 -Wp,-MMD,kernel/dma/.pool.ll.d -O2 -o kernel/dma/pool.ll /src/kernel/dma/pool.c",
    "",
    "source_kernel/dma/pool.ll := /src/kernel/dma/pool.c",
    "",
    "deps_kernel/dma/pool.ll := \\",
    "    $(wildcard include/config/ZONE_DMA) \\",
    "  /src/include/linux/types.h \\",
    "  include/generated/autoconf.h \\",
    "",
    "kernel/dma/pool.ll: $(deps_kernel/dma/pool.ll)",
    "",
  ].join("\n");

  it("reads what fixdep wrote", () => {
    const { command, files } = parseCmd(CMD);
    expect(command).toMatch(/^clang-19 .*pool\.c$/);
    expect(files).toEqual(["/src/kernel/dma/pool.c", "/src/include/linux/types.h", "include/generated/autoconf.h"]);
  });

  it("reads a rule of the compiler", () => {
    expect(parseRule("out.ll: a.c \\\n  b.h c.h\n")).toEqual(["a.c", "b.h", "c.h"]);
  });

  it("goes by contents where size and time do not decide", async () => {
    const files = new Map([["/a", { text: "one", modified: 1 }], ["/b", { text: "two", modified: 1 }]]);
    const host = {
      stat: async (path: string) => (files.has(path) ? { kind: "file", bytes: files.get(path)!.text.length, modified: files.get(path)!.modified } : null),
      readBytes: async (path: string) => new TextEncoder().encode(files.get(path)!.text),
      hash: (data: Uint8Array) => new TextDecoder().decode(data),
    } as unknown as Host;
    const before = await fingerprint(host, ["/b", "/a", "/a", "/gone"]);
    expect(before.map((d) => d.path)).toEqual(["/a", "/b"]);
    files.set("/a", { text: "one", modified: 2 });
    expect(await changedFiles(host, before)).toEqual([]);
    files.set("/a", { text: "eno", modified: 2 });
    expect(await changedFiles(host, before)).toEqual(["/a"]);
    files.delete("/a");
    expect(await changedFiles(host, before)).toEqual(["/a"]);
  });
});

describe("tables", () => {
  it("slice files are named once, with a reason", () => {
    for (const { files } of MODULES) {
      expect(new Set(files.map((s) => s.file)).size).toBe(files.length);
      expect(files.filter((s) => s.reason === "" || s.file.endsWith(".c"))).toEqual([]);
    }
  });

  it("services have a reason", () => {
    expect([...SERVICES.values()].filter((s) => s.reason === "")).toEqual([]);
  });

  it("entry points are the glue's own functions; those whose calls are told are found too", () => {
    const ir = "define dso_local i32 @cbit_probe(i32 %x) {\ndefine internal void @cbit_hidden() {\ndefine dso_local void @memset(ptr %p) {\ndefine internal i64 @ttm_io_prot(ptr %bo) {\n";
    expect(definitions(ir)).toEqual(["cbit_probe", "ttm_io_prot"]);
  });
});
