"""A stream of samples to a file of any format that a recipient takes."""

from __future__ import annotations

import io
import shutil
import subprocess
import tempfile
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import soundfile

from bridge.audio import Block, Quantiser, Subtype, WavWriter, reblocked
from stemwright.files import Staged, cannot_write
from stemwright.problems import MachineError, Problem

if TYPE_CHECKING:
    from bridge.delivering.profiles import Bits, FileFormat

DITHER_WORDS = "finish/main"
"""As a render's: a file of the master's own rate and depth is the master, sample by sample."""

_GRID_FRAMES = 32768
_SUBTYPES: dict[int, Subtype] = {16: "pcm16", 24: "pcm24", 32: "float32"}
_MP3_KBPS = (32.0, 320.0)
_OPUS_KBPS_A_CHANNEL = (6.0, 256.0)
_SERIAL = 1
_AAC_PROGRAMS = ("ffmpeg", "afconvert")


@dataclass(frozen=True)
class Coding:
    """A file's format and rate; `bits` of a lossless one (32 is float), `kbps` of a lossy one."""

    format: FileFormat
    rate_hz: int
    bits: Bits | None = None
    kbps: int | None = None


def encode(
    blocks: Iterable[Block], coding: Coding, channels: int, path: Path, *, dither: bool = True
) -> int:
    """Write (channels, n) float64 blocks, dithered once where they become integers.

    Samples of the file's own depth go without `dither`, and come out as they are. Return how many
    samples were beyond full scale. Raises MachineError: `encoder_missing`, `encoder_failed`,
    `disk_full`, `not_writable`; RenderError `not_finite`.
    """
    if coding.format == "wav":
        return _wav(blocks, coding, channels, path, dither)
    if coding.format == "aac":
        return _aac(blocks, coding, channels, path)
    staged = Staged(path)
    try:
        clipped = _by_libsndfile(blocks, coding, channels, staged.path, dither)
        if coding.format == "opus":
            _with_one_serial(staged.path)
        staged.commit()
    except OSError as cause:
        raise cannot_write(path, cause) from cause
    except soundfile.LibsndfileError as cause:
        raise MachineError(_failed("libsndfile", path, cause.error_string)) from cause
    return clipped


def _wav(blocks: Iterable[Block], coding: Coding, channels: int, path: Path, dither: bool) -> int:
    form = coding.rate_hz, channels, _SUBTYPES[coding.bits or 24]
    with WavWriter(path, *form, DITHER_WORDS, dither=dither) as writer:
        for block in blocks:
            writer.write(block)
    return writer.result.clipped


def _by_libsndfile(
    blocks: Iterable[Block], coding: Coding, channels: int, path: Path, dither: bool
) -> int:
    subtype = _SUBTYPES[coding.bits] if coding.bits else "float32"
    quantiser = Quantiser(subtype, channels, DITHER_WORDS, dither)
    with soundfile.SoundFile(path, "w", coding.rate_hz, channels, **_libsndfile(coding)) as file:
        for block in reblocked(blocks, _GRID_FRAMES):  # an encoder's frames are of no cut of ours
            samples = np.ascontiguousarray(quantiser.process(block).T)
            if subtype.startswith("pcm"):
                samples = samples.astype(np.int32) << (32 - (coding.bits or 0))
            file.write(samples)
    return quantiser.clipped


def _with_one_serial(path: Path) -> None:
    """Number an Ogg file's only stream: libsndfile draws its number, anew for the same samples."""
    from mutagen.ogg import OggPage

    octets = io.BytesIO(path.read_bytes())
    with path.open("wb") as file, suppress(EOFError):
        while True:
            page = OggPage(octets)
            page.serial = _SERIAL
            file.write(page.write())


def _libsndfile(coding: Coding) -> dict[str, object]:
    kbps = float(coding.kbps or 0)
    match coding.format:
        case "mp3":
            level = _level(kbps, _MP3_KBPS)
            mode = {"bitrate_mode": "CONSTANT", "compression_level": level}
            return {"format": "MP3", "subtype": "MPEG_LAYER_III", **mode}
        case "opus":
            level = _level(kbps / 2, _OPUS_KBPS_A_CHANNEL)
            return {"format": "OGG", "subtype": "OPUS", "compression_level": level}
        case _:
            kind = {16: "PCM_16", 24: "PCM_24", 32: "FLOAT"}[coding.bits or 24]
            return {"format": coding.format.upper(), "subtype": kind}


def _level(kbps: float, bounds: tuple[float, float]) -> float:
    """libsndfile's compression level, 0 to 1, of a bit rate between its least and most."""
    least, most = bounds
    return min(1.0, max(0.0, (most - kbps) / (most - least)))


def aac_program() -> str | None:
    """The program here that encodes and decodes AAC; None where there is none."""
    return next((each for each in _AAC_PROGRAMS if shutil.which(each)), None)


def _aac(blocks: Iterable[Block], coding: Coding, channels: int, path: Path) -> int:
    program = aac_program()
    if program is None:
        said = f"no encoder for AAC is installed here: {path.name} is not made"
        raise MachineError(_missing("encoder", said))
    with tempfile.TemporaryDirectory() as folder:
        wav = Path(folder) / "in.wav"
        with WavWriter(wav, coding.rate_hz, channels, "float32", DITHER_WORDS) as writer:
            for block in blocks:
                writer.write(block)
        made = Path(folder) / "out.m4a"
        _run(_aac_command(program, wav, made, coding.kbps or 256), path)
        staged = Staged(path)
        try:
            shutil.copyfile(made, staged.path)
            staged.commit()
        except OSError as cause:
            raise cannot_write(path, cause) from cause
    return 0


def _aac_command(program: str, wav: Path, made: Path, kbps: int) -> list[str]:
    match program:
        case "ffmpeg":
            plain = ["-v", "error", "-nostdin", "-i", str(wav), "-map_metadata", "-1"]
            return [
                program,
                *plain,
                "-fflags",
                "+bitexact",
                "-c:a",
                "aac",
                "-b:a",
                f"{kbps}k",
                str(made),
            ]
        case _:
            return [program, "-f", "m4af", "-d", "aac", "-b", str(kbps * 1000), str(wav), str(made)]


def decode_aac(path: Path, wav: Path) -> None:
    """Decode to a float WAV, which holds peaks over full scale.

    Raises MachineError `decoder_missing`, `encoder_failed`.
    """
    program = aac_program()
    if program is None:
        raise MachineError(
            _missing("decoder", f"nothing here decodes AAC: {path.name} is not read")
        )
    if program == "ffmpeg":
        plain = ["-v", "error", "-nostdin", "-i", str(path), "-fflags", "+bitexact"]
        _run([program, *plain, "-c:a", "pcm_f32le", str(wav)], path)
    else:
        _run([program, "-f", "WAVE", "-d", "LEF32", str(path), str(wav)], path)


def _missing(what: str, said: str) -> Problem:
    return Problem(
        f"{what}_missing",
        said,
        expected=f"one of {', '.join(_AAC_PROGRAMS)}",
        hint="install one: apt install ffmpeg, or brew install ffmpeg",
    )


def _run(command: list[str], path: Path) -> None:
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL
    )
    if done.returncode:
        last = done.stderr.strip().splitlines()[-1:] or [f"exit code {done.returncode}"]
        raise MachineError(_failed(command[0], path, last[0]))


def _failed(program: str, path: Path, why: str) -> Problem:
    return Problem(
        "encoder_failed",
        f"{program} failed with {path.name}: {why}",
        hint="try another build of it, or deliver without this format",
    )
