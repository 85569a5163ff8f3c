"""The injector: every defect of the list at several levels, with what was done where."""
