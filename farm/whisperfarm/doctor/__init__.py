"""The checks of `whisperfarm doctor`: each looks at one thing and says what to do about it."""
