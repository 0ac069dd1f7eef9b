"""The zip that Lambda gets, made for real. Not in `make test`: it downloads every part."""
