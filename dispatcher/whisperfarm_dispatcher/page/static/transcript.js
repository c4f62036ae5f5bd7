// The page of one job: its progress, then its transcript to play, correct and approve.

import { ask, send, show } from "./api.js";
import { offerNewest } from "./conflict.js";
import { Corrections } from "./corrections.js";
import { editText } from "./editor.js";
import { findSegment } from "./find.js";
import { describe, follow } from "./follow.js";
import { listenToGestures } from "./gestures.js";
import { Player } from "./player.js";
import { render } from "./segments.js";
import { editSpeaker } from "./speakers.js";

const status = document.getElementById("status");
const job = status.dataset.job;
const transcript = document.getElementById("transcript");
const save = document.getElementById("save");
const undo = document.getElementById("undo");
const approve = document.getElementById("approve");
const KEPT = "then save again: your corrections are kept here.";

if (["queued", "running"].includes(status.dataset.state)) {
  follow(job, (current) => {
    status.textContent = describe(current);
    if (current.finished_at) location.reload();
  });
}

const mayEdit = Boolean(transcript?.dataset.mayEdit);
let segments = [];
let parent = null;

const corrections = new Corrections(() => {
  for (const button of [save, undo]) if (button) button.disabled = !corrections.all.length;
  player.index(segments);
});
const player = transcript && new Player(document.getElementById("audio"), transcript);

async function load() {
  const { revisions, default: result } = await ask(`v1/jobs/${job}/revisions`);
  const shown = revisions.at(-1); // a correction of an approved revision is not the result yet
  const number = shown.number;
  const document_ = await ask(`v1/jobs/${job}/result?format=json&revision=${number}`);
  segments = document_.segments;
  parent = number;
  const author = shown.author ? ` by ${shown.author}` : "";
  const other = number === result ? "" : `; the result is revision ${result} until this is approved`;
  status.textContent = `Revision ${number}, ${shown.kind}${author}${other}`;
  for (const link of document.querySelectorAll("#downloads a")) {
    const target = new URL(link.href);
    target.searchParams.set("revision", number);
    link.href = target;
  }
  if (approve) approve.disabled = shown.kind === "approved";
  corrections.clear();
  await render(transcript, segments, mayEdit, () => player.mark());
  player.mark();
  transcript.dataset.isReady = "yes";
}

let isBusy = false;

async function attempt(work) {
  if (isBusy) return;
  isBusy = true;
  show(null);
  try {
    await work();
    await load();
  } catch (problem) {
    show(problem, KEPT);
    if (problem.document?.name === "revision-conflict") offer(problem.document.newest);
  } finally {
    isBusy = false;
  }
}

function offer(newest) {
  const mine = corrections.all.length ? () => attempt(() => post(newest)) : null;
  offerNewest(newest, mine, () => attempt(async () => {}));
}

async function post(number) {
  const made = await send(`v1/jobs/${job}/revisions`, { parent: number, operations: corrections.operations });
  parent = made.number;
  corrections.clear();
}

save?.addEventListener("click", () => attempt(() => post(parent)));
undo?.addEventListener("click", () => isBusy || corrections.undo());
approve?.addEventListener("click", () => {
  if (corrections.all.length) show(new Error("Save your corrections first."));
  else attempt(() => send(`v1/jobs/${job}/revisions/${parent}/approve`, {}));
});

function edit(row, target) {
  if (!mayEdit || !row || isBusy) return; // a save ends with the farm's transcript
  const segment = segments[Number(row.dataset.id)];
  if (target === "speaker") editSpeaker(row, segment, segments, corrections);
  else editText(row, segment, corrections);
}

function showFound() {
  const found = findSegment(segments, new URLSearchParams(location.search).get("find") ?? "");
  if (found) player.show(found.id);
}

addEventListener("beforeunload", (event) => {
  if (corrections.all.length) event.preventDefault();
});

if (transcript) {
  listenToGestures(transcript, player, edit);
  document.getElementById("audio").addEventListener("error", () =>
    show(new Error("This browser cannot play the recording, or it was deleted.")),
  );
  load().then(showFound).catch((problem) => show(problem));
}
