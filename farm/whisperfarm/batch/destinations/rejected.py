"""The failure of one output file among others that can be written."""


class Rejected(Exception):
    """The destination does not take this file."""
