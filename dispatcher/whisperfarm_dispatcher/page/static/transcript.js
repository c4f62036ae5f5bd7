// The page of one job: its progress, then its transcript to play, correct and approve.

import { ask, send, show } from "./api.js";
import { offerNewest } from "./conflict.js";
import { Editor } from "./editor.js";
import { describe, follow } from "./follow.js";
import { listenToKeys } from "./keys.js";
import { Player } from "./player.js";
import { render } from "./segments.js";

const status = document.getElementById("status");
const job = status.dataset.job;
const transcript = document.getElementById("transcript");
const save = document.getElementById("save");
const approve = document.getElementById("approve");

if (["queued", "running"].includes(status.dataset.state)) {
  follow(job, (current) => {
    status.textContent = describe(current);
    if (current.finished_at) location.reload();
  });
}

const mayEdit = Boolean(transcript?.dataset.mayEdit);
let segments = [];
let parent = null;

const editor = new Editor(() => {
  save.disabled = false;
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
  editor.operations = [];
  if (save) save.disabled = true;
  await render(transcript, segments, mayEdit, () => player.mark());
  player.index(segments);
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
    show(problem);
    if (problem.document?.name === "revision-conflict") offer(problem.document.newest);
  } finally {
    isBusy = false;
  }
}

function offer(newest) {
  const mine = editor.operations.length ? () => attempt(() => post(newest)) : null;
  offerNewest(newest, mine, () => attempt(async () => {}));
}

const post = (number) =>
  send(`v1/jobs/${job}/revisions`, { parent: number, operations: editor.operations });

save?.addEventListener("click", () => attempt(() => post(parent)));
approve?.addEventListener("click", () => {
  if (editor.operations.length) show(new Error("Save your corrections first."));
  else attempt(() => send(`v1/jobs/${job}/revisions/${parent}/approve`, {}));
});

function edit(row, target) {
  if (!mayEdit || !row) return;
  const segment = segments[Number(row.dataset.id)];
  if (target === "speaker") editor.editSpeaker(row, segment, segments);
  else editor.editText(row, segment);
}

transcript?.addEventListener("dblclick", (event) => edit(event.target.closest(".segment"), "text"));
transcript?.addEventListener("click", (event) => {
  if (event.target.closest(".who")) edit(event.target.closest(".segment"), "speaker");
});

addEventListener("beforeunload", (event) => {
  if (editor.operations.length) event.preventDefault();
});

if (transcript) {
  listenToKeys({
    " ": () => player.toggle(),
    ArrowLeft: () => player.stepWord(-1),
    ArrowRight: () => player.stepWord(1),
    ArrowUp: () => player.stepSegment(-1),
    ArrowDown: () => player.stepSegment(1),
    e: () => edit(player.row(), "text"),
    s: () => edit(player.row(), "speaker"),
  });
  document.getElementById("audio").addEventListener("error", () =>
    show(new Error("This browser cannot play the recording, or it was deleted.")),
  );
  load().catch(show);
}
