"""Mesa's own page put where browsers find it; everything it shows comes from this computer."""

import os
import socket
import warnings

from supportnet.analysis.explorer.connections import serve_until_stopped

STARTS_FROM = "SUPPORTNET_EXPLORE_FROM"  # a scenario's name or path
SOLARA = {  # read by Solara when it is loaded
    "SOLARA_APP": "supportnet.analysis.explorer.mesa_page:Page",
    "SOLARA_ASSETS_PROXY": "true",  # what pages need comes from the package solara-assets
    "SOLARA_TELEMETRY_MIXPANEL_ENABLE": "false",
    "SOLARA_THEME_SHOW_BANNER": "false",
    "SOLARA_MODE": "production",  # no watching of files
}


def serve_mesa(door: socket.socket, host: str, scenario: str) -> None:
    """Answer until somebody says stop."""
    os.environ.update(SOLARA)
    os.environ[STARTS_FROM] = scenario
    warnings.filterwarnings("ignore", module="solara")  # they speak to whoever writes pages, not to whoever opens one
    from solara.server.starlette import app  # reads the environment

    serve_until_stopped(app, door, host)
