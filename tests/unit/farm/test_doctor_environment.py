import pytest

from whisperfarm.doctor.environment import settings_names
from whisperfarm.supervisor.parent_watch import SUPERVISOR
from whisperfarm_client import settings as client

READ_ELSEWHERE = sorted({*client.VARIABLES, SUPERVISOR})


@pytest.mark.parametrize("variable", READ_ELSEWHERE)
def test_doctor_knows_each_variable_of_the_client(variable: str) -> None:
    found = settings_names({variable: "x"}, [])
    assert "every WHISPERFARM_ variable" in found.text


def test_doctor_names_a_variable_that_nothing_reads() -> None:
    found = settings_names({"WHISPERFARM_DIARISE": "true"}, [])
    assert "WHISPERFARM_DIARISE" in found.text
    assert found.mend == "did you mean WHISPERFARM_DIARIZE?"
