// Follows jobs by server-sent events, while the page is visible: a browser opens few connections.

import { address } from "./api.js";
import { describeQueued } from "./queue.js";

const RETRY_MS = 5000;
const STATES = ["queued", "running", "succeeded", "failed", "cancelled"];

function stream(path, names, onEvent) {
  let source = null;
  const stop = () => {
    source?.close();
    source = null;
  };
  const start = () => {
    stop();
    if (document.hidden) return;
    source = new EventSource(address(path));
    for (const name of names) source.addEventListener(name, onEvent);
    const own = source; // a browser does not reconnect after a refusal, such as 503
    own.onerror = () => {
      if (own.readyState === EventSource.CLOSED) setTimeout(() => own === source && start(), RETRY_MS);
    };
  };
  document.addEventListener("visibilitychange", start);
  start();
  return () => {
    stop();
    document.removeEventListener("visibilitychange", start);
  };
}

export function follow(job, onChange) {
  const end = stream(`v1/jobs/${job}/events`, STATES, (event) => {
    const current = JSON.parse(event.data);
    if (current.finished_at) end();
    onChange(current);
  });
  return end;
}

export const followAll = (onChange) => stream("v1/jobs/events", [...STATES, "refresh"], onChange);

export function describe(job) {
  if (job.state === "queued") return describeQueued(job);
  if (job.state !== "running" || !job.progress) return job.state;
  return `${job.state}: ${job.progress.stage} ${Math.round(100 * job.progress.fraction)}%`;
}
