"""Per-article sufficient statistics → scores and their intervals."""
