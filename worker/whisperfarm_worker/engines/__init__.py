"""Engines: the models, behind one port, and who may call them when."""
