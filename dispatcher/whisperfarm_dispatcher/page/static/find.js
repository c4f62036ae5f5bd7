// Finds the segment that has most of the words of a search. The index of the farm compares words alike.

const CLAUSE = /"([^"]*)"?(\*?)|([^\s"]+)/g;
const ALONE = "\\p{sc=Han}\\p{sc=Hiragana}\\p{sc=Katakana}\\p{sc=Thai}\\p{sc=Lao}\\p{sc=Khmer}\\p{sc=Myanmar}";
const TERM = new RegExp(`[${ALONE}]|(?:(?![${ALONE}])[\\p{L}\\p{M}\\p{N}])+`, "gu");

const joined = (text) => (text.normalize("NFKC").toLowerCase().match(TERM) ?? []).join(" ");

function clausesOf(query) {
  const found = [...query.matchAll(CLAUSE)].map(([, quoted, star, word = ""]) => {
    const terms = joined(quoted ?? word);
    return terms && ` ${terms}${star || word.endsWith("*") ? "" : " "}`;
  });
  return found.filter(Boolean);
}

export function findSegment(segments, query) {
  const clauses = clausesOf(query);
  let [best, most] = [null, 0];
  for (const segment of segments) {
    const text = ` ${joined(segment.text)} `;
    const count = clauses.filter((one) => text.includes(one)).length;
    if (count > most) [best, most] = [segment, count];
  }
  return best;
}
