"""Headless stem mastering: stems and a chain file in, a finished master out."""
