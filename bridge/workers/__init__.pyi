from .crew import (
    Accompanied as Accompanied,
    WorkerLostError as WorkerLostError,
    accompanied as accompanied,
    apart as apart,
    dismiss_workers as dismiss_workers,
    end_workers as end_workers,
    ready as ready,
    workers as workers,
    working as working,
)

__all__ = [
    "Accompanied",
    "WorkerLostError",
    "accompanied",
    "apart",
    "dismiss_workers",
    "end_workers",
    "ready",
    "workers",
    "working",
]
