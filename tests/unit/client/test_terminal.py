import io

from whisperfarm_client.terminal import Meter


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_on_a_terminal_one_line_is_written_again_and_again() -> None:
    terminal = Terminal()
    meter = Meter(terminal, "call.wav")
    meter.show("send", 0.5)
    meter.show("transcribe", 1.0)
    meter.clear()
    assert "\n" not in terminal.getvalue()
    assert "\rcall.wav: send  50%" in terminal.getvalue()
    assert terminal.getvalue().endswith("\rcall.wav: transcribe 100%\x1b[K\r\x1b[K")


def test_elsewhere_nothing_is_written() -> None:
    stream = io.StringIO()
    meter = Meter(stream, "call.wav")
    meter.show("send", 0.5)
    meter.clear()
    assert stream.getvalue() == ""
