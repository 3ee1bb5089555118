// The minutes of a stand, second by second; without this the page says them each time it is loaded again.
(() => {
  "use strict";
  const ahead = Date.parse(document.body.dataset.now) - Date.now() || 0;
  setInterval(() => document.querySelectorAll("[data-turn]").forEach((time) => {
    const left = Math.max(Math.ceil((Date.parse(time.dataset.turn) - Date.now() - ahead) / 1000), 0);
    time.textContent = `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`;
  }), 500);
})();
