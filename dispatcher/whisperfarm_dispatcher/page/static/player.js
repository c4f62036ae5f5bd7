// Plays the recording, and highlights the word at its time. A word may have no element: see segments.js.

import { rowOf } from "./segments.js";

export class Player {
  constructor(audio, transcript) {
    this.audio = audio;
    this.transcript = transcript;
    this.index([]);
    const step = () => {
      this.highlight();
      if (!audio.paused) requestAnimationFrame(step);
    };
    audio.addEventListener("play", step);
    audio.addEventListener("seeked", () => this.highlight());
    transcript.addEventListener("click", (event) => {
      if (event.target.classList.contains("word")) this.jump(Number(event.target.dataset.start));
    });
  }

  index(segments) {
    this.segments = segments;
    this.words = segments.flatMap(({ id, words }) => words.map(({ start }, place) => ({ id, place, start })));
    this.current = -1;
    this.highlight();
  }

  at(time) {
    let [low, high] = [0, this.words.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.words[middle].start <= time + 0.001) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }

  highlight() {
    const found = this.at(this.audio.currentTime);
    if (found === this.current) return;
    this.current = found;
    this.mark();
  }

  mark() {
    const word = this.words[this.current];
    const text = word && rowOf(this.transcript, word.id)?.querySelector(".text");
    const shown = text?.children[word.place];
    if (shown === this.marked) return;
    this.marked?.classList.remove("now");
    shown?.classList.add("now");
    this.marked = shown;
  }

  jump(time) {
    this.audio.currentTime = time;
  }

  toggle() {
    if (!this.audio.currentSrc) return; // the key may not read recordings, or it is a call in legs
    if (this.audio.paused) this.audio.play();
    else this.audio.pause();
  }

  stepWord(by) {
    const next = Math.min(Math.max(this.current + by, 0), this.words.length - 1);
    if (this.words[next]) this.jump(this.words[next].start);
  }

  row() {
    return rowOf(this.transcript, this.segment());
  }

  segment() {
    return this.words[Math.max(this.current, 0)]?.id ?? 0;
  }

  stepSegment(by) {
    const next = this.segments[this.segment() + by];
    if (!next) return;
    rowOf(this.transcript, next.id)?.scrollIntoView({ block: "center" });
    if (next.words.length) this.jump(next.words[0].start);
  }
}
