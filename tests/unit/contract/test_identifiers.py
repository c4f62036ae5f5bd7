from whisperfarm_contract import identifiers


def test_result_key_differs_per_attempt() -> None:
    assert identifiers.result_key("acme", "0193", 1) != identifiers.result_key("acme", "0193", 2)


def test_audio_key_differs_per_tenant() -> None:
    assert identifiers.audio_key("acme", "0193") != identifiers.audio_key("other", "0193")


def test_queue_name_starts_with_whisperfarm() -> None:
    assert identifiers.queue_name("demo") == "whisperfarm.demo"
