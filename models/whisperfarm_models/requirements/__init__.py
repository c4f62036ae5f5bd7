"""Models that a preset needs, and whether they are installed.

- `requirement`: a model and its files
- `listing`: the models of a preset
- `search`: the files of a model on the search path
- `locked_sizes`: sizes that the operator's inventory pins
- `checking`, `messages`: errors for what is missing
"""

from whisperfarm_models.requirements.checking import check
from whisperfarm_models.requirements.listing import aligner_name, optional_models, requirements_of
from whisperfarm_models.requirements.requirement import RequiredFile, Requirement

__all__ = [
    "RequiredFile",
    "Requirement",
    "aligner_name",
    "check",
    "optional_models",
    "requirements_of",
]
