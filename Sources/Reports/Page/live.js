"use strict";
// Polls for changes once a second while the page is visible. Follows report.js in pages of `tare serve`.

const live = { version: `"${document.documentElement.dataset.version}"`, pause: 1000 };

function say(words) {
  if (byId("live").textContent !== words) byId("live").textContent = words;
}

async function ask() {
  const answer = await fetch("data.json", { cache: "no-store", headers: { "If-None-Match": live.version } });
  if (answer.status === 304) return;
  if (!answer.ok) throw new Error(`status ${answer.status}`);
  const news = await answer.json();
  live.version = answer.headers.get("ETag");
  // Runs that have begun since may stand before the chosen one.
  const chosen = data.runs[selected]?.folder;
  selected = Math.max(0, news.data.runs.findIndex((run) => run.folder === chosen));
  tip.classList.remove("on");
  update(news.data, news.curves);
  byId("progress").textContent = news.progress;
}

async function follow() {
  if (!document.hidden) {
    try {
      await ask();
      say("live");
    } catch {
      say("tare serve does not respond; showing the last known state");
    }
  }
  setTimeout(follow, live.pause);
}

follow();
