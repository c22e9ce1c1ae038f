"""What operators see of the assistant: calls, tokens, money and time per model, and what became of the turns."""

from prometheus_client import Counter, Histogram

MODEL_CALLS = Counter(
    "urbana_model_calls_total", "Requests to language models by outcome.", ["provider", "model", "outcome"]
)
MODEL_TOKENS = Counter("urbana_model_tokens_total", "Tokens by kind (prompt, cached, completion).", ["model", "kind"])
MODEL_COST_USD = Counter(
    "urbana_model_cost_usd_total", "What language models cost, in US dollars.", ["tenant", "model"]
)
MODEL_SECONDS = Histogram(
    "urbana_model_seconds",
    "Time of one answer of a language model.",
    ["model"],
    buckets=(0.1, 0.25, 0.5, 1, 2, 4, 8, 15, 30),
)
TURNS = Counter("urbana_assistant_turns_total", "Turns by who answered and what was done.", ["provider", "action"])
REJECTED = Counter(
    "urbana_assistant_rejected_total", "Answers of models that a check kept back, by reason.", ["reason"]
)
