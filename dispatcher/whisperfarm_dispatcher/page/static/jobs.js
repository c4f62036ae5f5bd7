// The list of jobs: shows changes and the progress of one job, cancels and retries.

import { ask, randomKey, show } from "./api.js";
import { describe, follow, followAll } from "./follow.js";
import { refreshPart } from "./refresh.js";

const PAUSE_MS = 500;

let isDue = false;
let endFollowing = () => {};

export async function refresh() {
  await refreshPart("jobs");
  followOne();
}

function refreshSoon() {
  if (isDue) return;
  isDue = true;
  setTimeout(() => {
    isDue = false;
    if (document.getElementById("jobs").contains(document.activeElement)) refreshSoon();
    else refresh();
  }, PAUSE_MS);
}

function followOne() {
  endFollowing();
  const row =
    document.querySelector("tr[data-state=running]") ?? document.querySelector("tr[data-state=queued]");
  if (!row) return;
  endFollowing = follow(row.dataset.job, (job) => {
    if (job.state !== row.dataset.state) refresh();
    else row.querySelector(".state").textContent = describe(job);
  });
}

document.querySelector("main").addEventListener("click", async (event) => {
  const action = event.target.dataset.action;
  if (!action) return;
  event.target.disabled = true;
  const path = `v1/jobs/${event.target.closest("tr").dataset.job}`;
  try {
    if (action === "cancel") await ask(path, { method: "DELETE" });
    else await ask(`${path}/retry`, { method: "POST", headers: { "Idempotency-Key": randomKey() } });
    await refresh();
  } catch (problem) {
    event.target.disabled = false;
    show(problem);
  }
});

for (const time of document.querySelectorAll("time")) time.title = new Date(time.dateTime).toString();
followOne();
followAll(refreshSoon);
