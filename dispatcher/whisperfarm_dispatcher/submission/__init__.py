"""What is let in: callers by their keys and addresses, jobs by their options and their audio.

Everything here decides and does nothing else: no files, no ledger, no HTTP.
"""
