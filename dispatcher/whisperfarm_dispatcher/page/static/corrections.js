// The corrections that are not saved, in order. The last one can be undone.

export class Corrections {
  constructor(onChange) {
    this.all = [];
    this.onChange = onChange;
  }

  get operations() {
    return this.all.map((one) => one.operation);
  }

  add(row, operation, revert) {
    row.classList.add("changed");
    this.all.push({ row, operation, revert });
    this.onChange();
  }

  undo() {
    const { row, revert } = this.all.pop();
    revert();
    if (!this.all.some((one) => one.row === row)) row.classList.remove("changed");
    this.onChange();
    row.scrollIntoView({ block: "nearest" });
    row.focus({ preventScroll: true });
  }

  clear() {
    this.all = [];
    this.onChange();
  }
}
