"""An edge farm and its hub. Their dispatchers are killed, and the link between them is cut."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from tests.chaos.farm import PlannedKill
from tests.chaos.hub.dispatcher import KilledDispatcher
from tests.chaos.hub.link import UnreliableLink, unreliable_link
from tests.chaos.hub.worker import StubWorker
from tests.chaos.process_spawner import ProcessSpawner
from tests.servers.ports import free_ports
from tests.support.readiness import NO_AUTHORITIES
from tests.support.recordings import wav
from tests.support.waiting import until
from whisperfarm_contract.forwarding import OPEN

_SENDING_S = 120.0
_DONE_S = 600.0
_COMMON = {"WHISPERFARM_PRESETS": "demo"}


@dataclass(frozen=True)
class Side:
    """One of both farms: its dispatcher, and the stub worker that transcribes for it."""

    dispatcher: KilledDispatcher
    worker: StubWorker


@dataclass(frozen=True)
class Pair:
    """Both farms, the link, and the address of the edge."""

    edge: Side
    hub: Side
    link: UnreliableLink
    url: str

    def submit(self, number: int, seconds: float) -> str:
        """Submit a recording, again and again until the edge has it. Returns the job's id."""
        audio = wav(number.to_bytes(4, "little") + bytes(4 * round(8_000 * seconds)))
        headers = {"Content-Type": "audio/wav", "Idempotency-Key": f"call-{number}"}

        def send() -> str | None:
            url = f"{self.url}/v1/jobs"
            try:
                answer = httpx.post(url, content=audio, headers=headers, verify=NO_AUTHORITIES)
            except httpx.TransportError:
                return None
            return str(answer.json()["id"]) if answer.is_success else None

        return until(send, "the edge to accept a job", within_s=_SENDING_S)

    @property
    def kills_are_done(self) -> bool:
        """Whether both dispatchers stay from now on."""
        return all(side.dispatcher.stays.is_set() for side in (self.edge, self.hub))

    def await_end(self) -> None:
        """Wait until nothing is to be sent or fetched."""

        def is_done() -> bool:
            by_state = self.edge.worker.ledger.forwards.totals().by_state
            return not any(by_state[state] for state in OPEN)

        until(is_done, "the end of all forwards", within_s=_DONE_S)


@contextmanager
def pair_of_farms(
    spawner: ProcessSpawner,
    folder: Path,
    *,
    seed: int,
    edge_kills: Sequence[PlannedKill],
    hub_kills: Sequence[PlannedKill],
) -> Iterator[Pair]:
    """Run both farms until the block ends."""
    hub_port, edge_port = free_ports(2)
    with ExitStack() as stack:
        link = stack.enter_context(unreliable_link(hub_port, seed=seed))
        of_edge = {
            "WHISPERFARM_HUB_URL": f"http://127.0.0.1:{link.port}",
            "WHISPERFARM_HUB_INTERVAL_S": "0.1",
            "WHISPERFARM_HUB_TIMEOUT_S": "1",
        }
        settings_of = {
            "hub": {"WHISPERFARM_PORT": str(hub_port)},
            "edge": {"WHISPERFARM_PORT": str(edge_port), **of_edge},
        }
        sides = {}
        for name, kills in (("hub", hub_kills), ("edge", edge_kills)):
            data_dir = folder / name / "data"
            worker = stack.enter_context(_stub_worker(name, data_dir))
            settings = {**_COMMON, "WHISPERFARM_DATA_DIR": str(data_dir), **settings_of[name]}
            dispatcher = KilledDispatcher(spawner, folder / name, kills, settings)
            dispatcher.start()
            stack.callback(dispatcher.close)
            sides[name] = Side(dispatcher, worker)
        yield Pair(**sides, link=link, url=f"http://127.0.0.1:{edge_port}")


@contextmanager
def _stub_worker(farm: str, data_dir: Path) -> Iterator[StubWorker]:
    data_dir.mkdir(parents=True)
    worker = StubWorker(farm, data_dir)
    worker.ledger.migrate()
    worker.start()
    try:
        yield worker
    finally:
        worker.close()
