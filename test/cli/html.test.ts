// SPDX-License-Identifier: MIT
/** `--format html`: one file that works from a disk, without a network, without a script, on paper and on a telephone. */

import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { cbit } from "../support/cbit.ts";

const PAGES = {
  check: "check",
  explain: "explain amdgpu-gfx9@sme-zen2,iommu=off/ciphertext-read",
  "not-found": "explain vmwgfx@sev/ciphertext-read",
  policies: "compare --policies --machine sev --machine sme-zen2 --device vmwgfx --device amdgpu-gfx9",
  compare: "compare model:6.12 model:6.12 --policy decrypt-dma-alloc-guest --policy decrypt-dma-alloc --machine sme-zen2 --device amdgpu-gfx9 --device amdgpu-gfx9.4.3 --device qxl",
  run: "run litmus/rules",
} as const;
type Name = keyof typeof PAGES;
const NAMES = Object.keys(PAGES) as Name[];

let folder = "";
let browser: Browser;
const file = (name: string): string => join(folder, `${name}.html`);

interface Opened {
  readonly page: Page;
  readonly requests: readonly string[];
  readonly errors: readonly string[];
}

async function open(name: string, options: BrowserContextOptions = {}): Promise<Opened> {
  const page = await (await browser.newContext({ viewport: { width: 1400, height: 900 }, ...options })).newPage();
  const requests: string[] = [];
  const errors: string[] = [];
  page.on("request", (request) => requests.push(request.url()));
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") errors.push(message.text());
  });
  page.on("pageerror", (error) => errors.push(String(error)));
  await page.goto(pathToFileURL(file(name)).href);
  return { page, requests, errors };
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "cbit-html-"));
  for (const name of NAMES) {
    const ran = cbit([...PAGES[name].split(" "), "--format", "html", "--output", file(name)]);
    if (ran.err !== `cbit: html written to ${file(name)}\n`) throw new Error(`${name}: exit ${ran.exit}: ${ran.err}`);
  }
  browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"] });
}, 180_000);
afterAll(async () => {
  await browser.close();
  rmSync(folder, { recursive: true });
});

describe.each(NAMES)("the page of %s", (name) => {
  it("asks for nothing but itself, and has nothing to complain of", async () => {
    const { page, requests, errors } = await open(name);
    expect([requests, errors]).toEqual([[pathToFileURL(file(name)).href], []]);
    const policy = await page.locator('meta[http-equiv="Content-Security-Policy"]').getAttribute("content");
    expect(policy).toContain("default-src 'none'");
    await page.context().close();
  });

  it.each([360, 768, 1400])("is not wider than a window of %i pixels", async (width) => {
    const { page } = await open(name, { viewport: { width, height: 800 } });
    expect(await page.evaluate("document.documentElement.scrollWidth")).toBeLessThanOrEqual(width);
    await page.context().close();
  });

  it("has a language, one top heading, headings in order, and links that lead somewhere", async () => {
    const { page } = await open(name);
    expect(await page.locator("html").getAttribute("lang")).toBe("en");
    const levels = await page.locator("h1, h2, h3, h4").evaluateAll((all) => all.map((h) => Number((h as unknown as { tagName: string }).tagName[1])));
    expect([levels[0], levels.filter((l) => l === 1).length]).toEqual([1, 1]);
    for (const [i, level] of levels.entries()) expect(level - (levels[i - 1] ?? 0)).toBeLessThanOrEqual(i === 0 ? 1 : level === 4 ? 2 : 1);
    const ids = await page.locator("[id]").evaluateAll((all) => all.map((e) => (e as unknown as { id: string }).id));
    expect(new Set(ids).size).toBe(ids.length);
    const targets = await page.locator('a[href^="#"]').evaluateAll((all) => all.map((a) => (a as unknown as { getAttribute(n: string): string }).getAttribute("href").slice(1)));
    expect(targets.filter((t) => !ids.includes(t))).toEqual([]);
    expect(await page.locator("a:not([href^='#'])").count()).toBe(0);
    await page.context().close();
  });

  it("shows everything without a script", async () => {
    const { page } = await open(name, { javaScriptEnabled: false });
    const steps = page.locator(".steps > li");
    for (let i = 0; i < (await steps.count()); i++) expect(await steps.nth(i).isVisible()).toBe(true);
    expect(await page.locator(".controls, .copy button").count()).toBe(0);
    await page.context().close();
  });
});

describe("the default matrix", () => {
  it("is less than a megabyte", () => {
    expect(statSync(file("check")).size).toBeLessThan(2 ** 20);
  });

  it("says the verdict first, has a word in each cell, and a letter that leads to its story", async () => {
    const { page } = await open("check");
    expect(await page.locator("h1").innerText()).toBe("broken 242 of 540 cases");
    const words = await page.locator("table.heat").first().locator("td").allInnerTexts();
    expect(new Set(words.map((w) => w.split(/\s/)[0]))).toEqual(new Set(["holds", "broken", "refused"]));
    const cell = page.locator("table.heat td.broken a").first();
    await cell.click();
    const target = page.url().split("#")[1]!;
    expect(await page.locator(`#${target}`).innerText()).toMatch(/^a /);
    expect(await page.locator(`section[aria-labelledby="${target}"] article`).first().innerText()).toContain("ciphertext-read: the device gets ciphertext");
    await page.context().close();
  });

  it("has all cases to unfold", async () => {
    const { page } = await open("check");
    await page.getByText("Each of 18 machines with each of 30 devices").click();
    expect(await page.locator("table.small td").count()).toBe(540);
    await page.context().close();
  });
});

describe("a story", () => {
  it("is stepped through by buttons and by keys", async () => {
    const { page } = await open("explain");
    const shown = async (): Promise<string[]> => (await page.locator(".steps > li:visible h4").allInnerTexts()).map((t) => t.split("(")[0]!);
    expect(await shown()).toEqual(["bo_create", "bo_populate", "bo_vmap", "cpu_write", "dev_read"]);
    const forward = page.getByRole("button", { name: "Step forward" });
    await forward.click();
    await forward.click();
    expect(await shown()).toEqual(["bo_populate"]);
    expect(await page.getByRole("status").innerText()).toBe("Step 2 of 5");
    expect(await page.locator("svg .band.now").getAttribute("data-step")).toBe("1");
    await page.keyboard.press("End");
    expect(await shown()).toEqual(["dev_read"]);
    expect(await forward.isDisabled()).toBe(true);
    await page.getByRole("button", { name: "Step back" }).focus();
    await page.keyboard.press("ArrowLeft");
    expect(await shown()).toEqual(["cpu_write"]);
    await page.keyboard.press("Escape");
    expect(await shown()).toHaveLength(5);
    await page.context().close();
  });

  it("draws the page: who sees it how, and the read that is wrong", async () => {
    const { page } = await open("explain");
    const svg = page.locator("article svg");
    const texts = await svg.locator("text").allTextContents();
    expect(texts).toEqual(expect.arrayContaining(["linear map", "device", "vmap", "C=0", "plain", "C=1", "host key", "W", "R!"]));
    expect([await svg.locator("rect.crypt").count(), await svg.locator("rect.crypt-hatch").count(), await svg.locator("rect.plain").count(), await svg.locator(".wrong-cell").count()]).toEqual([1, 1, 2, 1]);
    expect(await svg.locator("desc").textContent()).toContain("device: step 2 C=0 (plain); step 5 read, wrong");
    await page.context().close();
  });

  it("gives commands that tell it again", async () => {
    const { page } = await open("explain", { javaScriptEnabled: false });
    const commands = await page.locator(".copy code").allTextContents();
    expect(commands).toHaveLength(2);
    for (const command of commands) expect(cbit(command.split(" ").slice(1))).toMatchObject({ exit: 1, out: expect.stringContaining("amdgpu-gfx9@sme-zen2,iommu=off/ciphertext-read") });
    await page.context().close();
  });

  it("has all its steps on paper, also while one is looked at", async () => {
    const { page } = await open("explain");
    await page.getByRole("button", { name: "Step forward" }).click();
    await page.emulateMedia({ media: "print" });
    expect(await page.locator(".steps > li:visible").count()).toBe(5);
    expect(await page.locator(".controls").isVisible()).toBe(false);
    await page.context().close();
  });
});

describe("what two kernels and the policies come to", () => {
  it("names what is broken, fixed and the same", async () => {
    const { page } = await open("compare");
    expect(await page.locator("h1").innerText()).toMatch(/^broken \d+ cases? that held$/);
    const words = new Set((await page.locator("table.heat").first().locator("td").allInnerTexts()).map((w) => w.replace(/\s+[a-z]$/, "")));
    expect(words).toEqual(new Set(["broken", "fixed", "same"]));
    await page.context().close();
  });

  it("plots the costs of each policy as the JSON has them", async () => {
    const { costs } = JSON.parse(cbit(`${PAGES.policies} --json`).out) as { costs: { cases: { policies: { policy: string; costs: { conversions: number } }[] }[] } };
    const { page } = await open("policies");
    const chart = page.locator("#costs ~ .costs").first().locator("figure").first();
    const names = await chart.locator(".name").allInnerTexts();
    const numbers = (await chart.locator(".num").allInnerTexts()).map(Number);
    const [first] = costs.cases;
    expect(names.map((n) => n.split(" ")[0])).toEqual(first!.policies.map((p) => p.policy));
    expect(numbers).toEqual(first!.policies.map((p) => p.costs.conversions));
    const widths = await chart.locator(".track").evaluateAll((all) => all.map((t) => ((t as unknown as { firstElementChild: { getBoundingClientRect(): { width: number } } | null }).firstElementChild?.getBoundingClientRect().width ?? 0) / (t as unknown as { getBoundingClientRect(): { width: number } }).getBoundingClientRect().width));
    const most = Math.max(...numbers);
    for (const [i, width] of widths.entries()) expect(width).toBeCloseTo(numbers[i]! / most, 1);
    await page.context().close();
  });
});

describe("litmus files", () => {
  it("that are not as they say come first, with what came instead", async () => {
    const wrong = join(folder, "wrong.litmus");
    writeFileSync(wrong, readFileSync("litmus/b01-ttm-decrypted.litmus", "utf8").replace("device2 -> garbage", 'device2 -> "B"'));
    expect(cbit(["run", "litmus/rules", wrong, "--format", "html", "-o", file("wrong")]).exit).toBe(1);
    const { page, errors } = await open("wrong");
    expect([await page.locator("h1").innerText(), errors]).toEqual([expect.stringMatching(/^FAILED 1 of \d+ runs not as expected$/), []]);
    const first = page.locator("section").first();
    expect(await first.locator("h2").innerText()).toContain("FAILED B01 TTM maps coherent pages");
    expect(await first.locator("article dl").innerText()).toContain('expected "B", got');
    await page.context().close();
  });
});

describe("names of the user's own", () => {
  it("are text, whatever is in them", async () => {
    const device = join(folder, `<img src=x onerror=alert(1)>"&'.json`);
    writeFileSync(device, '{"schema": "cbit.device/1", "name": "mine", "like": "amdgpu-gfx9"}');
    const ran = cbit(["check", "--device", device, "--machine", "sme-zen2,iommu=off", "--format", "html", "-o", file("own")]);
    expect(ran.exit).toBe(1);
    expect(readFileSync(file("own"), "utf8")).not.toMatch(/<img/);
    const { page, requests, errors } = await open("own");
    expect([requests.length, errors, await page.locator("img").count()]).toEqual([1, [], 0]);
    await page.context().close();
  });
});
