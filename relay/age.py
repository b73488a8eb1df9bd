"""Letters in mails that only the department can read (mail_mode: age), encrypted to its key.

The department keeps the other half of the key and opens the block with `age --decrypt`; see
https://age-encryption.org/v1. The library is loaded only where there is such a key.
"""


def is_age_key(text: str) -> bool:
    """True for a recipient's public key, age1... ."""
    import pyrage

    try:
        pyrage.x25519.Recipient.from_str(text)
    except pyrage.RecipientError:
        return False
    return True


def encrypt_to(key: str, text: str) -> list[str]:
    """The text as the lines of an armoured block, which mail does not change."""
    import pyrage

    recipient = pyrage.x25519.Recipient.from_str(key)
    sealed: bytes = pyrage.encrypt(text.encode("utf-8"), [recipient], armored=True)
    return sealed.decode("ascii").splitlines()
