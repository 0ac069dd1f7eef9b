"""A second opinion: the package, deployed to an emulator of AWS that enforces IAM."""
