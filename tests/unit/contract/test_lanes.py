from whisperfarm_contract.lanes import SHARES, Lane, max_overtaking

LIVE, STANDARD, BULK = Lane


def test_shares_fall_with_the_lane_and_have_exact_inverses() -> None:
    assert list(SHARES) == list(Lane)
    assert sorted(SHARES.values(), reverse=True) == list(SHARES.values())
    assert all(share & (share - 1) == 0 for share in SHARES.values())


def test_no_lower_job_overtakes_the_first_live_ones() -> None:
    assert [max_overtaking(LIVE, older, STANDARD) for older in range(5)] == [0, 0, 0, 0, 1]
    assert max_overtaking(LIVE, 15, BULK) == 0
    assert max_overtaking(LIVE, 16, BULK) == 1


def test_sixteen_live_jobs_overtake_each_bulk_job() -> None:
    assert [max_overtaking(BULK, older, LIVE) for older in range(3)] == [16, 32, 48]
    assert [max_overtaking(BULK, older, STANDARD) for older in range(3)] == [4, 8, 12]
