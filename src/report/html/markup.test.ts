// SPDX-License-Identifier: MIT
import { describe, expect, it } from "vitest";
import { html, joined, prose } from "./markup.ts";
import { bracedNames } from "./matrix.ts";
import { SCRIPT } from "./script.ts";
import { STYLE } from "./style.ts";

describe("markup", () => {
  it("escapes what is text, at any depth, and keeps what is markup", () => {
    const bad = `</script><img src=x onerror="a('b')">&`;
    expect(html`<p title="${bad}">${[bad, html`<b>${1}</b>`, null]}</p>`.text).toBe('<p title="&lt;/script&gt;&lt;img src=x onerror=&quot;a(&#39;b&#39;)&quot;&gt;&amp;">&lt;/script&gt;&lt;img src=x onerror=&quot;a(&#39;b&#39;)&quot;&gt;&amp;<b>1</b></p>');
    expect(joined(["a<", html`<i></i>`], "&").text).toBe("a&lt;&amp;<i></i>");
    expect(html`${"a\u0000b\u001b[1m"}`.text).toBe("a?b?[1m");
  });

  it("makes code of what is in backticks", () => {
    expect(prose("use `cbit list <x>` here").text).toBe("use <code>cbit list &lt;x&gt;</code> here");
  });

  it("has no end of script or style within them", () => {
    expect(SCRIPT).not.toMatch(/<\/script|<!--/i);
    expect(STYLE).not.toMatch(/<\/style/i);
    // Nothing is loaded from anywhere.
    expect(STYLE + SCRIPT).not.toMatch(/https?:|@import|url\((?!#)|fetch\(|XMLHttpRequest|import\(/);
  });
});

describe("names", () => {
  it("that begin alike stand together", () => {
    expect(bracedNames(["amdgpu-gfx6", "amdgpu-gfx7", "radeon", "xe-pvc", "./my-gpu.json", "./my-other.json"])).toEqual(["amdgpu-{gfx6,gfx7}", "radeon", "xe-pvc", "./my-gpu.json", "./my-other.json"]);
  });
});
