// The places of a transcript in order: each word, and each text without words as a whole.

const NEAR_S = 0.001;

export class Places {
  constructor(segments) {
    this.all = segments.flatMap(({ id, start, words }) =>
      words.length ? words.map((one, word) => ({ id, word, start: one.start })) : [{ id, word: null, start }],
    );
  }

  // Returns the index of the last place that has begun, or -1.
  at(time) {
    let [low, high] = [0, this.all.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.all[middle].start <= time + NEAR_S) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }

  beginsAt(index, time) {
    return Math.abs(this.all[index]?.start - time) <= NEAR_S;
  }

  // Returns the index of a word, or of the start of its segment, or -1.
  find(id, word) {
    const exact = this.all.findIndex((one) => one.id === id && one.word === word);
    return exact < 0 ? this.all.findIndex((one) => one.id === id) : exact;
  }
}
