import base64
import time
from datetime import UTC, datetime

import pytest
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from whisperfarm_contract.signing import Secret, headers, read_secret

OLD = "whsec_" + base64.b64encode(b"o" * 24).decode()
NEW = "whsec_" + base64.b64encode(b"n" * 64).decode()
OTHER = "whsec_" + base64.b64encode(b"x" * 32).decode()
BODY = '{"type":"job.succeeded","data":{"name":"Ünal"}}'.encode()


def signed(*secrets: str, at_s: float | None = None) -> dict[str, str]:
    timestamp_s = int(time.time() if at_s is None else at_s)
    keys = [read_secret(one) for one in secrets]
    return headers(keys, message_id="j1_callback", timestamp_s=timestamp_s, body=BODY)


def test_reference_library_verifies_the_signature() -> None:
    assert Webhook(OLD).verify(BODY, signed(OLD))["type"] == "job.succeeded"


def test_reference_library_makes_the_same_signature() -> None:
    at_s = 1_732_120_000
    theirs = Webhook(OLD).sign("j1_callback", datetime.fromtimestamp(at_s, UTC), BODY.decode())
    assert signed(OLD, at_s=at_s)["webhook-signature"] == theirs


@pytest.mark.parametrize("receivers", [OLD, NEW])
def test_both_secrets_verify_during_rotation(receivers: str) -> None:
    Webhook(receivers).verify(BODY, signed(OLD, NEW))


def test_another_secret_does_not_verify() -> None:
    with pytest.raises(WebhookVerificationError):
        Webhook(OTHER).verify(BODY, signed(OLD, NEW))


def test_another_body_does_not_verify() -> None:
    with pytest.raises(WebhookVerificationError):
        Webhook(OLD).verify(BODY + b" ", signed(OLD))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("c2VjcmV0", "must start with whsec_"),
        ("whsec_not base64!", "not valid base64"),
        ("whsec_" + base64.b64encode(b"k" * 23).decode(), "has 23 bytes; use 24 to 64"),
        ("whsec_" + base64.b64encode(b"k" * 65).decode(), "has 65 bytes; use 24 to 64"),
    ],
)
def test_read_secret_never_shows_an_invalid_secret(text: str, words: str) -> None:
    with pytest.raises(ValueError, match=words) as refused:
        read_secret(text)
    assert text.removeprefix("whsec_") not in str(refused.value)


def test_secret_is_not_in_its_repr() -> None:
    assert "kkk" not in repr(Secret(b"k" * 32))
