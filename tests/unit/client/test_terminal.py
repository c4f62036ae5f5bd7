import io

from whisperfarm_client.terminal import ProgressLine


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_progress_line_rewrites_one_line_on_a_terminal() -> None:
    terminal = Terminal()
    progress_line = ProgressLine(terminal, "call.wav")
    progress_line.update("send", 0.5)
    progress_line.update("transcribe", 1.0)
    progress_line.clear()
    assert "\n" not in terminal.getvalue()
    assert "\rcall.wav: send  50%" in terminal.getvalue()
    assert terminal.getvalue().endswith("\rcall.wav: transcribe 100%\x1b[K\r\x1b[K")


def test_progress_line_writes_nothing_elsewhere() -> None:
    stream = io.StringIO()
    progress_line = ProgressLine(stream, "call.wav")
    progress_line.update("send", 0.5)
    progress_line.clear()
    assert stream.getvalue() == ""


def test_progress_line_escapes_its_texts() -> None:
    terminal = Terminal()
    ProgressLine(terminal, "\x1b[2J.wav").update("\u202e\x07", 0.5)
    assert terminal.getvalue() == "\r\\x1b[2J.wav: \\u202e\\x07  50%\x1b[K"
