"""Any single change of the custody tables is found; an erasure of personal values is none."""

import json
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from tests.unit.farm.custody.ledgers import CUSTODY_TABLES, attacked, build, find_faults
from whisperfarm.custody.files import ExportedRoot
from whisperfarm_contract.custody import NO_PREVIOUS, canonical, new_entry
from whisperfarm_contract.custody.root import Head, root_document
from whisperfarm_contract.job import Job
from whisperfarm_dispatcher.custody import PublicKeys, SigningKey, read_public_keys, write_key

APPENDED = tuple(name for name in CUSTODY_TABLES if name != "personal")

many = settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("tampering")


@pytest.fixture(scope="module")
def key(folder: Path) -> SigningKey:
    return write_key(folder / "key.pem")


@pytest.fixture(scope="module")
def keys(folder: Path, key: SigningKey) -> PublicKeys:
    return read_public_keys(folder / "key.pem.pub")


@pytest.fixture(scope="module")
def jobs(folder: Path, key: SigningKey) -> list[Job]:
    return build(folder / "whole.sqlite", key)


@pytest.fixture
def file(folder: Path, jobs: list[Job]) -> Path:
    """The path of the copy that `copied` makes."""
    assert jobs
    return folder / "attacked.sqlite"


def copied(file: Path) -> Path:
    shutil.copy(file.with_name("whole.sqlite"), file)
    return file


def rows(raw: sqlite3.Connection, table: str) -> list[dict[str, Any]]:
    raw.row_factory = sqlite3.Row
    query = f"SELECT rowid AS row_id, * FROM custody_{table} ORDER BY rowid"  # noqa: S608
    return [dict(row) for row in raw.execute(query)]


def remove(raw: sqlite3.Connection, table: str, where: str, value: object) -> None:
    raw.execute(f"DELETE FROM custody_{table} WHERE {where} = ?", (value,))  # noqa: S608


def exported(file: Path) -> tuple[ExportedRoot, ...]:
    with closing(sqlite3.connect(file)) as raw:
        texts = [row["document"] for row in rows(raw, "roots")]
    return tuple(ExportedRoot(Path(f"{n}.json"), json.loads(text)) for n, text in enumerate(texts))


def test_ledger_as_it_was_written_is_whole(file: Path, keys: PublicKeys) -> None:
    assert find_faults(copied(file), keys=keys, exported=exported(file)) == []


@many
@given(data=st.data())
def test_changed_value_is_found(file: Path, data: st.DataObject) -> None:
    with attacked(copied(file)) as raw:
        table = data.draw(st.sampled_from(CUSTODY_TABLES))
        row = data.draw(st.sampled_from(rows(raw, table)))
        column = data.draw(st.sampled_from([name for name in row if name != "row_id"]))
        value = data.draw(_changed(row[column]))
        kind = "INTEGER" if isinstance(value, int) else "TEXT"
        change = f"SET {column} = CAST(? AS {kind}) WHERE rowid = ?"
        try:
            raw.execute(f"UPDATE custody_{table} {change}", (value, row["row_id"]))
        except sqlite3.IntegrityError:
            assume(False)  # another row has this key
    assert find_faults(file) != []


def _changed(value: int | str) -> st.SearchStrategy[int | bytes]:
    """Return strategies for another number, or for a text in which one byte is another."""
    if isinstance(value, int):
        return st.integers(-3, 9).filter(lambda other: other != value)
    before = value.encode()
    places = st.integers(0, len(before) - 1)
    return (
        st.tuples(places, st.integers(0, 255))
        .map(lambda change: before[: change[0]] + bytes([change[1]]) + before[change[0] + 1 :])
        .filter(lambda after: after != before)
    )


@many
@given(data=st.data())
def test_removed_row_is_found(file: Path, data: st.DataObject) -> None:
    with attacked(copied(file)) as raw:
        table = data.draw(st.sampled_from(APPENDED))
        row = data.draw(st.sampled_from(rows(raw, table)))
        remove(raw, table, "rowid", row["row_id"])
    assert find_faults(file) != []


@pytest.mark.parametrize("tables", [("entries",), ("entries", "chains")])
@pytest.mark.parametrize("number", [0, 1, 2])
def test_removed_job_is_found(
    file: Path, jobs: list[Job], number: int, tables: tuple[str, ...]
) -> None:
    with attacked(copied(file)) as raw:
        for table in tables:
            remove(raw, table, "job_id", jobs[number].id)
    assert find_faults(file) != []


def test_job_removed_from_all_tables_is_found_if_a_root_covers_it(
    file: Path, jobs: list[Job]
) -> None:
    with attacked(copied(file)) as raw:
        for table in ("entries", "chains", "personal", "leaves"):
            remove(raw, table, "job_id", jobs[1].id)
    assert any("root 1" in fault for fault in find_faults(file))


@pytest.mark.parametrize("pair", [(1, 2), (2, 3), (1, 3)])
@pytest.mark.parametrize("number", [0, 1, 2])
def test_reordered_entries_are_found(
    file: Path, jobs: list[Job], number: int, pair: tuple[int, int]
) -> None:
    first, second = pair
    with attacked(copied(file)) as raw:
        for before, after in ((first, 99), (second, first), (99, second)):
            raw.execute(
                "UPDATE custody_entries SET number = ? WHERE job_id = ? AND number = ?",
                (after, jobs[number].id, before),
            )
    assert any(fault.startswith(f"job {jobs[number].id}: entry") for fault in find_faults(file))


@many
@given(data=st.data())
def test_erasure_of_personal_values_is_not_a_change(
    file: Path, keys: PublicKeys, data: st.DataObject
) -> None:
    with attacked(copied(file)) as raw:
        ids = [row["row_id"] for row in rows(raw, "personal")]
        for row_id in data.draw(st.sets(st.sampled_from(ids))):
            remove(raw, "personal", "rowid", row_id)
    assert find_faults(file, keys=keys, exported=exported(file)) == []


def test_chain_that_was_written_again_is_found_by_exported_roots(
    file: Path, jobs: list[Job], keys: PublicKeys, tmp_path: Path
) -> None:
    """The attacker makes everything consistent, and signs it with another key."""
    kept = exported(copied(file))
    forger = write_key(tmp_path / "forger.pem")
    with attacked(file) as raw:
        _rewrite(raw, jobs[0].id)
        _rewrite_roots(raw, forger)
    assert find_faults(file) == []
    assert find_faults(file, exported=kept) == [
        f"root {number}: it is not the one in {number - 1}.json: chains that it covers, or an"
        " earlier root covers, were written again"
        for number in (1, 2)
    ]
    assert len(find_faults(file, keys=keys)) == 2  # the signatures of both roots


def test_missing_root_is_named(file: Path, jobs: list[Job]) -> None:
    with attacked(copied(file)) as raw:
        remove(raw, "roots", "number", 1)
        remove(raw, "leaves", "root", 1)
        raw.execute("UPDATE custody_chains SET covered = 0 WHERE job_id = ?", (jobs[1].id,))
    assert find_faults(file) == ["root 1: it is missing"]


def test_root_without_its_signature_is_found(file: Path) -> None:
    with attacked(copied(file)) as raw:
        _rewrite_roots(raw, None, only=2)
    assert find_faults(file) == ["root 2: it is not signed"]


def test_roots_without_any_signature_are_found_by_a_public_key(
    file: Path, jobs: list[Job], keys: PublicKeys
) -> None:
    """The attacker writes all of it again, and has no key."""
    with attacked(copied(file)) as raw:
        _rewrite(raw, jobs[0].id)
        _rewrite_roots(raw, None)
    assert find_faults(file) == []
    [found] = find_faults(file, keys=keys)
    assert found.startswith("root 2: neither it nor an earlier one is signed")


def test_roots_removed_with_their_leaves_are_found_by_exported_ones(file: Path) -> None:
    kept = exported(copied(file))
    with attacked(file) as raw:
        remove(raw, "roots", "number", 2)
        remove(raw, "leaves", "root", 2)
        raw.execute("UPDATE custody_chains SET covered = 3 WHERE covered = 4")
    assert find_faults(file) == []
    assert find_faults(file, exported=kept) == [
        "root 2: it is missing or was changed; 1.json has it"
    ]


def _rewrite(raw: sqlite3.Connection, job_id: str) -> None:
    previous = NO_PREVIOUS
    for row in rows(raw, "entries"):
        if row["job_id"] != job_id:
            continue
        body = {**json.loads(row["body"]), "forged": True}
        entry = new_entry(
            job_id, row["number"], row["timestamp"], row["kind"], body, previous=previous
        )
        previous = entry.hash
        raw.execute(
            "UPDATE custody_entries SET body = ?, previous = ?, hash = ? WHERE rowid = ?",
            (entry.body, entry.previous, entry.hash, row["row_id"]),
        )


def _rewrite_roots(raw: sqlite3.Connection, key: SigningKey | None, only: int = 0) -> None:
    last = None
    for row in rows(raw, "roots"):
        stored = json.loads(row["document"])
        document = root_document(
            _heads(raw, row["number"]), timestamp=stored["timestamp"], last=last
        )
        last = stored if only not in {0, row["number"]} else key.sign(document) if key else document
        raw.execute(
            "UPDATE custody_roots SET document = ? WHERE number = ?",
            (canonical(last), row["number"]),
        )


def _heads(raw: sqlite3.Connection, root: int) -> Iterator[Head]:
    hashes = {(row["job_id"], row["number"]): row["hash"] for row in rows(raw, "entries")}
    for leaf in rows(raw, "leaves"):
        if leaf["root"] == root:
            yield Head(leaf["job_id"], leaf["entries"], hashes[leaf["job_id"], leaf["entries"]])
