// One batch: cancels its jobs, and retries those that failed.

import { ask, show } from "./api.js";
import { refreshEvery, refreshPart } from "./refresh.js";

const id = encodeURIComponent(document.getElementById("batch").dataset.batch);

async function retryFailed() {
  let before = "";
  do {
    const page = await ask(`v1/jobs?batch=${id}&state=failed&limit=200${before && `&before=${before}`}`);
    for (const job of page.jobs) {
      // The same key each time: a second click makes no second job.
      const headers = { "Idempotency-Key": `retry-${job.id}` };
      await ask(`v1/jobs/${job.id}/retry`, { method: "POST", headers });
    }
    before = page.next;
  } while (before);
}

const ACTIONS = { cancel: () => ask(`v1/batches/${id}`, { method: "DELETE" }), retry: retryFailed };

document.querySelector("main").addEventListener("click", async (event) => {
  const act = ACTIONS[event.target.dataset.action];
  if (!act) return;
  event.target.disabled = true;
  try {
    await act();
    await refreshPart("batch");
  } catch (problem) {
    event.target.disabled = false;
    show(problem);
  }
});

if (!document.getElementById("batch").dataset.finished) refreshEvery(5, "batch");
