"""Deepgram's API for recordings: `POST /v1/listen`.

- `routes`: the endpoint
- `recording`: opens the recording, which is the body or at a URL in it
- `query`: the fields of the query; `parameters` reads one after the other
- `language`, `keywords`, `encoding`, `channels`: translate fields to options of the job, which
  `merging` puts together
- `unsupported`: fields that are refused or change nothing
- `redaction`: translates `redact` to kinds of data
- `answer_parts`: what the answer contains
- `answer`: the transcript as Deepgram writes it; `speech` has its words, which `utterances` and
  `paragraphs` group by `runs`
- `errors`: problems as Deepgram writes them
- `description`: the OpenAPI description
"""
