"""Numbers: volume, answers, ratings, timelines."""
