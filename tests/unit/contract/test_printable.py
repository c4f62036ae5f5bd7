import pytest

from whisperfarm_contract.printable import printable


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a\x1b[31mb\x07\x00", r"a\x1b[31mb\x07\x00"),
        ("\u202egpj.exe", r"\u202egpj.exe"),
        ("\u2066x\u2069\u200f", r"\u2066x\u2069\u200f"),
        ("one\r\ntwo\tthree", r"one\r\ntwo\tthree"),
        ("\x7f\x85\x9b31m", r"\x7f\x85\x9b31m"),
        ("\u2028\u2029\ufeff\u00ad", r"\u2028\u2029\ufeff\xad"),
        ("\udcff", r"\udcff"),
        ("\U000e0041", r"\U000e0041"),
    ],
)
def test_printable_escapes_control_characters(text: str, expected: str) -> None:
    assert printable(text) == expected
    assert printable(text).isprintable()


@pytest.mark.parametrize(
    "text", ["", "żółć 呼叫 📞", "שלום", "क्\u200cष", "名前\u3000一", "10\u00a0s", "👩\u200d💻"]
)
def test_printable_keeps_ordinary_text(text: str) -> None:
    assert printable(text) == text
