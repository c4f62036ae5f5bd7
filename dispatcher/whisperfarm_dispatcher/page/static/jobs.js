// The list of jobs: follows one that has not ended, cancels and retries.

import { ask, randomKey, show } from "./api.js";
import { describe, follow } from "./follow.js";

let endFollowing = () => {};

export async function refresh() {
  try {
    const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
    if (answer.status === 401) return location.reload();
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const list = page.getElementById("jobs");
    if (list) document.getElementById("jobs").replaceWith(document.adoptNode(list));
    show(null);
  } catch {
    show(new Error("The farm does not answer. The list may be old."));
  }
  followOne();
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
