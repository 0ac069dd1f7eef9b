"""What SES and the SMS service publish, whole, as their manuals show it."""

import json
from typing import Any

TAGS = {
    "dossier": "D-1",
    "notice": "card_ready-1",
    "occasion": "2019-06-27",
    "channel": "email",
    "attempt": "2",
}
MESSAGE_ID = "0111016a2f6c1d3e-7a3c4a52-93a9-4d5e-8a77-2f1b7a3c9f10-000000"
SMS_ID = "9d2b6a0e-4a37-4b39-9f0c-6c7b0e1f2a3b"
ADDRESS, NUMBER, NAME = "lea.benali@example.org", "+33612345678", "Benali"
FEEDBACK_ID = "0111016a2f6c2a41-c0ffee00-1234-4321-9876-abcdefabcdef-000000"
LATER = "2019-06-27T13:00:03.669Z"


def mail(tags: dict[str, str] = TAGS) -> dict[str, Any]:
    """The part that every SES event has."""
    return {
        "timestamp": "2019-06-27T13:00:00.120Z",
        "source": "Préfecture <rendez-vous@relance.example>",
        "sourceArn": "arn:aws:ses:eu-west-3:123456789012:identity/relance.example",
        "sendingAccountId": "123456789012",
        "messageId": MESSAGE_ID,
        "destination": [ADDRESS],
        "headersTruncated": False,
        "headers": [
            {"name": "From", "value": "Préfecture <rendez-vous@relance.example>"},
            {"name": "To", "value": f"{NAME} <{ADDRESS}>"},
            {"name": "Subject", "value": "Votre titre de séjour est prêt"},
        ],
        "commonHeaders": {
            "from": ["Préfecture <rendez-vous@relance.example>"],
            "to": [f"{NAME} <{ADDRESS}>"],
            "messageId": MESSAGE_ID,
            "subject": "Votre titre de séjour est prêt",
        },
        "tags": {
            "ses:operation": ["SendEmail"],
            "ses:configuration-set": ["relance-mail"],
            "ses:source-ip": ["192.0.2.1"],
            "ses:from-domain": ["relance.example"],
            "ses:caller-identity": ["relance-isere-dev-serve_dossier"],
            "ses:outgoing-ip": ["198.51.100.7"],
            **{name: [value] for name, value in tags.items()},
        },
    }


#: Every type and sub-type of a bounce that SES documents, with a status that goes with it.
BOUNCES = {
    "Permanent": {
        "General": "5.0.0",
        "NoEmail": "5.1.1",
        "Suppressed": "5.1.1",
        "OnAccountSuppressionList": "5.1.1",
    },
    "Transient": {
        "General": "4.4.7",
        "MailboxFull": "4.2.2",
        "MessageTooLarge": "5.3.4",
        "ContentRejected": "5.7.1",
        "AttachmentRejected": "5.7.1",
    },
    "Undetermined": {"Undetermined": "5.0.0"},
}


def bounce(kind: str, subtype: str = "General", **said: str | None) -> dict[str, Any]:
    """`said` takes the place of what the mail server says of the recipient; None leaves it out."""
    status = BOUNCES.get(kind, {}).get(subtype, "5.0.0")
    recipient = {
        "emailAddress": ADDRESS,
        "action": "failed",
        "status": status,
        "diagnosticCode": f"smtp; 550 {status} <{ADDRESS}>... refused",
        **said,
    }
    return {
        "feedbackId": FEEDBACK_ID,
        "bounceType": kind,
        "bounceSubType": subtype,
        "bouncedRecipients": [{k: v for k, v in recipient.items() if v is not None}],
        "timestamp": LATER,
        "remoteMtaIp": "203.0.113.5",
        "reportingMTA": "dsn; a8-50.smtp-out.eu-west-3.amazonses.com",
    }


#: A bounce without a report of a mail server: so do answers come that a mailbox gives by itself.
NO_REPORT: dict[str, str | None] = {"action": None, "status": None, "diagnosticCode": None}

#: Every feedback type that SES documents: those of RFC 5965, RFC 6591 and RFC 6430.
FEEDBACK_TYPES = ("abuse", "auth-failure", "fraud", "not-spam", "other", "virus")


def complaint(feedback_type: str | None = None, subtype: str | None = None) -> dict[str, Any]:
    """A feedback report need not be attached: then it has neither type nor program nor arrival."""
    report = {
        "userAgent": "Yahoo!-Mail-Feedback/2.0",
        "complaintFeedbackType": feedback_type,
        "arrivalDate": "2019-06-27T13:00:02.000Z",
    }
    return {
        "feedbackId": FEEDBACK_ID,
        "complaintSubType": subtype,
        "complainedRecipients": [{"emailAddress": ADDRESS}],
        "timestamp": LATER,
        **(report if feedback_type else {}),
    }


_ON_ITS_WAY = frozenset({"TEXT_QUEUED", "TEXT_PENDING", "TEXT_SENT"})

#: Every SES event type by our name for it: its own name, and its own part under its own key.
SES_DETAILS: dict[str, tuple[str, dict[str, Any]]] = {
    "Send": ("Send", {"send": {}}),
    "Delivery": (
        "Delivery",
        {
            "delivery": {
                "timestamp": LATER,
                "processingTimeMillis": 3549,
                "recipients": [ADDRESS],
                "smtpResponse": "250 2.6.0 Message received",
                "remoteMtaIp": "203.0.113.5",
                "reportingMTA": "a8-50.smtp-out.eu-west-3.amazonses.com",
            }
        },
    ),
    **{
        f"Bounce.{kind}.{subtype}": ("Bounce", {"bounce": bounce(kind, subtype)})
        for kind, subtypes in BOUNCES.items()
        for subtype in subtypes
    },
    "Bounce.NoFailure": ("Bounce", {"bounce": bounce("Transient", "General", **NO_REPORT)}),
    "Complaint": ("Complaint", {"complaint": complaint()}),
    **{
        f"Complaint.{feedback_type}": ("Complaint", {"complaint": complaint(feedback_type)})
        for feedback_type in FEEDBACK_TYPES
    },
    "Complaint.Suppressed.OnAccountSuppressionList": (
        "Complaint",
        {"complaint": complaint(subtype="OnAccountSuppressionList")},
    ),
    "Reject": ("Reject", {"reject": {"reason": "Bad content"}}),
    "Rendering Failure": (
        "Rendering Failure",
        {
            "failure": {
                "errorMessage": "Attribute 'name' is not present in the rendering data.",
                "templateName": "none",
            }
        },
    ),
    "DeliveryDelay": (
        "DeliveryDelay",
        {
            "deliveryDelay": {
                "timestamp": LATER,
                "delayType": "MailboxFull",
                "expirationTime": "2019-06-28T01:00:00.000Z",
                "delayedRecipients": [
                    {
                        "emailAddress": ADDRESS,
                        "status": "4.2.2",
                        "diagnosticCode": "smtp; 452 4.2.2 Mailbox full",
                    }
                ],
            }
        },
    ),
}


def ses(name: str, key: str = "eventType", tags: dict[str, str] = TAGS) -> dict[str, Any]:
    """One SES event; `key` is how it says its type."""
    kind, detail = SES_DETAILS[name]
    return {key: kind, "mail": mail(tags), **detail}


def bounced(kind: str, subtype: str = "General", **said: str | None) -> dict[str, Any]:
    """One bounce with what a mail server says of the recipient."""
    return {"eventType": "Bounce", "mail": mail(), "bounce": bounce(kind, subtype, **said)}


def complained(feedback_type: str | None = None, subtype: str | None = None) -> dict[str, Any]:
    """One complaint with its qualifiers."""
    told = complaint(feedback_type, subtype)
    return {"eventType": "Complaint", "mail": mail(), "complaint": told}


def sms(name: str, *, is_final: bool | None = None) -> dict[str, Any]:
    """One event of the SMS service; without more said, it is as final as its name sounds."""
    status = name.removeprefix("TEXT_")
    return {
        "eventType": name,
        "eventVersion": "1.0",
        "eventTimestamp": 1561640403669,
        "isFinal": name not in _ON_ITS_WAY if is_final is None else is_final,
        "originationPhoneNumber": "PREFISERE",
        "destinationPhoneNumber": NUMBER,
        "isoCountryCode": "FR",
        "mcc": "208",
        "mnc": "01",
        "carrierName": "Orange",
        "isInternationalSend": False,
        "messageId": SMS_ID,
        "messageRequestTimestamp": 1561640400120,
        "messageEncoding": "GSM",
        "messageType": "TRANSACTIONAL",
        "messageStatus": status,
        "messageStatusDescription": "Message has been accepted by phone carrier",
        "context": {**TAGS, "channel": "sms"},
        "totalMessageParts": 1,
        "totalMessagePrice": 0.07,
        "totalCarrierFee": 0.0,
    }


def in_sns(event: object, message_id: str = "95df01b4-ee98-5cb9-9903-4c221d41eb5e") -> str:
    """As SNS puts it into a queue."""
    return json.dumps(
        {
            "Type": "Notification",
            "MessageId": message_id,
            "TopicArn": "arn:aws:sns:eu-west-3:123456789012:relance-feedback",
            "Subject": "Amazon SES Email Event Notification",
            "Message": event if isinstance(event, str) else json.dumps(event, ensure_ascii=False),
            "Timestamp": "2019-06-27T13:00:04.012Z",
            "SignatureVersion": "1",
            "Signature": "EXAMPLElDMXvB8r9R83tGoNn0ecwd5UjllzsvSvbItzfaMpN2nk5HVSw7XnOn",
            "SigningCertURL": "https://sns.eu-west-3.amazonaws.com/Simple.pem",
            "UnsubscribeURL": "https://sns.eu-west-3.amazonaws.com/?Action=Unsubscribe",
        }
    )


def in_eventbridge(event: object, source: str) -> str:
    """As EventBridge hands it on."""
    return json.dumps(
        {
            "version": "0",
            "id": "6f1c9f6e-8f5c-4a53-9a4e-0c2f6f0e7d11",
            "detail-type": "Text Message Delivery Status Updated",
            "source": source,
            "account": "123456789012",
            "time": "2019-06-27T13:00:04Z",
            "region": "eu-west-3",
            "resources": [],
            "detail": event,
        }
    )
