"""The face for Python: a function a step, their arguments checked, their results shown."""
