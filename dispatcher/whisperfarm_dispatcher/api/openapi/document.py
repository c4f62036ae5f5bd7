"""The application with the OpenAPI document of the farm."""

from typing import Any

from fastapi import FastAPI

from whisperfarm_dispatcher.api.openapi.schemas import COMPONENTS


class DescribedApp(FastAPI):
    """An application whose document has the schemas to which the responses refer."""

    def openapi(self) -> dict[str, Any]:
        document = super().openapi()
        document["components"] = {**document.get("components", {}), "schemas": dict(COMPONENTS)}
        return document
