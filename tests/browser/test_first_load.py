"""The first visit, with nothing kept from before, costs at most twice what an empty page of the engine does."""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = [pytest.mark.browser, pytest.mark.soak]

ROUNDS = 7
SHOWN = {"ours": "#samples button", "empty": "gradio-app .gradio-container main"}


@pytest.fixture(scope="module")
def empty_site(start: Callable[..., Any]) -> Iterator[str]:
    with start("tests/browser/empty.py") as address:
        yield address


def visit_once(browser: Browser, address: str, shown: str) -> tuple[float, int, int]:
    """Return what one first visit takes: seconds until the page can be used, requests, and bytes of bodies."""
    context = browser.new_context(viewport={"width": 390, "height": 844})
    page = context.new_page()
    session = context.new_cdp_session(page)
    session.send("Network.enable")
    sizes: list[int] = []
    session.on("Network.loadingFinished", lambda event: sizes.append(int(event["encodedDataLength"])))
    # The empty page fetches fonts from elsewhere; neither is to wait for what is not this machine.
    page.route("**/*", lambda route: route.continue_() if "127.0.0.1" in route.request.url else route.abort())
    started = time.perf_counter()
    page.goto(address)
    page.locator(shown).first.wait_for()
    seconds = time.perf_counter() - started
    page.wait_for_timeout(500)
    context.close()
    return seconds, len(sizes), sum(sizes)


def test_the_first_load_is_at_most_twice_that_of_an_empty_page(chromium: Browser, site: str, empty_site: str) -> None:
    addresses = {"ours": site, "empty": empty_site}
    for name, address in addresses.items():  # the servers' own first time does not count
        visit_once(chromium, address, SHOWN[name])
    # By turns, so that a busy moment of the machine meets both.
    visits = {name: [] for name in addresses}
    for _ in range(ROUNDS):
        for name, address in addresses.items():
            visits[name].append(visit_once(chromium, address, SHOWN[name]))
    seconds = {name: statistics.median(visit[0] for visit in found) for name, found in visits.items()}
    for name, found in visits.items():
        print(f"\n{name}: {seconds[name]:.2f} s, {found[-1][1]} requests, {found[-1][2] / 1000:.0f} kB", end="")
    print(f"\nload {os.getloadavg()[0]:.1f}, ratio {seconds['ours'] / seconds['empty']:.2f}")
    assert seconds["ours"] <= 2 * seconds["empty"]
