"""Models from a hub with Hugging Face's HTTP API, and from PyTorch's and NLTK's servers."""

import re
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import quote

from whisperfarm_contract.problems import MissingModel, ModelSourceError
from whisperfarm_models.inventory import Model
from whisperfarm_models.sources.port import RemoteFile
from whisperfarm_models.sources.safe_names import validate_path
from whisperfarm_models.sources.web import Web

_COMMIT = re.compile(r"[0-9a-f]{40}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Addresses:
    """URLs of the hub, of torchaudio's checkpoints and of NLTK's data, or of their mirrors."""

    hub: str
    torch: str
    nltk: str


class HubSource:
    """Source that pins a repository to a commit and knows size and digest of each file."""

    def __init__(self, web: Web, addresses: Addresses) -> None:
        self._web = web
        self._addresses = addresses

    @property
    def name(self) -> str:
        return self._web.address

    def list_files(self, model: Model) -> tuple[Model, Mapping[str, RemoteFile]]:
        if model.origin == "torch":
            return model, {file.path: self._checkpoint(file.path) for file in model.files}
        if model.origin != "hub":
            return model, {}
        try:
            locked = replace(model, revision=self._commit(model))
            return locked, dict(self._tree(locked))
        except MissingModel as error:
            raise MissingModel(
                f"the hub does not have {model.repository} at {model.revision}: {error.detail}"
            ) from error

    def archive(self, model: Model) -> RemoteFile | None:
        if model.origin != "nltk" or model.archive is None:
            return None
        root = self._addresses.nltk.rstrip("/")
        return RemoteFile(
            where=f"{root}/{model.revision}/packages/tokenizers/{model.archive.path}",
            tag=model.revision,
        )

    def read(
        self, remote_file: RemoteFile, *, start: int
    ) -> AbstractContextManager[Iterator[bytes]]:
        return self._web.read(remote_file.where, start=start)

    def close(self) -> None:
        self._web.close()

    def _checkpoint(self, file: str) -> RemoteFile:
        return RemoteFile(where=f"{self._addresses.torch.rstrip('/')}/{file}", tag=file)

    def _commit(self, model: Model) -> str:
        """Resolve the revision to a commit, because a branch may move during a pull."""
        if _COMMIT.fullmatch(model.revision):
            return model.revision
        path = f"/api/models/{quote(model.repository)}/revision/{quote(model.revision, safe='')}"
        revision_info, _ = self._web.json(path)
        commit = revision_info.get("sha") if isinstance(revision_info, dict) else None
        if not isinstance(commit, str) or not _COMMIT.fullmatch(commit):
            raise ModelSourceError(
                f"{self.name}{path} names no commit; set WHISPERFARM_MODELS_HUB_URL to a hub"
            )
        return commit

    def _tree(self, model: Model) -> Iterator[tuple[str, RemoteFile]]:
        page: str | None = (
            f"/api/models/{quote(model.repository)}/tree/{model.revision}?recursive=true"
        )
        while page:
            entries, page = self._web.json(page)
            for entry in entries:
                path = validate_path(
                    str(entry.get("path", "")), source=f"{self.name}/{model.repository}"
                )
                if entry.get("type") == "file":
                    yield path, self._remote_file(model, path, entry)

    def _remote_file(self, model: Model, path: str, entry: Mapping[str, Any]) -> RemoteFile:
        lfs: Mapping[str, Any] = entry.get("lfs") or {}
        url = f"{self.name}/{quote(model.repository)}/resolve/{model.revision}/{quote(path)}"
        return RemoteFile(
            where=url,
            tag=model.revision,
            size_bytes=lfs.get("size", entry.get("size")),
            sha256=lfs.get("oid"),
            git_sha1=None if lfs else entry.get("oid"),
        )
