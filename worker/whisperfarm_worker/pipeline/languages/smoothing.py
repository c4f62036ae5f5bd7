"""The likeliest languages of consecutive parts of speech, where changes are rare.

Each part is evidence for its languages: the logarithm of their probability, in full from
`FULL_EVIDENCE_S` of speech on, less for shorter parts, and not at all up to `NO_EVIDENCE_S`. A
change of the language costs `CHANGE_COST`, and so does a beginning or end in another language than
the main one. The sequence with the highest sum is chosen (Viterbi's algorithm). One short part in
another language does not change anything, several of them or a long one do.
"""

from bisect import bisect_right
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from whisperfarm_worker.attempt.checkpoint_parts import Probabilities

NO_EVIDENCE_S = 1.0
FULL_EVIDENCE_S = 5.0
CHANGE_COST = 0.7
_MIN_PROBABILITY = 0.02


def smooth(parts: Sequence[Probabilities], speech_s: Sequence[float]) -> list[str]:
    """Return the language of each part. At least one of them must have probabilities.

    A part without evidence has the language of the part before it, the first one that of the part
    after it.
    """
    numbers = [number for number, one in enumerate(parts) if one]
    likeliest = (max(parts[number], key=lambda code: parts[number][code]) for number in numbers)
    languages = list(dict.fromkeys(likeliest))
    evidence = [_evidence(parts[number], languages, speech_s[number]) for number in numbers]
    path = _best_path(np.array(evidence))
    return [
        languages[path[max(bisect_right(numbers, number) - 1, 0)]] for number in range(len(parts))
    ]


def _evidence(part: Probabilities, languages: Sequence[str], speech_s: float) -> list[float]:
    share = min(max(speech_s - NO_EVIDENCE_S, 0.0) / (FULL_EVIDENCE_S - NO_EVIDENCE_S), 1.0)
    total = sum(part.values()) or 1.0
    return [
        share * float(np.log(max(part.get(code, 0.0) / total, _MIN_PROBABILITY)))
        for code in languages
    ]


def _best_path(evidence: NDArray[np.float64]) -> list[int]:
    count = evidence.shape[1]
    change = CHANGE_COST * (1.0 - np.eye(count))
    outside = change[evidence.sum(axis=0).argmax()]
    score, previous = evidence[0] - outside, []
    for one in evidence[1:]:
        from_each = score[:, None] - change
        previous.append(from_each.argmax(axis=0))
        score = from_each.max(axis=0) + one
    path = [int((score - outside).argmax())]
    for step in reversed(previous):
        path.append(int(step[path[-1]]))
    return path[::-1]
