"""`python -m whisperfarm`: how the supervisor starts the parts."""

from whisperfarm.command import main

main()
