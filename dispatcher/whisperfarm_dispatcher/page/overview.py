"""`/page/overview`: what the farm does now, for its operators."""

from fastapi import APIRouter, Request, Response

from whisperfarm_dispatcher.api.auth import Deps
from whisperfarm_dispatcher.page.farm_state import farm_state
from whisperfarm_dispatcher.page.page_route import PageRoute
from whisperfarm_dispatcher.page.rendering import render

router = APIRouter(prefix="/page/overview", include_in_schema=False, route_class=PageRoute)


@router.get("")
def overview_page(request: Request, deps: Deps) -> Response:
    """Returns workers, queues, callbacks, quarantine and disks."""
    return render(request, "overview.html", farm=farm_state(deps.ledger, deps.settings))
