import pytest

from whisperfarm_contract.problems import ClientError, InvalidOption, UnknownOption
from whisperfarm_contract.states import JobState
from whisperfarm_dispatcher.api import job_filters
from whisperfarm_store.ledger import JobFilter


def test_read_returns_all_filters_and_ignores_the_paging() -> None:
    query = [
        *(
            ("state", "failed"),
            ("batch", "night"),
            ("reference", "call 17"),
            ("filename", "a b.wav"),
            ("approval", "Pending"),
            ("limit", "3"),
        ),
        *(("from", "1970-01-01T00:00:01.5Z"), ("to", "1970-01-01T02:00:02+02:00")),
        *(("metadata.agent", "A7"), ("metadata.a.b", "é"), ("before", "job-1")),
    ]
    assert job_filters.read(query) == JobFilter(
        state=JobState.FAILED,
        batch="night",
        reference="call 17",
        filename="a b.wav",
        approval="pending",
        created_from=1.5,
        created_before=2.0,
        metadata={"agent": "A7", "a.b": "é"},
    )


def test_read_compares_empty_texts_as_well() -> None:
    query = [("filename", ""), ("metadata.agent", "")]
    assert job_filters.read(query) == JobFilter(filename="", metadata={"agent": ""})


@pytest.mark.parametrize("name", ["refrence", "tenant", "metadata", "metadatax.agent", ""])
def test_read_names_an_unknown_filter_and_the_known_ones(name: str) -> None:
    with pytest.raises(
        UnknownOption, match=f"'{name}'; known: state, batch, reference.*metadata.<name>"
    ):
        job_filters.read([(name, "x")])


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *(
            ("state", "sleeping"),
            ("batch", "x" * 101),
            ("reference", "x" * 201),
            ("state", ""),
            ("filename", "x" * 256),
        ),
        *(
            ("from", ""),
            ("from", "yesterday"),
            ("from", "2024-11-20"),
            ("to", "2024-02-30T00:00:00Z"),
        ),
        *(("to", "2024-11-20T16:26:40"), ("to", "2024-11-20T16:26:40 02:00")),
        *(
            ("metadata.", "x"),
            ('metadata.a"', "x"),
            ("metadata.a\n", "x"),
            ("metadata.a", "x" * 201),
        ),
    ],
)
def test_read_names_the_invalid_filter(name: str, value: str) -> None:
    with pytest.raises(InvalidOption) as raised:
        job_filters.read([(name, value)])
    assert raised.value.detail.startswith(f"{name}: ")


def test_read_rejects_a_filter_that_is_given_twice() -> None:
    with pytest.raises(ClientError, match=r"metadata\.agent: the filter is given twice"):
        job_filters.read([("metadata.agent", "A7"), ("metadata.agent", "A8")])
