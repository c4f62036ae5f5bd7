"""Speaker diarization with the models of a pyannote pipeline: its turns, with less work.

A recording is cut into overlapping chunks. In each chunk, the segmentation model finds up to three
local speakers, the embedding model computes a vector for each of them, and clustering assigns the
same speaker to similar vectors of all chunks.

- `pipeline`: loads the models from a folder
- `local_speakers`: who is active in each frame of each chunk
- `embeddings`: the embeddings of the local speakers of each chunk
- `voices`: the voice of one speaker, to compare it with those of other recordings
- `linkage`: the distances between clusters, in little memory
- `reconstruction`: turns from local speakers and their clusters
"""
