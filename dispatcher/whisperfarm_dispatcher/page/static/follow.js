// Follows one job by server-sent events, while the page is visible: a browser opens few connections.

import { address } from "./api.js";
import { describeQueued } from "./queue.js";

const STATES = ["queued", "running", "succeeded", "failed", "cancelled"];

export function follow(job, onChange) {
  let source = null;
  const stop = () => {
    source?.close();
    source = null;
  };
  const changed = (event) => {
    const current = JSON.parse(event.data);
    if (current.finished_at) end();
    onChange(current);
  };
  const start = () => {
    stop();
    if (document.hidden) return;
    source = new EventSource(address(`v1/jobs/${job}/events`));
    for (const state of STATES) source.addEventListener(state, changed);
  };
  const end = () => {
    stop();
    document.removeEventListener("visibilitychange", start);
  };
  document.addEventListener("visibilitychange", start);
  start();
  return end;
}

export function describe(job) {
  if (job.state === "queued") return describeQueued(job);
  if (job.state !== "running" || !job.progress) return job.state;
  return `${job.state}: ${job.progress.stage} ${Math.round(100 * job.progress.fraction)}%`;
}
