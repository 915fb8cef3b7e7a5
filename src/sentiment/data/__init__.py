"""From a CSV of reviews to arrays of token ids."""
