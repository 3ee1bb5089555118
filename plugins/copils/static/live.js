// The room of a copil: a click is not lost with the network. It is sent again, in its turn, with how long ago it was made.
(() => {
  "use strict";
  const LOST = [502, 503, 504];
  const wait = (time) => new Promise((done) => { setTimeout(done, time); });
  const one = (selector, root = document) => root.querySelector(selector);
  let turn = Promise.resolve();
  let clicks = 0;

  async function ask(url, body) {
    const answer = await fetch(url, { method: "POST", body, signal: AbortSignal.timeout(8000) });
    return { status: answer.status, page: answer.redirected && answer.url, text: await answer.text() };
  }

  async function send(url, body, clicked) {
    for (;;) {
      body.set("ago", Math.min(300, Math.round((Date.now() - clicked) / 1000)));
      const answer = await ask(url, body).catch(() => null);
      const lost = !answer || LOST.includes(answer.status);
      one("[data-lost]")?.toggleAttribute("hidden", !lost);
      if (!lost) return answer;
      await wait(2000);
    }
  }

  async function deliver(url, body, clicked) {
    const answer = await send(url, body, clicked).finally(() => { clicks -= 1; });
    if (clicks) return;
    const elsewhere = answer.page && new URL(answer.page).pathname !== location.pathname;
    if (elsewhere) { location.assign(answer.page); return; }
    const fresh = new DOMParser().parseFromString(answer.text, "text/html");
    one("main").replaceWith(one("main", fresh));
    // what was fetched holds the message of the act, which is said once: in sight, as on a page that opens
    const refused = one("[data-focus-now]");
    (refused ?? one("main")).focus();
    if (!refused) scrollTo(0, 0);
  }

  document.addEventListener("submit", (event) => {
    const { target, submitter } = event;
    if (!("live" in target.dataset) || !one("[data-lost]")) return;
    event.preventDefault();
    const body = new FormData(target, submitter);
    const clicked = Date.now();
    clicks += 1;
    turn = turn.catch(() => {}).then(() => deliver(target.action, body, clicked));
  });
})();
