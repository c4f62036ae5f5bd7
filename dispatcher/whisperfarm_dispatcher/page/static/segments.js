// Renders segments in pieces, so that hours of speech do not block the page. All text is text.

const PIECE = 100;
export const DOUBTFUL_BELOW = 0.5;

function element(name, className, text) {
  const made = document.createElement(name);
  made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
}

export function clock(seconds) {
  const whole = Math.floor(seconds);
  const two = (number) => String(number).padStart(2, "0");
  return `${Math.floor(whole / 3600)}:${two(Math.floor(whole / 60) % 60)}:${two(whole % 60)}`;
}

function wordOf(word) {
  const made = element("span", "word", word.word);
  if (word.interpolated) made.classList.add("interpolated");
  else if (word.score !== undefined && word.score < DOUBTFUL_BELOW) made.classList.add("doubtful");
  made.dataset.start = word.start;
  return made;
}

export function fill(paragraph, segment) {
  const words = segment.words.flatMap((word) => [wordOf(word), " "]);
  paragraph.replaceChildren(...(words.length ? words : [segment.text]));
}

function segmentOf(segment, mayEdit) {
  const row = element("div", "segment");
  row.dataset.id = segment.id;
  const who = element(mayEdit ? "button" : "div", "who");
  who.append(element("bdi", "name", segment.speaker ?? ""), element("small", "", clock(segment.start)));
  const text = element("p", "text");
  text.dir = "auto";
  fill(text, segment);
  row.append(who, text);
  return row;
}

export async function render(parent, segments, mayEdit) {
  parent.replaceChildren();
  for (let start = 0; start < segments.length; start += PIECE) {
    const rows = segments.slice(start, start + PIECE).map((one) => segmentOf(one, mayEdit));
    parent.append(...rows);
    await new Promise((resolve) => setTimeout(resolve));
  }
}
