// Keys of the whole page. Fields, buttons and the player keep their own.

const OTHERS = "input, textarea, select, audio, summary, button, a";

export function listenToKeys(actions) {
  document.addEventListener("keydown", (event) => {
    const isPlain = !event.ctrlKey && !event.altKey && !event.metaKey;
    if (!isPlain || event.target.closest(OTHERS) || !(event.key in actions)) return;
    event.preventDefault();
    actions[event.key]();
  });
}
