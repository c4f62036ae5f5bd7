// Replaces a part of the page by the farm's newest one. A session that has ended leads to the sign-in.

import { show } from "./api.js";

export async function refreshPart(id) {
  try {
    const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
    if (answer.status === 401) return location.reload();
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const part = page.getElementById(id);
    if (part) document.getElementById(id).replaceWith(document.adoptNode(part));
    const stated = page.getElementById("message")?.textContent.trim(); // of a search that was refused
    show(stated ? new Error(stated) : null);
  } catch {
    show(new Error("The farm does not answer. What is shown may be old."));
  }
}

export function refreshEvery(seconds, id) {
  setInterval(() => {
    if (!document.hidden && !document.getElementById(id).contains(document.activeElement)) refreshPart(id);
  }, 1000 * seconds);
}
