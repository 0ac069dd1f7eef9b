"""What we hand over: the convocation, the invite, the links, and where documents are kept."""
