from .certificates import (
    make_certificates as make_certificates,
    security as security,
)
from .client import (
    Farm as Farm,
)
from .night import (
    night_page as night_page,
)
from .offer import (
    offer_here as offer_here,
    read_seats as read_seats,
)
from .scheduler import (
    CANCEL as CANCEL,
    STATUS as STATUS,
    SUBMIT as SUBMIT,
    SchedulerSettings as SchedulerSettings,
    asked as asked,
    schedule as schedule,
)
from .worker import (
    WorkerSettings as WorkerSettings,
    work as work,
)

__all__ = [
    "CANCEL",
    "STATUS",
    "SUBMIT",
    "Farm",
    "SchedulerSettings",
    "WorkerSettings",
    "asked",
    "make_certificates",
    "night_page",
    "offer_here",
    "read_seats",
    "schedule",
    "security",
    "work",
]
