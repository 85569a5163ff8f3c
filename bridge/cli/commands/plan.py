"""`stemwright plan`: what a render would do, before it does it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from bridge.cli.given_song import given_song
from bridge.cli.options import (
    ChainOrJob,
    Jobs,
    Json,
    Long,
    Media,
    PluginPath,
    Skip,
    SongPaths,
    StorePath,
    Strict,
    ThroughMaster,
    Trust,
)
from bridge.cli.printing import print_json, say, show_table
from bridge.cli.telling import say_diagnostics
from bridge.road import Inputs, cores, plan_master

if TYPE_CHECKING:
    from bridge.planning import Lane, Plan, Step


def plan(
    session: SongPaths,
    chain: ChainOrJob,
    store: StorePath = None,
    plugin_path: PluginPath = None,
    trust: Trust = None,
    skip: Skip = None,
    long: Long = False,
    media: Media = None,
    through_master: ThroughMaster = False,
    jobs: Jobs = None,
    strict: Strict = False,
    json: Json = False,
) -> None:
    """Show which stem goes where, through what, and how it ends; render nothing.

    Every plugin is loaded and set up once, each in a process of its own, so that what it refuses
    is told here; exit code 4 where one fails.

    Example: stemwright plan stems/ chain.toml
    """
    song = given_song(session, chain, "plan")
    inputs = Inputs(
        session=song.session,
        chain=song.chain,
        store=store,
        plugin_folders=plugin_path or (),
        trusted=trust or (),
        skip=skip or (),
        long=long,
        media=media or (),
        through_master=through_master,
        jobs=jobs or cores(),
        strict=strict,
    )
    made = plan_master(song.of(inputs))
    if json:
        print_json(plan_json(made))
        return
    _print_table(made)
    say_diagnostics(said.as_json() for said in made.diagnostics)


def plan_json(made: Plan) -> dict[str, Any]:
    """Return a plan as JSON values."""
    return {
        "chain": made.chain_name,
        "engine": vars(made.engine),
        "frames": made.frames,
        "fixed_frames": made.fixed_frames,
        "longest_frames": made.render_frames,
        "groups": [
            {
                "id": lane.id,
                "stems": [stem.id for stem in lane.stems],
                "gain_db": lane.fader_db,
                "sends": [name for name, _ in lane.sends],
                "steps": [_step_json(step) for step in lane.steps],
            }
            for lane in made.lanes
        ],
        "returns": [
            {
                "id": back.id,
                "gain_db": back.fader_db,
                "steps": [_step_json(step) for step in back.steps],
            }
            for back in made.returns
        ],
        "master": [_step_json(step) for step in made.master],
        "finish": None
        if made.finish is None
        else {
            "drive_at": made.finish.drive_at,
            "driven": [_step_json(step) for step in made.finish.driven],
            "limiter": None
            if made.finish.limiter is None
            else made.finish.limiter.model_dump(mode="json"),
            "integrated_lufs": made.finish.integrated_lufs,
            "true_peak_dbtp": made.finish.true_peak_dbtp,
        },
        "versions": [
            {
                "id": version.id,
                "groups": list(version.sounding),
                "without": list(version.without),
                **version.words,
            }
            for version in made.versions
        ],
        "bypassed": list(made.bypassed),
        **_moves_json(made),
        "diagnostics": [said.as_json() for said in made.diagnostics],
    }


def _moves_json(made: Plan) -> dict[str, Any]:
    """What a song does beside its chain; nothing is told of one that does nothing."""
    from bridge.planning import NO_MOVES

    return {} if made.moves == NO_MOVES else {"moves": made.moves.as_json()}


def _step_json(step: Step) -> dict[str, Any]:
    return {"id": step.id, "label": step.label, "inserts": list(step.insert_ids)}


def _print_table(made: Plan) -> None:
    rows = [_lane_row(lane) for lane in made.lanes]
    for back in made.returns:
        senders = [lane.id for lane in made.lanes if back.id in dict(lane.sends)]
        inserts = ", ".join(step.label for step in back.steps) or "-"
        sent = f"sent by {', '.join(senders) or 'nobody'}"
        rows.append((back.id, sent, inserts, f"{back.fader_db:+.1f} dB"))
    master = ", ".join(step.label for step in made.master) or "-"
    rows.append(("master", "sum of the lanes", master, ""))
    show_table(("lane", "stems", "inserts", "fader"), rows, title=made.chain_name or "chain")
    say(*_endings(made))


def _lane_row(lane: Lane) -> tuple[str, str, str, str]:
    stems = ", ".join(stem.name for stem in lane.stems)
    return (
        lane.id,
        stems,
        ", ".join(step.label for step in lane.steps) or "-",
        f"{lane.fader_db:+.1f} dB",
    )


def _endings(made: Plan) -> Iterator[str]:
    from bridge.planning import length_words, move_words

    engine, finish = made.engine, made.finish
    yield f"length: {length_words(made)}"
    yield (
        f"{engine.sample_rate_hz} Hz, {engine.host}, buffer {engine.buffer_size}, "
        f"{engine.tempo_bpm:g} BPM"
    )
    if finish is None:
        yield "target: none (no gain, no limiter)"
    else:
        loudness = (
            "drive 0 dB" if finish.integrated_lufs is None else f"{finish.integrated_lufs:g} LUFS"
        )
        after = ", ".join(step.label for step in finish.driven)
        ending = "our true-peak limiter" if finish.limiter is not None else "no limiter of ours"
        path = " -> ".join(part for part in (after, ending) if part)
        yield f"target: {loudness}, at most {finish.true_peak_dbtp:g} dBTP; drive -> {path}"
    for version in made.versions:
        without = f", without {', '.join(version.without)}" if version.without else ""
        gains = "".join(f", {group} {gain_db:+g} dB" for group, gain_db in version.gains_db)
        gains += "" if version.dynamics == "own" else ", with the main's dynamics"
        gains += "" if version.limiter else ", without the limiter"
        yield f"version {version.id}: {', '.join(version.sounding) or 'nothing'}{without}{gains}"
    for name, words in move_words(made.moves):
        yield f"{name}: {words}"
    for step_id in made.bypassed:
        yield f"bypassed: {step_id}"
