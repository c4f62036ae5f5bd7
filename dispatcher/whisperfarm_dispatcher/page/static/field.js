// Opens fields in place of an element of a row. Enter or a click elsewhere keeps them, Escape drops them.

export function open(row, group, replaced, keep) {
  let isOpen = true;
  const close = (isKept) => {
    if (!isOpen) return;
    isOpen = false;
    group.replaceWith(replaced);
    if (isKept) keep();
  };
  group.className = "fields";
  group.tabIndex = -1; // a click on a label is not elsewhere
  group.addEventListener("keydown", (event) => {
    event.stopPropagation();
    if (event.isComposing || !["Enter", "Escape"].includes(event.key)) return;
    event.preventDefault();
    close(event.key === "Enter");
    row.focus({ preventScroll: true });
  });
  group.addEventListener("focusout", (event) => {
    if (!group.contains(event.relatedTarget)) close(true);
  });
  replaced.replaceWith(group);
  group.querySelector("input, textarea").focus();
}
