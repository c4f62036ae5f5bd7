"""A fake container engine: a command called `docker` that stores images as files."""

from dataclasses import dataclass
from pathlib import Path

_SCRIPT = """#!/bin/sh
# Images are files below $STORE, called by the image's name with / and : replaced.
set -eu
file() { echo "$STORE/$(echo "$1" | tr '/:' '__')"; }
echo "$*" >> "$STORE.calls"
case $1 in
    info) test -z "${SILENT:-}" ;;
    image)
        for last; do :; done
        test -f "$(file "$last")" || exit 1
        case $* in *'{{.Id}}'*) echo "sha256:of-$last" ;; *index*) echo 1.2.3 ;; esac
        ;;
    pull) for last; do :; done; test -n "${ONLINE:-}" && echo "$last" > "$(file "$last")" ;;
    save) cp "$(file "$4")" "$3" ;;
    load) name=$(cat "$3"); cp "$3" "$(file "${PREFIX:-}$name")" ;;
    tag) cp "$(file "$2")" "$(file "$3")" ;;
    create) echo container ;;
    cp) echo '{"components": []}' > "$3" ;;
    rm) ;;
    *) exit 64 ;;
esac
"""


@dataclass(frozen=True)
class Engine:
    """The fake's command, and the folder of its images."""

    bin: Path
    store: Path

    def environment(self, **more: str) -> dict[str, str]:
        """Return an environment in which scripts find the fake first."""
        return {"PATH": f"{self.bin}:/usr/bin:/bin", "STORE": str(self.store), **more}

    def put(self, image: str) -> None:
        """Create an image whose content is its name."""
        (self.store / image.replace("/", "_").replace(":", "_")).write_text(image)

    def images(self) -> set[str]:
        """Return the file names of the existing images."""
        return {path.name for path in self.store.iterdir()}

    def calls(self, verb: str) -> list[str]:
        """Return the calls of this subcommand, in order."""
        log = Path(f"{self.store}.calls")
        lines = log.read_text().splitlines() if log.exists() else []
        return [line for line in lines if line.split()[0] == verb]


def engine(folder: Path) -> Engine:
    """A fake engine without images."""
    (folder / "bin").mkdir(parents=True)
    (folder / "store").mkdir()
    command = folder / "bin" / "docker"
    command.write_text(_SCRIPT)
    command.chmod(0o755)
    return Engine(command.parent, folder / "store")
