"""What happens to messages and to people after the fact: edits, deletions, new numbers, consent, the business's own app."""

from apps.simulator.meta import payloads
from apps.simulator.meta.account import MetaAccount
from apps.simulator.meta.payloads import Json
from apps.simulator.meta.platform import MetaPlatform, new_wamid
from apps.simulator.meta.post_office import PostOffice
from apps.simulator.phone.changes import BusinessChanged, CustomerJoined, MessageShown, PhoneCustomer, PhoneMessage


class Happenings:
    """Call it on the platform's event loop."""

    def __init__(self, platform: MetaPlatform, post: PostOffice) -> None:
        self.platform = platform
        self.post = post

    def edit(self, account: MetaAccount, customer: PhoneCustomer, wamid: str, text: str) -> str:
        """Write a text anew (§3, `edit`). Returns the edit's own wamid."""
        self._redraw(wamid, text=text, is_edited=True)
        edited: Json = {"context": {"id": "M0"}, **payloads.text(text)}
        content: Json = {"type": "edit", "edit": {"original_message_id": wamid, "message": edited}}
        return self.post.send(account, customer, content, None)

    def delete(self, account: MetaAccount, customer: PhoneCustomer, wamid: str) -> str:
        """Take a message back for everyone (§3, `revoke`)."""
        self._redraw(wamid, text="", media_id="", choices=(), is_deleted=True)
        content: Json = {"type": "revoke", "revoke": {"original_message_id": wamid}}
        return self.post.send(account, customer, content, None)

    def change_number(
        self, account: MetaAccount, customer: PhoneCustomer, phone: str, *, bsuid: str = ""
    ) -> PhoneCustomer:
        """Move to another number, which is told as a message of the old one (§3, `user_changed_number`)."""
        changed = customer.model_copy(update={"phone": phone, "bsuid": bsuid or customer.bsuid, "note": f"+{phone}"})
        body = f"{customer.name} trocou {customer.phone or customer.bsuid} por {phone}"
        told: Json = {"type": "user_changed_number", "body": body, "wa_id": phone}
        if changed.bsuid:
            told["user_id"] = changed.bsuid
        self._say(account, customer, told)
        self.platform.world.record(CustomerJoined(customer=changed))
        self._note(changed, body)
        return changed

    def change_id(
        self, account: MetaAccount, customer: PhoneCustomer, bsuid: str, *, as_message: bool = False
    ) -> PhoneCustomer:
        """Get a new business-scoped id, told in a field of its own (§5) or as a message (§3, `user_changed_user_id`)."""
        changed = customer.model_copy(update={"bsuid": bsuid})
        if as_message:
            body = f"{customer.name} trocou {customer.bsuid} por {bsuid}"
            self._say(account, customer, {"type": "user_changed_user_id", "body": body, "user_id": bsuid})
        else:
            update: Json = {
                "user_id": {"previous": customer.bsuid, "current": bsuid},
                "timestamp": str(int(self.platform.clock())),
            }
            if customer.phone:
                update["wa_id"] = customer.phone
            value: Json = {"contacts": [payloads.contact(changed)], "user_id_update": [update]}
            self.post.post(account, customer, value, field="user_id_update")
        self.platform.world.record(CustomerJoined(customer=changed))
        return changed

    def change_consent(self, account: MetaAccount, customer: PhoneCustomer, *, wants_marketing: bool) -> None:
        """Stop or resume the business's marketing in the WhatsApp app (§5, `user_preferences`)."""
        state = self.platform.world.business
        left = tuple(key for key in state.without_marketing if key != customer.key)
        stopped = left if wants_marketing else (*left, customer.key)
        self.platform.world.record(BusinessChanged(business=state.model_copy(update={"without_marketing": stopped})))
        preference: Json = {
            "category": "marketing_messages",
            "value": "resume" if wants_marketing else "stop",
            "detail": "User requested to resume" if wants_marketing else "User requested to stop",
            "timestamp": int(self.platform.clock()),
        }
        ids = {"wa_id": customer.phone, "user_id": customer.bsuid}
        preference |= {name: value for name, value in ids.items() if value}
        value: Json = {"contacts": [payloads.contact(customer)], "user_preferences": [preference]}
        self.post.post(account, customer, value, field="user_preferences")

    def answer_from_app(self, account: MetaAccount, customer: PhoneCustomer, text: str) -> str:
        """Let somebody of the business write in its WhatsApp Business app (§5, `smb_message_echoes`)."""
        wamid, at = new_wamid(), self.platform.clock()
        echo: Json = {"from": account.display_number, "id": wamid, "timestamp": str(int(at)), **payloads.text(text)}
        if customer.phone:
            echo["to"] = customer.phone
        if customer.bsuid:
            echo["to_user_id"] = customer.bsuid
        message = PhoneMessage(wamid=wamid, customer=customer.key, is_mine=False, at=at, text=text, status="sent")
        self.platform.world.record(MessageShown(message=message))
        value: Json = {"contacts": [payloads.contact(customer)], "message_echoes": [echo]}
        self.post.post(account, customer, value, field="smb_message_echoes")
        return wamid

    def _say(self, account: MetaAccount, customer: PhoneCustomer, told: Json) -> None:
        self.post.send(account, customer, {"type": "system", "system": told}, None)

    def _note(self, customer: PhoneCustomer, text: str) -> None:
        """A line between the bubbles."""
        at = self.platform.clock()
        message = PhoneMessage(wamid=new_wamid(), customer=customer.key, is_mine=True, kind="note", text=text, at=at)
        self.platform.world.record(MessageShown(message=message))

    def _redraw(self, wamid: str, **fields: object) -> None:
        known = self.platform.world.messages.get(wamid)
        if known is not None:
            self.platform.world.record(MessageShown(message=known.model_copy(update=fields)))
