import pytest

from whisperfarm_dispatcher.api.upload.disposition import read_disposition

START = b'form-data; name="file"; '


@pytest.mark.parametrize(
    ("parameter", "filename"),
    [
        (b'filename="call.wav"', "call.wav"),
        (b"filename=call.wav", "call.wav"),
        (b'filename="x%22y.wav"', 'x"y.wav'),
        (b'filename="x\\"y.wav"', 'x"y.wav'),
        (b'filename="a%0D%0Ab%0d%0a.wav"', "a\r\nb\r\n.wav"),
        (b'filename="100%25 %41.wav"', "100%25 %41.wav"),
        ('filename="żółć 呼叫 📞.wav"'.encode(), "żółć 呼叫 📞.wav"),
        ('filename="größe.wav"'.encode("latin-1"), "größe.wav"),
        (b"filename*=UTF-8''%e2%82%ac%20rates.wav", "€ rates.wav"),
        (b"filename*=utf-8'en'%C5%BC.wav", "ż.wav"),
        (b"filename*=iso-8859-1''caf%E9.wav", "café.wav"),
        (b"filename=rates.wav; filename*=UTF-8''%e2%82%ac.wav", "€.wav"),
        (b"FileName*=UTF-8''%C5%BC.wav", "ż.wav"),
        (b"filename*=no-such-charset''x.wav", "x.wav"),
        (b'filename=""', ""),
    ],
)
def test_filename_is_read_as_it_was_meant(parameter: bytes, filename: str) -> None:
    assert read_disposition(START + parameter) == ("file", filename)


@pytest.mark.parametrize("header", [None, b"", b"form-data", b"form-data; filename*", b"\xff;=;"])
def test_header_without_names_has_none(header: bytes | None) -> None:
    assert read_disposition(header) == (None, None)
