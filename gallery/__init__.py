"""Everything a student can be shown, in every hard case, side by side in its desk’s languages."""
