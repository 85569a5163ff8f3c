from .transliteration import in_ascii as in_ascii

__all__ = ["in_ascii"]
