"""The web page at /, and its Content-Security-Policy."""

import base64
import hashlib
import re
from pathlib import Path


def _policy(page: str) -> str:
    """Return a policy that allows the page its own style and script, requests to this server, and no more."""

    def hashed(tag: str) -> str:
        [content] = re.findall(f"<{tag}>(.*?)</{tag}>", page, re.DOTALL)
        return f"'sha256-{base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()}'"

    return (
        f"default-src 'none'; script-src {hashed('script')}; style-src {hashed('style')}; "
        "connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )


PAGE = Path(__file__).with_name("page.html").read_text("utf-8")
POLICY = _policy(PAGE)
