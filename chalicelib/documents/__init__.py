"""What we hand over: the convocation, the calendar invite, the links, and where documents are kept."""
