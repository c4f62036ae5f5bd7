"""`python -m whisperfarm`, which the supervisor uses to start the parts."""

from whisperfarm.command import main

main()
