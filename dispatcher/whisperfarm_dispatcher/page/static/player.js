// Plays the recording, and highlights the place at its time. The page may have no sound.

import { Places } from "./places.js";
import { rowOf } from "./segments.js";

export class Player {
  constructor(audio, transcript) {
    this.audio = audio;
    this.transcript = transcript;
    this.places = new Places([]);
    this.current = -1;
    const step = () => {
      this.highlight();
      if (!audio.paused) requestAnimationFrame(step);
    };
    audio.addEventListener("play", step);
    audio.addEventListener("seeked", () => this.highlight());
    transcript.addEventListener("click", ({ target }) => {
      const id = Number(target.closest(".segment")?.dataset.id);
      if (target.matches(".word")) this.visit(id, [...target.parentNode.children].indexOf(target));
      else if (target.matches(".text") && id !== this.segment()) this.visit(id);
    });
  }

  index(segments) {
    const { id, word } = this.places.all[this.current] ?? {};
    this.places = new Places(segments);
    this.current = this.places.find(id, word);
    if (this.current < 0) this.highlight();
    this.mark();
  }

  highlight() {
    const time = this.audio.currentTime;
    if (this.places.beginsAt(this.current, time)) return; // several may begin at one time
    const found = this.places.at(time);
    if (found !== this.current) this.mark(found);
  }

  mark(index = this.current) {
    this.current = index;
    const place = this.places.all[index]; // which may have no element: see segments.js
    const text = place && rowOf(this.transcript, place.id)?.querySelector(".text");
    const shown = place?.word === null ? text : text?.children[place.word];
    if (shown === this.marked) return;
    this.marked?.classList.remove("now");
    shown?.classList.add("now");
    this.marked = shown;
  }

  go(index) {
    if (!this.places.all[index]) return;
    this.mark(index);
    this.audio.currentTime = this.places.all[index].start;
  }

  visit(id, word = 0) {
    this.go(this.places.find(id, word));
  }

  show(id) {
    rowOf(this.transcript, id)?.scrollIntoView({ block: "center" });
    this.visit(id);
  }

  toggle() {
    if (!this.audio.currentSrc) return; // the key may not read recordings, or it is a call in legs
    if (this.audio.paused) this.audio.play();
    else this.audio.pause();
  }

  stepWord(by) {
    const last = this.places.all.length - 1;
    this.go(Math.min(Math.max(this.current + by, 0), last));
  }

  row() {
    return rowOf(this.transcript, this.segment());
  }

  segment() {
    return this.places.all[Math.max(this.current, 0)]?.id ?? 0;
  }

  stepSegment(by) {
    this.show(this.segment() + by);
  }
}
