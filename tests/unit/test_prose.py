"""`tools/prose.py` finds refused words in prose, and only there."""

from pathlib import Path

import pytest

from tools import prose

RULES = """
[[words]]
avoid = ["can not"]
write = "cannot"

[[words]]
avoid = ["tell", "told"]
write = "the real verb"

[[exceptions]]
path = "*/quoted.md"
words = ["told"]
reason = "quotes another program"
"""


@pytest.fixture
def rules(tmp_path: Path) -> prose.Rules:
    path = tmp_path / "rules.toml"
    path.write_text(RULES, encoding="utf-8")
    return prose.read_rules(path)


def found(path: Path, text: str, rules: prose.Rules) -> list[str]:
    path.write_text(text, encoding="utf-8")
    return [line.removeprefix(f"{path}:") for line in prose.findings(path, rules)]


@pytest.mark.parametrize(
    "code",
    [
        '"""It can not be read."""\n',
        "x = 1  # can not\n",
        'raise ValueError(f"{x} can not be read")\n',
        '"""It can\nnot be read."""\n',
        "# it can\n# not be read\n",
    ],
)
def test_word_is_found_in_comments_and_strings(
    tmp_path: Path, rules: prose.Rules, code: str
) -> None:
    assert found(tmp_path / "a.py", f"x = 0\n{code}", rules) == ["2: can not -> cannot"]


@pytest.mark.parametrize(
    "code", ["told = 1\n", '"""Calls `told`."""\n', "f(not_told)\n", 'log.info("not_told")\n']
)
def test_names_in_code_are_not_checked(tmp_path: Path, rules: prose.Rules, code: str) -> None:
    assert found(tmp_path / "a.py", code, rules) == []


def test_markdown_is_checked_outside_of_code(tmp_path: Path, rules: prose.Rules) -> None:
    text = "# A\n\n```sh\ntell\n```\n\n`told` and [x](told.md)\n\nThe caller is told.\n"
    assert found(tmp_path / "a.md", text, rules) == ["9: told -> the real verb"]


def test_all_text_of_yaml_is_checked_outside_of_backticks(
    tmp_path: Path, rules: prose.Rules
) -> None:
    text = "# `told`\nsummary: The caller is told.\n"
    assert found(tmp_path / "a.yaml", text, rules) == ["2: told -> the real verb"]


def test_exception_allows_only_its_words(tmp_path: Path, rules: prose.Rules) -> None:
    text = "He was told. It can not.\n"
    assert found(tmp_path / "quoted.md", text, rules) == ["1: can not -> cannot"]


def test_exception_without_a_reason_is_rejected(tmp_path: Path) -> None:
    path = tmp_path / "rules.toml"
    path.write_text('[[exceptions]]\npath = "a.md"\nwords = ["*"]\n', encoding="utf-8")
    with pytest.raises(KeyError, match="reason"):
        prose.read_rules(path)


def test_findings_end_the_program_with_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page = tmp_path / "a.md"
    page.write_text("It can not.\n", encoding="utf-8")
    assert prose.main([str(page)]) == 1
    assert capsys.readouterr().out == f"{page}:1: can not -> cannot\n"
    page.write_text("It cannot.\n", encoding="utf-8")
    assert prose.main([str(tmp_path)]) == 0


def test_style_sheet_has_the_table_of_words() -> None:
    page = (prose.ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    assert prose.table(prose.read_rules(prose.RULES)) in page


def test_exceptions_name_existing_files() -> None:
    exceptions = prose.read_rules(prose.RULES).exceptions
    assert [glob for glob, _ in exceptions if not list(prose.ROOT.glob(glob))] == []
