"""All input of a person passes one of these forms."""
