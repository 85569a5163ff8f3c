"""`stemwright farm`: several machines for one studio's songs."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from bridge.cli.farm.connecting import (
    DEFAULT_PORT,
    Address,
    Certificates,
    Shared,
    need_farm,
    reached,
    refuse_open,
)
from bridge.cli.options import Json, PluginPath, Plugins, StorePath
from bridge.cli.printing import print_json, say
from bridge.road import cores

app = typer.Typer(
    name="farm",
    no_args_is_help=True,
    help="Several machines for a studio's songs: a scheduler, workers, a queue.",
    rich_markup_mode=None,
)


@app.callback()
def _top() -> None:
    """Several machines for a studio's songs: a scheduler, workers, a queue."""


Host = Annotated[
    str,
    typer.Option("--host", help="The address to listen at; one that others reach needs --certs."),
]
Threads = Annotated[
    int | None, typer.Option("--threads", min=1, help="Steps at once. Default: the CPU's cores.")
]
SeatsFile = Annotated[
    Path | None,
    typer.Option("--seats", metavar="FILE", help="A TOML file of the licences' seats here."),
]
QueueFolder = Annotated[
    Path | None,
    typer.Option(
        "--queue", metavar="DIR", help="Where songs and seats are kept. Default: your data folder."
    ),
]


@app.command()
def certs(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A new folder for them.")],
    json: Json = False,
) -> None:
    """Make a farm's certificates: its authority, and one each for scheduler, workers, clients.

    Machines need ca.pem and the file of what they are. Who holds client.pem may hand songs in.

    Example: stemwright farm certs farm-certs
    """
    need_farm()
    from bridge.farming import make_certificates

    made = make_certificates(folder, datetime.now(UTC).date())
    if json:
        print_json({"files": [str(each) for each in made]})
    else:
        say(*(str(each) for each in made))


@app.command()
def scheduler(
    host: Host = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535)] = DEFAULT_PORT,
    dashboard_port: Annotated[
        int, typer.Option(min=0, max=65535, help="Dask's own page, on this machine alone.")
    ] = 8787,
    queue: QueueFolder = None,
    store: StorePath = None,
    songs: Annotated[
        int | None, typer.Option(min=1, help="Songs at once. Default: the CPU's cores.")
    ] = None,
    certs: Certificates = None,
    shared: Shared = None,
) -> None:
    """Keep the queue of songs, and place their plugins' steps on the farm's machines.

    Songs are planned, summed and finished here; Ctrl-C keeps the queue for the next time.

    Example: stemwright farm scheduler
    """
    need_farm()
    refuse_open(host, certs)
    from bridge.cli.farm.running import run_scheduler

    run_scheduler(host, port, dashboard_port, queue, store, songs or cores(), certs, shared)


@app.command()
def worker(
    address: Address,
    host: Annotated[
        str | None,
        typer.Option(
            "--host",
            help="The address to listen at. Default: the one that reaches the scheduler.",
        ),
    ] = None,
    name: Annotated[
        str | None, typer.Option(help="This machine's. Default: its host name.")
    ] = None,
    threads: Threads = None,
    memory: Annotated[
        str | None,
        typer.Option(metavar="SIZE", help="For plugins together. Default: three quarters."),
    ] = None,
    seats: SeatsFile = None,
    plugin_path: PluginPath = None,
    plugins: Plugins = None,
    store: StorePath = None,
    certs: Certificates = None,
    shared: Shared = None,
) -> None:
    """Offer this machine's plugins and seats to a scheduler, and host what it places here.

    Where the scheduler is away it is waited for; Ctrl-C ends.

    Example: stemwright farm worker tcp://127.0.0.1:8786
    """
    identity = reached(address, certs, "worker")
    if host is not None:
        refuse_open(host, certs)
    from bridge.cli.farm.running import run_worker

    run_worker(
        address,
        identity,
        host=host,
        name=name,
        threads=threads or cores(),
        memory=memory,
        seats=seats,
        plugin_folders=plugins or plugin_path or (),
        plugins_alone=bool(plugins),
        store=store,
        shared=shared,
    )


@app.command()
def submit(
    address: Address,
    jobs: Annotated[list[Path], typer.Argument(metavar="JOB...", help="Songs' jobs.")],
    due: Annotated[
        str | None,
        typer.Option(
            metavar="DATE",
            help="When they are due: 2026-12-04, or with a time. Default: what each job says.",
        ),
    ] = None,
    certs: Certificates = None,
    json: Json = False,
) -> None:
    """Hand songs in; the one that is due first is rendered first.

    Each draft is written into its job's folder, which the scheduler's machine must see.

    Example: stemwright farm submit tcp://127.0.0.1:8786 song/ other/ --due 2026-12-04
    """
    identity = reached(address, certs)
    from bridge.cli.farm.handing_in import hand_in

    hand_in(address, identity, jobs, due, as_json=json)


@app.command()
def status(
    address: Address,
    report: Annotated[
        Path | None,
        typer.Option("--report", metavar="FILE", help="Write the night as a page (.html)."),
    ] = None,
    certs: Certificates = None,
    json: Json = False,
) -> None:
    """Show songs, machines and seats: what waits, what is done, what failed and why.

    Exit code 1: a song failed or missed its target.

    Example: stemwright farm status tcp://127.0.0.1:8786
    """
    identity = reached(address, certs)
    from bridge.cli.farm.handing_in import show

    raise typer.Exit(show(address, identity, report, as_json=json))


@app.command()
def cancel(
    address: Address,
    songs: Annotated[
        list[str], typer.Argument(metavar="SONG...", help="Jobs, ids of status, or all.")
    ],
    certs: Certificates = None,
    json: Json = False,
) -> None:
    """Take songs out of the queue; what is being rendered of them is stopped.

    Example: stemwright farm cancel tcp://127.0.0.1:8786 song/
    """
    identity = reached(address, certs)
    from bridge.cli.farm.handing_in import cancel as cancel_songs

    cancel_songs(address, identity, songs, as_json=json)


@app.command()
def local(
    jobs: Annotated[
        list[Path] | None, typer.Argument(metavar="[JOB...]", help="Songs to begin with.")
    ] = None,
    workers: Annotated[int, typer.Option(min=1, max=64)] = 2,
    threads: Annotated[int, typer.Option(min=1, help="Steps at once of each worker.")] = 1,
    port: Annotated[int, typer.Option(min=0, max=65535)] = DEFAULT_PORT,
    dashboard_port: Annotated[int, typer.Option(min=0, max=65535)] = 8787,
    seats: SeatsFile = None,
    plugin_path: PluginPath = None,
    plugins: Plugins = None,
    queue: QueueFolder = None,
    store: StorePath = None,
    json: Json = False,
) -> None:
    """Try a farm on this machine: a scheduler and workers; with JOBs, until they are rendered.

    A worker that is killed is begun anew. Exit code 1: a song failed or missed its target.

    Example: stemwright farm local song/ other/
    """
    need_farm()
    from bridge.cli.farm.locally import run_locally

    raise typer.Exit(
        run_locally(
            jobs or (),
            workers=workers,
            threads=threads,
            port=port,
            dashboard_port=dashboard_port,
            seats=seats,
            plugin_folders=plugins or plugin_path or (),
            plugins_alone=bool(plugins),
            queue=queue,
            store=store,
            as_json=json,
        )
    )
