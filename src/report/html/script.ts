// SPDX-License-Identifier: MIT
/** The script of the HTML reports. Everything can be read without it: it steps through counterexamples and copies commands. */

/** Goes into the page as it is. */
export const SCRIPT: string = `
"use strict";
for (const story of document.querySelectorAll("[data-story]")) {
  const steps = [...story.querySelectorAll(".steps > li")];
  const bands = [...story.querySelectorAll("svg .band")];
  if (steps.length < 2) continue;
  const make = (text, label, action) => {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = text;
    button.setAttribute("aria-label", label);
    button.addEventListener("click", action);
    return button;
  };
  let now = -1;
  const show = (at) => {
    now = Math.max(-1, Math.min(steps.length - 1, at));
    steps.forEach((step, i) => {
      step.hidden = now >= 0 && i !== now;
      step.classList.toggle("now", i === now);
      if (i === now) step.setAttribute("aria-current", "step");
      else step.removeAttribute("aria-current");
    });
    bands.forEach((band) => band.classList.toggle("now", Number(band.dataset.step) === now));
    back.disabled = now <= 0;
    next.disabled = now === steps.length - 1;
    all.disabled = now < 0;
    where.textContent = now < 0 ? steps.length + " steps, all shown" : "Step " + (now + 1) + " of " + steps.length;
    const drawn = story.querySelector(".drawn");
    const band = bands[now];
    if (drawn !== null && band !== undefined) drawn.scrollLeft = Number(band.getAttribute("x")) - drawn.clientWidth / 2;
  };
  const back = make("\\u2190 Back", "Step back", () => show(now - 1));
  const next = make("Step \\u2192", "Step forward", () => show(now + 1));
  const all = make("Show all", "Show all steps", () => show(-1));
  const where = document.createElement("span");
  where.className = "soft";
  where.setAttribute("role", "status");
  const controls = document.createElement("div");
  controls.className = "controls";
  controls.append(back, next, all, where);
  story.querySelector(".steps").before(controls);
  story.addEventListener("keydown", (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const to = { ArrowRight: now + 1, ArrowLeft: Math.max(0, now - 1), Home: 0, End: steps.length - 1, Escape: -1 }[event.key];
    // A wide drawing scrolls with the arrows.
    if (to === undefined || event.target.closest(".drawn, .scroll, pre") !== null) return;
    event.preventDefault();
    show(to);
  });
  show(-1);
}
for (const block of document.querySelectorAll(".copy")) {
  if (navigator.clipboard === undefined) break;
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = "Copy";
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(block.querySelector("code").textContent);
      button.textContent = "Copied";
    } catch {
      button.textContent = "Select it";
    }
    setTimeout(() => { button.textContent = "Copy"; }, 1600);
  });
  block.classList.add("has-button");
  block.append(button);
}
`;
