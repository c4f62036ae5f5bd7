// Submits recordings one after the other. A failed one can be sent again without a second job.

import { address, randomKey } from "./api.js";
import { refresh } from "./jobs.js";

const form = document.getElementById("upload");
const drop = document.getElementById("drop");
const REFUSED_FOR_GOOD = [415, 422]; // not a recording, or an option that is not valid
const waiting = [];
let isBusy = false;

function add(files) {
  for (const file of files) {
    if (file.name.startsWith(".")) continue;
    const row = document.createElement("li");
    const name = document.createElement("bdi");
    name.textContent = file.webkitRelativePath || file.name;
    const state = document.createElement("span");
    state.textContent = " waiting";
    row.append(name, state);
    document.getElementById("uploads").append(row);
    waiting.push({ file, row, state, key: randomKey(), options: new FormData(form) });
  }
  next();
}

async function next() {
  if (isBusy || !waiting.length) return;
  isBusy = true;
  await upload(waiting.shift());
  isBusy = false;
  next();
}

function upload(one) {
  const body = new FormData();
  for (const [name, value] of one.options) if (value) body.append(name, value);
  const path = one.file.webkitRelativePath;
  if (path && path.length <= 200) body.append("reference", path);
  body.append("file", one.file, one.file.name);
  const progress = document.createElement("progress");
  progress.setAttribute("aria-label", `Upload of ${one.file.name}`);
  one.state.replaceChildren(" ", progress);
  return new Promise((resolve) => {
    const request = new XMLHttpRequest();
    request.open("POST", address("v1/jobs"));
    request.setRequestHeader("Idempotency-Key", one.key);
    request.upload.onprogress = (event) => (progress.value = event.loaded / event.total);
    request.onloadend = () => {
      resolve();
      if (request.status === 202) accepted(one);
      else refused(one, request);
    };
    request.send(body);
  });
}

function accepted(one) {
  one.state.textContent = " submitted";
  refresh();
}

function refused(one, request) {
  let detail = "The farm does not answer.";
  try {
    detail = JSON.parse(request.responseText).detail;
  } catch {
    // There was no answer, or it is a proxy's.
  }
  if (REFUSED_FOR_GOOD.includes(request.status)) {
    one.state.textContent = ` ${detail}`;
    return;
  }
  const retry = document.createElement("button");
  retry.type = "button";
  retry.textContent = "Send again";
  retry.onclick = () => {
    waiting.push(one);
    next();
  };
  one.state.replaceChildren(` ${detail} `, retry);
}

async function filesOf(entry) {
  if (entry.isFile) return [await new Promise((resolve, reject) => entry.file(resolve, reject))];
  const reader = entry.createReader();
  const files = [];
  for (;;) {
    const entries = await new Promise((resolve, reject) => reader.readEntries(resolve, reject));
    if (!entries.length) return files;
    for (const one of entries) files.push(...(await filesOf(one)));
  }
}

for (const input of form.querySelectorAll("input[type=file]")) {
  input.addEventListener("change", () => {
    add(input.files);
    input.value = "";
  });
}
form.addEventListener("submit", (event) => event.preventDefault());
drop.addEventListener("dragover", (event) => {
  event.preventDefault();
  drop.classList.add("over");
});
drop.addEventListener("dragleave", () => drop.classList.remove("over"));
drop.addEventListener("drop", async (event) => {
  event.preventDefault();
  drop.classList.remove("over");
  const entries = Array.from(event.dataTransfer.items, (item) => item.webkitGetAsEntry());
  for (const entry of entries) if (entry) add(await filesOf(entry));
});
