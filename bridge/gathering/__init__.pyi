from .linking import (
    chain_problems as chain_problems,
    check_states as check_states,
    hosted_inserts as hosted_inserts,
    link as link,
    link_stems as link_stems,
    prepared_inserts as prepared_inserts,
)
from .plugin_bench import (
    Bench as Bench,
    failures as failures,
    prepare as prepare,
    refuse_inputs as refuse_inputs,
    refuse_unplaced as refuse_unplaced,
    unreadable as unreadable,
    untouched as untouched,
)
from .render_events import (
    Cancel as Cancel,
    Events as Events,
    Silent as Silent,
)
from .ridden import (
    ridden_blocks as ridden_blocks,
    ridden_signal as ridden_signal,
)
from .signals import (
    DamagedEntryError as DamagedEntryError,
    Levels as Levels,
    Signal as Signal,
    Tap as Tap,
    cut as cut,
    kept_signal as kept_signal,
    silence as silence,
    silent_signal as silent_signal,
    store_file as store_file,
    store_signal as store_signal,
    stored_signal as stored_signal,
)
from .sources import (
    gather as gather,
    group_blocks as group_blocks,
    inspected as inspected,
    skippable as skippable,
    stem_file as stem_file,
)
from .summed_stems import (
    InspectedStem as InspectedStem,
    sums_among as sums_among,
)

__all__ = [
    "Bench",
    "Cancel",
    "DamagedEntryError",
    "Events",
    "InspectedStem",
    "Levels",
    "Signal",
    "Silent",
    "Tap",
    "chain_problems",
    "check_states",
    "cut",
    "failures",
    "gather",
    "group_blocks",
    "hosted_inserts",
    "inspected",
    "kept_signal",
    "link",
    "link_stems",
    "prepare",
    "prepared_inserts",
    "refuse_inputs",
    "refuse_unplaced",
    "ridden_blocks",
    "ridden_signal",
    "silence",
    "silent_signal",
    "skippable",
    "stem_file",
    "store_file",
    "store_signal",
    "stored_signal",
    "sums_among",
    "unreadable",
    "untouched",
]
