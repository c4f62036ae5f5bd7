// Corrects texts in place.

import { open } from "./field.js";
import { fill } from "./segments.js";

const plain = (text) => text.replace(/\s+/g, " ").trim();

export function editText(row, segment, corrections) {
  const text = row.querySelector(".text");
  if (!text) return; // its field is open
  const group = document.createElement("div");
  const field = document.createElement("textarea");
  field.value = segment.text.trim();
  field.maxLength = 5000;
  field.setAttribute("aria-label", "Text of the segment");
  group.append(field);
  const set = (value, words) => {
    segment.text = value;
    segment.words = words;
    fill(text, segment);
  };
  open(row, group, text, () => {
    const changed = plain(field.value);
    const { text: old, words } = segment;
    if (changed === plain(old)) return;
    set(changed, []); // the farm finds the times of the new words
    const operation = { op: "replace_text", segment: segment.id, text: changed };
    corrections.add(row, operation, () => set(old, words));
  });
}
