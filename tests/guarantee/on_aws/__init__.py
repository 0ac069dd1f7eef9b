"""The guarantee on the whole product: every call to AWS goes wrong, in every way."""
