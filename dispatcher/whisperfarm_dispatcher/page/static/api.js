// Requests to the HTTP API of the farm, with the session of the person.

import { offerSignIn } from "./sign_in.js";

const root = new URL("../../", import.meta.url);

export const address = (path) => new URL(path, root);

export class Problem extends Error {
  constructor(status, document) {
    super(document.detail ?? `The farm answered with status ${status}.`);
    this.status = status;
    this.document = document;
  }
}

export async function ask(path, options = {}) {
  let answer;
  try {
    answer = await fetch(address(path), { cache: "no-store", ...options });
  } catch {
    throw new Problem(0, { detail: "The farm does not answer. Try again in a moment." });
  }
  const document = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Problem(answer.status, document);
  return document;
}

export const send = (path, document) =>
  ask(path, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(document),
  });

export function show(problem, next = "then try again.") {
  const message = document.getElementById("message");
  message.textContent = problem ? problem.message : "";
  if (problem?.status === 401) offerSignIn(message, next);
  message.hidden = !problem;
}

export function randomKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
