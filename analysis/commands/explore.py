"""`supportnet explore`: the classroom in a browser."""

from typing import TYPE_CHECKING, Annotated
from urllib.parse import quote

import typer

from supportnet.analysis.commands.options import Json, Quiet

if TYPE_CHECKING:
    from supportnet.analysis.commands.output import Output

Name = Annotated[
    str,
    typer.Argument(
        metavar="[SCENARIO]", help="The what-if to start with: a scenario of the library, or the path of a TOML file."
    ),
]
Host = Annotated[str, typer.Option(help="Address to listen on; 0.0.0.0 serves everyone on this network.")]
Port = Annotated[int, typer.Option(min=1, max=65535, help="Port; choose another if it is in use.")]
Mesa = Annotated[bool, typer.Option("--mesa", help="Show Mesa's own page of the same model instead (extra: mesa).")]
CLOSED = "The page is closed. Nothing that was looked at is stored."


def explore(
    scenario: Name = "today",
    host: Host = "127.0.0.1",
    port: Port = 8000,
    mesa: Mesa = False,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Serve a page for the browser: one person's network and a whole area, today beside a what-if; lessons for a class.

    It works offline and stores nothing about its visitors. Ctrl-C stops it.

    \b
    Examples:
      supportnet explore
      supportnet explore --host 0.0.0.0 --port 8080 open-dialogue
    """
    from supportnet.sim.extras import needed

    needed("explore", "starlette", "uvicorn", "segno")
    if mesa:
        needed("mesa", "solara", "ipyvuetify", "solara_assets", "altair")
    from supportnet.analysis.commands.output import Output
    from supportnet.analysis.explorer.asked import own_scenario_name
    from supportnet.analysis.explorer.serving import listening, reached, serve
    from supportnet.experiments.execution.interruption import interruption
    from supportnet.sim.scenario.scenario import Scenario, library

    output = Output(as_json, quiet)
    Scenario.load(scenario)  # what is wrong with it is told here
    own = "" if scenario in library() else scenario
    start = "" if mesa or scenario == "today" else f"?scenario={quote(own_scenario_name(own) if own else scenario)}"
    door = listening(host, port)
    found = reached(host, door)
    here, *elsewhere = (f"http://{name}:{port}/{start}" for name in (found.here, *found.elsewhere))
    show_addresses(here, elsewhere, found.only_here, output)
    output.answer({"addresses": list(dict.fromkeys([here, *elsewhere]))})
    interruption.meant = CLOSED
    if mesa:
        from supportnet.analysis.explorer.mesa_serving import serve_mesa

        serve_mesa(door, host, scenario)
    else:
        serve(door, host, own, elsewhere[0].partition("?")[0] if elsewhere else "")


def show_addresses(here: str, elsewhere: list[str], only_here: bool, output: "Output") -> None:
    """The address of the page; for a class also as a QR code."""
    output.note(f"Open {here} in a browser. Ctrl-C stops it.")
    if only_here:
        output.note("Only this computer can reach it. For a class: make class, or this command with --host 0.0.0.0")
    elif not elsewhere:
        output.note("Other computers cannot reach this one: is it connected to a network?")
    for address in elsewhere:
        output.note(f"\nFor everyone on this network: {address}\n{code_of(address)}")


def code_of(address: str) -> str:
    """An address as a QR code in letters."""
    import io

    import segno

    picture = io.StringIO()
    segno.make(address, error="m").terminal(picture, compact=True)
    return picture.getvalue()
