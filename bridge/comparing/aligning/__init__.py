"""One file brought to another: where it lies, how loud, which way round."""
