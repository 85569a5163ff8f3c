from .answers import (
    Described as Described,
    OwnParameter as OwnParameter,
    ParameterText as ParameterText,
)
from .child.process import (
    stop_all as stop_all,
)
from .child.scratch import (
    scratch as scratch,
)
from .elsewhere import (
    elsewhere as elsewhere,
    hosted_elsewhere as hosted_elsewhere,
)
from .engines.display_text import (
    reading as reading,
    tidy as tidy,
)
from .engines.output_checks import (
    FILTER_FRAMES as FILTER_FRAMES,
)
from .finding.audio_unit import (
    audio_unit_class_id as audio_unit_class_id,
)
from .finding.bundles import (
    plugin_binary as plugin_binary,
    search_folders as search_folders,
)
from .finding.scan import (
    scan as scan,
)
from .finding.states import (
    SUFFIXES as SUFFIXES,
    opened_state as opened_state,
)
from .finding.trust import (
    distrust_folder as distrust_folder,
    lies_in as lies_in,
    own_file as own_file,
    plugin_places as plugin_places,
    trust_file as trust_file,
    trust_folder as trust_folder,
    trusted_folders as trusted_folders,
)
from .hosts import (
    IsolatedHost as IsolatedHost,
    host as host,
    other_host as other_host,
)
from .port import (
    LOAD_DEADLINE_S as LOAD_DEADLINE_S,
    Host as Host,
    HostedInsert as HostedInsert,
    Prepared as Prepared,
    PrepareJob as PrepareJob,
    RunJob as RunJob,
    RunResult as RunResult,
    deadline_s as deadline_s,
)
from .probing.bake import (
    BAKED_SUFFIXES as BAKED_SUFFIXES,
    Baked as Baked,
    bake as bake,
    unbakeable as unbakeable,
)
from .probing.cards import (
    Card as Card,
    deadline_from as deadline_from,
    find_card as find_card,
    keep_card as keep_card,
    known_deadline as known_deadline,
    known_warm_up as known_warm_up,
)
from .probing.crosscheck import (
    differs as differs,
)
from .probing.describe import (
    describe as describe,
)
from .probing.own_parameters import (
    normalized as normalized,
    own_parameters as own_parameters,
)
from .probing.probe import (
    all_cores_busy as all_cores_busy,
    probe as probe,
)
from .probing.signals import (
    RATE_HZ as RATE_HZ,
    programme as programme,
)
from .probing.window import (
    open_window as open_window,
    refuse_window as refuse_window,
)
from .trials import (
    Trials as Trials,
    trials as trials,
)

__all__ = [
    "BAKED_SUFFIXES",
    "FILTER_FRAMES",
    "LOAD_DEADLINE_S",
    "RATE_HZ",
    "SUFFIXES",
    "Baked",
    "Card",
    "Described",
    "Host",
    "HostedInsert",
    "IsolatedHost",
    "OwnParameter",
    "ParameterText",
    "PrepareJob",
    "Prepared",
    "RunJob",
    "RunResult",
    "Trials",
    "all_cores_busy",
    "audio_unit_class_id",
    "bake",
    "deadline_from",
    "deadline_s",
    "describe",
    "differs",
    "distrust_folder",
    "elsewhere",
    "find_card",
    "host",
    "hosted_elsewhere",
    "keep_card",
    "known_deadline",
    "known_warm_up",
    "lies_in",
    "normalized",
    "open_window",
    "opened_state",
    "other_host",
    "own_file",
    "own_parameters",
    "plugin_binary",
    "plugin_places",
    "probe",
    "programme",
    "reading",
    "refuse_window",
    "scan",
    "scratch",
    "search_folders",
    "stop_all",
    "tidy",
    "trials",
    "trust_file",
    "trust_folder",
    "trusted_folders",
    "unbakeable",
]
