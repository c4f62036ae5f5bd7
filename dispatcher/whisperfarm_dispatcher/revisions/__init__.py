"""Corrections and approvals of transcripts: blobs and ledger together.

- `correct`: stores a corrected transcript as another revision
- `approve`: makes an approved revision
- `remark`: masks what people note
"""
