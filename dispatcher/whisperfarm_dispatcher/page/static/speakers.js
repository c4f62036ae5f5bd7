// Renames speakers in place: everywhere, or in one segment.

import { open } from "./field.js";
import { rowOf } from "./segments.js";

const NAME = "Name of the speaker";
const merges = (old, to) =>
  `${to} is the name of another speaker. Make ${old} and ${to} one speaker? You can undo this until you save.`;

function fieldsOf(speaker) {
  const group = document.createElement("div");
  const name = document.createElement("input");
  name.value = speaker ?? "";
  name.maxLength = 100;
  name.setAttribute("aria-label", NAME);
  const isOne = document.createElement("input");
  isOne.type = "checkbox";
  isOne.checked = speaker === undefined;
  const label = document.createElement("label");
  label.append(isOne, " this segment only");
  label.hidden = speaker === undefined;
  group.append(name, label);
  return { group, name, isOne };
}

export function editSpeaker(row, segment, segments, corrections) {
  const who = row.querySelector(".who");
  if (!who) return; // its fields are open
  const { group, name, isOne } = fieldsOf(segment.speaker);
  open(row, group, who, () => {
    const to = name.value.trim();
    const old = segment.speaker;
    if (!to || to === old) return;
    const isTaken = segments.some((one) => one.speaker === to);
    if (!isOne.checked && isTaken && !confirm(merges(old, to))) return;
    const renamed = isOne.checked ? [segment] : segments.filter((one) => one.speaker === old);
    const scope = isOne.checked ? { segment: segment.id } : { speaker: old };
    const set = (value) => renamed.forEach((one) => rename(row.closest("#transcript"), one, value));
    set(to);
    corrections.add(row, { op: "rename_speaker", to, ...scope }, () => set(old));
  });
}

function rename(transcript, segment, to) {
  segment.speaker = to;
  const shown = rowOf(transcript, segment.id)?.querySelector(".name");
  if (shown) shown.textContent = to ?? "";
}
