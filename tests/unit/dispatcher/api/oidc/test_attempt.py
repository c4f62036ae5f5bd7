"""What is sent to the provider follows from the secret, and from nothing else."""

from base64 import urlsafe_b64encode
from hashlib import sha256

from whisperfarm_dispatcher.api.oidc.attempt import Attempt, read_attempt


def test_challenge_is_the_hash_of_the_verifier() -> None:
    attempt = Attempt.begin("page/jobs")
    digest = sha256(attempt.verifier.encode()).digest()
    assert attempt.challenge == urlsafe_b64encode(digest).decode().rstrip("=")
    assert 43 <= len(attempt.verifier) <= 128  # RFC 7636, 4.1


def test_sent_values_differ_and_do_not_contain_the_secret() -> None:
    one, other = Attempt.begin("page/jobs"), Attempt.begin("page/jobs")
    sent = [part for a in (one, other) for part in (a.state, a.nonce, a.verifier, a.challenge)]
    assert len(set(sent)) == 8
    assert not any(a.secret in part for a in (one, other) for part in sent)


def test_state_is_read_with_its_own_secret_alone() -> None:
    attempt = Attempt.begin("page/batches")
    found = read_attempt(attempt.secret, attempt.state)
    assert found is not None
    assert (found.target, found.nonce) == ("page/batches", attempt.nonce)
    assert read_attempt("another", attempt.state) is None
    assert read_attempt(attempt.secret, attempt.state.replace("batches", "jobs")) is None
    assert read_attempt("", "") is None


def test_browser_without_the_cookie_has_no_sign_in() -> None:
    forged = Attempt("", "page/jobs")
    assert read_attempt("", forged.state) is None
