"""`/v1/schemas`: JSON Schemas of the documents that clients write."""

from fastapi import APIRouter
from fastapi.responses import JSONResponse

from whisperfarm_dispatcher.amqp.schema import json_schema
from whisperfarm_dispatcher.api.openapi import endpoints

router = APIRouter(prefix="/v1/schemas", tags=["jobs"])


@router.get("/job-message.json", summary="Schema of a RabbitMQ message", **endpoints.SCHEMA)
async def job_message() -> JSONResponse:
    """Returns the JSON Schema of a message that submits a job over RabbitMQ. Needs no API key."""
    return JSONResponse(json_schema(), media_type="application/schema+json")
