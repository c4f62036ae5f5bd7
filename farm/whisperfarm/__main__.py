"""The command `python -m whisperfarm`, with which the supervisor starts the other processes."""

from whisperfarm.command import main

main()
