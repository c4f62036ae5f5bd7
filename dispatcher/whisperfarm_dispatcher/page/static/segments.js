// Renders segments in parts. A browser lays out those parts alone that are near the view, and only their
// words are elements, so that hours of speech take little memory. All text is text.

const ROWS = 25; // of a part
const PARTS_AT_ONCE = 8;
const NEAR = "100% 0%"; // the heights of the view above and below it

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

export const textOf = (segment) =>
  segment.words.length ? segment.words.map((word) => `${word.word} `).join("") : segment.text;

export function fill(paragraph, segment) {
  const words = segment.words.flatMap((word) => [wordOf(word), " "]);
  paragraph.replaceChildren(...(words.length ? words : [segment.text]));
}

function segmentOf(segment, mayEdit) {
  const row = element("div", "segment");
  row.dataset.id = segment.id;
  row.tabIndex = -1; // gets the focus after a correction
  const who = element(mayEdit ? "button" : "div", "who");
  who.append(element("bdi", "name", segment.speaker ?? ""), element("small", "", clock(segment.start)));
  const text = element("p", "text", textOf(segment));
  text.dir = "auto";
  row.append(who, text);
  return row;
}

export const rowOf = (parent, id) => parent.children[Math.floor(id / ROWS)]?.children[id % ROWS];

let observer = null;

function observe(segments, onFilled) {
  observer?.disconnect();
  observer = new IntersectionObserver((entries) => {
    const isSelected = !getSelection().isCollapsed; // elements that are replaced leave a selection
    for (const { target, isIntersecting } of entries) {
      for (const row of target.children) {
        const text = row.querySelector(".text"); // none while it is edited
        const segment = segments[Number(row.dataset.id)];
        if (text && isIntersecting) fill(text, segment);
        else if (text && !isSelected) text.textContent = textOf(segment);
      }
    }
    onFilled();
  }, { rootMargin: NEAR });
}

export async function render(parent, segments, mayEdit, onFilled) {
  parent.replaceChildren();
  observe(segments, onFilled);
  for (let start = 0; start < segments.length; start += ROWS) {
    const part = element("div", "part");
    part.append(...segments.slice(start, start + ROWS).map((one) => segmentOf(one, mayEdit)));
    parent.append(part);
    observer.observe(part);
    if ((start / ROWS) % PARTS_AT_ONCE === 0) await new Promise((resolve) => setTimeout(resolve));
  }
}
