"""How often somebody may try a secret: allauth's counters, our limits.

Counted per address and per account; a try that succeeds gives back only what it took, so no
correct sign-in resets another's counter. Every limit ends by itself.
"""

from allauth.core.internal import ratelimit
from django.http import HttpRequest

from people.devices import device_name
from people.signing_in import find_person, sign_in_name

# A training room shares one address, hence the generous share per address.
RATES = {
    "sign_in": "30/m/ip,300/h/ip,5/5m/key,100/d/key",
    "sign_in_on_known_device": "10/10m/key,100/d/key",
    "reset": "20/m/ip,4/h/key",
    "link": "30/m/ip",
}


def take_sign_in_try(request: HttpRequest, name: str) -> ratelimit.RateLimitUsage | None:
    """Count a try at the person behind the name; None when there are none left for now."""
    person = find_person(name)
    if person is None:
        return take_try(request, "sign_in", f"name:{sign_in_name(name).lower()}")
    device = device_name(request, person.pk)
    if device is not None:
        return take_try(request, "sign_in_on_known_device", f"{person.pk}:{device}")
    return take_try(request, "sign_in", f"person:{person.pk}")


def take_try(request: HttpRequest, action: str, key: str = "") -> ratelimit.RateLimitUsage | None:
    """Count a try; None when there are none left for now."""
    return ratelimit.consume(request, app="people", action=action, config=RATES, key=key)
