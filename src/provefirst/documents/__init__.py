"""Documents that people write: YAML and JSON read strictly, with the line and the nearest word of what is wrong."""
