"""`/v1/schemas`: what others are to write, as JSON Schema."""

from fastapi import APIRouter
from fastapi.responses import JSONResponse

from whisperfarm_dispatcher.amqp.schema import json_schema
from whisperfarm_dispatcher.api.openapi import endpoints

router = APIRouter(prefix="/v1/schemas", tags=["jobs"])


@router.get("/job-message.json", summary="The RabbitMQ message", **endpoints.SCHEMA)
async def job_message() -> JSONResponse:
    """JSON Schema of a message that hands in a job over RabbitMQ; no key is needed."""
    return JSONResponse(json_schema(), media_type="application/schema+json")
