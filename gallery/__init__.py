"""Everything a student can be shown, in every hard case, side by side in both languages."""
