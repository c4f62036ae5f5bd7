"""Answers whisperfarm's requests for the addition `talk_time`: who spoke how long.

Start it with `python talk_time.py 9100`, and the dispatcher with
`WHISPERFARM_ADDITIONS=talk_time=http://127.0.0.1:9100/`. It needs the standard library alone. As a
Python function, `talk_time` can be an entry point `whisperfarm.additions` of a package instead.
"""

import json
import sys
from collections import defaultdict
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


def talk_time(request: Mapping[str, Any]) -> dict[str, Any]:
    """Return seconds and share of the talk by speaker, and the longest silence between segments."""
    segments = request["transcript"]["segments"]
    seconds: defaultdict[str, float] = defaultdict(float)
    for segment in segments:
        seconds[segment.get("speaker") or "unknown"] += segment["end"] - segment["start"]
    total = sum(seconds.values())
    return {
        "seconds": {name: round(spoken, 2) for name, spoken in seconds.items()},
        "share": {name: round(spoken / total, 3) for name, spoken in seconds.items() if total},
        "longest_silence_s": _longest_silence(segments),
    }


def _longest_silence(segments: list[Mapping[str, Any]]) -> float:
    reached = longest = 0.0
    for segment in sorted(segments, key=lambda one: one["start"]):
        longest = max(longest, segment["start"] - reached)
        reached = max(reached, segment["end"])
    return round(longest, 2)


class Service(BaseHTTPRequestHandler):
    """Answers each POST request with the addition."""

    def do_POST(self) -> None:
        request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        answer = json.dumps(talk_time(request)).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_: object) -> None:
        """Log nothing."""


if __name__ == "__main__":
    ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Service).serve_forever()
