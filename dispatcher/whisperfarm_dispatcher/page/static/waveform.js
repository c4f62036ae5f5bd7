// Draws the recording above its controls. A click, a drag or the keys of a slider set the position.

import { ask } from "./api.js";
import { clock } from "./segments.js";

const SVG = "http://www.w3.org/2000/svg";
const STEPS = { ArrowLeft: -5, ArrowDown: -5, ArrowRight: 5, ArrowUp: 5, PageDown: -60, PageUp: 60 };
const view = document.getElementById("waveform");
const audio = document.getElementById("audio");

function outline(peaks) {
  const loudest = Math.max(...peaks.flat().map(Math.abs)) || 1;
  const point = (index, value) => `${index},${(-value / loudest).toFixed(3)}`;
  const high = peaks.map(([, value], index) => point(index, Math.max(value, 0.01 * loudest)));
  const low = peaks.map(([value], index) => point(index, Math.min(value, -0.01 * loudest)));
  return `M${high.join(" ")} ${low.reverse().join(" ")}Z`;
}

function picture(peaks, className) {
  const svg = document.createElementNS(SVG, "svg");
  const path = document.createElementNS(SVG, "path");
  svg.setAttribute("viewBox", `0 -1 ${Math.max(peaks.length - 1, 1)} 2`);
  svg.setAttribute("preserveAspectRatio", "none");
  svg.setAttribute("aria-hidden", "true");
  svg.setAttribute("class", className);
  path.setAttribute("d", outline(peaks));
  svg.append(path);
  return svg;
}

function makeSlider(played, duration) {
  const seek = (time) => {
    audio.currentTime = Math.min(Math.max(time, 0), duration);
    update();
  };
  const update = () => {
    const share = Math.min(audio.currentTime / duration, 1);
    played.style.clipPath = `inset(0 ${100 - 100 * share}% 0 0)`;
    view.setAttribute("aria-valuenow", Math.floor(audio.currentTime));
    view.setAttribute("aria-valuetext", `${clock(audio.currentTime)} of ${clock(duration)}`);
  };
  const point = (event) => {
    const { left, width } = view.getBoundingClientRect();
    seek((duration * (event.clientX - left)) / width);
  };
  view.setAttribute("aria-valuemax", Math.floor(duration));
  view.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    view.setPointerCapture(event.pointerId);
    point(event);
  });
  view.addEventListener("pointermove", (event) => view.hasPointerCapture(event.pointerId) && point(event));
  view.addEventListener("keydown", (event) => {
    const ends = { Home: 0, End: duration };
    const time = ends[event.key] ?? audio.currentTime + STEPS[event.key];
    if (Number.isNaN(time) || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    event.stopPropagation(); // the arrows of the transcript
    seek(time);
  });
  for (const name of ["timeupdate", "seeked"]) audio.addEventListener(name, update);
  update();
}

async function draw() {
  const { peaks, duration_s } = await ask(`v1/jobs/${view.dataset.job}/waveform`);
  if (!peaks.length) return;
  const played = picture(peaks, "played");
  view.append(picture(peaks, "all"));
  if (view.getAttribute("role") === "slider") {
    view.append(played);
    makeSlider(played, duration_s);
  }
  view.hidden = false;
}

if (view) draw().catch(() => {}); // older jobs have none: the page is complete without it
