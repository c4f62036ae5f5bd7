// Says why a job is queued: what the farm knows of its place and of its last attempt.

export function describeQueued({ available_at, problem, ahead, starts_in_s }) {
  if (new Date(available_at ?? 0) > new Date()) {
    const reason = problem ? `: ${problem.detail}` : "";
    return `queued: waiting until ${new Date(available_at).toLocaleTimeString()} for its next attempt${reason}`;
  }
  const jobs = ahead?.jobs ? `; ${ahead.jobs} ${ahead.jobs === 1 ? "job is" : "jobs are"} ahead` : "";
  const start = starts_in_s ? `; starts in about ${Math.ceil(starts_in_s)} s` : "";
  return `queued: waiting for a worker${jobs}${start}`;
}
