"""What operators see of ratings."""

from prometheus_client import Counter

FEEDBACK_ASKED = Counter("urbana_feedback_asked_total", "Ratings asked for.")
FEEDBACK_RATED = Counter("urbana_feedback_rated_total", "Ratings given by customers.", ["rating"])
