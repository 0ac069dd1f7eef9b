"""How we speak: e-mail and SMS, one try a call."""
