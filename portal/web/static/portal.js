// Makes smoother what works without it. Nothing is kept but drafts, in this tab.
(() => {
  "use strict";
  const one = (selector, root = document) => root.querySelector(selector);
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const { person, now } = document.body.dataset;
  const kept = sessionStorage;
  const PENDING = "draft-sent";

  function say(text) {
    const region = one("#live");
    if (!region || !text) return;
    const line = one("[data-said]", region) || region.appendChild(document.createElement("p"));
    line.className = "visually-hidden";
    line.dataset.said = line.textContent = "";
    setTimeout(() => { line.textContent = text; }, 50);
  }

  function focusOn(element) {
    if (element?.tabIndex === -1) element.tabIndex = -1;
    element?.focus();
  }

  // After a swap: focus where the person looks next, and the live region says what changed.
  function swapped({ detail }) {
    const target = detail?.ctx?.target;
    const part = target?.isConnected ? target : document.getElementById(target?.id);
    if (!part) return;
    const words = part.dataset.announce ?? one("[data-announce]", part)?.dataset.announce;
    focusOn(one("[data-focus-now], [data-focus]", part));
    say(words);
    all("form[data-draft]", part).forEach(draft);
  }

  // The page that asks becomes a dialog that asks.
  function opened(event) {
    const link = event.target.closest?.("[data-dialog]");
    const dialog = link && document.getElementById(link.dataset.dialog);
    if (!dialog || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    dialog.showModal();
  }

  // Drafts: same person, path and tab. A refused form is filled by the server.
  const draftKey = (form) => `draft ${person} ${location.pathname} ${form.dataset.draft}`;
  const slot = (field) => (/checkbox|radio/.test(field.type) ? "checked" : "value");
  function draft(form) {
    if (!person) return;
    const key = draftKey(form);
    const note = one(".form-draft", form);
    const fields = [...form.elements].filter((f) => f.name && !/hidden|password|file|submit/.test(f.type));
    const keep = () => kept.setItem(key, JSON.stringify(fields.map((f) => f[slot(f)])));
    const old = JSON.parse(kept.getItem(key) || "[]");
    if (old.length === fields.length && !one(".form-errors", form)) {
      const lost = fields.filter((f, i) => f[slot(f)] !== old[i]);
      fields.forEach((f, i) => { f[slot(f)] = old[i]; });
      if (note) note.hidden = !lost.length;
    }
    form.addEventListener("input", keep);
    form.addEventListener("submit", () => { keep(); kept.setItem(PENDING, key); });
    form.addEventListener("reset", () => { kept.removeItem(key); if (note) note.hidden = true; });
  }

  // Sent, then another page of this person: it went through. An error page proves nothing.
  function forgetSent() {
    const key = kept.getItem(PENDING);
    if (document.body.classList.contains("error-page")) return;
    kept.removeItem(PENDING);
    if (key && person && !all("form[data-draft]").some((form) => draftKey(form) === key)) kept.removeItem(key);
  }

  // Too large is said before it is sent: no answer gives back what was typed beside a file.
  const bytes = (field) => [...field.files].reduce((sum, file) => sum + file.size, 0);
  function tooLarge(field) {
    field.setCustomValidity(bytes(field) > field.dataset.mostBytes ? field.dataset.tooLarge : "");
    const { customError } = field.validity;
    const line = one("[data-weighed]", field.parentElement) || field.parentElement.appendChild(document.createElement("span"));
    line.dataset.weighed = "";
    line.className = "field-error";
    line.textContent = customError ? field.dataset.tooLarge : "";
    field.ariaInvalid = customError;
    if (customError) { field.focus(); say(field.dataset.tooLarge); }
    return customError;
  }
  function weighed(event) {
    if (!all("[data-most-bytes]", event.target).some(tooLarge)) return;
    event.preventDefault();
    event.stopPropagation();
  }

  // Shared screen: after a silence asks, without an answer leaves.
  function idle(dialog) {
    const { idleSeconds, warnSeconds, leaveUrl, extendUrl } = dialog.dataset;
    const form = one("form", dialog);
    let timer;
    let extended = Date.now();
    const leave = () => location.replace(leaveUrl);
    const wait = () => {
      clearTimeout(timer);
      timer = setTimeout(() => { dialog.showModal(); timer = setTimeout(leave, warnSeconds * 1000); }, idleSeconds * 1000);
    };
    const extend = async () => {
      extended = Date.now();
      const answer = await fetch(extendUrl, { method: "POST", body: new FormData(form) }).catch(() => null);
      if (answer && !answer.ok) leave();
    };
    const gesture = () => {
      if (dialog.open) return;
      wait();
      if (Date.now() - extended > idleSeconds * 500) extend();
    };
    form.addEventListener("submit", (event) => { event.preventDefault(); dialog.close(); });
    dialog.addEventListener("close", () => { extend(); wait(); });
    ["pointerdown", "keydown", "scroll", "input"].forEach((name) => addEventListener(name, gesture, { passive: true }));
    addEventListener("pageshow", ({ persisted }) => persisted && leave());
    wait();
  }

  async function refresh(main) {
    const answer = document.hidden || (await fetch(location.href).catch(() => null));
    if (answer?.status === 404) location.reload(); // closed, or switched off: nothing of it stays on the wall
    if (!answer?.ok || answer.redirected) return;
    const fresh = one("main", new DOMParser().parseFromString(await answer.text(), "text/html"));
    if (fresh && !fresh.isEqualNode(main)) main.replaceChildren(...fresh.childNodes);
  }

  const ahead = Date.parse(now) - Date.now();
  const duration = (n) => (n < 60 ? `${n} min` : `${Math.floor(n / 60)} h ${String(n % 60).padStart(2, "0")}`).replace(/ /g, "\u00a0");
  const countDown = () => now && all("[data-until]").forEach((time) => {
    const left = Math.ceil((Date.parse(time.dataset.until) - Date.now() - ahead) / 60000);
    time.textContent = left > 0 ? time.dataset.left.replace("{}", duration(left)) : time.dataset.over;
  });

  function slash(event) {
    const search = one("input[type=search]");
    if (event.key !== "/" || !search || event.target.closest("input, select, textarea, [contenteditable]")) return;
    event.preventDefault();
    search.focus();
  }

  forgetSent();
  all("form[data-draft]").forEach(draft);
  focusOn(one("[data-focus-now]"));
  all("dialog[data-idle-seconds]").forEach(idle);
  all("main[data-refresh-seconds]").forEach((main) => setInterval(refresh, main.dataset.refreshSeconds * 1000, main));
  countDown();
  setInterval(countDown, 20000);
  document.addEventListener("click", opened);
  document.addEventListener("keydown", slash);
  document.addEventListener("change", ({ target }) => target.dataset?.mostBytes && tooLarge(target));
  document.addEventListener("submit", weighed, true); // before htmx
  document.addEventListener("submit", ({ target }) => "signOut" in target.dataset && kept.clear());
  document.addEventListener("htmx:after:swap", swapped);
})();
