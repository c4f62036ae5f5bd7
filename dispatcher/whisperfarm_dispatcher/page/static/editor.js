// Corrects texts and speakers in place. The operations are kept until they are saved.

import { fill, rowOf } from "./segments.js";

export class Editor {
  constructor(onChange) {
    this.operations = [];
    this.onChange = onChange;
  }

  editText(row, segment) {
    const text = row.querySelector(".text");
    if (!text || row.querySelector("textarea")) return;
    const field = document.createElement("textarea");
    field.value = segment.text.trim();
    field.maxLength = 5000;
    field.setAttribute("aria-label", "Text of the segment");
    this.open(field, text, (value) => {
      const changed = value.replace(/\s+/g, " ").trim();
      if (changed === segment.text.trim()) return;
      segment.text = changed;
      segment.words = [];
      fill(text, segment);
      this.add(row, { op: "replace_text", segment: segment.id, text: changed });
    });
  }

  editSpeaker(row, segment, segments) {
    const name = row.querySelector(".name");
    if (row.querySelector("input")) return;
    const field = document.createElement("input");
    field.value = segment.speaker ?? "";
    field.maxLength = 100;
    field.setAttribute("aria-label", "Name of the speaker");
    this.open(field, row.querySelector(".who"), (value) => {
      const to = value.trim();
      if (!to || to === segment.speaker) return;
      const old = segment.speaker;
      const scope = old === undefined ? { segment: segment.id } : { speaker: old };
      for (const one of segments) {
        if (one !== segment && (old === undefined || one.speaker !== old)) continue;
        one.speaker = to;
        const shown = rowOf(row.closest("#transcript"), one.id).querySelector(".name");
        if (shown) shown.textContent = to;
      }
      name.textContent = to;
      this.add(row, { op: "rename_speaker", to, ...scope });
    });
  }

  open(field, replaced, keep) {
    let isOpen = true;
    const close = (isKept) => {
      if (!isOpen) return;
      isOpen = false;
      field.replaceWith(replaced);
      if (isKept) keep(field.value);
    };
    field.addEventListener("keydown", (event) => {
      event.stopPropagation();
      if (event.key === "Enter" || event.key === "Escape") {
        event.preventDefault();
        close(event.key === "Enter");
        document.getElementById("save")?.focus();
      }
    });
    field.addEventListener("blur", () => close(true));
    replaced.replaceWith(field);
    field.focus();
  }

  add(row, operation) {
    row.classList.add("changed");
    this.operations.push(operation);
    this.onChange();
  }
}
