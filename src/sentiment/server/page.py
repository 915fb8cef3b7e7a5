"""The web page at /, and the Content-Security-Policy of pages."""

import base64
import hashlib
import re
from pathlib import Path


def policy(page: str) -> str:
    """Return a policy that allows the page its own style and script, requests to this server, and no more."""

    def hashed(tag: str) -> str:
        contents = re.findall(f"<{tag}>(.*?)</{tag}>", page, re.DOTALL)
        digests = [base64.b64encode(hashlib.sha256(content.encode()).digest()) for content in contents]
        return " ".join(f"'sha256-{digest.decode()}'" for digest in digests) or "'none'"

    return (
        f"default-src 'none'; script-src {hashed('script')}; style-src {hashed('style')}; "
        "connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )


PAGE = Path(__file__).with_name("page.html").read_text("utf-8")
POLICY = policy(PAGE)
