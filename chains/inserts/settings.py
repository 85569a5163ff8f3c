"""Every insert a chain can name: a row each, its settings and its words in a module of its own."""

from __future__ import annotations

from chains.inserts.compressor import Compressor
from chains.inserts.deesser import Deesser
from chains.inserts.dynamic_eq import DynamicEq
from chains.inserts.eq import Eq
from chains.inserts.gain import Gain
from chains.inserts.gate import Gate
from chains.inserts.limiter import Limiter
from chains.inserts.multiband import Multiband
from chains.inserts.plugin import Plugin
from chains.inserts.reverb import Reverb
from chains.inserts.saturation import Saturation
from chains.inserts.width import Width

InsertSettings = (
    Gain
    | Eq
    | Compressor
    | Limiter
    | DynamicEq
    | Multiband
    | Deesser
    | Saturation
    | Reverb
    | Width
    | Gate
    | Plugin
)
