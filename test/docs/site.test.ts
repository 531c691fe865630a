// SPDX-License-Identifier: MIT
/** The documentation as a site: it builds without a network, and works in a browser that has none. Chromium is Debian's. */

import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type LinkRule, siteLink, sitePath } from "../../docs/.vitepress/links.ts";
import { SIDEBAR } from "../../docs/.vitepress/sidebar.ts";
import { serve, type StaticServer } from "../support/static-server.ts";

const CHROMIUM = "/usr/bin/chromium";
const ARGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"];
/** Screenshots go to this folder where it is named. */
const SCREENSHOTS = process.env["CBIT_SCREENSHOTS"];

const site = mkdtempSync(join(tmpdir(), "cbit-site-"));

const WITHOUT_NETWORK = { ...process.env, NODE_OPTIONS: `--require ${resolve("test/support/no-network.cjs")}` };

/** Builds the site in processes that end when they ask a network. */
function build(): { status: number | null; output: string } {
  const { status, stdout, stderr } = spawnSync("node_modules/.bin/vitepress", ["build", "docs", "--outDir", site], { encoding: "utf8", env: WITHOUT_NETWORK });
  return { status, output: stdout + stderr };
}

const built = build();
afterAll(() => rmSync(site, { recursive: true, force: true }));

const pages = existsSync(site) ? readdirSync(site, { recursive: true, encoding: "utf8" }).filter((f) => f.endsWith(".html")).sort() : [];
const html = new Map(pages.map((p) => [p, readFileSync(join(site, p), "utf8")]));

/** Targets of a page's links, as paths of the site. */
function linksOf(page: string): string[] {
  return [...html.get(page)!.matchAll(/<a [^>]*?href="([^"]+)"/g)].map((m) => m[1]!.replaceAll("&amp;", "&")).filter((l) => !/^[a-z]+:/.test(l));
}

describe("the built site", () => {
  it("builds", () => {
    expect(built.status === 0 ? "" : built.output).toBe("");
    expect(pages).toContain("index.html");
  });

  it("would not build if it asked a network", () => {
    const asks = (script: string): number | null => spawnSync(process.execPath, ["--eval", script], { env: WITHOUT_NETWORK }).status;
    expect([asks('fetch("http://127.0.0.1:12345/")'), asks('fetch("https://example.org/")'), asks('require("net").connect(9)'), asks("0")]).toEqual([99, 99, 99, 0]);
  });

  it("has a page for each Markdown file, and each page in its sidebar", () => {
    const files = [...readdirSync("docs", { recursive: true, encoding: "utf8" }).filter((f) => f.endsWith(".md") && !f.startsWith(".vitepress/")).map((f) => `docs/${f}`), "ARCHITECTURE.md", "CHANGELOG.md", "CONTRIBUTING.md", "litmus/README.md"];
    const expected = files.map((f) => sitePath(f).replace(/\.md$/, ".html")).sort();
    expect(pages.filter((p) => p !== "404.html")).toEqual(expected);
    type Item = (typeof SIDEBAR)[number];
    const links = (items: readonly Item[]): string[] => items.flatMap((i) => [...(i.link === undefined ? [] : [i.link.slice(1)]), ...links(i.items ?? [])]);
    expect(links(SIDEBAR).sort()).toEqual(expected.filter((p) => p !== "index.html"));
  });

  it.each(pages)("%s: links lead to pages, files and anchors that are there", (page) => {
    const dead = linksOf(page).filter((link) => {
      const [path, anchor] = link.split("#") as [string, string?];
      const to = path === "" ? page : path.startsWith("/") ? path.slice(1) : join(dirname(page), path);
      const file = to === "" || to.endsWith("/") ? `${to}index.html` : to;
      if (!existsSync(join(site, file))) return true;
      return anchor !== undefined && anchor !== "" && !new RegExp(`id="${decodeURIComponent(anchor).replace(/[.*+?^${}()|[\]\\]/g, "\\$&")}"`).test(html.get(file) ?? "");
    });
    expect(dead).toEqual([]);
  });

  it("names nothing outside: no script, style, font or image of another host", () => {
    const outside = [...html].flatMap(([page, text]) => [...text.matchAll(/<(?:script|link|img|iframe|source)[^>]*? (?:src|href)="((?:https?:)?\/\/[^"]+)"/g)].map((m) => `${page}: ${m[1]}`));
    expect(outside).toEqual([]);
  });
});

describe("the site while it is written", () => {
  it("shows pages, and files as they are in the repository", async () => {
    const server = spawn(process.execPath, ["node_modules/vitepress/bin/vitepress.js", "dev", "docs", "--port", "0"], { stdio: ["ignore", "pipe", "inherit"] });
    try {
      const origin = await new Promise<string>((found, failed) => {
        let output = "";
        server.stdout.setEncoding("utf8").on("data", (text: string) => {
          output += stripVTControlCharacters(text);
          const local = /Local:\s+(http:\S+)\/$/m.exec(output);
          if (local !== null) found(local[1]!);
        });
        server.once("exit", () => failed(new Error(`vitepress dev ended: ${output}`)));
      });
      expect((await fetch(`${origin}/limits.html`)).status).toBe(200);
      expect(await (await fetch(`${origin}/files/litmus/b01-ttm-decrypted.litmus.txt`)).text()).toBe(readFileSync("litmus/b01-ttm-decrypted.litmus", "utf8"));
    } finally {
      server.kill();
    }
  });
});

describe("links from file to file", () => {
  const rule: LinkRule = { isFolder: (path) => path === "litmus", files: ["docs/schemas", "litmus"] };

  it.each([
    ["docs/rules/README.md", "../reference/devices.md#sources", "/reference/devices.html#sources"],
    ["docs/reference/litmus.md", "../../litmus", "/project/litmus.html"],
    ["docs/reference/litmus.md", "../../litmus/b01.litmus", "/files/litmus/b01.litmus.txt"],
    ["docs/reference/json.md", "../schemas/cbit.check-1.json", "/files/docs/schemas/cbit.check-1.json"],
    ["ARCHITECTURE.md", "docs/limits.md", "/limits.html"],
    ["docs/limits.md", "../README.md", "/index.html"],
    ["docs/limits.md", "https://lists.freedesktop.org/", "https://lists.freedesktop.org/"],
    ["docs/limits.md", "#the-machine", "#the-machine"],
  ])("%s: %s", (from, href, to) => {
    expect(siteLink(rule, from, href)).toBe(to);
  });

  it("elsewhere are an error", () => {
    expect(() => siteLink(rule, "docs/limits.md", "../src/base")).toThrow("docs/limits.md: no place on the site for the link ../src/base");
  });
});

describe.skipIf(!existsSync(CHROMIUM) && process.env["CI"] === undefined)("in a browser", () => {
  let server: StaticServer;
  let browser: Browser;
  const requests: string[] = [];
  const complaints: string[] = [];

  beforeAll(async () => {
    server = await serve(site);
    browser = await chromium.launch({ executablePath: CHROMIUM, args: ARGS });
  });

  afterAll(async () => {
    await browser.close();
    await server.close();
  });

  /** Opens a page and notes what it asks for and complains of. */
  async function open(path: string, width = 1280, colorScheme: "light" | "dark" = "light"): Promise<Page> {
    const context = await browser.newContext({ viewport: { width, height: 900 }, colorScheme });
    const page = await context.newPage();
    page.on("request", (r) => requests.push(r.url()));
    page.on("console", (m) => {
      if (m.type() === "error" || m.type() === "warning") complaints.push(`${path}: ${m.text()}`);
    });
    page.on("pageerror", (e) => complaints.push(`${path}: ${e.message}`));
    await page.goto(`${server.origin}/${path}`);
    if (SCREENSHOTS !== undefined) await page.screenshot({ path: join(SCREENSHOTS, `${path.replaceAll("/", "-")}-${width}-${colorScheme}.png`) });
    return page;
  }

  it.each(pages.filter((p) => p !== "404.html"))("%s fits a phone", async (path) => {
    const page = await open(path, 360);
    const wide = await page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth");
    expect(wide).toBe(0);
    await page.context().close();
  });

  it("finds a rule, and opens it", async () => {
    const page = await open("index.html");
    await page.locator("button.DocSearch").click();
    await page.locator(".VPLocalSearchBox input").fill("ciphertext-read");
    await page.locator(".VPLocalSearchBox .results a").first().waitFor();
    await page.locator('.VPLocalSearchBox .results a[href*="/rules/ciphertext-read"]').first().click();
    await page.waitForURL("**/rules/ciphertext-read.html*");
    // The address changes before the page does.
    await expect.poll(() => page.locator("h1").textContent()).toContain("ciphertext-read");
    await page.context().close();
  });

  it("goes from page to page by sidebar, text and footer", async () => {
    const page = await open("limits.html");
    await page.locator(".VPSidebar a", { hasText: "Devices" }).click();
    await page.waitForURL("**/reference/devices.html");
    await page.locator(".vp-doc a", { hasText: "cbit.device-1.json" }).click();
    await page.waitForURL("**/files/docs/schemas/cbit.device-1.json");
    await page.goBack();
    await page.locator(".VPDocFooter .next").click();
    await page.waitForURL((url) => !url.pathname.endsWith("devices.html"));
    expect(new URL(page.url()).pathname).toMatch(/^\/reference\/.*\.html$/);
    await page.context().close();
  });

  it("has the colours of its surroundings", async () => {
    const colour = async (scheme: "light" | "dark"): Promise<string> => {
      const page = await open("index.html", 1280, scheme);
      const value = await page.evaluate<string>("getComputedStyle(document.body).backgroundColor");
      await page.context().close();
      return value;
    };
    expect(await colour("light")).not.toBe(await colour("dark"));
  });

  it("asked nobody but this server, and had nothing to complain of", () => {
    expect(requests.length).toBeGreaterThan(pages.length);
    expect(requests.filter((r) => !r.startsWith(`${server.origin}/`) && !/^(data|blob):/.test(r))).toEqual([]);
    expect(complaints).toEqual([]);
  });
});
