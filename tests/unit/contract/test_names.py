from whisperfarm_contract import names


def test_two_attempts_never_share_a_result() -> None:
    assert names.result_key("acme", "0193", 1) != names.result_key("acme", "0193", 2)


def test_two_tenants_never_share_a_key() -> None:
    assert names.audio_key("acme", "0193") != names.audio_key("other", "0193")


def test_queues_carry_the_farms_name() -> None:
    assert names.queue("demo") == "whisperfarm.demo"
