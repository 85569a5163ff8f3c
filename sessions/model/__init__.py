"""A session as frozen values, in DAWproject's vocabulary."""
