"""A dossier's whole life over HTTP, in the words of the contract."""
