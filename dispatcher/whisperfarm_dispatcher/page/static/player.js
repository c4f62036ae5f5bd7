// Plays the recording, and highlights the word at its time.

export class Player {
  constructor(audio, transcript) {
    this.audio = audio;
    this.transcript = transcript;
    this.words = [];
    this.current = -1;
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

  index() {
    this.words = Array.from(this.transcript.querySelectorAll(".word"));
    this.starts = this.words.map((word) => Number(word.dataset.start));
    this.current = -1;
  }

  at(time) {
    let [low, high] = [0, this.words.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.starts[middle] <= time + 0.001) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }

  highlight() {
    const found = this.at(this.audio.currentTime);
    if (found === this.current) return;
    this.words[this.current]?.classList.remove("now");
    this.words[found]?.classList.add("now");
    this.current = found;
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
    if (this.words[next]) this.jump(this.starts[next]);
  }

  row() {
    return this.words[Math.max(this.current, 0)]?.closest(".segment") ?? this.transcript.firstElementChild;
  }

  stepSegment(by) {
    const row = this.row();
    const next = by < 0 ? row?.previousElementSibling : row?.nextElementSibling;
    next?.scrollIntoView({ block: "center" });
    const word = next?.querySelector(".word");
    if (word) this.jump(Number(word.dataset.start));
  }
}
