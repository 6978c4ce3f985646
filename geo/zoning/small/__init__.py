"""Small maps solved to proof: every zone that could matter is listed, or one exact model is solved."""
