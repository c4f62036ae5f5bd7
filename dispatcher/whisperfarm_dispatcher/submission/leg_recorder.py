"""Records where each file lies in the body of a request that may have several: legs of a call."""

from dataclasses import dataclass, field

from whisperfarm_contract import leg_container
from whisperfarm_contract.legs import MAX_LEGS
from whisperfarm_contract.problems import InvalidOption
from whisperfarm_dispatcher.submission.storage import HEAD_BYTES


@dataclass(slots=True, kw_only=True)
class ReceivedLeg:
    """A file of the body. `start` is its first byte in it, `head` are the first bytes of it."""

    start: int
    size_bytes: int = 0
    head: bytes = b""


@dataclass(slots=True)
class LegRecorder:
    """Recorder of the files of one request, which are stored one after the other.

    Call `start` before each file, and `add` with its bytes. A body of several files ends with the
    `index`. For a body that is one file by itself, no call is needed.
    """

    legs: list[ReceivedLeg] = field(default_factory=list)

    def start(self) -> None:
        """Begin the next file. Raises `InvalidOption` if a call cannot have that many."""
        if len(self.legs) >= MAX_LEGS:
            raise InvalidOption(
                f"leg_offset_s: the request has more than {MAX_LEGS} recordings, the maximum of"
                " one call; send fewer"
            )
        last = self.legs[-1] if self.legs else None
        self.legs.append(ReceivedLeg(start=last.start + last.size_bytes if last else 0))

    def add(self, data: bytes) -> bytes:
        """Count bytes of the file. Returns them."""
        leg = self.legs[-1]
        leg.head += data[: HEAD_BYTES - len(leg.head)]
        leg.size_bytes += len(data)
        return data

    def index(self) -> bytes:
        """Return the index of the files, or nothing if there is only one."""
        if not self.has_several:
            return b""
        return leg_container.index([leg.size_bytes for leg in self.legs])

    @property
    def has_several(self) -> bool:
        """Whether the body has several files."""
        return len(self.legs) > 1
