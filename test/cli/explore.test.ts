// SPDX-License-Identifier: MIT
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { cbit, parsed, type Ran } from "../support/cbit.ts";

const folder = mkdtempSync(join(tmpdir(), "cbit-explore-"));
afterAll(() => rmSync(folder, { recursive: true }));

const run = (args: string | readonly string[]): Ran => cbit(typeof args === "string" ? `explore ${args}` : ["explore", ...args], { CBIT_CACHE: folder });
const flat = (out: string): string => out.replace(/\n +/g, " ").replaceAll("\n", " ");
/** What must not differ between two runs of one search, one of them in parts. */
const answer = (out: string): object => {
  const { search, resumed: _resumed, bounds: _bounds, checkpoint: _checkpoint, ...rest } = parsed<Searched>(out);
  return { ...rest, search: { ...search, bytes: 0 } };
};

interface Searched {
  readonly verdict: string;
  readonly complete: boolean;
  readonly operations: number;
  readonly search: { readonly states: number; readonly represents: number; readonly transitions: number; readonly depth: number; readonly frontier: number; readonly stopped: string | null; readonly omission: number };
  readonly bounds: object;
  readonly resumed: string | null;
  readonly checkpoint: string | null;
  readonly findings: readonly { readonly id: string; readonly replay: string; readonly steps: readonly object[] }[];
}

interface Walked {
  readonly verdict: string;
  readonly walked: { readonly walks: number; readonly states: number; readonly stopped: boolean };
  readonly findings: readonly { readonly id: string; readonly replay: string; readonly steps: readonly { readonly op: string }[] }[];
}

interface Page {
  readonly buf: number;
  readonly page: number;
  readonly gone: boolean;
  readonly frame: { readonly pfn: number; readonly state: string | null; readonly cells: readonly { readonly memory: { readonly token: number | null; readonly storedIn: string }; readonly dirty: readonly object[] }[] } | null;
  readonly bounce: Page["frame"];
  readonly views: readonly { readonly kind: string; readonly pfn: number }[];
  readonly promised: readonly { readonly cpu: number | null; readonly device: number | null }[];
  readonly changed: readonly { readonly what: string; readonly change: string }[];
}

interface Replayed {
  readonly rule: string | null;
  readonly left: number;
  readonly steps: readonly { readonly op: string; readonly pages: readonly Page[] }[];
}

const HOLDS = "--machine sev --device vmwgfx";
const BROKEN = "--machine sme-zen2,iommu=off --device amdgpu-gfx9";
const TOKEN = "cbit1/model:6.12/decrypt-dma-alloc-guest/sme-zen2,iommu=off/amdgpu-gfx9/ttm-buffer/bo_create,bo_populate,bo_vmap,cpu_write:vmap,dev_read";

describe("cbit explore, as a search", () => {
  it("says what was searched, how far, and what came of it", () => {
    const { exit, out, err } = run(HOLDS);
    expect([exit, err]).toEqual([0, ""]);
    expect(flat(out)).toMatch(/^holds: every order of \d+ operations on 1 buffer of 2 pages, 1 device: \d+ states, [\d,]+ transitions, depth \d+, to the fixpoint vmwgfx@sev /);
    expect(out).toMatch(/^reached {6}kmap after kmap; /m);
    expect(out).not.toMatch(/^not reached/m);
    for (const line of out.split("\n")) expect(line.length).toBeLessThanOrEqual(80);
  });

  it("reduces a larger world by symmetry, and says how large it is without", () => {
    const [reduced, whole] = ["", "--no-symmetry --no-partial-order"].map((more) => run(`${HOLDS} --buffers 2 --pages 1 ${more}`).out);
    const [, states, without] = /device: ([\d,]+) states \(([\d,]+) without symmetry\)/.exec(flat(reduced!))!;
    expect(states).not.toBe(without);
    expect(flat(whole!)).toContain(`device: ${without} states, `);
    expect(whole).not.toContain("Reduced by");
    expect(reduced).toMatch(/^reached {6}all \d+ things that the workload is about$/m);
  });

  it("says what it did not come to where a bound ended it", () => {
    expect(flat(run(`${HOLDS} --depth 3`).out)).toContain("not reached  kmap after kmap; ");
  });

  it("tells findings as check does, each with a command that shows it again", () => {
    const { exit, out } = run(BROKEN);
    expect(exit).toBe(1);
    expect(flat(out)).toMatch(/^broken: 2 findings; every order of /);
    expect(out).toMatch(/^1\. ciphertext-read: /m);
    const tokens = out.split("\n").filter((l) => l.includes("cbit explain")).map((l) => l.trim().split(" ")[2]!);
    expect(tokens.length).toBe(2);
    for (const token of tokens) expect(run(["--replay", token]).exit).toBe(1);
  });

  it("finds what check finds, with as many states", () => {
    const searched = parsed<Searched>(run(`${BROKEN} --json`).out);
    const { cases } = parsed<{ cases: { states: number; verdict: string; findings: object[] }[] }>(cbit(`check ${BROKEN} --json`).out);
    expect(searched).toMatchObject({ verdict: cases[0]!.verdict, complete: true, search: { states: cases[0]!.states, stopped: null, frontier: 0, omission: 0 }, checkpoint: null });
    expect(searched.findings).toEqual(cases[0]!.findings);
  });

  it.each([["--states 30", "states"], ["--depth 3", "depth"], ["--time 1ms --buffers 2 --pages 2", "time"], ["--memory 1K --buffers 2", "memory"]])("ends at %s with exit 4 and a checkpoint", (bound, stopped) => {
    const { exit, out } = run(`${HOLDS} ${bound}`);
    expect(exit).toBe(4);
    expect(flat(out)).toMatch(new RegExp(`^bounded: stopped by ${bound.split(" ")[0]} [0-9a-zA-Z.]+ at depth \\d+, frontier [\\d,]+: `));
    const resume = /^resume +cbit (explore --resume \S+ --\w+ \S+)$/m.exec(out)![1]!;
    expect(existsSync(/--resume (\S+)/.exec(resume)![1]!)).toBe(true);
    expect(parsed<Searched>(run(`${HOLDS} ${bound} --json`).out).search.stopped).toBe(stopped);
  });

  it("goes on to the answer that it would have come to, in several parts", () => {
    const whole = run(`${BROKEN} --json`);
    const file = join(folder, "parts.checkpoint");
    for (const [from, states] of [["", 10], [`--resume ${file}`, 20], [`--resume ${file}`, 30]] as const) {
      const part = run(`${from === "" ? BROKEN : from} --states ${states} --checkpoint ${file} --json`);
      expect(parsed<Searched>(part.out)).toMatchObject({ complete: false, checkpoint: file });
    }
    const rest = run(`--resume ${file} --json`);
    expect(rest.exit).toBe(whole.exit);
    expect(answer(rest.out)).toEqual(answer(whole.out));
    expect(parsed<Searched>(rest.out)).toMatchObject({ resumed: file, complete: true });
  });

  it("comes to the same with several threads, and each may go on from what others left", () => {
    const world = `${HOLDS} --buffers 2 --pages 2 --states`;
    const alone = run(`${world} 30000 --workers 1 --json`);
    const file = join(folder, "threads.checkpoint");
    const team = run(`${world} 25000 --workers 2 --checkpoint ${file} --json`);
    expect([team.exit, team.err, parsed<Searched>(team.out).search.stopped]).toEqual([4, "", "states"]);
    expect(answer(run(`${world} 30000 --workers 2 --json`).out)).toEqual(answer(alone.out));
    expect(answer(run(`--resume ${file} --workers 1 --states 30000 --json`).out)).toEqual(answer(alone.out));
    expect(answer(run(`--resume ${file} --workers 3 --states 30000 --json`).out)).toEqual(answer(alone.out));
  });

  it("goes on compactly too", () => {
    const file = join(folder, "compact.checkpoint");
    expect(run(`${HOLDS} --compact --states 40 --checkpoint ${file}`).exit).toBe(4);
    const rest = run(`--resume ${file}`);
    expect([rest.exit, flat(rest.out)]).toEqual([0, expect.stringMatching(/States were told apart by 64 bits of hash: that one was left out has a probability of at most \d\.\de-\d+\./)]);
    expect(answer(run(`--resume ${file} --json`).out)).toEqual(answer(run(`${HOLDS} --compact --json`).out));
    expect(parsed<Searched>(run(`${HOLDS} --json`).out).search.states).toBe(parsed<Searched>(run(`${HOLDS} --compact --json`).out).search.states);
  });

  it("refuses to go on with another search, and says what differs", () => {
    const file = join(folder, "other.checkpoint");
    run(`${HOLDS} --states 30 --checkpoint ${file}`);
    const differ: readonly (readonly [string, string])[] = [
      ["--machine tdx", "the machine is sev in the file and tdx here"],
      ["--device qxl", "the device is vmwgfx in the file and qxl here"],
      ["--workload ttm-swap", "the workload is ttm-buffer in the file and ttm-swap here"],
      ["--buffers 2", "the workload is ttm-buffer in the file and ttm-buffer,buffers=2 here"],
      ["--kernel model:6.1", "the kernel is model:6.12 in the file and model:6.1 here"],
      ["--policy encrypted", "the policy is decrypt-dma-alloc-guest in the file and encrypted here"],
      ["--compact", "compact states are off in the file and on here"],
      ["--no-symmetry", "symmetry reduction is on in the file and off here"],
    ];
    for (const [option, words] of differ) {
      const { exit, err, out } = run(`--resume ${file} ${option}`);
      expect([exit, out]).toEqual([2, ""]);
      expect(err).toContain(`${file} is of another search: ${words} [CBIT-312]`);
    }
    // Two options that are both right.
    expect(run(`--resume ${file} ${HOLDS}`).exit).toBe(0);
  });

  it("tells a device file that has changed since", () => {
    const device = join(folder, "mine.json");
    const file = join(folder, "device.checkpoint");
    const write = (bits: number): void => writeFileSync(device, JSON.stringify({ schema: "cbit.device/1", name: "mine", like: "vmwgfx", dma_mask_bits: bits }));
    write(40);
    expect(run(["--machine", "sev", "--device", device, "--states", "30", "--checkpoint", file]).exit).toBe(4);
    expect(run(["--resume", file]).exit).toBe(0);
    write(39);
    expect(run(["--resume", file]).err).toContain("is described otherwise than it was");
  });

  it("refuses what is no checkpoint, or damaged, and leaves other files alone", () => {
    const other = join(folder, "notes.txt");
    writeFileSync(other, "mine\n");
    expect(run(["--resume", other])).toMatchObject({ exit: 2, err: expect.stringContaining("it is no checkpoint of cbit's [CBIT-310]") });
    expect(run(["--resume", join(folder, "none")])).toMatchObject({ exit: 2, err: expect.stringContaining("there is no such file [CBIT-310]") });
    expect(run(`${HOLDS} --states 30 --checkpoint ${other}`)).toMatchObject({ exit: 2, err: expect.stringContaining("is left as it is [CBIT-311]") });
    expect(readFileSync(other, "utf8")).toBe("mine\n");
    expect(run(`${HOLDS} --states 30 --checkpoint ${other}/x`)).toMatchObject({ exit: 6, err: expect.stringContaining("[CBIT-403]") });
    const file = join(folder, "damaged.checkpoint");
    run(`${HOLDS} --states 30 --checkpoint ${file}`);
    const bytes = readFileSync(file);
    for (const change of [bytes.subarray(0, bytes.length - 4), Buffer.concat([bytes, bytes]), Buffer.from(bytes.map((b, i) => (i === bytes.length - 3 ? b ^ 1 : b))), bytes.subarray(0, 25), Buffer.from(bytes.toString("latin1").replace('"depth":', '"depth":1'), "latin1")]) {
      writeFileSync(file, change);
      expect(run(`--resume ${file}`)).toMatchObject({ exit: 2, err: expect.stringContaining("[CBIT-310]") });
    }
    expect(readdirSync(folder).filter((f) => f.endsWith(".new"))).toEqual([]);
  });

  it.each([
    ["--device vmwgfx", "--machine is missing"],
    ["--machine sev", "--device is missing"],
    ["--machine sme-zen2 --device vmwgfx", "means 3 machines"],
    [`${HOLDS} --time 5parsecs`, "--time must be a duration, a number with ms, s, m or h behind it, not"],
    [`${HOLDS} --memory 5`, "--memory must be a size"],
    [`${HOLDS} --seed 5`, "--seed needs --random"],
    [`${HOLDS} --workers 0`, "--workers must be a whole number from 1"],
    [`${HOLDS} --random 5 --states 5`, "--states does not go with --random"],
    [`${HOLDS} --random 5 --no-symmetry`, "--no-symmetry does not go with --random"],
    [`--replay ${TOKEN} --machine sev`, "--machine does not go with --replay"],
    [`${HOLDS} --workload ttm-buffer,buffers=2 --pages 2`, "says how many buffers and pages there are"],
    [`${HOLDS} --buffers 9`, "there is room for 4 buffers"],
  ])("refuses %s", (args, words) => {
    const { exit, err, out } = run(args);
    expect([exit, out]).toEqual([2, ""]);
    expect(err).toContain(words);
    expect(err).toContain("hint:");
  });

  it("says of cases that are refused or unsupported that nothing was searched", () => {
    expect(run("--machine cca,iommu=translated --device vmwgfx")).toMatchObject({ exit: 5, out: expect.stringMatching(/^unsupported: /) });
    expect(parsed<Searched>(run("--machine cca,iommu=translated --device vmwgfx --json").out)).toMatchObject({ verdict: "unsupported", search: null });
  });
});

describe("cbit explore --random", () => {
  it("has no verdict where nothing is found, and says so", () => {
    const { exit, out, err } = run(`${HOLDS} --random 20 --seed 3`);
    expect([exit, err]).toEqual([4, ""]);
    expect(out).toMatch(/^no verdict: no violation in 20 walks of 64 operations, seed 3\n/);
    expect(flat(out)).toMatch(/\d+ operations led to \d+ different states \(told apart by 64 bits of hash\)/);
    expect(out).toMatch(/^reached {6}\S/m);
  });

  it("walks the same for a seed, and others for another", () => {
    const args = `${HOLDS} --buffers 2 --random 10 --json --seed`;
    expect(run(`${args} 1`).out).toBe(run(`${args} 1`).out);
    expect(parsed<Walked>(run(`${args} 1`).out).walked).not.toEqual(parsed<Walked>(run(`${args} 2`).out).walked);
  });

  it("reduces what it finds to what the search finds, and gives a token for it", () => {
    const { exit, out } = run(`${BROKEN} --random 50 --json`);
    const walked = parsed<Walked>(out);
    const searched = parsed<Searched>(run(`${BROKEN} --json`).out);
    expect([exit, walked.verdict]).toEqual([1, "broken"]);
    expect(walked.findings.map((f) => [f.id, f.replay])).toEqual(searched.findings.map((f) => [f.id, f.replay]));
    expect(run(["--replay", walked.findings[0]!.replay]).exit).toBe(1);
    expect(flat(run(`${BROKEN} --random 50`).out)).toMatch(/^broken: 2 findings in 50 walks of 64 operations, seed 1 /);
  });

  it("ends when the time is up", () => {
    const { exit, out } = run(`${HOLDS} --random 999999999 --time 300ms`);
    expect(exit).toBe(4);
    expect(flat(out)).toMatch(/^no verdict: no violation in \d+ walks of 64 operations, seed 1, until the time was up /);
  });
});

describe("cbit explore --replay", () => {
  it("prints every page after each step, marked against the step before", () => {
    const { exit, out } = run(["--replay", TOKEN]);
    expect(exit).toBe(1);
    expect(out).toMatch(/^broken: the device gets ciphertext/);
    const steps = out.split(/^ {2}\d+\. /m).slice(1);
    expect(steps.length).toBe(5);
    expect(steps[1]).toMatch(/^ {5}buffer 0, page 0\n {5}\+ memory {8}pfn 0x\w+\n {5}\+ holds {9}zeros, stored plain\n {5}\+ linear map {4}C=0 \(plain\), WB, at 0xffff\w+\n {5}\+ device {8}C=0 \(plain\), at 0x\w+$/m);
    expect(steps[2]).toMatch(/^ {5}\+ vmap {10}C=1 \(host key\), WB, at 0xffff\w+$/m);
    expect(steps[3]).toMatch(/^ {5}~ holds {9}what the CPU wrote through its vmap, stored with host key\n {21}before: zeros, stored plain$/m);
    expect(steps[3]).toMatch(/^ {5}\+ device is due what the CPU wrote through its vmap$/m);
    expect(steps[4]).not.toMatch(/^ {5}[+~-] /m);
    for (const line of out.split("\n").filter((l) => !l.startsWith("replay"))) expect(line.length).toBeLessThanOrEqual(80);
  });

  it("has the same as cbit.explore/1", () => {
    const replayed = parsed<Replayed>(run(["--replay", TOKEN, "--json"]).out);
    expect(replayed).toMatchObject({ rule: "ciphertext-read", left: 0 });
    const page = replayed.steps[3]!.pages[0]!;
    expect(page.frame!.cells[0]!.memory).toMatchObject({ token: 3, storedIn: "host key" });
    expect(page.views.map((v) => v.kind)).toEqual(["linear", "vmap", "device"]);
    expect(page.promised[0]).toMatchObject({ cpu: 3, device: 3 });
    expect(page.changed).toEqual([{ what: "holds", change: "changed" }, { what: "promised cpu", change: "new" }, { what: "promised device", change: "new" }]);
  });

  it("shows bounce slots, dirty lines, page states and pages that go", () => {
    const at = (machine: string, steps: string): Replayed["steps"] => parsed<Replayed>(run(["--replay", `cbit1/model:6.12/decrypt-dma-alloc-guest/${machine}/amdgpu-gfx9/${steps}`, "--json"]).out).steps;
    const bounced = at("sev", "dma-streaming/page_alloc:pages=1,cpu_write:linear,dma_map,dma_unmap");
    expect(bounced[2]!.pages[0]).toMatchObject({ bounce: { cells: [{ memory: { token: 1, storedIn: "plain" } }] }, frame: { cells: [{ memory: { token: 1, storedIn: "VM key" } }] } });
    expect(bounced[2]!.pages[0]!.views.find((v) => v.kind === "device")!.pfn).toBe(bounced[2]!.pages[0]!.bounce!.pfn);
    expect(bounced[3]!.pages[0]).toMatchObject({ gone: false, bounce: null, changed: expect.arrayContaining([{ what: "bounce slot", change: "gone" }]) });
    const freed = at("sev", "dma-coherent/dma_alloc:pages=1,dma_free");
    expect(freed.map((step) => step.pages.map((p) => p.gone))).toEqual([[false], [true]]);
    const cached = at("sme-zen2,iommu=off,coherent=no", "ttm-buffer/bo_create,bo_populate,bo_vmap,cpu_write:vmap,writeback:cbit");
    expect(cached[3]!.pages[0]!.frame!.cells[0]).toMatchObject({ dirty: [{ cBit: false, token: null }, { cBit: true, token: 3 }] });
    expect(cached[4]!.pages[0]!.frame!.cells[0]).toMatchObject({ memory: { token: 3, storedIn: "host key" }, dirty: [{ cBit: false, token: null }] });
    expect(at("sev-snp", "ttm-buffer/bo_create,bo_populate")[1]!.pages[0]!.frame!.state).toBe("shared");
  });

  it.each([
    [TOKEN.replace("amdgpu-gfx9", "amdgpu"), "CBIT-102", 'the token\'s device: unknown device "amdgpu"'],
    [TOKEN.replace("sme-zen2", "sme-zen9"), "CBIT-101", "the token's machine: "],
    [TOKEN.replace("ttm-buffer", "ttm-bufer"), "CBIT-105", "the token's workload: "],
    [TOKEN.replace("-guest", "-gues"), "CBIT-104", "the token's policy: "],
    [TOKEN.replace("model:6.12", "model:6.99"), "CBIT-103", "the token's kernel: "],
    [TOKEN.replace("dev_read", "bo_destroy"), "CBIT-121", "step 5 (bo_destroy) is not an operation of the workload ttm-buffer"],
    [TOKEN.replace("bo_vmap,", ""), "CBIT-122", "step 3 (cpu_write:vmap) does not apply: the buffer must be vmapped before it"],
    [TOKEN.replace(/bo_create,.*/, "bo_create,bo_create"), "CBIT-122", "step 2 (bo_create) does not apply: the buffer must not be created"],
  ])("refuses %s", (token, code, words) => {
    const { exit, err, out } = run(["--replay", token]);
    expect([exit, out]).toEqual([2, ""]);
    expect(err).toContain(code);
    expect(err).toContain(words);
  });

  it("says at which step the kernel ends a run that should go on, and shows what was before", () => {
    const token = TOKEN.replace("amdgpu-gfx9", "xe").replace("off", "off,swiotlb=noforce");
    const { exit, err, out } = run(["--replay", token]);
    expect(exit).toBe(2);
    expect(out).toContain("3 further operations of the trace did not run.");
    expect(err).toContain("the token does not apply to model:6.12, policy decrypt-dma-alloc-guest: step 2 (bo_populate) ends the run there (ttm_tt_populate returned -EIO), and 3 more should follow [CBIT-123]");
    expect(run(["--replay", /Up to that step it is (\S+)/.exec(err)![1]!]).exit).toBe(1);
    expect(parsed<{ code: string }>(run(["--replay", token, "--json"]).out).code).toBe("CBIT-123");
  });

  it("says of an error in --kernel that it is not the token's, and of a case that does not boot why", () => {
    expect(run(["--replay", TOKEN, "--kernel", "model:7"]).err).toMatch(/^cbit: kernel "model:7"/);
    expect(run(["--replay", TOKEN.replace("sme-zen2,iommu=off", "cca,iommu=translated")])).toMatchObject({ exit: 5, err: expect.stringContaining("[CBIT-301]") });
  });
});

describe("cbit explore --self-check", () => {
  interface SelfChecked {
    readonly searches: readonly { readonly way: string; readonly verdict: string; readonly states: number; readonly represents: number; readonly transitions: number }[];
    readonly pairs: { readonly tried: number; readonly wrong: number };
    readonly differences: readonly string[];
  }

  it("searches with each reduction on and off, with threads where they are asked for, and finds that all agree", () => {
    const { exit, out } = run(`${BROKEN} --self-check`);
    expect(exit).toBe(1);
    expect(out).toMatch(/^agree: 4 searches of one configuration, verdict broken\n/);
    expect(flat(out)).toMatch(/\d+ pairs of operations that are declared independent, in both orders in \d+ states: all commute\./);
    for (const line of out.split("\n")) expect(line.length).toBeLessThanOrEqual(80);
    const two = run(`${HOLDS} --buffers 2 --pages 1 --self-check --workers 2 --json`);
    const { searches, pairs, differences } = parsed<SelfChecked>(two.out);
    expect([two.exit, differences, pairs.wrong]).toEqual([0, [], 0]);
    expect(searches.map((s) => s.verdict)).toEqual(searches.map(() => "holds"));
    expect(new Set(searches.map((s) => s.represents)).size).toBe(1);
    expect(searches.map((s) => s.states < s.represents)).toEqual([false, false, true, true, true]);
    expect(searches[1]!.transitions).toBeLessThan(searches[0]!.transitions);
  });

  it("goes with what it is about only, and needs a case that boots", () => {
    expect(run(`${HOLDS} --self-check --compact`).err).toContain("--compact does not go with --self-check");
    expect(run("--machine cca,iommu=translated --device vmwgfx --self-check")).toMatchObject({ exit: 2, err: expect.stringContaining("there is nothing to search") });
  });
});
