"""A farm of machines: its scheduler, its workers, its songs."""
