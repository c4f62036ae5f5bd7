"""The operator's command: it puts the parts together and holds no logic of theirs."""
