"""Headers of every answer: nothing runs that we did not write, no third party learns who reads (P5, P6)."""

from __future__ import annotations

from flask import Response, current_app, g, request

from portal.content.outbound import hosts_of
from portal.web.policy import account, policy_of

CSP = "; ".join(
    [
        "default-src 'none'",
        "base-uri 'none'",
        "object-src 'none'",
        "frame-ancestors 'none'",
        "form-action 'self'",
        "connect-src 'self'",
        "font-src 'self'",
        "img-src 'self' data:",
        "media-src 'self'",
        "script-src 'self'",
        "style-src 'self'",
    ]
)
STATIC_HEADERS = {
    "Content-Security-Policy": CSP,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


def allow_frame(host: str) -> None:
    """Let the page that is being made, and no other, hold a frame of `host`, over https: for whoever asked for it.

    :raises ValueError: the plugin of the page may show no frame of this host
    """
    if host not in hosts_of((request.blueprint or "").partition(".")[0], "frames"):
        raise ValueError(f"neither manifest nor collectivity allows a frame of {host}")
    g.frame_hosts = (*g.get("frame_hosts", ()), f"https://{host}")


def set_headers(response: Response) -> Response:
    """Put the security headers on an answer; what a person sees is kept by no cache."""
    if response.status_code == 200 and "frame_hosts" in g:
        response.headers.setdefault("Content-Security-Policy", f"{CSP}; frame-src {' '.join(g.frame_hosts)}")
    for name, value in STATIC_HEADERS.items():
        response.headers.setdefault(name, value)
    secret_address = "token" in (request.view_args or {}) or getattr(request.url_rule, "rule", "").count("<token>")
    policy = policy_of(current_app.view_functions.get(request.endpoint or ""))
    # not « no-referrer » where a secret address has a form: it would then come from the origin « null »
    response.headers.setdefault("Referrer-Policy", "no-referrer" if policy and policy.reader else "same-origin")
    if current_app.config["SESSION_COOKIE_SECURE"]:
        response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
    response.vary.add("HX-Request")
    if "Cache-Control" not in response.headers:
        is_private = secret_address or "gives_back" in g or account()
        response.headers["Cache-Control"] = "no-store" if is_private else "no-cache"
    return response
