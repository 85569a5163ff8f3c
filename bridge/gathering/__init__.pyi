from .events import (
    Cancel as Cancel,
)
from .events import (
    Events as Events,
)
from .events import (
    Silent as Silent,
)
from .linking import (
    chain_problems as chain_problems,
)
from .linking import (
    check_states as check_states,
)
from .linking import (
    link as link,
)
from .linking import (
    link_stems as link_stems,
)
from .plugin_bench import (
    Bench as Bench,
)
from .plugin_bench import (
    failures as failures,
)
from .plugin_bench import (
    prepare as prepare,
)
from .plugin_bench import (
    refuse_inputs as refuse_inputs,
)
from .plugin_bench import (
    unreadable as unreadable,
)
from .plugin_bench import (
    untouched as untouched,
)
from .signals import (
    DamagedEntryError as DamagedEntryError,
)
from .signals import (
    Levels as Levels,
)
from .signals import (
    Signal as Signal,
)
from .signals import (
    Tap as Tap,
)
from .signals import (
    cut as cut,
)
from .signals import (
    kept_signal as kept_signal,
)
from .signals import (
    silence as silence,
)
from .signals import (
    silent_signal as silent_signal,
)
from .signals import (
    store_signal as store_signal,
)
from .signals import (
    stored_signal as stored_signal,
)
from .sources import (
    found_again as found_again,
)
from .sources import (
    gather as gather,
)
from .sources import (
    group_blocks as group_blocks,
)
from .sources import (
    recall as recall,
)
from .sources import (
    recall_stem as recall_stem,
)
from .sources import (
    skippable as skippable,
)

__all__ = [
    "Bench",
    "Cancel",
    "DamagedEntryError",
    "Events",
    "Levels",
    "Signal",
    "Silent",
    "Tap",
    "chain_problems",
    "check_states",
    "cut",
    "failures",
    "found_again",
    "gather",
    "group_blocks",
    "kept_signal",
    "link",
    "link_stems",
    "prepare",
    "recall",
    "recall_stem",
    "refuse_inputs",
    "silence",
    "silent_signal",
    "skippable",
    "store_signal",
    "stored_signal",
    "unreadable",
    "untouched",
]
