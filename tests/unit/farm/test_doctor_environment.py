import pytest

from whisperfarm.doctor.environment import settings_names
from whisperfarm.supervisor.parent_watch import SUPERVISOR_PID_VARIABLE
from whisperfarm_client import settings as client

READ_ELSEWHERE = sorted({*client.VARIABLES, SUPERVISOR_PID_VARIABLE})


@pytest.mark.parametrize("variable", READ_ELSEWHERE)
def test_doctor_knows_each_variable_of_the_client(variable: str) -> None:
    found = settings_names({variable: "x"}, [])
    assert "every WHISPERFARM_ variable" in found.text


def test_doctor_names_an_unknown_variable() -> None:
    found = settings_names({"WHISPERFARM_DIARISE": "true"}, [])
    assert "WHISPERFARM_DIARISE" in found.text
    assert found.hint == "did you mean WHISPERFARM_DIARIZE?"
