from whisperfarm_contract import identifiers


def test_two_attempts_never_share_a_result() -> None:
    assert identifiers.result_key("acme", "0193", 1) != identifiers.result_key("acme", "0193", 2)


def test_two_tenants_never_share_a_key() -> None:
    assert identifiers.audio_key("acme", "0193") != identifiers.audio_key("other", "0193")


def test_queues_carry_the_farms_name() -> None:
    assert identifiers.queue("demo") == "whisperfarm.demo"
