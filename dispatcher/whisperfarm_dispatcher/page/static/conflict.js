// Asks which corrections to keep, after another person saved a revision first.

function button(text, onClick) {
  const made = document.createElement("button");
  made.textContent = text;
  made.onclick = onClick;
  return made;
}

export function offerNewest(newest, applyMine, showTheirs) {
  const message = document.getElementById("message");
  message.textContent = `Another person saved revision ${newest} first. Your corrections are not saved yet. `;
  if (applyMine) message.append(button(`Apply mine to revision ${newest}`, applyMine), " ");
  message.append(button("Drop mine and show theirs", showTheirs));
}
