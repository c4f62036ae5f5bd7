from whisperfarm import markdown


def test_table_has_a_head_a_rule_and_rows() -> None:
    assert markdown.table(("a", "b"), [("1", "2")]) == "| a | b |\n| --- | --- |\n| 1 | 2 |\n"


def test_table_escapes_bars() -> None:
    assert markdown.table(("a",), [("x|y",)]).endswith("| x\\|y |\n")
