"use strict";
// Polls for changes once a second while the page is visible. Follows report.js in pages of `tare serve`.

const live = { version: `"${document.documentElement.dataset.version}"`, pause: 1000 };

async function ask() {
  const answer = await fetch("data.json", { cache: "no-store", headers: { "If-None-Match": live.version } });
  if (answer.status === 304) return;
  if (!answer.ok) throw new Error(`status ${answer.status}`);
  const news = await answer.json();
  live.version = answer.headers.get("ETag");
  tip.classList.remove("on");
  update(news.data, news.curves);
  byId("progress").textContent = news.progress;
}

async function follow() {
  if (!document.hidden) {
    try {
      await ask();
      say("live", "live");
    } catch {
      say("live", "tare serve does not respond; showing the last known state");
    }
  }
  setTimeout(follow, live.pause);
}

follow();
