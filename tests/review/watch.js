// Put into every page before anything of it runs: notes what happens, and says what stands there.
(() => {
  "use strict";
  const TYPED = "textarea, input:is([type=text], [type=search], [type=email], [type=tel], [type=url], :not([type]))";
  const noted = { shifts: [], refused: [], ran: [] };
  window.ran = (what) => noted.ran.push(String(what));

  const say = (element) => element.cloneNode(false).outerHTML.slice(0, 120);
  const place = (r) => `${r.x},${r.y} ${r.width}×${r.height}`;
  const moved = ({ node, previousRect, currentRect }) =>
    `${node?.nodeName} .${node?.className} from ${place(previousRect)} to ${place(currentRect)}`;
  // not what is drawn of half a document, while the rest is still being read
  const isWhole = (shift) => shift.startTime >= performance.getEntriesByType("navigation")[0].domInteractive;
  const count = (shifts) => shifts
    .filter((shift) => !shift.hadRecentInput && isWhole(shift))
    .forEach(({ value, sources }) => noted.shifts.push(`${value.toFixed(4)}: ${sources.map(moved).join("; ")}`));
  const watcher = new PerformanceObserver((list) => count(list.getEntries()));
  watcher.observe({ type: "layout-shift", buffered: true });
  document.addEventListener("securitypolicyviolation", (breach) =>
    noted.refused.push(`${breach.effectiveDirective} refuses ${breach.blockedURI} ${breach.sample}`.trim()));

  const isInline = (element) => element.matches("style, script:not([src]), [style]")
    || element.getAttributeNames().some((name) => /^on|^(data-)?hx-on/.test(name))
    || element.protocol === "javascript:";

  // A form may have a field named « action » or « method », which then stands before the form's own.
  const described = (form) => ({
    posts: form.getAttribute("method") === "post",
    required: [...form.elements].filter((field) => field.required).length,
    typed: form.querySelectorAll(TYPED).length,
  });

  // nothing moves before it was painted once: on a busy machine that may come long after everything was loaded
  const painted = new Promise((done) => new PerformanceObserver(done).observe({ type: "paint", buffered: true }));
  const unpainted = () => new Promise((done) => setTimeout(done, 2000));

  async function drawn() {
    await Promise.race([painted, unpainted()]);
    for (const _ of [1, 2, 3]) await new Promise(requestAnimationFrame);
    count(watcher.takeRecords());
    const all = [...document.querySelectorAll("*")];
    const made = all.filter((element) => element.matches("x-made, [x-made]"));
    const focus = document.activeElement;
    return {
      ...noted,
      titles: document.querySelectorAll("h1").length,
      inline: all.filter(isInline).map(say),
      made: made.map((element) => `${say(element)} in ${say(element.parentElement)}`),
      focus: focus === document.body ? "" : say(focus),
      text: document.documentElement.innerText,
      forms: [...document.forms].map(described),
    };
  }

  function tooWide() {
    const root = document.documentElement;
    const beyond = root.scrollWidth - root.clientWidth;
    const isOut = (element) => element.getBoundingClientRect().right > root.clientWidth + 1;
    const widest = [...document.querySelectorAll("body *")].filter(isOut).at(-1);
    return beyond > 0 ? `${beyond} px: ${widest && say(widest)}` : "";
  }

  function send({ number, text }) {
    const form = document.forms[number];
    form.noValidate = true;
    const empty = (field) => { field[/radio|checkbox/.test(field.type) ? "checked" : "value"] = ""; };
    if (text) form.querySelectorAll(TYPED).forEach((field) => { field.value = text; });
    else [...form.elements].filter((field) => field.required).forEach(empty);
    // what a script sends without leaving the page goes here as without script: the answer is a page
    if ("live" in form.dataset) HTMLFormElement.prototype.submit.call(form);
    else form.requestSubmit();
  }

  window.review = { drawn, tooWide, send };
})();
