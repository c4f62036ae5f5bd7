"""Hierarchical clustering in little memory.

SciPy's `linkage` keeps two copies of the distances between all pairs of embeddings, 1.4 GB for the
13,000 of a recording of three hours, and holds the interpreter lock. fastcluster's computes
distances again when it needs them: the same dendrogram in twice the time, without the lock.
"""

import fastcluster
import numpy as np
from numpy.typing import NDArray
from pyannote.audio.pipelines import clustering
from scipy.cluster import hierarchy


def linkage(
    embeddings: NDArray[np.floating], method: str = "single", metric: str = "euclidean"
) -> NDArray[np.float64]:
    """Return the dendrogram, as `scipy.cluster.hierarchy.linkage` does."""
    if (method, metric) == ("centroid", "euclidean"):
        return np.asarray(fastcluster.linkage_vector(embeddings, method=method, metric=metric))
    return np.asarray(hierarchy.linkage(embeddings, method=method, metric=metric))


def install() -> None:
    """Make pyannote's clustering use it. The library has no parameter for this."""
    vars(clustering)["linkage"] = linkage
