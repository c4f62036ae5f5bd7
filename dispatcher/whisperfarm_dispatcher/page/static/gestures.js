// The gestures on a transcript: keys, and clicks that correct.

import { listenToKeys } from "./keys.js";

export function listenToGestures(transcript, player, edit) {
  transcript.addEventListener("dblclick", ({ target }) => {
    if (target.closest(".text")) edit(target.closest(".segment"), "text");
  });
  transcript.addEventListener("click", ({ target }) => {
    if (target.closest(".who")) edit(target.closest(".segment"), "speaker");
  });
  listenToKeys({
    " ": () => player.toggle(),
    ArrowLeft: () => player.stepWord(-1),
    ArrowRight: () => player.stepWord(1),
    ArrowUp: () => player.stepSegment(-1),
    ArrowDown: () => player.stepSegment(1),
    e: () => edit(player.row(), "text"),
    s: () => edit(player.row(), "speaker"),
  });
}
