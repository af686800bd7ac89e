"""The README's picture of the site: sandsnap demo && python examples/site_screenshot.py warehouse/data/demo/site

Needs the extra `render` and Debian's chromium. Nothing is fetched: requests to other hosts are refused.
"""

import argparse
import shutil
from pathlib import Path

from playwright.sync_api import sync_playwright

FLAGS = ("--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-sync")


def main() -> None:
    """Open the comparison with the evidence of one cell, and keep what is seen."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("site", type=Path, help="folder of a built site")
    parser.add_argument("--to", type=Path, default=Path(__file__).with_name("site.png"), help="the PNG to write")
    args = parser.parse_args()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=list(FLAGS))
        page = browser.new_page(viewport={"width": 1280, "height": 760})
        page.route("http*://**", lambda route: route.abort())
        page.goto((args.site / "index.html").absolute().as_uri() + "#cell=fly-prices")
        page.wait_for_selector("#sheet blockquote")
        page.screenshot(path=args.to)
        browser.close()
    print(f"{args.to}: {args.to.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
