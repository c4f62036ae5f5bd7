"""Build the demo models and the samples: `python -m training` in the demo folder."""

import argparse
from pathlib import Path

from training import build

_REPOSITORY = Path(__file__).parents[2]


def main() -> None:
    """Read the command line and build."""
    parser = argparse.ArgumentParser(prog="training", description=__doc__)
    parser.add_argument("step", nargs="?", choices=tuple(build.STEPS), default="all")
    parser.add_argument(
        "--work", type=Path, default=_REPOSITORY / "build" / "demo-models",
        help="folder of the corpus and checkpoints; a second run continues from them",
    )  # fmt: skip
    arguments = parser.parse_args()
    places = build.ModelPaths.of(_REPOSITORY, arguments.work)
    build.STEPS[arguments.step](places)


if __name__ == "__main__":
    main()
