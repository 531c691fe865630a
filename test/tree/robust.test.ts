// SPDX-License-Identifier: MIT
/** What goes wrong with trees: broken code in them, half-made caches, interrupts, two commands at once, paths. */

import { spawn, spawnSync } from "node:child_process";
import { cpSync, lstatSync, mkdirSync, readdirSync, readFileSync, realpathSync, rmSync, statSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { constants } from "node:os";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import type { Kernel, StepResult } from "../../src/kernel/index.ts";
import { DRIVERS } from "../../src/linux/index.ts";
import { PLATFORMS } from "../../src/machine/index.ts";
import { createTreeFactory, type Manifest } from "../../src/tree/index.ts";
import { cbit } from "../support/cbit.ts";
import { type ScratchTree, scratchTree } from "../support/scratch-tree.ts";

const source = inject("linux612");
const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const BIN = join(ROOT, "bin/cbit.js");
const BO_UTIL = "drivers/gpu/drm/ttm/ttm_bo_util.c";

/** What ttm_bo_vmap() does first, by the buffer's number of pages. */
const MISBEHAVE = `
static unsigned long (*volatile wild_again)(unsigned long depth);
static volatile unsigned long wild_size = -1UL;
static struct list_head wild_list;

static unsigned long wild_deep(unsigned long depth)
{
	return wild_again(depth + 1) + depth;
}

static unsigned long wild_wide(unsigned long depth)
{
	return depth ? wild_again(depth - 1) + wild_again(depth - 1) : 1;
}

static noinline void wild(struct ttm_buffer_object *bo)
{
	volatile unsigned long *nowhere = NULL;
	unsigned long rounds = 0;

	switch (PFN_UP(bo->base.size)) {
	case 1:
		WARN_ON(bo->base.size);
		break;
	case 2:
		BUG_ON(bo->base.size);
		break;
	case 3:
		*nowhere = 7;
		break;
	case 4:
		for (;;) {
			rounds++;
			barrier();
		}
		break;
	case 5:
		*(u32 *)page_address(bo->ttm->pages[4]) = 5;
		break;
	case 7:
		wild_again = wild_deep;
		rounds = wild_deep(0);
		break;
	case 8:
		memset(bo, 0, wild_size);
		break;
	case 9:
		memmove(bo, bo->ttm, wild_size / 2);
		break;
	case 10:
		for (nowhere = (void *)bo; ; nowhere++)
			*nowhere = 0;
		break;
	case 11:
		wild_again = wild_wide;
		rounds = wild_wide(60);
		break;
	case 12:
		for (;;)
			WARN_ON(bo->base.size);
		break;
	case 13:
		BUG_ON(kmalloc(wild_size, GFP_KERNEL) || kvmalloc(wild_size / 2, GFP_KERNEL));
		BUG_ON(alloc_pages(GFP_KERNEL, 40));
		break;
	case 14:
		wild_again = (void *)(wild_size / 2);
		rounds = wild_again(0);
		break;
	case 15:
		*nowhere = 7;
		for (;;)
			barrier();
		break;
	case 16:
		wild_list.next = &bo->ttm->pages[0]->lru;
		bo->ttm->pages[0]->lru.next = wild_list.next;
		get_page(bo->ttm->pages[0]);
		for (;;)
			put_pages_list(&wild_list);
		break;
	case 17:
		for (;;)
			pr_info("%lu\\n", rounds++);
		break;
	}
}

int ttm_bo_vmap(`;

/** What a copy of a tree holds: each file and folder with what a write would change. */
function listing(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true }).map((entry) => {
    const path = join(entry.parentPath, entry.name);
    const { ino, mtimeMs, size } = lstatSync(path);
    return `${path} ${ino} ${mtimeMs} ${entry.isDirectory() ? "" : size}`;
  });
}

describe.skipIf(source === null)("trees that misbehave, caches that are damaged", () => {
  let copy: ScratchTree;
  let scratch: string;
  let tree: string;
  let cache: string;
  let env: Record<string, string>;
  let text: string;
  let before: readonly string[];
  let after: readonly string[];

  beforeAll(() => {
    copy = scratchTree(source!);
    ({ folder: scratch, tree, cache, env } = copy);
    text = readFileSync(join(tree, BO_UTIL), "utf8");
    const broken = text.replace("\nint ttm_bo_vmap(", MISBEHAVE).replace(/(int ttm_bo_vmap\([^)]*\)\n\{\n(?:\t.*\n)+\n)/, "$1\twild(bo);\n");
    if (!broken.includes("\twild(bo);")) throw new Error(`${BO_UTIL}: ttm_bo_vmap() looks different here`);
    copy.replace(BO_UTIL, broken);
    before = listing(tree);
    const { exit, err } = prepare();
    if (exit !== 0) throw new Error(err);
    after = listing(tree);
  });

  afterAll(() => copy.remove());

  const prepare = (path = tree, more: Record<string, string> = {}): ReturnType<typeof cbit> => cbit(["tree", "prepare", path], { ...env, ...more });

  /** Starts `tree prepare` and ends it with a signal after a while; resolves to its exit status, as a shell has it. */
  function interrupted(signal: NodeJS.Signals, milliseconds: number, more: Record<string, string>): Promise<number | null> {
    const child = spawn(process.execPath, [BIN, "tree", "prepare", tree], { env: { ...process.env, ...env, ...more }, stdio: "ignore" });
    setTimeout(() => child.kill(signal), milliseconds);
    return new Promise((resolve) => child.on("exit", (code, by) => resolve(by === null ? code : 128 + constants.signals[by])));
  }

  /** The folder that the tree is built in. */
  const build = (): string => readdirSync(join(cache, "cbit/builds")).map((name) => join(cache, "cbit/builds", name)).find((path) => statSync(path).isDirectory())!;

  /** The cache's entry that the last success made: other ones may lie beside it. */
  function entry(): string {
    const states = readdirSync(build()).filter((name) => /^cbit-state-contract-.*\.json$/.test(name)).map((name) => join(build(), name));
    const newest = states.toSorted((a, b) => statSync(b).mtimeMs - statSync(a).mtimeMs)[0]!;
    const { key } = JSON.parse(readFileSync(newest, "utf8")) as { key: string };
    return join(cache, "cbit/trees", key);
  }

  it("the tree is only read", () => {
    expect(before.length).toBeGreaterThan(10_000);
    expect(after).toEqual(before);
  });

  /** The object that was made last. */
  function newestObject(): string {
    const folder = join(cache, "cbit/objects");
    const objects = readdirSync(folder).filter((name) => name.endsWith(".o")).map((name) => join(folder, name));
    return objects.toSorted((a, b) => statSync(b).mtimeMs - statSync(a).mtimeMs)[0]!;
  }

  describe("code", () => {
    let kernel: Kernel;

    beforeAll(() => {
      const manifest = JSON.parse(readFileSync(join(entry(), "manifest.json"), "utf8")) as Manifest;
      const factory = createTreeFactory(tree, readFileSync(join(entry(), "module.wasm")), manifest);
      const platform = PLATFORMS.find((p) => p.name === "sev")!;
      kernel = factory.create({ name: "sev", platform, iommu: "off", swiotlb: "default" }, DRIVERS.find((d) => d.name === "vmwgfx")!);
    });

    /** The result of mapping a new buffer of so many pages, and what was said meanwhile. */
    function vmap(pages: number): { result: StepResult; events: readonly string[] } {
      const before = kernel.save();
      expect(kernel.apply({ op: "bo_create", buf: 0, pages })).toMatchObject({ outcome: "done" });
      expect(kernel.apply({ op: "bo_populate", buf: 0 })).toMatchObject({ outcome: "done" });
      kernel.record(true);
      const result = kernel.apply({ op: "bo_vmap", buf: 0 });
      const events = kernel.events().map((e) => `${e.function} ${e.file}`);
      kernel.record(false);
      kernel.restore(before);
      return { result, events };
    }

    it("a WARN is an event with file and line", () => {
      const { result, events } = vmap(1);
      expect(result.outcome).toBe("done");
      expect(events).toContainEqual(expect.stringMatching(/^WARN .*ttm_bo_util\.c:\d+$/));
    });

    it("a BUG ends the operation, with file and line", () => {
      expect(vmap(2).result).toMatchObject({ outcome: "crash", reason: "kernel BUG", at: expect.stringMatching(/ttm_bo_util\.c:\d+$/) as unknown });
    });

    it("a store through NULL ends the operation", () => {
      expect(vmap(3).result).toMatchObject({ outcome: "crash", reason: expect.stringContaining("null pointer") as unknown });
    });

    it("a loop without an end ends the operation, and names the function", () => {
      expect(vmap(4).result).toMatchObject({ outcome: "crash", reason: expect.stringContaining("does not end") as unknown, at: expect.stringContaining("wild") as unknown });
      // The next operation has all its steps again.
      expect(vmap(6).result.outcome).toBe("done");
    });

    it("recursion without an end ends the operation, and names the function", () => {
      expect(vmap(7).result).toMatchObject({ outcome: "crash", at: expect.stringContaining("wild_deep") as unknown });
    });

    // Each in bounded time; and the kernel is as it was, whatever was overwritten.
    it.each<[string, number, string]>([
      ["memset of 2^64 bytes", 8, "more than there is memory"],
      ["memmove of 2^63 bytes", 9, "more than there is memory"],
      ["a loop that overwrites all of memory", 10, ""],
      ["recursion of 2^60 calls", 11, "does not end"],
      ["WARN without an end", 12, "does not end"],
      ["a call of a wild pointer", 14, "trap"],
      ["a store through NULL, then a loop without an end", 15, "does not end"],
      ["a list that is a circle without its head", 16, ""],
      ["messages without an end", 17, "does not end"],
    ])("%s ends the operation, and the next one does as it did", (_what, pages, reason) => {
      const usual = vmap(6);
      expect(usual.result.outcome).toBe("done");
      const began = performance.now();
      expect(vmap(pages).result).toMatchObject({ outcome: "crash", reason: expect.stringContaining(reason) as unknown });
      expect(performance.now() - began).toBeLessThan(20_000);
      expect(vmap(6)).toEqual(usual);
    });

    it("a kernel that overwrote its memory can still be looked at", () => {
      const state = kernel.save();
      for (const pages of [3, 10]) {
        for (const op of ["bo_create", "bo_populate", "bo_vmap"] as const) kernel.apply(op === "bo_create" ? { op, buf: 0, pages } : { op, buf: 0 });
        expect(Array.isArray(kernel.views()) && Array.isArray(kernel.frames())).toBe(true);
        expect(kernel.save()).not.toEqual(state);
        kernel.restore(state);
        expect(kernel.save()).toEqual(state);
      }
    });

    it("what cannot be allocated is NULL, as in the kernel", () => {
      expect(vmap(13).result.outcome).toBe("done");
    });

    it("a plain store to page contents, which the machine does not see, does not go unnoticed", () => {
      expect(vmap(5).result).toMatchObject({ outcome: "crash", reason: expect.stringContaining("page contents") as unknown });
    });
  });

  describe("the cache", () => {
    it("a module that was cut, or that has another byte, is made again", () => {
      const wasm = join(entry(), "module.wasm");
      const whole = readFileSync(wasm);
      truncateSync(wasm, 1000);
      expect(prepare()).toMatchObject({ exit: 0, out: expect.stringContaining("prepared in") as unknown });
      expect(readFileSync(wasm).equals(whole)).toBe(true);
      const changed = Buffer.from(whole);
      changed[5000]! ^= 1;
      writeFileSync(wasm, changed);
      expect(prepare().exit).toBe(0);
      expect(readFileSync(wasm).equals(whole)).toBe(true);
    });

    it("a manifest that was cut is made again", () => {
      truncateSync(join(entry(), "manifest.json"), 100);
      expect(cbit("tree list", env).out).toContain("No tree is prepared");
      expect(prepare().exit).toBe(0);
      expect(cbit("tree list", env).out).toContain(tree);
    });

    it.each([
      ["IR", () => join(build(), "drivers/gpu/drm/ttm/ttm_bo_util.ll")],
      ["the record of what was compiled", () => join(build(), "cbit-units.json")],
      ["an object", () => newestObject()],
    ] as const)("%s that was cut is made again", (_what, path) => {
      const wasm = readFileSync(join(entry(), "module.wasm"));
      truncateSync(path(), statSync(path()).size >> 1);
      truncateSync(join(entry(), "manifest.json"), 100);
      expect(prepare()).toMatchObject({ exit: 0, err: "" });
      expect(readFileSync(join(entry(), "module.wasm")).equals(wasm)).toBe(true);
    });

    it("a configuration that was cut is made again", () => {
      truncateSync(join(build(), ".config"), 1000);
      truncateSync(join(entry(), "manifest.json"), 100);
      expect(prepare()).toMatchObject({ exit: 0, err: "" });
      // The kernel's own seed of random layouts is a new one, so the module is another: the old one is of no use.
      for (const name of readdirSync(join(cache, "cbit/trees"))) if (join(cache, "cbit/trees", name) !== entry()) rmSync(join(cache, "cbit/trees", name), { recursive: true });
    });

    it("the lock of a process that is gone, or of another one with its number, does not count", () => {
      for (const owner of ["999999999 1\n", `${process.pid} 1\n`, ""]) {
        truncateSync(join(entry(), "manifest.json"), 100);
        writeFileSync(`${build()}.lock`, owner);
        expect(prepare().exit).toBe(0);
      }
      expect(readdirSync(join(cache, "cbit/builds"))).toHaveLength(1);
    });

    it("two commands at once make it once", async () => {
      truncateSync(join(entry(), "manifest.json"), 100);
      const started = [1, 2].map(() => spawn(process.execPath, [BIN, "tree", "prepare", tree], { env: { ...process.env, ...env }, stdio: "ignore" }));
      expect(await Promise.all(started.map((child) => new Promise((resolve) => child.on("exit", resolve))))).toEqual([0, 0]);
      expect(readdirSync(join(cache, "cbit/trees"))).toHaveLength(1);
    });

    it("another cbit, with other glue, makes its own; what it made is not taken for this one's", () => {
      const other = join(scratch, "cbit");
      mkdirSync(other);
      for (const part of ["bin", "dist", "package.json"]) cpSync(join(ROOT, part), join(other, part), { recursive: true });
      cpSync(join(ROOT, "src/tree/guest"), join(other, "src/tree/guest"), { recursive: true });
      symlinkSync(join(ROOT, "node_modules"), join(other, "node_modules"));
      const driver = join(other, "src/tree/guest/driver-generic/driver.c");
      writeFileSync(driver, readFileSync(driver, "utf8").replace("= dma_set_mask(dev, DMA_BIT_MASK(mask_bits))", "= -ENODEV"));

      const verdict = (root: string): unknown => {
        const args = [join(root, "bin/cbit.js"), "check", "--kernel", `tree:${tree}`, "--machine", "sev", "--device", "xe", "--json"];
        const { stdout } = spawnSync(process.execPath, args, { encoding: "utf8", env: { ...process.env, ...env } });
        return (JSON.parse(stdout) as { cases: readonly { verdict: string }[] }).cases[0]!.verdict;
      };
      expect([ROOT, other, ROOT].map(verdict)).toEqual(["broken", "refused", "broken"]);
    });

    it("an interrupt leaves nothing that is listed, and the next command is not disturbed", async () => {
      const fresh = { XDG_CACHE_HOME: join(scratch, "interrupted") };
      expect(await interrupted("SIGINT", 1000, fresh)).toBe(130);
      expect(await interrupted("SIGTERM", 2500, fresh)).toBe(143);
      expect(cbit("tree list", fresh).out).toContain("No tree is prepared");
      // That of this checkout: the other one's may be newer.
      const { trees } = JSON.parse(cbit(["tree", "prepare", tree, "--json"], env).out) as { trees: readonly { key: string }[] };
      truncateSync(join(cache, "cbit/trees", trees[0]!.key, "manifest.json"), 100);
      for (const milliseconds of [100, 300]) expect(await interrupted("SIGKILL", milliseconds, {})).toBe(137);
      expect(prepare().exit).toBe(0);
      expect(cbit("tree list", env).out).toContain(tree);
    });

    it("a folder that cannot be written or built in is refused with exit 6", () => {
      for (const folder of ["/dev/null/cache", join(scratch, "a folder")]) {
        const ran = prepare(tree, { XDG_CACHE_HOME: folder });
        expect(ran).toMatchObject({ exit: 6, err: expect.stringMatching(/CBIT-402\]\n\s+hint: Set CBIT_CACHE/) as unknown });
      }
    });
  });

  describe("paths", () => {
    it("a relative path, a slash at the end and a link are the same tree", () => {
      const link = join(scratch, "link");
      symlinkSync(tree, link);
      for (const path of [`${tree}/`, relative(realpathSync(ROOT), tree), link]) {
        expect(prepare(path)).toMatchObject({ exit: 0, out: expect.stringContaining("was prepared already") as unknown });
      }
    });

    it.each(["my linux", "linux#2", "a$b", "it's", "100%", "a(b)", "a&b"])("a folder called %s is refused, with the reason", (name) => {
      const odd = join(scratch, name);
      for (const folder of ["arch/x86", "drivers/gpu/drm/ttm"]) mkdirSync(join(odd, folder), { recursive: true });
      for (const file of ["Makefile", "Kbuild", "arch/x86/Makefile", "drivers/gpu/drm/ttm/ttm_tt.c"]) writeFileSync(join(odd, file), "");
      const reason = `with ${name.includes(" ") ? "spaces" : `"${/[^a-z0-9]/.exec(name)![0]}"`} in its path`;
      expect(prepare(odd)).toMatchObject({ exit: 3, err: expect.stringContaining(reason) as unknown });
    });

    it("a tree without TTM is refused, with the file that is missing", () => {
      const without = join(scratch, "without");
      mkdirSync(join(without, "arch/x86"), { recursive: true });
      for (const file of ["Makefile", "Kbuild", "arch/x86/Makefile"]) writeFileSync(join(without, file), "");
      expect(prepare(without)).toMatchObject({ exit: 3, err: expect.stringContaining("ttm_tt.c is missing") as unknown });
    });
  });

  describe("what is missing", () => {
    /** A folder with links to some programs, as PATH. */
    function pathWith(name: string, programs: Readonly<Record<string, string>>): string {
      const folder = join(scratch, name);
      mkdirSync(folder);
      for (const [program, target] of Object.entries(programs)) symlinkSync(target, join(folder, program));
      return folder;
    }

    it("without compilers: exit 6 and one apt-get line", () => {
      const ran = prepare(tree, { PATH: pathWith("none", { node: process.execPath }) });
      expect(ran.exit).toBe(6);
      expect(ran.err.match(/apt-get install /g)).toHaveLength(1);
      expect(ran.err).toContain("clang-19 lld-19 llvm-19 make flex bison bc perl");
    });

    it("with a compiler that is too old: exit 6, its version and those that work", () => {
      const old = join(scratch, "clang13.sh");
      writeFileSync(old, "#!/bin/sh\necho Debian clang version 13.0.1\n", { mode: 0o755 });
      const ran = prepare(tree, { PATH: pathWith("old", { node: process.execPath, sh: "/bin/sh", clang: old }) });
      expect(ran.exit).toBe(6);
      expect(ran.err).toContain("Debian clang version 13.0.1 is too old; clang, lld and llvm of one version work, 14 or later");
    });

    it("without make, or with a compiler that lacks a part: exit 6, what it is and the package", () => {
      const tools = ["sh", "clang-19", "wasm-ld-19", "ld.lld-19", "llc-19", "opt-19", "llvm-nm-19", "llvm-ar-19", "llvm-objcopy-19", "llvm-strip-19", "llvm-readelf-19", "make", "flex", "bison", "bc", "perl"];
      const without = (name: string): string => {
        const found = tools.filter((tool) => tool !== name).map((tool) => [tool, spawnSync("sh", ["-c", `command -v ${tool}`], { encoding: "utf8" }).stdout.trim()]);
        return pathWith(`without-${name}`, { node: process.execPath, ...Object.fromEntries(found) as Record<string, string> });
      };
      expect(prepare(tree, { PATH: without("make") })).toMatchObject({ exit: 6, err: expect.stringMatching(/not here: make \[CBIT-203\]\n\s+hint: apt-get install make\n/) as unknown });
      expect(prepare(tree, { PATH: without("llc-19") })).toMatchObject({ exit: 6, err: expect.stringMatching(/not here: llc-19 [^]*hint: apt-get install clang-19 lld-19 llvm-19\n/) as unknown });
    });

    it("a syntax error: exit 3, the compiler's own line with file and line", () => {
      copy.replace(BO_UTIL, text.replace("\nint ttm_bo_vmap(", "\nint ttm_bo_vmap((\nint ttm_bo_vmap("));
      const line = text.slice(0, text.indexOf("\nint ttm_bo_vmap(")).split("\n").length + 1;
      const ran = prepare();
      expect(ran.exit).toBe(3);
      const found = Number(new RegExp(`${BO_UTIL}:(\\d+):\\d+: error: `).exec(ran.err)?.[1]);
      expect(Math.abs(found - line)).toBeLessThan(4);
    });

    it("assembly of an unknown form: exit 5, its text, function, file and line", () => {
      const changed = text.replace(/(int ttm_bo_vmap\([^)]*\)\n\{\n(?:\t.*\n)+\n)/, '$1\tasm volatile("vmcall_of_the_future");\n');
      copy.replace(BO_UTIL, changed);
      const line = changed.slice(0, changed.indexOf("\nint ttm_bo_vmap(")).split("\n").length + 1;
      expect(prepare()).toMatchObject({ exit: 5, err: expect.stringContaining(`${BO_UTIL}:${line}: ttm_bo_vmap() has inline assembly of a form that is not known: sideeffect "vmcall_of_the_future"`) as unknown });
    });

    it("a name of cbit's own: exit 5, the name and the file", () => {
      copy.replace(BO_UTIL, text.replace("\nint ttm_bo_vmap(", "\nvoid cbit_steps_reset(void);\nint ttm_bo_vmap(").replace(/(int ttm_bo_vmap\([^)]*\)\n\{\n(?:\t.*\n)+\n)/, "$1\tcbit_steps_reset();\n"));
      expect(prepare()).toMatchObject({ exit: 5, err: expect.stringContaining(`${BO_UTIL}: it uses the name cbit_steps_reset, which is one of cbit's own`) as unknown });
    });

    it("a function that both the tree and the glue define: exit 5, its name", () => {
      copy.replace(BO_UTIL, text.replace("\nint ttm_bo_vmap(", "\nvoid vunmap(const void *addr)\n{\n}\nint ttm_bo_vmap("));
      expect(prepare()).toMatchObject({ exit: 5, err: expect.stringContaining("both the slice and cbit's glue define vunmap") as unknown });
    });

    it("a file of the slice that is gone: exit 3 and its name", () => {
      rmSync(join(tree, "kernel/dma/swiotlb.c"));
      expect(prepare()).toMatchObject({ exit: 3, err: expect.stringContaining("files are missing: kernel/dma/swiotlb.c") as unknown });
      cpSync(join(source!, "kernel/dma/swiotlb.c"), join(tree, "kernel/dma/swiotlb.c"));
      copy.replace(BO_UTIL, text);
    });

    it("a function that nothing provides: exit 5, its name and who calls it", () => {
      copy.replace(BO_UTIL, text.replace("\nint ttm_bo_vmap(", "\nint try_nobody(int x);\nint ttm_bo_vmap(").replace(/(int ttm_bo_vmap\([^)]*\)\n\{\n(?:\t.*\n)+\n)/, "$1\ttry_nobody(1);\n"));
      expect(prepare()).toMatchObject({ exit: 5, err: expect.stringContaining(`try_nobody (called by ttm_bo_vmap() in ${BO_UTIL})`) as unknown });
    });

    it("an option that the tree's Kconfig no longer has: exit 3 and its name", () => {
      const kconfig = "drivers/gpu/drm/Kconfig";
      const was = readFileSync(join(tree, kconfig), "utf8");
      copy.replace(kconfig, was.replace(/^config DRM_TTM$/m, "config DRM_TTM_RENAMED"));
      const ran = prepare();
      expect(ran.exit).toBe(3);
      expect(ran.err).toContain("CONFIG_DRM_TTM is not set");
    });
  });
});
