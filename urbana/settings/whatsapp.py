"""WhatsApp Business. The account `default` is created from these when they are set (`manage.py sync_env_account`)."""

from urbana.settings.environment import env

WHATSAPP_GRAPH_URL: str = env.str("WHATSAPP_GRAPH_URL", default="https://graph.facebook.com")
WHATSAPP_GRAPH_VERSION: str = env.str("WHATSAPP_GRAPH_VERSION", default="v26.0")
WHATSAPP_PHONE_NUMBER_ID: str = env.str("WHATSAPP_PHONE_NUMBER_ID", default="")
WHATSAPP_ACCESS_TOKEN: str = env.str("WHATSAPP_ACCESS_TOKEN", default="")
WHATSAPP_APP_SECRET: str = env.str("WHATSAPP_APP_SECRET", default="")
WHATSAPP_VERIFY_TOKEN: str = env.str("WHATSAPP_VERIFY_TOKEN", default="")
WHATSAPP_BUSINESS_ACCOUNT_ID: str = env.str("WHATSAPP_BUSINESS_ACCOUNT_ID", default="")
WHATSAPP_MESSAGES_PER_SECOND: float = env.float("WHATSAPP_MESSAGES_PER_SECOND", default=80)
# Given explicitly it is an administrator's word; otherwise the pace follows the tier that Meta tells.
WHATSAPP_PACE_IS_FIXED: bool = "WHATSAPP_MESSAGES_PER_SECOND" in env.ENVIRON
WHATSAPP_PAIR_INTERVAL_SECONDS: float = env.float("WHATSAPP_PAIR_INTERVAL_SECONDS", default=6)
WHATSAPP_RECONCILE_SECONDS: float = env.float("WHATSAPP_RECONCILE_SECONDS", default=30)
